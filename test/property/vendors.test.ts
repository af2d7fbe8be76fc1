import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMember } from '../../server/src/connectivity/podSets.ts';
import { addressesOf } from '../../server/src/model/addressSet.ts';
import { hasPort, type PortSet } from '../../server/src/model/portSet.ts';
import { connectivityOf, endpointOf } from '../support/manifestCluster.ts';
import type { Manifest, Probe } from '../support/naiveEvaluator.ts';
import { NaiveCalico, NaiveCilium } from '../support/naiveVendors.ts';
import { randomCalico, randomCilium, vendorAddresses, vendorPorts } from '../support/randomVendors.ts';

const clusters = 3_000;

function compare(manifests: readonly Manifest[], oracle: NaiveCilium | NaiveCalico): void {
  const connectivity = connectivityOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }), 'cluster.json');
  const pods = manifests.filter(({ kind }) => kind === 'Pod');
  const check = (from: Manifest | string, to: Manifest | string, ports: PortSet) => {
    for (const protocol of ['TCP', 'UDP'] as const) {
      for (const port of vendorPorts) {
        const probe: Probe = { from, to, protocol, port };
        const name = (end: Manifest | string) => (typeof end === 'string' ? end : end.metadata.name);
        const expected = oracle.passes(probe);
        if (hasPort(ports, protocol, port) !== expected)
          throw new Error(`${name(from)} → ${name(to)} ${protocol} ${port}: the core says ${!expected}`);
      }
    }
  };
  for (const pod of pods) {
    const endpoint = endpointOf(connectivity, pod.metadata.name);
    for (const other of pods) if (other !== pod) check(pod, other, connectivity.between(endpoint, endpointOf(connectivity, other.metadata.name)));
    for (const address of vendorAddresses) {
      const [place] = addressesOf(`${address}/32`) as readonly [bigint, bigint];
      check(pod, address, connectivity.side(endpoint, 'egress', place));
      check(address, pod, connectivity.side(endpoint, 'ingress', place));
    }
    // What a listing skips must be closed.
    for (const direction of ['ingress', 'egress'] as const) {
      const candidates = connectivity.candidates(endpoint, direction);
      for (const other of candidates ? connectivity.endpoints : []) {
        const passes = connectivity.side(endpoint, direction, other);
        if (candidates && isMember(candidates, other.index)) continue;
        expect(passes).toEqual({ SCTP: [], TCP: [], UDP: [] });
      }
    }
  }
}

test.each([
  ['Cilium', randomCilium, NaiveCilium],
  ['Calico', randomCalico, NaiveCalico],
] as const)(
  'property: on random clusters with policies of %s and of Kubernetes the core says what a naive evaluator says',
  (name, random, Oracle) => {
    let compared = 0;
    fc.assert(
      fc.property(random, (manifests) => {
        compare(manifests, new Oracle(manifests));
        compared++;
      }),
      { numRuns: clusters },
    );
    console.log(`oracle of ${name}: ${compared} clusters agreed`);
    expect(compared).toBeGreaterThanOrEqual(clusters);
  },
  600_000,
);
