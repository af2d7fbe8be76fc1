import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Connectivity, connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { endpointName } from '../../server/src/connectivity/flows.ts';
import { allowFlow, removeFlow } from '../../server/src/diagram/flowEdits.ts';
import { type SceneNode, sceneOf } from '../../server/src/diagram/scene.ts';
import { nodeIdOf } from '../../server/src/diagram/workloadNodes.ts';
import { editedCopy } from '../../server/src/lsp/fileEdits.ts';
import { hasPort, isEmpty, type PortSet } from '../../server/src/model/portSet.ts';
import type { FileEdits } from '../../server/src/rules/rule.ts';
import { root, workspaceWith } from '../support/at.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters = 150;
const uri = `${root}/a.yaml`;

test.each([
  ['Kubernetes', randomCluster],
  ['Cilium', randomCilium],
  ['Calico', randomCalico],
] as const)(
  `property: on ${clusters} random clusters of %s an edit of a flow does what it says, or says why not`,
  { timeout: 240_000 },
  (_, random) => {
    const made = { allowed: 0, removed: 0, refused: 0 };
    fc.assert(
      fc.property(random as fc.Arbitrary<readonly Manifest[]>, (manifests) => {
        const text = manifests.map((one) => stringify(one, { version: '1.1' })).join('---\n');
        const workspace = workspaceWith({ 'a.yaml': text });
        const view = workspace.viewFor(uri);
        const before = connectivityOf(view.cluster);
        const simulate = (edits: readonly FileEdits[]) => {
          const after = editedCopy(workspace, edits, [root], []);
          expect((after.manifest(uri)?.documents ?? []).flatMap(({ document }) => document.parsed.problems)).toEqual([]);
          return connectivityOf(after.viewFor(uri).cluster);
        };
        const cards = sceneOf(before).nodes.filter(({ is }) => is === 'workload');
        const membersOf = ({ id }: SceneNode) => before.classes.find(([first]) => first && nodeIdOf(before, first) === id)?.map(endpointName) ?? [];
        for (const from of cards) {
          for (const to of cards) {
            if (from === to) continue;
            const [sources, targets] = [membersOf(from), membersOf(to)];
            const passes = (connectivity: Connectivity): PortSet => {
              const [source, target] = [sources, targets].map(([name]) => connectivity.endpoints.find((one) => endpointName(one) === name));
              if (!source || !target) throw new Error(`${from.name} or ${to.name} is gone.`);
              return connectivity.between(source, target);
            };
            const allowed = allowFlow(from, to, [{ protocol: 'TCP', port: 80 }], view, simulate);
            if ('problem' in allowed) made.refused++;
            else {
              made.allowed++;
              expect(hasPort(passes(simulate(allowed.edits)), 'TCP', 80)).toBe(true);
            }
            if (isEmpty(passes(before))) continue;
            const removed = removeFlow(from, to, view, simulate);
            if ('problem' in removed) made.refused++;
            else {
              made.removed++;
              const after = simulate(removed.edits);
              expect(passes(after)).toEqual({ SCTP: [], TCP: [], UDP: [] });
              for (const change of diffFlows(before, after)) {
                expect(change.change).toBe('removed');
                expect(sources).toContain(change.from);
                expect(targets).toContain(change.to);
              }
            }
          }
        }
      }),
      { numRuns: clusters },
    );
    console.log(made);
    expect(made.allowed).toBeGreaterThan(0);
  },
);
