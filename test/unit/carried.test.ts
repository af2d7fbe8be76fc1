import { describe, expect, test } from 'vitest';
import { completionsAt } from '../../server/src/features/completion.ts';
import { hoverAt } from '../../server/src/features/hover.ts';
import { inlayHints } from '../../server/src/features/inlayHints.ts';
import { refactoringsAt } from '../../server/src/features/refactorings.ts';
import { type DocumentSymbol, documentSymbols } from '../../server/src/features/symbols.ts';
import { resourcesOf } from '../../server/src/kinds/resource.ts';
import { DocumentText, readManifestText } from '../../server/src/syntax/manifestText.ts';
import { factsOfFile, restoreFile } from '../../server/src/workspace/remembered.ts';
import { isPartial } from '../../server/src/workspace/unknown.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { atCursor, policyOf } from '../support/cursor.ts';
import { findingsAmong, findingsIn } from '../support/findings.ts';

const policy = (indent: string, spec = 'podSelector: {}') =>
  ['apiVersion: networking.k8s.io/v1', 'kind: NetworkPolicy', 'metadata:', '  name: web', 'spec:', `  ${spec}`]
    .map((line) => `${indent}${line}\n`)
    .join('')
    .slice(indent.length);

/** Name and carrier of each object in a text. */
const objectsIn = (text: string) => resourcesOf(new DocumentText(text)).map(({ kind, name, carrier }) => [kind, name, carrier]);

describe('policies inside other objects', () => {
  test('are found at any depth, with the kind of the object around them', () => {
    const composition = `apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata:\n  name: tenant\nspec:\n  resources:\n    - base:\n        kind: Object\n        spec:\n          manifest:\n            ${policy(' '.repeat(12))}    - name: other\n`;
    expect(objectsIn(composition)).toEqual([
      ['Composition', 'tenant', undefined],
      ['NetworkPolicy', 'web', 'Composition'],
    ]);
  });

  test('are found in a chart’s values and in a playbook, which are no objects', () => {
    expect(objectsIn(`replicas: 1\nextraObjects:\n  - ${policy('    ')}`)).toEqual([['NetworkPolicy', 'web', '']]);
    expect(objectsIn(`- hosts: localhost\n  tasks:\n    - kubernetes.core.k8s:\n        definition:\n          ${policy(' '.repeat(10))}`)).toEqual([
      ['NetworkPolicy', 'web', ''],
    ]);
  });

  test('a rule of Kyverno says what it generates, and the name beside it', () => {
    const rule = `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: isolate\nspec:\n  rules:\n    - name: deny\n      generate:\n        apiVersion: networking.k8s.io/v1\n        kind: NetworkPolicy\n        name: default-deny\n        data:\n          spec:\n            policyTypes: [Ingres]\n`;
    expect(objectsIn(rule)).toEqual([
      ['ClusterPolicy', 'isolate', undefined],
      ['NetworkPolicy', 'default-deny', 'ClusterPolicy'],
    ]);
    expect(findingsIn(rule).map(({ id }) => id)).toContain('invalid-policy-type');
    const ignored = rule.replace('[Ingres]', '[Ingress]\n            egress: [{ to: [{ podSelector: {} }] }]');
    const forEach = ignored.replace(
      '        name: default-deny\n',
      '        name: default-deny\n        namespace: "{{request.object.metadata.name}}"\n',
    );
    expect(findingsIn(forEach).map(({ id }) => id)).toContain('rules-ignored-by-policy-types');
    expect(objectsIn(rule.replace('        apiVersion: networking.k8s.io/v1\n', ''))).toEqual(objectsIn(rule));
  });

  test.each([
    ['only names one', 'target:\n    apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    name: web\n'],
    ['owns it', `ownerReferences:\n    - ${policy('      ')}`],
    ['is a test that compares', `assert:\n    resource:\n      ${policy('      ')}`],
    ['says what must not be there', `template:\n    complianceType: mustnothave\n    objectDefinition:\n      ${policy('      ')}`],
    ['holds the policy of somebody else', 'object:\n    apiVersion: example.org/v1\n    kind: NetworkPolicy\n    spec: {}\n'],
  ])('an object that %s makes none', (_, spec) => {
    expect(objectsIn(`apiVersion: example.org/v1\nkind: Thing\nmetadata:\n  name: it\nspec:\n  ${spec}`)).toEqual([['Thing', 'it', undefined]]);
  });

  test('what aliases repeat is one', () => {
    const text = `a: &a\n  ${policy('  ')}b: [*a, *a]\n`;
    expect(objectsIn(text)).toEqual([['NetworkPolicy', 'web', '']]);
  });

  test('no name is missing that the maker may give, and nothing else is forgiven', () => {
    const carried = `apiVersion: example.org/v1\nkind: Thing\nspec:\n  object:\n    apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    spec:\n      podSelector: {}\n      policyTypes: [Ingress]\n      ingress:\n        - from: [{ ipBlock: {} }]\n          ports: [{ port: 80 }]\n`;
    expect(findingsIn(carried).map(({ message }) => message)).toEqual([expect.stringMatching(/ipBlock\.cidr is required/)]);
  });

  test('they are in no cluster, and what is missing there may be made by them', () => {
    const workload = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\n  labels: { app: web }\nspec: { containers: [{ name: web, image: web }] }\n`;
    const other = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: other, namespace: shop }\nspec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress] }\n`;
    const thing = `apiVersion: example.org/v1\nkind: Thing\nspec:\n  object:\n    ${policy('    ').replace('name: web', 'name: other\n      namespace: shop')}`;
    const alone = findingsAmong({ 'pod.yaml': workload, 'policy.yaml': other }, 'policy.yaml').map(({ id }) => id);
    expect(alone).toContain('no-default-deny');
    expect(findingsAmong({ 'pod.yaml': workload, 'policy.yaml': other, 'thing.yaml': thing }, 'policy.yaml').map(({ id }) => id)).toEqual(
      alone.filter((id) => id !== 'no-default-deny'),
    );
    const workspace = new Workspace();
    workspace.setFolders(['file:///w']);
    workspace.set('file:///w/thing.yaml', thing);
    const view = workspace.viewFor('file:///w/thing.yaml');
    expect(view.cluster.policies).toEqual([]);
    expect(isPartial(view.unknown)).toBe(true);
    const [document] = workspace.manifest('file:///w/thing.yaml')?.documents ?? [];
    if (!document) throw new Error('no document');
    expect(inlayHints(document.document, view, { matches: true, protocol: true, policyTypes: true, namespace: true })).toEqual([]);
  });

  test('of its own spec one hears what a policy forgets, with fixes that stay inside it', () => {
    const text = `apiVersion: example.org/v1\nkind: Thing\nspec:\n  object:\n    ${policy('    ', 'podSelector: {}\n      policyTypes: [Egress]\n      egress:\n        - ports: [{ port: 443 }]').replace('name: web', 'name: web\n      namespace: shop')}`;
    const dns = findingsIn(text).find(({ id }) => id === 'dns-blocked');
    expect(dns?.severity).toBe('information');
    expect(dns?.finding.fixes?.().map(({ title }) => title)).toEqual(['Let DNS out by a rule of this policy']);
  });

  test('a hover says what it means, and who makes it', () => {
    const text = `apiVersion: example.org/v1\nkind: Thing\nspec:\n  object:\n    ${policy('    ')}`;
    const says = (word: string) => hoverAt(new DocumentText(text), text.lastIndexOf(word) + 1, { fieldHelp: false })?.markdown;
    const carried =
      'It is made by the Thing around it. Where it lands is not known here, so that it is not compared with the workloads and policies around it.';
    expect(says('NetworkPolicy')).toMatch(/^Selects every pod of the namespace that it is applied to\./);
    for (const word of ['NetworkPolicy', 'web', 'spec:']) expect(says(word)).toContain(carried);
    expect(says('podSelector')).toBe('Selects every pod of the namespace that it is applied to.');
    const values = `extraObjects:\n  - ${policy('    ')}`;
    expect(hoverAt(new DocumentText(values), values.indexOf('web') + 1)?.markdown).toContain('It is made by what reads the text around it.');
  });

  test('the outline shows them below the object that makes them', () => {
    const text = `apiVersion: example.org/v1\nkind: Thing\nmetadata: { name: it }\nspec:\n  objects:\n    - ${policy('      ')}    - ${policy('      ').replace('web', 'db')}`;
    const outline = (all: readonly DocumentSymbol[]) => all.map(({ name, children }) => [name, children.map((child) => child.name)]);
    expect(outline(documentSymbols(new DocumentText(text)))).toEqual([['it', ['web', 'db']]]);
    expect(outline(documentSymbols(new DocumentText(`objects:\n  - ${policy('    ')}`)))).toEqual([['web', ['metadata', 'spec']]]);
  });

  test.each([
    'podSelector: {}\n$0',
    'podSelector: {}\npol$0',
    'podSelector:\n  $0',
    'podSelector: {}\ningress:\n  - $0',
    'podSelector: {}\ningress:\n  - from:\n      - $0',
    'podSelector: {}\ningress:\n  - from:\n      $0',
    'podSelector: {}\ningress: [{$0}]',
    'podSelector: {}\npolicyTypes: [$0]',
    'podSelector: {}\ningress:\n  - ports:\n      - port: 80\n        protocol: $0',
  ])('what is offered is what would be offered in a file of its own: %j', (spec) => {
    const offered = (marked: string) => {
      const { document, offset } = atCursor(marked);
      return completionsAt(document.text, offset).map(({ label }) => label);
    };
    const alone = policyOf(spec);
    const expected = offered(alone);
    expect(expected.length).toBeGreaterThan(0);
    const inside = (indent: string) => alone.replace(/^(?=.)/gm, indent);
    expect(offered(`apiVersion: example.org/v1\nkind: Thing\nspec:\n  object:\n${inside('    ')}`)).toEqual(expected);
    expect(offered(`apiVersion: example.org/v1\nkind: Thing\nspec:\n  objects:\n    -${inside('      ').slice(5)}`)).toEqual(expected);
    expect(offered(`more: 1\nextraObjects:\n-${inside('  ').slice(1)}last: 1\n`)).toEqual(expected);
  });

  test('none is split from, merged into, or converted beside the object that holds it', () => {
    const spec = 'podSelector: {}\n      ingress: [{ from: [{ podSelector: {} }] }]\n      egress: [{ to: [{ podSelector: {} }] }]';
    const text = `object:\n    ${policy('    ', spec)}---\n${policy('')}`;
    const manifest = readManifestText(text, 'values.yaml');
    const workspace = new Workspace();
    const uri = 'file:///w/values.yaml';
    workspace.set(uri, text);
    const view = workspace.viewFor(uri);
    const offered = manifest.documents.map((placed) =>
      refactoringsAt(placed, placed.document.text.indexOf('NetworkPolicy') + 1, { ...manifest, uri }, view).map(({ title }) => title),
    );
    expect(offered[0]).toEqual([]);
    expect(offered[1]?.filter((title) => title.startsWith('Merge'))).toEqual([]);
  });

  test('what an index remembers of it says so', () => {
    const text = `object:\n    ${policy('    ')}`;
    const workspace = new Workspace();
    workspace.set('file:///w/values.yaml', text);
    const manifest = workspace.manifest('file:///w/values.yaml');
    if (!manifest) throw new Error('no manifest');
    const view = workspace.viewFor('file:///w/values.yaml');
    const facts = JSON.parse(JSON.stringify(factsOfFile(manifest, () => [...view.readings()])));
    const { readings } = restoreFile('file:///w/values.yaml', facts, () => text);
    expect(readings.flatMap(([, list]) => list.map(({ resource, policy: made }) => [resource.name, resource.carrier, made]))).toEqual([
      ['web', '', undefined],
    ]);
    expect(readings.flatMap(([, list]) => list.map(({ resource }) => text.slice(resource.root.start).startsWith('apiVersion')))).toEqual([true]);
  });
});

describe('OpenShift’s templates', () => {
  const template = (objects: string) => `apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: { name: shop }\nobjects:\n${objects}`;

  test('list what is applied', () => {
    expect(objectsIn(template(`- ${policy('  ')}- { apiVersion: v1, kind: Service, metadata: { name: web } }\n`))).toEqual([
      ['NetworkPolicy', 'web', undefined],
      ['Service', 'web', undefined],
    ]);
  });

  test('that of new projects makes policies in each of them', () => {
    const project = '- { apiVersion: project.openshift.io/v1, kind: Project, metadata: { name: "${PROJECT_NAME}" } }\n';
    expect(objectsIn(template(`${project}- ${policy('  ')}`))).toEqual([
      ['Template', 'shop', undefined],
      ['NetworkPolicy', 'web', 'Template'],
    ]);
  });
});
