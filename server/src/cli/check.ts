import { writeFile } from 'node:fs/promises';
import { fixAllEdits } from '../features/codeActions.ts';
import { fileUri } from '../host/fileUri.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { checkDocument } from '../rules/check.ts';
import { Configs } from '../rules/configs.ts';
import type { RuleSettings } from '../rules/ruleSettings.ts';
import type { RuleFailed } from '../rules/runner.ts';
import { applyEdits } from '../syntax/textEdit.ts';
import type { Engine } from '../workspace/engine.ts';
import { chooseEngine } from '../workspace/engineChoice.ts';
import { noClusterCidrs, type WorkspaceView } from '../workspace/view.ts';
import { Workspace } from '../workspace/workspace.ts';
import type { Report } from './format.ts';
import { load, type Source } from './load.ts';
import { Lines, type Located } from './located.ts';
import { type MadePolicy, madePoliciesIn, notesOfMade } from './madePolicies.ts';

/** What is known of a file, and the severities that hold for it. */
interface Given {
  readonly view: WorkspaceView;
  readonly rules: RuleSettings;
}

export interface CheckOptions {
  readonly fix: boolean;
  /** Stronger than what configurations say. */
  readonly rules: RuleSettings;
  readonly engine: Engine | 'auto' | undefined;
}

/** Applies the certain fixes to a file's text in the workspace, and gives the new text where anything changed. */
function fix(source: Source, workspace: Workspace, { view, rules }: Given): string | undefined {
  const manifest = workspace.manifest(source.uri);
  if (!manifest) return undefined;
  const text = manifest.documents.map(({ document }) => applyEdits(document.text, fixAllEdits(document, view, rules))).join('');
  if (text === manifest.text) return undefined;
  workspace.set(source.uri, text);
  return text;
}

/** Runs `netpol check`. Throws UsageError for paths that do not exist or cannot be read. */
export async function check(paths: readonly string[], options: CheckOptions): Promise<Report> {
  const workspace = new Workspace();
  const configs = new Configs();
  const { sources, unread } = await load(paths, workspace, configs);
  const givenFor = ({ uri, path }: Source): Given => {
    const { rules, engine, clusterCidrs } = configs.effective(path === undefined ? `${fileUri(process.cwd())}/-` : uri, {
      rules: {},
      engine: 'auto',
      clusterCidrs: noClusterCidrs,
    });
    return {
      view: workspace.viewFor(uri, { engine: chooseEngine(options.engine ?? engine, workspace).engine, clusterCidrs }),
      rules: { ...rules, ...options.rules },
    };
  };
  if (options.fix) {
    for (const source of sources) {
      const text = fix(source, workspace, givenFor(source));
      if (source.path === undefined) process.stdout.write(text ?? workspace.manifest(source.uri)?.text ?? '');
      else if (text !== undefined) await writeFile(source.path, text);
    }
  }
  const findings: Located[] = [];
  const lines = new Map<string, Lines>();
  let [files, fixable] = [0, 0];
  const failures = new Map<string, string>();
  const made: MadePolicy[] = [];
  const failed: RuleFailed = (id, error) => failures.set(id, String(error));
  for (const source of sources) {
    const { uri, name } = source;
    const manifest = workspace.manifest(uri);
    const { view, rules } = givenFor(source);
    if (!manifest) continue;
    if (manifest.documents.some(({ document }) => resourcesOf(document).some((resource) => resource.table))) files++;
    for (const placed of manifest.documents) {
      const { document, start } = placed;
      made.push(...madePoliciesIn({ file: name, placed }));
      for (const finding of checkDocument(document, view, rules, failed)) {
        const own = lines.get(name) ?? new Lines(manifest.text);
        lines.set(name, own);
        findings.push(own.locate(finding, start, name));
        if (finding.fixes?.()[0]?.certain) fixable++;
      }
    }
  }
  const notes = notesOfMade(made, {
    template: 'checked in part; check the output of "helm template", too',
    carrier: 'checked alone; check what is made, too',
  });
  return { findings, files, lines, fixable, failures, notes, unread };
}
