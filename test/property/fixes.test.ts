import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { differenceOf, hasPort, isEmpty } from '../../server/src/model/portSet.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { applyEdits, areApart } from '../../server/src/syntax/textEdit.ts';
import { root, workspaceWith } from '../support/at.ts';
import { clusterDns } from '../support/clusterDns.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters = 150;
const uri = `${root}/a.yaml`;

/** What each fix may do to the flows of a cluster, by "rule title": the first that fits. Of all others nothing is said. */
const effects: readonly (readonly [RegExp, { readonly opens: boolean; readonly closes: boolean }])[] = [
  [/^empty-list-allows-all .*allow nothing|^null-rule-allows-all Remove/, { opens: false, closes: true }],
  [
    /^(?:duplicate-item|redundant-\w+|implicit-policy-types|empty-list-allows-all|null-rule-allows-all|calico-unreachable-rule)/,
    { opens: false, closes: false },
  ],
  [/^deny-voids-allow Remove|^policy-type-denies-all Write|^rules-ignored-by-policy-types Remove/, { opens: false, closes: false }],
  [
    /^(?:all-namespaces-open|all-ports-open|egress-to-world|no-default-deny|metadata-service-reachable|peers-or-instead-of-and)/,
    { opens: false, closes: true },
  ],
  [/^workload-not-isolated (?!.*too$)/, { opens: false, closes: true }],
  [/^policy-type-denies-all Remove|^pod-selector-needs-namespace|^one-sided-flow|^dns-blocked|^dns-udp-only/, { opens: true, closes: false }],
];

test.each([
  ['Kubernetes', randomCluster],
  ['Cilium', randomCilium],
  ['Calico', randomCalico],
] as const)(`property: on ${clusters} random clusters of %s a fix opens and closes what its title says`, { timeout: 240_000 }, (_, random) => {
  let made = 0;
  fc.assert(
    fc.property(random as fc.Arbitrary<readonly Manifest[]>, fc.boolean(), (manifests, aliasDuplicateObjects) => {
      const text = [...manifests, ...clusterDns].map((one) => stringify(one, { version: '1.1', aliasDuplicateObjects })).join('---\n');
      const workspace = workspaceWith({ 'a.yaml': text });
      const view = workspace.viewFor(uri);
      const before = connectivityOf(view.cluster);
      const [answers] = before.endpoints.filter(({ workload }) => workload.name === 'coredns');
      const servesAll = before.endpoints.every((one) => one === answers || (answers && hasPort(before.side(answers, 'ingress', one), 'UDP', 53)));
      for (const { document, start } of workspace.manifest(uri)?.documents ?? []) {
        for (const { rule, message, fixes } of checkDocument(document, view)) {
          for (const { title, edits, elsewhere = [] } of fixes?.() ?? []) {
            const name = `${rule.id} ${title}`;
            const effect = effects.find(([fits]) => fits.test(name))?.[1];
            if (!effect) continue;
            made++;
            const all = [
              ...edits.map((edit) => ({ ...edit, start: edit.start + start, end: edit.end + start })),
              ...elsewhere.flatMap((other) => other.edits),
            ];
            expect(areApart(all), name).toBe(true);
            const after = workspaceWith({ 'a.yaml': applyEdits(text, all) });
            expect(
              (after.manifest(uri)?.documents ?? []).flatMap((placed) => placed.document.parsed.problems),
              name,
            ).toEqual([]);
            const changes = diffFlows(before, connectivityOf(after.viewFor(uri).cluster));
            const isAnnounced = ({ to }: { readonly to: string }) => to === 'kube-system/coredns[Pod]' && /dns|its ports/i.test(title);
            const shown = `${name}: ${JSON.stringify(changes)}`;
            if (!effect.opens)
              expect(
                changes.filter((change) => !isAnnounced(change) && !isEmpty(differenceOf(change.after, change.before))),
                shown,
              ).toEqual([]);
            // What a rule denies in vain is denied once it means somebody.
            const denies = rule.id === 'pod-selector-needs-namespace' && document.text.includes('action: Deny');
            if (!effect.closes && !denies)
              expect(
                changes.filter((change) => !isEmpty(differenceOf(change.before, change.after))),
                shown,
              ).toEqual([]);
            const isUseful = rule.id === 'one-sided-flow' || (rule.id === 'dns-blocked' && servesAll && !message.includes('the selected pods'));
            if (isUseful) expect(changes, shown).not.toEqual([]);
          }
        }
      }
    }),
    { numRuns: clusters },
  );
  expect(made).toBeGreaterThan(clusters);
});
