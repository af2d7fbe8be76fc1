import { cidrRange, formatAddress, parseCidr, unmapCidr } from './cidr.ts';
import { difference, type Intervals } from './intervals.ts';
import { memoized } from './memoized.ts';

/**
 * IPv4 and IPv6 addresses on one line: IPv4 at its own value, IPv6 behind all of IPv4. An IPv4-mapped IPv6 address is
 * the IPv4 address that it means.
 */
export type AddressSet = Intervals<bigint>;

const v6Start = 1n << 32n;

export const allIPv4: AddressSet = [0n, v6Start - 1n];
export const allIPv6: AddressSet = [v6Start, v6Start + (1n << 128n) - 1n];

/** The addresses of a CIDR; none for a text that is no CIDR. */
export const addressesOf = memoized(readAddresses);

function readAddresses(cidr: string): AddressSet {
  const parsed = parseCidr(cidr);
  if (!('cidr' in parsed)) return [];
  const { family } = unmapCidr(parsed.cidr);
  const { first, last } = cidrRange(unmapCidr(parsed.cidr));
  return family === 4 ? [first, last] : [first + v6Start, last + v6Start];
}

/** The addresses of a CIDR less its exceptions. */
export const blockAddresses = (cidr: string, except: readonly string[]): AddressSet =>
  except.reduce((left, exception) => difference(left, addressesOf(exception)), addressesOf(cidr));

/** The address at a place on the line, canonically written. */
export const formatLineAddress = (value: bigint): string => (value < v6Start ? formatAddress(4, value) : formatAddress(6, value - v6Start));

/** A range of one family, ends inclusive: as a CIDR where it is one (`10.0.0.0/8`), or else by its ends (`10.0.0.1–10.0.0.9`). */
export function formatLineRange(first: bigint, last: bigint): string {
  const [base, width] = first < v6Start ? [0n, 32] : [v6Start, 128];
  const size = last - first + 1n;
  const isBlock = (size & (size - 1n)) === 0n && (first - base) % size === 0n;
  return isBlock ? `${formatLineAddress(first)}/${width - (size.toString(2).length - 1)}` : `${formatLineAddress(first)}–${formatLineAddress(last)}`;
}

/** The family that a place on the line belongs to, cut into ranges at the borders of sets: inside a range no set changes. */
export function cutAt(family: AddressSet, sets: readonly AddressSet[]): readonly (readonly [first: bigint, last: bigint])[] {
  const [first, last] = family as readonly [bigint, bigint];
  const starts = new Set<bigint>([first]);
  for (const set of sets) {
    for (let i = 0; i < set.length; i += 2) {
      for (const start of [set[i] as bigint, (set[i + 1] as bigint) + 1n]) if (start > first && start <= last) starts.add(start);
    }
  }
  const ordered = [...starts].sort((a, b) => (a < b ? -1 : 1));
  return ordered.map((start, i) => [start, i + 1 < ordered.length ? (ordered[i + 1] as bigint) - 1n : last]);
}
