import { describe, expect, test } from 'vitest';
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { Observer } from '../../server/src/connectivity/observer.ts';
import { isMember } from '../../server/src/connectivity/podSets.ts';
import { explainSide } from '../../server/src/connectivity/reasons.ts';
import { deployment, documents, namespaceNamed, policyNamed, service } from '../../server/src/rules/examples.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { endpointOf, connectivityOf as read } from '../support/manifestCluster.ts';

const file = 'file:///work/a.yaml';
const base = [
  namespaceNamed('shop'),
  deployment('web', 'shop', '{name: http, containerPort: 8080}'),
  deployment('db', 'shop', '{containerPort: 5432}'),
  deployment('job', 'lab'),
  service('web', 'shop', '{port: 80}'),
  policyNamed('keep', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]'),
];
const adminPolicy =
  'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\nspec:\n  priority: 1\n  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: lab}}}\n  ingress: [{action: Deny, from: [{namespaces: {}}]}]\n';
const forDb = policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]');
const forJob = policyNamed('job', 'lab', 'podSelector: {}\npolicyTypes: [Egress]');

type Ask = (observer: Observer) => unknown;
const asks: Readonly<Record<string, Ask>> = {
  nothing: () => undefined,
  'the policies of web': (observer) => observer.policiesOf(endpointOf(observer.connectivity, 'web'), 'ingress'),
  'whether db is isolated': (observer) => observer.isIsolated(endpointOf(observer.connectivity, 'db'), 'ingress'),
  'one side of db': (observer) => observer.side(endpointOf(observer.connectivity, 'db'), 'ingress', endpointOf(observer.connectivity, 'web')),
  'the policies in shop': (observer) => observer.policiesIn('shop'),
  'the policies around web': (observer) => observer.policiesAround('shop', { requirements: [{ key: 'app', operator: 'In', values: ['web'] }] }),
};

/** Whether what was asked still holds after a change of the file. */
function holds(ask: string, ...after: readonly string[]): boolean {
  const workspace = new Workspace();
  workspace.setFolders(['file:///work']);
  const state = (texts: readonly string[]) => {
    workspace.set(file, documents(...texts));
    return connectivityOf(workspace.viewFor(file).cluster);
  };
  const observer = new Observer(state(base));
  asks[ask]?.(observer);
  expect(observer.holdsFor(observer.connectivity)).toBe(true);
  return observer.holdsFor(state(after));
}

describe('what was learned of policies', () => {
  test.each([
    ['nothing', [...base, forDb], true],
    ['the policies of web', [...base, forDb], true],
    ['the policies of web', [...base, forJob], true],
    ['whether db is isolated', [...base, forDb], false],
    ['whether db is isolated', [...base, forJob], true],
    ['one side of db', [...base, forDb], false],
    ['one side of db', [...base, forJob], true],
    ['the policies in shop', [...base, forDb], false],
    ['the policies in shop', [...base, forJob], true],
    ['the policies around web', [...base, forDb], false],
    ['the policies around web', [...base, forJob], true],
    // What is cluster-wide, and workloads, namespaces and Services, concern everything.
    ['nothing', [...base, adminPolicy], false],
    ['nothing', [...base, deployment('new', 'lab')], false],
    ['nothing', [...base, namespaceNamed('lab', 'team: a')], false],
    ['nothing', [...base, service('db', 'shop', '{port: 80}')], false],
    ['nothing', base.slice(0, -1), false],
    ['nothing', base, true],
  ] as const)('%s, case %#: holds %s', (ask, after, expected) => {
    expect(holds(ask, ...after)).toBe(expected);
  });

  test('is nothing to another cluster', () => {
    const [one, other] = [read(documents(...base)), read(documents(...base))];
    expect(new Observer(one).holdsFor(other)).toBe(false);
  });
});

test('a state made from the one before answers as one made from nothing', () => {
  const workspace = new Workspace();
  workspace.setFolders(['file:///work']);
  const many = Array.from({ length: 70 }, (_, i) => deployment(`w${i}`, 'shop'));
  const steps = [
    base,
    [...base, forDb],
    [...base, forDb, forJob],
    [...base, forJob],
    [...base, ...many, forJob],
    [...base, ...many],
    [...base, ...many, policyNamed('all', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]')],
  ];
  for (const texts of steps) {
    workspace.set(file, documents(...texts));
    const grown = connectivityOf(workspace.viewFor(file).cluster);
    const fresh = read(documents(...texts));
    const isolated = (one: typeof grown) =>
      one.endpoints.map((endpoint) => `${endpoint.workload.name} ${one.isIsolated(endpoint, 'ingress')} ${one.isIsolated(endpoint, 'egress')}`);
    expect(isolated(grown)).toEqual(isolated(fresh));
  }
});

describe('sets of pods in a namespace of many', () => {
  const many = read(
    documents(
      ...Array.from({ length: 40 }, (_, i) => deployment(`w${i}`, 'shop')),
      deployment('w1', 'lab'),
      policyNamed('exact', 'shop', 'podSelector: {matchLabels: {app: w33}}\npolicyTypes: [Ingress]'),
      policyNamed('none', 'shop', 'podSelector: {matchLabels: {app: nobody}}\npolicyTypes: [Ingress]'),
      policyNamed('some', 'shop', 'podSelector: {matchExpressions: [{key: app, operator: In, values: [w1, w2]}]}\npolicyTypes: [Egress]'),
      policyNamed(
        'both',
        'shop',
        'podSelector: {matchLabels: {app: w5}, matchExpressions: [{key: app, operator: NotIn, values: [w5]}]}\npolicyTypes: [Egress]',
      ),
    ),
  );
  const isolated = (direction: 'ingress' | 'egress') =>
    many.endpoints.filter((endpoint) => many.isIsolated(endpoint, direction)).map(({ workload }) => `${workload.namespace}/${workload.name}`);

  test('hold those with the label, and no others', () => {
    expect(isolated('ingress')).toEqual(['shop/w33']);
    expect(isolated('egress')).toEqual(['shop/w1', 'shop/w2']);
    const [exact] = many.policiesIn('shop').filter(({ policy }) => policy.name === 'exact');
    expect(many.classes.map((_, index) => index).filter((index) => exact && isMember(exact.subject, index))).toHaveLength(1);
  });
});

test('a port by name is that of whoever is called, on either side', () => {
  const own = read(
    documents(
      deployment('web', 'shop', '{name: http, containerPort: 8080}'),
      deployment('db', 'shop', '{name: http, containerPort: 9090}'),
      policyNamed(
        'in',
        'shop',
        'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress, Egress]\ningress: [{ports: [{port: http}]}]\negress: [{ports: [{port: http}]}]',
      ),
    ),
  );
  const [web, db] = [endpointOf(own, 'web'), endpointOf(own, 'db')];
  const passes = (direction: 'ingress' | 'egress', peer: typeof web | bigint, port: number) =>
    explainSide(own, web, direction, peer, { protocol: 'TCP', port }).allowed;
  expect([passes('ingress', db, 8080), passes('ingress', db, 9090)]).toEqual([true, false]);
  expect([passes('egress', db, 9090), passes('egress', db, 8080)]).toEqual([true, false]);
  // An address has no ports by name.
  expect([passes('ingress', 1n, 8080), passes('egress', 1n, 8080), passes('egress', 1n, 9090)]).toEqual([true, false, false]);
});
