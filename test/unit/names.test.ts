import { describe, expect, test } from 'vitest';
import { addressesOf, allIPv4, allIPv6, blockAddresses, cutAt, formatLineAddress } from '../../server/src/model/addressSet.ts';
import { formatCidr, isStrictSubnet, parseAddress, parseCidr, unmapCidr } from '../../server/src/model/cidr.ts';
import { memoized, memoizedByObject } from '../../server/src/model/memoized.ts';
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkLabelKey,
  checkLabelValue,
  checkPortName,
  type NameCheck,
  suggestDnsName,
} from '../../server/src/model/names.ts';
import { nearest } from '../../server/src/model/nearest.ts';

const long = (length: number) => 'a'.repeat(length);
const ends = 'with a letter or digit at both ends';

// Each boundary once on either side. Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go.
describe.each<readonly [string, NameCheck, readonly (readonly [string, string | undefined])[]]>([
  [
    'a DNS label',
    checkDnsLabel,
    [
      ['a', undefined],
      ['0', undefined],
      ['a-0', undefined],
      ['a--b', undefined],
      [long(63), undefined],
      [long(64), 'it has 64 characters, and at most 63 are allowed'],
      ['', `only lower-case letters, digits and "-" are allowed, ${ends}`],
      ['-a', `only lower-case letters, digits and "-" are allowed, ${ends}`],
      ['a-', `only lower-case letters, digits and "-" are allowed, ${ends}`],
      ['A', `only lower-case letters, digits and "-" are allowed, ${ends}`],
      ['a.b', `only lower-case letters, digits and "-" are allowed, ${ends}`],
    ],
  ],
  [
    'a DNS subdomain',
    checkDnsSubdomain,
    [
      ['a.b-c.0', undefined],
      [long(253), undefined],
      [long(254), 'it has 254 characters, and at most 253 are allowed'],
      ['a..b', `only lower-case letters, digits, "-" and "." are allowed, ${ends} of each part`],
      ['.a', `only lower-case letters, digits, "-" and "." are allowed, ${ends} of each part`],
      ['a.-b', `only lower-case letters, digits, "-" and "." are allowed, ${ends} of each part`],
      ['', `only lower-case letters, digits, "-" and "." are allowed, ${ends} of each part`],
    ],
  ],
  [
    'a label key',
    checkLabelKey,
    [
      ['app', undefined],
      ['App_1.x-y', undefined],
      ['example.org/app', undefined],
      [long(63), undefined],
      [`example.org/${long(63)}`, undefined],
      [long(64), 'the name has 64 characters, and at most 63 are allowed'],
      ['a/b/c', 'only one "/" is allowed, between prefix and name'],
      ['/a', 'the prefix before "/" is empty'],
      ['a/', 'the name after "/" is empty'],
      ['', 'it is empty'],
      ['A.b/c', `of the prefix "A.b", only lower-case letters, digits, "-" and "." are allowed, ${ends} of each part`],
      ['-a', `the name must consist of letters, digits, "-", "_" and ".", ${ends}`],
      ['a.', `the name must consist of letters, digits, "-", "_" and ".", ${ends}`],
    ],
  ],
  [
    'a label value',
    checkLabelValue,
    [
      ['', undefined],
      ['V_1.0-x', undefined],
      [long(63), undefined],
      [long(64), 'the value has 64 characters, and at most 63 are allowed'],
      ['a b', `the value must consist of letters, digits, "-", "_" and ".", ${ends}`],
      ['_a', `the value must consist of letters, digits, "-", "_" and ".", ${ends}`],
    ],
  ],
  [
    'a port name',
    checkPortName,
    [
      ['http', undefined],
      ['a-1', undefined],
      ['1a', undefined],
      [long(15), undefined],
      [long(16), 'it has 16 characters, and at most 15 are allowed'],
      ['', 'it is empty'],
      ['HTTP', 'only lower-case letters, digits and "-" are allowed'],
      ['a_b', 'only lower-case letters, digits and "-" are allowed'],
      ['80', 'it must contain at least one letter'],
      ['a--b', 'it must not contain "--"'],
      ['-a', 'it must not begin or end with "-"'],
      ['a-', 'it must not begin or end with "-"'],
    ],
  ],
])('%s', (_, check, cases) => {
  test.each(cases)('%j', (name, problem) => {
    expect(check(name)).toBe(problem);
  });
});

test.each([
  ['MyPolicy', checkDnsSubdomain, 253, 'my-policy'],
  ['web_1', checkDnsLabel, 63, 'web-1'],
  ['a.b', checkDnsLabel, 63, 'a-b'],
  ['a..b', checkDnsSubdomain, 253, 'a.b'],
  ['a-.-b', checkDnsSubdomain, 253, 'a.b'],
  ['--A--', checkDnsLabel, 63, 'a'],
  [`${long(63)}-B`, checkDnsLabel, 63, long(63)],
  [`${long(62)}-B`, checkDnsLabel, 63, long(62)],
  ['fine', checkDnsLabel, 63, undefined],
  ['___', checkDnsLabel, 63, undefined],
])('the valid name nearest to %j', (name, check, maximum, suggestion) => {
  expect(suggestDnsName(name, check, maximum)).toBe(suggestion);
});

describe('the nearest word', () => {
  test.each([
    // One letter more, less, other, swapped.
    ['ingres', 'ingress'],
    ['ingresss', 'ingress'],
    ['ingrexs', 'ingress'],
    ['inrgess', 'ingress'],
    ['INGRESS', 'ingress'],
    ['ab', 'abc'],
    // A third of seven letters is two.
    ['ingrexy', 'ingress'],
    ['ingrwxy', undefined],
    ['zzz', undefined],
    ['xgrss', undefined],
  ])('%s', (word, found) => {
    expect(nearest(word, ['egress', 'abc', 'ingress'])).toBe(found);
  });

  test('is not the word itself, and of several the first', () => {
    expect(nearest('port', ['port', 'pork', 'part'])).toBe('pork');
    expect(nearest('port', ['port'])).toBeUndefined();
    expect(nearest('port', [])).toBeUndefined();
  });

  test('a swap counts once, and only between neighbours', () => {
    expect(nearest('abcd', ['abdc'])).toBe('abdc');
    expect(nearest('abcd', ['badc'])).toBeUndefined();
    expect(nearest('abcdef', ['badcef'])).toBe('badcef');
    expect(nearest('abcd', ['cbad'])).toBeUndefined();
    expect(nearest('ba', ['ab'])).toBe('ab');
  });
});

describe('the line of addresses', () => {
  const v6 = 1n << 32n;

  test('holds IPv4 at its value and IPv6 behind it', () => {
    expect(addressesOf('0.0.0.0/0')).toEqual(allIPv4);
    expect(addressesOf('::/0')).toEqual(allIPv6);
    expect(addressesOf('10.0.0.0/31')).toEqual([0x0a000000n, 0x0a000001n]);
    expect(addressesOf('::1/128')).toEqual([v6 + 1n, v6 + 1n]);
    expect(addressesOf('::ffff:10.0.0.0/128')).toEqual([0x0a000000n, 0x0a000000n]);
    expect(addressesOf('nothing')).toEqual([]);
  });

  test('is written canonically on both sides of its border', () => {
    expect([v6 - 1n, v6, v6 + 1n].map(formatLineAddress)).toEqual(['255.255.255.255', '::', '::1']);
  });

  test('a block less its exceptions', () => {
    expect(blockAddresses('10.0.0.0/30', ['10.0.0.1/32'])).toEqual([0x0a000000n, 0x0a000000n, 0x0a000002n, 0x0a000003n]);
    expect(blockAddresses('10.0.0.0/30', [])).toEqual([0x0a000000n, 0x0a000003n]);
    expect(blockAddresses('10.0.0.0/30', ['10.0.0.0/31', '10.0.0.2/31'])).toEqual([]);
  });

  test('is cut where a set begins and behind where one ends, inside the family alone', () => {
    expect(cutAt([10n, 20n], [])).toEqual([[10n, 20n]]);
    expect(cutAt([10n, 20n], [[12n, 14n]])).toEqual([
      [10n, 11n],
      [12n, 14n],
      [15n, 20n],
    ]);
    // What begins with the family, ends with it, or lies outside cuts nothing.
    expect(
      cutAt(
        [10n, 20n],
        [
          [10n, 20n],
          [0n, 9n],
          [21n, 30n],
        ],
      ),
    ).toEqual([[10n, 20n]]);
    expect(
      cutAt(
        [10n, 20n],
        [
          [20n, 25n],
          [5n, 10n],
        ],
      ),
    ).toEqual([
      [10n, 10n],
      [11n, 19n],
      [20n, 20n],
    ]);
    expect(
      cutAt(
        [10n, 20n],
        [
          [12n, 12n, 15n, 16n],
          [12n, 13n],
        ],
      ),
    ).toEqual([
      [10n, 11n],
      [12n, 12n],
      [13n, 13n],
      [14n, 14n],
      [15n, 16n],
      [17n, 20n],
    ]);
  });
});

describe('what is remembered', () => {
  test('is computed once, until there are too many', () => {
    const asked: string[] = [];
    const length = memoized((text) => asked.push(text) && text.length, 2);
    expect([length('a'), length('bb'), length('a'), length('bb')]).toEqual([1, 2, 1, 2]);
    expect(asked).toEqual(['a', 'bb']);
    expect([length('ccc'), length('a')]).toEqual([3, 1]);
    expect(asked).toEqual(['a', 'bb', 'ccc', 'a']);
  });

  test('an answer of nothing is one too', () => {
    let count = 0;
    const nothing = memoized(() => {
      count++;
      return undefined;
    });
    nothing('a');
    nothing('a');
    expect(count).toBe(1);
  });

  test('by object', () => {
    let count = 0;
    const wrap = memoizedByObject((subject: object) => ({ subject, nth: ++count }));
    const [a, b] = [{}, {}];
    expect([wrap(a).nth, wrap(b).nth, wrap(a).nth]).toEqual([1, 2, 1]);
    expect(wrap(a).subject).toBe(a);
  });
});

test.each([
  ['', 'an IPv4 address has four numbers, not 1'],
  ['10.0.0/8', 'an IPv4 address has four numbers, not 3'],
  ['10.0.0.0.0/8', 'an IPv4 address has four numbers, not 5'],
  ['10..0.0/8', 'a number between two dots is missing'],
  ['10.a1.0.0/8', '"a1" is not a number'],
  ['10.1a.0.0/8', '"1a" is not a number'],
  ['10.0.0.256/8', '256 is more than 255'],
  ['10.0.0.0', 'the prefix length is missing'],
  ['/8', 'an IPv4 address has four numbers, not 1'],
  ['10.0.0.0/', 'the prefix length after "/" is missing'],
  ['10.0.0.0/a8', 'the prefix length "a8" is not a number'],
  ['10.0.0.0/8a', 'the prefix length "8a" is not a number'],
  ['10.0.0.0/33', 'the prefix length 33 is more than 32'],
  ['::/129', 'the prefix length 129 is more than 128'],
  ['::', 'the prefix length is missing'],
  ['fe80::1%eth0/64', 'a zone (%) is not allowed'],
  ['1::2::3/64', '"::" may stand only once'],
  ['1:2:3:4:5:6:7/64', 'an IPv6 address has eight groups, not 7'],
  ['1:2:3:4:5:6:7:8:9/64', 'an IPv6 address has eight groups, not 9'],
  ['1:2:3:4::5:6:7:8/64', 'an IPv6 address has eight groups, not 8'],
  ['1:2:3:4:5:6:7:/64', 'a group between two colons is missing'],
  ['12345::/64', '"12345" is not a group of up to four hexadecimal digits'],
  ['g::/64', '"g" is not a group of up to four hexadecimal digits'],
  ['::1.2.3/96', 'an IPv4 address has four numbers, not 3'],
  ['1.2.3.4::/96', '"1.2.3.4" is not a group of up to four hexadecimal digits'],
  ['::1.2.3.4:5/96', '"1.2.3.4" is not a group of up to four hexadecimal digits'],
])('%j is no CIDR', (text, detail) => {
  expect(parseCidr(text)).toMatchObject({ error: { detail } });
});

test.each([
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['010.0.0.0/8', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['255.255.255.255/32', '255.255.255.255/32'],
  ['::/0', '::/0'],
  ['2001:DB8::1/128', '2001:db8::1/128'],
  ['1:2:3:4:5:6:7:8/128', '1:2:3:4:5:6:7:8/128'],
  ['1:2:3:4:5:6:7::/112', '1:2:3:4:5:6:7:0/112'],
  ['1:0:0:4:0:0:0:8/128', '1:0:0:4::8/128'],
  ['0:0:3:4:5:6:7:8/128', '::3:4:5:6:7:8/128'],
  ['1:2:3:4:5:6:0:0/128', '1:2:3:4:5:6::/128'],
  ['::1.2.3.4/128', '::102:304/128'],
])('%s is %s', (text, written) => {
  const parsed = parseCidr(text);
  expect('cidr' in parsed && formatCidr(parsed.cidr)).toBe(written);
});

test('a text without a prefix length is told from an address', () => {
  expect(parseCidr('10.0.0.1')).toMatchObject({ error: { bareAddress: 4 } });
  expect(parseCidr('::1')).toMatchObject({ error: { bareAddress: 6 } });
  expect(parseAddress('10.0.0.1')).toEqual({ family: 4, address: 0x0a000001n });
  expect(parseAddress('nothing')).toBe('an IPv4 address has four numbers, not 1');
});

test.each([
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['::ffff:0.0.0.0/96', '0.0.0.0/0'],
  ['::ffff:0:0/95', '::fffe:0:0/95'],
  ['::fffe:10.0.0.0/104', '::fffe:a00:0/104'],
  ['10.0.0.0/8', '10.0.0.0/8'],
])('%s means %s', (text, meant) => {
  const parsed = parseCidr(text);
  expect('cidr' in parsed && formatCidr(unmapCidr(parsed.cidr))).toBe(meant);
});

test.each([
  ['10.1.0.0/16', '10.0.0.0/8', true],
  ['10.0.0.0/16', '10.0.0.0/8', true],
  ['10.255.255.255/32', '10.0.0.0/8', true],
  ['10.0.0.0/8', '10.0.0.0/8', false],
  ['10.0.0.0/8', '10.1.0.0/16', false],
  ['11.0.0.0/16', '10.0.0.0/8', false],
  ['9.255.0.0/16', '10.0.0.0/8', false],
  ['::/64', '10.0.0.0/8', false],
  ['::ffff:10.1.0.0/112', '10.0.0.0/8', true],
])('%s lies inside %s: %s', (inner, outer, inside) => {
  const [a, b] = [parseCidr(inner), parseCidr(outer)];
  expect('cidr' in a && 'cidr' in b && isStrictSubnet(a.cidr, b.cidr)).toBe(inside);
});
