import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressesOf, allIPv4, allIPv6, blockAddresses, cutAt, formatLineRange } from '../../server/src/model/addressSet.ts';
import { cidrRange, formatAddress, formatCidr, isStrictSubnet, parseCidr } from '../../server/src/model/cidr.ts';
import { difference, type Intervals, intersection, union } from '../../server/src/model/intervals.ts';
import { minimalCidrs } from '../../server/src/model/minimalCidrs.ts';
import {
  allPorts,
  differenceOf,
  formatPorts,
  intersectionOf,
  noPorts,
  type PortSet,
  portRange,
  protocols,
  samePorts,
  unionOf,
} from '../../server/src/model/portSet.ts';
import { cidrOfOtherNotation } from '../../server/src/model/rangeNotations.ts';

const v6Start = 1n << 32n;
/** Sixteen addresses, at the end of one family or at the start of the other, where borders go wrong. */
const places = [
  { name: 'the first of IPv4', base: 0n, width: 32, first: 0n },
  { name: 'the last of IPv4', base: 0n, width: 32, first: v6Start - 16n },
  { name: 'the first of IPv6', base: v6Start, width: 128, first: v6Start },
  { name: 'the last of IPv6', base: v6Start, width: 128, first: v6Start + (1n << 128n) - 16n },
] as const;

/** The blocks of CIDR that lie within sixteen addresses: one of 16, two of 8, down to sixteen of 1. */
const blocks: readonly (readonly [start: number, size: number])[] = [16, 8, 4, 2, 1].flatMap((size) =>
  Array.from({ length: 16 / size }, (_, i) => [i * size, size] as const),
);

/** The fewest of these blocks whose addresses are exactly some; by a greedy choice of the largest, which is the least for blocks that nest. */
function fewest(wanted: ReadonlySet<number>): number {
  const left = new Set(wanted);
  let count = 0;
  for (const [start, size] of blocks) {
    const own = Array.from({ length: size }, (_, i) => start + i);
    if (!own.every((one) => left.has(one))) continue;
    for (const one of own) left.delete(one);
    count++;
  }
  return count;
}

describe.each(places)('sixteen addresses, $name', ({ base, width, first }) => {
  const text = ([start, size]: readonly [number, number]) =>
    `${formatAddress(width === 32 ? 4 : 6, first - base + BigInt(start))}/${width - Math.log2(size)}`;

  test('property: the fewest CIDRs of some are as few as can be, in order, and hold the same addresses', () => {
    fc.assert(
      fc.property(fc.subarray([...blocks]), (some) => {
        const wanted = new Set(some.flatMap(([start, size]) => Array.from({ length: size }, (_, i) => start + i)));
        const found = minimalCidrs(some.map(text));
        expect(found).toHaveLength(fewest(wanted));
        const starts = found.map((one) => addressesOf(one)[0] as bigint);
        expect(starts).toEqual([...starts].sort((a, b) => (a < b ? -1 : 1)));
        expect(found.reduce<Intervals<bigint>>((sum, one) => union(sum, addressesOf(one)), [])).toEqual(
          some.reduce<Intervals<bigint>>((sum, one) => union(sum, addressesOf(text(one))), []),
        );
      }),
    );
  });

  test('a range is a CIDR where one is exactly it, else it is told by its ends', () => {
    for (let from = 0; from < 16; from++)
      for (let to = from; to < 16; to++) {
        const block = blocks.find(([start, size]) => start === from && start + size - 1 === to);
        const ends = [from, to].map((one) => formatAddress(width === 32 ? 4 : 6, first - base + BigInt(one)));
        expect(formatLineRange(first + BigInt(from), first + BigInt(to))).toBe(block ? text(block) : ends.join('–'));
      }
  });
});

test('both families in full, and what is no CIDR', () => {
  expect(minimalCidrs(['::/0', '0.0.0.0/0'])).toEqual(['0.0.0.0/0', '::/0']);
  expect(minimalCidrs(['128.0.0.0/1', '0.0.0.0/1', 'nowhere', '::/1'])).toEqual(['0.0.0.0/0', '::/1']);
  expect(minimalCidrs([])).toEqual([]);
  expect(minimalCidrs(['nowhere'])).toEqual([]);
  expect([allIPv4, allIPv6].map(([first, last]) => formatLineRange(first as bigint, last as bigint))).toEqual(['0.0.0.0/0', '::/0']);
});

test('a family is cut where a set begins and behind where it ends, and only within it', () => {
  expect(cutAt(allIPv4, [])).toEqual([[0n, v6Start - 1n]]);
  expect(cutAt(allIPv4, [addressesOf('0.0.0.0/0'), addressesOf('::/0')])).toEqual([[0n, v6Start - 1n]]);
  expect(
    cutAt(allIPv4, [
      [0n, 9n],
      [5n, 9n],
      [10n, 10n],
    ]),
  ).toEqual([
    [0n, 4n],
    [5n, 9n],
    [10n, 10n],
    [11n, v6Start - 1n],
  ]);
  expect(cutAt(allIPv6, [[5n, 9n], addressesOf('::/128')])).toEqual([
    [v6Start, v6Start],
    [v6Start + 1n, v6Start + (1n << 128n) - 1n],
  ]);
  expect(cutAt([3n, 8n], [[8n, 9n]])).toEqual([
    [3n, 7n],
    [8n, 8n],
  ]);
});

test('a mapped address is the IPv4 address that it means', () => {
  expect(addressesOf('::ffff:10.0.0.0/104')).toEqual(addressesOf('10.0.0.0/8'));
  expect(blockAddresses('10.0.0.0/30', ['10.0.0.0/31', 'nowhere'])).toEqual(addressesOf('10.0.0.2/31'));
});

test('a subnet lies in another of its family and is smaller', () => {
  const inside = (inner: string, outer: string) => {
    const [a, b] = [inner, outer].map(parseCidr);
    if (!a || !b || 'error' in a || 'error' in b) throw new Error(`${inner}, ${outer}`);
    return isStrictSubnet(a.cidr, b.cidr);
  };
  expect(inside('0.0.0.0/8', '::/0')).toBe(false);
  expect(inside('::/8', '0.0.0.0/0')).toBe(false);
  expect(inside('10.0.0.0/9', '10.0.0.0/8')).toBe(true);
  expect(inside('10.0.0.0/8', '10.0.0.0/8')).toBe(false);
  expect(inside('11.0.0.0/9', '10.0.0.0/8')).toBe(false);
});

describe('ranges in other notations', () => {
  test.each([
    ['10.0.0.0/255.0.0.0', '10.0.0.0/8'],
    ['10.1.2.3/255.255.0.0', '10.1.0.0/16'],
    ['10.1.2.3/255.255.255.255', '10.1.2.3/32'],
    ['10.1.2.3/0.0.0.0', '0.0.0.0/0'],
    ['10.0.0.0/255.0.255.0', undefined],
    ['10.0.0.0/0.0.0.255', undefined],
    ['10.0.0.0/255.0.0.256', undefined],
    ['10.0.0.0/8', undefined],
    ['10.*.*.*', '10.0.0.0/8'],
    ['10.1.2.*', '10.1.2.0/24'],
    ['*.*.*.*', '0.0.0.0/0'],
    ['10.*.2.*', undefined],
    ['10.*', undefined],
    ['10.1.2.*.*', undefined],
    ['300.*.*.*', undefined],
    ['10.1.2.3', undefined],
    ['10.0.0.0-10.255.255.255', '10.0.0.0/8'],
    ['10.0.0.0 - 10.0.0.0', '10.0.0.0/32'],
    ['10.0.0.1-10.0.0.2', undefined],
    ['10.0.0.0-10.0.0.2', undefined],
    ['10.0.0.1-10.0.0.0', undefined],
    ['0.0.0.0-255.255.255.255', '0.0.0.0/0'],
    ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::/0'],
    ['fd00::-fd00::f', 'fd00::/124'],
    ['10.0.0.0-fd00::f', undefined],
    ['10.0.0.0-nowhere', undefined],
    ['all', undefined],
    ['0.0.0.0-::1', undefined],
    ['300.0.0.0-300.0.0.1', undefined],
    ['10.0.0.0-300.0.0.1', undefined],
    ['300.0.0.0-10.0.0.0', undefined],
    ['300.0.0.0/255.0.0.0', undefined],
    ['from 10.0.0.0/255.0.0.0', undefined],
    ['10.0.0.0/255.0.0.0 to all', undefined],
    ['from 10.0.0.0-10.255.255.255', undefined],
    ['10.0.0.0-10.255.255.255 and more', undefined],
    ['10.*.*', undefined],
    ['10.0.0.0/255.255.255.254', '10.0.0.0/31'],
    ['', undefined],
  ])('%s is %s', (text, cidr) => {
    expect(cidrOfOtherNotation(text)).toBe(cidr);
  });

  test('property: every network is read from its mask and from its ends', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, v6Start - 1n), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        const cidr = { family: 4, address, prefix } as const;
        const { first, last } = cidrRange(cidr);
        const mask = formatAddress(4, v6Start - (1n << BigInt(32 - prefix)));
        expect(cidrOfOtherNotation(`${formatAddress(4, address)}/${mask}`)).toBe(formatCidr(cidr));
        expect(cidrOfOtherNotation(`${formatAddress(4, first)}-${formatAddress(4, last)}`)).toBe(formatCidr(cidr));
      }),
    );
  });
});

describe('sets of ports, against sets of numbers', () => {
  const numbers = Array.from({ length: 12 }, (_, i) => i + 1);
  const range = fc
    .tuple(fc.constantFrom(...protocols), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .map(([protocol, first, last]) => portRange(protocol, first, last));
  const set = fc.oneof(
    { weight: 6, arbitrary: fc.array(range, { maxLength: 4 }).map((ranges) => ranges.reduce(unionOf, noPorts)) },
    fc.constantFrom(allPorts, noPorts),
    // The same as the two, yet not the same objects.
    fc.constantFrom(...[allPorts, noPorts].map((one): PortSet => ({ ...one }))),
  );
  const has = (one: PortSet) => protocols.map((protocol) => numbers.map((number) => intersection(one[protocol], [number, number]).length > 0));
  const within = (one: PortSet) => ({ ...one, ...Object.fromEntries(protocols.map((protocol) => [protocol, intersection(one[protocol], [1, 12])])) });

  test('property: union, intersection and difference hold the numbers that they should', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const combined = (combine: (x: boolean, y: boolean) => boolean) =>
          has(a).map((row, i) => row.map((x, j) => combine(x, has(b)[i]?.[j] as boolean)));
        expect(has(unionOf(a, b))).toEqual(combined((x, y) => x || y));
        expect(has(intersectionOf(a, b))).toEqual(combined((x, y) => x && y));
        expect(has(differenceOf(a, b))).toEqual(combined((x, y) => x && !y));
        expect(samePorts(a, { ...a })).toBe(true);
        expect(samePorts(within(a), within(b))).toBe(JSON.stringify(has(a)) === JSON.stringify(has(b)));
        expect(unionOf(differenceOf(a, b), intersectionOf(a, b))).toEqual(a);
      }),
      { numRuns: 2_000 },
    );
  });

  test('all ports are told as such, however they came to be', () => {
    expect(formatPorts({ ...allPorts })).toBe('All Connections');
    expect(formatPorts(differenceOf(allPorts, portRange('UDP', 1, 65535)))).toBe('SCTP 1-65535,TCP 1-65535');
    expect(formatPorts(unionOf(portRange('TCP', 80, 80), portRange('TCP', 82, 90)))).toBe('TCP 80,82-90');
  });
});

test('property: sets of numbers stay in order, apart and in their form', () => {
  const some = fc
    .uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 12 })
    .map((all) => all.reduce<Intervals<number>>((sum, one) => union(sum, [one, one]), []));
  fc.assert(
    fc.property(some, some, (a, b) => {
      // Two ranges that touch would be one.
      for (const set of [union(a, b), intersection(a, b), difference(a, b)]) {
        const gaps = set.slice(1).map((end, i) => end - (set[i] as number));
        // From the first of a range to its last 0 at least; to the first of the next 2, for two that touch would be one.
        expect(gaps.every((gap, i) => gap >= (i % 2 === 0 ? 0 : 2))).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});
