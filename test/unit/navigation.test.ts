import { describe, expect, test } from 'vitest';
import { type TrafficItem, trafficCalls, trafficItemsAt } from '../../server/src/features/callHierarchy.ts';
import { codeLensAt, codeLensPlaces } from '../../server/src/features/codeLens.ts';
import { kustomizationLinks } from '../../server/src/features/documentLinks.ts';
import type { FileRange } from '../../server/src/features/fileRange.ts';
import { allInlayHints, inlayHints } from '../../server/src/features/inlayHints.ts';
import { definitionsAt, highlightsAt, referencesAt } from '../../server/src/features/navigation.ts';
import { semanticTokens } from '../../server/src/features/semanticTokens.ts';
import { workspaceSymbols } from '../../server/src/features/workspaceSymbols.ts';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed, policyWith, service } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import type { Workspace } from '../../server/src/workspace/workspace.ts';
import { filesOf, root, spotAt, workspaceWith } from '../support/at.ts';

const policies = 'network-policies.yaml';
const example = workspaceWith(filesOf('examples/fixed'));

/** "file:line text" of places. */
const shown = (workspace: Workspace, ranges: readonly FileRange[]): readonly string[] =>
  ranges.map(({ file, at }) => {
    const text = workspace.manifest(file)?.text ?? '';
    return `${file.slice(root.length + 1)}:${text.slice(0, at.start).split('\n').length} ${text.slice(at.start, at.end)}`;
  });

const definitions = (workspace: Workspace, name: string, text: string, nth = 1) => {
  const { placed, offset, view } = spotAt(workspace, name, text, nth);
  return shown(workspace, definitionsAt(placed.document, offset, view));
};
const references = (workspace: Workspace, name: string, text: string, nth = 1) => {
  const { placed, offset, view } = spotAt(workspace, name, text, nth);
  return shown(workspace, referencesAt(placed.document, offset, view));
};

describe('definition', () => {
  test.each([
    ['a selector, by its key', policies, 'podSelector:\n    matchLabels:\n      app: frontend', 1, ['frontend.yaml:4 frontend']],
    ['a label of a selector', policies, 'app: frontend', 1, ['frontend.yaml:4 frontend']],
    ['a peer’s label', policies, 'app: backend', 1, ['backend.yaml:4 backend']],
    ['a port of the selected pods', policies, 'port: 443', 1, ['ingress-controller.yaml:23 443']],
    ['a port of a peer', policies, 'port: 8443', 1, ['frontend.yaml:23 8443']],
    ['a namespace selector', policies, 'kubernetes.io/metadata.name: app-namespace', 1, ['namespaces.yaml:9 app-namespace']],
    ['a resource’s namespace', policies, 'namespace: ingress-namespace', 1, ['namespaces.yaml:4 ingress-namespace']],
    ['a Service’s selector', 'backend.yaml', 'selector:\n    app: backend', 1, ['backend.yaml:4 backend']],
    ['a Service’s target port', 'backend.yaml', 'targetPort', 1, ['backend.yaml:22 http']],
    ['a selector of nothing that is known', policies, 'k8s-app', 1, []],
    ['a CIDR', policies, '0.0.0.0/0', 1, []],
  ])('of %s', (_, name, text, nth, expected) => {
    expect(definitions(example, name, text, nth)).toEqual(expected);
  });
});

describe('references', () => {
  test('to a workload: the selectors of policies, their peers, and Services', () => {
    expect(references(example, 'frontend.yaml', 'name: frontend')).toEqual([
      'network-policies.yaml:21 podSelector',
      'network-policies.yaml:55 podSelector',
      'network-policies.yaml:96 podSelector',
      'network-policies.yaml:110 podSelector',
      'network-policies.yaml:149 podSelector',
      'frontend.yaml:31 selector',
    ]);
  });

  test('to a label: every place where it stands', () => {
    expect(references(example, policies, 'app: backend')).toEqual([
      'backend.yaml:7 app: backend',
      'backend.yaml:12 app: backend',
      'backend.yaml:16 app: backend',
      'backend.yaml:32 app: backend',
      'network-policies.yaml:131 app: backend',
      'network-policies.yaml:144 app: backend',
    ]);
  });

  test('to a namespace: what lies in it, and the policies that mean it', () => {
    const found = references(example, 'namespaces.yaml', 'name: app-namespace');
    expect(found).toContain('frontend.yaml:5 app-namespace');
    expect(found).toContain('network-policies.yaml:93 namespaceSelector');
    expect(found.join()).not.toContain('ingress-namespace');
  });
});

test('references to a label however it is written, and of files that say nothing of it no tree is made', () => {
  const labelled = (name: string, label: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  labels: {${label}}\n`;
  const workspace = workspaceWith({
    'a.yaml': labelled('a', 'app: web'),
    'b.yaml': labelled('b', '"app": "w\\u0065b"'),
    'c.yaml': labelled('c', "'app': 'web'"),
    'd.yaml': labelled('d', 'app: other'),
    'e.yaml': labelled('e', 'tier: web'),
  });
  for (const uri of workspace.uris()) workspace.letGo(uri);
  expect(references(workspace, 'a.yaml', 'app: web').map((line) => line.split(':')[0])).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
  const holdsTree = (name: string) => Reflect.get(workspace.manifest(`${root}/${name}`)?.documents[0]?.document ?? {}, 'result') !== undefined;
  expect(['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml', 'e.yaml'].map(holdsTree)).toEqual([true, true, true, false, false]);
});

test('highlights are the same label in the same resource', () => {
  const { placed, offset } = spotAt(example, 'frontend.yaml', 'app: frontend');
  expect(highlightsAt(placed.document, offset)).toHaveLength(3);
});

test('workspace symbols by the letters of name, kind and namespace', () => {
  const found = (query: string) =>
    workspaceSymbols(
      query,
      [...example.uris()].flatMap((uri) => {
        const manifest = example.manifest(uri);
        return manifest ? [[uri, manifest] as const] : [];
      }),
    ).map(({ name, kind, namespace }) => `${kind} ${namespace ?? '-'}/${name}`);
  expect(found('ddall')).toEqual(['NetworkPolicy ingress-namespace/default-deny-all', 'NetworkPolicy app-namespace/default-deny-all']);
  expect(found('backend deploy')).toEqual(['Deployment app-namespace/backend']);
  expect(found('zzz')).toEqual([]);
  expect(found('').length).toBeGreaterThan(10);
});

test('a kustomization’s resources are links; to folders, by way of their kustomization', () => {
  const document = new DocumentText(
    'resources:\n  - a.yaml\n  - ../base\n  - gone.yaml\n  - https://example.org/b.yaml\npatches:\n  - path: p.yaml\npatchesJson6902:\n  - path: q.json\n',
  );
  const known: Readonly<Record<string, string>> = {
    'file:///w/o/a.yaml': 'file:///w/o/a.yaml',
    'file:///w/base': 'file:///w/base/kustomization.yaml',
    'file:///w/o/p.yaml': 'file:///w/o/p.yaml',
    'file:///w/o/q.json': 'file:///w/o/q.json',
  };
  expect(kustomizationLinks(document, 'file:///w/o', (uri) => known[uri]).map(({ target }) => target)).toEqual([
    'file:///w/o/a.yaml',
    'file:///w/base/kustomization.yaml',
    'https://example.org/b.yaml',
    'file:///w/o/p.yaml',
    'file:///w/o/q.json',
  ]);
});

describe('call hierarchy is traffic', () => {
  const itemsAt = (name: string, text: string) => {
    const { placed, offset, view } = spotAt(example, name, text);
    return { items: trafficItemsAt(placed.document, offset, view), view };
  };
  const calls = (name: string, text: string, direction: 'ingress' | 'egress') => {
    const { items, view } = itemsAt(name, text);
    return trafficCalls(items[0] as TrafficItem, direction, view).map(
      ({ item, because }) => `${item.name} | ${item.detail} | ${shown(example, because).map((one) => one.split(' ')[0])}`,
    );
  };

  test('of a workload, and of a policy that selects it', () => {
    expect(itemsAt('frontend.yaml', 'name: frontend').items.map(({ name, detail }) => [name, detail])).toEqual([
      ['Deployment frontend', 'namespace app-namespace'],
    ]);
    expect(itemsAt(policies, 'name: frontend').items.map(({ name }) => name)).toEqual(['Deployment frontend']);
    expect(itemsAt(policies, 'name: default-deny-all').items.map(({ name }) => name)).toEqual(['Deployment ingress-controller']);
  });

  test('incoming: who may reach it, on which ports, by which rule', () => {
    expect(calls('frontend.yaml', 'name: frontend', 'ingress')).toEqual([
      'Deployment ingress-controller | TCP 8443 · namespace ingress-namespace | network-policies.yaml:117',
    ]);
    expect(calls('ingress-controller.yaml', 'name: ingress-controller', 'ingress')).toEqual([
      'outside the cluster | every IPv4 address on TCP 443 | network-policies.yaml:85',
    ]);
  });

  test('outgoing: whom it may reach', () => {
    expect(calls('frontend.yaml', 'name: frontend', 'egress')).toEqual([
      'Deployment backend | TCP 8080 · namespace app-namespace | network-policies.yaml:128',
    ]);
    expect(calls('backend.yaml', 'name: backend', 'egress')).toEqual([]);
  });
});

/** A chart that is installed in a namespace. */
const releaseIn = (namespace: string): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: cache\n  namespace: ${namespace}\nspec:\n  chart:\n    spec:\n      chart: redis\n      sourceRef: {kind: HelmRepository, name: charts}\n`;

describe('code lenses', () => {
  const lenses = (workspace: Workspace, name: string) => {
    const uri = `${root}/${name}`;
    return (workspace.manifest(uri)?.documents ?? []).flatMap(({ document }) =>
      codeLensPlaces(document, workspace.viewFor(uri)).map(({ start }) => codeLensAt(document, start, workspace.viewFor(uri))?.title),
    );
  };

  test('of the example', () => {
    expect(lenses(example, policies)).toEqual([
      '2 pods · nothing in · nothing out',
      '4 pods · nothing in · nothing out',
      '2 pods · out to no known workload',
      '4 pods · out to no known workload',
      '2 pods · in from addresses · out to 1 workload',
      '2 pods · in from 1 workload · out to 1 workload',
      '2 pods · in from 1 workload',
    ]);
    expect(lenses(example, 'frontend.yaml')).toEqual(['3 policies · ingress isolated · egress isolated']);
  });

  test('of pods that may be there without a manifest', () => {
    const closed = policyNamed('closed', 'shop', 'podSelector: {matchLabels: {app: cache}}\npolicyTypes: [Ingress]');
    const clusterwide = ciliumWith('endpointSelector: {matchLabels: {app: cache}}\ningress: [{}]');
    const files = { 'a.yaml': documents(closed, deployment('web', 'shop')), 'b.yaml': clusterwide };
    expect(lenses(workspaceWith(files), 'a.yaml')[0]).toBe('0 pods · nothing in');
    const released = workspaceWith({ ...files, 'release.yaml': releaseIn('shop') });
    expect(lenses(released, 'a.yaml')[0]).toBe('no known pods · nothing in');
    expect(lenses(released, 'b.yaml')[0]).toMatch(/^no known pods/);
    expect(lenses(workspaceWith({ ...files, 'release.yaml': releaseIn('default') }), 'b.yaml')[0]).toMatch(/^0 pods/);
    const admin = adminPolicyWith('subject: {namespaces: {matchLabels: {team: x}}}\npriority: 1\nspec: {}');
    expect(lenses(workspaceWith({ ...files, 'b.yaml': admin, 'release.yaml': releaseIn('shop') }), 'b.yaml')[0]).toMatch(/^no known pods/);
  });

  test('of what is open, and not without a counterpart', () => {
    const open = policyNamed('open', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress: [{}]');
    const workspace = workspaceWith({ 'a.yaml': documents(open, deployment('web', 'shop').replace('Deployment', 'DaemonSet')) });
    expect(lenses(workspace, 'a.yaml')).toEqual(['1 workload · in from everyone', '1 policy · ingress isolated · egress open']);
    expect(lenses(workspaceWith({ 'a.yaml': open }), 'a.yaml')).toEqual([]);
    expect(lenses(workspaceWith({ 'a.yaml': deployment('web', 'shop') }), 'a.yaml')).toEqual([]);
  });
});

describe('inlay hints', () => {
  const text = documents(
    policyWith(
      'podSelector: {matchLabels: {app: web}}\negress:\n  - to:\n      - namespaceSelector: {}\n        podSelector: {matchLabels: {app: db}}\n    ports:\n      - port: 53\n      - {port: 53, protocol: UDP}',
    ),
    deployment('web', 'default'),
    deployment('db', 'shop'),
    namespaceNamed('shop'),
    service('web', 'default', '{port: 80}'),
  );
  const hinted = (options = allInlayHints, source = text) => {
    const workspace = workspaceWith({ 'a.yaml': source });
    const uri = `${root}/a.yaml`;
    const [first] = workspace.manifest(uri)?.documents ?? [];
    const hints = first ? [...inlayHints(first.document, workspace.viewFor(uri), options)].sort((a, b) => b.at - a.at) : [];
    return hints.reduce((marked, { at, label }) => `${marked.slice(0, at)} «${label}»${marked.slice(at)}`, first?.document.text ?? '');
  };

  test('stand where what is implicit would be written', () => {
    expect(hinted().match(/.*«.*/g)).toEqual([
      '  name: web «namespace: whatever is active»',
      'spec: «policyTypes: Ingress, Egress»',
      '  podSelector: «1 pod» {matchLabels: {app: web}}',
      '        - namespaceSelector: «2 namespaces» {}',
      '          podSelector: «1 pod» {matchLabels: {app: db}}',
      '        - port: 53 «TCP»',
    ]);
  });

  test.each(['protocol', 'policyTypes', 'namespace', 'matches'] as const)('%s can be switched off', (key) => {
    const without = hinted({ ...allInlayHints, [key]: false }).match(/«/g) ?? [];
    expect(without.length).toBe(key === 'matches' ? 3 : 5);
  });

  test.each([
    [
      'Cilium',
      ciliumWith(
        'endpointSelector:\n  matchLabels: {app: db}\ningress:\n  - fromEndpoints:\n      - matchLabels: {app: web, k8s:io.kubernetes.pod.namespace: default}',
      ),
      ['  endpointSelector: «1 pod»', '        - matchLabels: «1 pod» {app: web, k8s:io.kubernetes.pod.namespace: default}'],
    ],
    [
      'Calico',
      calicoWith(
        "selector: app == 'db'\ningress:\n  - action: Allow\n    source: {selector: app == 'web', namespaceSelector: all()}\n    destination: {selector: has(app)}",
      ),
      [
        "  selector: «1 pod» app == 'db'",
        "      source: {selector: «1 pod» app == 'web', namespaceSelector: all()}",
        '      destination: {selector: «1 pod» has(app)}',
      ],
    ],
    [
      'administrators',
      adminPolicyWith(
        'subject: {namespaces: {}}\npriority: 1\negress:\n  - action: Deny\n    to:\n      - pods:\n          namespaceSelector: {}\n          podSelector: {matchLabels: {app: db}}',
      ),
      [
        '  subject: {namespaces: «2 namespaces» {}}',
        '            namespaceSelector: «2 namespaces» {}',
        '            podSelector: «1 pod» {matchLabels: {app: db}}',
      ],
    ],
  ] as const)('count what selectors of %s match', (_, policy, expected) => {
    const source = documents(policy, deployment('web', 'default'), deployment('db', 'shop'), namespaceNamed('shop'));
    expect(hinted(allInlayHints, source).match(/.*«.*/g)).toEqual(expected);
    expect(hinted({ ...allInlayHints, matches: false }, source)).not.toContain('«');
  });

  test('stand in each of several specs', () => {
    const spec = (app: string) => `  - endpointSelector:\n      matchLabels:\n        app: ${app}\n`;
    const specs = `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: c\n  namespace: shop\nspecs:\n${spec('x')}${spec('web')}`;
    expect(hinted(allInlayHints, documents(specs, deployment('web', 'shop'))).match(/.*«.*/g)).toEqual([
      '  - endpointSelector: «0 pods»',
      '  - endpointSelector: «1 pod»',
    ]);
  });

  test('of what no manifest has: nothing where every cluster has it, and that it is not known where there may be more', () => {
    const peer = (name: string, app: string) =>
      `  - to:\n      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${name}}}\n        podSelector: {matchLabels: {app: ${app}}}\n`;
    const policy = policyNamed(
      'a',
      'shop',
      `podSelector: {}\npolicyTypes: [Egress]\negress:\n${peer('kube-system', 'dns')}${peer('other', 'db')}${peer('shop', 'db')}`,
    );
    const source = documents(policy, deployment('web', 'shop'));
    const matches = { protocol: false, policyTypes: false, namespace: false, matches: true };
    const labels = (text: string) => hinted(matches, text).match(/«.*?»/g);
    expect(labels(source)).toEqual(['«1 pod»', '«no known pods»', '«0 namespaces»', '«0 pods»', '«1 namespace»', '«0 pods»']);
    expect(labels(documents(source, releaseIn('shop')))).toEqual([
      '«1 pod»',
      '«no known pods»',
      '«0 namespaces»',
      '«0 pods»',
      '«1 namespace»',
      '«no known pods»',
    ]);
    const anywhere = documents(source, releaseIn('${NS}'));
    expect(labels(anywhere)).toEqual(['«1 pod»', '«no known pods»', '«no known namespaces»', '«no known pods»', '«1 namespace»', '«no known pods»']);
  });

  test('are none where everything is written and nothing known', () => {
    const full = policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{port: 80, protocol: TCP}]');
    expect(hinted(allInlayHints, full)).toBe(full);
  });
});

describe('semantic tokens', () => {
  const tokens = (files: Readonly<Record<string, string>>) => {
    const workspace = workspaceWith(files);
    const uri = `${root}/a.yaml`;
    return (workspace.manifest(uri)?.documents ?? []).flatMap(({ document }) =>
      semanticTokens(document, workspace.viewFor(uri)).map(({ at, is, matched }) => `${is} ${document.text.slice(at.start, at.end)} ${matched}`),
    );
  };
  const policy = policyNamed(
    'web',
    'shop',
    'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: nobody}}\n      - namespaceSelector: {matchLabels: {team: unknown}}\n    ports: [{port: 8080}, {port: metrics}]',
  );

  test('tell labels and ports that are there from those that are not', () => {
    expect(tokens({ 'a.yaml': policy, 'b.yaml': deployment('web', 'shop', '{containerPort: 8080}') })).toEqual([
      'label web true',
      'label nobody false',
      'label unknown false',
      'port 8080 true',
      'port metrics false',
    ]);
  });

  test('say nothing where nothing is known', () => {
    expect(tokens({ 'a.yaml': policy })).toEqual([]);
    expect(tokens({ 'a.yaml': cilium })).toEqual([]);
  });

  const pods = deployment('web', 'shop', '{name: http, containerPort: 8080}');
  const cilium =
    'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: web, namespace: shop, labels: {app: c}}\nspecs:\n' +
    '  - endpointSelector: {matchLabels: {app: nobody}}\n    ingress: [{fromEndpoints: [{matchLabels: {k8s:app: web}}]}]\n' +
    '  - endpointSelector: {matchLabels: {app: web}}\n    ingress: [{fromEndpoints: [{matchLabels: {app: none}}], toPorts: [{ports: [{port: "8080"}, {port: pg}]}]}]\n';

  test('of Cilium, in each of several specs', () => {
    expect(tokens({ 'a.yaml': cilium, 'b.yaml': pods })).toEqual([
      'label nobody false',
      'label web true',
      'label web true',
      'label none false',
      'port "8080" true',
      'port pg false',
    ]);
  });

  test('of administrators', () => {
    const admin =
      'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: guard}\nspec:\n  priority: 1\n' +
      '  subject: {pods: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchLabels: {app: web}}}}\n' +
      '  ingress:\n    - {action: Allow, from: [{namespaces: {matchLabels: {team: x}}}], ports: [{portNumber: {port: 8080}}, {namedPort: pg}]}\n';
    expect(tokens({ 'a.yaml': admin, 'b.yaml': pods })).toEqual([
      'label shop true',
      'label web true',
      'label x false',
      'port 8080 true',
      'port pg false',
    ]);
  });

  test('of Calico the ports alone', () => {
    const calico =
      "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec:\n  selector: app == 'web'\n" +
      '  ingress:\n    - {action: Allow, protocol: TCP, destination: {ports: [http, "1:9", 80]}}\n';
    expect(tokens({ 'a.yaml': calico, 'b.yaml': pods })).toEqual(['port http true', 'port "1:9" false', 'port 80 false']);
    expect(tokens({ 'a.yaml': `${calico}  broken: [`, 'b.yaml': pods })).toEqual([]);
  });
});

describe('policies of Cilium and Calico', () => {
  const cilium = (spec: string) => `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: c\n  namespace: shop\nspec:\n${spec}`;
  const workspace = workspaceWith({
    'pods.yaml': documents(deployment('web', 'shop', '{name: http, containerPort: 8080}'), deployment('db', 'shop', '{containerPort: 5432}')),
    'cilium.yaml': cilium(
      '  endpointSelector:\n    matchLabels:\n      k8s:app: web\n  ingress:\n    - fromEndpoints:\n        - matchLabels:\n            app: db\n      toPorts:\n        - ports:\n            - port: "8080"\n  egress:\n    - toEndpoints:\n        - matchLabels:\n            any:app: db\n      toPorts:\n        - ports:\n            - port: "5432"\n    - toCIDRSet:\n        - cidrGroupRef: partners\n',
    ),
    'specs.yaml': cilium('').replace(
      'spec:\n',
      'specs:\n  - endpointSelector: {matchLabels: {app: web}}\n    egress: [{toEndpoints: [{matchLabels: {app: x}}]}]\n  - endpointSelector:\n      matchLabels:\n        app: db\n    ingress: [{toPorts: [{ports: [{port: "5432"}]}], fromEndpoints: [{}]}]\n',
    ),
    'group.yaml': 'apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata:\n  name: partners\nspec:\n  externalCIDRs: [192.0.2.0/24]\n',
    'calico.yaml': documents(
      "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata:\n  name: guard.g\nspec:\n  tier: guard\n  selector: app == 'web'\n  types: [Ingress]\n  ingress:\n    - action: Allow\n      protocol: TCP\n      source:\n        selector: app == 'db'\n        ports: [8080]\n      destination:\n        ports: [http]\n",
      'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: guard\nspec:\n  order: 10\n',
    ),
  });
  test.each([
    ['the selected pods', 'cilium.yaml', 'k8s:app', 1, ['pods.yaml:4 web']],
    ['a peer', 'cilium.yaml', 'app: db', 1, ['pods.yaml:23 db']],
    ['a port of the selected pods', 'cilium.yaml', '"8080"', 1, ['pods.yaml:18 8080']],
    ['a port of a peer', 'cilium.yaml', '"5432"', 1, ['pods.yaml:37 5432']],
    ['a group of ranges', 'cilium.yaml', 'partners', 1, ['group.yaml:4 partners']],
    ['a selector of Calico', 'calico.yaml', "app == 'web'", 1, ['pods.yaml:4 web']],
    ['a selector of Calico’s source', 'calico.yaml', "app == 'db'", 1, ['pods.yaml:23 db']],
    ['a port of Calico', 'calico.yaml', 'http', 1, ['pods.yaml:18 http']],
    ['a port of whoever sends to Calico’s rule', 'calico.yaml', '8080', 1, []],
    ['the selected pods of a second spec', 'specs.yaml', 'app: db', 1, ['pods.yaml:23 db']],
    ['a port of a second spec', 'specs.yaml', '"5432"', 1, ['pods.yaml:37 5432']],
    ['a tier', 'calico.yaml', 'tier: guard', 1, ['calico.yaml:21 guard']],
  ])('definition of %s', (_, name, text, nth, expected) => {
    expect(definitions(workspace, name, text, nth)).toEqual(expected);
  });
  test('references to a workload', () => {
    expect(references(workspace, 'pods.yaml', 'name: web').map((one) => one.split('\n')[0])).toEqual([
      'calico.yaml:7 selector',
      'cilium.yaml:7 endpointSelector',
      'specs.yaml:7 endpointSelector',
      'specs.yaml:12 {toPorts: [{ports: [{port: "5432"}]}], fromEndpoints: [{}]}',
    ]);
    expect(references(workspace, 'pods.yaml', 'name: db').map((one) => one.split('\n')[0])).toEqual([
      'calico.yaml:10 action: Allow',
      'cilium.yaml:11 fromEndpoints:',
      'cilium.yaml:18 toEndpoints:',
      'specs.yaml:9 endpointSelector',
      'specs.yaml:12 {toPorts: [{ports: [{port: "5432"}]}], fromEndpoints: [{}]}',
    ]);
  });
  test('the callers of the pods that a policy selects', () => {
    const selected = (file: string) => {
      const { placed, offset, view } = spotAt(workspace, file, 'name: c');
      return trafficItemsAt(placed.document, offset, view).map(({ name }) => name);
    };
    expect(selected('cilium.yaml')).toEqual(['Deployment web']);
    expect(selected('specs.yaml')).toEqual(['Deployment web', 'Deployment db']);
  });
});

describe('policies of administrators', () => {
  const admin = (kind: string, version: string, spec: string) =>
    `apiVersion: policy.networking.k8s.io/${version}\nkind: ${kind}\nmetadata:\n  name: default\nspec:\n${spec}`;
  const workspace = workspaceWith({
    'pods.yaml': documents(
      deployment('web', 'shop', '{name: http, containerPort: 8080}'),
      deployment('db', 'data', '{containerPort: 5432}'),
      namespaceNamed('shop', 'team: shop'),
      namespaceNamed('data', 'team: data'),
    ),
    'old.yaml': admin(
      'AdminNetworkPolicy',
      'v1alpha1',
      '  priority: 5\n  subject:\n    pods:\n      namespaceSelector:\n        matchLabels:\n          team: shop\n      podSelector:\n        matchLabels:\n          app: web\n  ingress:\n    - action: Deny\n      from:\n        - namespaces:\n            matchLabels:\n              team: data\n      ports:\n        - namedPort: http\n        - portNumber: {protocol: TCP, port: 8080}\n',
    ),
    'new.yaml': admin(
      'ClusterNetworkPolicy',
      'v1alpha2',
      '  tier: Baseline\n  priority: 5\n  subject:\n    namespaces: {}\n  egress:\n    - action: Deny\n      to:\n        - networks: [10.0.0.0/8, 192.0.2.0/24]\n        - pods:\n            podSelector:\n              matchLabels:\n                app: db\n            namespaceSelector: {}\n      protocols:\n        - tcp:\n            destinationPort:\n              number: 5432\n',
    ),
  });
  test.each([
    ['the subject', 'old.yaml', 'subject', ['pods.yaml:4 web']],
    ['a label of the subject', 'old.yaml', 'app: web', ['pods.yaml:4 web']],
    ['a selector of namespaces', 'old.yaml', 'namespaceSelector', ['pods.yaml:42 shop']],
    ['the namespaces of a peer', 'old.yaml', 'team: data', ['pods.yaml:48 data']],
    ['a port by its name', 'old.yaml', 'namedPort', ['pods.yaml:18 http']],
    ['a port by its number', 'old.yaml', 'port: 8080', ['pods.yaml:18 8080']],
    ['a rule', 'old.yaml', '- action', ['pods.yaml:23 db']],
    ['a peer beside ranges', 'new.yaml', 'app: db', ['pods.yaml:23 db']],
    ['a port of that peer', 'new.yaml', 'number: 5432', ['pods.yaml:37 5432']],
  ] as const)('definition of %s', (_, name, text, expected) => {
    expect(definitions(workspace, name, text)).toEqual(expected);
  });
  test('references to a workload, and to a namespace', () => {
    const lines = (text: string) => references(workspace, 'pods.yaml', text).map((one) => one.split('\n')[0]);
    expect(lines('name: db')).toEqual(['new.yaml:8 subject', 'new.yaml:11 action: Deny', 'old.yaml:16 action: Deny']);
    expect(lines('name: shop')).toEqual([
      'new.yaml:9 namespaces',
      'new.yaml:18 namespaceSelector',
      'old.yaml:9 namespaceSelector',
      'pods.yaml:5 shop',
    ]);
  });
});
