import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numbersOf, peerImplies, portImplied, ruleImplies, selectorImplies } from '../../server/src/model/implication.ts';
import type { Peer, PortRange, Rule } from '../../server/src/model/policy.ts';
import { hasPort } from '../../server/src/model/portSet.ts';
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
