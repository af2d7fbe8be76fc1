import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Connectivity, connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import type { Endpoint } from '../../server/src/connectivity/endpoints.ts';
import { addressesOf } from '../../server/src/model/addressSet.ts';
import { type Direction, directions } from '../../server/src/model/policy.ts';
import { hasPort, isEmpty, isProtocol } from '../../server/src/model/portSet.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { root, workspaceWith } from '../support/at.ts';
import { clusterDns } from '../support/clusterDns.ts';
import type { Manifest } from '../support/naiveEvaluator.ts';
import { randomCluster } from '../support/randomCluster.ts';
import { randomCalico, randomCilium } from '../support/randomVendors.ts';

const clusters = 150;
const uri = `${root}/a.yaml`;

/** What a finding speaks of. */
interface Spoken {
  readonly connectivity: Connectivity;
  /** Pods that the policy selects. */
  readonly selected: readonly Endpoint[];
  readonly message: string;
  /** What is underlined. */
  readonly flagged: string;
  /** The cluster without the document that it is about. */
  without(): Connectivity;
  /** The cluster with another text in the place of what is underlined. */
  with(text: string): Connectivity;
}

const addresses = (...list: readonly string[]): readonly bigint[] => list.flatMap((address) => addressesOf(address).slice(0, 1));
const strangers = addresses('8.8.8.8/32', '2001:4860:4860::8888/128');
const metadata = addresses('169.254.169.254/32', 'fd00:ec2::254/128');

/** Whether one of the pods, of which some are known, reaches one of the addresses. */
const isReached =
  (direction: Direction, to: readonly bigint[]) =>
  ({ connectivity, selected }: Spoken): boolean =>
    selected.length === 0 || selected.some((endpoint) => to.some((address) => !isEmpty(connectivity.side(endpoint, direction, address))));

const changesNothing = ({ connectivity, without }: Spoken): boolean => diffFlows(connectivity, without()).length === 0;

/** Whether nothing would pass, or be denied, otherwise on any port that a container declares if a port's number or name were another. */
function changesNoDeclaredPort({ connectivity, message, flagged, ...spoken }: Spoken): boolean {
  // Of a range one end alone is underlined, and in the place of a protocol no port can stand.
  if (message.includes('–') || /[A-Z]/.test(flagged)) return true;
  const otherwise = spoken.with(/^"/.test(flagged) ? '"64999"' : '64999');
  return connectivity.endpoints.every((target, i) => {
    const same = otherwise.endpoints[i] as Endpoint;
    return target.ports.every(
      ({ port, protocol }) =>
        !isProtocol(protocol) ||
        connectivity.endpoints.every((source, j) => {
          const then = otherwise.between(otherwise.endpoints[j] as Endpoint, same);
          return hasPort(connectivity.between(source, target), protocol, port) === hasPort(then, protocol, port);
        }),
    );
  });
}

/** What each rule claims about the flows of a cluster. */
const claims: Readonly<Record<string, (spoken: Spoken) => boolean>> = {
  'redundant-policy': changesNothing,
  'calico-policy-never-asked': changesNothing,
  'selector-matches-nothing': changesNothing,
  'named-port-unresolved': changesNoDeclaredPort,
  'port-not-exposed': changesNoDeclaredPort,
  'protocol-mismatch': changesNoDeclaredPort,
  'service-port-not-target-port': changesNoDeclaredPort,
  'open-to-world': isReached('ingress', strangers),
  'egress-to-world': isReached('egress', strangers),
  'metadata-service-reachable': isReached('egress', metadata),
  'workload-not-isolated': ({ connectivity, message }) =>
    connectivity.endpoints.some(
      (endpoint) =>
        message.includes(`Pod ${endpoint.workload.name}:`) &&
        directions.every((direction) => !message.split(' of ')[0]?.includes(direction) || !connectivity.isIsolated(endpoint, direction)),
    ),
  'dns-blocked': ({ connectivity, selected }) => {
    const answers = connectivity.endpoints.filter(({ namespace }) => namespace.name === 'kube-system');
    return (
      selected.length === 0 || selected.some((endpoint) => answers.every((one) => !hasPort(connectivity.side(endpoint, 'egress', one), 'UDP', 53)))
    );
  },
};

test.each([
  ['Kubernetes', randomCluster],
  ['Cilium', randomCilium],
  ['Calico', randomCalico],
] as const)(`property: on ${clusters} random clusters of %s findings claim what is so`, { timeout: 240_000 }, (_, random) => {
  const told = new Map<string, number>();
  fc.assert(
    fc.property(random as fc.Arbitrary<readonly Manifest[]>, (manifests) => {
      const texts = [...manifests, ...clusterDns].map((one) => stringify(one, { version: '1.1' }));
      const read = (documents: readonly string[]) => workspaceWith({ 'a.yaml': documents.join('---\n') });
      const workspace = read(texts);
      const view = workspace.viewFor(uri);
      const connectivity = connectivityOf(view.cluster);
      for (const [i, { document, start }] of (workspace.manifest(uri)?.documents ?? []).entries()) {
        const own = connectivity.cluster.policies.filter(({ origin }) => origin.shift === start);
        const selected = connectivity.endpoints.filter((endpoint) =>
          directions.some((direction) =>
            connectivity.policiesOf(endpoint, direction).some(([, policies]) => policies.some(({ located }) => own.includes(located))),
          ),
        );
        const without = () => connectivityOf(read(texts.filter((_text, other) => other !== i)).viewFor(uri).cluster);
        for (const { rule, message, at } of checkDocument(document, view)) {
          const holds = claims[rule.id];
          if (!holds) continue;
          told.set(rule.id, (told.get(rule.id) ?? 0) + 1);
          const { text } = document;
          const put = (other: string) => `${text.slice(0, at.start)}${other}${text.slice(at.end)}`.replace(/^---\n/, '');
          const spoken: Spoken = {
            connectivity,
            selected,
            message,
            flagged: text.slice(at.start, at.end),
            without,
            with: (other) => connectivityOf(read(texts.map((one, j) => (j === i ? put(other) : one))).viewFor(uri).cluster),
          };
          expect(holds(spoken), `${rule.id}: ${message}`).toBe(true);
        }
      }
    }),
    { numRuns: clusters },
  );
  expect([...told.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(clusters);
});
