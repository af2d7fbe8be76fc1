import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { exposuresOf } from '../../server/src/connectivity/exposure.ts';
import { endpointName, flowsOf } from '../../server/src/connectivity/flows.ts';
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
