import { describe, expect, test } from 'vitest';
import { type Completion, completionsAt } from '../../server/src/features/completion.ts';
import { plainSnippet } from '../../server/src/features/snippetText.ts';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed } from '../../server/src/rules/examples.ts';
import { workspaceWith } from '../support/at.ts';
import { atCursor } from '../support/cursor.ts';
import { findingsAmong } from '../support/findings.ts';

const cluster = documents(
  namespaceNamed('shop'),
  namespaceNamed('edge', 'team: edge'),
  deployment('web', 'shop', '{containerPort: 8080, name: http}', '{containerPort: 9102, name: metrics}'),
  deployment('db', 'shop', '{containerPort: 5432}').replace('        app: db\n', '        app: db\n        tier: data\n'),
  deployment('proxy', 'edge', '{containerPort: 443, name: https}'),
  policyNamed('old', 'edge', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{ipBlock: {cidr: 198.51.100.0/24}}]'),
);

function complete(marked: string, name = 'policy.yaml'): { readonly items: readonly Completion[]; readonly accept: (label: string) => string } {
  const { text, document, offset, shift } = atCursor(marked, name);
  const view = workspaceWith({ 'cluster.yaml': cluster }).viewFor('file:///work/policy.yaml');
  const items = completionsAt(document.text, offset, { fieldHelp: true }, { view, namespace: 'shop' });
  return {
    items,
    accept(label) {
      const item = items.find((candidate) => candidate.label === label);
      if (!item) throw new Error(`Not offered: ${label}; there are ${items.map((one) => one.label).join(', ')}.`);
      return text.slice(0, item.range.start + shift) + plainSnippet(item.snippet) + text.slice(item.range.end + shift);
    },
  };
}
const labels = (marked: string) => complete(marked).items.map(({ label }) => label);
const policy = (spec: string) => policyNamed('p', 'shop', spec);

describe('labels', () => {
  test('of the pods of the policy’s namespace, with their values as a choice', () => {
    const marked = policy('podSelector:\n  matchLabels:\n    $0');
    expect(labels(marked)).toEqual(['app', 'tier']);
    const { items, accept } = complete(marked);
    expect(items[0]).toMatchObject({ detail: 'web and db', documentation: 'On Deployment web and Deployment db.', snippet: 'app: ${1|web,db|}' });
    expect(accept('tier')).toContain('      tier: data');
  });

  test('in a policy of an administrator: of every pod, and of namespaces', () => {
    const admin = (spec: string) => adminPolicyWith(`priority: 1\n${spec}`);
    const pods = (selector: string, where = '{}') =>
      admin(`subject:\n  pods:\n    namespaceSelector: ${where}\n    podSelector:\n      matchLabels:\n        ${selector}`);
    expect(labels(pods('$0'))).toEqual(['app', 'tier']);
    expect(labels(pods('app: $0'))).toEqual(['web', 'db', 'proxy']);
    // Those of the namespaces that are written first.
    expect(labels(pods('app: $0', '{matchLabels: {team: edge}}'))).toEqual(['proxy', 'web', 'db']);
    expect(labels(admin('subject:\n  namespaces:\n    matchLabels:\n      $0'))).toEqual(['kubernetes.io/metadata.name', 'team']);
    expect(
      labels(
        admin('subject: {namespaces: {}}\negress:\n  - action: Deny\n    to:\n      - namespaces:\n          matchLabels:\n            team: $0'),
      ),
    ).toEqual(['edge']);
  });

  test('ports in a policy of an administrator: of its subject, or of its peers', () => {
    const spec = (direction: string, rest: string) =>
      `priority: 1\nsubject: {namespaces: {matchLabels: {team: edge}}}\n${direction}:\n  - action: Deny\n    ${direction === 'ingress' ? 'from: [{namespaces: {}}]' : 'to: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}]'}\n    ${rest}`;
    const old = (direction: string, port: string) => adminPolicyWith(spec(direction, `ports: [${port}]`));
    expect(labels(old('ingress', '{portNumber: {protocol: TCP, port: $0}}'))).toEqual(['443']);
    expect(labels(old('ingress', '{namedPort: $0}'))).toEqual(['https']);
    expect(labels(old('egress', '{portNumber: {port: $0}}'))).toEqual(['8080', '9102', '5432']);
    const now = (direction: string, port: string) =>
      adminPolicyWith(`tier: Admin\n${spec(direction, `protocols: [${port}]`)}`)
        .replace('v1alpha1', 'v1alpha2')
        .replace('AdminNetworkPolicy', 'ClusterNetworkPolicy');
    expect(labels(now('egress', '{tcp: {destinationPort: {number: $0}}}'))).toEqual(['8080', '9102', '5432']);
    expect(labels(now('egress', '{udp: {destinationPort: {number: $0}}}'))).toEqual([]);
    expect(labels(now('egress', '{destinationNamedPort: $0}'))).toEqual(['http', 'metrics']);
  });

  test('values of a key, with the workloads that carry them', () => {
    const { items, accept } = complete(policy('podSelector:\n  matchLabels:\n    app: $0'));
    expect(items.map(({ label, detail }) => [label, detail])).toEqual([
      ['web', 'Deployment web'],
      ['db', 'Deployment db'],
    ]);
    expect(accept('db')).toContain('      app: db');
  });

  test('of a peer: the policy’s namespace first, then others; with a namespaceSelector, its namespaces', () => {
    const peer = (rest: string) => policy(`podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - ${rest}`);
    expect(labels(peer('podSelector:\n          matchLabels:\n            app: $0'))).toEqual(['web', 'db', 'proxy']);
    expect(
      labels(
        peer('namespaceSelector:\n          matchLabels:\n            team: edge\n        podSelector:\n          matchLabels:\n            app: $0'),
      )[0],
    ).toBe('proxy');
    expect(labels(peer('namespaceSelector:\n          matchLabels:\n            $0'))).toEqual(['kubernetes.io/metadata.name', 'team']);
    expect(labels(peer('namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: $0'))).toEqual(['shop', 'edge']);
  });

  test('in expressions: keys, and values that are not there yet', () => {
    expect(labels(policy('podSelector:\n  matchExpressions:\n    - key: $0'))).toEqual(['app', 'tier']);
    expect(
      labels(policy('podSelector:\n  matchExpressions:\n    - key: app\n      operator: In\n      values:\n        - web\n        - $0')),
    ).toEqual(['db']);
  });

  test('of a Deployment are its own business', () => {
    expect(labels('apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  labels:\n    $0\n')).toEqual([]);
  });
});

test('namespaces', () => {
  expect(labels('apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\n  namespace: $0\n')).toEqual(['shop', 'edge']);
});

describe('ports', () => {
  test('of the selected pods, by number and name, with their protocol', () => {
    const { items } = complete(policy('podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - ports:\n      - port: $0'));
    expect(items.map(({ label, detail }) => [label, detail])).toEqual([
      ['8080', 'TCP 8080 (http)'],
      ['http', 'TCP 8080 (http)'],
      ['9102', 'TCP 9102 (metrics)'],
      ['metrics', 'TCP 9102 (metrics)'],
    ]);
  });

  test('of the pods that an egress rule leads to', () => {
    const to = (rest: string) => policy(`podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to:\n      - ${rest}\n    ports:\n      - port: $0`);
    expect(labels(to('podSelector: {matchLabels: {app: db}}'))).toEqual(['5432']);
    expect(labels(to('namespaceSelector: {matchLabels: {team: edge}}'))).toEqual(['443', 'https']);
    expect(labels(policy('podSelector: {}\negress:\n  - to:\n      - podSelector: {}\n    ports:\n      - protocol: UDP\n        port: $0'))).toEqual(
      [],
    );
  });
});

test('CIDRs: those in use, then well-known ones, with what they are', () => {
  const { items } = complete(policy('podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to:\n      - ipBlock:\n          cidr: $0'));
  expect(items[0]).toMatchObject({ label: '198.51.100.0/24', detail: 'used by old', documentation: expect.stringContaining('256 addresses') });
  expect(items.map(({ label }) => label)).toContain('169.254.169.254/32');
});

describe('whole rules', () => {
  test.each([
    ['egress', 'allow DNS'],
    ['egress', 'to the API server'],
    ['ingress', 'within the namespace'],
    ['ingress', 'from an ingress controller'],
    ['ingress', 'scraping by Prometheus'],
  ])('for %s: %s, valid where it is accepted', (direction, label) => {
    const types = direction === 'egress' ? 'Egress' : 'Ingress';
    for (const open of ['\n    $0', '\n    - $0']) {
      const text = complete(policy(`podSelector: {}\npolicyTypes: [${types}]\n${direction}:`).replace(/\n$/, `${open}\n`)).accept(label);
      const wrong = findingsAmong({ 'policy.yaml': text }, 'policy.yaml').filter(({ severity }) => severity === 'error');
      expect(wrong.map(({ message }) => `${message}\n${text}`)).toEqual([]);
      expect(text).toMatch(direction === 'egress' ? /- to:/ : /- from:/);
    }
  });
});

test('in an empty document: a policy for each workload, those without one first, valid and free of findings', () => {
  const { items, accept } = complete('$0');
  expect(items.slice(0, 3).map(({ label, detail }) => `${label}: ${detail}`)).toEqual([
    'policy for Deployment web: namespace shop, not selected yet',
    'policy for Deployment db: namespace shop, not selected yet',
    'policy for Deployment proxy: namespace edge',
  ]);
  const text = `${accept('policy for Deployment web')}\n`;
  expect(text).toContain('podSelector:\n    matchLabels:\n      app: web\n');
  const found = findingsAmong({ 'policy.yaml': text, 'cluster.yaml': cluster }, 'policy.yaml');
  expect(found.filter(({ severity }) => severity !== 'information').map(({ message }) => message)).toEqual([]);
});

test('labels that YAML 1.1 takes for something else are quoted, with their key and alone', () => {
  const files = { 'a.yaml': deployment('web', 'shop').replace('        app: web\n', '        app: web\n        canary: "on"\n') };
  const offered = (marked: string) => {
    const { document, offset } = atCursor(marked);
    const view = workspaceWith(files).viewFor('file:///work/policy.yaml');
    return completionsAt(document.text, offset, { fieldHelp: true }, { view, namespace: 'shop' }).map(({ snippet }) => snippet);
  };
  expect(offered(policy('podSelector:\n  matchLabels:\n    $0'))).toEqual(['app: ${1|web|}', 'canary: ${1|"on"|}']);
  expect(offered(policy('podSelector: {matchLabels: {canary: $0}}'))).toEqual(['"on"']);
  expect(offered(policy("podSelector: {matchLabels: {canary: '$0'}}"))).toEqual(['on']);
  const json = (labels: string) =>
    `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"a","namespace":"shop"},"spec":{"podSelector":{"matchLabels":{${labels}}}}}`;
  expect(offered(json('"$0"'))).toEqual(['"app": "${1|web|}"', '"canary": "${1|on|}"']);
});

test('rules are written as the list is: on one line, inside of braces, in JSON', () => {
  const rule = '{from: [{podSelector: {}}], ports: [{protocol: TCP, port: 8080}]}';
  const rules = (written: string) => policy(`podSelector: {}\npolicyTypes: [Ingress]\ningress: ${written}`);
  expect(complete(rules('[$0]')).accept('within the namespace')).toBe(rules(`[${rule}]`));
  expect(complete(rules('[{$0}]')).accept('within the namespace')).toBe(rules(`[${rule}]`));
  const json = (written: string) =>
    `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"a"},"spec":{"podSelector":{},"ingress":[{${written}}]}}`;
  expect(complete(json('$0'), 'a.json').accept('within the namespace')).toBe(
    json('"from":[{"podSelector":{}}],"ports":[{"protocol":"TCP","port":8080}]'),
  );
});

test('in JSON, values are quoted and numbers are not', () => {
  const json = '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"a","namespace":"$0"}}';
  expect(complete(json, 'a.json').accept('shop')).toMatch(/"namespace": ?"shop"/);
});

describe('the kinds of Cilium and Calico', () => {
  const cilium = (spec: string) => policy(spec).replace('networking.k8s.io/v1\nkind: NetworkPolicy', 'cilium.io/v2\nkind: CiliumNetworkPolicy');
  const calico = (spec: string) => policy(spec).replace('networking.k8s.io/v1', 'projectcalico.org/v3');

  test('labels of endpoints, and the namespace among them', () => {
    const marked = cilium('endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          $0');
    expect(labels(marked)).toEqual(['app', 'tier', 'k8s:io.kubernetes.pod.namespace']);
    expect(labels(cilium('endpointSelector:\n  matchLabels:\n    k8s:app: $0'))).toEqual(['web', 'db', 'proxy']);
    expect(
      labels(cilium('endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          k8s:io.kubernetes.pod.namespace: $0')),
    ).toEqual(['shop', 'edge']);
    expect(labels(cilium('endpointSelector: {}\ningress:\n  - fromEntities:\n      - $0'))).toContain('kube-apiserver');
  });

  test.each([
    ['selector: $0', ['app', 'tier', 'all()', 'has()']],
    ["selector: app == '$0'", ['web', 'db', 'proxy']],
    ["selector: app in {'web', '$0", ['web', 'db', 'proxy']],
    ['selector: app $0', ['==', '!=', 'in', 'not in', 'contains', 'starts with', 'ends with']],
    ["selector: app == 'web' $0", ['&&', '||']],
    ["selector: app == 'web' && $0", ['app', 'tier', 'all()', 'has()']],
    ['selector: "app == $0"', ['web', 'db', 'proxy']],
    [
      'selector: all()\ningress:\n  - action: Allow\n    source:\n      namespaceSelector: $0',
      ['projectcalico.org/name', 'kubernetes.io/metadata.name', 'team', 'all()', 'has()', 'global()'],
    ],
  ])('inside of a selector: %s', (spec, expected) => {
    expect(labels(calico(spec))).toEqual(expected);
  });

  test('what is accepted can be read', () => {
    expect(complete(calico('selector: ap$0')).accept('app')).toContain("selector: app == 'web'");
    expect(complete(calico("selector: app == '$0")).accept('db')).toContain("selector: app == 'db'");
    expect(complete(calico('selector: "app == $0"')).accept('db')).toContain('selector: "app == \'db\'"');
  });
});
