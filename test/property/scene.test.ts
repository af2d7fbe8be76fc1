import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connectivity } from '../../server/src/connectivity/connectivity.ts';
import type { Endpoint } from '../../server/src/connectivity/endpoints.ts';
import { type SceneEdge, sceneOf } from '../../server/src/diagram/scene.ts';
import { nodeIdOf } from '../../server/src/diagram/workloadNodes.ts';
import { allIPv4, allIPv6, blockAddresses } from '../../server/src/model/addressSet.ts';
import { intersection } from '../../server/src/model/intervals.ts';
import { type Direction, directions } from '../../server/src/model/policy.ts';
import { allPorts, differenceOf, intersectionOf, isEmpty, noPorts, type PortSet, samePorts, unionOf } from '../../server/src/model/portSet.ts';
import { connectivityOf } from '../support/manifestCluster.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters = 300;

const together = (edges: readonly SceneEdge[]): PortSet => edges.reduce((all, { set }) => unionOf(all, set), noPorts);

/** One pod of each class: the picture draws the others as it. */
const shown = ({ classes }: Connectivity): readonly Endpoint[] => classes.flatMap(([first]) => first ?? []);

test.each([
  ['Kubernetes', randomCluster],
  ['Cilium', randomCilium],
  ['Calico', randomCalico],
] as const)(`property: on ${clusters} random clusters of %s the diagram draws what passes, and no more`, (_, random) => {
  let drawn = 0;
  fc.assert(
    fc.property(random as fc.Arbitrary<readonly Manifest[]>, (manifests) => {
      const connectivity = connectivityOf(manifests.map((one) => JSON.stringify(one)).join('\n---\n'));
      const { nodes, edges } = sceneOf(connectivity);
      drawn += edges.length;
      const idOf = (endpoint: Endpoint) => nodeIdOf(connectivity, endpoint);
      const nodeOf = (id: string) => nodes.find((node) => node.id === id);
      for (const { from, to } of edges) expect([nodeOf(from), nodeOf(to)], `${from} => ${to}`).not.toContain(undefined);
      const pods = shown(connectivity);
      /** What the picture says that one end lets through to or from another. */
      const said = (endpoint: Endpoint, direction: Direction, other: Endpoint): PortSet => {
        const id = idOf(endpoint);
        if (nodeOf(id)?.gates?.[direction] === 'open') return allPorts;
        const everyone = direction === 'ingress' ? 'in:everyone' : 'out:everyone';
        const isHere = ({ from, to, is }: SceneEdge) => {
          const [own, far] = direction === 'ingress' ? [to, from] : [from, to];
          return own === id && is === 'allowed' && (far === idOf(other) || far === everyone);
        };
        return together(edges.filter(isHere));
      };
      for (const from of pods) {
        for (const to of pods) {
          if (from.index === to.index) continue;
          const name = `${idOf(from)} => ${idOf(to)}`;
          const passes = connectivity.between(from, to);
          const own = edges.filter((edge) => edge.from === idOf(from) && edge.to === idOf(to));
          const [allowed, refused] = (['allowed', 'refused'] as const).map((is) => together(own.filter((edge) => edge.is === is)));
          expect(isEmpty(differenceOf(allowed as PortSet, passes)), `${name} is drawn and does not pass`).toBe(true);
          expect(isEmpty(intersectionOf(refused as PortSet, passes)), `${name} is drawn as refused and passes`).toBe(true);
          for (const edge of own.filter(({ is }) => is === 'refused')) {
            const [end, direction, other] = edge.refusedAt === 'from' ? ([from, 'egress', to] as const) : ([to, 'ingress', from] as const);
            expect(isEmpty(intersectionOf(edge.set, connectivity.side(end, direction, other))), `${name} is refused at the wrong end`).toBe(true);
          }
          const picture = intersectionOf(said(from, 'egress', to), said(to, 'ingress', from));
          expect(isEmpty(differenceOf(passes, picture)), `${name} passes and is not drawn`).toBe(true);
        }
        for (const direction of directions) {
          const gate = nodeOf(idOf(from))?.gates?.[direction];
          const sides = [
            ...pods.map((other) => connectivity.side(from, direction, other)),
            ...[allIPv4, allIPv6].flatMap((family) => connectivity.addresses(from, direction, family).map(({ ports }) => ports)),
          ];
          if (gate === 'open') expect(sides.every((ports) => samePorts(ports, allPorts))).toBe(true);
          if (gate === 'denied') expect(sides.every(isEmpty)).toBe(true);
          const there = edges.filter((edge) => (direction === 'ingress' ? edge.to : edge.from) === idOf(from));
          for (const edge of there) {
            const peer = nodeOf(direction === 'ingress' ? edge.from : edge.to)?.peer;
            if (peer?.is !== 'addresses') continue;
            const block = blockAddresses(peer.cidr, peer.except);
            const passes = [allIPv4, allIPv6]
              .flatMap((family) => connectivity.addresses(from, direction, family))
              .filter(({ first, last }) => intersection(block, [first, last]).length > 0)
              .reduce((all, { ports }) => unionOf(all, ports), noPorts);
            const name = `${idOf(from)} ${direction} ${peer.cidr}`;
            if (edge.is === 'allowed') expect(isEmpty(differenceOf(edge.set, passes)), `${name} is drawn and does not pass`).toBe(true);
            else expect(isEmpty(intersectionOf(edge.set, passes)), `${name} is drawn as refused and passes`).toBe(true);
          }
        }
      }
    }),
    { numRuns: clusters },
  );
  expect(drawn).toBeGreaterThan(clusters);
});
