import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connectivity } from '../../server/src/connectivity/connectivity.ts';
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

  /** Of pod a, whose policy has certain rules; pod b is beside it. */
  const ofA = (...rules: readonly string[]) =>
    lines(pods('a', 'b') + policy(`{podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress, Egress], ingress: [${rules.join(', ')}]}`)).filter(
      (line) => line.startsWith('a '),
    );

  test('whatever a selector asks for, somebody may come who fits it', () => {
    const expressions = (text: string) => ofA(`{from: [{podSelector: {matchExpressions: [${text}]}}], ports: [{port: 80}]}`);
    expect(expressions('{key: tier, operator: Exists}, {key: old, operator: DoesNotExist}')).toHaveLength(1);
    expect(expressions('{key: app, operator: NotIn, values: [a, b]}')).toHaveLength(1);
    expect(expressions('{key: app, operator: In, values: [x, y]}')).toHaveLength(1);
    expect(expressions('{key: app, operator: Exists}, {key: app, operator: DoesNotExist}')).toEqual([]);
    // Somebody known fits.
    expect(expressions('{key: app, operator: In, values: [b]}')).toEqual([]);
  });

  test('namespaces that nobody has declared are told apart', () => {
    const rule = (team: string, port: number) => `{from: [{namespaceSelector: {matchLabels: {team: ${team}}}}], ports: [{port: ${port}}]}`;
    expect(ofA(rule('y', 80), rule('z', 81))).toEqual([
      'a ingress every pod of namespaces labelled team=y: TCP 80',
      'a ingress every pod of namespaces labelled team=z: TCP 81',
    ]);
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

  test('of the policies those that differ, whatever is written elsewhere now', () => {
    const other = policy('{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{podSelector: {}}]}]}', 'other');
    const closed = pods('a', 'b') + policy('{podSelector: {matchLabels: {app: b}}}') + other;
    const open = `# moved\n${pods('a', 'b')}${policy('{podSelector: {matchLabels: {app: b}}, ingress: [{}]}')}${other}`;
    const why = 'because of NetworkPolicy shop/p (changed)';
    expect(diff(closed, open)).toEqual([`added 0.0.0.0-255.255.255.255[External] shop/b[Pod] ${why}`]);
    const global =
      '---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\nspec: {selector: app == "b", types: [Ingress]}\n';
    expect(diff(pods('a', 'b'), pods('a', 'b') + global)).toContain('removed shop/a[Pod] shop/b[Pod] because of GlobalNetworkPolicy g (added)');
  });

  /** Pods of one controller. */
  const replica = (name: string) => pods(name).replace('labels:', 'ownerReferences: [{kind: ReplicaSet, name: set}], labels:');

  test('what several pods of a name may reach together is told as one range', () => {
    const half = (app: string, cidr: string) =>
      policy(`{podSelector: {matchLabels: {app: ${app}}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: ${cidr}}}]}]}`, app);
    const both = [replica('a'), replica('b')].join('---\n');
    const none = both + policy('{podSelector: {}, policyTypes: [Egress]}');
    expect(diff(none, none + half('a', '10.0.0.0/9') + half('b', '10.128.0.0/9'))).toEqual([
      'added shop/set[ReplicaSet] 10.0.0.0-10.255.255.255[External] because of NetworkPolicy shop/a (added), NetworkPolicy shop/b (added)',
    ]);
  });

  test('all of IPv6 is told beside a block of IPv4 that changes alike', () => {
    const to = (...cidrs: readonly string[]) => pods('a') + egress(`[${cidrs.map((cidr) => `{ipBlock: {cidr: '${cidr}'}}`).join(', ')}]`);
    const why = 'because of NetworkPolicy shop/p (changed)';
    expect(diff(to('192.168.0.0/16'), to('192.168.0.0/16', '10.0.0.0/8', '::/0'))).toEqual([
      `added shop/a[Pod] 10.0.0.0-10.255.255.255[External] ${why}`,
      `added shop/a[Pod] ${everyIPv6} ${why}`,
    ]);
  });

  test('what Services and sets of addresses decide', () => {
    const cilium = `---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: shop}\nspec: {endpointSelector: {matchLabels: {app: a}}, egress: [{toServices: [{k8sService: {serviceName: s, namespace: shop}}]}]}\n`;
    const service = (app: string) =>
      `${pods('a', 'b', 'c')}${cilium}---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {selector: {app: ${app}}, ports: [{port: 80}]}\n`;
    expect(diff(service('b'), service('c'))).toEqual(['removed shop/a[Pod] shop/b[Pod] because of ', 'added shop/a[Pod] shop/c[Pod] because of ']);
    const calico =
      '---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\nspec: {selector: app == "a", types: [Egress], egress: [{action: Allow, destination: {selector: in == "set"}}]}\n';
    const set = (net: string) =>
      `${pods('a')}${calico}---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata: {name: s, labels: {in: set}}\nspec: {nets: [${net}]}\n`;
    expect(diff(set('10.0.0.0/9'), set('10.0.0.0/8'))).toEqual(['added shop/a[Pod] 10.128.0.0-10.255.255.255[External] because of ']);
  });

  test('workloads of which nothing differs are not compared', () => {
    const open = pods('a', 'b', 'c', 'd');
    const states = [open, `# moved\n${open}`, open + policy('{podSelector: {matchLabels: {app: a}}}')].map((text) => connectivityOf(text));
    const [before, same, closed] = states as [Connectivity, Connectivity, Connectivity];
    expect(diffFlows(before, same, 0)).toEqual([]);
    // To and from the one that differs.
    expect(diffFlows(before, closed, 6)).toHaveLength(4);
    expect(() => diffFlows(before, closed, 5)).toThrow(TooManyFlows);
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
