import type { AddressSetResource, TierResource } from '../../model/cluster.ts';
import { type Action, calicoDefaultTier, type Direction, type Peer, type Policy, type PortRange, type Rule, type Tier } from '../../model/policy.ts';
import {
  bothOf,
  everything,
  namespaceLabel,
  type Selector,
  selectsAll,
  selectsNone,
  serviceAccountLabel,
  setNameLabel,
} from '../../model/selector.ts';
import { entryOf, isMap, isSeq, itemsOf, type Node, resolve, valueAt } from '../../syntax/node.ts';
import { booleanOf, integerOf, scalarValue, stringOf, stringsOf } from '../../syntax/scalar.ts';
import { readLabels } from '../kubernetes/readWorkload.ts';
import type { Resource } from '../resource.ts';
import { meaningOf, namesGlobal, parseSelector, type SelectorOf } from './selector.ts';

/**
 * Text → model for Calico's policies. What cannot be read is left out: rules of the catalogue say what is wrong with it.
 * Source: projectcalico/calico api/pkg/apis/projectcalico/v3.
 */

interface ReadSelector {
  readonly selector: Selector;
  readonly isGlobal: boolean;
}

/** A selector as written; undefined where there is none. One that cannot be parsed selects nothing. */
function selectorAt(node: Node | undefined, key: string, of: SelectorOf = 'pods'): ReadSelector | undefined {
  const text = stringOf(valueAt(node, key));
  if (text === undefined || text.trim() === '') return undefined;
  const parsed = parseSelector(text);
  if ('problem' in parsed) return { selector: selectsNone, isGlobal: false };
  return { selector: meaningOf(parsed.expression, of), isGlobal: namesGlobal(parsed.expression) };
}

const negatedAt = (node: Node | undefined, key: string): Selector | undefined => {
  const parsed = parseSelector(stringOf(valueAt(node, key)) ?? '');
  return entryOf(node, key) && 'expression' in parsed ? meaningOf(parsed.expression, 'pods', true) : undefined;
};

const withPrefix = (net: string): string => (net.includes('/') ? net : `${net}/${net.includes(':') ? 128 : 32}`);

/** Numbers and names as written in a list. */
function scalars(node: Node | undefined): readonly (string | number)[] {
  return itemsOf(node).flatMap((item) => {
    const value = item.kind === 'scalar' ? scalarValue(item) : undefined;
    return value?.type === 'string' || value?.type === 'integer' ? [value.value] : [];
  });
}

type Bounds = readonly [first: number, last: number];

function boundsOf(port: string | number): Bounds | undefined {
  if (typeof port === 'number') return [port, port];
  const range = /^(\d+)(?::(\d+))?$/.exec(port);
  return range ? [Number(range[1]), Number(range[2] ?? range[1])] : undefined;
}

/** What lies between ranges, from 1 to 65535. */
function outsideOf(ranges: readonly Bounds[]): readonly Bounds[] {
  const found: Bounds[] = [];
  let from = 1;
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    if (first > from) found.push([from, first - 1]);
    from = Math.max(from, last + 1);
  }
  if (from <= 65535) found.push([from, 65535]);
  return found;
}

const protocolNames: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6', 132: 'SCTP' };

function protocolAt(node: Node | undefined, key: string): string | undefined {
  const value = valueAt(node, key);
  const number = integerOf(value);
  return number === undefined ? stringOf(value)?.toUpperCase().replace('ICMPV6', 'ICMPv6') : (protocolNames[number] ?? `protocol ${number}`);
}

/** The ports that a rule means: those of its destination, of its protocol. */
function portsOf(node: Node | undefined): readonly PortRange[] {
  const protocol = protocolAt(node, 'protocol');
  const not = protocolAt(node, 'notProtocol');
  const protocols = protocol === undefined ? (not === undefined ? ['ANY'] : ['TCP', 'UDP', 'SCTP'].filter((one) => one !== not)) : [protocol];
  const destination = valueAt(node, 'destination');
  const listed = scalars(valueAt(destination, 'ports'));
  const excluded = scalars(valueAt(destination, 'notPorts'))
    .map(boundsOf)
    .filter((bounds) => bounds !== undefined);
  const ranges: (Bounds | string)[] = listed.map((port) => boundsOf(port) ?? String(port));
  if (listed.length === 0 && excluded.length > 0) ranges.push(...outsideOf(excluded));
  if (ranges.length === 0) return protocol === undefined && not === undefined ? [] : protocols.map((one) => ({ protocol: one }));
  return protocols.flatMap((one) => ranges.map((range) => portsIn(one, range)));
}

function portsIn(protocol: string, range: Bounds | string): PortRange {
  if (typeof range === 'string') return { protocol, port: range };
  const [port, last] = range;
  return { protocol, port, ...(last > port ? { endPort: last } : {}) };
}

/** What one of the ports of a rule's destination means; undefined where the rule excludes a protocol, and for what is no port. */
export function readCalicoPort(item: Node, rule: Node): PortRange | undefined {
  const value = item.kind === 'scalar' ? scalarValue(item) : undefined;
  if ((value?.type !== 'string' && value?.type !== 'integer') || entryOf(rule, 'notProtocol')) return undefined;
  return portsIn(protocolAt(rule, 'protocol') ?? 'ANY', boundsOf(value.value) ?? String(value.value));
}

/**
 * Whom one side of a rule means; undefined: everyone. `namespaced`: a selector without namespaceSelector means the policy's own namespace.
 * A Service as the destination stands for its ports, too. Source: docs.tigera.io/calico/latest/network-policy/policy-rules/service-policy.
 */
export function readEntity(node: Node | undefined, namespaced: boolean, side: string | undefined): readonly Peer[] | undefined {
  if (!isMap(node)) return undefined;
  const service = stringOf(valueAt(node, 'services', 'name'));
  if (service !== undefined) {
    const namespace = stringOf(valueAt(node, 'services', 'namespace'));
    return [{ is: 'service', name: service, ...(namespace ? { namespace } : {}), ...(side === 'destination' ? { onItsPorts: true } : {}) }];
  }
  const [nets, notNets] = ['nets', 'notNets'].map((key) => stringsOf(valueAt(node, key)).map(withPrefix)) as [string[], string[]];
  const pods = selectorAt(node, 'selector');
  const namespaces = selectorAt(node, 'namespaceSelector', 'namespaces');
  const accounts = isMap(valueAt(node, 'serviceAccounts')) ? readAccounts(valueAt(node, 'serviceAccounts')) : undefined;
  const not = negatedAt(node, 'notSelector');
  const addresses = nets.map((cidr): Peer => ({ is: 'addresses', cidr, except: notNets }));
  if (!pods && !namespaces && !accounts) {
    if (nets.length > 0) return addresses;
    const everywhere: readonly Peer[] = ['0.0.0.0/0', '::/0'].map((cidr) => ({
      is: 'addresses',
      cidr,
      except: notNets.filter((net) => net.includes(':') === (cidr === '::/0')),
    }));
    // What is not selected, or not within ranges: other pods and what lies outside.
    if (not) return [{ is: 'pods', pods: not, namespaces: everything }, ...everywhere];
    return notNets.length > 0 ? [{ is: 'entity', entity: 'cluster' }, ...everywhere] : undefined;
  }
  const own = [pods?.selector, accounts, not].reduce<Selector>((all, one) => (one ? bothOf(all, one) : all), everything);
  const where = namespaces?.selector ?? (namespaced ? undefined : everything);
  const inNamespaces = where ? { namespaces: where } : {};
  // Ranges beside a selector: only what both mean, of which no manifest tells the address.
  const isNarrowed = nets.length > 0;
  const sets: Peer = {
    is: 'addressSets',
    sets: own,
    ...inNamespaces,
    ...(namespaces?.isGlobal ? { global: 'only' as const } : namespaced || namespaces ? {} : { global: 'too' as const }),
  };
  return [{ is: 'pods', pods: namespaces?.isGlobal ? selectsNone : own, ...inNamespaces }, ...(accounts || isNarrowed ? [] : [sets])];
}

function readAccounts(node: Node | undefined): Selector {
  const names = stringsOf(valueAt(node, 'names'));
  const selected = selectorAt(node, 'selector', 'serviceAccounts')?.selector ?? everything;
  return names.length > 0 ? bothOf({ requirements: [{ key: serviceAccountLabel, operator: 'In', values: names }] }, selected) : selected;
}

const actions: Readonly<Record<string, Action>> = { Allow: 'allow', Deny: 'deny', Pass: 'pass' };

type Conditions = NonNullable<Rule['conditions']>;

/** What of the traffic is meant beyond ports and peers; undefined where it is all. */
function conditionsOf(node: Node | undefined, direction: Direction): Conditions | undefined {
  const http = valueAt(node, 'http');
  const methods = stringsOf(valueAt(http, 'methods')).join('|');
  const paths = itemsOf(valueAt(http, 'paths')).map((path) => {
    const prefix = stringOf(valueAt(path, 'prefix'));
    return prefix === undefined ? (stringOf(valueAt(path, 'exact')) ?? '') : `${prefix}*`;
  });
  const other: string[] = [];
  const from = valueAt(node, 'source');
  if (isSeq(valueAt(from, 'ports'))) other.push(`from source ports ${scalars(valueAt(from, 'ports')).join(', ')}`);
  if (isSeq(valueAt(from, 'notPorts'))) other.push(`not from source ports ${scalars(valueAt(from, 'notPorts')).join(', ')}`);
  const own = valueAt(node, direction === 'ingress' ? 'destination' : 'source');
  if (isSeq(valueAt(own, 'nets'))) other.push(`at the pod's own addresses ${stringsOf(valueAt(own, 'nets')).join(', ')}`);
  const version = integerOf(valueAt(node, 'ipVersion'));
  if (version !== undefined) other.push(`over IPv${version}`);
  const found: Conditions = [
    ...(isMap(http)
      ? (paths.length > 0 ? paths : ['']).map((path) => ({
          protocol: 'http' as const,
          text: `HTTP ${[methods, path].filter(Boolean).join(' ')}`.trim(),
        }))
      : []),
    ...(other.length > 0 ? [{ protocol: 'other' as const, text: other.join(', ') }] : []),
  ];
  return found.length > 0 ? found : undefined;
}

/** A rule; undefined for one that only logs, and while its action is none. */
export function readCalicoRule(node: Node | undefined, direction: Direction, namespaced: boolean): Rule | undefined {
  const action = actions[stringOf(valueAt(node, 'action')) ?? ''];
  if (!action || !node) return undefined;
  const [near, far] = direction === 'ingress' ? (['destination', 'source'] as const) : (['source', 'destination'] as const);
  const own = readEntity(valueAt(node, near), namespaced, near)?.find(({ is }) => is === 'pods' || is === 'service');
  const conditions = conditionsOf(node, direction);
  return {
    action,
    peers: readEntity(valueAt(node, far), namespaced, far) ?? [],
    ports: portsOf(node),
    ...(own ? { own } : {}),
    ...(conditions ? { conditions } : {}),
    source: { start: node.start, end: node.end },
  };
}

/** The directions that a policy says something of. */
export function calicoTypes(spec: Node | undefined): readonly Direction[] {
  const written = stringsOf(valueAt(spec, 'types'));
  if (written.length > 0) return (['ingress', 'egress'] as const).filter((which) => written.some((type) => type.toLowerCase() === which));
  const egress = itemsOf(valueAt(spec, 'egress')).length > 0;
  return itemsOf(valueAt(spec, 'ingress')).length > 0 ? (egress ? ['ingress', 'egress'] : ['ingress']) : egress ? ['egress'] : ['ingress'];
}

function numberAt(node: Node | undefined): number | undefined {
  const scalar = resolve(node);
  const value = scalar?.kind === 'scalar' ? scalarValue(scalar) : undefined;
  return value?.type === 'integer' || value?.type === 'float' ? value.value : undefined;
}

const tierNamed = (name: string): Tier => (name === calicoDefaultTier.name ? calicoDefaultTier : { ...calicoDefaultTier, name, rank: 3 });

/** NetworkPolicy or GlobalNetworkPolicy of Calico, staged or not: what it says, whether it is enforced or not. */
export function readCalicoPolicy({ root, kind, name, namespace, table }: Resource): Policy {
  const spec = valueAt(root, 'spec');
  const namespaced = table?.namespaced === true;
  const types = calicoTypes(spec);
  const rulesOf = (which: Direction): readonly Rule[] | undefined => {
    if (!types.includes(which)) return undefined;
    // Each item is read once however often aliases repeat it.
    const known = new Map<Node, Rule | undefined>();
    return itemsOf(valueAt(spec, which)).flatMap((item) => {
      if (!known.has(item)) known.set(item, readCalicoRule(item, which, namespaced));
      return known.get(item) ?? [];
    });
  };
  const accounts = selectorAt(spec, 'serviceAccountSelector', 'serviceAccounts')?.selector;
  // Policies of these kinds are for host endpoints alone.
  const isForHosts = booleanOf(valueAt(spec, 'preDNAT')) === true || booleanOf(valueAt(spec, 'doNotTrack')) === true;
  const selected = bothOf(selectorAt(spec, 'selector')?.selector ?? everything, accounts ?? everything);
  const policy: Policy = {
    kind: kind === 'NetworkPolicy' ? 'Calico NetworkPolicy' : (kind ?? ''),
    name,
    namespace: namespaced ? namespace : undefined,
    namespaced,
    tier: tierNamed(stringOf(valueAt(spec, 'tier')) || calicoDefaultTier.name),
    order: numberAt(valueAt(spec, 'order')) ?? Number.MAX_VALUE,
    subject: {
      pods: isForHosts ? selectsNone : selected,
      ...(namespaced ? {} : { namespaces: selectorAt(spec, 'namespaceSelector', 'namespaces')?.selector ?? everything }),
    },
    ingress: rulesOf('ingress'),
    egress: rulesOf('egress'),
    isolates: { ingress: types.includes('ingress'), egress: types.includes('egress') },
    hostNetwork: false,
  };
  return asksIdentity(policy) ? { ...policy, asksIdentity: true } : policy;
}

function mentionsIdentity(selector: Selector | undefined): boolean {
  if (!selector || selectsAll(selector)) return false;
  return (
    selector.requirements.some(({ key }) => key === serviceAccountLabel || key === namespaceLabel) ||
    (selector.anyOf ?? []).some((alternatives) => alternatives.some(mentionsIdentity))
  );
}

const asksIdentity = ({ subject, ingress = [], egress = [] }: Policy): boolean =>
  mentionsIdentity(subject.pods) ||
  [...ingress, ...egress].some(({ peers, own }) =>
    [...peers, ...(own ? [own] : [])].some((peer) => peer.is === 'pods' && mentionsIdentity(peer.pods)),
  );

export function readTier({ root, name }: Resource): TierResource | undefined {
  if (name === undefined) return undefined;
  const spec = valueAt(root, 'spec');
  return { name, order: numberAt(valueAt(spec, 'order')), unmatched: stringOf(valueAt(spec, 'defaultAction')) === 'Pass' ? 'next' : 'deny' };
}

export function readNetworkSet({ root, kind, name, namespace, table }: Resource): AddressSetResource | undefined {
  if (name === undefined) return undefined;
  const spec = valueAt(root, 'spec');
  return {
    kind: kind ?? '',
    name,
    namespace: table?.namespaced ? (namespace ?? 'default') : undefined,
    labels: { ...readLabels(valueAt(root, 'metadata', 'labels')), [setNameLabel]: name },
    cidrs: stringsOf(valueAt(spec, 'nets')).map(withPrefix),
    domains: stringsOf(valueAt(spec, 'allowedEgressDomains')),
  };
}
