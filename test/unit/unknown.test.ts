import { describe, expect, test } from 'vitest';
import { hoverAt } from '../../server/src/features/hover.ts';
import { deployment, documents, namespaceNamed, policyNamed } from '../../server/src/rules/examples.ts';
import { ciliumWith } from '../../server/src/rules/vendor.ts';
import type { Unknown } from '../../server/src/workspace/unknown.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { root, spotAt, workspaceWith } from '../support/at.ts';
import { findingsAmong } from '../support/findings.ts';

const helmRelease = (metadata: string, spec = '{}') =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: it${metadata}}\nspec: ${spec}\n`;
const application = (source: string, destination = '{namespace: edge}', kind = 'Application') =>
  `apiVersion: argoproj.io/v1alpha1\nkind: ${kind}\nmetadata: {name: it, namespace: argocd}\nspec:\n  source: ${source}\n  destination: ${destination}\n`;
const flux = (targetNamespace: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec: {path: ./apps, targetNamespace: ${targetNamespace}}\n`;

const workspaceOf = (files: Readonly<Record<string, string>>): Workspace => {
  const workspace = new Workspace();
  workspace.setFolders(['file:///w']);
  for (const [name, text] of Object.entries(files)) workspace.set(`file:///w/${name}`, text);
  return workspace;
};
const inWords = ({ isAnywhere, namespaces }: Unknown): string => (isAnywhere ? 'anywhere' : [...namespaces].sort().join() || 'nothing');
const unknownIn = (workspace: Workspace, name: string): string => inWords(workspace.viewFor(`file:///w/${name}`).unknown);
const unknownAmong = (files: Readonly<Record<string, string>>, name = 'a.yaml'): string => unknownIn(workspaceOf(files), name);

const web = deployment('web', 'edge');

describe('where more may be applied than is known', () => {
  test.each([
    ['nothing else', web, 'nothing'],
    ['a release that says where', helmRelease(', namespace: flux-system', '{targetNamespace: edge}'), 'edge'],
    ['a release that says where it is itself', helmRelease(', namespace: edge'), 'edge'],
    ['a release that says nothing', helmRelease(''), 'anywhere'],
    ['a release whose target is a variable', helmRelease(', namespace: edge', '{targetNamespace: "${NS}"}'), 'anywhere'],
    [
      'a chart of k3s',
      'apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: it, namespace: kube-system}\nspec: {targetNamespace: edge}\n',
      'edge',
    ],
    ['two releases', documents(helmRelease(', namespace: edge'), helmRelease(', namespace: shop')), 'edge,shop'],
    ['an Application of a chart', application('{repoURL: https://example.org, chart: it}'), 'edge'],
    ['one of a folder that is elsewhere', application('{repoURL: https://example.org, path: charts/it}'), 'edge'],
    ['one of the whole of a repository', application('{repoURL: https://example.org, path: .}'), 'edge'],
    ['one whose destination is its own namespace, which may be others', application('{path: apps}', '{namespace: argocd}'), 'anywhere'],
    ['one of a chart there', application('{chart: argo-cd}', '{namespace: argocd}'), 'argocd'],
    ['one without a destination', application('{chart: it}', '{server: https://example.org}'), 'anywhere'],
    ['one without a source', application('{}'), 'anywhere'],
    [
      'one of several sources, of which one is for values alone',
      application('{}').replace('source: {}', 'sources: [{chart: it}, {repoURL: https://example.org, ref: values}]'),
      'edge',
    ],
    [
      'a set',
      'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: it}\nspec:\n  generators: [{list: {elements: [{name: a}]}}]\n  template: {spec: {source: {chart: it}, destination: {namespace: edge}}}\n',
      'edge',
    ],
    ['what is called an Application and describes one', 'apiVersion: app.k8s.io/v1beta1\nkind: Application\nmetadata: {name: it}\n', 'nothing'],
    ['what is called so and makes workloads', 'apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {name: it}\n', 'anywhere'],
    [
      'a database of which an operator makes pods',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: it, namespace: edge}\n',
      'edge',
    ],
    [
      'one in a list',
      'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: it, namespace: edge}}\n',
      'edge',
    ],
    ['one in JSON', '{"apiVersion": "rabbitmq.com/v1beta1", "kind": "RabbitmqCluster", "metadata": {"name": "it", "namespace": "edge"}}', 'edge'],
    ['one that lands where it is applied', 'apiVersion: k8s.keycloak.org/v2alpha1\nkind: Keycloak\nmetadata: {name: it}\n', 'anywhere'],
    [
      'what belongs to it and makes no pods',
      'apiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaTopic\nmetadata: {name: it, namespace: edge}\n',
      'nothing',
    ],
    ['a kind of the same name', 'apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: it, namespace: edge}\n', 'nothing'],
    ['a workload with a variable among its labels', web.replaceAll('app: web', 'app: "${APP}"'), 'edge'],
    ['one whose namespace is a variable', web.replaceAll('namespace: edge', 'namespace: "${NS}"'), 'anywhere'],
    ['one with a variable for its containers', web.replace('registry.example/web:1', 'registry.example/web:${TAG}'), 'nothing'],
    [
      'a scaler with a variable',
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: it}\nspec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: "${APP}"}}\n',
      'nothing',
    ],
    ['a namespace with a variable', namespaceNamed('edge').replace('name: edge', 'name: "${NS}"'), 'anywhere'],
    [
      'a policy that another object makes',
      'apiVersion: example.org/v1\nkind: Thing\nspec:\n  it: {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: edge}, spec: {podSelector: {}}}\n',
      'edge',
    ],
    [
      'one of a Composition, whose patches may write another namespace',
      'apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nspec:\n  resources:\n    - base: {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: edge}, spec: {podSelector: {}}}\n',
      'anywhere',
    ],
  ])('%s', (_, text, wanted) => {
    expect(unknownAmong({ 'a.yaml': policyNamed('a', 'shop', 'podSelector: {}'), 'b.yaml': text })).toBe(wanted);
  });

  test('what a kustomization brings from elsewhere lands where it says', () => {
    const remote = 'resources: [a.yaml, "https://example.org/more.yaml"]\n';
    const policy = policyNamed('a', undefined, 'podSelector: {}');
    expect(unknownAmong({ 'kustomization.yaml': remote, 'a.yaml': policy })).toBe('anywhere');
    expect(unknownAmong({ 'kustomization.yaml': `${remote}namespace: edge\n`, 'a.yaml': policy })).toBe('edge');
    const base = { 'base/kustomization.yaml': remote, 'base/a.yaml': policy };
    expect(unknownAmong({ ...base, 'prod/kustomization.yaml': 'resources: [../base]\nnamespace: prod\n' }, 'base/a.yaml')).toBe('prod');
  });

  test('so does a release, unless it has a target of its own; what patches it makes none', () => {
    const files = {
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': documents(helmRelease(', namespace: edge'), policyNamed('a', undefined, 'podSelector: {}')),
      'prod/kustomization.yaml': 'resources: [../base]\nnamespace: prod\npatches: [{path: patch.yaml}]\n',
      'prod/patch.yaml': helmRelease(''),
    };
    expect(unknownAmong(files, 'base/a.yaml')).toBe('prod');
    expect(unknownAmong({ ...files, 'base/a.yaml': helmRelease('', '{targetNamespace: far}') }, 'base/a.yaml')).toBe('far');
    const alone = { 'a.yaml': helmRelease(', namespace: edge'), 'prod/kustomization.yaml': 'resources: [../a.yaml]\nnamespace: prod\n' };
    expect(unknownAmong(alone, 'prod/kustomization.yaml')).toBe('prod');
    expect(unknownAmong(alone)).toBe('edge');
  });

  test('what delivers a folder beside it brings nothing else, as long as that is there', () => {
    const workspace = workspaceOf({ 'argocd/it.yaml': application('{repoURL: https://example.org, path: apps/web}') });
    const unknown = () => unknownIn(workspace, 'argocd/it.yaml');
    expect(unknown()).toBe('edge');
    workspace.set('file:///w/apps/web/deep/web.yaml', web);
    expect(unknown()).toBe('nothing');
    // Of a kustomization’s folder the view of the Application knows nothing.
    workspace.set('file:///w/apps/web/deep/kustomization.yaml', 'resources: [web.yaml]\n');
    expect(unknown()).toBe('edge');
    workspace.delete('file:///w/apps/web/deep/kustomization.yaml');
    expect(unknown()).toBe('nothing');
    workspace.delete('file:///w/apps/web/deep/web.yaml');
    expect(unknown()).toBe('edge');
  });

  test('the same of a set that looks for folders', () => {
    const set =
      'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: it, namespace: argocd}\nspec:\n  generators: [{git: {directories: [{path: apps/*}]}}]\n  template: {spec: {source: {path: "{{path}}"}, destination: {namespace: "{{path.basename}}"}}}\n';
    expect(unknownAmong({ 'a.yaml': set })).toBe('anywhere');
    expect(unknownAmong({ 'a.yaml': set, 'apps/edge/web.yaml': web })).toBe('nothing');
    // Of views of their own the namespaces are those of their folders.
    const views = { 'apps/edge/kustomization.yaml': '', 'apps/shop/kustomization.yaml': '', 'apps/web/web.yaml': web };
    expect(unknownAmong({ 'a.yaml': set, ...views })).toBe('edge,shop');
    expect(unknownAmong({ 'a.yaml': set.replace('basename}}"', 'basename}}-{{x}}"'), ...views })).toBe('anywhere');
  });

  test('it follows who delivers the folder of a release', () => {
    const workspace = workspaceOf({ 'flux.yaml': flux('edge'), 'apps/it.yaml': helmRelease('') });
    expect(unknownIn(workspace, 'apps/it.yaml')).toBe('edge');
    workspace.set('file:///w/flux.yaml', flux('shop'));
    expect(unknownIn(workspace, 'apps/it.yaml')).toBe('shop');
  });
});

test('a namespace in which something lands is one that the workspace knows', () => {
  const from = (name: string) =>
    policyNamed('a', 'shop', `podSelector: {}\ningress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${name}}}}]`);
  const files = { 'b.yaml': documents(namespaceNamed('shop'), namespaceNamed('monitor')), 'c.yaml': helmRelease(', namespace: monitoring') };
  const told = (name: string, more: Readonly<Record<string, string>> = files) =>
    findingsAmong({ 'a.yaml': from(name), ...more }, 'a.yaml').flatMap(({ id, message }) => (id === 'unknown-namespace' ? [message] : []));
  expect(told('monitoring')).toEqual([]);
  expect(told('monitoring', { 'b.yaml': files['b.yaml'] })).toEqual([expect.stringContaining('there are shop or monitor')]);
  expect(told('monitorng')).toEqual([expect.stringContaining('there are shop, monitor, or monitoring')]);
  const { namespaces } = workspaceOf({ 'c.yaml': files['c.yaml'], 'b.yaml': helmRelease(', namespace: edge') }).viewFor('file:///w/b.yaml').cluster;
  expect([...namespaces.values()].map(({ name, declared }) => [name, declared])).toEqual([
    ['edge', false],
    ['monitoring', false],
  ]);
});

describe('rules of what is missing', () => {
  const idsIn = (files: Readonly<Record<string, string>>) => new Set(findingsAmong(files, 'shop.yaml').map(({ id }) => id));
  const shop = documents(
    policyNamed(
      'web',
      'shop',
      'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress, Egress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: batch}}}]\n    ports: [{port: http}]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]',
    ),
    policyNamed('none', 'shop', 'podSelector: {matchLabels: {app: nobody}}\npolicyTypes: [Ingress]'),
    policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]'),
    ...['web', 'db', 'cache'].map((name) => deployment(name, 'shop', '{containerPort: 80}')),
  );
  const wanted = [
    'peer-matches-nothing',
    'named-port-unresolved',
    'selector-matches-nothing',
    'one-sided-flow',
    'no-default-deny',
    'workload-not-isolated',
  ];
  const among = (ids: ReadonlySet<string>) => wanted.filter((id) => ids.has(id));

  test('speak of the namespaces of which all is known', () => {
    expect(among(idsIn({ 'shop.yaml': shop }))).toEqual(wanted);
    expect(among(idsIn({ 'shop.yaml': shop, 'release.yaml': helmRelease(', namespace: edge') }))).toEqual(wanted);
  });

  test('and are silent of those of which it is not', () => {
    expect(among(idsIn({ 'shop.yaml': shop, 'release.yaml': helmRelease(', namespace: shop') }))).toEqual([]);
    expect(among(idsIn({ 'shop.yaml': shop, 'release.yaml': helmRelease('') }))).toEqual([]);
  });

  test('DNS: of a network plugin’s policies less is sure, for others may be for all namespaces', () => {
    const dns = (policy: string, namespace: string) =>
      findingsAmong(
        { 'shop.yaml': documents(policy, deployment('web', 'shop')), 'release.yaml': helmRelease(`, namespace: ${namespace}`) },
        'shop.yaml',
      )
        .filter(({ id }) => id === 'dns-blocked')
        .map(({ severity }) => severity);
    const own = policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {}}]');
    const cilium = ciliumWith('endpointSelector: {}\negress:\n  - toEndpoints: [{}]');
    expect([dns(own, 'edge'), dns(own, 'shop'), dns(cilium, 'edge')]).toEqual([['warning'], ['information'], ['information']]);
  });

  test.each([
    ['by its name', 'kubernetes.io/metadata.name: shop', true],
    ['by another label, which an unknown namespace may have', 'team: shop', false],
  ])('a peer may name a namespace %s', (_, label, isTold) => {
    const files = {
      'shop.yaml': documents(
        namespaceNamed('shop', 'team: shop'),
        policyNamed(
          'web',
          'shop',
          `podSelector: {}\ningress:\n  - from: [{namespaceSelector: {matchLabels: {${label}}}, podSelector: {matchLabels: {app: batch}}}]`,
        ),
        deployment('web', 'shop'),
      ),
    };
    expect(idsIn(files)).toContain('peer-matches-nothing');
    expect(idsIn({ ...files, 'release.yaml': helmRelease(', namespace: edge') }).has('peer-matches-nothing')).toBe(isTold);
  });
});

test('a hover of what means no known pod says that there may be others, where there may', () => {
  const workspace = workspaceWith({
    'a.yaml': documents(
      policyNamed(
        'a',
        'shop',
        'podSelector: {matchLabels: {app: web}}\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: one}}\n      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}',
      ),
      deployment('web', 'shop'),
    ),
    'b.yaml': helmRelease(', namespace: edge'),
  });
  const says = (text: string) => {
    const { placed, offset, view } = spotAt(workspace, 'a.yaml', text);
    return hoverAt(placed.document, offset, { fieldHelp: false }, view)?.markdown;
  };
  const more = 'There may be others: not all that is applied is in the workspace.';
  expect(says('namespaceSelector')).toContain(`Now: namespace \`edge\` (assumed). There: no pod that the workspace knows. ${more}`);
  expect(says('podSelector: {matchLabels: {app: one')).not.toContain(more);
  expect(says('podSelector: {matchLabels: {app: web')).not.toContain(more);
  workspace.set(`${root}/c.yaml`, helmRelease(', namespace: shop'));
  expect(says('podSelector: {matchLabels: {app: one')).toContain(more);
  expect(says('podSelector: {matchLabels: {app: web')).not.toContain(more);
});
