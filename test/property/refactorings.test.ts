import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { type FileAround, refactoringsAt } from '../../server/src/features/refactorings.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { applyEdits, areApart, type TextEdit } from '../../server/src/syntax/textEdit.ts';
import type { WorkspaceView } from '../../server/src/workspace/view.ts';
import { root, workspaceWith } from '../support/at.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { inStyle } from '../support/yamlStyles.ts';

const clusters = 200;
const uri = `${root}/a.yaml`;

interface Change {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Rules whose fixes write out or take away what makes no difference. */
const meansTheSame = /^(?:duplicate-item|redundant-\w+|implicit-policy-types|empty-list-allows-all)$/;

/** What leaves the meaning of a file as it is: refactorings without those that add a policy or change its language, and some fixes. */
function* formChanges({ documents }: FileAround, view: WorkspaceView): Iterable<Change> {
  for (const placed of documents) {
    const { document, start } = placed;
    const inFile = (edits: readonly TextEdit[]) => edits.map((edit) => ({ ...edit, start: edit.start + start, end: edit.end + start }));
    for (let offset = 0; offset < document.text.length; offset += 11)
      for (const { title, edits, file, disabled } of refactoringsAt(placed, offset, { uri, documents }, view))
        if (disabled === undefined && !/^(?:Create|Convert)/.test(title)) yield { title, edits: file?.edits ?? inFile(edits) };
    for (const { rule, fixes } of checkDocument(document, view)) {
      if (!meansTheSame.test(rule.id)) continue;
      for (const { title, edits } of fixes?.() ?? []) if (!/allow nothing/.test(title)) yield { title, edits: inFile(edits) };
    }
  }
}

test.each(['in block style', 'with dashes below their key'] as const)(
  `property: on ${clusters} random clusters %s, a change of form changes no flow`,
  { timeout: 120_000 },
  (style) => {
    let made = 0;
    fc.assert(
      fc.property(randomCluster, (manifests) => {
        const text = inStyle(manifests.map((one) => stringify(one, { version: '1.1' })).join('---\n'), style) ?? '';
        const workspace = workspaceWith({ 'a.yaml': text });
        const view = workspace.viewFor(uri);
        const before = connectivityOf(view.cluster);
        const seen = new Set<string>();
        for (const { title, edits } of formChanges({ uri, documents: workspace.manifest(uri)?.documents ?? [] }, view)) {
          const key = JSON.stringify(edits);
          if (seen.has(key)) continue;
          seen.add(key);
          made++;
          expect(areApart(edits), title).toBe(true);
          const after = workspaceWith({ 'a.yaml': applyEdits(text, edits) });
          expect(
            (after.manifest(uri)?.documents ?? []).flatMap(({ document }) => document.parsed.problems),
            title,
          ).toEqual([]);
          expect(diffFlows(before, connectivityOf(after.viewFor(uri).cluster)), title).toEqual([]);
        }
      }),
      { numRuns: clusters },
    );
    expect(made).toBeGreaterThan(clusters);
  },
);
