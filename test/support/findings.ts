import { checkDocument, type Finding } from '../../server/src/rules/check.ts';
import type { RuleSettings } from '../../server/src/rules/ruleSettings.ts';
import { applyEdits, areApart } from '../../server/src/syntax/textEdit.ts';
import type { Engine } from '../../server/src/workspace/engine.ts';
import { type ClusterCidrs, noClusterCidrs } from '../../server/src/workspace/view.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

/** A finding at its place in the file: offsets in the file's text. */
export interface Placed {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly severity: string;
  readonly finding: Finding;
  /** Offset of its document in the file. */
  readonly shift: number;
}

/** What the settings say of the cluster. */
export interface Surroundings {
  readonly engine?: Engine | undefined;
  readonly clusterCidrs?: Partial<ClusterCidrs> | undefined;
  /** Files beside those that are asked about. */
  readonly beside?: Readonly<Record<string, string>> | undefined;
}

/** Everything that is found in one file that is alone in its workspace. */
export const findingsIn = (text: string, settings: RuleSettings = {}, name = 'policy.yaml', surroundings: Surroundings = {}): readonly Placed[] =>
  findingsAmong({ [name]: text }, name, settings, surroundings);

/** Everything that is found in one of several files of a workspace, by name. */
export function findingsAmong(
  files: Readonly<Record<string, string>>,
  name: string,
  settings: RuleSettings = {},
  { engine, clusterCidrs, beside = {} }: Surroundings = {},
): readonly Placed[] {
  const workspace = new Workspace();
  workspace.setFolders(['file:///workspace']);
  for (const [file, text] of Object.entries({ ...beside, ...files })) workspace.set(`file:///workspace/${file}`, text);
  const uri = `file:///workspace/${name}`;
  const view = workspace.viewFor(uri, { engine, clusterCidrs: { ...noClusterCidrs, ...clusterCidrs } });
  return (workspace.manifest(uri)?.documents ?? []).flatMap(({ document, start: shift }) =>
    checkDocument(document, view, settings).map((finding) => ({
      id: finding.rule.id,
      start: finding.at.start + shift,
      end: finding.at.end + shift,
      message: finding.message,
      severity: finding.severity,
      finding,
      shift,
    })),
  );
}

/** The rules that find an error: what the API server would refuse. */
export const idsIn = (text: string, name?: string): readonly string[] =>
  findingsIn(text, {}, name).flatMap((found) => (found.severity === 'error' ? [found.id] : []));

/** The text after a finding's fix, the first unless told otherwise; undefined where it has none. */
export function textAfterFix(text: string, { finding, shift }: Placed, index = 0): string | undefined {
  const fix = (finding.fixes?.() ?? []).filter((candidate) => candidate.edits.length > 0)[index];
  // An editor refuses edits that overlap, and whoever applies them otherwise loses one.
  if (fix && !areApart(fix.edits)) throw new Error(`Edits of "${fix.title}" overlap: ${JSON.stringify(fix.edits)}`);
  return (
    fix &&
    applyEdits(
      text,
      fix.edits.map((edit) => ({ ...edit, start: edit.start + shift, end: edit.end + shift })),
    )
  );
}
