import { allInlayHints, type InlayHintOptions } from '../features/inlayHints.ts';
import type { Effective } from '../rules/configs.ts';
import type { Severity } from '../rules/rule.ts';
import { levels, namesRules } from '../rules/ruleSettings.ts';
import type { NamedView } from '../workspace/clusterView.ts';
import { engines, isEngine } from '../workspace/engine.ts';
import { type ClusterCidrs, noClusterCidrs } from '../workspace/view.ts';
import { matching } from './globs.ts';

/** The settings under `netpol` that the server reads, checked and with defaults. */
export interface Settings extends Effective {
  /** Whether netpol says what fields are and offers keys, or leaves that to another extension. */
  readonly fieldHelp: boolean;
  readonly codeLens: boolean;
  readonly inlayHints: InlayHintOptions;
  /** Cluster views by name, each with the globs of its files; of the whole workspace, not of one file. */
  readonly views: readonly NamedView[];
  /** As `files.exclude` is written; of the whole workspace. */
  readonly excluded: unknown;
}

export const defaultSettings: Settings = {
  rules: {},
  engine: 'auto',
  clusterCidrs: noClusterCidrs,
  fieldHelp: true,
  codeLens: true,
  inlayHints: allInlayHints,
  views: [],
  excluded: undefined,
};

/** `{ "prod": ["clusters/prod/**"] }`. */
function readViews(written: unknown, complain: (message: string) => void): readonly NamedView[] {
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).flatMap(([name, globs]) => {
    const list = (Array.isArray(globs) ? globs : [globs]).filter((glob): glob is string => typeof glob === 'string');
    if (list.length > 0) return [{ name, holds: matching(list) }];
    complain(`The setting netpol.views gives "${name}" no globs; write a list of them, such as ["clusters/prod/**"].`);
    return [];
  });
}

/** `{ "pods": ["10.244.0.0/16"] }`. */
function readCidrs(written: unknown): ClusterCidrs {
  if (typeof written !== 'object' || written === null) return noClusterCidrs;
  const listed = (list: unknown) => (Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : []);
  const { pods, services, nodes } = written as Record<string, unknown>;
  return { pods: listed(pods), services: listed(services), nodes: listed(nodes) };
}

/** `{ "protocol": false }`: what is not named is shown. */
function readHints(written: unknown): InlayHintOptions {
  const given = (typeof written === 'object' && written !== null ? written : {}) as Readonly<Record<string, unknown>>;
  const shown = (key: keyof InlayHintOptions) => given[key] !== false;
  return { protocol: shown('protocol'), policyTypes: shown('policyTypes'), namespace: shown('namespace'), matches: shown('matches') };
}

function readEngine(written: unknown, complain: (message: string) => void): Settings['engine'] {
  if (written === undefined || written === null || written === 'auto') return 'auto';
  if (isEngine(written)) return written;
  complain(`The setting netpol.engine is ${JSON.stringify(written)}; use auto or one of ${Object.keys(engines).join(', ')}.`);
  return 'auto';
}

/**
 * Reads the section as a client gave it. What is wrong is told to `complain`, in a sentence that says where and what
 * would be right, and has no effect.
 */
export function readSettings(section: unknown, complain: (message: string) => void): Settings {
  if (typeof section !== 'object' || section === null) return defaultSettings;
  const { rules: written, fieldHelp, views, engine, clusterCidrs, codeLens, inlayHints, files } = section as Readonly<Record<string, unknown>>;
  const severities: Record<string, Severity | 'off'> = {};
  for (const [id, level] of Object.entries(typeof written === 'object' && written !== null ? written : {})) {
    if (!namesRules(id)) complain(`The setting netpol.rules names "${id}", and there is no such rule or category.`);
    else if (!levels.includes(level as string))
      complain(`The setting netpol.rules gives ${id} the severity ${JSON.stringify(level)}; use one of ${levels.join(', ')}.`);
    else severities[id] = level as Severity | 'off';
  }
  return {
    rules: severities,
    engine: readEngine(engine, complain),
    clusterCidrs: readCidrs(clusterCidrs),
    fieldHelp: fieldHelp !== 'never' && fieldHelp !== false,
    codeLens: codeLens !== false,
    inlayHints: readHints(inlayHints),
    views: readViews(views, complain),
    excluded: (files as { readonly exclude?: unknown } | null | undefined)?.exclude,
  };
}
