import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { workloadInCluster } from '../../server/src/explain/inCluster.ts';
import { workloadLens } from '../../server/src/explain/lens.ts';
import { allIPv4, allIPv6 } from '../../server/src/model/addressSet.ts';
import { directions } from '../../server/src/model/policy.ts';
import { allPorts, isEmpty, samePorts } from '../../server/src/model/portSet.ts';
import { connectivityOf } from '../support/manifestCluster.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters: readonly (readonly [string, fc.Arbitrary<readonly Manifest[]>])[] = [
  ['Kubernetes’ policies', randomCluster],
  ['Cilium’s policies', randomCilium],
  ['Calico’s policies', randomCalico],
];

test.each(clusters)('what a hover says of a workload is what passes: %s', (_, random) => {
  fc.assert(
    fc.property(random, (manifests) => {
      const connectivity = connectivityOf(manifests.map((one) => stringify(one, { version: '1.1' })).join('---\n'));
      for (const endpoint of connectivity.endpoints) {
        const lines = workloadInCluster(connectivity, endpoint, () => undefined).split('\n\n');
        for (const direction of directions) {
          const others = connectivity.endpoints.filter((other) => other !== endpoint);
          const outside = [allIPv4, allIPv6].map((family) => connectivity.addresses(endpoint, direction, family));
          const passes = others.filter(
            (other) => !isEmpty(direction === 'ingress' ? connectivity.between(other, endpoint) : connectivity.between(endpoint, other)),
          );
          const isOpen =
            others.every((other) => samePorts(connectivity.side(endpoint, direction, other), allPorts)) &&
            outside.every(([range, ...more]) => more.length === 0 && range !== undefined && samePorts(range.ports, allPorts));
          const line = lines.find((one) => one.startsWith(direction === 'ingress' ? 'In: ' : 'Out: '));
          const lens = workloadLens(0, endpoint, connectivity);
          if (line === undefined || line.includes('everything passes')) expect(isOpen).toBe(true);
          else {
            const [known] = line.split('whom the workspace does not hold');
            // Long lists are shortened.
            if (!/ others?\b/.test(line)) expect(others.filter(({ workload }) => known?.includes(` ${workload.name} `))).toEqual(passes);
            expect(/ on (?:every port|SCTP|TCP|UDP)/.test(known ?? '')).toBe(outside.some((ranges) => ranges.length > 0));
            if (line.endsWith('nobody.')) expect([passes, outside]).toEqual([[], [[], []]]);
          }
          if (lens.includes(`${direction} open`)) expect(isOpen).toBe(true);
        }
      }
    }),
    { numRuns: 150 },
  );
});
