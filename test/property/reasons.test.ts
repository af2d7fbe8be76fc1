import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainSide } from '../../server/src/connectivity/reasons.ts';
import { addressesOf } from '../../server/src/model/addressSet.ts';
import { directions } from '../../server/src/model/policy.ts';
import { hasPort, isEmpty, protocols } from '../../server/src/model/portSet.ts';
import { connectivityOf } from '../support/manifestCluster.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters = 300;

/** On the borders of the ranges of ports, and of the blocks, that the random policies name. */
const ports = [1, 78, 79, 80, 81, 82, 443, 8080, 9000, 65535];
const addresses = ['10.1.2.3/32', '10.1.0.0/32', '192.0.2.7/32', '8.8.8.8/32', '2001:db8:1::1/128'].flatMap((cidr) => addressesOf(cidr).slice(0, 1));

test.each([
  ['Kubernetes', randomCluster],
  ['Cilium', randomCilium],
  ['Calico', randomCalico],
] as const)(`property: on ${clusters} random clusters of %s the reasons end where the flows do`, (_, random) => {
  let decided = 0;
  fc.assert(
    fc.property(random as fc.Arbitrary<readonly Manifest[]>, (manifests) => {
      const connectivity = connectivityOf(manifests.map((one) => JSON.stringify(one)).join('\n---\n'));
      for (const endpoint of connectivity.endpoints) {
        for (const direction of directions) {
          for (const peer of [...connectivity.endpoints.filter(({ index }) => index !== endpoint.index), ...addresses]) {
            const side = connectivity.side(endpoint, direction, peer);
            for (const protocol of protocols) {
              for (const port of ports) {
                const { allowed, decidedBy, near } = explainSide(connectivity, endpoint, direction, peer, { protocol, port });
                expect(allowed, `${protocol} ${port}`).toBe(hasPort(side, protocol, port));
                for (const { rule } of decidedBy) expect(rule.action === 'allow').toBe(allowed);
                for (const { peerFits, portFits } of near) expect(peerFits && portFits).toBe(false);
                decided += decidedBy.length;
              }
            }
            expect(explainSide(connectivity, endpoint, direction, peer, undefined).allowed, 'anything').toBe(!isEmpty(side));
          }
        }
      }
    }),
    { numRuns: clusters },
  );
  expect(decided).toBeGreaterThan(clusters);
});
