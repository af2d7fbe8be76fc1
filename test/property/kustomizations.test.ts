import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deployment, policyNamed } from '../../server/src/rules/examples.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const root = 'file:///w';
const folders = ['a', 'a/b', 'c', 'c/d'] as const;
const names = ['kustomization.yaml', 'kustomization.yml', 'Chart.yaml', 'x.yaml', 'y.yaml'] as const;

const paths = fc.subarray(['x.yaml', 'y.yaml', 'b', '../c', '../a', '../../c/d', 'd']);
/** Components that bring in others further on alone: of a circle, the first that is asked about is said to do less. */
const components: Readonly<Record<string, readonly string[]>> = { a: ['b', '../c', '../c/d'], 'a/b': ['../../c', '../../c/d'], c: ['d'], 'c/d': [] };
const inline = `  - target: {kind: Deployment}\n    patch: '[{op: add, path: /spec/template/metadata/labels/patched, value: "yes"}]'\n`;
const patches = fc.subarray([
  '  - path: x.yaml\n',
  '  - path: y.yaml\n    target: {name: web}\n',
  '  - path: ../a/b/y.yaml\n    target: {kind: Deployment}\n',
  inline,
]);
const kustomization = (folder: string) =>
  fc
    .record({
      isComponent: fc.boolean(),
      resources: paths,
      components: fc.subarray([...(components[folder] ?? [])]),
      patches: fc.oneof(fc.constant([]), patches),
      change: fc.constantFrom('', 'namespace: prod\n', 'namePrefix: p-\n', 'commonLabels: {team: x}\n'),
    })
    .map(
      (one) =>
        `${one.isComponent ? 'kind: Component\n' : ''}resources: [${one.resources.join(', ')}]\ncomponents: [${one.components.join(', ')}]\n${one.patches.length > 0 ? `patches:\n${one.patches.join('')}` : ''}${one.change}`,
    );
const manifest = fc.constantFrom(
  deployment('web', 'shop'),
  deployment('db', 'shop').replaceAll('  namespace: shop\n', ''),
  policyNamed('deny', 'shop', 'podSelector: {}'),
  deployment('web', 'shop').replaceAll('app: web', 'app: web\n        more: x'),
  '- {op: replace, path: /metadata/name, value: other}\n',
);

/** Without a text the file is deleted. */
const change = fc.tuple(fc.constantFrom(...folders), fc.constantFrom(...names), fc.boolean()).chain(([folder, name, isThere]) =>
  (name.startsWith('kustomization') ? kustomization(folder) : name === 'Chart.yaml' ? fc.constant('name: c\n') : manifest).map((text) => ({
    uri: `${root}/${folder}/${name}`,
    text: isThere ? text : undefined,
  })),
);

/** Whatever a workspace says of where its files end up, and of what is there. */
function said(workspace: Workspace, files: ReadonlyMap<string, string>) {
  return [...files.keys()].sort().map((uri) => {
    const { cluster } = workspace.viewFor(uri);
    const parts = [cluster.workloads, cluster.policies].map((list) => list.map(({ value, origin }) => JSON.stringify([origin.file, value])).sort());
    return [uri, workspace.viewName(uri), workspace.isPatch(uri), ...parts];
  });
}

test('property: after any changes of kustomizations, components, patches and charts a workspace says what a fresh one says', {
  timeout: 120_000,
}, () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 2, maxLength: 16 }), fc.boolean(), (changes, hasViews) => {
      const made = () => {
        const workspace = new Workspace();
        workspace.setFolders([root]);
        if (hasViews) workspace.setViews([{ name: 'named', holds: (path) => /^a\/.*x\.yaml$|^c\/kustomization\.yaml$/.test(path) }]);
        return workspace;
      };
      const changed = made();
      const files = new Map<string, string>();
      for (const { uri, text } of changes) {
        if (text === undefined) {
          files.delete(uri);
          changed.delete(uri);
        } else {
          files.set(uri, text);
          changed.set(uri, text);
        }
        // Asked about in between, so that more is remembered.
        said(changed, files);
      }
      const fresh = made();
      for (const [uri, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) fresh.set(uri, text);
      expect(said(changed, files)).toEqual(said(fresh, files));
    }),
    { numRuns: 500 },
  );
});
