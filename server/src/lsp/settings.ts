import picomatch from 'picomatch';
import type { RuleSettings } from '../rules/check.ts';
import { rules } from '../rules/registry.ts';
import type { Severity } from '../rules/rule.ts';
import type { NamedView } from '../workspace/clusterView.ts';

/** The settings under `netpol` that the server reads, checked and with defaults. */
export interface Settings {
  readonly rules: RuleSettings;
  /** Whether netpol says what fields are and offers keys, or leaves that to another extension. */
  readonly fieldHelp: boolean;
  /** Cluster views by name, each with the globs of its files; of the whole workspace, not of one file. */
  readonly views: readonly NamedView[];
}

export const defaultSettings: Settings = { rules: {}, fieldHelp: true, views: [] };

const levels: readonly string[] = ['error', 'warning', 'information', 'hint', 'off'] satisfies (Severity | 'off')[];
const ids = new Set(rules.map((rule) => rule.id));

/** `{ "prod": ["clusters/prod/**"] }`. */
function readViews(written: unknown, complain: (message: string) => void): readonly NamedView[] {
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).flatMap(([name, globs]) => {
    const list = (Array.isArray(globs) ? globs : [globs]).filter((glob): glob is string => typeof glob === 'string');
    if (list.length > 0) return [{ name, holds: picomatch(list, { dot: true }) }];
    complain(`The setting netpol.views gives "${name}" no globs; write a list of them, such as ["clusters/prod/**"].`);
    return [];
  });
}

/**
 * Reads the section as a client gave it. What is wrong is told to `complain`, in a sentence that says where and what
 * would be right, and has no effect.
 */
export function readSettings(section: unknown, complain: (message: string) => void): Settings {
  if (typeof section !== 'object' || section === null) return defaultSettings;
  const { rules: written, fieldHelp, views } = section as { readonly rules?: unknown; readonly fieldHelp?: unknown; readonly views?: unknown };
  const severities: Record<string, Severity | 'off'> = {};
  for (const [id, level] of Object.entries(typeof written === 'object' && written !== null ? written : {})) {
    if (!ids.has(id)) complain(`The setting netpol.rules names "${id}", and there is no such rule.`);
    else if (!levels.includes(level as string))
      complain(`The setting netpol.rules gives ${id} the severity ${JSON.stringify(level)}; use one of ${levels.join(', ')}.`);
    else severities[id] = level as Severity | 'off';
  }
  return { rules: severities, fieldHelp: fieldHelp !== 'never' && fieldHelp !== false, views: readViews(views, complain) };
}
