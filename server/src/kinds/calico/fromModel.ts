import { type Direction, directions, orderAmongCalico, type Peer, type Policy, type PortRange, type Rule } from '../../model/policy.ts';
import {
  everything,
  isNever,
  nameLabel,
  namespaceLabel,
  type Operator,
  type Requirement,
  type Selector,
  selectsAll,
  serviceAccountLabel,
} from '../../model/selector.ts';
import { refuse } from '../unsayable.ts';
import type { SelectorOf } from './selector.ts';

type Written = Readonly<Record<string, unknown>>;

const keyOf = (key: string, of: SelectorOf): string => {
  if (key === namespaceLabel) return 'projectcalico.org/namespace';
  if (key === serviceAccountLabel) return 'projectcalico.org/serviceaccount';
  return of === 'namespaces' && key === nameLabel ? 'projectcalico.org/name' : key;
};

const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);

const words: Readonly<Partial<Record<Operator, string>>> = { Contains: 'contains', StartsWith: 'starts with', EndsWith: 'ends with' };

function condition({ key: written, operator, values }: Requirement, of: SelectorOf): string {
  const key = keyOf(written, of);
  const set = `{${values.map(quoted).join(', ')}}`;
  const first = quoted(values[0] ?? '');
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key} == ${first}` : `${key} in ${set}`;
    case 'NotIn':
      return values.length === 1 ? `${key} != ${first}` : `${key} not in ${set}`;
    case 'Exists':
      return `has(${key})`;
    case 'DoesNotExist':
      return `!has(${key})`;
    default: {
      const word = words[operator];
      return word === undefined ? `!(${key} ${words[operator.slice('Not'.length) as Operator]} ${first})` : `${key} ${word} ${first}`;
    }
  }
}

/** A selector in Calico's language; all() for one that asks for nothing. */
export function writtenCalicoSelector(selector: Selector, of: SelectorOf = 'pods'): string {
  if (selectsAll(selector)) return 'all()';
  const parts = [
    ...selector.requirements.map((one) => condition(one, of)),
    ...(selector.anyOf ?? []).map((alternatives) => `(${alternatives.map((one) => writtenCalicoSelector(one, of)).join(' || ')})`),
  ];
  return parts.join(' && ');
}

/** Whom a peer means, as the source or destination of a rule; undefined for nobody, `{}` for everyone. */
function writePeer(peer: Peer, namespaced: boolean): Written | undefined {
  switch (peer.is) {
    case 'pods':
      if (peer.pods && isNever(peer.pods)) return undefined;
      return {
        selector: writtenCalicoSelector(peer.pods ?? everything),
        ...(peer.namespaces && (namespaced || !selectsAll(peer.namespaces))
          ? { namespaceSelector: writtenCalicoSelector(peer.namespaces, 'namespaces') }
          : {}),
      };
    case 'addresses':
      return { nets: [peer.cidr], ...(peer.except.length > 0 ? { notNets: peer.except } : {}) };
    case 'entity':
      if (peer.entity === 'none') return undefined;
      if (peer.entity === 'all') return {};
      if (peer.entity === 'cluster') return { selector: 'all()', ...(namespaced ? { namespaceSelector: 'all()' } : {}) };
      return refuse(`Calico does not know the entity ${peer.entity}`);
    case 'service':
      return { services: { name: peer.name, ...(peer.namespace ? { namespace: peer.namespace } : {}) } };
    case 'services':
      return refuse('a Service stands for its ports in Calico, and here every port is meant');
    case 'domains':
      return refuse('the open-source version of Calico does not know names in DNS');
    case 'nodes':
      return refuse('Calico knows nodes as host endpoints, which have other labels');
    case 'addressSets':
      return refuse('named groups of addresses are GlobalNetworkSets in Calico: they are found by labels');
  }
}

interface Ports {
  readonly protocol?: string;
  readonly ports?: readonly (number | string)[];
}

/** Ports by protocol: a rule of Calico is for one. */
function writePorts(list: readonly PortRange[]): readonly Ports[] {
  if (list.length === 0) return [{}];
  const byProtocol = new Map<string, (number | string)[] | undefined>();
  for (const { protocol, port, endPort } of list) {
    if (/^ICMP/.test(protocol)) refuse('ICMP types are written in other ways in Calico; write them by hand');
    for (const one of protocol === 'ANY' ? ['TCP', 'UDP', 'SCTP'] : [protocol]) {
      const all = byProtocol.has(one) && byProtocol.get(one) === undefined;
      if (port === undefined || all) byProtocol.set(one, undefined);
      else byProtocol.set(one, [...(byProtocol.get(one) ?? []), endPort === undefined ? port : `${port}:${endPort}`]);
    }
  }
  return [...byProtocol].map(([protocol, ports]) => ({ protocol, ...(ports ? { ports } : {}) }));
}

function writeRule(rule: Rule, direction: Direction, namespaced: boolean): readonly Written[] {
  if (rule.conditions) refuse('requests (HTTP and others) are written in other ways in Calico; write them by hand');
  if (rule.own) refuse('a rule for some of the selected pods is not converted');
  const action = { allow: 'Allow', deny: 'Deny', pass: 'Pass' }[rule.action];
  const world: readonly Written[] = [{ nets: ['0.0.0.0/0'] }, { nets: ['::/0'] }];
  const peers =
    rule.peers.length === 0
      ? [{}]
      : rule.peers.flatMap((peer) => (peer.is === 'entity' && peer.entity === 'world' ? world : (writePeer(peer, namespaced) ?? [])));
  return peers.flatMap((peer) =>
    writePorts(rule.ports).map(({ protocol, ports }) => {
      const target = ports ? { ports } : {};
      const [source, destination] = direction === 'ingress' ? [peer, target] : [{}, { ...peer, ...target }];
      return {
        action,
        ...(protocol ? { protocol } : {}),
        ...(Object.keys(source).length > 0 ? { source } : {}),
        ...(Object.keys(destination).length > 0 ? { destination } : {}),
      };
    }),
  );
}

/** A policy as a Calico policy's spec, at the place of Kubernetes' NetworkPolicies. Throws Unsayable where that cannot say it. */
export function toCalicoSpec(policy: Policy): Written {
  const { subject, namespaced } = policy;
  if (namespaced && subject.namespaces) refuse('a NetworkPolicy of Calico asks nothing of its own namespace');
  if (subject.pods && isNever(subject.pods)) refuse('policies for nodes and host endpoints are not converted');
  const denies = directions.some((direction) => policy[direction]?.some(({ action }) => action === 'deny'));
  if (denies && !policy.tier.calico) refuse('its denials win over every policy, and in Calico the order of policies decides');
  const types: string[] = [];
  const rules: Record<string, readonly Written[]> = {};
  for (const direction of directions) {
    const own = policy[direction] ?? [];
    if (!policy.isolates[direction]) {
      if (own.length > 0) refuse('a policy of Calico with rules isolates, and this one does not');
      continue;
    }
    types.push(direction === 'ingress' ? 'Ingress' : 'Egress');
    const written = own.flatMap((rule) => writeRule(rule, direction, namespaced));
    if (written.length > 0) rules[direction] = written;
  }
  if (types.length === 0) refuse('a policy of Calico is about at least one direction, and this one about none');
  return {
    order: policy.tier.calico ? policy.order : orderAmongCalico,
    selector: writtenCalicoSelector(subject.pods ?? everything),
    ...(namespaced || !subject.namespaces || selectsAll(subject.namespaces)
      ? {}
      : { namespaceSelector: writtenCalicoSelector(subject.namespaces, 'namespaces') }),
    types,
    ...rules,
  };
}
