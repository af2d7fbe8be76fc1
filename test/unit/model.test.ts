import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidrRange, formatAddress, isStrictSubnet, parseAddress, parseCidr } from '../../server/src/model/cidr.ts';
import { detached } from '../../server/src/model/detached.ts';
import { MapInParts } from '../../server/src/model/mapInParts.ts';
import { checkDnsLabel, checkDnsSubdomain, suggestDnsName } from '../../server/src/model/names.ts';
import { nearest } from '../../server/src/model/nearest.ts';
import { sameEnds } from '../../server/src/model/sameEnds.ts';
import { type Requirement, selects } from '../../server/src/model/selector.ts';

const cidr = (text: string) => {
  const result = parseCidr(text);
  if ('error' in result) throw new Error(result.error.detail);
  return result.cidr;
};

describe('addresses', () => {
  test('property: what is formatted parses to the same address', () => {
    const address = fc.oneof(
      fc.bigInt(0n, (1n << 32n) - 1n).map((value) => [4, value] as const),
      fc.bigInt(0n, (1n << 128n) - 1n).map((value) => [6, value] as const),
      fc
        .array(fc.constantFrom(0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
        .map((groups) => [6, groups.reduce<bigint>((sum, group) => (sum << 16n) | group, 0n)] as const),
    );
    fc.assert(
      fc.property(address, ([family, value]) => {
        expect(parseAddress(formatAddress(family, value))).toEqual({ family, address: value });
      }),
    );
  });

  test.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::ffff:1.2.3.4', '::ffff:102:304'],
    ['010.0.0.1', '10.0.0.1'],
  ])('%s is written %s', (text, canonical) => {
    const parsed = parseAddress(text);
    expect(typeof parsed !== 'string' && formatAddress(parsed.family, parsed.address)).toBe(canonical);
  });

  test('a range holds its first and last address', () => {
    expect(cidrRange(cidr('10.0.0.77/24'))).toEqual({ first: 0x0a000000n, last: 0x0a0000ffn });
  });

  test('property: a subnet lies inside and is longer', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, (1n << 32n) - 1n),
        fc.integer({ min: 0, max: 32 }),
        fc.bigInt(0n, (1n << 32n) - 1n),
        fc.integer({ min: 0, max: 32 }),
        (a, p, b, q) => {
          const [inner, outer] = [cidr(`${formatAddress(4, a)}/${p}`), cidr(`${formatAddress(4, b)}/${q}`)];
          const [i, o] = [cidrRange(inner), cidrRange(outer)];
          expect(isStrictSubnet(inner, outer)).toBe(p > q && i.first >= o.first && i.last <= o.last);
        },
      ),
    );
  });
});

describe('selectors', () => {
  const labels = { app: 'web', empty: '' };
  const one = (operator: Requirement['operator'], key: string, ...values: string[]) => selects({ requirements: [{ key, operator, values }] }, labels);
  test.each([
    ['In, one of them', one('In', 'app', 'api', 'web'), true],
    ['In, none of them', one('In', 'app', 'api'), false],
    ['In, missing', one('In', 'tier', 'web'), false],
    ['In, the empty value', one('In', 'empty', ''), true],
    ['NotIn, one of them', one('NotIn', 'app', 'web'), false],
    ['NotIn, none of them', one('NotIn', 'app', 'api'), true],
    ['NotIn, missing', one('NotIn', 'tier', 'web'), true],
    ['Exists', one('Exists', 'empty'), true],
    ['Exists, missing', one('Exists', 'tier'), false],
    ['DoesNotExist', one('DoesNotExist', 'app'), false],
    ['DoesNotExist, missing', one('DoesNotExist', 'tier'), true],
    ['a name that every object has', one('Exists', 'constructor'), false],
    ['no requirement', selects({ requirements: [] }, labels), true],
  ])('%s', (_, actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe('names', () => {
  test('property: a suggestion is valid', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (name) => {
        for (const [check, maximum] of [
          [checkDnsLabel, 63],
          [checkDnsSubdomain, 253],
        ] as const) {
          const suggestion = suggestDnsName(name, check, maximum);
          if (suggestion !== undefined) expect(check(suggestion)).toBeUndefined();
        }
      }),
    );
  });

  test.each([
    ['podselector', 'podSelector'],
    ['podSelecter', 'podSelector'],
    ['ingres', 'ingress'],
    ['prot', 'port'],
    ['xyz', undefined],
  ])('nearest to %s is %s', (word, expected) => {
    expect(nearest(word, ['podSelector', 'policyTypes', 'ingress', 'egress', 'port'])).toBe(expected);
  });
});

test('property: the nearest word is the first of those that differ least, where that is not more than a third', () => {
  /** By its definition: what it takes to make one text of another. */
  const distance = (a: string, b: string): number => {
    if (a === '' || b === '') return a.length + b.length;
    const [head, tail] = [a.slice(0, -1), b.slice(0, -1)];
    const ways = [distance(head, b) + 1, distance(a, tail) + 1, distance(head, tail) + (a.at(-1) === b.at(-1) ? 0 : 1)];
    if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) ways.push(distance(a.slice(0, -2), b.slice(0, -2)) + 1);
    return Math.min(...ways);
  };
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C'), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 4 }), (meant, candidates) => {
      const limit = Math.max(1, Math.floor(meant.length / 3));
      const others = candidates.filter((candidate) => candidate !== meant);
      const distances = others.map((candidate) => distance(meant.toLowerCase(), candidate.toLowerCase()));
      const least = Math.min(...distances);
      expect(nearest(meant, candidates)).toBe(least <= limit ? others[distances.indexOf(least)] : undefined);
    }),
    { numRuns: 500 },
  );
});

test('property: between the ends that two lists have in common is all that differs, and none of it is in common', () => {
  const list = fc.array(fc.nat(2), { maxLength: 8 });
  fc.assert(
    fc.property(list, list, list, list, (head, one, other, tail) => {
      const [a, b] = [
        [...head, ...one, ...tail],
        [...head, ...other, ...tail],
      ];
      const { front, back } = sameEnds(a, b);
      const [restOfA, restOfB] = [a, b].map((all) => all.slice(front, all.length - back)) as [number[], number[]];
      expect([...a.slice(0, front), ...restOfB, ...a.slice(a.length - back)]).toEqual(b);
      expect(front + back).toBeLessThanOrEqual(Math.min(a.length, b.length));
      if (restOfA.length === 0 || restOfB.length === 0) return;
      expect(restOfA[0]).not.toBe(restOfB[0]);
      expect(restOfA.at(-1)).not.toBe(restOfB.at(-1));
    }),
  );
  expect(sameEnds(['a', 'b'], [1, 2], (letter, number) => letter === 'ab'[number - 1])).toEqual({ front: 2, back: 0 });
});

test('property: a map in parts does what a map does, in some order', () => {
  const key = fc.oneof(fc.constantFrom('', 'a', 'a.yaml', 'b.yaml'), fc.string({ maxLength: 20 }));
  const step = fc.record({ is: fc.constantFrom('set', 'set', 'delete', 'clear'), key, value: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const [whole, inParts] = [new Map<string, number>(), new MapInParts<number>()];
      for (const { is, key: one, value } of steps) {
        if (is === 'set') {
          whole.set(one, value);
          inParts.set(one, value);
        } else if (is === 'delete') expect(inParts.delete(one)).toBe(whole.delete(one));
        else if (whole.size > 5) {
          whole.clear();
          inParts.clear();
        }
        expect([inParts.size, inParts.has(one), inParts.get(one)]).toEqual([whole.size, whole.has(one), whole.get(one)]);
      }
      expect(new Map(inParts)).toEqual(whole);
      expect([...inParts.keys()].sort()).toEqual([...whole.keys()].sort());
      expect([...inParts.values()].sort()).toEqual([...whole.values()].sort());
    }),
  );
});

test('property: a text in memory of its own is the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      expect(detached(text)).toBe(text);
    }),
  );
});
