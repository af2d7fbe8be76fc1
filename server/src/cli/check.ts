import { writeFile } from 'node:fs/promises';
import { fixAllEdits } from '../features/codeActions.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { checkDocument, type RuleSettings } from '../rules/check.ts';
import { applyEdits } from '../syntax/textEdit.ts';
import { Workspace } from '../workspace/workspace.ts';
import type { Report } from './format.ts';
import { load, type Source } from './load.ts';
import { Lines, type Located } from './located.ts';

/** Applies the certain fixes to a file's text in the workspace, and gives the new text where anything changed. */
function fix(source: Source, workspace: Workspace, settings: RuleSettings): string | undefined {
  const manifest = workspace.manifest(source.uri);
  if (!manifest) return undefined;
  const view = workspace.viewFor(source.uri);
  const text = manifest.documents.map(({ document }) => applyEdits(document.text, fixAllEdits(document, view, settings))).join('');
  if (text === manifest.text) return undefined;
  workspace.set(source.uri, text);
  return text;
}

/** Runs `netpol check`. Throws UsageError for paths that do not exist or cannot be read. */
export async function check(paths: readonly string[], settings: RuleSettings, options: { readonly fix: boolean }): Promise<Report> {
  const workspace = new Workspace();
  const sources = await load(paths, workspace);
  if (options.fix) {
    for (const source of sources) {
      const text = fix(source, workspace, settings);
      if (source.path === undefined) process.stdout.write(text ?? workspace.manifest(source.uri)?.text ?? '');
      else if (text !== undefined) await writeFile(source.path, text);
    }
  }
  const findings: Located[] = [];
  const lines = new Map<string, Lines>();
  let [files, fixable] = [0, 0];
  for (const { uri, name } of sources) {
    const manifest = workspace.manifest(uri);
    const view = workspace.viewFor(uri);
    if (!manifest) continue;
    if (manifest.documents.some(({ document }) => resourcesOf(document).some((resource) => resource.table))) files++;
    for (const { document, start } of manifest.documents) {
      for (const finding of checkDocument(document, view, settings)) {
        const own = lines.get(name) ?? new Lines(manifest.text);
        lines.set(name, own);
        findings.push(own.locate(finding, start, name));
        if (finding.fixes?.()[0]?.certain) fixable++;
      }
    }
  }
  return { findings, files, lines, fixable };
}
