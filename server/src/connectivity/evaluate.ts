import { contains } from '../model/intervals.ts';
import type { Direction, Tier } from '../model/policy.ts';
import { allPorts, differenceOf, intersectionOf, isEmpty, noPorts, type PortSet, unionOf } from '../model/portSet.ts';
import type { ContainerPort } from '../model/workload.ts';
import { type CompiledPolicy, type CompiledRule, portsAt } from './compile.ts';
import type { Endpoint, Peer } from './endpoints.ts';
import { isMember } from './podSets.ts';

/** What the policies of a tier say of a connection. */
interface Verdict {
  readonly allowed: PortSet;
  /** Left to the next tier. */
  readonly undecided: PortSet;
}

/** The two ends of a connection, and the container ports of its destination. */
interface Ends {
  readonly endpoint: Endpoint;
  readonly peer: Peer;
  readonly destination: readonly ContainerPort[];
}

/** Whether a rule means a peer of an endpoint, whatever the port. */
export const matches = (rule: CompiledRule, peer: Peer, endpoint: Endpoint): boolean => {
  if (rule.own && !isMember(rule.own, endpoint.index)) return false;
  if (rule.anyPeer) return true;
  return typeof peer === 'bigint' ? contains(rule.addresses, peer) : rule.pods.some((set) => isMember(set, peer.index));
};

/** All policies of the tier together: what one denies is denied, whatever another allows. */
export function evaluateUnion(policies: readonly CompiledPolicy[], direction: Direction, { endpoint, peer, destination }: Ends): Verdict {
  let [allowed, denied] = [noPorts, noPorts];
  let isolated = false;
  for (const { policy, rules } of policies) {
    isolated ||= policy.isolates[direction];
    for (const rule of rules[direction]) {
      if (!matches(rule, peer, endpoint)) continue;
      if (rule.rule.action === 'deny') denied = rule.rule.conditions ? denied : unionOf(denied, portsAt(rule, destination));
      else allowed = unionOf(allowed, portsAt(rule, destination));
    }
  }
  const passes = differenceOf(allowed, denied);
  return { allowed: passes, undecided: isolated ? noPorts : differenceOf(allPorts, unionOf(allowed, denied)) };
}

/** The first rule that a connection meets decides. */
export function evaluateFirst(tier: Tier, policies: readonly CompiledPolicy[], direction: Direction, { endpoint, peer, destination }: Ends): Verdict {
  let [allowed, passed] = [noPorts, noPorts];
  let open = allPorts;
  for (const { rules } of policies) {
    for (const rule of rules[direction]) {
      if (!matches(rule, peer, endpoint)) continue;
      const ports = intersectionOf(open, portsAt(rule, destination));
      if (rule.rule.action === 'allow') allowed = unionOf(allowed, ports);
      else if (rule.rule.action === 'pass') passed = unionOf(passed, ports);
      // What does not meet the conditions goes on to the rules that follow.
      if (!rule.rule.conditions) open = differenceOf(open, ports);
      if (isEmpty(open)) return { allowed, undecided: passed };
    }
  }
  return { allowed, undecided: tier.unmatched === 'deny' ? passed : unionOf(passed, open) };
}
