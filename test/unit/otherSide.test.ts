import { describe, expect, test } from 'vitest';
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { diffFlows } from '../../server/src/connectivity/diff.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { root, workspaceWith } from '../support/at.ts';
import { afterFix, type Files, fixables } from '../support/mend.ts';

/** The other side of a flow that a policy of Cilium or Calico lets through, written by fixes. */

const named = (text: string, name: string, namespace = 'shop') =>
  text.replace(/name: \w+\n/, `name: ${name}\n`).replace(/namespace: \w+\n/, `namespace: ${namespace}\n`);
const workloads = documents(deployment('web', 'shop'), deployment('api', 'shop'), deployment('db', 'shop', '{containerPort: 5432}'));

const ciliumWeb = named(
  ciliumWith(
    'endpointSelector:\n  matchLabels:\n    app: web\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: db\n    toPorts:\n      - ports:\n          - port: "5432"\n            protocol: TCP',
  ),
  'web',
);
const ciliumDb = named(
  ciliumWith('endpointSelector:\n  matchLabels:\n    app: db\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: api'),
  'db',
);
const calicoWeb = named(
  calicoWith(
    "selector: app == 'web'\ntypes:\n  - Egress\negress:\n  - action: Allow\n    protocol: TCP\n    destination:\n      selector: app == 'db'\n      ports:\n        - 5432",
  ),
  'web',
);
const calicoDb = named(
  calicoWith("selector: app == 'db'\ntypes:\n  - Ingress\ningress:\n  - action: Allow\n    source:\n      selector: app == 'api'"),
  'db',
);
const denyAll = policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]');

/** Titles of the fixes of web's one-sided flow, and the text of each of the other files after it. */
function offered(files: Files): readonly (readonly [string, Files])[] {
  const found: (readonly [string, Files])[] = [];
  for (let i = 0; ; i++) {
    const [one] = fixables(files, (id, fixes) => (id === 'one-sided-flow' ? fixes[i] : undefined)).filter(({ name }) => name === 'web.yaml');
    if (!one) return found;
    found.push([one.fix.title, afterFix(files, one)]);
  }
}

const flowsOf = (files: Files) => connectivityOf(workspaceWith(files).viewFor(`${root}/web.yaml`).cluster);

describe.each([
  ['Cilium beside Cilium', ciliumWeb, ciliumDb],
  ['Calico beside Calico', calicoWeb, calicoDb],
  ['Cilium beside Kubernetes', ciliumWeb, denyAll],
  ['Calico beside Kubernetes', calicoWeb, denyAll],
  [
    'Kubernetes beside Calico',
    policyNamed(
      'web',
      'shop',
      'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]',
    ),
    calicoDb,
  ],
])('%s', (_, web, db) => {
  const files = { 'web.yaml': web, 'db.yaml': db, 'workloads.yaml': workloads };
  const fixes = offered(files);

  test('each fix opens the flow and nothing else', () => {
    expect(fixes.length).toBeGreaterThan(0);
    for (const [title, after] of fixes) {
      const changes = diffFlows(flowsOf(files), flowsOf(after)).map(({ from, to, before, after: now }) => [from, to, before.TCP, now.TCP]);
      expect(changes, title).toEqual([['shop/web[Deployment]', 'shop/db[Deployment]', [], [5432, 5432]]]);
      expect(offered(after), title).toEqual([]);
    }
  });

  test('is written as is the policy', () => {
    expect(fixes.map(([title, after]) => `${title}\n${after['db.yaml']?.slice(db.trimEnd().length)}`).join('\n')).toMatchSnapshot();
  });
});

test('of another namespace the peer names it', () => {
  const elsewhere = documents(deployment('web', 'edge'), deployment('db', 'shop', '{containerPort: 5432}'));
  const web = named(ciliumWeb.replace('app: db', 'app: db\n            k8s:io.kubernetes.pod.namespace: shop'), 'web', 'edge');
  const [[, after] = ['', {}]] = offered({ 'web.yaml': web, 'db.yaml': ciliumDb, 'workloads.yaml': elsewhere });
  expect(after['db.yaml']).toContain('k8s:io.kubernetes.pod.namespace: edge');
});

test('what is created is about the pods of the peer alone, for another may mean some that nothing isolates', () => {
  const labelled = workloads.replaceAll('app: db\n', 'app: db\n        tier: data\n').replaceAll('app: api\n', 'app: api\n        tier: data\n');
  const web = ciliumWeb.replace(
    '- matchLabels:\n            app: db',
    '- matchLabels:\n            tier: data\n        - matchLabels:\n            app: db',
  );
  const files = { 'web.yaml': web, 'db.yaml': ciliumDb, 'workloads.yaml': labelled };
  const fixes = offered(files);
  expect(fixes).toHaveLength(2);
  for (const [, after] of fixes) expect(after['db.yaml']).not.toContain('tier: data');
});

test('a policy of the whole cluster gets no rule: there the peer would be of every namespace', () => {
  const wide = ciliumDb.replace('CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy').replace('  namespace: shop\n', '');
  const titles = offered({ 'web.yaml': ciliumWeb, 'db.yaml': wide, 'workloads.yaml': workloads }).map(([title]) => title);
  expect(titles).toEqual(['Create the policy db-from-web']);
});

test('nothing is offered where a rule denies, nor where a tier of Calico shuts it out', () => {
  const denied = calicoDb.replace('ingress:\n', "ingress:\n    - action: Deny\n      source:\n        selector: app == 'web'\n");
  expect(offered({ 'web.yaml': calicoWeb, 'db.yaml': denied, 'workloads.yaml': workloads })).toEqual([]);
  const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: security\nspec:\n  order: 10\n';
  const tiered = calicoDb.replace('spec:\n', 'spec:\n  tier: security\n');
  expect(offered({ 'web.yaml': calicoWeb, 'db.yaml': documents(tiered, tier), 'workloads.yaml': workloads })).toEqual([]);
});

describe('what is created isolates no pod that is open', () => {
  const canary = deployment('db-canary', 'shop').replace('app: db-canary\n', 'app: db\n        tier: canary\n');

  test('where the peer’s own selector tells them apart, that is the subject', () => {
    const web = calicoWeb.replace("selector: app == 'db'", "selector: app == 'db' && tier != 'canary'");
    const db = calicoDb.replace("selector: app == 'db'", "selector: app == 'db' && tier != 'canary'");
    const files = { 'web.yaml': web, 'db.yaml': db, 'workloads.yaml': documents(workloads, canary) };
    const fixes = offered(files);
    expect(fixes.map(([title]) => title)).toEqual(['Add the ingress rule to policy db of Deployment db', 'Create the policy db-from-web']);
    for (const [title, after] of fixes)
      expect(
        diffFlows(flowsOf(files), flowsOf(after)).map(({ from, to }) => `${from} ${to}`),
        title,
      ).toEqual(['shop/web[Deployment] shop/db[Deployment]']);
  });

  test('where nothing does, none is offered', () => {
    const web = policyNamed(
      'web',
      'shop',
      'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: pg}]',
    );
    const db = policyNamed('db', 'shop', 'podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}\npolicyTypes: [Ingress]');
    const named = deployment('db', 'shop', '{name: pg, containerPort: 5432}');
    const files = { 'web.yaml': web, 'db.yaml': db, 'workloads.yaml': documents(deployment('web', 'shop'), named) };
    expect(offered(files).map(([title]) => title)).toEqual(['Create the policy db-from-web']);
    expect(offered({ ...files, 'workloads.yaml': documents(deployment('web', 'shop'), named, canary) })).toEqual([]);
  });
});
