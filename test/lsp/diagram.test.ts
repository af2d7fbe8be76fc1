import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkspaceEdit } from 'vscode-languageserver-protocol/node';
import type { Diagram, DiagramEditParams, DiagramEditResult, DiagramExportResult, DiagramFormat, DiagramParams } from '../../server/src/protocol.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const ask = (uri: string) => server.connection.sendRequest<Diagram | null>('netpol/diagram', { uri });

const workload = (name: string, namespace = 'shop') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${JSON.stringify(name)}\n  namespace: ${namespace}\n  labels:\n    app: ${JSON.stringify(name.slice(0, 60))}\nspec:\n  containers:\n    - name: c\n      image: i\n`;
const policy =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: shop\n      ports:\n        - port: 8080\n';

test('the picture of an open file, and of what it becomes', async () => {
  const uri = 'file:///a/shop.yaml';
  await server.open(uri, [workload('web'), workload('shop'), policy].join('---\n'));
  const first = await ask(uri);
  expect(first).toMatchObject({ title: 'Traffic around shop.yaml' });
  expect(first?.picture?.cards.map(({ id, says, end, place }) => [id, says, end, `${place?.line}: ${place?.name}`])).toEqual([
    ['w:shop/Pod/web', 'Pod web, ingress by rules, egress open to all', 'shop/web', '3: Pod web'],
    ['w:shop/Pod/shop', 'Pod shop, ingress open to all, egress open to all', 'shop/shop', '15: Pod shop'],
  ]);
  expect(first?.picture?.arrows.map(({ says, places }) => [says, places.map(({ name, line }) => `${line}: ${name}`)])).toEqual([
    ['shop to web, TCP 8080', ['36: Ingress rule 1 of NetworkPolicy shop/web']],
  ]);

  await server.change(uri, 2, [{ text: [workload('web'), workload('shop'), policy.replace('8080', '9090')].join('---\n') }]);
  expect((await ask(uri))?.picture?.arrows.map(({ label }) => label)).toEqual(['TCP 9090']);

  // Nothing new while the text does not parse: what is shown stays.
  await server.change(uri, 3, [{ text: `${[workload('web'), policy].join('---\n')}---\na: "b\n` }]);
  expect(await ask(uri)).toBeNull();
});

test('without workloads, for a file that is not open, and for too many, it says why', async () => {
  expect(await ask('file:///nowhere.yaml')).toBeNull();
  await server.open('file:///alone/policy.yaml', policy);
  expect((await ask('file:///alone/policy.yaml'))?.reason).toContain('No workload is in sight');
  await server.open('file:///chart/policy.yaml', policy.replace('app: web', '{{- include "labels" . | nindent 6 }}'));
  expect((await ask('file:///chart/policy.yaml'))?.reason).toContain('known once it is rendered');
  const set = `apiVersion: example.org/v1\nkind: Tenant\nspec:\n  objects:\n    - ${policy.trimEnd().replaceAll('\n', '\n      ')}\n`;
  await server.open('file:///tenant/set.yaml', set);
  expect((await ask('file:///tenant/set.yaml'))?.reason).toContain('Where the policies land that this Tenant makes');
  await server.open('file:///many/pods.yaml', Array.from({ length: 800 }, (_, i) => workload(`pod-${i}`) + '---\n').join('') + policy);
  const many = await ask('file:///many/pods.yaml');
  expect(many).toMatchObject({ reason: expect.stringMatching(/too many for a picture/) });
  expect(many?.picture).toBeUndefined();
});

test('names of manifests are text, and cut where they are drawn alone', async () => {
  const uri = 'file:///hostile/pods.yaml';
  await server.open(uri, [workload('</text><script>alert(1)</script>'), workload(`"onload="x\u202e${'y'.repeat(10_000)}`), policy].join('---\n'));
  const { text = '' } = await server.connection.sendRequest<DiagramExportResult>('netpol/diagram/export', { uri, format: 'svg' });
  expect(text).toContain('&lt;script&gt;');
  expect(text).not.toContain('<script');
  expect(text).not.toContain('"onload');
});

const shop = [workload('web'), workload('shop'), workload('far', 'lab'), policy].join('---\n');

test('filters, exports, explanations and focus', async () => {
  const uri = 'file:///filtered/shop.yaml';
  await server.open(uri, shop);
  const picture = async (more: Partial<DiagramParams>) =>
    (await server.connection.sendRequest<Diagram>('netpol/diagram', { uri, ...more })).picture?.cards.map(({ name }) => name);
  expect(await picture({})).toEqual(['web', 'shop', 'far']);
  expect(await picture({ filter: { namespaces: ['lab'] } })).toEqual(['far']);
  expect(await picture({ filter: { around: 'w:shop/Pod/web' } })).toEqual(['web', 'shop']);
  const exported = (format: DiagramFormat) => server.connection.sendRequest<DiagramExportResult>('netpol/diagram/export', { uri, format });
  expect((await exported('mermaid')).text).toMatch(/^flowchart LR/);
  expect((await exported('dot')).text).toMatch(/^digraph/);
  expect((await exported('md')).text).toContain('| shop/shop | shop/web | TCP 8080 | allowed |');
  const lines = await server.connection.sendRequest<string[]>('netpol/diagram/explain', { uri, id: 'w:shop/Pod/web' });
  expect(lines).toContain('In: isolated; from Pod shop (TCP 8080).');
  const focus = (line: number) => server.connection.sendRequest<string[]>('netpol/diagram/focus', { uri, line, character: 2 });
  expect(await focus(3)).toEqual(['w:shop/Pod/web', 'ns:shop']);
  expect(await focus(shop.split('\n').length - 3)).toEqual(['w:shop/Pod/web', 'ns:shop']);
});

test('the cursor in a policy of Cilium, Calico or an administrator leads to the cards of its pods', async () => {
  const uri = 'file:///others/all.yaml';
  const written = (apiVersion: string, kind: string, spec: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: p\n  namespace: shop\nspec:\n${spec}`;
  const documents = [
    written('cilium.io/v2', 'CiliumNetworkPolicy', '  endpointSelector:\n    matchLabels:\n      app: web\n  ingress:\n    - {}\n'),
    written('projectcalico.org/v3', 'NetworkPolicy', "  selector: app == 'shop'\n  types: [Ingress]\n"),
    written(
      'policy.networking.k8s.io/v1alpha1',
      'AdminNetworkPolicy',
      '  priority: 1\n  subject:\n    namespaces:\n      matchLabels:\n        kubernetes.io/metadata.name: lab\n',
    ).replace('  namespace: shop\n', ''),
  ];
  const text = [workload('web'), workload('shop'), workload('far', 'lab'), ...documents].join('---\n');
  await server.open(uri, text);
  const lines = text.split('\n');
  const focus = (kind: string) =>
    server.connection.sendRequest<string[]>('netpol/diagram/focus', { uri, line: lines.indexOf(`kind: ${kind}`), character: 2 });
  expect(await focus('CiliumNetworkPolicy')).toEqual(['w:shop/Pod/web', 'ns:shop']);
  expect(await focus('NetworkPolicy')).toEqual(['w:shop/Pod/shop', 'ns:shop']);
  expect(await focus('AdminNetworkPolicy')).toEqual(['w:lab/Pod/far', 'ns:lab']);
});

test('edits of flows say what they do, and ask to be confirmed', async () => {
  const uri = 'file:///edited/shop.yaml';
  await server.open(uri, shop);
  const edit = (params: Partial<DiagramEditParams>) =>
    server.connection.sendRequest<DiagramEditResult>('netpol/diagram/edit', {
      uri,
      from: 'w:lab/Pod/far',
      to: 'w:shop/Pod/web',
      ports: [],
      ...params,
    });
  const allowed = await edit({ change: 'allow', ports: [{ protocol: 'TCP', port: 9000 }] });
  expect(allowed.says).toEqual(['Adds an ingress rule to policy web of Pod web.']);
  const { changeAnnotations, documentChanges } = allowed.edit as WorkspaceEdit;
  expect(Object.values(changeAnnotations ?? {})).toMatchObject([{ label: 'Let far reach web', needsConfirmation: true }]);
  expect(documentChanges).toMatchObject([{ textDocument: { uri, version: 1 }, edits: [{ annotationId: 'netpol.confirm' }] }]);
  expect((await edit({ change: 'remove' })).problem).toContain('No rule for the ingress of Pod web allows it.');
  expect((await edit({ change: 'allow', from: 'ns:lab' })).problem).toContain('expand the namespace first');
});

test('beside a revision of git: what came and went', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netpol-git-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], { cwd: folder, stdio: 'pipe' });
  writeFileSync(join(folder, 'shop.yaml'), shop);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  git('branch', 'release/1');
  git('tag', 'v1');
  const uri = pathToFileURL(join(folder, 'shop.yaml')).href;
  const own = await TestServer.start({ folders: [folder] });
  try {
    await own.open(uri, shop.replace('port: 8080', 'port: 9090'));
    const compare = (compareWith: string) => own.connection.sendRequest<Diagram>('netpol/diagram', { uri, compareWith });
    const { picture, title } = await compare('HEAD');
    expect(title).toBe('Traffic around shop.yaml, compared with HEAD');
    expect(picture?.arrows.map(({ label, change }) => [label, change])).toEqual([
      ['+ TCP 9090', 'added'],
      ['− TCP 8080', 'removed'],
    ]);
    expect((await compare('nowhere')).reason).toContain('git knows no revision');
    const names = (of: string) => own.connection.sendRequest<readonly string[]>('netpol/diagram/revisions', { uri: of });
    expect(await names(uri)).toEqual(expect.arrayContaining(['release/1', 'v1']));
    expect(await names('file:///elsewhere.yaml')).toEqual([]);
    expect((await compare('--help')).reason).toContain('git knows no revision');
    expect(await own.connection.sendRequest<Diagram>('netpol/diagram', { uri: 'file:///elsewhere.yaml', compareWith: 'HEAD' })).toBeNull();
  } finally {
    await own.stop();
    rmSync(folder, { recursive: true });
  }
});
