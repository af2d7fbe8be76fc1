import { describe, expect, test } from 'vitest';
import { deployment, documents, namespaceNamed, policyNamed } from '../../server/src/rules/examples.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';
import { engineEvidence } from '../../server/src/workspace/engine.ts';
import { chooseEngine } from '../../server/src/workspace/engineChoice.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { findingsAmong } from '../support/findings.ts';

const from = (app: string) =>
  policyNamed(
    'redis',
    'shop',
    `podSelector: {matchLabels: {app: redis}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: ${app}}}}]\n    ports: [{port: 6379}]`,
  );
const redis = deployment('redis', 'shop', '{containerPort: 6379}');
const ids = (files: Readonly<Record<string, string>>, name: string) =>
  findingsAmong(files, name).flatMap(({ id, severity }) => (severity === 'warning' ? [id] : []));

describe('what a policy is compared with', () => {
  test('the workloads beside it', () => {
    expect(ids({ 'redis.yaml': documents(redis, from('server')) }, 'redis.yaml')).toEqual(['peer-matches-nothing']);
    expect(ids({ 'redis.yaml': documents(redis, from('server')), 'sub/server.yaml': deployment('server', 'shop') }, 'redis.yaml')).toEqual([]);
  });

  test('of a base or component, what it ends up in', () => {
    const files = {
      'base/redis/kustomization.yaml': 'resources: [redis.yaml]\n',
      'base/redis/redis.yaml': documents(redis, from('server')),
      'base/server/kustomization.yaml': 'resources: [server.yaml]\n',
      'base/server/server.yaml': deployment('server', 'shop'),
      'base/kustomization.yaml': 'resources:\n  - redis\n  - ./server/\n',
    };
    expect(ids(files, 'base/redis/redis.yaml')).toEqual([]);
    expect(ids({ ...files, 'base/kustomization.yaml': 'resources: [redis]\n' }, 'base/redis/redis.yaml')).toEqual(['peer-matches-nothing']);
  });

  test('with the namespace and the labels that kustomizations give', () => {
    const bare = (text: string) => text.replaceAll('  namespace: shop\n', '');
    const files = {
      'base/kustomization.yaml': 'resources: [redis.yaml]\n',
      'base/redis.yaml': bare(redis),
      'prod/kustomization.yaml':
        'resources: [../base, policy.yaml]\nnamespace: prod\nlabels:\n  - pairs: {stage: prod}\n    includeSelectors: true\n',
      'prod/policy.yaml': policyNamed('redis', undefined, 'podSelector: {matchLabels: {app: redis, stage: prod}}\npolicyTypes: [Ingress]'),
    };
    expect(ids(files, 'prod/policy.yaml')).toEqual([]);
    expect(findingsAmong(files, 'prod/policy.yaml').map(({ id }) => id)).not.toContain('implicit-namespace');
    const without = findingsAmong(
      { ...files, 'prod/kustomization.yaml': 'resources: [../base, policy.yaml]\nnamespace: prod\n' },
      'prod/policy.yaml',
    );
    expect(without.map(({ id }) => id)).toContain('selector-matches-nothing');
  });

  test('with what components do, to all that their kustomization brings together, as long as they do it', () => {
    const workspace = new Workspace();
    workspace.setFolders(['file:///w']);
    const set = (name: string, text: string) => workspace.set(`file:///w/${name}`, text);
    const cluster = () => workspace.viewFor('file:///w/top/kustomization.yaml').cluster;
    const said = () =>
      cluster().workloads.map(({ value }) => `${value.namespace}/${value.name} ${value.podLabels.team ?? ''} ${value.podLabels.stage ?? ''}`);
    const bare = (name: string) => deployment(name, 'shop').replaceAll('  namespace: shop\n', '');
    set('base/kustomization.yaml', 'resources: [web.yaml]\n');
    set('base/web.yaml', bare('web'));
    set('top/own.yaml', documents(bare('own'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: old, labels: {a: b}}\n'));
    set('comp/kustomization.yaml', 'kind: Component\nresources: [side.yaml]\n');
    set('comp/side.yaml', bare('side'));
    set('after/kustomization.yaml', 'kind: Component\nnameSuffix: -z\n');
    set('top/kustomization.yaml', 'resources: [../base, own.yaml]\ncomponents: [../comp, ../after]\nnamespace: prod\n');
    expect(said().sort()).toEqual(['prod/own-z  ', 'prod/side-z  ', 'prod/web-z  ']);
    expect(cluster().namespaces.get('prod')).toMatchObject({ declared: true, labels: { a: 'b', 'kubernetes.io/metadata.name': 'prod' } });
    expect(cluster().namespaces.has('old')).toBe(false);
    const labels = 'labels: [{pairs: {team: x}, includeSelectors: true}]\n';
    set('comp/kustomization.yaml', `kind: Component\nresources: [side.yaml]\nnamePrefix: p-\n${labels}`);
    expect(said().sort()).toEqual(['prod/p-own-z x ', 'prod/p-side-z x ', 'prod/p-web-z x ']);
    expect(cluster().namespaces.get('prod')?.labels).toMatchObject({ a: 'b', team: 'x' });
    // One that brings itself in does so once.
    set('after/kustomization.yaml', 'kind: Component\ncomponents: [../after]\nlabels: [{pairs: {stage: y}, includeTemplates: true}]\n');
    expect(said().sort()).toEqual(['prod/p-own x y', 'prod/p-side x y', 'prod/p-web x y']);
    workspace.delete('file:///w/after/kustomization.yaml');
    expect(said().sort()).toEqual(['prod/p-own x ', 'prod/p-side x ', 'prod/p-web x ']);
  });

  test.each([
    ['a remote resource', { 'kustomization.yaml': 'resources: [redis.yaml, "https://example.org/server.yaml"]\n' }],
    ['a chart that kustomize renders', { 'kustomization.yaml': 'resources: [redis.yaml]\nhelmCharts: [{name: server}]\n' }],
    ['a Helm release', { 'server.yaml': 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: server}\n' }],
    [
      'an Application',
      { 'app.yaml': documents(namespaceNamed('shop'), 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: server}\n') },
    ],
    [
      'a template',
      { 'Chart.yaml': 'name: a\n', 'templates/server.yaml': deployment('server', 'shop').replaceAll(': server', ': {{ .Values.name }}') },
    ],
  ])('not where %s may bring what is missing; a misspelling is told all the same', (_, others) => {
    expect(ids({ 'redis.yaml': documents(redis, from('server')), ...others }, 'redis.yaml')).toEqual([]);
    expect(ids({ 'redis.yaml': documents(redis, from('redsi')), ...others }, 'redis.yaml')).toEqual(['peer-matches-nothing']);
    const selecting = (app: string) => policyNamed('a', 'shop', `podSelector: {matchLabels: {app: ${app}}}\npolicyTypes: [Ingress]`);
    expect(ids({ 'redis.yaml': documents(redis, selecting('server')), ...others }, 'redis.yaml')).toEqual([]);
    expect(ids({ 'redis.yaml': documents(redis, selecting('redsi')), ...others }, 'redis.yaml')).toEqual(['selector-matches-nothing']);
  });

  test('nothing, where no workload is in sight', () => {
    expect(ids({ 'a.yaml': from('server') }, 'a.yaml')).toEqual([]);
  });

  test('a policy without a namespace may land beside the pods', () => {
    const found = findingsAmong(
      { 'a.yaml': from('server').replace('  namespace: shop\n', ''), 'b.yaml': documents(redis, deployment('server', 'shop')) },
      'a.yaml',
    );
    expect(found.map(({ id }) => id)).toEqual(['implicit-namespace']);
  });
});

describe('a file that no kustomization brings in', () => {
  const name = 'base/new.yaml';
  const said = (kustomization: string, more: Readonly<Record<string, string>> = {}) =>
    findingsAmong({ 'base/kustomization.yaml': kustomization, [name]: from('server'), ...more }, name).filter(
      ({ id }) => id === 'not-in-kustomization',
    );

  test.each([
    ['a list without it', 'resources: [redis.yaml]\n', 'resources: [redis.yaml, new.yaml]\n'],
    ['a list of lines', 'resources:\n  - redis.yaml\nnamespace: a\n', 'resources:\n  - redis.yaml\n  - new.yaml\nnamespace: a\n'],
    ['no list', 'namespace: a\n', 'namespace: a\nresources:\n  - new.yaml\n'],
    ['an empty list', 'resources: []\n', 'resources: [new.yaml]\n'],
  ])('%s: is told, and added', (_, before, after) => {
    const [found, ...others] = said(before);
    expect(others).toEqual([]);
    expect(found?.message).toBe(
      'Not applied with the rest: kustomization.yaml does not list new.yaml, and nothing else brings it in. Add it to resources.',
    );
    const [fix] = found?.finding.fixes?.() ?? [];
    expect(fix?.title).toBe('Add new.yaml to the resources of kustomization.yaml');
    expect(applyEdits(before, fix?.elsewhere?.[0]?.edits ?? [])).toBe(after);
  });

  test.each<[string, string, Readonly<Record<string, string>>?]>([
    ['the list', 'resources: [./new.yaml]\n'],
    ['a comment', 'resources: [redis.yaml]\n# new.yaml comes later\n'],
    ['a patch', 'patches: [{path: new.yaml}]\n'],
    ['a list of something else', 'resources: []\nconfigMapGenerator: [{name: a, files: [new.yaml]}]\n'],
    ['another kustomization', 'resources: [redis.yaml]\n', { 'prod/kustomization.yaml': 'resources: [../base/new.yaml]\n' }],
  ])('is left alone where %s names it', (_, kustomization, more) => {
    expect(said(kustomization, more)).toEqual([]);
  });

  test('is left alone in a folder below, in a template, and where it is no policy', () => {
    expect(findingsAmong({ 'kustomization.yaml': 'resources: []\n', 'deep/a.yaml': from('a') }, 'deep/a.yaml').map(({ id }) => id)).not.toContain(
      'not-in-kustomization',
    );
    expect(said('resources: []\n', { [name]: from('a').replace('name: redis', 'name: {{ .name }}') })).toEqual([]);
    expect(said('resources: []\n', { [name]: redis })).toEqual([]);
  });
});

describe('the engine', () => {
  test.each([
    ['a.yaml', 'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n', 'cilium'],
    ['a.yaml', 'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\n', 'calico'],
    ['a.yaml', 'apiVersion: operator.tigera.io/v1\nkind: Installation\n', 'calico'],
    ['a.yaml', 'apiVersion: crd.antrea.io/v1beta1\nkind: ClusterNetworkPolicy\n', 'antrea'],
    ['a.yaml', 'apiVersion: k8s.ovn.org/v1\nkind: EgressFirewall\n', 'ovn-kubernetes'],
    ['a.yaml', 'kind: DaemonSet\nspec:\n  image: mcr.microsoft.com/containernetworking/azure-npm:v1.5\n', 'azure-npm'],
    ['a.yaml', 'kind: HelmRelease\nspec:\n  chart:\n    spec:\n      chart: cilium\n', 'cilium'],
    ['Chart.yaml', 'dependencies:\n  - name: tigera-operator\n    version: 3.30.0\n', 'calico'],
    ['aws-values.yaml', 'enableNetworkPolicy: "true"\n', 'aws-vpc-cni'],
    ['main.tf', '  network_profile {\n    network_policy = "calico"\n  }\n', 'calico'],
    ['main.tf', '    network_policy     = "cilium"\n    network_data_plane = "cilium"\n', 'cilium'],
    ['main.tf', '  datapath_provider = "ADVANCED_DATAPATH"\n', 'gke-dataplane-v2'],
    ['main.bicep', "    networkPolicy: 'none'\n", 'none'],
    ['main.bicep', "    networkPolicy: 'azure'\n", 'azure-npm'],
    ['main.bicep', "    networkDataplane: 'cilium'\n", 'cilium'],
    ['a.yaml', 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n', undefined],
    ['main.tf', '# network_policy = "calico"\n', undefined],
    ['values.yaml', 'image: cilium\n', undefined],
  ])('%s with %j tells %s', (name, text, engine) => {
    expect(engineEvidence(name, text)?.engine).toBe(engine);
  });

  test('is what is set, else what all files agree on', () => {
    const workspace = new Workspace();
    workspace.setFolders(['file:///w']);
    expect(chooseEngine('auto', workspace).engine).toBeUndefined();
    workspace.set('file:///w/a.yaml', `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n---\n${redis}`);
    expect(chooseEngine('auto', workspace)).toEqual({ engine: 'cilium', why: 'apiVersion: cilium.io/v2 in a.yaml' });
    expect(chooseEngine('weave', workspace)).toEqual({ engine: 'weave', why: 'as the settings say' });
    workspace.noteOther('file:///w/main.tf', 'network_policy = "calico"\n');
    expect(chooseEngine('auto', workspace)).toMatchObject({ engine: undefined, why: expect.stringContaining('several') });
    workspace.delete('file:///w/main.tf');
    expect(chooseEngine('auto', workspace).engine).toBe('cilium');
  });
});
