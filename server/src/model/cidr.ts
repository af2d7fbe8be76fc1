import { memoized } from './memoized.ts';

/** An IPv4 (32-bit) or IPv6 (128-bit) network as the API server reads it. */
export interface Cidr {
  readonly family: 4 | 6;
  /** The address as written, host bits kept; at most 32 or 128 bits. */
  readonly address: bigint;
  /** 0–32 or 0–128. */
  readonly prefix: number;
}

/** Why a text is no address or CIDR; `detail` completes the sentence "… is not a CIDR: ". */
interface CidrError {
  readonly detail: string;
  /** The text is an address without a prefix length, so `/32` or `/128` would make it a CIDR. */
  readonly bareAddress?: 4 | 6;
}

export type CidrResult = { readonly cidr: Cidr } | { readonly error: CidrError };

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** Host-order IPv4 value, or a sentence about the first thing wrong with it. */
function parseIPv4(text: string): bigint | string {
  const parts = text.split('.');
  if (parts.length !== 4) return `an IPv4 address has four numbers, not ${parts.length}`;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d+$/.test(part)) return part === '' ? 'a number between two dots is missing' : `"${part}" is not a number`;
    // The sloppy parser of k8s.io/utils/net accepts leading zeros and reads them as decimal.
    const octet = Number(part);
    if (octet > 255) return `${part} is more than 255`;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

function parseIPv6(text: string): bigint | string {
  if (text.includes('%')) return 'a zone (%) is not allowed';
  const halves = text.split('::');
  if (halves.length > 2) return '"::" may stand only once';
  const groups: bigint[][] = [];
  for (const half of halves) {
    const list: bigint[] = [];
    const parts = half === '' ? [] : half.split(':');
    for (const [index, part] of parts.entries()) {
      if (part.includes('.') && index === parts.length - 1 && half === halves.at(-1)) {
        const v4 = parseIPv4(part);
        if (typeof v4 === 'string') return v4;
        list.push(v4 >> 16n, v4 & 0xffffn);
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) list.push(BigInt(`0x${part}`));
      else return part === '' ? 'a group between two colons is missing' : `"${part}" is not a group of up to four hexadecimal digits`;
    }
    groups.push(list);
  }
  const [head = [], tail = []] = groups;
  const count = head.length + tail.length;
  if (halves.length === 1 ? count !== 8 : count > 7) return `an IPv6 address has eight groups, not ${count}`;
  const all = [...head, ...Array<bigint>(8 - count).fill(0n), ...tail];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Reads an address without a prefix length. */
export function parseAddress(text: string): { readonly family: 4 | 6; readonly address: bigint } | string {
  const family = text.includes(':') ? 6 : 4;
  const address = family === 6 ? parseIPv6(text) : parseIPv4(text);
  return typeof address === 'string' ? address : { family, address };
}

/**
 * Reads a CIDR as permissively as the API server does (leading zeros, host bits and IPv4-mapped IPv6 pass).
 * Source: kubernetes/utils net/parse.go ParseCIDRSloppy.
 */
export const parseCidr = memoized((text): CidrResult => {
  const slash = text.indexOf('/');
  const parsed = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (typeof parsed === 'string') return { error: { detail: parsed } };
  const width = widthOf(parsed.family);
  if (slash < 0) return { error: { detail: 'the prefix length is missing', bareAddress: parsed.family } };
  const prefixText = text.slice(slash + 1);
  if (prefixText === '') return { error: { detail: 'the prefix length after "/" is missing' } };
  if (!/^\d+$/.test(prefixText)) return { error: { detail: `the prefix length "${prefixText}" is not a number` } };
  const prefix = Number(prefixText);
  if (prefix > width) return { error: { detail: `the prefix length ${prefixText} is more than ${width}` } };
  return { cidr: { family: parsed.family, address: parsed.address, prefix } };
});

/** First and last address of the network, inclusive. */
export function cidrRange(cidr: Cidr): { readonly first: bigint; readonly last: bigint } {
  const hostBits = BigInt(widthOf(cidr.family) - cidr.prefix);
  const first = (cidr.address >> hostBits) << hostBits;
  return { first, last: first | ((1n << hostBits) - 1n) };
}

const mappedPrefix = 0xffffn;

/** An IPv4-mapped IPv6 network (`::ffff:a.b.c.d/96` and longer) as the IPv4 network that it means; any other unchanged. */
export function unmapCidr(cidr: Cidr): Cidr {
  if (cidr.family === 4 || cidr.prefix < 96 || cidr.address >> 32n !== mappedPrefix) return cidr;
  return { family: 4, address: cidr.address & 0xffffffffn, prefix: cidr.prefix - 96 };
}

/** Whether `inner` lies in `outer` and is longer than it, as `except` must in `cidr`. */
export function isStrictSubnet(inner: Cidr, outer: Cidr): boolean {
  const a = unmapCidr(inner);
  const b = unmapCidr(outer);
  if (a.family !== b.family || a.prefix <= b.prefix) return false;
  const { first, last } = cidrRange(b);
  return a.address >= first && a.address <= last;
}

/** Canonical text of an address: dotted IPv4, or RFC 5952 IPv6. */
export function formatAddress(family: 4 | 6, address: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn));
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  const hex = (list: number[]) => list.map((g) => g.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

/** Canonical text of the network, host bits cleared. */
export const formatCidr = (cidr: Cidr): string => `${formatAddress(cidr.family, cidrRange(cidr).first)}/${cidr.prefix}`;
