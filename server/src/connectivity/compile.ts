import type { AddressSet } from '../model/addressSet.ts';
import { allIPv4, allIPv6, blockAddresses } from '../model/addressSet.ts';
import type { Cluster, Located } from '../model/cluster.ts';
import { difference, union } from '../model/intervals.ts';
import {
  calicoDefaultTier,
  type Direction,
  directions,
  orderAmongCalico,
  type Peer,
  type Policy,
  type PortRange,
  type Rule,
  type Tier,
} from '../model/policy.ts';
import { allPorts, everyPortOf, isProtocol, noPorts, type PortSet, portRange, protocols, unionOf } from '../model/portSet.ts';
import { everything, nameLabel, type Selector, selects } from '../model/selector.ts';
import type { ContainerPort } from '../model/workload.ts';
import type { Endpoint } from './endpoints.ts';
import { isMember, type PodSet, type PodSets } from './podSets.ts';

/** A rule made ready to be asked. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly policy: CompiledPolicy;
  /** Every peer, inside and outside. */
  readonly anyPeer: boolean;
  /** The pods of each pod peer; empty where `anyPeer`. */
  readonly pods: readonly PodSet[];
  readonly addresses: AddressSet;
  /** Of the pods that the policy selects those that the rule holds for; undefined: all. */
  readonly own: PodSet | undefined;
  /** Ports that need no look at the destination. */
  readonly ports: PortSet;
  /** Names of ports, to look up at the destination. */
  readonly names: readonly { readonly name: string; readonly protocol: string }[];
}

export interface CompiledPolicy {
  readonly located: Located<Policy>;
  readonly policy: Policy;
  /** Where it stands among the cluster's tiers. */
  readonly tier: Tier;
  readonly order: number;
  readonly subject: PodSet;
  readonly rules: Readonly<Record<Direction, readonly CompiledRule[]>>;
}

function compilePorts(listed: readonly PortRange[]): Pick<CompiledRule, 'ports' | 'names'> {
  if (listed.length === 0) return { ports: allPorts, names: [] };
  let ports = noPorts;
  const names: { name: string; protocol: string }[] = [];
  for (const { protocol, port, endPort } of listed) {
    if (typeof port === 'string') names.push({ name: port, protocol });
    else {
      for (const one of protocol === 'ANY' ? protocols : isProtocol(protocol) ? [protocol] : [])
        ports = unionOf(ports, port === undefined ? everyPortOf(one) : portRange(one, port, endPort ?? port));
    }
  }
  return { ports, names };
}

/** The ports that a rule lists, or those of the Service that it means with them. */
function listedPorts({ peers, own, ports }: Rule, { namespace }: Policy, sets: PodSets): readonly PortRange[] {
  const peer = [...peers, ...(own ? [own] : [])].find((candidate) => candidate.is === 'service' && candidate.onItsPorts);
  if (peer?.is !== 'service') return ports;
  const service = sets.service(peer.namespace ?? namespace ?? '', peer.name);
  return (service?.ports ?? []).map(({ protocol, targetPort }) => ({ protocol, port: targetPort }));
}

/** What of a policy decides whom its peers mean. */
export type Means = Pick<Policy, 'namespace' | 'namespaced' | 'hostNetwork'>;

/** Whether the addresses of a peer are those of every pod, too: of IPv4, which clusters have unless they are of IPv6 alone. */
const holdsAllPods = ({ cidr, except, pods }: Extract<Peer, { is: 'addresses' }>): boolean =>
  pods === 'too' && difference(allIPv4, blockAddresses(cidr, except)).length === 0;

/** The known pods that a peer means; undefined for a peer that is no pods. */
export function peerPods(peer: Peer, policy: Means, sets: PodSets): PodSet | undefined {
  if (peer.is === 'service') return sets.behind(peer.namespace ?? policy.namespace ?? '', peer.name, hostNetworkOf(policy));
  if (peer.is === 'services') return sets.behindAny(peer.named, peer.namespace, hostNetworkOf(policy));
  if (peer.is === 'pods') return sets.select(peer.namespaces ?? policy.namespace ?? '', peer.pods, hostNetworkOf(policy));
  if (peer.is === 'addresses') return holdsAllPods(peer) ? sets.select(everything, undefined, 'with host network') : undefined;
  return peer.is === 'entity' && peer.entity === 'cluster' ? sets.select(everything, undefined, 'with host network') : undefined;
}

const nowhere: AddressSet = [];
const anywhere: AddressSet = union(allIPv4, allIPv6);

/** The addresses of the sets that a peer means. */
function setAddresses(peer: Extract<Peer, { is: 'addressSets' }>, { namespace }: Policy, { addressSets = [], namespaces }: Cluster): AddressSet {
  return addressSets
    .filter(({ value }) => {
      if (!selects(peer.sets, value.labels)) return false;
      if (value.namespace === undefined) return peer.global !== undefined;
      if (peer.global === 'only') return false;
      return peer.namespaces
        ? selects(peer.namespaces, namespaces.get(value.namespace)?.labels ?? {})
        : namespace === undefined || value.namespace === namespace;
    })
    .reduce((all, { value }) => value.cidrs.reduce((more, cidr) => union(more, blockAddresses(cidr, [])), all), nowhere);
}

function peerAddresses(peer: Peer, policy: Policy, cluster: Cluster): AddressSet {
  if (peer.is === 'addresses') return blockAddresses(peer.cidr, peer.except);
  if (peer.is === 'addressSets') return setAddresses(peer, policy, cluster);
  return peer.is === 'entity' && peer.entity === 'world' ? anywhere : nowhere;
}

const isEveryone = (peer: Peer): boolean => peer.is === 'entity' && peer.entity === 'all';

function compileRule(rule: Rule, policy: CompiledPolicy, sets: PodSets, cluster: Cluster): CompiledRule {
  return {
    rule,
    policy,
    anyPeer: rule.peers.length === 0 || rule.peers.some(isEveryone),
    pods: rule.peers.flatMap((peer) => peerPods(peer, policy.policy, sets) ?? []),
    addresses: rule.peers.reduce((all, peer) => union(all, peerAddresses(peer, policy.policy, cluster)), nowhere),
    own: rule.own && peerPods(rule.own, policy.policy, sets),
    ...compilePorts(listedPorts(rule, policy.policy, sets)),
  };
}

/**
 * Whether pods of the host network count. Cluster-wide policies never mean them (kubernetes-sigs/network-policy-api
 * apis/v1alpha1/shared_types.go). For NetworkPolicies the API leaves it to the plugin; read as written, labels are labels.
 */
const hostNetworkOf = ({ namespaced, hostNetwork }: Means): 'with host network' | 'without host network' =>
  namespaced && hostNetwork !== false ? 'with host network' : 'without host network';

/** Whom a policy is about; in no namespace that is known: nobody. */
function subjectOf(policy: Policy, sets: PodSets): PodSet {
  const { namespaced, namespace = '', subject } = policy;
  const own: Selector | undefined = subject.namespaces && {
    requirements: [...subject.namespaces.requirements, { key: nameLabel, operator: 'In', values: [namespace] }],
  };
  return sets.select(namespaced ? (own ?? namespace) : (subject.namespaces ?? everything), subject.pods, hostNetworkOf(policy));
}

/** Those of some pods whom a policy means: as its subject, and as peers of the rules of each direction. */
export function meantBy(policy: Policy, sets: PodSets, pods: readonly Endpoint[]): Readonly<Record<Direction | 'subject', readonly Endpoint[]>> {
  const within = (some: readonly PodSet[]) => pods.filter((pod) => some.some((set) => isMember(set, pod.index)));
  const peers = (direction: Direction) =>
    (policy[direction] ?? []).flatMap((rule) => rule.peers.flatMap((peer) => peerPods(peer, policy, sets) ?? []));
  return { subject: within([subjectOf(policy, sets)]), ingress: within(peers('ingress')), egress: within(peers('egress')) };
}

/** Compiles one policy: who is selected, and for each rule which pods and addresses it means. */
export function compilePolicy(located: Located<Policy>, sets: PodSets, cluster: Cluster, tiers: Tiers): CompiledPolicy {
  const policy = located.value;
  const subject = subjectOf(policy, sets);
  const rules: Record<Direction, CompiledRule[]> = { ingress: [], egress: [] };
  const compiled: CompiledPolicy = { located, policy, ...tiers.of(policy), subject, rules };
  for (const direction of directions) for (const rule of policy[direction] ?? []) rules[direction].push(compileRule(rule, compiled, sets, cluster));
  return compiled;
}

/** The ports that a rule means at a destination with certain container ports; an address has none, so no name means anything there. */
export function portsAt({ ports, names }: CompiledRule, destination: readonly ContainerPort[]): PortSet {
  if (names.length === 0) return ports;
  let all = ports;
  for (const { name, protocol } of names) {
    for (const candidate of destination) {
      if (candidate.name !== name || (protocol !== 'ANY' && candidate.protocol !== protocol) || !isProtocol(candidate.protocol)) continue;
      all = unionOf(all, portRange(candidate.protocol, candidate.port, candidate.port));
    }
  }
  return all;
}

/** Places of Calico's tiers by order: Kubernetes' admin tier, NetworkPolicies and baseline stand at these orders there. Source: projectcalico/calico api/pkg/apis/projectcalico/v3/tier.go. */
const calicoOrders = [1_000, 1_000_000, 10_000_000] as const;

function rankOf(order: number | undefined): number {
  if (order === undefined) return calicoOrders.length;
  const at = calicoOrders.findIndex((bound) => order <= bound);
  if (at === 0) return order / calicoOrders[0] - 1;
  if (at < 0) return calicoOrders.length - 1 + (1 - calicoOrders[2] / order);
  const [from, to] = [calicoOrders[at - 1] as number, calicoOrders[at] as number];
  return at - 1 + (order - from) / (to - from);
}

/** Where the policies of a cluster stand: Calico's tiers by their resources, and Kubernetes' NetworkPolicies among them where Calico's are. */
export class Tiers {
  private readonly resources: ReadonlyMap<string, Tier>;
  private readonly isCalico: boolean;

  constructor({ tiers = [], policies }: Pick<Cluster, 'tiers' | 'policies'>) {
    this.isCalico = policies.some(({ value }) => value.tier.calico);
    this.resources = new Map(
      tiers.map(({ value: { name, order, unmatched } }) => [
        name,
        { ...calicoDefaultTier, name, unmatched, rank: name === calicoDefaultTier.name ? calicoDefaultTier.rank : rankOf(order) },
      ]),
    );
  }

  of({ tier, order }: Policy): { readonly tier: Tier; readonly order: number } {
    const own = this.resources.get(calicoDefaultTier.name) ?? calicoDefaultTier;
    if (tier.calico) return { tier: this.resources.get(tier.name) ?? (tier.name === own.name ? own : tier), order };
    // Between Calico's own, rules that only allow are asked in turn.
    if (this.isCalico && tier.rank === calicoDefaultTier.rank) return { tier: own, order: orderAmongCalico };
    return { tier, order };
  }

  /** Whether policies stand elsewhere than under other tiers. */
  isAs(other: Tiers): boolean {
    return this.isCalico === other.isCalico && JSON.stringify([...this.resources]) === JSON.stringify([...other.resources]);
  }
}

/** Tiers in which any of the policies stands, by rank, each with its policies in the order in which they are asked. */
export function byTier(policies: readonly CompiledPolicy[]): readonly (readonly [Tier, readonly CompiledPolicy[]])[] {
  const grouped = new Map<string, [Tier, CompiledPolicy[]]>();
  for (const compiled of policies) {
    const { tier } = compiled;
    const key = `${tier.rank} ${tier.name}`;
    const group = grouped.get(key);
    if (group) group[1].push(compiled);
    else grouped.set(key, [tier, [compiled]]);
  }
  const ordered = [...grouped.values()].sort(([a], [b]) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  for (const [, list] of ordered) list.sort((a, b) => a.order - b.order);
  return ordered;
}
