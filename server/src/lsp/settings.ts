import type { RuleSettings } from '../rules/check.ts';
import { rules } from '../rules/registry.ts';
import type { Severity } from '../rules/rule.ts';

/** The settings under `netpol` that the server reads, checked and with defaults. */
export interface Settings {
  readonly rules: RuleSettings;
  /** Whether netpol says what fields are and offers keys, or leaves that to another extension. */
  readonly fieldHelp: boolean;
}

export const defaultSettings: Settings = { rules: {}, fieldHelp: true };

const levels: readonly string[] = ['error', 'warning', 'information', 'hint', 'off'] satisfies (Severity | 'off')[];
const ids = new Set(rules.map((rule) => rule.id));

/**
 * Reads the section as a client gave it. What is wrong is told to `complain`, in a sentence that says where and what
 * would be right, and has no effect.
 */
export function readSettings(section: unknown, complain: (message: string) => void): Settings {
  if (typeof section !== 'object' || section === null) return defaultSettings;
  const { rules: written, fieldHelp } = section as { readonly rules?: unknown; readonly fieldHelp?: unknown };
  const severities: Record<string, Severity | 'off'> = {};
  for (const [id, level] of Object.entries(typeof written === 'object' && written !== null ? written : {})) {
    if (!ids.has(id)) complain(`The setting netpol.rules names "${id}", and there is no such rule.`);
    else if (!levels.includes(level as string))
      complain(`The setting netpol.rules gives ${id} the severity ${JSON.stringify(level)}; use one of ${levels.join(', ')}.`);
    else severities[id] = level as Severity | 'off';
  }
  return { rules: severities, fieldHelp: fieldHelp !== 'never' && fieldHelp !== false };
}
