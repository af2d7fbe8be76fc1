import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connectivity } from '../../server/src/connectivity/connectivity.ts';
import { diffFlows, type FlowChange } from '../../server/src/connectivity/diff.ts';
import type { Endpoint } from '../../server/src/connectivity/endpoints.ts';
import { endpointName } from '../../server/src/connectivity/flows.ts';
import { allIPv6 } from '../../server/src/model/addressSet.ts';
import { parseAddress } from '../../server/src/model/cidr.ts';
import { type Direction, directions } from '../../server/src/model/policy.ts';
import { isEmpty, noPorts, type PortSet, samePorts, unionOf } from '../../server/src/model/portSet.ts';
import { connectivityOf } from '../support/manifestCluster.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters = 300;

/** A place on the line of addresses. Throws for what is no address. */
function placeOf(text: string): bigint {
  const parsed = parseAddress(text);
  if (typeof parsed === 'string') throw new Error(`${text}: ${parsed}`);
  return parsed.family === 4 ? parsed.address : (allIPv6[0] as bigint) + parsed.address;
}

/** Around the borders of every block that the random policies name. */
const addresses = [
  ...['0.0.0.0', '9.255.255.255', '10.0.0.0', '10.1.0.0', '10.1.2.0', '10.1.2.3', '10.1.2.128', '10.2.0.0', '192.0.2.7', '192.0.2.8'],
  ...['255.255.255.255', '::', '2001:db8::', '2001:db8:1::', '2001:db8:2::', 'ffff::'],
].map(placeOf);

/** Pods that one controller made, some of them: they go by its name. */
const ownedBy = (manifests: readonly Manifest[], owned: readonly boolean[]): readonly Manifest[] =>
  manifests.map((manifest, i) =>
    manifest.kind === 'Pod' && owned[i % owned.length]
      ? { ...manifest, metadata: { ...manifest.metadata, ownerReferences: [{ kind: 'ReplicaSet', name: 'set' }] } }
      : manifest,
  );

const podsNamed = ({ endpoints }: Connectivity, name: string): readonly Endpoint[] => endpoints.filter((endpoint) => endpointName(endpoint) === name);

/** What any pod of one name may send to any of another. */
const between = (connectivity: Connectivity, from: string, to: string): PortSet =>
  podsNamed(connectivity, from)
    .flatMap((source) => podsNamed(connectivity, to).map((target) => connectivity.between(source, target)))
    .reduce(unionOf, noPorts);

/** What any pod of a name may exchange with an address. */
const outside = (connectivity: Connectivity, name: string, direction: Direction, address: bigint): PortSet =>
  podsNamed(connectivity, name)
    .map((pod) => connectivity.side(pod, direction, address))
    .reduce(unionOf, noPorts);

const isAbout = (end: string, address: bigint): boolean => {
  const [, first, last] = /^(.+)-(.+)\[External\]$/.exec(end) ?? [];
  return first !== undefined && last !== undefined && placeOf(first) <= address && address <= placeOf(last);
};

/** Asks that a difference is told, once, as what it is, and nothing where there is none. */
function check(told: readonly FlowChange[], [before, after]: readonly [PortSet, PortSet], what: string): void {
  if (samePorts(before, after)) {
    expect(told, what).toEqual([]);
    return;
  }
  expect(told, what).toHaveLength(1);
  expect(told[0], what).toMatchObject({ before, after, change: isEmpty(before) ? 'added' : isEmpty(after) ? 'removed' : 'changed' });
}

test.each([
  ['Kubernetes', randomCluster],
  ['Cilium', randomCilium],
  ['Calico', randomCalico],
] as const)(`property: of ${clusters} random clusters of %s and others of the same pods every difference is told, and nothing else`, (_, random) => {
  let differing = 0;
  fc.assert(
    fc.property(
      random as fc.Arbitrary<readonly Manifest[]>,
      fc.infiniteStream(fc.boolean()),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      (manifests, kept, owned) => {
        const all = ownedBy(manifests, owned);
        const isPod = ({ kind }: Manifest) => kind === 'Pod';
        const isPolicy = ({ kind }: Manifest) => kind.endsWith('NetworkPolicy');
        const some = all.filter((manifest) => isPod(manifest) || kept.next().value);
        const states = [some, all].map((list) => connectivityOf(list.map((one) => JSON.stringify(one)).join('\n---\n')));
        const [before, after] = states as [Connectivity, Connectivity];
        const changes = diffFlows(before, after);
        // Where policies alone differ, they are the reason.
        const isForPolicies = some.filter((one) => !isPolicy(one)).length === all.filter((one) => !isPolicy(one)).length;
        if (isForPolicies) expect(changes.filter(({ because }) => because.length === 0)).toEqual([]);
        differing += changes.length > 0 ? 1 : 0;
        const names = [...new Set(after.endpoints.map(endpointName))];
        for (const from of names) {
          for (const to of names) {
            if (from === to) continue;
            const told = changes.filter(
              (change) => change.from === from && change.to === to && change.requests.before.length + change.requests.after.length === 0,
            );
            check(told, [between(before, from, to), between(after, from, to)], `${from} => ${to}`);
          }
          for (const direction of directions) {
            const own = (address: bigint) => [outside(before, from, direction, address), outside(after, from, direction, address)] as const;
            const [lowest, highest] = own(addresses[0] as bigint);
            for (const address of addresses) {
              const told = changes.filter((change) =>
                direction === 'ingress' ? change.to === from && isAbout(change.from, address) : change.from === from && isAbout(change.to, address),
              );
              const [old, now] = own(address);
              // What changes for all of IPv6 as for the addresses of IPv4 that no policy speaks of is told once.
              const isSaid = address >= (allIPv6[0] as bigint) && samePorts(old, lowest) && samePorts(now, highest);
              if (isSaid && told.length === 0) continue;
              check(told, [old, now], `${from} ${direction} ${address.toString(16)}`);
            }
          }
        }
      },
    ),
    { numRuns: clusters },
  );
  expect(differing).toBeGreaterThan(clusters / 6);
});
