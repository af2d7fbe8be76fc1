import { describe, expect, test } from 'vitest';
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { hoverAt } from '../../server/src/features/hover.ts';
import { allInlayHints, inlayHints } from '../../server/src/features/inlayHints.ts';
import { isEmpty } from '../../server/src/model/portSet.ts';
import { finished } from '../../server/src/model/steps.ts';
import { deployment, policyNamed } from '../../server/src/rules/examples.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { findingsAmong } from '../support/findings.ts';

const root = 'file:///work/repository';

function workspaceOf(files: Readonly<Record<string, string>>, folder = root): Workspace {
  const workspace = new Workspace();
  workspace.setFolders([folder]);
  for (const [name, text] of Object.entries(files)) workspace.set(`${folder}/${name}`, text);
  return workspace;
}

/** Where the workloads of a file's view are, as it is seen from a file. */
const homes = (workspace: Workspace, uri: string): readonly string[] =>
  workspace
    .viewFor(uri)
    .cluster.workloads.map(({ value }) => `${value.namespace}/${value.name}`)
    .sort();

const homesIn = (files: Readonly<Record<string, string>>, file = 'other.yaml', folder = root) =>
  homes(workspaceOf({ 'other.yaml': deployment('other', 'own'), ...files }, folder), `${folder}/${file}`).filter((one) => one !== 'own/other');

/** A workload whose manifest names no namespace. */
const homeless = (name: string) => deployment(name, 'x').replace('  namespace: x\n', '');

const application = (spec: string) => `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: one}\nspec: ${spec}\n`;
const flux = (spec: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: one}\nspec: ${spec}\n`;
const set = (directories: string, namespace: string) =>
  `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  generators: [{git: {directories: [${directories}]}}]
  template:
    spec:
      source: {path: '{{path}}'}
      destination: {namespace: ${namespace}}
`;

const app = '{source: {path: apps/shop}, destination: {namespace: shop}}';

describe('an Application', () => {
  test('gives a namespace to what names none', () => {
    const files = { 'argocd/shop.yaml': application(app), 'apps/shop/web.yaml': `${homeless('web')}---\n${deployment('db', 'data')}` };
    expect(homesIn(files)).toEqual(['data/db', 'shop/web']);
    expect(homesIn({ ...files, 'argocd/shop.yaml': '' })).toEqual(['data/db', 'default/web']);
  });

  test.each([
    ['the folder alone', '', ['default/deep', 'shop/web']],
    ['and those below', 'directory: {recurse: true}, ', ['shop/deep', 'shop/web']],
  ])('reaches %s', (_, more, expected) => {
    const text = application(app.replace('{source: {', `{source: {${more}`));
    expect(homesIn({ 'a.yaml': text, 'apps/shop/web.yaml': homeless('web'), 'apps/shop/below/deep.yaml': homeless('deep') })).toEqual(expected);
  });

  test('may have several sources', () => {
    const text = application('{sources: [{path: apps/a}, {chart: redis}, {path: ./apps/b/}], destination: {namespace: shop}}');
    expect(homesIn({ 'x.yaml': text, 'apps/a/a.yaml': homeless('a'), 'apps/b/b.yaml': homeless('b') })).toEqual(['shop/a', 'shop/b']);
  });

  test('says what Kustomize does on its way', () => {
    const text = application('{source: {path: apps/shop, kustomize: {namespace: other, namePrefix: my-}}, destination: {namespace: shop}}');
    expect(homesIn({ 'a.yaml': text, 'apps/shop/web.yaml': deployment('web', 'x') })).toEqual(['other/my-web']);
  });

  test('of the whole repository says nothing: it is as often another one', () => {
    expect(homesIn({ 'a.yaml': application(app.replace('apps/shop', '.')), 'web.yaml': homeless('web') })).toEqual(['default/web']);
  });

  test('of which two deliver the same folder counts in the order of their files', () => {
    const other = application(app.replace('namespace: shop', 'namespace: staging'));
    const files = { 'b.yaml': application(app), 'a.yaml': other, 'apps/shop/web.yaml': homeless('web') };
    expect(homesIn(files)).toEqual(['staging/web']);
  });

  test('is found where the workspace folder is a folder of its repository', () => {
    const files = { 'a.yaml': application(app), 'shop/web.yaml': homeless('web') };
    expect(homesIn(files, 'other.yaml', `${root}/apps`)).toEqual(['shop/web']);
  });

  test('delivers what a kustomization brings together', () => {
    const files = {
      'a.yaml': application(app),
      'apps/shop/kustomization.yaml': 'resources: [web.yaml, ../base]\n',
      'apps/shop/web.yaml': homeless('web'),
      'apps/base/kustomization.yaml': 'resources: [db.yaml]\n',
      'apps/base/db.yaml': `${homeless('db')}---\n${deployment('cache', 'data')}`,
    };
    expect(homesIn(files, 'apps/shop/web.yaml')).toEqual(['data/cache', 'shop/db', 'shop/web']);
    // It takes nothing of it along to others that bring it in.
    const outer = { ...files, 'apps/outer/kustomization.yaml': 'resources: [../shop]\n', 'apps/outer/x.yaml': homeless('x') };
    expect(homesIn(outer, 'apps/outer/x.yaml')).toEqual(['data/cache', 'default/db', 'default/web', 'default/x']);
  });
});

describe('a Kustomization of Flux', () => {
  test('moves all that its path holds', () => {
    const files = { 'a.yaml': flux('{path: ./apps/shop, targetNamespace: shop}'), 'apps/shop/below/web.yaml': deployment('web', 'x') };
    expect(homesIn(files)).toEqual(['shop/web']);
  });

  test('patches it', () => {
    const text = flux('{path: apps, patches: [{target: {kind: Deployment}, patch: "{spec: {template: {metadata: {labels: {tier: front}}}}}"}]}');
    const workspace = workspaceOf({ 'a.yaml': text, 'apps/web.yaml': deployment('web', 'x') });
    expect(workspace.viewFor(`${root}/apps/web.yaml`).cluster.workloads[0]?.value.podLabels).toMatchObject({ app: 'web', tier: 'front' });
  });

  test('is none of Kustomize’s own', () => {
    const text = flux('{path: apps, targetNamespace: shop}').replace('toolkit.fluxcd.io/v1', 'config.k8s.io/v1beta1');
    expect(homesIn({ 'a.yaml': text, 'apps/web.yaml': homeless('web') })).toEqual(['default/web']);
  });
});

test('a kustomization that holds nothing itself is looked at anew when it is delivered elsewhere', () => {
  const base = `${root}/base/web.yaml`;
  const workspace = workspaceOf({
    'apps/kustomization.yaml': 'resources: [../base]\n',
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'base/web.yaml': homeless('web'),
  });
  expect(homes(workspace, base)).toEqual(['default/web']);
  workspace.set(`${root}/flux.yaml`, flux('{path: apps, targetNamespace: shop}'));
  expect(homes(workspace, base)).toEqual(['shop/web']);
  workspace.later(() => workspace.set(`${root}/flux.yaml`, flux('{path: apps, targetNamespace: edge}')));
  expect(homes(workspace, base)).toEqual(['shop/web']);
  workspace.settle();
  expect(homes(workspace, base)).toEqual(['edge/web']);
  workspace.delete(`${root}/flux.yaml`);
  expect(homes(workspace, base)).toEqual(['default/web']);
});

describe('an ApplicationSet', () => {
  const apps = { 'apps/a/x.yaml': homeless('a'), 'apps/b/x.yaml': homeless('b'), 'apps/b/c/x.yaml': homeless('c') };

  test.each([
    ['{{path.basename}}', '{path: apps/*}', ['a/a', 'b/b', 'default/c']],
    ['{{ .path.basename }}-prod', '{path: apps/*}', ['a-prod/a', 'b-prod/b', 'default/c']],
    ['{{path[1]}}', '{path: apps/*}, {path: apps/b/*}', ['a/a', 'b/b', 'b/c']],
    ['{{index .path.segments 0}}', '{path: apps/*}', ['apps/a', 'apps/b', 'default/c']],
    ['{{path.basename}}', '{path: apps/*}, {path: apps/b, exclude: true}', ['a/a', 'default/b', 'default/c']],
    ['{{cluster}}', '{path: apps/*}', ['default/a', 'default/b', 'default/c']],
    ['fixed', '{path: "*/b"}', ['default/a', 'default/c', 'fixed/b']],
    ['fixed', '{path: "apps/*a*a*a*"}', ['default/a', 'default/b', 'default/c']],
  ])('with namespace %s and %s', (namespace, directories, expected) => {
    expect(homesIn({ 'set.yaml': set(directories, `'${namespace}'`), ...apps })).toEqual(expected);
  });
});

describe('what is delivered', () => {
  const files = {
    'argocd/shop.yaml': application(app),
    'argocd/blog.yaml': application('{source: {path: apps/blog}, destination: {namespace: blog}}'),
    'apps/shop/all.yaml': `${homeless('web')}---\n${homeless('db')}---\n${policyNamed('db', undefined, 'podSelector: {matchLabels: {app: db}}\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]')}`,
    'apps/blog/all.yaml': `${homeless('web')}---\n${policyNamed('deny', undefined, 'podSelector: {}\npolicyTypes: [Ingress, Egress]')}`,
  };

  test('is no duplicate of what is delivered elsewhere, and lands nowhere else', () => {
    for (const name of Object.keys(files)) {
      const ids = findingsAmong(files, name).map(({ id }) => id);
      expect(ids).not.toContain('duplicate-resource');
      expect(ids).not.toContain('implicit-namespace');
    }
    const undelivered = { ...files, 'argocd/shop.yaml': '', 'argocd/blog.yaml': '' };
    expect(findingsAmong(undelivered, 'apps/blog/all.yaml').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['duplicate-resource', 'implicit-namespace']),
    );
  });

  test('passes as where it lands', () => {
    const connectivity = connectivityOf(workspaceOf(files).viewFor(`${root}/apps/shop/all.yaml`).cluster);
    const endpoint = (namespace: string, name: string) => connectivity.endpointsIn(namespace).find(({ workload }) => workload.name === name);
    const [web, db, stranger] = [endpoint('shop', 'web'), endpoint('shop', 'db'), endpoint('blog', 'web')];
    expect(web && db && isEmpty(connectivity.between(web, db))).toBe(false);
    expect(stranger && db && isEmpty(connectivity.between(stranger, db))).toBe(true);
  });

  test('says so', () => {
    const workspace = workspaceOf(files);
    const uri = `${root}/apps/blog/all.yaml`;
    const document = workspace.manifest(uri)?.documents[1]?.document;
    const hints = document && inlayHints(document, workspace.viewFor(uri), allInlayHints);
    expect(hints?.find(({ label }) => label.startsWith('namespace'))).toMatchObject({
      label: 'namespace: blog',
      tooltip: 'Delivered by Application one (argocd/blog.yaml).',
    });
  });
});

test('a hover says in which namespace a policy lands', () => {
  const own = policyNamed('web', undefined, 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]');
  const says = (word: string, more: Readonly<Record<string, string>> = {}, text = own) => {
    const workspace = workspaceOf({ ...more, 'apps/web.yaml': text });
    const uri = `${root}/apps/web.yaml`;
    const document = workspace.manifest(uri)?.documents[0]?.document;
    const hover = document && hoverAt(document, document.text.indexOf(word) + 1, { fieldHelp: false }, workspace.viewFor(uri));
    return hover?.markdown.split('\n\n')[0];
  };
  const delivering = { 'argocd/all.yaml': application('{source: {path: apps}, destination: {namespace: shop}}') };
  expect(says('NetworkPolicy')).toBe('Selects every pod of the namespace that it is applied to.');
  expect(says('NetworkPolicy', delivering)).toBe('Selects every pod of namespace `shop`.');
  expect(says('- from', delivering)).toBe(says('- from', {}, own.replace('name: web', 'name: web\n  namespace: shop')));
  expect(
    says(
      'NetworkPolicy',
      { 'apps/kustomization.yaml': 'namespace: edge\nresources: [web.yaml]\n' },
      own.replace('name: web', 'name: web\n  namespace: shop'),
    ),
  ).toBe('Selects every pod of namespace `edge`.');
});

test('many files are read anew when it is settled, where the owner does that, and else at once', () => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`apps/${i}.yaml`, deployment(`web-${i}`, '')]));
  const namespaces = (workspace: Workspace) => [
    ...new Set(workspace.viewFor(`${root}/apps/0.yaml`).cluster.workloads.map(({ value }) => value.namespace)),
  ];
  const delivering = application('{source: {path: apps}, destination: {namespace: shop}}');
  const patient = workspaceOf(files);
  patient.settlesMuch = true;
  patient.set(`${root}/argocd/all.yaml`, delivering);
  expect([patient.isBehind, namespaces(patient)]).toEqual([true, ['default']]);
  patient.settle();
  expect([patient.isBehind, namespaces(patient)]).toEqual([true, ['default']]);
  finished(patient.redelivering());
  patient.settle();
  expect([patient.isBehind, namespaces(patient)]).toEqual([false, ['shop']]);
  expect(namespaces(workspaceOf({ ...files, 'argocd/all.yaml': delivering }))).toEqual(['shop']);
  const few = workspaceOf(Object.fromEntries(Object.entries(files).slice(0, 50)));
  few.settlesMuch = true;
  few.set(`${root}/argocd/all.yaml`, delivering);
  expect([few.isBehind, namespaces(few)]).toEqual([false, ['shop']]);
});
