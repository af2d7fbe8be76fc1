import { cidrRange, formatAddress, parseCidr } from '../model/cidr.ts';
import type { Direction, Peer, PortRange, Rule } from '../model/policy.ts';
import type { Requirement, Selector } from '../model/selector.ts';

/** Model → English, in parts of sentences. Everything that speaks of policies to people is put together from these. */
const lists = { and: new Intl.ListFormat('en', { type: 'conjunction' }), or: new Intl.ListFormat('en', { type: 'disjunction' }) };

export const allOf = (parts: readonly string[]): string => lists.and.format(parts);
export const anyOf = (parts: readonly string[]): string => lists.or.format(parts);

const longestList = 5;

/** A list cut after five parts, with a count of the rest. */
export function shortened(parts: readonly string[], join: (parts: readonly string[]) => string): string {
  return parts.length <= longestList ? join(parts) : join([...parts.slice(0, longestList - 1), `${parts.length - longestList + 1} more`]);
}

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "1 pod", "3 pods", "1,024 addresses". */
export const counted = (count: number, noun: string, plural = `${noun}s`): string => `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;

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
  }
}

/** "every pod", "pods labelled `app=web`"; the namespace that `kubernetes.io/metadata.name` names is called by its name. */
export function pods(selector: Selector | undefined): string {
  if (!selector || selector.requirements.length === 0) return 'every pod';
  return `pods labelled ${allOf(selector.requirements.map(requirement))}`;
}

const nameLabel = 'kubernetes.io/metadata.name';

/** "every namespace", "namespace `shop`", "namespaces labelled `team=a`". */
export function namespaces(selector: Selector): string {
  const { requirements } = selector;
  const [only] = requirements;
  if (!only) return 'every namespace';
  if (requirements.length === 1 && only.key === nameLabel && only.operator === 'In') {
    return only.values.length === 1 ? `namespace ${code(only.values[0] as string)}` : `the namespaces ${shortened(only.values.map(code), allOf)}`;
  }
  return `namespaces labelled ${allOf(requirements.map(requirement))}`;
}

/** The namespace that a policy belongs to. */
export const ownNamespace = (namespace: string | undefined): string =>
  namespace === undefined ? 'the namespace that it is applied to' : `namespace ${code(namespace)}`;

/** "0.0.0.0/0 (every IPv4 address)". */
export function addresses(cidr: string, except: readonly string[]): string {
  const everything = cidr === '0.0.0.0/0' ? ' (every IPv4 address)' : cidr === '::/0' ? ' (every IPv6 address)' : '';
  return `addresses in ${code(cidr)}${everything}${except.length > 0 ? ` except ${shortened(except.map(code), allOf)}` : ''}`;
}

/** `namespace` is the policy's own. */
export function peer(value: Peer, namespace: string | undefined): string {
  if (value.is === 'addresses') return addresses(value.cidr, value.except);
  if (value.is === 'nodes')
    return value.nodes.requirements.length === 0 ? 'every node' : `nodes labelled ${allOf(value.nodes.requirements.map(requirement))}`;
  if (value.is === 'addressSets') return `address sets labelled ${allOf(value.sets.requirements.map(requirement))}`;
  if (value.is === 'domains') return shortened(value.names.map(code), anyOf);
  return `${pods(value.pods)} of ${value.namespaces ? namespaces(value.namespaces) : ownNamespace(namespace)}`;
}

/** "TCP 80", "UDP 5000–5010", "TCP port `http`", "every UDP port". */
export function port({ protocol, port: first, endPort }: PortRange): string {
  if (protocol === 'ANY') return `port ${code(String(first))}`;
  if (first === undefined) return `every ${protocol} port`;
  if (typeof first === 'string') return `${protocol} port ${code(first)}`;
  return `${protocol} ${first}${endPort !== undefined && endPort > first ? `–${endPort}` : ''}`;
}

export const ports = (list: readonly PortRange[]): string => (list.length === 0 ? 'every port' : shortened(list.map(port), allOf));

/** "TCP 80 from pods labelled `app=web` of namespace `shop`", "traffic from … on every port". */
export function rule({ peers, ports: list }: Pick<Rule, 'peers' | 'ports'>, direction: Direction, namespace: string | undefined): string {
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
