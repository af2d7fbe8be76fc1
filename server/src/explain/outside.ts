import type { CompiledPolicy, CompiledRule } from '../connectivity/compile.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { isMember, membersOf } from '../connectivity/podSets.ts';
import { allIPv4, allIPv6, formatLineRange } from '../model/addressSet.ts';
import type { Direction, Peer } from '../model/policy.ts';
import { type PortSet, samePorts } from '../model/portSet.ts';
import { isNever } from '../model/selector.ts';
import { peer as peerPhrase, ports as portsPhrase } from './phrases.ts';

/** With whom pods may have to do that no manifest holds: addresses, names, nodes, and pods of other places. */

/** Addresses outside, all of which may pass on the same ports. */
export interface OutsideRange {
  readonly first: bigint;
  /** "every address outside", "every IPv4 address", "10.0.0.0/8". */
  readonly name: string;
  readonly ports: PortSet;
}

const families = [
  { all: allIPv4, name: 'every IPv4 address' },
  { all: allIPv6, name: 'every IPv6 address' },
] as const;

/** Addresses outside that an endpoint may reach or be reached from, of both families. */
export function outsideRanges(connectivity: Connectivity, endpoint: Endpoint, direction: Direction): readonly OutsideRange[] {
  const found = families.map(({ all, name }) =>
    connectivity
      .addresses(endpoint, direction, all)
      .map(({ first, last, ports }) => ({ first, name: first === all[0] && last === all[1] ? name : formatLineRange(first, last), ports })),
  );
  const [four, six] = found.map((ranges, i) => (ranges[0]?.name === families[i]?.name ? ranges[0] : undefined));
  if (four && six && samePorts(four.ports, six.ports)) return [{ ...four, name: 'every address outside' }];
  return found.flat();
}

/** Entities of Cilium that are pods or addresses, or nobody. */
const knownEntities: ReadonlySet<string> = new Set(['all', 'cluster', 'none', 'world']);

/** Pods, as far as a selector can mean any. */
const meansPods = (peer: Peer): boolean => peer.is === 'pods' && !(peer.pods && isNever(peer.pods));

/** Whether no manifest tells anybody whom a peer of a rule means. */
function isUnknown(peer: Peer, { rule, policy, addresses }: CompiledRule, connectivity: Connectivity): boolean {
  switch (peer.is) {
    case 'addresses':
      return false;
    case 'addressSets':
      // Every selector of Calico means sets, too: hardly anybody has them.
      return addresses.length === 0 && !rule.peers.some(meansPods);
    case 'entity':
      return !knownEntities.has(peer.entity);
    case 'domains':
    case 'nodes':
      return true;
    case 'pods':
      return meansPods(peer) && membersOf(connectivity.podsOf(peer, policy.policy)).length === 0;
    default:
      return membersOf(connectivity.podsOf(peer, policy.policy)).length === 0;
  }
}

const isTotal = ({ rule, anyPeer }: CompiledRule): boolean => anyPeer && rule.ports.length === 0 && !rule.conditions;

/**
 * Peers of the rules that allow an endpoint something and that no manifest holds: "pods labelled `k8s-app=kube-dns` of namespace `kube-system`
 * (UDP 53 and TCP 53)". Not those of rules that are never asked, since all is denied or decided before them.
 */
export function unknownPartners(connectivity: Connectivity, endpoint: Endpoint, direction: Direction): readonly string[] {
  const found = new Set<string>();
  const rulesOf = ({ rules }: CompiledPolicy) => rules[direction].filter(({ own }) => !own || isMember(own, endpoint.index));
  for (const [tier, policies] of connectivity.policiesOf(endpoint, direction)) {
    const rules = policies.flatMap(rulesOf);
    const isFirstMatch = tier.evaluation === 'first-match';
    if (!isFirstMatch && rules.some((rule) => rule.rule.action === 'deny' && isTotal(rule))) break;
    const end = isFirstMatch ? rules.find(isTotal) : undefined;
    for (const rule of rules) {
      for (const peer of rule.rule.action === 'allow' ? rule.rule.peers : [])
        if (isUnknown(peer, rule, connectivity)) found.add(`${peerPhrase(peer, rule.policy.policy.namespace)} (${portsPhrase(rule.rule.ports)})`);
      if (rule === end) break;
    }
    const goesOn = end ? end.rule.action === 'pass' : tier.calico && tier.unmatched === 'next';
    if (!goesOn && (end || policies.some(({ policy }) => policy.isolates[direction]))) break;
  }
  return [...found];
}
