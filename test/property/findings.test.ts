import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDocument } from '../../server/src/rules/check.ts';
import { deployment, namespaceNamed, policyNamed, service } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith, clusterwideWith, globalWith } from '../../server/src/rules/vendor.ts';
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
  deployment('web', 'shop', '{containerPort: 8080}').replace('  namespace: shop\n', ''),
  'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec:\n  subject: {namespaces: {}}\n  ingress: [{action: Deny, from: [{namespaces: {}}]}]\n  egress: [{action: Deny, to: [{namespaces: {}}]}]\n',
  ciliumWith('endpointSelector: {matchLabels: {app: web}}\negress:\n  - toEndpoints: [{matchLabels: {app: db}}]\n  - toEntities: [world]'),
  ciliumWith(
    'endpointSelector: {matchLabels: {app: db}}\ningress:\n  - fromEndpoints: [{matchLabels: {app: web}}]\n  - toPorts: [{ports: [{port: "5432"}]}]',
  ),
  clusterwideWith('endpointSelector: {matchLabels: {app: db}}\ningressDeny:\n  - fromEntities: [world]'),
  clusterwideWith('endpointSelector: {}\negress:\n  - toEntities: [cluster]'),
  calicoWith("selector: app == 'web'\ntypes: [Egress]\negress:\n  - {action: Allow, destination: {selector: app == 'db'}}"),
  globalWith(
    "selector: app == 'db'\ntypes: [Ingress, Egress]\norder: 5\ningress:\n  - {action: Deny, source: {nets: [203.0.113.0/24]}}\n  - {action: Allow}",
  ),
  'kind: NetworkPolicy\nmetadata: {name',
  policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: "{{ .Values.app }}"}}\npolicyTypes: [Ingress]'),
  'apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: it}\nspec:\n  object:\n    apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    metadata: {name: db, namespace: shop}\n    spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}\n',
  deployment('web', 'edge').replace('app: web\n    spec', 'app: "${APP}"\n    spec'),
  deployment('web', 'edge').replaceAll('namespace: edge', 'namespace: "${NS}"'),
  'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: proxy, namespace: edge}\nspec: {}\n',
  'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec: {}\n',
  'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: proxy}\nspec: {targetNamespace: shop}\n',
  `apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: all}\nobjects:\n  - {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n  - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {}}}\n`,
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

const name = fc.constantFrom('a.yaml', 'b.yaml', 'sub/c.yaml', 'sub/d.yaml', 'sub/deep/e.yaml', 'sub/kustomization.yaml', 'sub/apps.yaml');
const content = fc.array(fc.constantFrom(...parts), { maxLength: 5 }).map((documents) => documents.join('---\n'));
const kustomization = fc.constantFrom(
  'resources: [c.yaml]\n',
  'resources: [c.yaml, ../a.yaml]\nnamespace: shop\n',
  'namespace: edge\n',
  'resources: [c.yaml, ../a.yaml]\npatches: [{path: d.yaml}]\n',
  'resources: [c.yaml, "https://example.org/more.yaml"]\nnamespace: shop\n',
  'resources: [../a.yaml]\npatches:\n  - target: {kind: NetworkPolicy, name: db}\n    patch: "[{op: replace, path: /spec/podSelector, value: {matchLabels: {app: web}}}]"\n',
  'resources: [../a.yaml]\npatches:\n  - target: {kind: Deployment}\n    patch: "{spec: {template: {metadata: {labels: {app: db}}}}}"\n',
);
const application = (path: string, namespace: string, more = '') =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${namespace}}\nspec:\n  source: {path: ${path}${more}}\n  destination: {namespace: ${namespace}}\n`;
const delivery = fc.constantFrom(
  application('sub', 'shop'),
  application('./sub/', 'edge', ', directory: {recurse: true}'),
  `${application('sub/deep', 'shop')}---\n${application('sub', 'edge')}`,
  'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: all}\nspec: {path: ./sub, targetNamespace: shop}\n',
  application('elsewhere', 'shop'),
  application('sub/deep', 'edge').replace('path: sub/deep', 'chart: proxy'),
  'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  generators: [{git: {directories: [{path: sub/*}]}}]\n  template: {spec: {source: {path: "{{path}}"}, destination: {namespace: "{{path.basename}}"}}}\n',
);
/** A file, and what it holds from now on; undefined where it goes. */
const operation = fc.tuple(name, fc.option(content), kustomization, delivery).map(([file, text, root_, apps]) => {
  if (text === null) return { file, text: undefined };
  return { file, text: file.endsWith('kustomization.yaml') ? root_ : file.endsWith('apps.yaml') ? apps : text };
});

/** A workspace that has read files and nothing else. */
function freshly(files: ReadonlyMap<string, string>): Workspace {
  const fresh = new Workspace();
  fresh.setFolders([root]);
  for (const [uri, text] of files) fresh.set(uri, text);
  return fresh;
}

test('property: after any edits the findings are those of a workspace that reads the final files afresh', () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 12 }), (operations) => {
      const grown = new Workspace();
      grown.setFolders([root]);
      const files = new Map<string, string>();
      for (const { file, text } of operations) {
        const uri = `${root}/${file}`;
        // Taken out and put in again, so that the order of the files is that of the last change.
        files.delete(uri);
        grown.delete(uri);
        if (text === undefined) continue;
        files.set(uri, text);
        grown.set(uri, text);
        findings(grown);
        // A line above moves everything below.
        const moved = `# moved\n${text}`;
        files.set(uri, moved);
        grown.set(uri, moved);
        findings(grown);
      }
      expect([...findings(grown)].sort()).toEqual([...findings(freshly(files))].sort());
    }),
    { numRuns: 400 },
  );
}, 60_000);

test('property: what is taken in for later shows when all is settled, however it was put together meanwhile', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: operation.map((change) => ({ ...change, does: 'later' as const })) },
    { weight: 1, arbitrary: operation.map((change) => ({ ...change, does: 'typed' as const })) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('prepare' as const), file: name, steps: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 2, arbitrary: fc.constant({ does: 'settle' as const }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('look' as const), file: name }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('redeliver' as const), steps: fc.integer({ min: 1, max: 6 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const grown = new Workspace();
      grown.setFolders([root]);
      const files = new Map<string, string>();
      const preparing = new Map<string, ReturnType<Workspace['preparing']>>();
      /** What the view of the top folder showed last, as long as nothing but what waits has changed. */
      let shown: unknown;
      const change = ({ file, text }: { readonly file: string; readonly text: string | undefined }) => {
        const uri = `${root}/${file}`;
        files.delete(uri);
        grown.delete(uri);
        // A view without files is forgotten.
        if (![...files.keys()].some((other) => grown.viewName(other) === root)) shown = undefined;
        if (text === undefined) return;
        files.set(uri, text);
        grown.set(uri, text);
      };
      for (const one of steps) {
        if (one.does === 'later') grown.later(() => change(one));
        else if (one.does === 'typed') {
          change(one);
          shown = undefined;
        } else if (one.does === 'settle') {
          grown.settle();
          shown = undefined;
          expect([...findings(grown)].sort()).toEqual([...findings(freshly(files))].sort());
        } else if (one.does === 'look') {
          const { cluster } = grown.viewFor(`${root}/${one.file}`);
          if (one.file !== 'a.yaml' || grown.viewName(`${root}/a.yaml`) !== root) continue;
          if (shown) expect(cluster).toBe(shown);
          shown = files.has(`${root}/a.yaml`) ? cluster : undefined;
        } else if (one.does === 'redeliver') {
          const running = grown.redelivering();
          for (let i = 0; i < one.steps; i++) if (running.next().done) break;
        } else {
          const running = preparing.get(one.file) ?? grown.preparing(`${root}/${one.file}`);
          preparing.set(one.file, running);
          for (let i = 0; i < one.steps; i++) if (running.next().done) preparing.delete(one.file);
        }
      }
      grown.settle();
      const fresh = freshly(files);
      expect([...findings(grown)].sort()).toEqual([...findings(fresh)].sort());
      expect(grown.counts()).toEqual(fresh.counts());
    }),
    { numRuns: 400 },
  );
}, 60_000);

test('what is put together beforehand is what shows when all is settled', () => {
  const workspace = new Workspace();
  workspace.setFolders([root]);
  workspace.set(`${root}/a.yaml`, deployment('web', 'shop'));
  const before = workspace.viewFor(`${root}/a.yaml`).cluster;
  workspace.later(() => workspace.set(`${root}/b.yaml`, deployment('db', 'shop')));
  const steps = workspace.preparing(`${root}/a.yaml`);
  let step = steps.next();
  for (; !step.done; step = steps.next()) expect(workspace.viewFor(`${root}/a.yaml`).cluster).toBe(before);
  expect(workspace.viewFor(`${root}/a.yaml`).cluster).toBe(before);
  workspace.settle();
  // What comes later still takes nothing of it away.
  workspace.later(() => workspace.set(`${root}/c.yaml`, deployment('cache', 'shop')));
  expect(workspace.viewFor(`${root}/a.yaml`).cluster).toBe(step.value);
  expect(step.value?.workloads).toHaveLength(2);
  const typed = workspace.preparing(`${root}/a.yaml`);
  typed.next();
  workspace.set(`${root}/d.yaml`, deployment('mail', 'shop'));
  for (step = typed.next(); !step.done; ) step = typed.next();
  expect(step.value).toBeUndefined();
  expect(workspace.viewFor(`${root}/a.yaml`).cluster.workloads).toHaveLength(4);
});

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

/** What the views of all files say, in their order. */
const clusters = (workspace: Workspace) =>
  [...workspace.uris()].sort().map((uri) => {
    const view = workspace.viewFor(uri);
    const { lineage: _, namespaces, ...lists } = view.cluster;
    const named = [...view.readings()].map(({ resource, origin }) => [resource.kind, resource.name, origin]);
    return { uri, unknown: view.unknown, namespaces: [...namespaces.values()], lists, named };
  });

test('property: after any edits of documents a view is what one would be that is put together afresh, trees let go or not', () => {
  const templated = '{{- if .Values.on }}\nkind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nmetadata: {name: t}\n{{- end }}\n';
  const part = fc.constantFrom(...parts, templated);
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ does: fc.constant('edit' as const), file: name, at: fc.nat(4), leaves: fc.nat(1), part: fc.option(part) }) },
    { weight: 2, arbitrary: operation.map((change) => ({ ...change, does: 'write' as const })) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('letGo' as const), file: name }) },
    { weight: 6, arbitrary: fc.record({ does: fc.constant('look' as const) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 4, maxLength: 30 }), (steps) => {
      const grown = new Workspace();
      grown.setFolders([root]);
      const files = new Map<string, string>();
      const write = (uri: string, text: string | undefined) => {
        if (text === undefined) files.delete(uri);
        else files.set(uri, text);
        if (text === undefined) grown.delete(uri);
        else grown.set(uri, text);
      };
      for (const one of steps) {
        const uri = 'file' in one ? `${root}/${one.file}` : '';
        if (one.does === 'write') write(uri, one.text);
        else if (one.does === 'letGo') grown.letGo(uri);
        else if (one.does === 'look') expect(clusters(grown)).toEqual(clusters(freshly(files)));
        else if (!uri.endsWith('kustomization.yaml')) {
          const documents = (files.get(uri) ?? '').split('---\n');
          documents.splice(one.at, one.leaves, ...(one.part === null ? [] : [one.part]));
          write(uri, documents.join('---\n'));
        }
      }
      expect([...findings(grown)].sort()).toEqual([...findings(freshly(files))].sort());
    }),
    { numRuns: 600 },
  );
}, 60_000);
