import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeLens,
  CompletionItem,
  DocumentHighlight,
  DocumentLink,
  InlayHint,
  Location,
  Range,
  SymbolInformation,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol/node';
import { ciliumWith } from '../../server/src/rules/vendor.ts';
import { TestServer, textAfter } from '../support/server.ts';

let server: TestServer;
const folder = resolve('examples/fixed');
const uriOf = (name: string) => pathToFileURL(`${folder}/${name}`).href;
const textOf = (name: string) => readFileSync(`${folder}/${name}`, 'utf8');
const policies = 'network-policies.yaml';

/** Parameters of a request at the first character behind the nth occurrence of a text. */
function at(name: string, text: string) {
  const before = textOf(name)
    .slice(0, textOf(name).indexOf(text) + 1)
    .split('\n');
  return { textDocument: { uri: uriOf(name) }, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}
const request = <T>(method: string, params: object) => server.connection.sendRequest<T>(method, params);
const place = ({ uri, range }: Location) => `${uri.slice(uri.lastIndexOf('/') + 1)}:${range.start.line + 1}:${range.start.character + 1}`;

beforeAll(async () => {
  server = await TestServer.start({
    folders: [folder],
    initializationOptions: { showLocationsCommand: 'show.locations', showDiagramCommand: 'show.diagram' },
    capabilities: {
      workspace: {
        workspaceFolders: true,
        workspaceEdit: { documentChanges: true },
        codeLens: { refreshSupport: true },
        inlayHint: { refreshSupport: true },
      },
      textDocument: { publishDiagnostics: { versionSupport: true } },
    },
  });
  await server.until('the index', () =>
    server.notifications.some(({ method, params }) => method === 'netpol/status' && (params as { state: string }).state === 'ready'),
  );
  for (const name of [policies, 'frontend.yaml', 'kustomization.yaml']) await server.open(uriOf(name), textOf(name));
  await server.diagnostics(uriOf(policies));
});
afterAll(() => server.stop());

test('definition, references and highlights', async () => {
  expect((await request<Location[]>('textDocument/definition', at(policies, 'app: frontend'))).map(place)).toEqual(['frontend.yaml:4:9']);
  const references = await request<Location[]>('textDocument/references', {
    ...at('frontend.yaml', 'name: frontend'),
    context: { includeDeclaration: false },
  });
  expect(references.map(place)).toContain('network-policies.yaml:149:11');
  expect(await request<DocumentHighlight[]>('textDocument/documentHighlight', at('frontend.yaml', 'app: frontend'))).toHaveLength(3);
});

test('workspace symbols and links', async () => {
  const [symbol] = await request<SymbolInformation[]>('workspace/symbol', { query: 'backend deploy' });
  expect(symbol).toMatchObject({ name: 'backend', containerName: 'Deployment of app-namespace' });
  const links = await request<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri: uriOf('kustomization.yaml') } });
  expect(links.map(({ target }) => target)).toContain(uriOf('backend.yaml'));
});

test('code lenses run the client’s command with what they count', async () => {
  const lenses = await request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: uriOf('frontend.yaml') } });
  expect(lenses.map((lens) => lens.command?.command)).toEqual(['show.locations', 'show.diagram']);
  const command = lenses[0]?.command;
  expect(command).toMatchObject({ title: '3 policies · ingress isolated · egress isolated', command: 'show.locations' });
  const [uri, position, locations] = command?.arguments ?? [];
  expect([uri, position]).toEqual([uriOf('frontend.yaml'), { line: 0, character: 0 }]);
  expect((locations as Location[]).map(place)).toContain('network-policies.yaml:107:9');
});

test('inlay hints of a range', async () => {
  const hints = (line: number, end: number) =>
    request<InlayHint[]>('textDocument/inlayHint', {
      textDocument: { uri: uriOf(policies) },
      range: { start: { line, character: 0 }, end: { line: end, character: 0 } },
    });
  expect((await hints(0, 10)).map(({ label }) => label)).toContain('2 pods');
  expect((await hints(0, 10)).every(({ position }) => position.line < 20)).toBe(true);
});

test('call hierarchy both ways, and on', async () => {
  const [item] = await request<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', at('frontend.yaml', 'name: frontend'));
  expect(item).toMatchObject({ name: 'Deployment frontend', uri: uriOf('frontend.yaml') });
  const incoming = await request<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item });
  expect(incoming.map(({ from }) => [from.name, from.detail, place({ uri: from.uri, range: from.range })])).toEqual([
    ['Deployment ingress-controller', 'TCP 8443 · namespace ingress-namespace', 'network-policies.yaml:117:7'],
  ]);
  const beyond = await request<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item: incoming[0]?.from });
  expect(beyond.map(({ from }) => from.name)).toEqual(['outside the cluster']);
  const outgoing = await request<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', { item });
  expect(outgoing.map(({ to }) => to.detail)).toEqual(['TCP 8080 · namespace app-namespace']);
});

test('completion offers what the workspace holds', async () => {
  const text = textOf(policies);
  const line = text.slice(0, text.indexOf('app: frontend')).split('\n').length - 1;
  const start = text.split('\n')[line]?.indexOf('frontend') ?? 0;
  await server.change(uriOf(policies), 2, [
    { range: { start: { line, character: start }, end: { line, character: start + 'frontend'.length } }, text: '' },
  ]);
  const items = (await server.completion(uriOf(policies), line, start)) ?? [];
  expect(items.map(({ label, detail }) => [label, detail])).toEqual([
    ['backend', 'Deployment backend of app-namespace'],
    ['frontend', 'Deployment frontend of app-namespace'],
    ['ingress-controller', 'Deployment ingress-controller'],
  ]);
  await server.change(uriOf(policies), 3, [{ text }]);
});

test('documentation of a completion comes when it is asked for, where the client can', async () => {
  const lazy = await TestServer.start({
    capabilities: { textDocument: { completion: { completionItem: { resolveSupport: { properties: ['documentation'] } } } } },
  });
  const own = 'file:///elsewhere/b.yaml';
  await lazy.open(own, 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  \n');
  const [item] = (await lazy.completion(own, 5, 2)) ?? [];
  expect(item).toMatchObject({ label: 'podSelector' });
  expect(item?.documentation).toBeUndefined();
  const resolved = await lazy.connection.sendRequest<CompletionItem>('completionItem/resolve', item);
  expect(resolved.documentation).toMatchObject({ kind: 'markdown', value: expect.stringContaining('podSelector') });
  await lazy.stop();
});

test('a workload’s selector and the labels of its template are edited together', async () => {
  const linked = (text: string, nth: number) => {
    const source = textOf('frontend.yaml');
    let from = -1;
    for (let i = 0; i < nth; i++) from = source.indexOf(text, from + 1);
    const before = source.slice(0, from + text.length).split('\n');
    return request<{ ranges: Range[] } | null>('textDocument/linkedEditingRange', {
      textDocument: { uri: uriOf('frontend.yaml') },
      position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    });
  };
  expect((await linked('app: frontend', 2))?.ranges.map(({ start }) => start.line)).toEqual([11, 15]);
  expect(await linked('app: frontend', 1)).toBeNull();
});

test('refactorings are offered as such, and where they are asked for', async () => {
  const own = 'file:///elsewhere/a.yaml';
  const text =
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\n  namespace: x\nspec:\n  podSelector: {matchLabels: {app: web}}\n  policyTypes: [Ingress]\n';
  await server.open(own, text);
  const range = { start: { line: 6, character: 32 }, end: { line: 6, character: 32 } };
  const actions = (await server.codeActions(own, range, ['refactor'])) ?? [];
  expect(actions.map(({ title, kind }) => [title, kind])).toEqual([['Write matchLabels as matchExpressions', 'refactor.rewrite']]);
  expect(textAfter(text, actions[0])).toContain('{matchExpressions: [{key: app, operator: In, values: [web]}]}');
  expect((await server.codeActions(own, range, ['quickfix']))?.some(({ kind }) => kind?.startsWith('refactor'))).toBe(false);
});

test('semantic tokens, in the order of the text', async () => {
  const { data } = await request<{ data: number[] }>('textDocument/semanticTokens/full', { textDocument: { uri: uriOf(policies) } });
  expect(data.length).toBeGreaterThan(20);
  expect(data.length % 5).toBe(0);
  expect(data.filter((_, i) => i % 5 === 0).every((delta) => delta >= 0)).toBe(true);
  expect(server.result.capabilities.semanticTokensProvider).toMatchObject({ legend: { tokenTypes: ['label', 'port'] } });
});

test('renaming, with a preview of what is not sure, and a refusal with its reason', async () => {
  const there = at(policies, 'frontend\n  policyTypes');
  expect(await request('textDocument/prepareRename', there)).toMatchObject({ placeholder: 'frontend' });
  const edit = await request<WorkspaceEdit>('textDocument/rename', { ...there, newName: 'web' });
  const changed = (edit.documentChanges ?? []).flatMap((change) =>
    'textDocument' in change ? [[change.textDocument.uri, change.edits.length] as const] : [],
  );
  expect(new Map(changed)).toEqual(
    new Map([
      [uriOf('frontend.yaml'), 4],
      [uriOf(policies), 3],
    ]),
  );
  await expect(request('textDocument/rename', { ...there, newName: 'backend' })).rejects.toThrow('selectors would mean both');
  expect(await request('textDocument/prepareRename', at(policies, 'NetworkPolicy'))).toBeNull();
});

test('what counts other files is asked for again when one changes', async () => {
  const refreshes = () => server.notifications.filter(({ method }) => method.endsWith('/refresh')).length;
  const before = refreshes();
  await server.change(uriOf(policies), 4, [{ text: `# changed\n${textOf(policies)}` }]);
  await server.until('a refresh', () => refreshes() >= before + 2);
});

test('lenses of a large file say what they count when they come into sight', async () => {
  const uri = 'file:///large/all.yaml';
  const text = textOf('frontend.yaml');
  await server.open(uri, `${text}---\n${textOf(policies)}${'---\n# Nothing.\n'.repeat(101)}`);
  const [lens] = await request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  expect(lens?.command).toBeUndefined();
  const { command } = await request<CodeLens>('codeLens/resolve', lens as CodeLens);
  expect(command).toMatchObject({ title: '3 policies · ingress isolated · egress isolated', command: 'show.locations' });
});

test('a conversion that cannot be made is offered as disabled, with the reason, to clients that show it', async () => {
  const text = ciliumWith('endpointSelector: {}\negress:\n  - toFQDNs: [{matchName: a.example.com}]');
  const range = { start: { line: 1, character: 8 }, end: { line: 1, character: 8 } };
  for (const disabledSupport of [true, false]) {
    const one = await TestServer.start({ capabilities: { textDocument: { codeAction: { disabledSupport } } } });
    await one.open('file:///x/a.yaml', text);
    const actions = (await one.codeActions('file:///x/a.yaml', range, ['refactor'])) ?? [];
    const converted = actions.filter(({ title }) => title.startsWith('Convert')).map(({ title, disabled }) => [title, disabled?.reason]);
    expect(converted).toEqual(
      disabledSupport
        ? [
            ['Convert to Kubernetes NetworkPolicy', 'a NetworkPolicy does not know names in DNS'],
            ['Convert to Calico NetworkPolicy', 'the open-source version of Calico does not know names in DNS'],
          ]
        : [],
    );
    await one.stop();
  }
});
