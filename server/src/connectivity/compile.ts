import type { AddressSet } from '../model/addressSet.ts';
import { blockAddresses } from '../model/addressSet.ts';
import type { Located } from '../model/cluster.ts';
import { union } from '../model/intervals.ts';
import { type Direction, directions, type Peer, type Policy, type Rule, type Tier } from '../model/policy.ts';
import { allPorts, everyPortOf, isProtocol, noPorts, type PortSet, portRange, unionOf } from '../model/portSet.ts';
import type { ContainerPort } from '../model/workload.ts';
import type { PodSet, PodSets } from './podSets.ts';

/** A rule made ready to be asked. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly policy: CompiledPolicy;
  /** Every peer, inside and outside. */
  readonly anyPeer: boolean;
  /** The pods of each pod peer; empty where `anyPeer`. */
  readonly pods: readonly PodSet[];
  readonly addresses: AddressSet;
  /** Ports that need no look at the destination. */
  readonly ports: PortSet;
  /** Names of ports, to look up at the destination. */
  readonly names: readonly { readonly name: string; readonly protocol: string }[];
}

export interface CompiledPolicy {
  readonly located: Located<Policy>;
  readonly policy: Policy;
  readonly subject: PodSet;
  readonly rules: Readonly<Record<Direction, readonly CompiledRule[]>>;
}

function compilePorts(rule: Rule): Pick<CompiledRule, 'ports' | 'names'> {
  if (rule.ports.length === 0) return { ports: allPorts, names: [] };
  let ports = noPorts;
  const names: { name: string; protocol: string }[] = [];
  for (const { protocol, port, endPort } of rule.ports) {
    if (typeof port === 'string') names.push({ name: port, protocol });
    else if (isProtocol(protocol)) ports = unionOf(ports, port === undefined ? everyPortOf(protocol) : portRange(protocol, port, endPort ?? port));
  }
  return { ports, names };
}

/** The known pods that a peer means; undefined for a peer that is no pods. */
export const peerPods = (peer: Peer, policy: Pick<Policy, 'namespace' | 'namespaced'>, sets: PodSets): PodSet | undefined =>
  peer.is === 'pods' ? sets.select(peer.namespaces ?? policy.namespace ?? '', peer.pods, hostNetworkOf(policy)) : undefined;

function compileRule(rule: Rule, policy: CompiledPolicy, sets: PodSets): CompiledRule {
  const blocks = rule.peers.flatMap((peer) => (peer.is === 'addresses' ? [blockAddresses(peer.cidr, peer.except)] : []));
  return {
    rule,
    policy,
    anyPeer: rule.peers.length === 0,
    pods: rule.peers.flatMap((peer) => peerPods(peer, policy.policy, sets) ?? []),
    addresses: blocks.reduce<AddressSet>((all, block) => union(all, block), []),
    ...compilePorts(rule),
  };
}

/**
 * Whether pods of the host network count. Cluster-wide policies never mean them (kubernetes-sigs/network-policy-api
 * apis/v1alpha1/shared_types.go). For NetworkPolicies the API leaves it to the plugin; read as written, labels are labels.
 */
const hostNetworkOf = ({ namespaced }: Pick<Policy, 'namespaced'>): 'with host network' | 'without host network' =>
  namespaced ? 'with host network' : 'without host network';

/** Compiles one policy: who is selected, and for each rule which pods and addresses it means. */
export function compilePolicy(located: Located<Policy>, sets: PodSets): CompiledPolicy {
  const policy = located.value;
  const where = policy.namespaced ? (policy.namespace ?? '') : (policy.subject.namespaces ?? { requirements: [] });
  const subject = sets.select(where, policy.subject.pods, hostNetworkOf(policy));
  const rules: Record<Direction, CompiledRule[]> = { ingress: [], egress: [] };
  const compiled: CompiledPolicy = { located, policy, subject, rules };
  for (const direction of directions) for (const rule of policy[direction] ?? []) rules[direction].push(compileRule(rule, compiled, sets));
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

/** Tiers in which any of the policies stands, by rank, each with its policies in the order in which they are asked. */
export function byTier(policies: readonly CompiledPolicy[]): readonly (readonly [Tier, readonly CompiledPolicy[]])[] {
  const grouped = new Map<number, [Tier, CompiledPolicy[]]>();
  for (const compiled of policies) {
    const { tier } = compiled.policy;
    const group = grouped.get(tier.rank);
    if (group) group[1].push(compiled);
    else grouped.set(tier.rank, [tier, [compiled]]);
  }
  const ordered = [...grouped.values()].sort(([a], [b]) => a.rank - b.rank);
  for (const [, list] of ordered) list.sort((a, b) => a.policy.order - b.policy.order);
  return ordered;
}
