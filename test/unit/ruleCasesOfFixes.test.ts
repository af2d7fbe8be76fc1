import { describe, expect, test } from 'vitest';
import { adminPolicyWith, deployment, documents, policyNamed, policyWith } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { found, mended, said } from '../support/said.ts';
import { valuesOf } from '../support/yamlStyles.ts';

/** Beside the examples of their pages: what fixes write where more stands around than there. */

/** The part of a text below its `spec:`. */
const specOf = (text: string | undefined): string | undefined => text?.slice(text.indexOf('spec:\n') + 'spec:\n'.length);
const mendedSpec = (id: string, text: string, index?: number) => specOf(mended(id, text, index));

describe('a key that is there and says nothing is filled in, not written twice', () => {
  const web = deployment('web', 'shop', '{containerPort: 80}');
  const policy = (rule: string) => policyNamed('web', 'shop', `podSelector: {}\npolicyTypes: [Ingress]\ningress:\n${rule}`);
  test.each(['ports: []', 'ports:', 'ports: null', 'ports: ~'])('%s', (ports) => {
    const text = documents(policy(`  - from: [{podSelector: {}}]\n    ${ports}`), web);
    expect(mendedSpec('all-ports-open', text)?.split('---')[0]).toBe(
      '  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n    - from: [{podSelector: {}}]\n      ports:\n        - protocol: TCP\n          port: 80\n',
    );
    const onOneLine = documents(policy(`  - {from: [{podSelector: {}}], ${ports === 'ports:' ? 'ports: ' : ports}}`), web);
    expect(mendedSpec('all-ports-open', onOneLine)).toContain('- {from: [{podSelector: {}}], ports: [{protocol: TCP, port: 80}]}\n');
  });

  test.each(['except: []', 'except:'])('%s', (except) => {
    const text = policyWith(`podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 0.0.0.0/0\n          ${except}`);
    expect(mendedSpec('metadata-service-reachable', text)).toBe(
      '  podSelector: {}\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 0.0.0.0/0\n            except:\n              - 169.254.169.254/32\n',
    );
  });

  test.each(['policyTypes: []', 'policyTypes:'])('%s', (types) => {
    expect(mendedSpec('implicit-policy-types', policyWith(`podSelector: {}\n${types}\ningress: []`))).toBe(
      '  podSelector: {}\n  policyTypes:\n    - Ingress\n  ingress: []\n',
    );
  });

  test('protocol, values', () => {
    const port = policy('  - from: [{podSelector: {}}]\n    ports:\n      - protocol:\n        port: 53');
    const dns = deployment('web', 'shop', '{containerPort: 53, protocol: UDP}');
    expect(mendedSpec('protocol-mismatch', documents(port, dns))).toContain('- protocol: UDP\n          port: 53\n');
    const values = (written: string) =>
      mendedSpec('selector-operator', policyWith(`podSelector:\n  matchExpressions:\n    - {key: app, operator: In${written}}`));
    expect(values(', values: []')).toContain('- {key: app, operator: In, values: [value]}\n');
    expect(values('')).toContain('- {key: app, operator: In, values: [value]}\n');
  });
});

describe('missing-field', () => {
  const id = 'missing-field';
  test('what is inserted is of the field’s type, and as much as the API server asks for', () => {
    const noSpec = adminPolicyWith('a: b').replace(/spec:\n[\s\S]*/, '');
    expect(mended(id, noSpec)).toMatchInlineSnapshot(`
      "apiVersion: policy.networking.k8s.io/v1alpha1
      kind: AdminNetworkPolicy
      metadata:
        name: web
      spec:
        priority: 1000
        subject:
          namespaces: {}
      "
    `);
    expect(said(id, mended(id, noSpec) ?? '')).toEqual([]);
    const rule = adminPolicyWith('priority: 5\nsubject: {namespaces: {}}\ningress:\n  - name: a');
    expect(said(id, rule)).toMatchInlineSnapshot(`
      [
        "error [-] spec.ingress[0].action is required and missing: what becomes of traffic that this rule matches. → Insert action",
        "error [-] spec.ingress[0].from is required and missing: the sources that the rule matches; each item is an alternative (or). → Insert from",
      ]
    `);
    expect(mendedSpec(id, rule, 0)).toMatchInlineSnapshot(`
      "  priority: 5
        subject: {namespaces: {}}
        ingress:
          - name: a
            action: Allow
      "
    `);
    expect(mendedSpec(id, adminPolicyWith('priority: 5\nsubject: {namespaces: {}}\ningress:\n  - {action: Deny}'))).toContain(
      '- {action: Deny, from: [{namespaces: {}}]}\n',
    );
    const range = adminPolicyWith(
      'priority: 5\nsubject: {namespaces: {}}\ningress:\n  - {action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {protocol: TCP}}]}',
    );
    expect(mendedSpec(id, range)).toContain('ports: [{portNumber: {protocol: TCP, port: 80}}]');
  });

  test('a field that is misspelt is one mistake', () => {
    const text = 'apiVersio: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n';
    expect(said(id, text)).toEqual([]);
    expect(found('unknown-field', { text })).toHaveLength(1);
    const expression = policyWith('podSelector:\n  matchExpressions:\n    - {key: app, operatr: Exists}');
    expect(said(id, expression)).toEqual([]);
    expect(mendedSpec('unknown-field', expression)).toContain('{key: app, operator: Exists}');
  });

  test('metadata on one line and in JSON', () => {
    expect(mended(id, '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy}\n')).toBe(
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: my-policy}}\n',
    );
    expect(mended(id, '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}\n')).toBe(
      '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name":"my-policy"}}\n',
    );
    expect(mended(id, 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\nspec:\n  podSelector: {}\n')).toContain(
      '\nmetadata:\n  name: my-policy\nspec:',
    );
    expect(said(id, 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ""\nspec: {}\n')).toMatchInlineSnapshot(`
      [
        "error [metadata] metadata.name is required and missing: the name of the object, unique among objects of its kind in its namespace. → Set name to my-policy",
      ]
    `);
  });
});

describe('peers-or-instead-of-and: two peers become one', () => {
  const id = 'peers-or-instead-of-and';
  const [namespaces, pods] = ['namespaceSelector: {matchLabels: {team: a}}', 'podSelector: {matchLabels: {app: b}}'];
  test.each([
    `      - ${namespaces}\n      - ${pods}`,
    `      -\n        ${namespaces}\n      -\n        ${pods}`,
    `      - ${namespaces}\n      - {${pods}}`,
    `      - { ${namespaces} }\n      - ${pods}`,
    `      -   ${namespaces}\n      -   ${pods}`,
  ])('%j', (peers) => {
    const result = mended(id, policyWith(`podSelector: {}\ningress:\n  - from:\n${peers}`));
    expect(valuesOf(result ?? '')).toBe(valuesOf(policyWith(`podSelector: {}\ningress:\n  - from:\n      - ${namespaces}\n        ${pods}`)));
  });

  test('but not where more than a dash stands between', () => {
    for (const peers of [
      `      - ${namespaces}\n      - # why\n        ${pods}`,
      `      - ${namespaces}\n      - &b\n        ${pods}`,
      `      - ${namespaces}\n      -   ${pods}`,
      `      - {${namespaces}\n         }\n      - ${pods}`,
    ]) {
      const text = policyWith(`podSelector: {}\ningress:\n  - from:\n${peers}`);
      expect(found(id, { text })).toHaveLength(1);
      expect(mended(id, text), peers).toBeUndefined();
    }
  });
});

test('null-rule-allows-all: a rule on one line goes, or says what it allows', () => {
  const text = policyWith('podSelector: {}\ningress: [{from: [{podSelector: {}}]}, null]');
  expect(mendedSpec('null-rule-allows-all', text)).toBe('  podSelector: {}\n  ingress: [{from: [{podSelector: {}}]}]\n');
  expect(mendedSpec('null-rule-allows-all', text, 1)).toBe('  podSelector: {}\n  ingress: [{from: [{podSelector: {}}]}, {}]\n');
});

describe('selectors of Calico over several lines', () => {
  const pods = documents(deployment('web', 'shop'), deployment('api', 'shop'));
  test('one word is mended, and the rest stays', () => {
    const text = calicoWith("selector: >-\n  has(app) &&\n  app in {'wbe', 'api'}\ntypes: [Ingress]");
    expect(found('vendor-label-typo', { text: documents(text, pods) }).map(({ start, end }) => text.slice(start, end))).toEqual(['wbe']);
    expect(mended('vendor-label-typo', documents(text, pods))).toContain("  has(app) &&\n    app in {'web', 'api'}\n");
    expect(mended('calico-selector', calicoWith("selector: |\n  app = 'web'\ntypes: [Ingress]"))).toContain("selector: |\n    app == 'web'\n");
  });

  test('nothing is offered where a word is written in another way than it reads', () => {
    const text = calicoWith('selector: "app == \'w\\u0062e\'"\ntypes: [Ingress]');
    expect(said('vendor-label-typo', documents(text, pods))).toMatchInlineSnapshot(`
      [
        "warning ["app == 'w\\u0062e'"] No pod that the workspace knows has the value of app "wbe"; there is "web".",
      ]
    `);
  });
});

test('a label’s key is not mended to one that stands beside it', () => {
  const labels = (other: string) => policyNamed('web', 'shop', `podSelector:\n  matchLabels:\n    ${other}appx: web\npolicyTypes: [Ingress]`);
  const pods = deployment('web', 'shop');
  expect(mended('selector-matches-nothing', documents(labels(''), pods))).toContain('      app: web\n  policyTypes');
  expect(mended('selector-matches-nothing', documents(labels('app: web\n    '), pods))).toBeUndefined();
  const cilium = (other: string) => ciliumWith(`endpointSelector:\n  matchLabels:\n    ${other}appx: web\ningress: [{}]`);
  expect(mended('vendor-label-typo', documents(cilium(''), pods))).toContain('      app: web\n  ingress');
  expect(found('vendor-label-typo', { text: documents(cilium('app: web\n    '), pods) })).toHaveLength(1);
  expect(mended('vendor-label-typo', documents(cilium('app: web\n    '), pods))).toBeUndefined();
});

test('a workload without a name gets a policy with one', () => {
  const nameless = deployment('web', 'shop').replace('  name: web\n', '  generateName: web-\n');
  const text = documents(
    nameless,
    policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]'),
    deployment('db', 'shop'),
  );
  expect(mended('workload-not-isolated', text)).toMatch(/kind: NetworkPolicy\nmetadata:\n {2}name: [a-z]/);
});

describe('a last egress rule that goes leaves its direction isolated', () => {
  test('types that were left out are written', () => {
    const text = policyWith('podSelector: {}\negress:\n  - to: []\n    ports:\n      - port: 53');
    expect(mendedSpec('empty-list-allows-all', text, 1)).toBe('  podSelector: {}\n  policyTypes:\n    - Ingress\n    - Egress\n  egress: []\n');
    expect(mendedSpec('null-rule-allows-all', policyWith('podSelector: {}\npolicyTypes:\negress:\n  -'))).toBe(
      '  podSelector: {}\n  policyTypes:\n    - Ingress\n    - Egress\n  egress: []\n',
    );
  });

  test('not where there are others, where the types are written, and for ingress, which is always among them', () => {
    const spec = (egress: string) => mendedSpec('empty-list-allows-all', policyWith(egress), 1);
    expect(spec('podSelector: {}\negress:\n  - to: []\n  - ports: [{port: 53}]')).toBe('  podSelector: {}\n  egress:\n    - ports: [{port: 53}]\n');
    expect(spec('podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: []')).toBe('  podSelector: {}\n  policyTypes: [Egress]\n  egress: []\n');
    expect(spec('podSelector: {}\ningress:\n  - from: []')).toBe('  podSelector: {}\n  ingress: []\n');
  });
});

describe('what another policy decides', () => {
  const pods = [deployment('web', 'shop', '{containerPort: 80}'), deployment('db', 'shop', '{containerPort: 5432}')];
  const web = policyNamed(
    'web',
    'shop',
    'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: db}}}]',
  );
  const titles = (...others: readonly string[]) =>
    found('one-sided-flow', { text: documents(web, ...pods, ...others) }).map(({ finding }) => (finding.fixes?.() ?? []).map(({ title }) => title));

  test('one-sided-flow offers a policy where one is lacking, and none where that could not help', () => {
    expect(titles(policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Egress]'))).toEqual([
      ['Create the policy db-to-web'],
    ]);
    const denied = adminPolicyWith('subject:\n  namespaces: {}\npriority: 1\negress:\n  - action: Deny\n    to: [{namespaces: {}}]');
    expect(titles(denied)).toEqual([[]]);
    const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: security\nspec:\n  order: 1\n  defaultAction: Deny\n';
    const inTier = calicoWith('tier: security\nselector: app == "db"\ntypes: [Egress]').replace(/namespace: .*/, 'namespace: shop');
    expect(titles(tier, inTier)).toEqual([[]]);
    expect(titles(inTier.replace('tier: security', 'tier: default'))).toEqual([['Create the policy db-to-web']]);
  });

  test('workload-not-isolated says who else would be selected', () => {
    const canary = deployment('canary', 'shop')
      .replaceAll('app: canary', 'app: web\n        track: canary')
      .replace('matchLabels:\n      app: web\n        track', 'matchLabels:\n      app: web\n      track');
    const text = documents(
      deployment('web', 'shop', '{containerPort: 80}'),
      policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}'),
      pods[1] ?? '',
    );
    const offered = (some: string) =>
      found('workload-not-isolated', { text: some }).flatMap(({ finding }) => (finding.fixes?.() ?? []).map(({ title }) => title));
    expect(offered(text)[0]).toBe('Create the policy web: its ports open to the namespace');
    expect(offered(documents(text, canary))[0]).toBe('Create the policy web: its ports open to the namespace; it selects Deployment canary too');
  });
});

test('a selector that asks twice for a label is corrected where both then agree', () => {
  const twice = policyNamed(
    'web',
    'shop',
    'podSelector:\n  matchExpressions:\n    - {key: app, operator: In, values: [wep]}\n    - {key: app, operator: In, values: [a, wep]}\npolicyTypes: [Ingress]',
  );
  expect(
    found('selector-matches-nothing', { text: documents(twice, deployment('web', 'shop')) }).flatMap(({ finding }) => finding.fixes?.() ?? []),
  ).toEqual([]);
});
