import { addressesOf, isIPv4 } from './addressSet.ts';
import { formatCidr } from './cidr.ts';
import { union } from './intervals.ts';

const v6Start = 1n << 32n;

/** The fewest CIDRs that hold exactly the addresses of some. Texts that are no CIDR hold none. In the order of the addresses. */
export function minimalCidrs(cidrs: readonly string[]): readonly string[] {
  const all = cidrs.reduce<readonly bigint[]>((sum, cidr) => union(sum, addressesOf(cidr)), []);
  const found: string[] = [];
  for (let i = 0; i < all.length; i += 2) {
    let first = all[i] as bigint;
    const last = all[i + 1] as bigint;
    const family = isIPv4(first) ? 4 : 6;
    const [base, width] = family === 4 ? [0n, 32] : [v6Start, 128];
    while (first <= last) {
      // The largest block that begins here: aligned, and not longer than what is left.
      let bits = 0n;
      while (bits < BigInt(width) && ((first - base) >> bits) % 2n === 0n && first + (1n << (bits + 1n)) - 1n <= last) bits++;
      found.push(formatCidr({ family, address: first - base, prefix: width - Number(bits) }));
      first += 1n << bits;
    }
  }
  return found;
}
