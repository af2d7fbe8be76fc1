import { type Cidr, cidrRange, formatCidr, parseAddress } from './cidr.ts';

/** Bits that one address or a mask has set in front of all others; undefined where they do not stand together. IPv4. */
function prefixOfMask(mask: bigint): number | undefined {
  const rest = 0xffff_ffffn ^ mask;
  return (rest & (rest + 1n)) === 0n ? 32 - rest.toString(2).replace(/^0$/, '').length : undefined;
}

/** The one network that reaches from an address to another; undefined where none does. */
function between(first: string, last: string): Cidr | undefined {
  const [from, to] = [parseAddress(first), parseAddress(last)];
  if (typeof from === 'string' || typeof to === 'string' || from.family !== to.family || from.address > to.address) return undefined;
  const size = to.address - from.address + 1n;
  if ((size & (size - 1n)) !== 0n) return undefined;
  const cidr = { family: from.family, address: from.address, prefix: (from.family === 4 ? 32 : 128) - (size.toString(2).length - 1) };
  return cidrRange(cidr).first === from.address ? cidr : undefined;
}

/**
 * A range in another notation as a CIDR: with a mask (`10.0.0.0/255.0.0.0`), with stars for its last numbers (`10.*.*.*`), or as its first and
 * last address (`10.0.0.0-10.255.255.255`). Undefined for anything else, and where no single CIDR is that range.
 */
export function cidrOfOtherNotation(text: string): string | undefined {
  const [, address = '', mask] = /^([\d.]{7,15})\/([\d.]{7,15})$/.exec(text) ?? [];
  const [network, bits] = [parseAddress(address), parseAddress(mask ?? '')];
  if (typeof network !== 'string' && typeof bits !== 'string') {
    const prefix = prefixOfMask(bits.address);
    return prefix === undefined ? undefined : formatCidr({ family: 4, address: network.address, prefix });
  }
  const parts = text.split('.');
  const numbers = parts.indexOf('*');
  if (parts.length === 4 && numbers >= 0 && parts.slice(numbers).every((part) => part === '*')) {
    const start = parseAddress(parts.map((part) => (part === '*' ? '0' : part)).join('.'));
    return typeof start === 'string' ? undefined : formatCidr({ family: 4, address: start.address, prefix: numbers * 8 });
  }
  const [, first, last] = /^([0-9a-fA-F.:]{2,45})\s?-\s?([0-9a-fA-F.:]{2,45})$/.exec(text) ?? [];
  const cidr = first === undefined || last === undefined ? undefined : between(first, last);
  return cidr && formatCidr(cidr);
}
