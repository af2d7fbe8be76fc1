import { describe, expect, test } from 'vitest';
import { deployment, documents, namespaceNamed, policyNamed, policyWith, service } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith, clusterwideWith, globalWith } from '../../server/src/rules/vendor.ts';
import { found, mended, said } from '../support/said.ts';

/** Beside the examples of their pages: what rules say where the surroundings differ, and where they have nothing to say. */

const egress = (name: string, rules: string, selector = '{matchLabels: {app: web}}') =>
  policyNamed(name, 'shop', `podSelector: ${selector}\npolicyTypes: [Egress]\negress:\n${rules}`);
const ingress = (name: string, rules: string, selector = '{matchLabels: {app: web}}') =>
  policyNamed(name, 'shop', `podSelector: ${selector}\npolicyTypes: [Ingress]\ningress:\n${rules}`);

describe('all-namespaces-open', () => {
  const id = 'all-namespaces-open';
  const toAll = (ports: string) => egress('web', `  - to: [{namespaceSelector: {}}]\n    ports: [${ports}]`);

  test('DNS may be asked anywhere', () => {
    expect(said(id, toAll('{port: 53, protocol: UDP}, {port: 5353, protocol: UDP}'))).toMatchInlineSnapshot(`[]`);
    expect(said(id, toAll('{port: 53, protocol: UDP}, {port: 80}'))).toMatchInlineSnapshot(`
      [
        "information [namespaceSelector] Means every pod of every namespace; it does not mean "this namespace", which is podSelector: {}. → Select this namespace alone",
      ]
    `);
    expect(said(id, ingress('web', '  - from: [{namespaceSelector: {}}]\n    ports: [{port: 53}]'))).toMatchInlineSnapshot(`
      [
        "information [namespaceSelector] Means every pod of every namespace; it does not mean "this namespace", which is podSelector: {}. → Select this namespace alone",
      ]
    `);
    expect(said(id, egress('web', '  - to: [{namespaceSelector: {}}]'))).toMatchInlineSnapshot(`
      [
        "information [namespaceSelector] Means every pod of every namespace; it does not mean "this namespace", which is podSelector: {}. → Select this namespace alone",
      ]
    `);
  });

  test('workloads of other namespaces are counted, and the namespaces offered', () => {
    const text = ingress('web', '  - from:\n      - namespaceSelector: {}\n        podSelector: {}');
    const around = documents(deployment('web', 'shop'), deployment('api', 'team'), namespaceNamed('kube-system'));
    expect(said(id, { text, files: { 'a.yaml': around } })).toMatchInlineSnapshot(`
      [
        "information [namespaceSelector] Means every pod of every namespace, one workload of other namespaces in this workspace among them; it does not mean "this namespace", which is podSelector: {}. → Select this namespace alone | Select namespace team alone",
      ]
    `);
    expect(said(id, { text, files: { 'a.yaml': documents(around, deployment('db', 'data')) } })).toMatchInlineSnapshot(`
      [
        "information [namespaceSelector] Means every pod of every namespace, 2 workloads of other namespaces in this workspace among them; it does not mean "this namespace", which is podSelector: {}. → Select this namespace alone | Select namespace team alone | Select namespace data alone",
      ]
    `);
    expect(mended(id, { text, files: { 'a.yaml': around } })).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {matchLabels: {app: web}}
        policyTypes: [Ingress]
        ingress:
          - from:
              - podSelector: {}
      "
    `);
  });
});

describe('all-ports-open', () => {
  const id = 'all-ports-open';
  const listening = (...ports: readonly string[]) =>
    documents(deployment('web', 'shop', ...ports), deployment('api', 'shop', '{containerPort: 9000}'));

  test('the ports of the pods are named, each once', () => {
    const text = ingress('web', '  - from: [{podSelector: {}}]', '{}');
    expect(
      said(id, { text, files: { 'a.yaml': listening('{containerPort: 80}', '{containerPort: 80}', '{containerPort: 53, protocol: UDP}') } }),
    ).toMatchInlineSnapshot(`
      [
        "information [from] Opens every port of Deployment web and Deployment api to every pod of namespace shop; they declare TCP 80, UDP 53, and TCP 9000. → Allow TCP 80, UDP 53, and TCP 9000 alone",
      ]
    `);
    expect(mended(id, { text, files: { 'a.yaml': listening('{containerPort: 80}') } })).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        policyTypes: [Ingress]
        ingress:
          - from: [{podSelector: {}}]
            ports:
              - protocol: TCP
                port: 80
              - protocol: TCP
                port: 9000
      "
    `);
  });

  test('on egress they are those of the peers', () => {
    const text = egress('web', '  - {to: [{podSelector: {matchLabels: {app: api}}}]}');
    expect(said(id, { text, files: { 'a.yaml': listening() } })).toMatchInlineSnapshot(`
      [
        "information [to] Opens every port of Deployment api for traffic to pods labelled app=api of namespace shop; it declares TCP 9000. → Allow TCP 9000 alone",
      ]
    `);
    expect(mended(id, { text, files: { 'a.yaml': listening() } })).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {matchLabels: {app: web}}
        policyTypes: [Egress]
        egress:
          - {to: [{podSelector: {matchLabels: {app: api}}}], ports: [{protocol: TCP, port: 9000}]}
      "
    `);
  });

  test('ten ports are offered, eleven are not', () => {
    const text = ingress('web', '  - from: [{podSelector: {}}]');
    const ports = (count: number) => listening(...Array.from({ length: count }, (_, i) => `{containerPort: ${8000 + i}}`));
    expect(said(id, { text, files: { 'a.yaml': ports(10) } })).toMatchInlineSnapshot(`
      [
        "information [from] Opens every port of Deployment web to every pod of namespace shop; it declares TCP 8000, TCP 8001, TCP 8002, TCP 8003, and 6 more. → Allow TCP 8000, TCP 8001, TCP 8002, TCP 8003, and 6 more alone",
      ]
    `);
    expect(said(id, { text, files: { 'a.yaml': ports(11) } })).toMatchInlineSnapshot(`
      [
        "information [from] Opens every port of Deployment web to every pod of namespace shop; it declares TCP 8000, TCP 8001, TCP 8002, TCP 8003, and 7 more.",
      ]
    `);
  });

  test('the world, everybody and rules with ports are for other rules', () => {
    for (const rule of ['{from: []}', '{}', '{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}', '{from: [{podSelector: {}}], ports: [{port: 80}]}'])
      expect(said(id, ingress('web', `  - ${rule}`))).toEqual([]);
  });
});

describe('dns-blocked', () => {
  const id = 'dns-blocked';
  const web = deployment('web', 'shop');
  const toDb = '  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]';

  test('it is less sure where addresses alone are meant, and where not all is known', () => {
    expect(said(id, egress('web', '  - to: [{ipBlock: {cidr: 203.0.113.0/24}}]\n    ports: [{port: 443}]'))).toMatchInlineSnapshot(`
      [
        "information [Egress] Egress of the selected pods is isolated here and no policy lets port 53 out: no name can be resolved, not even of what the rules allow. Allow UDP and TCP 53 to the cluster's DNS. → Let DNS out by a rule of this policy | Create the policy web-dns for the same pods",
      ]
    `);
    const unknown = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  podSelector: {}\n';
    expect(said(id, { text: egress('web', toDb), files: { 'apps/chart.yaml': unknown } })).toMatchInlineSnapshot(`
      [
        "information [Egress] Egress of the selected pods is isolated here and no policy lets port 53 out: no name can be resolved, not even of what the rules allow. Allow UDP and TCP 53 to the cluster's DNS. → Let DNS out by a rule of this policy | Create the policy web-dns for the same pods",
      ]
    `);
  });

  test('a pod on the node’s network has no egress to isolate', () => {
    const onNode = web.replace('    spec:\n', '    spec:\n      hostNetwork: true\n');
    expect(said(id, { text: egress('web', toDb), files: { 'a.yaml': onNode } })).toEqual([]);
    expect(said(id, { text: egress('web', toDb), files: { 'a.yaml': web } })).toHaveLength(1);
  });

  test('another policy may let DNS out, of the same pods alone', () => {
    const dns = '  - ports: [{port: 53, protocol: UDP}]';
    for (const files of [{}, { 'a.yaml': web }]) {
      expect(said(id, { text: egress('web', toDb), files: { ...files, 'b.yaml': egress('dns', dns) } })).toEqual([]);
      expect(said(id, { text: egress('web', toDb), files: { ...files, 'b.yaml': egress('dns', dns, '{}') } })).toEqual([]);
      expect(said(id, { text: egress('web', toDb), files: { ...files, 'b.yaml': egress('dns', dns, '{matchLabels: {app: db}}') } })).toHaveLength(1);
    }
  });

  test('of several policies for the same pods the first is told', () => {
    for (const files of [{}, { 'z.yaml': web }]) {
      const counts = ['apps/a.yaml', 'apps/z.yaml'].map(
        (name) => said(id, { text: egress('web', toDb), files: { ...files, [name]: egress('other', toDb) } }).length,
      );
      expect(counts).toEqual([0, 1]);
    }
  });

  test('what is written fits the namespace, its other policies and the platform', () => {
    const files = { 'a.yaml': documents(web, policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Egress]'), ingress('allow-dns', '  - {}')) };
    expect(said(id, { text: egress('web', toDb), files })).toMatchInlineSnapshot(`
      [
        "warning [Egress] Egress of Deployment web is isolated here and no policy lets port 53 out: no name can be resolved, not even of what the rules allow. Allow UDP and TCP 53 to the cluster's DNS. → Let DNS out by a rule of this policy | Create the policy allow-dns-2 for every pod of the namespace",
      ]
    `);
    expect(mended(id, { text: egress('web', toDb), files }, 1)).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {matchLabels: {app: web}}
        policyTypes: [Egress]
        egress:
          - to: [{podSelector: {matchLabels: {app: db}}}]
            ports: [{port: 5432}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: allow-dns-2
        namespace: shop
      spec:
        podSelector: {}
        policyTypes:
          - Egress
        egress:
          - to:
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: kube-system
                podSelector:
                  matchLabels:
                    k8s-app: kube-dns
            ports:
              - protocol: UDP
                port: 53
              - protocol: TCP
                port: 53
      "
    `);
    expect(said(id, { text: egress('web', toDb, '{}') })).toMatchInlineSnapshot(`
      [
        "warning [Egress] Egress of the selected pods is isolated here and no policy lets port 53 out: no name can be resolved, not even of what the rules allow. Allow UDP and TCP 53 to the cluster's DNS. → Let DNS out by a rule of this policy | Create the policy allow-dns for every pod of the namespace",
      ]
    `);
    const route =
      'apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  to: {kind: Service, name: web}\n';
    expect(
      mended(id, { text: egress('web', toDb), files: { 'a.yaml': documents(web, service('web', 'shop', 'port: 80'), route) } }),
    ).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {matchLabels: {app: web}}
        policyTypes: [Egress]
        egress:
          - to: [{podSelector: {matchLabels: {app: db}}}]
            ports: [{port: 5432}]
          - to:
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: openshift-dns
                podSelector:
                  matchLabels:
                    dns.operator.openshift.io/daemonset-dns: default
            ports:
              - protocol: UDP
                port: 5353
              - protocol: TCP
                port: 5353
      "
    `);
  });

  test.each([
    ['port 53 to anybody', '{ports: [{port: 53, protocol: UDP}]}', true],
    ['TCP 53', '{ports: [{port: 53}]}', true],
    ['OpenShift’s 5353', '{ports: [{port: 5353, protocol: UDP}]}', true],
    ['a port named dns', '{ports: [{port: dns, protocol: UDP}]}', true],
    ['a port of another name', '{ports: [{port: web, protocol: UDP}]}', false],
    ['a range that holds 53', '{ports: [{port: 50, endPort: 60, protocol: UDP}]}', true],
    ['a range that begins at 53, to strangers', '{to: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 53, endPort: 60, protocol: UDP}]}', false],
    ['a range beside it', '{ports: [{port: 54, endPort: 60, protocol: UDP}]}', false],
    ['SCTP', '{ports: [{port: 50, endPort: 60, protocol: SCTP}]}', false],
    ['every port of kube-system', '{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]}', true],
    ['every port of openshift-dns', '{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: openshift-dns}}}]}', true],
    ['every port of a namespace labelled like it', '{to: [{namespaceSelector: {matchLabels: {name: kube-system}}}]}', true],
    ['every port of all namespaces', '{to: [{namespaceSelector: {}}]}', true],
    ['every port of another namespace', '{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}}]}', false],
    ['every port of the own namespace', '{to: [{podSelector: {}}]}', false],
    ['every port of inner addresses', '{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}', true],
    ['every port of a node’s cache', '{to: [{ipBlock: {cidr: 169.254.20.10/32}}]}', true],
    ['every port of inner IPv6 addresses', '{to: [{ipBlock: {cidr: "fd00::/8"}}]}', true],
    ['every port of strangers', '{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}', false],
    [
      'every port of the world without the inner addresses',
      '{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 169.254.0.0/16]}}]}',
      false,
    ],
  ])('%s: lets DNS out or not', (_, rule, lets) => {
    expect(said(id, egress('web', `  - ${rule}`))).toHaveLength(lets ? 0 : 1);
  });

  test('in kube-system itself the own pods may be the DNS', () => {
    const text = egress('web', '  - to: [{podSelector: {}}]');
    expect(said(id, text.replace('namespace: shop', 'namespace: kube-system'))).toEqual([]);
  });
});

describe('implicit-namespace', () => {
  const id = 'implicit-namespace';
  const text = `# Of all.\n${policyNamed('web', undefined, 'podSelector: {}')}`;
  const knows = (...names: readonly string[]) => ({ 'a.yaml': documents(...names.map((name) => namespaceNamed(name))) });

  test('namespaces are offered, those first in which something is selected', () => {
    const selecting = policyNamed('web', undefined, 'podSelector: {matchLabels: {app: db}}');
    expect(said(id, { text: selecting, files: { ...knows('alpha', 'default'), 'b.yaml': deployment('db', 'omega') } })).toMatchInlineSnapshot(`
      [
        "information [web] Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone; the workspace knows omega or alpha. → Write namespace: omega | Write namespace: alpha",
      ]
    `);
    expect(said(id, { text: selecting, files: knows('a', 'b', 'c', 'd', 'e', 'f') })).toMatchInlineSnapshot(`
      [
        "information [web] Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone; the workspace knows a, b, c, d, or 2 more. → Write namespace: a | Write namespace: b | Write namespace: c | Write namespace: d | Write namespace: e",
      ]
    `);
    expect(
      said(id, { text: selecting, files: { 'b.yaml': service('db', 'data', 'port: 80'), 'c.yaml': ingress('other', '  - {}') } }),
    ).toMatchInlineSnapshot(`
      [
        "information [web] Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone; the workspace knows data or shop. → Write namespace: data | Write namespace: shop",
      ]
    `);
  });

  test('for all pods one may be written for each', () => {
    expect(said(id, { text, files: knows('a', 'b') })).toMatchInlineSnapshot(`
      [
        "information [web] Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone; the workspace knows a or b. → Write namespace: a | Write namespace: b | Write one for each of 2 namespaces",
      ]
    `);
    expect(mended(id, { text, files: knows('a', 'b', 'c') }, 3)).toMatchInlineSnapshot(`
      "# Of all.
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: a
      spec:
        podSelector: {}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: b
      spec:
        podSelector: {}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: c
      spec:
        podSelector: {}
      "
    `);
    expect(mended(id, { text: text.replaceAll('\n', '\r\n').trimEnd(), files: knows('a', 'b') }, 2)).toMatchInlineSnapshot(`
      "# Of all.
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: a
      spec:
        podSelector: {}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: b
      spec:
        podSelector: {}
      "
    `);
    // Six are too many, and one line of JSON cannot be two documents.
    expect(said(id, { text, files: knows('a', 'b', 'c', 'd', 'e', 'f') }).join()).not.toContain('for each');
    expect(
      said(id, {
        text: '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web}, spec: {podSelector: {}}}\n',
        files: knows('a', 'b'),
      }),
    ).toMatchInlineSnapshot(`
      [
        "information [web] Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone; the workspace knows a or b. → Write namespace: a | Write namespace: b",
      ]
    `);
  });

  test('where a policy of the name stands already, none is offered', () => {
    expect(said(id, { text, files: { ...knows('a', 'b'), 'c.yaml': policyNamed('web', 'a', 'podSelector: {}') } })).toMatchInlineSnapshot(`
      [
        "information [web] Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone; the workspace knows a or b. → Write namespace: b",
      ]
    `);
  });

  test('an empty namespace is filled in', () => {
    const empty = (written: string) => text.replace('name: web', `name: web\n  namespace: ${written}`);
    expect(mended(id, { text: empty('""'), files: knows('a') })).toMatchInlineSnapshot(`
      "# Of all.
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: "a"
      spec:
        podSelector: {}
      "
    `);
    expect(said(id, { text: empty('{}'), files: knows('a') })).toMatchInlineSnapshot(`
      [
        "information [web] Names no namespace, so that this policy lands in whatever namespace is active when it is applied, and in that one alone; the workspace knows a.",
      ]
    `);
  });

  test('a kustomization that names none may be part of one that does', () => {
    const kustomization = { 'apps/kustomization.yaml': 'resources: [own.yaml]\n' };
    expect(said(id, { text, files: kustomization })).toEqual([]);
    expect(said(id, { text: documents(text, deployment('web', 'shop')), files: kustomization })).toHaveLength(1);
    expect(
      said(id, {
        text: documents(text, deployment('web', 'shop')),
        files: { 'apps/kustomization.yaml': 'namespace: shop\nresources: [own.yaml]\n' },
      }),
    ).toEqual([]);
  });
});

test('azure-npm-windows: each thing that it lacks', () => {
  const text = documents(
    ingress('a', '  - ports: [{port: http}, {port: "80"}, {port: 81, protocol: SCTP}, {port: 82, protocol: TCP}]'),
    ingress(
      'b',
      '  - from:\n      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n      - ipBlock: {cidr: 11.0.0.0/8, except: []}\n      - ipBlock: {cidr: 12.0.0.0/8}',
    ),
    ingress(
      'c',
      '  - {}',
      '{matchExpressions: [{key: a, operator: NotIn, values: [b]}, {key: a, operator: DoesNotExist}, {key: a, operator: Exists}]}',
    ),
  );
  expect(said('azure-npm-windows', { text, engine: 'azure-npm-windows' })).toMatchInlineSnapshot(`
    [
      "error [http] Azure Network Policy Manager for Windows does not support named ports; write the number.",
      "error [SCTP] Azure Network Policy Manager for Windows does not support SCTP.",
      "error [except] Azure Network Policy Manager for Windows does not support except; list the ranges that are left.",
      "error [NotIn] Azure Network Policy Manager for Windows does not support the operator NotIn; select by what pods have.",
      "error [DoesNotExist] Azure Network Policy Manager for Windows does not support the operator DoesNotExist; select by what pods have.",
    ]
  `);
  expect(said('azure-npm-windows', { text, engine: 'azure-npm' })).toEqual([]);
});

describe('duplicate-resource', () => {
  const id = 'duplicate-resource';
  const one = policyNamed('web', 'shop', 'podSelector: {}');

  test('where the others stand decides how bad it is', () => {
    expect(said(id, documents(one, one, one))).toMatchInlineSnapshot(`
      [
        "error [web] There is another NetworkPolicy web of namespace shop in this file; the one applied last wins and the other is lost. Rename one of them.",
        "error [web] There is another NetworkPolicy web of namespace shop in this file; the one applied last wins and the other is lost. Rename one of them.",
        "error [web] There is another NetworkPolicy web of namespace shop in this file; the one applied last wins and the other is lost. Rename one of them.",
      ]
    `);
    expect(said(id, { text: one, files: { 'apps/b.yaml': one, 'apps/a.yaml': documents(one, one) } })).toMatchInlineSnapshot(`
      [
        "warning [web] There is another NetworkPolicy web of namespace shop in apps/a.yaml; the one applied last wins and the other is lost. Rename one of them.",
      ]
    `);
    expect(said(id, { text: one, files: { 'other/a.yaml': one } })).toMatchInlineSnapshot(`
      [
        "information [web] There is another NetworkPolicy web of namespace shop in other/a.yaml; the one applied last wins and the other is lost. Rename one of them.",
      ]
    `);
    expect(
      said(id, { text: one, files: { 'apps/a.yaml': one, 'apps/kustomization.yaml': 'resources: [own.yaml, a.yaml]\n' } }),
    ).toMatchInlineSnapshot(`
      [
        "error [web] There is another NetworkPolicy web of namespace shop in apps/a.yaml; the one applied last wins and the other is lost. Rename one of them.",
      ]
    `);
  });

  test('related places are in the order of their files', () => {
    const [first] = found(id, { text: one, files: { 'b.yaml': one, 'a.yaml': documents(one, one), 'c.yaml': one } });
    expect(first?.finding.related?.map(({ file, at, message }) => `${file} ${at.start}-${at.end} ${message}`)).toMatchInlineSnapshot(`
      [
        "file:///workspace/a.yaml 71-74 The other NetworkPolicy web",
        "file:///workspace/a.yaml 192-195 The other NetworkPolicy web",
        "file:///workspace/b.yaml 71-74 The other NetworkPolicy web",
        "file:///workspace/c.yaml 71-74 The other NetworkPolicy web",
      ]
    `);
  });

  test('unknown kinds and resources without a name are nobody’s twins', () => {
    const other = 'apiVersion: example.org/v1\nkind: Thing\nmetadata:\n  name: a\n';
    expect(said(id, documents(other, other))).toEqual([]);
    const nameless = one.replace('  name: web\n', '');
    expect(said(id, documents(nameless, nameless))).toEqual([]);
  });
});

describe('calico-rule-conflict', () => {
  const id = 'calico-rule-conflict';
  const rule = (...lines: readonly string[]) => calicoWith(`selector: all()\ntypes: [Ingress]\ningress:\n  - ${lines.join('\n    ')}`);

  test('ports need a protocol that has some', () => {
    const ports = (protocol: string, key = 'ports') =>
      rule('action: Allow', ...(protocol === '' ? [] : [`protocol: ${protocol}`]), `destination: {${key}: [80]}`);
    for (const protocol of ['TCP', 'UDP', 'SCTP', 'tcp', '6', '17', '132'])
      expect(said(id, ports(protocol)).filter((line) => line.includes('destination.'))).toEqual([]);
    expect(said(id, ports(''))).toMatchInlineSnapshot(`
      [
        "error [ports] destination.ports needs a protocol with ports, and the rule names none: write protocol: TCP, UDP or SCTP. → Insert protocol: TCP",
      ]
    `);
    expect(said(id, ports('ICMP'))).toMatchInlineSnapshot(`
      [
        "error [ports] destination.ports needs a protocol with ports, and the rule is for ICMP: write protocol: TCP, UDP or SCTP.",
      ]
    `);
    expect(said(id, ports('', 'notPorts'))).toMatchInlineSnapshot(`
      [
        "error [notPorts] destination.notPorts needs a protocol with ports, and the rule names none: write protocol: TCP, UDP or SCTP. → Insert protocol: TCP",
      ]
    `);
    expect(said(id, rule('action: Allow', 'source: {ports: [80]}'))).toMatchInlineSnapshot(`
      [
        "error [ports] source.ports needs a protocol with ports, and the rule names none: write protocol: TCP, UDP or SCTP. → Insert protocol: TCP",
      ]
    `);
    expect(mended(id, ports(''))).toMatchInlineSnapshot(`
      "apiVersion: projectcalico.org/v3
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        selector: all()
        types: [Ingress]
        ingress:
          - action: Allow
            destination: {ports: [80]}
            protocol: TCP
      "
    `);
    expect(said(id, rule('action: Allow', 'destination: {ports: []}'))).toEqual([]);
  });

  test('http and ICMP', () => {
    expect(said(id, rule('action: Deny', 'protocol: TCP', 'http: {methods: [GET]}'))).toMatchInlineSnapshot(`
      [
        "error [http] http may stand only in rules that allow, and this one says Deny.",
      ]
    `);
    expect(said(id, rule('action: Allow', 'protocol: UDP', 'http: {methods: [GET]}'))).toMatchInlineSnapshot(`
      [
        "error [http] http needs protocol TCP, and this rule is for UDP.",
      ]
    `);
    for (const protocol of ['TCP', '6']) expect(said(id, rule('action: Allow', `protocol: ${protocol}`, 'http: {methods: [GET]}'))).toEqual([]);
    expect(said(id, rule('action: Allow', 'http: {methods: [GET]}'))).toEqual([]);
    expect(said(id, rule('action: Allow', 'icmp: {type: 8}'))).toMatchInlineSnapshot(`
      [
        "error [icmp] icmp needs protocol ICMP or ICMPv6, and the rule names none.",
      ]
    `);
    expect(said(id, rule('action: Allow', 'protocol: TCP', 'notICMP: {type: 8}'))).toMatchInlineSnapshot(`
      [
        "error [notICMP] notICMP needs protocol ICMP or ICMPv6, and the rule is for TCP.",
      ]
    `);
    for (const protocol of ['ICMP', 'ICMPv6', '1', '58'])
      expect(said(id, rule('action: Allow', `protocol: ${protocol}`, 'icmp: {type: 8}'))).toEqual([]);
    for (const protocol of ['11', '158', 'ICMPv6x'])
      expect(said(id, rule('action: Allow', `protocol: ${protocol}`, 'icmp: {type: 8}')).join()).toContain('icmp needs protocol');
  });

  test('services stand alone', () => {
    const beside = (more: string) =>
      rule('action: Allow', `destination: {services: {name: web}${more}}`).replaceAll('ingress', 'egress').replace('[Ingress]', '[Egress]');
    expect(said(id, beside(''))).toEqual([]);
    expect(said(id, beside(', selector: ""'))).toEqual([]);
    expect(said(id, beside(', selector: all(), nets: [10.0.0.0/8]'))).toMatchInlineSnapshot(`
      [
        "error [services] services stands beside selector, nets, and Calico refuses that: a Service says whom it means by itself.",
      ]
    `);
    expect(
      said(id, beside(', notSelector: all(), notNets: [10.0.0.0/8], namespaceSelector: all(), serviceAccounts: {names: [a]}')),
    ).toMatchInlineSnapshot(`
      [
        "error [services] services stands beside notSelector, namespaceSelector, notNets, serviceAccounts, and Calico refuses that: a Service says whom it means by itself.",
      ]
    `);
  });

  test('what a policy for hosts may say', () => {
    const host = (...lines: readonly string[]) => globalWith(['selector: all()', ...lines].join('\n'));
    expect(said(id, host('types: [Ingress]', 'preDNAT: true'))).toMatchInlineSnapshot(`
      [
        "error [preDNAT] preDNAT needs applyOnForward: true beside it. → Insert applyOnForward: true",
      ]
    `);
    expect(said(id, host('types: [Ingress]', 'doNotTrack: true'))).toMatchInlineSnapshot(`
      [
        "error [doNotTrack] doNotTrack needs applyOnForward: true beside it. → Insert applyOnForward: true",
      ]
    `);
    expect(mended(id, host('types: [Ingress]', 'preDNAT: true'))).toMatchInlineSnapshot(`
      "apiVersion: projectcalico.org/v3
      kind: GlobalNetworkPolicy
      metadata:
        name: web
      spec:
        selector: all()
        types: [Ingress]
        preDNAT: true
        applyOnForward: true
      "
    `);
    expect(said(id, host('types: [Ingress]', 'preDNAT: true', 'applyOnForward: false'))).toMatchInlineSnapshot(`
      [
        "error [preDNAT] preDNAT needs applyOnForward: true beside it.",
      ]
    `);
    expect(said(id, host('types: [Ingress]', 'preDNAT: true', 'applyOnForward: true'))).toEqual([]);
    expect(said(id, host('types: [Ingress]', 'preDNAT: false', 'doNotTrack: false'))).toEqual([]);
    expect(said(id, host('types: [Ingress]', 'preDNAT: true', 'doNotTrack: true', 'applyOnForward: true'))).toMatchInlineSnapshot(`
      [
        "error [doNotTrack] preDNAT and doNotTrack cannot both be true. → Remove doNotTrack",
      ]
    `);
    expect(mended(id, host('types: [Ingress]', 'preDNAT: true', 'doNotTrack: true', 'applyOnForward: true'))).toMatchInlineSnapshot(`
      "apiVersion: projectcalico.org/v3
      kind: GlobalNetworkPolicy
      metadata:
        name: web
      spec:
        selector: all()
        types: [Ingress]
        preDNAT: true
        applyOnForward: true
      "
    `);
    expect(said(id, host('types: [Ingress, Egress]', 'preDNAT: true', 'applyOnForward: true', 'egress: [{action: Allow}]'))).toMatchInlineSnapshot(`
      [
        "error [egress] A policy with preDNAT has no egress: it is asked before the destination is known.",
      ]
    `);
    expect(said(id, host('types: [Ingress]', 'preDNAT: true', 'applyOnForward: true', 'egress: []'))).toEqual([]);
  });

  test.each([
    ['TCP', 0],
    ['UDPLite', 0],
    ['1', 0],
    ['255', 0],
    ['0', 1],
    ['256', 1],
    ['tcp', 1],
    ['IGMP', 1],
    ['1.5', 1],
  ])('protocol %s', (protocol, count) => {
    expect(said(id, rule('action: Allow', `protocol: ${protocol}`))).toHaveLength(count);
  });

  test.each([
    ['80', 0],
    ['"80:90"', 0],
    ['"80:80"', 0],
    ['"90:80"', 1],
    ['65535', 0],
    ['65536', 1],
    ['"80:70000"', 1],
    ['http', 0],
  ])('port %s', (port, count) => {
    expect(said(id, rule('action: Allow', 'protocol: TCP', `destination: {ports: [${port}]}`))).toHaveLength(count);
  });

  test('what is offered for them', () => {
    expect(said(id, rule('action: Allow', 'protocol: udplite'))).toMatchInlineSnapshot(`
      [
        "error [udplite] "udplite" is no protocol of Calico: use TCP, UDP, SCTP, ICMP, ICMPv6, UDPLite, or a number from 1 to 255. → Change to UDPLite",
      ]
    `);
    expect(said(id, rule('action: Allow', 'protocol: IGMP'))).toMatchInlineSnapshot(`
      [
        "error [IGMP] "IGMP" is no protocol of Calico: use TCP, UDP, SCTP, ICMP, ICMPv6, UDPLite, or a number from 1 to 255.",
      ]
    `);
    expect(said(id, rule('action: Allow', 'protocol: TCP', 'destination: {ports: ["90:80", 70000]}'))).toMatchInlineSnapshot(`
      [
        "error ["90:80"] "90:80" is an empty range: 90 is above 80. → Change to "80:90"",
        "error [70000] "70000" is no port: a port is at most 65535.",
      ]
    `);
    expect(mended(id, rule('action: Allow', 'protocol: TCP', 'destination: {ports: ["90:80"]}'))).toMatchInlineSnapshot(`
      "apiVersion: projectcalico.org/v3
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        selector: all()
        types: [Ingress]
        ingress:
          - action: Allow
            protocol: TCP
            destination: {ports: ["80:90"]}
      "
    `);
  });
});

describe('cilium-rule-conflict', () => {
  const id = 'cilium-rule-conflict';
  const rule = (direction: 'ingress' | 'egress', ...lines: readonly string[]) =>
    ciliumWith(`endpointSelector: {}\n${direction}:\n  - ${lines.join('\n    ')}`);

  test('peers of two kinds', () => {
    const two = rule(
      'egress',
      'toEndpoints:',
      '  - matchLabels: {app: db}',
      'toCIDR:',
      '  - 10.0.0.0/8',
      'toPorts:',
      '  - ports: [{port: "80", protocol: TCP}]',
    );
    expect(said(id, two)).toMatchInlineSnapshot(`
      [
        "error [toCIDR] toEndpoints and toCIDR stand in one rule, and Cilium refuses that: a rule asks for peers in one way. Write a rule for each; rules are alternatives. → Make it a rule of its own: toCIDR",
      ]
    `);
    expect(mended(id, two)).toMatchInlineSnapshot(`
      "apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        endpointSelector: {}
        egress:
          - toEndpoints:
              - matchLabels: {app: db}
            toPorts:
              - ports: [{port: "80", protocol: TCP}]
          - toCIDR:
              - 10.0.0.0/8
            toPorts:
              - ports: [{port: "80", protocol: TCP}]
      "
    `);
    expect(mended(id, two.replaceAll('\n', '\r\n'))).toBe(mended(id, two)?.replaceAll('\n', '\r\n'));
    expect(said(id, rule('egress', 'toEndpoints: [{}]', 'toCIDR: []'))).toEqual([]);
    expect(said(id, ciliumWith('endpointSelector: {}\ningress: [{fromEndpoints: [{}], fromEntities: [world]}]'))).toMatchInlineSnapshot(`
      [
        "error [fromEntities] fromEndpoints and fromEntities stand in one rule, and Cilium refuses that: a rule asks for peers in one way. Write a rule for each; rules are alternatives. → Make it a rule of its own: fromEntities",
      ]
    `);
    expect(said(id, rule('ingress', 'fromEndpoints: [{}]', 'fromCIDR: [10.0.0.0/8]', 'fromEntities: [world]'))).toMatchInlineSnapshot(`
      [
        "error [fromEntities] fromEndpoints, fromEntities, and fromCIDR stand in one rule, and Cilium refuses that: a rule asks for peers in one way. Write a rule for each; rules are alternatives. → Make it a rule of its own: fromEntities",
      ]
    `);
  });

  test('listeners, and rules without a protocol', () => {
    const ports = 'toPorts: [{ports: [{port: "80", protocol: TCP}], ';
    const listener = 'listener: {envoyConfig: {name: proxy}, name: web}';
    expect(said(id, rule('egress', `${ports}${listener}}]`))).toEqual([]);
    expect(said(id, rule('egress', `${ports}listener: ~}]`))).toEqual([]);
    expect(said(id, rule('ingress', `${ports}listener: ~}]`))).toEqual([]);
    expect([
      ...said(id, rule('ingress', `${ports}${listener}}]`)),
      ...said(id, rule('egress', `${ports}${listener}, rules: {http: [{method: GET}]}}]`)),
      ...said(id, rule('egress', `${ports}rules: {}}]`)),
      ...said(id, rule('egress', `${ports}rules: {kafka: [], l7proto: x}}]`)),
    ]).toMatchInlineSnapshot(`
      [
        "error [listener] A listener is for egress alone: Cilium refuses it in ingress.",
        "error [listener] listener and rules stand together, and Cilium refuses that: leave the requests to the listener.",
        "error [rules] rules names no protocol, and the API server refuses that: leave it out to allow everything on these ports.",
        "error [rules] kafka and l7proto stand together in rules, and Cilium refuses that: one protocol for each entry of toPorts.",
        "warning [kafka] Cilium from 1.20 on knows requests of HTTP and DNS alone, and refuses a policy with kafka.",
        "warning [l7proto] Cilium from 1.20 on knows requests of HTTP and DNS alone, and refuses a policy with l7proto.",
      ]
    `);
  });

  test('requirements', () => {
    expect(said(id, rule('ingress', 'fromEndpoints: [{}]', 'fromRequires: []'))).toEqual([]);
    expect([
      ...said(id, rule('ingress', 'fromEndpoints: [{}]', 'fromRequires: [{}]')),
      ...said(id, rule('egress', 'toEndpoints: [{}]', 'toRequires: [{}]')),
    ]).toMatchInlineSnapshot(`
      [
        "error [fromRequires] Cilium from 1.19 on refuses fromRequires: write what it requires into the selectors of the peers, or deny what lacks it in ingressDeny.",
        "error [toRequires] Cilium from 1.19 on refuses toRequires: write what it requires into the selectors of the peers, or deny what lacks it in egressDeny.",
      ]
    `);
  });

  test('ICMP and Services beside ports', () => {
    const ports = 'toPorts: [{ports: [{port: "80", protocol: TCP}]}]';
    expect(said(id, rule('ingress', ports, 'icmps: [{fields: [{type: 8, family: IPv4}]}]'))).toMatchInlineSnapshot(`
      [
        "error [icmps] icmps and toPorts stand in one rule, and Cilium refuses that: write a rule for each.",
      ]
    `);
    expect(said(id, rule('egress', ports, 'toServices: [{k8sService: {serviceName: web, namespace: shop}}]'))).toMatchInlineSnapshot(`
      [
        "error [toPorts] toServices and toPorts stand in one rule, and Cilium refuses that: the ports are those of the Services.",
      ]
    `);
    expect(said(id, rule('ingress', ports, 'icmps: []'))).toEqual([]);
    expect(said(id, rule('ingress', 'toPorts: []', 'icmps: [{fields: [{type: 8, family: IPv4}]}]'))).toEqual([]);
    expect(said(id, rule('egress', ports, 'toServices: []'))).toEqual([]);
    expect(said(id, rule('egress', 'toPorts: []', 'toServices: [{k8sService: {serviceName: web, namespace: shop}}]'))).toEqual([]);
  });

  test('rules for requests', () => {
    const requests = (direction: 'ingress' | 'egress', ports: string, rules: string) =>
      rule(direction, 'toPorts:', `  - ${ports}`, `    rules: {${rules}}`);
    expect(said(id, requests('egress', 'ports: [{port: "53", protocol: UDP}]', 'dns: [{matchPattern: "*"}]'))).toEqual([]);
    expect(said(id, requests('ingress', 'ports: [{port: "53", protocol: UDP}]', 'dns: [{matchPattern: "*"}]'))).toMatchInlineSnapshot(`
      [
        "error [dns] DNS rules are for egress: who answers is not asked. Cilium refuses them in ingress.",
      ]
    `);
    expect(said(id, requests('egress', 'ports: []', 'dns: [{matchPattern: "*"}]'))).toMatchInlineSnapshot(`
      [
        "error [dns] DNS rules need their port: write port 53 into ports.",
      ]
    `);
    expect(said(id, requests('egress', 'ports: [{port: "80", protocol: TCP}]', 'http: [{method: GET}], kafka: [{topic: a}]'))).toMatchInlineSnapshot(`
      [
        "error [rules] http and kafka stand together in rules, and Cilium refuses that: one protocol for each entry of toPorts.",
        "warning [kafka] Cilium from 1.20 on knows requests of HTTP and DNS alone, and refuses a policy with kafka.",
      ]
    `);
    expect(said(id, requests('ingress', 'ports: [{port: "80", protocol: UDP}]', 'http: [{method: GET}]'))).toMatchInlineSnapshot(`
      [
        "error [UDP] Rules for HTTP are for TCP only, and this port is of UDP: Cilium refuses it. → Change to TCP",
      ]
    `);
    expect(said(id, requests('ingress', 'ports: [{port: "80"}]', 'kafka: [{topic: a}]'))).toMatchInlineSnapshot(`
      [
        "error [{port: "80"}] Rules for requests are for TCP only, and this port is of ANY: Cilium refuses it.",
        "warning [kafka] Cilium from 1.20 on knows requests of HTTP and DNS alone, and refuses a policy with kafka.",
      ]
    `);
    expect(said(id, requests('ingress', 'ports: [{port: "0", protocol: TCP}]', 'http: [{method: GET}]'))).toMatchInlineSnapshot(`
      [
        "error [{port: "0", protocol: TCP}] Rules for requests need a port: 0 stands for all of them, and Cilium refuses that.",
      ]
    `);
    expect(said(id, requests('ingress', 'ports: [{port: "80", protocol: tcp}]', 'http: [{method: GET}]'))).toEqual([]);
    expect(mended(id, requests('ingress', 'ports: [{port: "80", protocol: UDP}]', 'http: [{method: GET}]'))).toMatchInlineSnapshot(`
      "apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        endpointSelector: {}
        ingress:
          - toPorts:
              - ports: [{port: "80", protocol: TCP}]
                rules: {http: [{method: GET}]}
      "
    `);
  });
});

describe('clusterwide-isolates-dns', () => {
  const id = 'clusterwide-isolates-dns';

  test('by direction', () => {
    expect(said(id, clusterwideWith('endpointSelector: {}\ningress: [{fromEndpoints: [{matchLabels: {app: web}}]}]'))).toMatchInlineSnapshot(`
      [
        "warning [web] This cluster-wide policy also selects the cluster’s DNS in kube-system and isolates its ingress without a rule for port 53, and no other policy here lets it pass: no pod of the cluster can resolve names any more. Leave kube-system out, or allow DNS.",
      ]
    `);
    expect(
      said(
        id,
        clusterwideWith(
          'endpointSelector: {}\negress: [{toEndpoints: [{matchLabels: {app: web}}], toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "warning [web] This cluster-wide policy also selects the cluster’s DNS in kube-system and isolates its egress without a rule for port 53, and no other policy here lets it pass: it can no longer ask the servers above it. Leave kube-system out, or allow DNS.",
      ]
    `);
    expect(said(id, globalWith('selector: all()\ntypes: [Ingress, Egress]'))).toMatchInlineSnapshot(`
      [
        "warning [web] This cluster-wide policy also selects the cluster’s DNS in kube-system and isolates its ingress and egress without a rule for port 53, and no other policy here lets it pass: no pod of the cluster can resolve names any more. Leave kube-system out, or allow DNS.",
      ]
    `);
  });

  test('what lets DNS pass', () => {
    const dns = '[{ports: [{port: "53", protocol: UDP}]}]';
    const open = [
      'ingress: [{fromEntities: [all]}]',
      'ingress: [{fromEntities: [cluster]}]',
      `ingress: [{fromEndpoints: [{}], toPorts: ${dns}}]`,
      `ingress: [{toPorts: ${dns}}]`,
      `egress: [{toEndpoints: [{matchLabels: {app: web}}], toPorts: ${dns}}]`,
    ];
    for (const rules of open) expect(said(id, clusterwideWith(`endpointSelector: {}\n${rules}`)), rules).toEqual([]);
    const shut = [
      `ingress: [{fromEndpoints: [{matchLabels: {app: web}}], toPorts: ${dns}}]`,
      'ingress: [{fromEntities: [world]}]',
      'ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: "53", protocol: TCP}]}]}]',
    ];
    for (const rules of shut) expect(said(id, clusterwideWith(`endpointSelector: {}\n${rules}`)), rules).toHaveLength(1);
    expect(said(id, globalWith('selector: all()\ntypes: [Ingress]\ningress: [{action: Pass}]'))).toEqual([]);
    expect(said(id, globalWith('selector: all()\ntypes: [Ingress]\ningress: [{action: Deny}]'))).toHaveLength(1);
  });

  test('other policies may let it pass, of its namespace or of all', () => {
    const text = clusterwideWith('endpointSelector: {}\ningress: [{fromEndpoints: [{matchLabels: {app: web}}]}]');
    const inNamespace = (namespace: string) =>
      policyNamed('dns', namespace, 'podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ports: [{port: 53, protocol: UDP}]}]');
    expect(said(id, { text, files: { 'a.yaml': inNamespace('kube-system') } })).toEqual([]);
    expect(said(id, { text, files: { 'a.yaml': inNamespace('shop') } })).toHaveLength(1);
    expect(
      said(id, {
        text,
        files: { 'a.yaml': clusterwideWith('endpointSelector: {}\ningress: [{fromEntities: [all]}]').replace('name: web', 'name: open') },
      }),
    ).toEqual([]);
  });

  test('whoever leaves kube-system out', () => {
    expect(said(id, clusterwideWith('endpointSelector: {matchLabels: {app: web}}\ningress: [{fromEntities: [world]}]'))).toEqual([]);
    expect(said(id, globalWith("selector: all()\nnamespaceSelector: kubernetes.io/metadata.name != 'kube-system'\ntypes: [Ingress]"))).toEqual([]);
    expect(said(id, globalWith("selector: all()\nnamespaceSelector: kubernetes.io/metadata.name == 'kube-system'\ntypes: [Ingress]"))).toHaveLength(
      1,
    );
    expect(said(id, policyWith('podSelector: {}\npolicyTypes: [Ingress]'))).toEqual([]);
  });
});
