import type { Direction, Peer, Policy, PortRange, Rule } from '../../model/policy.ts';
import { everything, isNever, type Selector, selectsAll, serviceAccountLabel } from '../../model/selector.ts';
import { refuse } from '../unsayable.ts';
import { writtenSelector } from './writePolicy.ts';

type Written = Readonly<Record<string, unknown>>;

const plainOperators = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** A selector that Kubernetes can say; of alternatives each. */
function alternatives(selector: Selector): readonly Selector[] {
  const [first, ...rest] = selector.anyOf ?? [];
  for (const { key, operator } of selector.requirements) {
    if (key === serviceAccountLabel) refuse('a NetworkPolicy does not know service accounts');
    if (key.startsWith('\0')) refuse('a NetworkPolicy does not know what else than labels pods have');
    if (!plainOperators.has(operator)) refuse('a NetworkPolicy compares whole values of labels, not their parts');
  }
  if (!first) return [{ requirements: selector.requirements }];
  return first.flatMap((one) =>
    alternatives({
      requirements: [...selector.requirements, ...one.requirements],
      anyOf: [...rest, ...(one.anyOf ?? [])],
    }),
  );
}

function only(selector: Selector, what: string): Selector {
  const [first, ...more] = alternatives(selector);
  return !first || more.length > 0 ? refuse(`${what} of a NetworkPolicy knows no OR`) : first;
}

const world: readonly Written[] = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];

function writePeer(peer: Peer): readonly Written[] {
  switch (peer.is) {
    case 'pods': {
      if (peer.pods && isNever(peer.pods)) return [];
      const pods = alternatives(peer.pods ?? everything);
      const namespaces = peer.namespaces ? alternatives(peer.namespaces) : [undefined];
      return namespaces.flatMap((where) =>
        pods.map((one) => ({
          ...(where ? { namespaceSelector: writtenSelector(where) } : {}),
          ...(where && selectsAll(one) ? {} : { podSelector: writtenSelector(one) }),
        })),
      );
    }
    case 'addresses':
      return [{ ipBlock: { cidr: peer.cidr, ...(peer.except.length > 0 ? { except: peer.except } : {}) } }];
    case 'entity':
      if (peer.entity === 'none') return [];
      if (peer.entity === 'world') return world;
      if (peer.entity === 'cluster') return [{ namespaceSelector: {} }];
      return refuse(`a NetworkPolicy does not know the entity ${peer.entity}`);
    case 'domains':
      return refuse('a NetworkPolicy does not know names in DNS');
    case 'service':
    case 'services':
      return refuse('a NetworkPolicy does not know Services');
    case 'nodes':
      return refuse('a NetworkPolicy does not know nodes');
    case 'addressSets':
      return refuse('a NetworkPolicy does not know named sets of addresses');
  }
}

function writePort({ protocol, port, endPort }: PortRange): readonly Written[] {
  if (/^ICMP|^protocol|^UDPLITE/i.test(protocol)) return refuse(`a NetworkPolicy does not know ${protocol}`);
  const protocols = protocol === 'ANY' ? ['TCP', 'UDP', 'SCTP'] : [protocol];
  return protocols.map((one) => ({ protocol: one, ...(port === undefined ? {} : { port }), ...(endPort === undefined ? {} : { endPort }) }));
}

const isEverything = ({ peers, ports }: Rule): boolean => peers.length === 0 && ports.length === 0;

/** The rules of a direction; undefined where the policy says nothing of it. */
function writeRules(policy: Policy, direction: Direction): readonly Written[] | undefined {
  const rules = policy[direction];
  if (!policy.isolates[direction]) {
    return rules && rules.length > 0 ? refuse('a NetworkPolicy with rules isolates, and this policy does not') : undefined;
  }
  const inOrder = policy.tier.evaluation === 'first-match';
  const found: Written[] = [];
  for (const [i, rule] of (rules ?? []).entries()) {
    if (rule.conditions) refuse(`a NetworkPolicy knows ports, not ${rule.conditions[0]?.protocol === 'http' ? 'HTTP requests' : 'more than that'}`);
    if (rule.own) refuse('the rules of a NetworkPolicy are for all pods that it selects');
    if (rule.action === 'pass') refuse('a NetworkPolicy passes nothing on to other tiers');
    if (rule.action === 'deny') {
      // A last rule that denies all says what isolation says anyway.
      if (inOrder && isEverything(rule) && i === (rules?.length ?? 0) - 1) continue;
      refuse('a NetworkPolicy cannot deny: it only lacks what it does not allow');
    }
    const from = direction === 'ingress' ? 'from' : 'to';
    const everyone = rule.peers.length === 0 || rule.peers.some((peer) => peer.is === 'entity' && peer.entity === 'all');
    const peers = everyone ? [] : rule.peers.flatMap(writePeer);
    // Nobody is meant.
    if (!everyone && peers.length === 0) continue;
    const ports = rule.ports.flatMap(writePort);
    found.push({ ...(everyone ? {} : { [from]: peers }), ...(ports.length > 0 ? { ports } : {}) });
  }
  return found;
}

/** A policy as a NetworkPolicy's spec. Throws Unsayable where that cannot say it. */
export function toNetworkPolicySpec(policy: Policy): Written {
  if (!policy.namespaced) refuse('a NetworkPolicy is of one namespace, and this policy of the whole cluster');
  if (policy.subject.namespaces) refuse('a NetworkPolicy asks nothing of its own namespace');
  if (policy.subject.pods && isNever(policy.subject.pods)) refuse('a NetworkPolicy selects pods, not nodes or host endpoints');
  if (policy.tier.calico && policy.tier.name !== 'default') refuse(`a NetworkPolicy stands in the tier default, not in ${policy.tier.name}`);
  const [ingress, egress] = [writeRules(policy, 'ingress'), writeRules(policy, 'egress')];
  const types = [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])];
  if (types.length === 0) refuse('a NetworkPolicy isolates in at least one direction, and this policy in none');
  return {
    podSelector: writtenSelector(only(policy.subject.pods ?? everything, 'the podSelector')),
    policyTypes: types,
    ...(ingress && ingress.length > 0 ? { ingress } : {}),
    ...(egress && egress.length > 0 ? { egress } : {}),
  };
}
