import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resourcesOf } from '../../server/src/kinds/resource.ts';
import { finished } from '../../server/src/model/steps.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { type ManifestText, PerDocument } from '../../server/src/syntax/manifestText.ts';
import { itemsOf, valueAt } from '../../server/src/syntax/node.ts';
import { viewOf } from '../../server/src/workspace/clusterView.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const root = 'file:///work';
const policy = (name: string, namespace = '') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}\n${namespace ? `  namespace: ${namespace}\n` : ''}spec: {}\n`;

/** Every pair of twins, as text, whichever way the workspace came to be what it is. */
function twins(workspace: Workspace, uris: Iterable<string>): readonly string[] {
  const lines: string[] = [];
  for (const uri of uris) {
    for (const { document, start } of workspace.manifest(uri)?.documents ?? []) {
      for (const resource of resourcesOf(document)) {
        const others = workspace.viewFor(uri).twinsOf(resource);
        lines.push(
          `${uri}@${start} ${resource.name}: ${others
            .map(({ file, at, place }) => `${file}@${at.start}-${at.end} ${place}`)
            .sort()
            .join(', ')}`,
        );
      }
    }
  }
  return lines.sort();
}

describe('twins', () => {
  test('are the others, never the resource itself, with their place', () => {
    const workspace = new Workspace();
    workspace.setFolders([root]);
    workspace.set(`${root}/a.yaml`, `${policy('x')}---\n${policy('x')}---\n${policy('y')}`);
    workspace.set(`${root}/sub/b.yaml`, policy('x'));
    const [first] = workspace.manifest(`${root}/a.yaml`)?.documents.flatMap(({ document }) => resourcesOf(document)) ?? [];
    const found = first && workspace.viewFor(`${root}/a.yaml`).twinsOf(first);
    expect(found?.map(({ place }) => place).sort()).toEqual(['sub/b.yaml', 'this file']);
  });

  test('live in one namespace and one view', () => {
    const workspace = new Workspace();
    workspace.setFolders([root]);
    workspace.set(`${root}/a.yaml`, `${policy('x', 'one')}---\n${policy('x', 'two')}---\n${policy('x')}`);
    workspace.set(`${root}/dev/kustomization.yaml`, 'resources: [b.yaml]\n');
    workspace.set(`${root}/dev/b.yaml`, policy('x'));
    expect(twins(workspace, [`${root}/a.yaml`, `${root}/dev/b.yaml`]).every((line) => line.endsWith(': '))).toBe(true);
    workspace.delete(`${root}/dev/kustomization.yaml`);
    expect(twins(workspace, [`${root}/dev/b.yaml`])[0]).toContain(`${root}/a.yaml`);
  });

  test('say which other files are concerned by a change', () => {
    const workspace = new Workspace();
    workspace.setFolders([root]);
    workspace.set(`${root}/a.yaml`, policy('x'));
    expect([...workspace.set(`${root}/b.yaml`, policy('x'))]).toEqual([`${root}/a.yaml`]);
    expect([...workspace.set(`${root}/b.yaml`, policy('y'))]).toEqual([`${root}/a.yaml`]);
    expect([...workspace.set(`${root}/b.yaml`, policy('z'))]).toEqual([]);
    expect([...workspace.delete(`${root}/b.yaml`)]).toEqual([]);
  });
});

test.each([
  ['file:///work/a.yaml', 'file:///work'],
  ['file:///work/dev/a.yaml', 'file:///work/dev'],
  ['file:///work/dev/deep/a.yaml', 'file:///work/dev'],
  ['file:///work/prod/a.yaml', 'file:///work'],
  ['file:///elsewhere/dev/a.yaml', 'file:///elsewhere/dev'],
  ['untitled:a.yaml', ''],
])('%s belongs to the view %s', (uri, view) => {
  expect(viewOf(uri, new Set(['file:///work/dev']), [root])).toBe(view);
});

test('what was parsed beforehand is what a file holds', () => {
  const workspace = new Workspace();
  const uri = `${root}/a.yaml`;
  const [kept, text] = [deployment('web', 'shop'), documents(deployment('web', 'shop'), deployment('db', 'shop'))];
  const held = () => workspace.manifest(uri)?.documents.map(({ document }) => document) ?? [];
  const parsed = (): ReadonlyMap<string, ManifestText> => Reflect.get(Reflect.get(workspace, 'ahead'), 'manifests');
  workspace.set(uri, kept);
  const [before] = held();
  finished(workspace.parsing(uri, text));
  expect(held()).toEqual([before]);
  const beforehand = parsed()
    .get(uri)
    ?.documents.map(({ document }) => document);
  workspace.set(uri, text);
  expect(held()).toHaveLength(2);
  for (const [i, document] of held().entries()) expect(document).toBe(beforehand?.[i]);
  expect(parsed().size).toBe(0);
  expect(workspace.viewFor(uri).cluster.workloads).toHaveLength(2);
  // A file that has changed on disk meanwhile counts for nothing.
  finished(workspace.parsing(uri, text));
  workspace.set(uri, kept);
  expect(workspace.viewFor(uri).cluster.workloads).toHaveLength(1);
});

test('what was read beforehand counts as long as the same is done to it', () => {
  const uri = `${root}/app/a.yaml`;
  const text = deployment('web', 'shop');
  const namespaceAfter = (before: readonly string[], between: readonly string[]) => {
    const workspace = new Workspace();
    const give = (namespaces: readonly string[]) => {
      for (const namespace of namespaces) workspace.set(`${root}/app/kustomization.yaml`, `namespace: ${namespace}\nresources: [a.yaml]\n`);
    };
    give(before);
    finished(workspace.parsing(uri, text));
    give(between);
    workspace.set(uri, text);
    return workspace.viewFor(uri).cluster.workloads.map(({ value }) => value.namespace);
  };
  expect(namespaceAfter([], [])).toEqual(['shop']);
  expect(namespaceAfter(['test'], [])).toEqual(['test']);
  expect(namespaceAfter([], ['test'])).toEqual(['test']);
  expect(namespaceAfter(['test'], ['live'])).toEqual(['live']);
});

test('a tree that was let go is made again when somebody looks into it, and everything else stays', () => {
  const workspace = new Workspace();
  const uri = `${root}/a.yaml`;
  const items = ['a', 'b', 'c'].map((name) => `  - ${policy(name, 'shop').trimEnd().replaceAll('\n', '\n    ')}\n`);
  workspace.set(uri, documents(`apiVersion: v1\nkind: List\nitems:\n${items.join('')}`, 'a: 1\n', deployment('web', 'shop')));
  const [list, other, web] = (workspace.manifest(uri)?.documents ?? []).map(({ document }) => document);
  if (!list || !other || !web) throw new Error('There are three documents.');
  const held = (document: typeof list) => Reflect.get(document, 'result');
  const findings = new PerDocument<string>();
  findings.set(list, 'one');
  const [before, { cluster }] = [resourcesOf(list), workspace.viewFor(uri)];
  const { root: tree } = list.parsed;
  const roots = before.map((resource) => resource.root);
  workspace.letGo(uri);
  expect([held(list), held(other), held(web), findings.get(list)]).toEqual([undefined, undefined, undefined, undefined]);
  expect(workspace.viewFor(uri).cluster).toBe(cluster);
  expect(workspace.factsOf(uri)?.documents.map(({ resources }) => resources.length)).toEqual([3, 0, 1]);
  // None of it needed a tree.
  expect([held(list), held(web)]).toEqual([undefined, undefined]);
  expect(resourcesOf(list)).toBe(before);
  // Whoever asks for one resource of a list has all of them found: one by one, thousands would take their square.
  expect(before[0]?.root).toEqual(roots[0]);
  expect(before.map((resource) => Reflect.get(resource, 'found') !== undefined)).toEqual([true, true, true]);
  expect(before.map((resource) => resource.root)).toEqual(roots);
  expect(before[1]?.root).not.toBe(roots[1]);
  // All resources' roots are of one tree.
  expect(itemsOf(valueAt(list.parsed.root, 'items')).map((node, i) => node === before[i]?.root)).toEqual([true, true, true]);
  expect(list.parsed.root).toEqual(tree);
  // A text that comes again is known by then.
  workspace.letGo(uri);
  expect(workspace.set(uri, workspace.manifest(uri)?.text ?? '')).toEqual(new Set());
  expect(workspace.viewFor(uri).cluster).toBe(cluster);
});

test('whether templates stand in a document is known without its tree', () => {
  const workspace = new Workspace();
  const uri = `${root}/a.yaml`;
  workspace.set(uri, policy('{{ .Values.name }}'));
  const document = workspace.manifest(uri)?.documents[0]?.document;
  workspace.letGo(uri);
  expect([document?.templated, document && Reflect.get(document, 'result')]).toEqual([true, undefined]);
});

test('nothing is kept of a view whose last file has gone', () => {
  const workspace = new Workspace();
  const text = documents(deployment('web', 'shop'), policyNamed('p', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]'));
  const inside = (of: object, ...names: readonly string[]): object => names.reduce((one, name) => Reflect.get(one, name), of);
  const kept = () =>
    [inside(workspace, 'files', 'byView'), inside(workspace, 'learning', 'readUnder'), inside(workspace, 'clusters', 'kept')].map((map) =>
      Reflect.get(map, 'size'),
    );
  for (const name of ['a', 'b', 'c']) {
    workspace.set(`file:///${name}/kustomization.yaml`, 'resources: [one.yaml, two.yaml]\n');
    workspace.set(`file:///${name}/one.yaml`, text);
    workspace.set(`file:///${name}/two.yaml`, text);
    expect(workspace.viewFor(`file:///${name}/one.yaml`).cluster.policies).toHaveLength(2);
  }
  expect(kept()).toEqual([3, 3, 3]);
  workspace.delete('file:///a/one.yaml');
  expect(kept()).toEqual([3, 3, 3]);
  expect(workspace.viewFor('file:///a/two.yaml').cluster.policies).toHaveLength(1);
  // The files of b and c become one view, of which theirs are no more.
  workspace.setFolders(['file:///b', 'file:///c']);
  workspace.setViews([{ name: 'both', holds: () => true }]);
  expect(kept()[0]).toBe(1);
  for (const name of ['a/two', 'b/one', 'b/two', 'c/one', 'c/two', ...['a', 'b', 'c'].map((folder) => `${folder}/kustomization`)])
    workspace.delete(`file:///${name}.yaml`);
  expect(kept()).toEqual([0, 0, 0]);
});

test('property: after any file operations the workspace equals one that read the final files afresh', () => {
  const name = fc.constantFrom('a.yaml', 'dev/b.yaml', 'dev/c.yaml', 'dev/kustomization.yaml', 'prod/Chart.yaml', 'prod/d.yaml');
  const text = fc
    .array(fc.constantFrom(policy('x'), policy('y'), policy('x', 'n'), 'a: 1\n', 'kind: NetworkPolicy\nmetadata: {name'), { maxLength: 3 })
    .map((parts) => parts.join('---\n'));
  const operation = fc.oneof(fc.record({ name, text }), fc.record({ name }));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 15 }), (operations) => {
      const files = new Map<string, string>();
      const grown = new Workspace();
      grown.setFolders([root]);
      for (const step of operations) {
        const uri = `${root}/${step.name}`;
        if ('text' in step) {
          files.set(uri, step.text);
          grown.set(uri, step.text);
        } else {
          files.delete(uri);
          grown.delete(uri);
        }
      }
      const fresh = new Workspace();
      fresh.setFolders([root]);
      for (const [uri, content] of files) fresh.set(uri, content);
      expect(twins(grown, files.keys())).toEqual(twins(fresh, files.keys()));
    }),
    { numRuns: 500 },
  );
});
