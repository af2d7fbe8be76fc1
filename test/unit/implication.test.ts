import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numbersOf, peerImplies, portImplied, ruleImplies, selectorImplies } from '../../server/src/model/implication.ts';
import type { Peer, PortRange, Rule } from '../../server/src/model/policy.ts';
import { allPorts, hasPort, isEmpty } from '../../server/src/model/portSet.ts';
import { type Labels, type Operator, type Selector, selects } from '../../server/src/model/selector.ts';

const keys = ['app', 'tier'] as const;
const values = ['a', 'b', 'c'] as const;

/** Every set of labels that the selectors below can tell apart. */
const worlds: readonly Labels[] = [undefined, ...values].flatMap((app) =>
  [undefined, ...values].map((tier) => ({ ...(app ? { app } : {}), ...(tier ? { tier } : {}) })),
);

const requirement = fc
  .tuple(fc.constantFrom(...keys), fc.constantFrom<Operator>('In', 'NotIn', 'Exists', 'DoesNotExist'), fc.subarray([...values], { minLength: 1 }))
  .map(([key, operator, some]) => ({ key, operator, values: operator === 'In' || operator === 'NotIn' ? some : [] }));
const selector: fc.Arbitrary<Selector> = fc.array(requirement, { maxLength: 3 }).map((requirements) => ({ requirements }));

test('property: whatever an implied selector selects, the wider one selects', () => {
  fc.assert(
    fc.property(selector, selector, (narrow, wide) => {
      if (!selectorImplies(narrow, wide)) return;
      for (const labels of worlds) if (selects(narrow, labels)) expect(selects(wide, labels)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('property: the numeric ports of an implied port are among those of the others', () => {
  const port: fc.Arbitrary<PortRange> = fc
    .tuple(fc.constantFrom('TCP', 'UDP'), fc.option(fc.integer({ min: 1, max: 20 })), fc.integer({ min: 0, max: 5 }))
    .map(([protocol, first, more]) => ({ protocol, ...(first === null ? {} : { port: first, ...(more > 0 ? { endPort: first + more } : {}) }) }));
  fc.assert(
    fc.property(port, fc.array(port, { minLength: 1, maxLength: 3 }), (own, others) => {
      const [narrow, wide] = [numbersOf([own]), numbersOf(others)];
      const within = Array.from({ length: 30 }, (_, i) => i + 1).every((number) =>
        (['TCP', 'UDP'] as const).every((protocol) => !hasPort(narrow, protocol, number) || hasPort(wide, protocol, number)),
      );
      // Ports beyond those numbers are open only where all of them are.
      if (own.port !== undefined) expect(portImplied(own, others)).toBe(within);
      else if (portImplied(own, others)) expect(within).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

const app = (value: string): Selector => ({ requirements: [{ key: 'app', operator: 'In', values: [value] }] });
const namespace = (name: string): Selector => ({ requirements: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [name] }] });
const everything: Selector = { requirements: [] };

describe('peers', () => {
  const block = (cidr: string, ...except: readonly string[]): Peer => ({ is: 'addresses', cidr, except });
  const pods = (selected?: Selector, namespaces?: Selector): Peer => ({
    is: 'pods',
    ...(selected ? { pods: selected } : {}),
    ...(namespaces ? { namespaces } : {}),
  });
  test.each<readonly [string, Peer, Peer, boolean]>([
    ['a range in a wider one', block('10.1.0.0/16'), block('10.0.0.0/8'), true],
    ['a range that the wider one leaves out', block('10.1.0.0/16'), block('10.0.0.0/8', '10.1.2.0/24'), false],
    ['a range whose exception the wider one shares', block('10.1.0.0/16', '10.1.2.0/24'), block('10.0.0.0/8', '10.1.2.0/24'), true],
    ['IPv4 in IPv6', block('10.0.0.0/8'), block('::/0'), false],
    ['pods in all pods of the namespace', pods(app('a')), pods(everything), true],
    ['all pods in some', pods(everything), pods(app('a')), false],
    ['the own namespace in every one', pods(app('a')), pods(undefined, everything), true],
    ['the own namespace by its name', pods(app('a')), pods(app('a'), namespace('shop')), true],
    ['another namespace', pods(app('a')), pods(app('a'), namespace('other')), false],
    ['a named namespace in the own', pods(app('a'), namespace('shop')), pods(everything), true],
    ['pods in addresses', pods(app('a')), block('0.0.0.0/0'), false],
  ])('%s', (_, narrow, wide, expected) => {
    expect(peerImplies(narrow, wide, 'shop')).toBe(expected);
  });
});

describe('rules', () => {
  const source = { start: 0, end: 0 };
  const rule = (peers: readonly Peer[], ports: readonly PortRange[] = []): Rule => ({ action: 'allow', peers, ports, source });
  const a: Peer = { is: 'pods', pods: app('a') };
  const http = { protocol: 'TCP', port: 80 };
  test.each([
    ['fewer peers', rule([a]), rule([a, { is: 'pods', pods: app('b') }]), true],
    ['a port of all', rule([a], [http]), rule([a]), true],
    ['all ports of one', rule([a]), rule([a], [http]), false],
    ['no peer is every peer', rule([]), rule([a]), false],
    ['a peer of all', rule([a]), rule([]), true],
    ['a name beside its number', rule([a], [{ protocol: 'TCP', port: 'http' }]), rule([a], [http]), false],
    ['a name beside all of its protocol', rule([a], [{ protocol: 'TCP', port: 'http' }]), rule([a], [{ protocol: 'TCP' }]), true],
  ])('%s', (_, narrow, wide, expected) => {
    expect(ruleImplies(narrow, wide, 'shop')).toBe(expected);
  });
});

/** `app In a,b` and the like. */
function written(text: string): Selector {
  const requirements = text
    .split('; ')
    .filter(Boolean)
    .map((one) => {
      const [key = '', operator = '', list = ''] = one.split(' ');
      return { key, operator: operator as Operator, values: list === '' ? [] : list.split(',') };
    });
  return { requirements };
}

// What is implied must also be found: by form, where the two requirements are of one key.
test.each([
  ['app In a', 'app In a,b', true],
  ['app In a,b', 'app In a', false],
  ['app In a', 'app Exists', true],
  ['app Exists', 'app Exists', true],
  ['app NotIn a', 'app Exists', false],
  ['app DoesNotExist', 'app Exists', false],
  ['app Exists', 'app In a', false],
  ['app DoesNotExist', 'app DoesNotExist', true],
  ['app NotIn a', 'app DoesNotExist', false],
  ['app In a', 'app DoesNotExist', false],
  ['app DoesNotExist', 'app NotIn a', true],
  ['app In b', 'app NotIn a', true],
  ['app In a', 'app NotIn a', false],
  ['app NotIn a,b', 'app NotIn a', true],
  ['app NotIn a', 'app NotIn a,b', false],
  ['app Exists', 'app NotIn a', false],
  ['app In a', 'tier In a', false],
  ['app In a', '', true],
  ['', 'app In a', false],
  ['', '', true],
  ['tier In x; app In a', 'app In a', true],
  ['app In a', 'app In a; tier In x', false],
])('%j implies %j: %s', (narrow, wide, implied) => {
  expect(selectorImplies(written(narrow), written(wide))).toBe(implied);
});

describe('peers', () => {
  const pods = (text?: string, namespaces?: string): Peer => ({
    is: 'pods',
    ...(text === undefined ? {} : { pods: written(text) }),
    ...(namespaces === undefined ? {} : { namespaces: written(namespaces) }),
  });
  const block = (cidr: string, ...except: readonly string[]): Peer => ({ is: 'addresses', cidr, except });
  const own = 'kubernetes.io/metadata.name In shop';

  test.each<readonly [string, Peer, Peer, string | undefined, boolean]>([
    ['pods of the own namespace', pods('app In a'), pods(''), 'shop', true],
    ['all of it within some', pods(''), pods('app In a'), 'shop', false],
    ['its own namespace by name', pods('app In a'), pods('app In a', own), 'shop', true],
    ['another by name', pods('app In a'), pods('app In a', own), 'lab', false],
    ['an unknown one', pods('app In a'), pods('app In a', own), undefined, false],
    ['its own by name, within its own', pods('app In a', own), pods('app In a'), 'shop', true],
    ['within an unknown one', pods('app In a', own), pods('app In a'), undefined, false],
    ['both without a namespace, unknown', pods('app In a'), pods('app In a'), undefined, true],
    ['the own one within every namespace', pods('app In a'), pods(undefined, ''), undefined, true],
    ['every namespace within the own one', pods(undefined, ''), pods(''), 'shop', false],
    ['every pod of a namespace within some', pods(undefined, own), pods('app In a', own), 'shop', false],
    ['a block within a wider', block('10.1.0.0/16'), block('10.0.0.0/8'), 'shop', true],
    ['within a wider with a hole', block('10.1.0.0/16'), block('10.0.0.0/8', '10.1.2.0/24'), 'shop', false],
    ['with the same hole', block('10.1.0.0/16', '10.1.2.0/24'), block('10.0.0.0/8', '10.1.2.0/24'), 'shop', true],
    ['a wider within it', block('10.0.0.0/8'), block('10.1.0.0/16'), 'shop', false],
    ['no block', block('nothing'), block('10.0.0.0/8'), 'shop', false],
    ['pods within addresses', pods(''), block('0.0.0.0/0'), 'shop', false],
    ['addresses within pods', block('10.0.0.0/8'), pods(undefined, ''), 'shop', false],
  ])('%s', (_, narrow, wide, namespace, implied) => {
    expect(peerImplies(narrow, wide, namespace)).toBe(implied);
  });
});

describe('ports and rules', () => {
  const port = (text: string): PortRange => {
    const [protocol = '', range = ''] = text.split(' ');
    const [first, last] = range.split('-');
    if (first === undefined || first === '') return { protocol };
    return /^\d/.test(first) ? { protocol, port: Number(first), ...(last ? { endPort: Number(last) } : {}) } : { protocol, port: first };
  };
  test.each([
    ['TCP 80', ['TCP 80'], true],
    ['TCP 80', ['TCP 81'], false],
    ['TCP 80', ['UDP 80'], false],
    ['TCP 80-90', ['TCP 80-85', 'TCP 86-90'], true],
    ['TCP 80-91', ['TCP 80-85', 'TCP 86-90'], false],
    ['TCP', ['TCP'], true],
    ['TCP', ['TCP 1-65535'], true],
    ['TCP', ['TCP 1-65534'], false],
    ['TCP 80', [], false],
    ['TCP http', ['TCP'], true],
    ['TCP http', ['UDP'], false],
    ['TCP http', ['UDP', 'TCP http'], true],
    ['TCP http', ['TCP https'], false],
    ['TCP http', ['UDP http'], false],
    ['TCP http', ['TCP 1-65535'], false],
    ['TCP http', [], false],
    ['ICMP 8', ['TCP'], false],
    // Any protocol.
    ['ANY 80', ['TCP 80', 'UDP 80', 'SCTP 80'], true],
    ['ANY 80', ['TCP 80', 'UDP 80'], false],
    ['ANY 80-90', ['TCP 80', 'UDP 80', 'SCTP 80'], false],
    ['ANY 80-90', ['TCP 80-90', 'UDP 80-90', 'SCTP 80-90'], true],
    ['ANY', ['TCP', 'UDP', 'SCTP'], true],
    ['ANY', ['TCP 80', 'UDP 80', 'SCTP 80'], false],
    ['UDP 53', ['ANY 53'], true],
    ['UDP dns', ['ANY'], true],
  ])('%s is among %j: %s', (own, others, implied) => {
    expect(portImplied(port(own), others.map(port))).toBe(implied);
  });

  test('the numbers of a list: all of an empty one, none of a name or of another protocol', () => {
    expect(numbersOf([])).toBe(allPorts);
    expect(isEmpty(numbersOf([port('TCP http'), port('ICMP 8')]))).toBe(true);
    expect(hasPort(numbersOf([port('TCP 80'), port('UDP')]), 'UDP', 1)).toBe(true);
  });

  const rule = (ports: readonly string[], peers: readonly Peer[], action: Rule['action'] = 'allow'): Rule =>
    ({ action, ports: ports.map(port), peers }) as unknown as Rule;
  const [web, all]: readonly Peer[] = [
    { is: 'pods', pods: written('app In web') },
    { is: 'pods', pods: written('') },
  ];
  test.each<readonly [string, Rule, Rule, boolean]>([
    ['the same', rule(['TCP 80'], [web as Peer]), rule(['TCP 80'], [web as Peer]), true],
    ['fewer pods', rule(['TCP 80'], [web as Peer]), rule(['TCP 80'], [all as Peer]), true],
    ['more pods', rule(['TCP 80'], [all as Peer]), rule(['TCP 80'], [web as Peer]), false],
    ['pods within everybody', rule(['TCP 80'], [web as Peer]), rule(['TCP 80'], []), true],
    ['everybody within pods', rule(['TCP 80'], []), rule(['TCP 80'], [all as Peer]), false],
    ['each within one of several', rule([], [web as Peer, all as Peer]), rule([], [all as Peer]), true],
    ['one of them not', rule([], [web as Peer, all as Peer]), rule([], [web as Peer]), false],
    ['a port within all', rule(['TCP 80'], []), rule([], []), true],
    ['all within a port', rule([], []), rule(['TCP 80'], []), false],
    ['one of two ports', rule(['TCP 80', 'TCP 81'], []), rule(['TCP 80'], []), false],
    ['another action', rule([], [], 'deny'), rule([], []), false],
    ['a protocol without ports beside a port', rule(['TCP 80', 'ICMP 8'], []), rule(['TCP'], []), false],
    ['a port beside a name', rule(['TCP 80', 'TCP http'], []), rule(['TCP 80'], []), false],
    ['a port beside a name that is there, too', rule(['TCP 80', 'TCP http'], []), rule(['TCP 80', 'TCP http'], []), true],
    ['nobody within pods', { ...rule([], [web as Peer]), peers: [] }, rule([], [web as Peer]), false],
  ])('%s', (_, narrow, wide, implied) => {
    expect(ruleImplies(narrow, wide, 'shop')).toBe(implied);
  });
});
