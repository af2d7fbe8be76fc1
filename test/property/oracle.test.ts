import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connectivity } from '../../server/src/connectivity/connectivity.ts';
import type { Endpoint } from '../../server/src/connectivity/endpoints.ts';
import { addressesOf, allIPv4, allIPv6 } from '../../server/src/model/addressSet.ts';
import { hasPort, noPorts, type PortSet, protocols } from '../../server/src/model/portSet.ts';
import { connectivityOf, endpointOf } from '../support/manifestCluster.ts';
import { type Manifest, NaiveEvaluator, type Probe } from '../support/naiveEvaluator.ts';
import { probeAddresses, probePorts, randomCluster } from '../support/randomCluster.ts';

const clusters = 20_000;

const lineAddress = (address: string): bigint => addressesOf(`${address}/${address.includes(':') ? 128 : 32}`)[0] as bigint;

/** What the listing of address ranges says of one address. */
function listed(connectivity: Connectivity, endpoint: Endpoint, direction: 'ingress' | 'egress', address: bigint): PortSet {
  const ranges = connectivity.addresses(endpoint, direction, address <= (allIPv4[1] as bigint) ? allIPv4 : allIPv6);
  return ranges.find(({ first, last }) => address >= first && address <= last)?.ports ?? noPorts;
}

function compare(manifests: readonly Manifest[]): void {
  const connectivity = connectivityOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }), 'cluster.json');
  const oracle = new NaiveEvaluator(manifests);
  const pods = manifests.filter(({ kind }) => kind === 'Pod');
  const check = (from: Manifest | string, to: Manifest | string, ports: PortSet) => {
    for (const protocol of protocols) {
      for (const port of probePorts) {
        const probe: Probe = { from, to, protocol, port };
        if (hasPort(ports, protocol, port) !== oracle.passes(probe)) {
          const name = (end: Manifest | string) => (typeof end === 'string' ? end : end.metadata.name);
          throw new Error(`${name(from)} → ${name(to)} ${protocol} ${port}: the core says ${!oracle.passes(probe)}`);
        }
      }
    }
  };
  for (const pod of pods) {
    const endpoint = endpointOf(connectivity, pod.metadata.name);
    for (const other of pods) if (other !== pod) check(pod, other, connectivity.between(endpoint, endpointOf(connectivity, other.metadata.name)));
    for (const address of probeAddresses) {
      check(pod, address, listed(connectivity, endpoint, 'egress', lineAddress(address)));
      check(address, pod, listed(connectivity, endpoint, 'ingress', lineAddress(address)));
    }
  }
}

test(`property: on ${clusters.toLocaleString('en')} random clusters the core says what a naive evaluator says`, { timeout: 600_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(randomCluster, (manifests) => {
      compare(manifests);
      compared++;
    }),
    { numRuns: clusters },
  );
  console.log(`oracle: ${compared} clusters agreed`);
  expect(compared).toBeGreaterThanOrEqual(clusters);
});

test('property: a policy that is put in again gives the same as one that was there from the start', { timeout: 120_000 }, async () => {
  const { Connectivity: Core } = await import('../../server/src/connectivity/connectivity.ts');
  fc.assert(
    fc.property(randomCluster, fc.nat(), (manifests, at) => {
      const whole = connectivityOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }), 'cluster.json');
      const { policies } = whole.cluster;
      if (policies.length === 0) return;
      const without = new Core({ ...whole.cluster, policies: policies.filter((_, i) => i !== at % policies.length) }, whole);
      const again = new Core(whole.cluster, without);
      for (const from of whole.endpoints) {
        for (const to of whole.endpoints) expect(again.between(from, to)).toEqual(whole.between(from, to));
      }
    }),
    { numRuns: 300 },
  );
});
