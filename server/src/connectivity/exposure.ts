import { type Direction, directions, type Peer } from '../model/policy.ts';
import { isEmpty, type PortSet } from '../model/portSet.ts';
import { type Labels, nameLabel, type Selector } from '../model/selector.ts';
import { unknownValue, type Workload } from '../model/workload.ts';
import { Connectivity } from './connectivity.ts';
import type { Endpoint } from './endpoints.ts';
import { isMember } from './podSets.ts';

/** Pods that the manifests do not hold, and what an endpoint's own policies let them do. */
export interface Exposure {
  readonly endpoint: Endpoint;
  readonly direction: Direction;
  /** Undefined: any pod of the cluster, whatever its labels. */
  readonly peer: Extract<Peer, { is: 'pods' }> | undefined;
  /** Namespace that a peer without a namespace selector means. */
  readonly namespace: string;
  readonly ports: PortSet;
}

/** Labels that a selector selects: the first value of each condition, nothing that it forbids. */
function fittingLabels(selector: Selector | undefined): Labels {
  const labels: Record<string, string> = {};
  for (const { key, operator, values } of selector?.requirements ?? []) {
    if (operator === 'In') labels[key] = values[0] ?? '';
    else if (operator === 'Exists') labels[key] = unknownValue;
  }
  return labels;
}

const origin = { file: '', shift: 0, at: { start: 0, end: 0 } };

function stranger(name: string, namespace: string, podLabels: Labels): Workload & { readonly namespace: string } {
  return { kind: 'Pod', name, namespace, ownLabels: {}, podLabels, ports: [], hostNetwork: false, serviceAccount: 'default' };
}

interface Candidate {
  readonly endpoint: Endpoint;
  readonly direction: Direction;
  readonly peer: Exposure['peer'];
  readonly namespace: string;
}

/** Pod peers of the rules that concern an endpoint and that no known workload fits. */
function potentialPeers(connectivity: Connectivity, endpoint: Endpoint, direction: Direction): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const [, policies] of connectivity.policiesOf(endpoint, direction)) {
    for (const { policy, rules } of policies) {
      for (const compiled of rules[direction]) {
        for (const peer of compiled.rule.peers.filter((candidate) => candidate.is === 'pods')) {
          const known = connectivity.podsOf(peer, policy);
          if (connectivity.endpoints.some(({ index }) => isMember(known, index))) continue;
          const namespace = policy.namespace ?? '';
          found.set(JSON.stringify([peer, peer.namespaces ? '' : namespace]), { endpoint, direction, peer, namespace });
        }
      }
    }
  }
  return [...found.values()];
}

/**
 * What may be reached by, or reach, pods that the manifests do not hold: any pod of the cluster, and pods that some rule
 * speaks of. Each is put into the cluster once, as a stranger with just the labels that the rule asks for, and judged like any other.
 */
export function exposuresOf(connectivity: Connectivity): readonly Exposure[] {
  const candidates: Candidate[] = connectivity.endpoints.flatMap((endpoint) =>
    directions.flatMap((direction) => [
      { endpoint, direction, peer: undefined, namespace: '' },
      ...potentialPeers(connectivity, endpoint, direction),
    ]),
  );
  const { cluster } = connectivity;
  const namespaces = new Map(cluster.namespaces);
  const strangers = candidates.map(({ peer, namespace }, i) => {
    const wanted = peer?.namespaces ? fittingLabels(peer.namespaces) : undefined;
    const name = peer === undefined ? '\0anywhere' : (wanted?.[nameLabel] ?? (wanted ? `\0${i}` : namespace));
    if (!namespaces.has(name)) namespaces.set(name, { name, labels: peer === undefined ? {} : { ...wanted, [nameLabel]: name }, declared: false });
    return { value: stranger(`\0stranger-${i}`, name, fittingLabels(peer?.pods)), origin };
  });
  const widened = new Connectivity({ ...cluster, namespaces, workloads: [...cluster.workloads, ...strangers] });
  return candidates.flatMap((candidate, i) => {
    const other = widened.endpoints[cluster.workloads.length + i] as Endpoint;
    const own = widened.endpoints[candidate.endpoint.position] as Endpoint;
    const ports = widened.side(own, candidate.direction, other);
    return isEmpty(ports) ? [] : [{ ...candidate, ports }];
  });
}
