import type { CompiledPolicy, CompiledRule } from '../connectivity/compile.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import type { NearMiss, SideReason, Wanted } from '../connectivity/reasons.ts';
import { formatLineAddress } from '../model/addressSet.ts';
import type { Peer } from '../model/policy.ts';
import { nameLabel, type Requirement, selects } from '../model/selector.ts';
import { unknownValue } from '../model/workload.ts';
import { anyOf, capitalised, code, namespaces, ports as portsPhrase, requirement } from './phrases.ts';
import { oneRule } from './policy.ts';

/** Reason chains in English. Each line is a sentence, with the rule or policy that it speaks of. */
export interface ReasonLine {
  readonly text: string;
  /** What to point at. */
  readonly rule?: CompiledRule;
  readonly policy?: CompiledPolicy;
}

const policyName = ({ policy }: CompiledPolicy): string =>
  `${policy.kind} ${policy.namespaced ? `${policy.namespace ?? ''}/` : ''}${policy.name ?? ''}`;

/** "ingress rule 1 of NetworkPolicy shop/web". */
export function ruleName({ rule, policy }: CompiledRule, direction: string): string {
  const list = policy.rules[direction as 'ingress' | 'egress'].filter((candidate) => candidate.rule.list === rule.list);
  const starts = [...new Set(list.map((candidate) => candidate.rule.source.start))];
  return `${rule.list ?? direction} rule ${starts.indexOf(rule.source.start) + 1}${rule.name ? ` ("${rule.name}")` : ''} of ${policyName(policy)}`;
}

/** The requirement that an end does not meet, in words: "its `app` is `web`". */
function lack({ key }: Requirement, labels: Readonly<Record<string, string>>, whose: string): string {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (value === unknownValue) return `${whose} ${code(key)} is set by a controller`;
  return value === undefined ? `${whose} the label ${code(key)} is missing` : `${whose} ${code(key)} is ${code(value)}`;
}

/** What a pod peer asks for and an endpoint lacks. */
function peerLack(peer: Peer, endpoint: Endpoint, own: string): string {
  if (peer.is !== 'pods') return 'it is for addresses, and this is a pod';
  const { namespace, labels } = endpoint;
  if (!peer.namespaces && namespace.name !== own) return `it is for namespace ${code(own)}, and this is ${code(namespace.name)}`;
  if (peer.namespaces && !selects(peer.namespaces, namespace.labels)) {
    const missing = peer.namespaces.requirements.find((one) => !selects({ requirements: [one] }, namespace.labels));
    const byName = missing === undefined || missing.key === nameLabel;
    return `it is for ${namespaces(peer.namespaces)}, and ${byName ? `this is ${code(namespace.name)}` : lack(missing, namespace.labels, `of namespace ${code(namespace.name)}`)}`;
  }
  const missing = peer.pods?.requirements.find((one) => !selects({ requirements: [one] }, labels));
  return missing ? `it asks for ${requirement(missing)}, and ${lack(missing, labels, 'here')}` : 'it does not fit';
}

/** What a rule that came close lacks. */
function missLine({ rule, peerFits, portFits }: NearMiss, { direction, peer }: SideReason, wanted: Wanted): ReasonLine {
  const own = rule.policy.policy.namespace ?? '';
  const parts: string[] = [];
  if (!peerFits) {
    const outside = (address: bigint) =>
      rule.addresses.length > 0 ? `its ranges do not hold ${formatLineAddress(address)}` : 'it is for pods, and this is an address outside';
    const lacks = typeof peer === 'bigint' ? [outside(peer)] : rule.rule.peers.map((one) => peerLack(one, peer, own));
    parts.push(anyOf([...new Set(lacks)].slice(0, 3)));
  }
  if (!portFits && wanted) parts.push(`it opens ${portsPhrase(rule.rule.ports)}, not ${wanted.protocol} ${wanted.port}`);
  return { text: `${capitalised(ruleName(rule, direction))} does not: ${parts.join('; and ') || 'nothing of it fits'}.`, rule };
}

const mostMisses = 3;

/** Why a side decides as it does, line by line: what isolates it, what lets it through or came closest. */
export function reasonLines(reason: SideReason, wanted: Wanted): readonly ReasonLine[] {
  const { direction, isolatedBy, decidedBy, passedBy, near, allowed } = reason;
  const lines: ReasonLine[] = passedBy.map((rule) => ({
    text: `${capitalised(ruleName(rule, direction))} leaves it to ${rule.policy.tier.calico ? 'the next tier' : 'NetworkPolicies'}.`,
    rule,
  }));
  if (isolatedBy.length > 0) for (const policy of isolatedBy) lines.push({ text: `Isolated by ${policyName(policy)}.`, policy });
  else if (decidedBy.length === 0) lines.push({ text: `No policy isolates its ${direction}: everything passes.` });
  for (const rule of decidedBy) {
    const verb = rule.rule.action === 'deny' ? 'Denied' : 'Allowed';
    lines.push({
      text: `${verb} by ${ruleName(rule, direction)}: ${oneRule(rule.rule, direction, rule.policy.policy.namespace, rule.policy.tier)}`,
      rule,
    });
  }
  if (!allowed && decidedBy.length === 0) {
    if (near.length === 0) lines.push({ text: `No ${direction} rule allows anything.` });
    for (const miss of near.slice(0, mostMisses)) lines.push(missLine(miss, reason, wanted));
    if (near.length > mostMisses) lines.push({ text: `${near.length - mostMisses} more rules do not fit either.` });
  }
  return lines;
}
