import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { exposuresOf } from '../../server/src/connectivity/exposure.ts';
import { endpointName, type Flow, flowsOf, TooManyFlows } from '../../server/src/connectivity/flows.ts';
import { peer as peerPhrase } from '../../server/src/explain/phrases.ts';
import { difference, equal, intersection, union } from '../../server/src/model/intervals.ts';
import { formatPorts, isEmpty } from '../../server/src/model/portSet.ts';
import { connectivityOf } from '../support/manifestCluster.ts';
import { randomCluster } from '../support/randomCluster.ts';

const pods = (...names: string[]) =>
  names
    .map(
      (name) =>
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}\nspec: {containers: [{ports: [{name: http, containerPort: 8080}]}]}\n`,
    )
    .join('---\n');
const policy = (spec: string, name = 'p') =>
  `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;

describe('sets of numbers', () => {
  const set = fc.uniqueArray(fc.nat(40)).map((values) => {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted.reduce<readonly number[]>((all, value) => union(all, [value, value]), []);
  });
  const members = (intervals: readonly number[]) =>
    Array.from({ length: 42 }, (_, i) => i).filter((i) => intervals.some((first, k) => k % 2 === 0 && i >= first && i <= (intervals[k + 1] ?? -1)));

  test('property: union, intersection and difference are what they say, and canonical', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [x, y] = [new Set(members(a)), new Set(members(b))];
        expect(members(union(a, b))).toEqual(
          members(a)
            .concat(members(b))
            .filter((v, i, all) => all.indexOf(v) === i)
            .sort((p, q) => p - q),
        );
        expect(members(intersection(a, b))).toEqual([...x].filter((v) => y.has(v)));
        expect(members(difference(a, b))).toEqual([...x].filter((v) => !y.has(v)));
        expect(equal(union(difference(a, b), intersection(a, b)), a)).toBe(true);
      }),
    );
  });
});

test('property: a listing holds every pair that may pass, and no other', () => {
  fc.assert(
    fc.property(randomCluster, (manifests) => {
      const connectivity = connectivityOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }), 'a.json');
      const listed = new Map([...flowsOf(connectivity)].map(({ from, to, ports }) => [`${from} ${to}`, formatPorts(ports)]));
      for (const from of connectivity.endpoints) {
        for (const to of connectivity.endpoints) {
          if (from === to) continue;
          const ports = connectivity.between(from, to);
          expect(listed.get(`${endpointName(from)} ${endpointName(to)}`)).toBe(isEmpty(ports) ? undefined : formatPorts(ports));
        }
      }
    }),
    { numRuns: 500 },
  );
});

describe('exposure', () => {
  const lines = (text: string) =>
    exposuresOf(connectivityOf(text)).map(
      ({ endpoint, direction, peer, namespace, ports }) =>
        `${endpoint.workload.name} ${direction} ${peer ? peerPhrase(peer, namespace).replaceAll('`', '') : 'anyone'}: ${formatPorts(ports)}`,
    );

  test('without a policy, the whole cluster', () => {
    expect(lines(pods('a'))).toEqual(['a ingress anyone: All Connections', 'a egress anyone: All Connections']);
  });

  test('a selector that fits no known workload is a potential peer', () => {
    const text =
      pods('a') +
      policy(
        '{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: x}}, namespaceSelector: {matchLabels: {team: y}}}, {podSelector: {matchLabels: {app: a}}}], ports: [{port: http}]}]}',
      );
    expect(lines(text)).toEqual(['a ingress pods labelled app=x of namespaces labelled team=y: TCP 8080']);
  });

  test('a rule for every namespace exposes to anyone', () => {
    expect(
      lines(
        pods('a') + policy('{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}'),
      ),
    ).toEqual(['a ingress anyone: TCP 80']);
  });
});

describe('differences', () => {
  const diff = (before: string, after: string) =>
    diffFlows(connectivityOf(before), connectivityOf(after)).map(
      ({ change, from, to, because }) => `${change} ${from} ${to} because of ${because.join(', ')}`,
    );

  test('nothing for the same, wherever it is written', () => {
    const one = pods('a', 'b') + policy('{podSelector: {}}');
    expect(diff(one, `# moved\n${one}`)).toEqual([]);
  });

  const everyIPv6 = '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff[External]';
  const egress = (to: string) => policy(`{podSelector: {}, policyTypes: [Egress], egress: [{to: ${to}}]}`);

  test('addresses of IPv6, but not all of them beside IPv4 alike', () => {
    const [none, some, all] = [
      '[{ipBlock: {cidr: 10.0.0.0/8}}]',
      "[{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: '2001:db8::/32'}}]",
      "[{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: '::/0'}}]",
    ].map((to) => pods('a') + egress(to)) as [string, string, string];
    const why = 'because of NetworkPolicy shop/p (changed)';
    expect(diff(none, some)).toEqual([`added shop/a[Pod] 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff[External] ${why}`]);
    expect(diff(none, all)).toEqual([`added shop/a[Pod] ${everyIPv6} ${why}`]);
    const added = 'because of NetworkPolicy shop/p (added)';
    expect(diff(pods('a'), pods('a') + egress('[]'))).toEqual([]);
    expect(diff(pods('a'), none)).toEqual([
      `removed shop/a[Pod] 0.0.0.0-9.255.255.255[External] ${added}`,
      `removed shop/a[Pod] 11.0.0.0-255.255.255.255[External] ${added}`,
    ]);
    expect(diff(pods('a'), all)).toHaveLength(2);
    expect(diff(pods('a'), some)).toHaveLength(4);
  });

  test('names in DNS, and requests on the same ports', () => {
    const cilium = (spec: string) =>
      `${pods('a', 'b')}---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: shop}\nspec: {endpointSelector: {matchLabels: {app: a}}, ${spec}}\n`;
    const named = (name: string) => cilium(`egress: [{toFQDNs: [{matchName: ${name}}]}]`);
    const why = 'because of CiliumNetworkPolicy shop/c (changed)';
    expect(diff(named('a.example.com'), named('b.example.com'))).toEqual([
      `removed shop/a[Pod] a.example.com[External] ${why}`,
      `added shop/a[Pod] b.example.com[External] ${why}`,
    ]);
    const asked = (path: string) =>
      cilium(`ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET, path: ${path}}]}}]}]`);
    expect(diffFlows(connectivityOf(asked('/a')), connectivityOf(asked('/b')))).toMatchObject([
      { from: 'shop/b[Pod]', to: 'shop/a[Pod]', change: 'changed', requests: { before: ['HTTP GET /a'], after: ['HTTP GET /b'] } },
    ]);
    expect(diff(asked('/a'), asked('/a'))).toEqual([]);
  });

  test('added, removed and changed, with the policy that is responsible', () => {
    const open = pods('a', 'b');
    const closed = open + policy('{podSelector: {matchLabels: {app: b}}, ingress: [{ports: [{port: 80}]}]}');
    expect(diff(open, closed)).toContain('changed shop/a[Pod] shop/b[Pod] because of NetworkPolicy shop/p (added)');
    const denied = open + policy('{podSelector: {matchLabels: {app: b}}}');
    expect(diff(closed, denied)).toContain('removed shop/a[Pod] shop/b[Pod] because of NetworkPolicy shop/p (changed)');
    expect(diff(denied, open)).toContain('added shop/a[Pod] shop/b[Pod] because of NetworkPolicy shop/p (removed)');
  });

  test('ranges of addresses are compared piece by piece', () => {
    const to = (cidr: string) => pods('a') + policy(`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: ${cidr}}}]}]}`);
    expect(diff(to('10.0.0.0/8'), to('10.0.0.0/9'))).toEqual([
      'removed shop/a[Pod] 10.128.0.0-10.255.255.255[External] because of NetworkPolicy shop/p (changed)',
    ]);
  });
});

test('property: flows among some workloads are those of all from or to one of them', () => {
  fc.assert(
    fc.property(randomCluster, fc.infiniteStream(fc.boolean()), (manifests, chosen) => {
      const connectivity = connectivityOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }), 'a.json');
      const among = new Set(connectivity.endpoints.map(endpointName).filter(() => chosen.next().value));
      const all = [...flowsOf(connectivity, { ipv6: true })];
      const wanted = all.filter(({ from, to }) => among.has(from) || among.has(to));
      const inOrder = (flows: Iterable<Flow>) => [...flows].sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
      expect(inOrder(flowsOf(connectivity, { ipv6: true, among }))).toEqual(inOrder(wanted));
      expect([...flowsOf(connectivity, { ipv6: true, among, most: wanted.length })]).toHaveLength(wanted.length);
      if (wanted.length > 0) expect(() => [...flowsOf(connectivity, { ipv6: true, among, most: wanted.length - 1 })]).toThrow(TooManyFlows);
    }),
    { numRuns: 200 },
  );
});
