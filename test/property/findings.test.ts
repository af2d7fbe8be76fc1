import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDocument } from '../../server/src/rules/check.ts';
import { deployment, namespaceNamed, policyNamed, service } from '../../server/src/rules/examples.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const root = 'file:///work';

const dns = '\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]';
const parts = [
  namespaceNamed('shop'),
  policyNamed(
    'cross',
    'shop',
    'podSelector: {matchLabels: {app: web}}\ningress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}, podSelector: {matchLabels: {app: proxy}}}]\n    ports: [{port: 8080}]',
  ),
  namespaceNamed('edge', 'team: edge'),
  deployment('web', 'shop', '{containerPort: 8080}'),
  deployment('web', 'shop', '{containerPort: 8080, name: http}'),
  deployment('db', 'shop', '{containerPort: 5432}'),
  deployment('proxy', 'edge', '{containerPort: 443}'),
  deployment('web', 'edge'),
  service('web', 'shop', '{port: 80, targetPort: 8080}'),
  policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress, Egress]'),
  policyNamed('deny', 'edge', 'podSelector: {}\npolicyTypes: [Egress]'),
  policyNamed('dns', 'shop', `podSelector: {}\npolicyTypes: [Egress]\negress:${dns}`),
  policyNamed(
    'web',
    'shop',
    'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]',
  ),
  policyNamed(
    'db',
    'shop',
    'podSelector: {matchLabels: {app: db}}\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{port: 80}]',
  ),
  policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\ningress:\n  - from: [{podSelector: {matchLabels: {app: wbe}}}]'),
  policyNamed(
    'proxy',
    'shop',
    'podSelector: {matchLabels: {app: web}}\ningress:\n  - from: [{podSelector: {matchLabels: {app: proxy}}}]\n    ports: [{port: http}]',
  ),
  policyNamed(
    'edge',
    'shop',
    'podSelector: {}\ningress:\n  - from: [{namespaceSelector: {matchLabels: {name: edge}}}, {namespaceSelector: {matchLabels: {team: egde}}}]',
  ),
  policyNamed('web', undefined, 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]'),
  'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec:\n  subject: {namespaces: {}}\n  ingress: [{action: Deny, from: [{namespaces: {}}]}]\n  egress: [{action: Deny, to: [{namespaces: {}}]}]\n',
  'kind: NetworkPolicy\nmetadata: {name',
];

/** Every finding of every file, as text. */
const findings = (workspace: Workspace): readonly string[] =>
  [...workspace.uris()].flatMap((uri) => {
    const view = workspace.viewFor(uri);
    return (workspace.manifest(uri)?.documents ?? []).flatMap(({ document, start }) =>
      checkDocument(document, view).map(
        ({ rule, at, message, severity, related = [] }) =>
          `${uri}@${start + at.start}-${start + at.end} ${severity} ${rule.id}: ${message} ${related
            .map((one) => `${one.file}@${one.at.start}`)
            .sort()
            .join()}`,
      ),
    );
  });

test('property: after any edits the findings are those of a workspace that reads the final files afresh', () => {
  const name = fc.constantFrom('a.yaml', 'b.yaml', 'sub/c.yaml', 'sub/d.yaml', 'sub/kustomization.yaml');
  const text = fc.array(fc.constantFrom(...parts), { maxLength: 5 }).map((documents) => documents.join('---\n'));
  const kustomization = fc.constantFrom('resources: [c.yaml]\n', 'resources: [c.yaml, ../a.yaml]\nnamespace: shop\n', 'namespace: edge\n');
  const operation = fc
    .tuple(name, fc.option(text), kustomization)
    .map(([file, content, root_]) => ({ file, text: content === null ? undefined : file.endsWith('kustomization.yaml') ? root_ : content }));
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 12 }), (operations) => {
      const grown = new Workspace();
      grown.setFolders([root]);
      const files = new Map<string, string>();
      for (const { file, text: content } of operations) {
        const uri = `${root}/${file}`;
        // Taken out and put in again, so that the order of the files is that of the last change.
        files.delete(uri);
        grown.delete(uri);
        if (content === undefined) continue;
        files.set(uri, content);
        grown.set(uri, content);
        findings(grown);
        // A line above moves everything below.
        const moved = `# moved\n${content}`;
        files.set(uri, moved);
        grown.set(uri, moved);
        findings(grown);
      }
      const fresh = new Workspace();
      fresh.setFolders([root]);
      for (const [uri, content] of files) fresh.set(uri, content);
      expect([...findings(grown)].sort()).toEqual([...findings(fresh)].sort());
    }),
    { numRuns: 400 },
  );
}, 60_000);

test('a finding follows a policy of another namespace that it never named', () => {
  const cross = parts.find((text) => text.includes('name: cross')) ?? '';
  const workspace = new Workspace();
  workspace.setFolders([root]);
  workspace.set(`${root}/a.yaml`, [cross, deployment('web', 'shop', '{containerPort: 8080}'), deployment('proxy', 'edge')].join('---\n'));
  const oneSided = () => findings(workspace).filter((line) => line.includes('one-sided-flow')).length;
  expect(oneSided()).toBe(0);
  workspace.set(`${root}/b.yaml`, policyNamed('deny', 'edge', 'podSelector: {}\npolicyTypes: [Egress]'));
  expect(oneSided()).toBe(1);
  workspace.set(`${root}/b.yaml`, policyNamed('deny', 'edge', 'podSelector: {}\npolicyTypes: [Ingress]'));
  expect(oneSided()).toBe(0);
});
