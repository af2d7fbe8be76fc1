import { cidrRange, formatAddress, parseCidr } from '../model/cidr.ts';
import type { Direction, Peer, PortRange, Rule } from '../model/policy.ts';
import {
  isNever,
  nameLabel,
  namespaceLabel,
  type Requirement,
  type Selector,
  selectsAll,
  serviceAccountLabel,
  setNameLabel,
} from '../model/selector.ts';
import { grouped } from '../syntax/grouped.ts';

/** Model → English, in parts of sentences. Everything that speaks of policies to people is put together from these. */

// Not by Intl.ListFormat: its tables take a fifth of the server's start.
const listed = (parts: readonly string[], word: 'and' | 'or'): string =>
  parts.length < 3 ? parts.join(` ${word} `) : `${parts.slice(0, -1).join(', ')}, ${word} ${parts.at(-1)}`;

/** "a", "a and b", "a, b, and c". */
export const allOf = (parts: readonly string[]): string => listed(parts, 'and');

/** "a", "a or b", "a, b, or c". */
export const anyOf = (parts: readonly string[]): string => listed(parts, 'or');

const longestList = 5;

/** A list cut after five parts, with a count of the rest. */
export const shortened = (parts: readonly string[], join: (parts: readonly string[]) => string): string => shortenedOf(parts, (part) => part, join);

/** The same of what is named only where it is shown: to link a name may take a look into its file. */
export function shortenedOf<T>(all: readonly T[], name: (one: T) => string, join: (parts: readonly string[]) => string): string {
  if (all.length <= longestList) return join(all.map(name));
  return join([...all.slice(0, longestList - 1).map(name), `${all.length - longestList + 1} more`]);
}

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "1 pod", "3 pods", "1,024 addresses". */
export const counted = (count: number, noun: string, plural = `${noun}s`): string => `${grouped(count)} ${count === 1 ? noun : plural}`;

/** Markdown of the explanations as plain text. */
export const plain = (markdown: string): string => markdown.replaceAll('`', '');

export const code = (text: string): string => (text === '' ? '`""`' : `\`${plain(text)}\``);

/** "`app=web`", "`app` one of `a` or `b`", "no `app`". */
export function requirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? code(`${key}=${values[0]}`) : `${code(key)} one of ${shortened(values.map(code), anyOf)}`;
    case 'NotIn':
      return `${code(key)} not ${shortened(values.map(code), anyOf)}`;
    case 'Exists':
      return `${code(key)} of any value`;
    case 'DoesNotExist':
      return `no ${code(key)}`;
    default: {
      const [not, part] = parts[operator];
      return `${code(key)} ${not}${part} ${code(values[0] ?? '')}`;
    }
  }
}

const parts = {
  Contains: ['', 'containing'],
  StartsWith: ['', 'starting with'],
  EndsWith: ['', 'ending with'],
  NotContains: ['not ', 'containing'],
  NotStartsWith: ['not ', 'starting with'],
  NotEndsWith: ['not ', 'ending with'],
} as const;

/** What is no label of theirs: "of service account `web`". */
function identity({ key, operator, values }: Requirement): string {
  const noun = key === serviceAccountLabel ? 'service account' : 'namespace';
  if (operator === 'Exists') return `of a ${noun}`;
  return operator === 'In' || operator === 'NotIn'
    ? `${operator === 'NotIn' ? 'not ' : ''}of ${noun} ${shortened(values.map(code), anyOf)}`
    : `of a ${noun} ${requirement({ key: noun, operator, values }).replace(`${code(noun)} `, '')}`;
}

const isIdentity = ({ key }: Requirement): boolean => key === serviceAccountLabel || key === namespaceLabel;

/** Conditions of a selector: "labelled `app=web` and `tier=db`", "of service account `web`", "(labelled `a=1` or labelled `b=2`)". */
function conditions({ requirements, anyOf: lists = [] }: Selector): string {
  const labels = requirements.filter((one) => !isIdentity(one));
  return allOf([
    ...(labels.length > 0 ? [`labelled ${allOf(labels.map(requirement))}`] : []),
    ...requirements.filter(isIdentity).map(identity),
    ...lists.map((alternatives) => `either ${anyOf(alternatives.map(conditions))}`),
  ]);
}

/** "every pod", "pods labelled `app=web`"; the namespace that `kubernetes.io/metadata.name` names is called by its name. */
export function pods(selector: Selector | undefined): string {
  if (!selector || selectsAll(selector)) return 'every pod';
  return isNever(selector) ? 'no pod' : `pods ${conditions(selector)}`;
}

/** "every namespace", "namespace `shop`", "namespaces labelled `team=a`". */
export function namespaces(selector: Selector): string {
  const { requirements } = selector;
  const [only] = requirements;
  if (selectsAll(selector)) return 'every namespace';
  if (only && requirements.length === 1 && !selector.anyOf && only.key === nameLabel && only.operator === 'In') {
    return only.values.length === 1 ? `namespace ${code(only.values[0] as string)}` : `the namespaces ${shortened(only.values.map(code), allOf)}`;
  }
  return `namespaces ${conditions(selector)}`;
}

const entities: Readonly<Record<string, string>> = {
  world: 'every address outside the cluster',
  'world-ipv4': 'every IPv4 address outside the cluster',
  'world-ipv6': 'every IPv6 address outside the cluster',
  cluster: 'everything in the cluster',
  'cluster-mesh': 'everything in the clusters that are meshed with it',
  all: 'everything, inside and outside the cluster',
  none: 'nobody',
  host: 'the node that the pod runs on',
  'remote-node': 'the other nodes of the cluster',
  'kube-apiserver': 'the API server',
  ingress: 'Cilium’s ingress and gateways',
  init: 'endpoints that are being set up',
  health: 'Cilium’s health checks',
  groups: 'groups of the cloud provider',
  unmanaged: 'pods that Cilium does not manage',
};

/** The namespace that a policy belongs to. */
export const ownNamespace = (namespace: string | undefined): string =>
  namespace === undefined ? 'the namespace that it is applied to' : `namespace ${code(namespace)}`;

/** "0.0.0.0/0 (every IPv4 address)". */
export function addresses(cidr: string, except: readonly string[], pods?: 'too'): string {
  const family = cidr === '0.0.0.0/0' ? 'IPv4' : cidr === '::/0' ? 'IPv6' : undefined;
  const everything = family ? ` (every ${family} address${pods ? ', those of pods too' : ''})` : '';
  return `addresses in ${code(cidr)}${everything}${except.length > 0 ? ` except ${shortened(except.map(code), allOf)}` : ''}`;
}

function addressSets({ sets, namespaces: where, global }: Extract<Peer, { is: 'addressSets' }>, namespace: string | undefined): string {
  const [only] = sets.requirements;
  if (only?.key === setNameLabel && sets.requirements.length === 1) return `the address set ${shortened(only.values.map(code), anyOf)}`;
  const which = selectsAll(sets) ? 'every network set' : `network sets ${conditions(sets)}`;
  if (global === 'only') return `${which} of no namespace`;
  if (where) return `${which} of ${namespaces(where)}`;
  return namespace === undefined || global === 'too' ? which : `${which} of ${ownNamespace(namespace)}`;
}

/** `namespace` is the policy's own. */
export function peer(value: Peer, namespace: string | undefined): string {
  if (value.is === 'addresses') return addresses(value.cidr, value.except, value.pods);
  if (value.is === 'nodes')
    return value.nodes.requirements.length === 0 ? 'every node' : `nodes labelled ${allOf(value.nodes.requirements.map(requirement))}`;
  if (value.is === 'addressSets') return addressSets(value, namespace);
  if (value.is === 'service') {
    const name = code(value.namespace ? `${value.namespace}/${value.name}` : value.name);
    return `the pods behind Service ${name}${value.onItsPorts ? ', on the ports that it leads to' : ''}`;
  }
  if (value.is === 'services') {
    const { named, namespace: where } = value;
    if (typeof named === 'string' && where !== undefined) return `the pods behind Service ${code(`${where}/${named}`)}`;
    const which = typeof named === 'string' ? `Service ${code(named)}` : selectsAll(named) ? 'every Service' : `Services ${conditions(named)}`;
    return `the pods behind ${which} of ${where === undefined ? 'every namespace' : ownNamespace(where)}`;
  }
  if (value.is === 'entity') return entities[value.entity] ?? `the entity ${code(value.entity)}`;
  if (value.is === 'domains') return shortened(value.names.map(code), anyOf);
  return `${pods(value.pods)} of ${value.namespaces ? namespaces(value.namespaces) : ownNamespace(namespace)}`;
}

/** "TCP 80", "UDP 5000–5010", "TCP port `http`", "every UDP port". */
export function port({ protocol, port: first, endPort }: PortRange): string {
  if (protocol === 'ANY' && first === undefined) return 'every port';
  if (protocol === 'ANY') return `port ${typeof first === 'number' ? first : code(String(first))}`;
  if (/^ICMP/.test(protocol)) return first === undefined ? protocol : `${protocol} type ${first}`;
  if (first === undefined) return /^(TCP|UDP|SCTP)$/.test(protocol) ? `every ${protocol} port` : protocol;
  if (typeof first === 'string') return `${protocol} port ${code(first)}`;
  return `${protocol} ${first}${endPort !== undefined && endPort > first ? `–${endPort}` : ''}`;
}

export const ports = (list: readonly PortRange[]): string => (list.length === 0 ? 'every port' : shortened(list.map(port), allOf));

/** "TCP 80 from pods labelled `app=web` of namespace `shop`", "traffic from … on every port". */
export function rule(value: Pick<Rule, 'peers' | 'ports' | 'conditions' | 'own'>, direction: Direction, namespace: string | undefined): string {
  const { conditions: asked = [], own } = value;
  const more =
    asked.length > 0
      ? `, and of that only ${shortened(
          asked.map(({ text }) => code(text)),
          anyOf,
        )}`
      : '';
  const which = own ? `, for ${peer(own, namespace)}` : '';
  return `${traffic(value, direction, namespace)}${which}${more}`;
}

function traffic({ peers, ports: list }: Pick<Rule, 'peers' | 'ports'>, direction: Direction, namespace: string | undefined): string {
  const word = direction === 'ingress' ? 'from' : 'to';
  const who =
    peers.length === 0
      ? 'anyone, inside and outside the cluster'
      : shortened(
          peers.map((one) => peer(one, namespace)),
          anyOf,
        );
  if (list.length > 0) return `${ports(list)} ${word} ${who}`;
  return peers.length === 0 ? `everything ${word} ${who}` : `traffic ${word} ${who}, on every port`;
}

const special: readonly (readonly [string, string])[] = [
  ['10.0.0.0/8', 'private (RFC 1918)'],
  ['172.16.0.0/12', 'private (RFC 1918)'],
  ['192.168.0.0/16', 'private (RFC 1918)'],
  ['100.64.0.0/10', 'shared by carriers (RFC 6598)'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local (RFC 3927), where clouds serve instance metadata'],
  ['fc00::/7', 'unique local (RFC 4193)'],
  ['fe80::/10', 'link-local'],
];

/** "10.0.0.0 – 10.0.0.255, 256 addresses, private (RFC 1918)"; undefined for a text that is no CIDR. */
export function cidr(text: string): string | undefined {
  const parsed = parseCidr(text);
  if (!('cidr' in parsed)) return undefined;
  const { family } = parsed.cidr;
  const { first, last } = cidrRange(parsed.cidr);
  const count = last - first + 1n;
  const size = count > 1n << 53n ? `2^${128 - parsed.cidr.prefix} addresses` : counted(Number(count), 'address', 'addresses');
  const range = count === 1n ? formatAddress(family, first) : `${formatAddress(family, first)} – ${formatAddress(family, last)}`;
  const known = special.find(([block]) => {
    const outer = parseCidr(block);
    if (!('cidr' in outer) || outer.cidr.family !== family) return false;
    const bounds = cidrRange(outer.cidr);
    return first >= bounds.first && last <= bounds.last;
  });
  return `${range}, ${size}${known ? `, ${known[1]}` : ''}`;
}
