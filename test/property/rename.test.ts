import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Connectivity, connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { renameEdits, renameTargetAt } from '../../server/src/features/rename.ts';
import { renameProblem } from '../../server/src/features/renameProblem.ts';
import { allIPv4, allIPv6 } from '../../server/src/model/addressSet.ts';
import { directions } from '../../server/src/model/policy.ts';
import { applyEdits, areApart } from '../../server/src/syntax/textEdit.ts';
import { root, workspaceWith } from '../support/at.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters = 300;
const uri = `${root}/a.yaml`;

/** Styles in which a manifest may be written: blocks, with aliases or without, braces and single quotes, JSON. */
const styles: readonly ((manifest: Manifest) => string)[] = [
  (manifest) => stringify(manifest, { version: '1.1', aliasDuplicateObjects: true }),
  (manifest) => stringify(manifest, { version: '1.1', aliasDuplicateObjects: false }),
  (manifest) => stringify(manifest, { version: '1.1', collectionStyle: 'flow', defaultStringType: 'QUOTE_SINGLE' }),
  (manifest) => `${JSON.stringify(manifest, null, 2)}\n`,
];

/** What passes between all pods, and to and from all addresses, by their places: names may be others afterwards. */
const flows = (connectivity: Connectivity): unknown =>
  connectivity.endpoints.map((from) => [
    connectivity.endpoints.map((to) => (from === to ? undefined : connectivity.between(from, to))),
    directions.map((direction) => [allIPv4, allIPv6].map((family) => connectivity.addresses(from, direction, family))),
  ]);

test.each([
  ['Kubernetes', randomCluster],
  ['Cilium', randomCilium],
  ['Calico', randomCalico],
] as const)(`property: on ${clusters} random clusters of %s a rename changes no flow`, { timeout: 240_000 }, (_, random) => {
  const renamed = new Map<string, number>();
  fc.assert(
    fc.property(random as fc.Arbitrary<readonly Manifest[]>, fc.nat(), fc.constantFrom(...styles), (manifests, nth, written) => {
      const text = manifests.map(written).join('---\n');
      const workspace = workspaceWith({ 'a.yaml': text });
      const view = workspace.viewFor(uri);
      const placed = workspace.manifest(uri)?.documents ?? [];
      const targets = placed.flatMap(({ document }) =>
        [...document.text.matchAll(/[\w./-]+/g)].flatMap(({ index }) => renameTargetAt(document, index, view)?.target ?? []),
      );
      if (targets.length === 0) return;
      const target = targets[nth % targets.length] as (typeof targets)[number];
      const name = 'zz9';
      if (renameProblem(target, name, view)) return;
      const edits = placed.flatMap(({ document, start }) =>
        renameEdits(document, target, name, view).flatMap((edit) =>
          edit.sure ? [{ ...edit, start: edit.start + start, end: edit.end + start }] : [],
        ),
      );
      const what = JSON.stringify({ ...target, workloads: undefined });
      expect(areApart(edits), what).toBe(true);
      const after = workspaceWith({ 'a.yaml': applyEdits(text, edits) });
      const problems = (after.manifest(uri)?.documents ?? []).flatMap(({ document }) => document.parsed.problems);
      expect(problems, what).toEqual([]);
      expect(flows(connectivityOf(after.viewFor(uri).cluster)), what).toEqual(flows(connectivityOf(view.cluster)));
      renamed.set(target.is, (renamed.get(target.is) ?? 0) + 1);
    }),
    { numRuns: clusters },
  );
  expect([...renamed.keys()].sort()).toEqual(['label-key', 'label-value', 'namespace', 'port']);
});
