import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  CallHierarchyItem,
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  SelectionRange,
  SemanticTokens,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol/node';
import type { Diagram } from '../../server/src/protocol.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { TestServer } from '../support/server.ts';

// Every feature, wherever a policy may stand: among other documents, before one that is half typed, in JSON; in a workspace of two
// folders, of which the other holds workloads of the same labels.
let server: TestServer;
/** Without network, without other programs, and in an engine that makes no code from text. */
const sealed = ['--disallow-code-generation-from-strings', '--require', './test/support/sealed.cjs', 'dist/server.cjs', '--stdio'];
/** What it tried of that. */
const tried: string[] = [];
const one = 'file:///nowhere/one';
const two = 'file:///nowhere/two';
const workloads = `${one}/workloads.yaml`;

const policy = policyNamed(
  'web',
  'shop',
  'podSelector:\n  matchLabels:\n    app: web\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: api\n    ports:\n      - port: http\n        protocol: TCP',
);
const json = JSON.stringify(
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 'http', protocol: 'TCP' }] }],
    },
  },
  null,
  2,
);
const half = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: half\n  namespace: shop\nspec:\n  podSelector: {}\n  ing';
const texts = {
  'among other documents': [`${one}/many.yaml`, documents('# Nothing.\n', policy, deployment('other', 'shop'))],
  'before one that is half typed': [`${one}/half.yaml`, documents(policy, half)],
  'in JSON': [`${one}/policy.json`, json],
} as const;

function positionOf(text: string, offset: number) {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
const request = <T>(method: string, params: object) => server.connection.sendRequest<T>(method, params);

beforeAll(async () => {
  server = await TestServer.start({ folders: ['/nowhere/one', '/nowhere/two'], command: sealed });
  server.child.on('message', ({ refused }: { refused: string }) => tried.push(refused));
  await server.open(workloads, documents(deployment('web', 'shop', '{name: http, containerPort: 8080}'), deployment('api', 'shop')));
  await server.open(`${two}/workloads.yaml`, deployment('web', 'shop', '{name: http, containerPort: 9999}'));
});
afterAll(() => server.stop());

describe.each(Object.entries(texts))('%s', (_, [uri, text]) => {
  const textDocument = { uri };
  /** Parameters of a request within the nth occurrence of a text, `behind` characters from its start. */
  const at = (wanted: string, behind = 1, nth = 1) => {
    let offset = -1;
    for (let i = 0; i < nth; i++) offset = text.indexOf(wanted, offset + 1);
    expect(offset).toBeGreaterThanOrEqual(0);
    return { textDocument, position: positionOf(text, offset + behind) };
  };
  const label = uri.endsWith('.json') ? '"app": "web"' : 'app: web';
  const port = uri.endsWith('.json') ? '"port": "http"' : 'port: http';

  beforeAll(async () => {
    await server.open(uri, text);
    await server.diagnostics(uri);
  });
  // The next text holds a policy of the same name.
  afterAll(() => server.connection.sendNotification('textDocument/didClose', { textDocument }));

  test('hover', async () => {
    const { contents } = await request<Hover>('textDocument/hover', at(label));
    expect((contents as { value: string }).value).toMatch(/Now: .*of `shop` \(\[Deployment web\]\(file:\/\/\/nowhere\/one\//);
  });

  test('completion', async () => {
    const value = label.length - (label.endsWith('"') ? 2 : 1);
    const found = await request<CompletionItem[] | { items: CompletionItem[] }>('textDocument/completion', at(label, value));
    const items = Array.isArray(found) ? found : found.items;
    expect(items.map((item) => item.label)).toEqual(expect.arrayContaining(['web', 'api']));
  });

  test('definition of a label and of a port', async () => {
    expect((await request<Location[]>('textDocument/definition', at(label))).map((found) => found.uri)).toEqual([workloads]);
    expect((await request<Location[]>('textDocument/definition', at(port, port.length - 2))).map((found) => found.uri)).toEqual([workloads]);
  });

  test('references from the workload', async () => {
    const found = await request<Location[]>('textDocument/references', {
      textDocument: { uri: workloads },
      position: { line: 3, character: 9 },
      context: { includeDeclaration: false },
    });
    expect(found.map((reference) => reference.uri)).toContain(uri);
  });

  test('highlights', async () => {
    expect((await request<DocumentHighlight[]>('textDocument/documentHighlight', at(label))).length).toBeGreaterThan(0);
  });

  test('symbols, folding, selection', async () => {
    const names = (symbols: readonly DocumentSymbol[]): string[] => symbols.flatMap(({ name, children }) => [name, ...names(children ?? [])]);
    expect(names(await request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument })).join()).toContain('web');
    expect((await request<FoldingRange[]>('textDocument/foldingRange', { textDocument })).length).toBeGreaterThan(3);
    const [range] = await request<SelectionRange[]>('textDocument/selectionRange', { textDocument, positions: [at(label).position] });
    expect(range?.parent?.parent).toBeDefined();
  });

  test('semantic tokens, inlay hints, code lenses', async () => {
    expect((await request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument })).data.length).toBeGreaterThanOrEqual(15);
    const hints = await request<InlayHint[]>('textDocument/inlayHint', {
      textDocument,
      range: { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } },
    });
    expect(hints.length).toBeGreaterThan(0);
    const lenses = await request<CodeLens[]>('textDocument/codeLens', { textDocument });
    const said = await Promise.all(lenses.map((lens) => request<CodeLens>('codeLens/resolve', lens)));
    expect(said.map(({ command }) => command?.title)).toContain('1 pod · in from 1 workload');
  });

  test('rename', async () => {
    const position = at(label, label.length - (label.endsWith('"') ? 2 : 1));
    expect(await request('textDocument/prepareRename', position)).not.toBeNull();
    const { documentChanges, changes } = await request<WorkspaceEdit>('textDocument/rename', { ...position, newName: 'shopfront' });
    const files = documentChanges
      ? documentChanges.flatMap((change) => ('textDocument' in change ? [change.textDocument.uri] : []))
      : Object.keys(changes ?? {});
    expect(files.sort()).toEqual([uri, workloads].sort());
  });

  test('call hierarchy', async () => {
    const [item] = await request<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', at('web', 1));
    expect(item).toBeDefined();
    const calls = await request<{ from: CallHierarchyItem }[]>('callHierarchy/incomingCalls', { item });
    expect(calls.map(({ from }) => from.name)).toEqual(['Deployment api']);
  });

  test('refactorings', async () => {
    const { position } = at('matchLabels');
    const actions = await request<CodeAction[]>('textDocument/codeAction', {
      textDocument,
      range: { start: position, end: position },
      context: { diagnostics: [], only: ['refactor'] },
    });
    expect(actions.map(({ title }) => title).join()).toContain('matchExpressions');
  });
});

test('with the cursor in half-typed text', async () => {
  const uri = `${one}/half.yaml`;
  const text = documents(policy, half);
  await server.open(uri, text);
  const position = positionOf(text, text.trimEnd().length);
  const found = await request<CompletionItem[] | { items: CompletionItem[] }>('textDocument/completion', { textDocument: { uri }, position });
  expect((Array.isArray(found) ? found : found.items).map((item) => item.label)).toContain('ingress');
  for (const method of ['hover', 'definition', 'documentHighlight', 'prepareRename', 'prepareCallHierarchy', 'linkedEditingRange']) {
    await expect(request(`textDocument/${method}`, { textDocument: { uri }, position }), method).resolves.not.toThrow();
  }
});

test('nothing of it needed the network, another program, or code made from text', async () => {
  const diagram = (params: object) => request<Diagram>('netpol/diagram', { uri: texts['in JSON'][0], ...params });
  await server.open(...texts['in JSON']);
  expect((await diagram({})).picture?.cards.length).toBeGreaterThan(1);
  expect(tried).toEqual([]);
  // What is refused is told: comparing runs git.
  expect((await diagram({ compareWith: 'HEAD' })).reason).toContain('refused');
  await expect.poll(() => tried).toEqual(['child_process.spawn']);
});
