import { calicoDefaultTier, type Direction } from '../model/policy.ts';
import { hasPort, isEmpty, type PortSet, type Protocol, protocols } from '../model/portSet.ts';
import type { ContainerPort } from '../model/workload.ts';
import { type CompiledPolicy, type CompiledRule, portsAt } from './compile.ts';
import type { Connectivity } from './connectivity.ts';
import type { Endpoint, Peer } from './endpoints.ts';
import { matches } from './evaluate.ts';

/** One port of one protocol, or all of them together. */
export type Wanted = { readonly protocol: Protocol; readonly port: number } | undefined;

/** A rule that does not let the connection through, and which half of it fits. */
export interface NearMiss {
  readonly rule: CompiledRule;
  readonly peerFits: boolean;
  readonly portFits: boolean;
}

/** Why one side lets a connection through, or does not. */
export interface SideReason {
  readonly direction: Direction;
  readonly endpoint: Endpoint;
  readonly peer: Peer;
  readonly allowed: boolean;
  /** Policies that isolate the endpoint in the direction; none: it is open unless a tier above or below decides. */
  readonly isolatedBy: readonly CompiledPolicy[];
  /** The rules that decide: one of a first-match tier, or all that allow (or deny) in a tier of unions. */
  readonly decidedBy: readonly CompiledRule[];
  /** Rules that left the decision to the next tier. */
  readonly passedBy: readonly CompiledRule[];
  /** Where nothing allows it: the rules that came closest, those with a fitting half first. */
  readonly near: readonly NearMiss[];
}

const covers = (ports: PortSet, wanted: Wanted): boolean => (wanted ? hasPort(ports, wanted.protocol, wanted.port) : !isEmpty(ports));

/** The container ports that names of a side mean. */
const portsOf = (endpoint: Endpoint, direction: Direction, peer: Peer): readonly ContainerPort[] =>
  direction === 'ingress' ? endpoint.ports : typeof peer === 'bigint' ? [] : peer.ports;

/**
 * Why one side lets a connection through, or does not. `asked` undefined asks whether anything passes at all; of what does, one port is
 * explained, for others may be decided otherwise.
 */
export function explainSide(connectivity: Connectivity, endpoint: Endpoint, direction: Direction, peer: Peer, asked: Wanted): SideReason {
  const wanted = asked ?? someOf(connectivity.side(endpoint, direction, peer));
  const found = walkTiers(connectivity, endpoint, direction, peer, wanted);
  if (wanted || !found.allowed) return found;
  // Each tier lets something through, and nothing passes them all: what the last allows is refused by one before.
  const [last] = found.decidedBy;
  const port = last && someOf(portsAt(last, portsOf(endpoint, direction, peer)));
  return port ? walkTiers(connectivity, endpoint, direction, peer, port) : { ...found, allowed: false };
}

/** Walks the tiers as the evaluation does, and notes what happens. */
function walkTiers(connectivity: Connectivity, endpoint: Endpoint, direction: Direction, peer: Peer, wanted: Wanted): SideReason {
  const destination = portsOf(endpoint, direction, peer);
  const isolatedBy: CompiledPolicy[] = [];
  const passedBy: CompiledRule[] = [];
  const reason = (allowed: boolean, decidedBy: readonly CompiledRule[], near: readonly NearMiss[] = []): SideReason => ({
    direction,
    endpoint,
    peer,
    allowed,
    isolatedBy,
    decidedBy,
    passedBy,
    near,
  });
  const nearest = (rules: readonly CompiledRule[]): readonly NearMiss[] =>
    rules
      .filter(({ rule }) => rule.action === 'allow')
      .map((rule) => ({ rule, peerFits: matches(rule, peer, endpoint), portFits: covers(portsAt(rule, destination), wanted) }))
      .sort((a, b) => Number(b.peerFits) + Number(b.portFits) - (Number(a.peerFits) + Number(a.portFits)) || Number(b.peerFits) - Number(a.peerFits));
  for (const [tier, policies] of connectivity.policiesOf(endpoint, direction)) {
    const rules = policies.flatMap((policy) => policy.rules[direction]);
    const hits = rules.filter((rule) => matches(rule, peer, endpoint) && covers(portsAt(rule, destination), wanted));
    if (tier.evaluation === 'first-match') {
      // A denial that asks for more than can be known does not decide.
      const first = hits.find(({ rule }) => rule.action !== 'deny' || !rule.conditions);
      if (first?.rule.action === 'pass') passedBy.push(first);
      else if (first) return reason(first.rule.action === 'allow', [first]);
      else if (tier.unmatched === 'deny') {
        isolatedBy.push(...policies.filter(({ policy }) => policy.isolates[direction]));
        return reason(false, [], nearest(rules));
      }
      continue;
    }
    isolatedBy.push(...policies.filter(({ policy }) => policy.isolates[direction]));
    const denials = hits.filter(({ rule }) => rule.action === 'deny' && !rule.conditions);
    if (denials.length > 0) return reason(false, denials);
    const allowing = hits.filter(({ rule }) => rule.action === 'allow');
    if (allowing.length > 0) return reason(true, allowing);
    if (isolatedBy.length > 0) return reason(false, [], nearest(rules));
  }
  return reason(true, []);
}

/** One port of a set; undefined of an empty one. */
export function someOf(ports: PortSet): Wanted {
  const protocol = protocols.find((one) => ports[one].length > 0);
  return protocol && { protocol, port: ports[protocol][0] as number };
}

/**
 * Whether one more NetworkPolicy could let through a port of a set, where a side refuses it: no rule denies it, and what isolates are policies
 * of the tier in which NetworkPolicies stand.
 */
export function lacksRule(connectivity: Connectivity, endpoint: Endpoint, direction: Direction, peer: Peer, ports: PortSet): boolean {
  const { allowed, decidedBy, isolatedBy } = explainSide(connectivity, endpoint, direction, peer, someOf(ports));
  return !allowed && decidedBy.length === 0 && isolatedBy.every(({ tier }) => tier.evaluation === 'union' || tier.name === calicoDefaultTier.name);
}
