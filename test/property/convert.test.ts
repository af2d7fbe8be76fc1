import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meantBy } from '../../server/src/connectivity/compile.ts';
import { type Connectivity, connectivityOf as coreOf } from '../../server/src/connectivity/connectivity.ts';
import { type ConversionTarget, convert } from '../../server/src/kinds/convert.ts';
import { resourcesOf } from '../../server/src/kinds/resource.ts';
import { allIPv4, allIPv6 } from '../../server/src/model/addressSet.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

/** The connectivity of manifests, each a document of a file. */
function among(documents: readonly string[]): Connectivity {
  const workspace = new Workspace();
  workspace.setFolders(['file:///w']);
  workspace.set('file:///w/all.yaml', documents.join('\n---\n'));
  return coreOf(workspace.viewFor('file:///w/all.yaml').cluster);
}

/** What may pass between all pods, and to and from all addresses. */
const flows = (connectivity: Connectivity): unknown =>
  connectivity.endpoints.map((from) => [
    connectivity.endpoints.map((to) => (from === to ? undefined : connectivity.between(from, to))),
    (['ingress', 'egress'] as const).map((direction) => [allIPv4, allIPv6].map((family) => connectivity.addresses(from, direction, family))),
  ]);

const isPolicy = ({ kind }: Manifest) => kind.endsWith('NetworkPolicy');

function converted(text: string, target: ConversionTarget): string | undefined {
  const [resource] = resourcesOf(new DocumentText(text));
  const found = resource && convert(resource, target);
  return found && 'text' in found ? found.text : undefined;
}

/** The pods of the host network whom a policy means: plugins make different things of them. */
const hosts = ({ cluster, sets, endpoints }: Connectivity): unknown =>
  cluster.policies.map(({ value }) => {
    const meant = meantBy(
      value,
      sets,
      endpoints.filter(({ hostNetwork }) => hostNetwork),
    );
    return Object.values(meant).map((pods) => pods.map(({ position }) => position));
  });

/** Asks that a policy in the place of another changes no flow; false where only one of them means some pods of the host network. */
function isAlike(others: readonly string[], [before, after]: readonly [string, string], what: string): boolean {
  const [old, now] = [among([...others, before]), among([...others, after])];
  if (JSON.stringify(hosts(old)) !== JSON.stringify(hosts(now))) return false;
  expect(flows(now), `${what}\n${after}`).toEqual(flows(old));
  return true;
}

/** One policy among pods: what others say is another matter. */
const alone = (manifests: readonly Manifest[], i: number): readonly Manifest[] => {
  const policies = manifests.filter((one) => isPolicy(one) && !one.kind.includes('Admin') && one.kind !== 'ClusterNetworkPolicy');
  return [
    ...manifests.filter((one) => !isPolicy(one) && one.kind !== 'Tier'),
    ...policies.slice(i % Math.max(policies.length, 1), (i % Math.max(policies.length, 1)) + 1),
  ];
};

/** A policy that asks twice for the value of a label, and so selects nothing. */
const contradiction: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default', labels: { app: 'a' } }, spec: { containers: [] } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'nobody', namespace: 'default' },
    spec: { podSelector: { matchLabels: { app: 'b' }, matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] } },
  },
];

const targets: readonly ConversionTarget[] = ['cilium', 'calico'];

test('property: a NetworkPolicy of Cilium or Calico says what Kubernetes’ own says, and the way back ends where it began', () => {
  let compared = 0;
  fc.assert(
    fc.property(randomCluster, fc.nat(5), (manifests, i) => {
      const list = alone(manifests, i);
      const policy = list.find(isPolicy);
      if (!policy) return;
      const others = list.filter((one) => one !== policy).map((one) => JSON.stringify(one));
      const text = JSON.stringify(policy);
      for (const target of targets) {
        const there = converted(text, target);
        if (there === undefined) throw new Error(`not converted to ${target}: ${text}`);
        compared += isAlike(others, [text, there], target) ? 1 : 0;
        const back = converted(there, 'kubernetes');
        if (back === undefined) throw new Error(`not converted back from ${target}:\n${there}`);
        expect(isAlike(others, [text, back], `${target} and back`)).toBe(true);
      }
    }),
    { numRuns: 600, examples: [[contradiction, 0]] },
  );
  expect(compared).toBeGreaterThan(300);
}, 120_000);

/** The same with one of the pods on its node's network. */
const withHost = (manifests: readonly Manifest[]): readonly Manifest[] =>
  manifests.map((one) => (one.metadata?.name === 'pod-1' ? { ...one, spec: { ...one.spec, hostNetwork: true } } : one));

test.each([
  ['cilium', randomCilium, ['kubernetes', 'calico']],
  ['calico', randomCalico, ['kubernetes', 'cilium']],
] as const)(
  'property: what is converted from %s says the same, and the rest is refused with a reason',
  (_, random, others) => {
    let [same, refused] = [0, 0];
    fc.assert(
      fc.property(random, fc.nat(5), fc.boolean(), (manifests, i, isHost) => {
        const list = alone(isHost ? withHost(manifests) : manifests, i);
        const policy = list.find((one) => isPolicy(one) && one.apiVersion !== 'networking.k8s.io/v1');
        if (!policy) return;
        const rest = list.filter((one) => one !== policy).map((one) => JSON.stringify(one));
        const text = JSON.stringify(policy);
        const [resource] = resourcesOf(new DocumentText(text));
        for (const target of others) {
          const found = resource && convert(resource, target);
          if (!found) throw new Error('no conversion was offered');
          if ('problem' in found) {
            expect(found.problem).not.toBe('');
            refused++;
          } else if (isAlike(rest, [text, found.text], target)) same++;
        }
      }),
      { numRuns: 1_500 },
    );
    expect(same).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  },
  120_000,
);
