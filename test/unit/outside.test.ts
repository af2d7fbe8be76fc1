import { describe, expect, test } from 'vitest';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { exposuresOf } from '../../server/src/connectivity/exposure.ts';
import { flowsOf } from '../../server/src/connectivity/flows.ts';
import { peer as peerPhrase } from '../../server/src/explain/phrases.ts';
import { formatPorts } from '../../server/src/model/portSet.ts';
import { deployment, documents, namespaceNamed, policyNamed } from '../../server/src/rules/examples.ts';
import { connectivityOf } from '../support/manifestCluster.ts';

// What lies outside of the manifests: pods that none of them holds, addresses, and an ingress controller.

const web = deployment('web', 'shop', '{name: http, containerPort: 8080}', '{name: admin, containerPort: 9000}');
const into = (from: string, ports = '[{port: 80}]') =>
  policyNamed('in', 'shop', `podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{from: ${from}, ports: ${ports}}]`);

describe('pods that no manifest holds', () => {
  const exposed = (...texts: readonly string[]) =>
    exposuresOf(connectivityOf(documents(...texts))).map(
      ({ endpoint, direction, peer, namespace, ports }) =>
        `${endpoint.workload.name} ${direction} ${peer ? peerPhrase(peer, namespace).replaceAll('`', '') : 'anyone'}: ${formatPorts(ports)}`,
    );

  test.each([
    ['[{podSelector: {matchLabels: {app: ghost}}}]', ['web ingress pods labelled app=ghost of namespace shop: TCP 80']],
    // Whatever value the label has; none at all does not do.
    [
      '[{podSelector: {matchExpressions: [{key: role, operator: Exists}]}}]',
      ['web ingress pods labelled role of any value of namespace shop: TCP 80'],
    ],
    ['[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab}}}]', ['web ingress every pod of namespace lab: TCP 80']],
    [
      '[{namespaceSelector: {matchLabels: {team: a}}}, {namespaceSelector: {matchLabels: {team: b}}}]',
      ['web ingress every pod of namespaces labelled team=a: TCP 80', 'web ingress every pod of namespaces labelled team=b: TCP 80'],
    ],
    [
      '[{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {matchLabels: {app: ghost}}}]',
      ['web ingress pods labelled app=ghost of namespace shop: TCP 80'],
    ],
    ['[{ipBlock: {cidr: 10.0.0.0/8}}]', []],
    ['[{podSelector: {matchLabels: {app: web}}}]', []],
  ])('that %s means', (from, lines) => {
    expect(exposed(web, into(from))).toEqual(lines);
  });

  test('a rule of every namespace with labels is a potential peer, not anyone', () => {
    expect(exposed(web, into('[{namespaceSelector: {}, podSelector: {matchLabels: {app: ghost}}}]'))).toEqual([
      'web ingress pods labelled app=ghost of every namespace: TCP 80',
    ]);
  });

  test('a namespace that is known keeps its labels', () => {
    const lab = namespaceNamed('lab', 'team: a');
    const rule = (team: string) => into(`[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab, team: ${team}}}}]`);
    expect(exposed(web, lab, rule('a'))).toHaveLength(1);
    expect(exposed(web, lab, rule('b'))).toEqual([]);
  });

  test('the same peer of two rules is one', () => {
    const rule = 'from: [{podSelector: {matchLabels: {app: ghost}}}]';
    const both = policyNamed(
      'in',
      'shop',
      `podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{${rule}, ports: [{port: 80}]}, {${rule}, ports: [{port: 90}]}]`,
    );
    expect(exposed(web, both)).toEqual(['web ingress pods labelled app=ghost of namespace shop: TCP 80,90']);
  });
});

describe('an ingress controller', () => {
  const ingress = (port: string) =>
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: in, namespace: shop}\nspec: {defaultBackend: {service: {name: web, port: {${port}}}}}\n`;
  const serviceOf = (ports: string, selector = '{app: web}', namespace = 'shop') =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: ${namespace}}\nspec:\n  selector: ${selector}\n  ports: ${ports}\n`;
  const entered = (...texts: readonly string[]) =>
    [...flowsOf(connectivityOf(documents(...texts)))]
      .filter(({ from }) => from === '{ingress-controller}')
      .map(({ to, ports }) => `${to} ${formatPorts(ports)}`);
  const two = '[{name: one, port: 80, targetPort: http}, {name: two, port: 81, targetPort: 9000}]';

  test.each([
    ['number: 80', two, ['shop/web[Deployment] TCP 8080']],
    ['number: 81', two, ['shop/web[Deployment] TCP 9000']],
    ['name: one', two, ['shop/web[Deployment] TCP 8080']],
    ['name: two', two, ['shop/web[Deployment] TCP 9000']],
    ['name: three', two, []],
    ['number: 80', '[{port: 80, targetPort: nowhere}]', []],
    ['number: 80', '[{port: 80, targetPort: http, protocol: ICMP}]', []],
  ])('calls %s of %s', (port, ports, lines) => {
    expect(entered(web, serviceOf(ports), ingress(port))).toEqual(lines);
  });

  test('not what the Service does not select, nor pods of another namespace', () => {
    expect(entered(web, serviceOf(two, '{app: other}'), ingress('number: 80'))).toEqual([]);
    expect(entered(web, serviceOf(two, '{app: web}', 'lab'), ingress('number: 80'))).toEqual([]);
    expect(entered(web, deployment('web', 'lab', '{name: http, containerPort: 1}'), serviceOf(two), ingress('number: 80'))).toEqual([
      'shop/web[Deployment] TCP 8080',
    ]);
  });

  test('as the policies let it: it has no labels, and its namespace none', () => {
    const through = (from: string) => entered(web, serviceOf(two), ingress('number: 80'), into(from, '[{port: 8080}]'));
    expect(through('[{namespaceSelector: {}}]')).toEqual(['shop/web[Deployment] TCP 8080']);
    expect(through('[{podSelector: {}}]')).toEqual([]);
    expect(through('[{namespaceSelector: {matchLabels: {team: a}}}]')).toEqual([]);
    expect(entered(web, serviceOf(two), ingress('number: 81'), into('[{namespaceSelector: {}}]', '[{port: 8080}]'))).toEqual([]);
  });
});

describe('what changes for addresses', () => {
  const changes = (before: readonly string[], after: readonly string[]) =>
    diffFlows(connectivityOf(documents(...before)), connectivityOf(documents(...after))).map(
      ({ change, from, to, before: old, after: now, because }) =>
        `${change} ${from} ${to} ${formatPorts(old)} -> ${formatPorts(now)} (${because.join('; ')})`,
    );
  const closed = policyNamed('in', 'shop', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');

  test('ranges are cut where they differ and joined where they don’t', () => {
    expect(changes([web, closed], [web, into('[{ipBlock: {cidr: 10.0.0.0/9}}, {ipBlock: {cidr: 10.128.0.0/9}}]')])).toEqual([
      'added 10.0.0.0-10.255.255.255[External] shop/web[Deployment]  -> TCP 80 (NetworkPolicy shop/in (changed))',
    ]);
    expect(changes([web, into('[{ipBlock: {cidr: 10.0.0.0/8}}]')], [web, into('[{ipBlock: {cidr: 10.0.0.0/9}}]')])).toEqual([
      'removed 10.128.0.0-10.255.255.255[External] shop/web[Deployment] TCP 80 ->  (NetworkPolicy shop/in (changed))',
    ]);
    expect(changes([web, into('[{ipBlock: {cidr: 10.0.0.0/8}}]')], [web, into('[{ipBlock: {cidr: 10.0.0.0/8}}]', '[{port: 90}]')])).toEqual([
      'changed 10.0.0.0-10.255.255.255[External] shop/web[Deployment] TCP 80 -> TCP 90 (NetworkPolicy shop/in (changed))',
    ]);
  });

  test('outwards too', () => {
    const out = policyNamed('in', 'shop', 'podSelector: {}\npolicyTypes: [Ingress, Egress]\negress: [{to: [{ipBlock: {cidr: 10.0.0.1/32}}]}]');
    expect(changes([web, closed], [web, out])).toEqual([
      'added shop/web[Deployment] 10.0.0.1-10.0.0.1[External]  -> All Connections (NetworkPolicy shop/in (changed))',
    ]);
  });

  test('only policies that select an end are named', () => {
    const other = policyNamed('other', 'lab', 'podSelector: {}\npolicyTypes: [Ingress]');
    expect(changes([web, closed], [web, into('[{ipBlock: {cidr: 10.0.0.1/32}}]'), other])).toEqual([
      'added 10.0.0.1-10.0.0.1[External] shop/web[Deployment]  -> TCP 80 (NetworkPolicy shop/in (changed))',
    ]);
  });
});
