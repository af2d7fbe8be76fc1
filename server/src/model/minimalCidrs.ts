import { type AddressSet, addressesOf, allIPv4, allIPv6 } from './addressSet.ts';
import { formatCidr } from './cidr.ts';
import { intersection, union } from './intervals.ts';

/** The fewest CIDRs that hold exactly the addresses of some. Texts that are no CIDR hold none. In the order of the addresses. */
export function minimalCidrs(cidrs: readonly string[]): readonly string[] {
  const all = cidrs.reduce<AddressSet>((sum, cidr) => union(sum, addressesOf(cidr)), []);
  // All of IPv4 and all of IPv6 touch on their line and are one range there, which no CIDR is.
  return [...blocksOf(4, allIPv4, all), ...blocksOf(6, allIPv6, all)];
}

function blocksOf(family: 4 | 6, addresses: AddressSet, all: AddressSet): readonly string[] {
  const [base = 0n] = addresses;
  const width = family === 4 ? 32 : 128;
  const own = intersection(all, addresses);
  const found: string[] = [];
  for (let i = 0; i < own.length; i += 2) {
    let first = own[i] as bigint;
    const last = own[i + 1] as bigint;
    while (first <= last) {
      // The largest block that begins here: aligned, and not longer than what is left.
      let bits = 0n;
      while (((first - base) >> bits) % 2n === 0n && first + (1n << (bits + 1n)) - 1n <= last) bits++;
      found.push(formatCidr({ family, address: first - base, prefix: width - Number(bits) }));
      first += 1n << bits;
    }
  }
  return found;
}
