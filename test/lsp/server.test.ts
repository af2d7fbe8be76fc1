import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { Range } from 'vscode-languageserver-protocol/node';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { policyOf } from '../support/cursor.ts';
import { TestServer, textAfter } from '../support/server.ts';

const running: TestServer[] = [];
async function start(...options: Parameters<typeof TestServer.start>): Promise<TestServer> {
  const server = await TestServer.start(...options);
  running.push(server);
  return server;
}
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

const uri = 'file:///work/policy.yaml';
/** Without a finding but the one for its port. */
const quotedPort = policyOf(
  'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {}\n    ports:\n      - port: "80"\n',
);
const portLine = 12;

describe('diagnostics', () => {
  test('are published at their place, with rule, page and version', async () => {
    const server = await start();
    await server.open(uri, quotedPort, 3);
    const [found, ...more] = await server.diagnostics(uri, 3);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      range: { start: { line: portLine, character: 16 }, end: { line: portLine, character: 20 } },
      severity: 1,
      source: 'netpol',
      code: 'invalid-port',
    });
    expect(found?.codeDescription?.href).toMatch(/docs\/rules\/invalid-port\.md$/);
    expect(server.published.get(uri)?.version).toBe(3);
  });

  test('follow every change, and go when the file closes', async () => {
    const server = await start();
    await server.open(uri, quotedPort);
    await server.change(uri, 2, [{ range: { start: { line: portLine, character: 16 }, end: { line: portLine, character: 20 } }, text: '80' }]);
    expect(await server.diagnostics(uri, 2)).toEqual([]);
    await server.change(uri, 3, [{ range: { start: { line: portLine, character: 18 }, end: { line: portLine, character: 18 } }, text: '000' }]);
    expect((await server.diagnostics(uri, 3)).map(({ code }) => code)).toEqual(['invalid-port']);
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await server.until('no diagnostics', () => server.published.get(uri)?.diagnostics.length === 0);
  });

  test('are pulled where the client can, with ids that say "unchanged"', async () => {
    const server = await start({ capabilities: { textDocument: { diagnostic: {} } } });
    expect(server.result.capabilities.diagnosticProvider).toMatchObject({ interFileDependencies: true });
    await server.open(uri, quotedPort);
    const first = await server.pull(uri);
    expect(first.kind === 'full' && first.items.map(({ code }) => code)).toEqual(['invalid-port']);
    expect(await server.pull(uri, first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });
    await server.change(uri, 2, [{ text: policyOf('podSelector: {}\npolicyTypes: [Ingress]\n') }]);
    const second = await server.pull(uri, first.resultId);
    expect(second.kind === 'full' && second.items).toEqual([]);
    expect(server.published.size).toBe(0);
  });

  test('are pushed to a client that can do both and prefers it', async () => {
    const server = await start({ capabilities: { textDocument: { diagnostic: {} } }, initializationOptions: { diagnostics: 'push' } });
    expect(server.result.capabilities.diagnosticProvider).toBeUndefined();
    await server.open(uri, quotedPort);
    expect(await server.diagnostics(uri)).toHaveLength(1);
  });

  test.each([
    ['a workflow', 'name: CI\non: push\njobs: {}\n'],
    ['a broken workflow', 'name: CI\non: [push\njobs: {}\n'],
    ['a Compose file', 'services:\n  web:\n    ports: ["80:80"]\n'],
  ])('there are none for %s, however wrong', async (_, text) => {
    const server = await start();
    await server.open(uri, text);
    expect(await server.diagnostics(uri)).toEqual([]);
    expect(await server.hover(uri, 0, 1)).toBeNull();
    expect(await server.completion(uri, 0, 1)).toEqual([]);
  });

  test('an error in one document hides nothing of the next', async () => {
    const server = await start();
    await server.open(uri, `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: [}\n---\n${quotedPort}`);
    const codes = (await server.diagnostics(uri)).map(({ code }) => code);
    expect(codes).toContain('yaml-syntax');
    expect(codes).toContain('invalid-port');
  });

  test('JSON manifests are read too', async () => {
    const server = await start();
    const json = 'file:///work/policy.json';
    await server.open(
      json,
      '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"a","namespace":"shop"},"spec":{"podSelector":{},"policyTypes":["Ingress"],"ports":[]}}',
    );
    expect((await server.diagnostics(json)).map(({ code }) => code)).toEqual(['unknown-field']);
  });
});

describe('positions', () => {
  const text = `# 😀é\n${policyOf('podSelector: {matchLabels: {"😀": a/b}}\npolicyTypes: [Ingress]\n')}`;
  test.each([
    ['utf-16', 34, 36],
    ['utf-8', 36, 38],
    ['utf-32', 33, 35],
  ] as const)('%s', async (encoding, keyEnd, value) => {
    const server = await start({ capabilities: { general: { positionEncodings: [encoding] } } });
    expect(server.result.capabilities.positionEncoding).toBe(encoding);
    await server.open(uri, text);
    const found = await server.diagnostics(uri);
    expect(found.map(({ range }) => [range.start.line, range.start.character])).toEqual([
      [7, 30],
      [7, value],
    ]);
    expect(found[0]?.range.end.character).toBe(keyEnd);
    // A change behind the emoji lands where it should.
    await server.change(uri, 2, [{ range: { start: { line: 7, character: value }, end: { line: 7, character: value + 3 } }, text: 'b' }]);
    expect((await server.diagnostics(uri, 2)).map(({ message }) => message)).toEqual([expect.stringContaining('"😀" is not a valid label key')]);
  });

  test('UTF-16 where the client says nothing', async () => {
    expect((await start()).result.capabilities.positionEncoding).toBe('utf-16');
  });
});

describe('requests', () => {
  test('hover', async () => {
    const server = await start();
    await server.open(uri, quotedPort);
    const hover = await server.hover(uri, 6, 5);
    expect(hover?.contents).toMatchObject({ kind: 'markdown', value: expect.stringContaining('Selects every pod of namespace `shop`.') });
    expect(hover?.range).toEqual({ start: { line: 6, character: 2 }, end: { line: 6, character: 13 } });
  });

  test('completion with and without snippets', async () => {
    const text = policyOf('podSelector: {}\n\n');
    for (const snippets of [true, false]) {
      const server = await start({ capabilities: { textDocument: { completion: { completionItem: { snippetSupport: snippets } } } } });
      await server.open(uri, text);
      const items = (await server.completion(uri, 7, 2)) ?? [];
      expect(items.map(({ label }) => label)).toEqual([]);
      await server.change(uri, 2, [{ range: { start: { line: 7, character: 0 }, end: { line: 7, character: 0 } }, text: '  ' }]);
      const offered = (await server.completion(uri, 7, 2)) ?? [];
      expect(offered.map(({ label }) => label)).toEqual(['policyTypes', 'ingress', 'egress']);
      expect(JSON.stringify(offered[0]?.textEdit).includes('${1|')).toBe(snippets);
    }
  });

  test('a quick fix with a versioned edit, marked preferred', async () => {
    const server = await start();
    await server.open(uri, quotedPort, 5);
    const at = { line: portLine, character: 17 };
    const [fix, ...more] = (await server.codeActions(uri, { start: at, end: at })) ?? [];
    expect(more).toEqual([]);
    expect(fix).toMatchObject({ title: 'Remove the quotes', kind: 'quickfix', isPreferred: true });
    expect(fix?.edit?.documentChanges?.[0]).toMatchObject({ textDocument: { uri, version: 5 } });
    expect(textAfter(quotedPort, fix)).toBe(quotedPort.replace('"80"', '80'));
    expect(fix?.diagnostics?.[0]?.code).toBe('invalid-port');
  });

  test('fix all, on demand only', async () => {
    const server = await start();
    const text = `${quotedPort}---\n${quotedPort.replace('name: web', 'name: b').replace('"80"', '"81"\n          protocol: tcp')}`;
    await server.open(uri, text);
    const everything = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    expect((await server.codeActions(uri, everything))?.some(({ kind }) => kind?.startsWith('source'))).toBe(false);
    for (const only of ['source.fixAll.netpol', 'source.fixAll', 'source']) {
      const [action] = (await server.codeActions(uri, everything, [only])) ?? [];
      expect(textAfter(text, action)).toBe(text.replace('"80"', '80').replace('"81"', '81').replace('tcp', 'TCP'));
    }
    expect(await server.codeActions(uri, everything, ['source.organizeImports'])).toEqual([]);
  });

  test('symbols, folding and selection', async () => {
    const server = await start();
    await server.open(uri, `${quotedPort}---\n${quotedPort.replace('name: web', 'name: b')}`);
    const symbols = await server.connection.sendRequest<{ name: string }[]>('textDocument/documentSymbol', { textDocument: { uri } });
    expect(symbols.map(({ name }) => name)).toEqual(['web', 'b']);
    const folds = await server.connection.sendRequest<{ startLine: number; endLine: number }[]>('textDocument/foldingRange', {
      textDocument: { uri },
    });
    expect(folds).toContainEqual({ startLine: 2, endLine: 4 });
    const [selection] = await server.connection.sendRequest<{ range: unknown; parent: { range: unknown } }[]>('textDocument/selectionRange', {
      textDocument: { uri },
      positions: [{ line: 3, character: 9 }],
    });
    expect(selection?.range).toEqual({ start: { line: 3, character: 8 }, end: { line: 3, character: 11 } });
    expect(selection?.parent.range).toEqual({ start: { line: 3, character: 2 }, end: { line: 3, character: 11 } });
  });

  test('about a file that is not open are answered with nothing', async () => {
    const server = await start();
    expect(await server.hover('file:///nowhere.yaml', 0, 0)).toBeNull();
    expect(await server.completion('file:///nowhere.yaml', 0, 0)).toBeNull();
    expect(await server.codeActions('file:///nowhere.yaml', { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } })).toBeNull();
  });

  test('a cancelled request does not hold up the next', async () => {
    const server = await start();
    await server.open(uri, quotedPort);
    const { CancellationTokenSource } = await import('vscode-languageserver-protocol/node');
    const source = new CancellationTokenSource();
    const cancelled = server.connection.sendRequest(
      'textDocument/hover',
      { textDocument: { uri }, position: { line: 6, character: 5 } },
      source.token,
    );
    source.cancel();
    await cancelled.catch((error: { code?: number }) => expect(error.code).toBe(-32800));
    expect(await server.hover(uri, 6, 5)).not.toBeNull();
  });
});

describe('settings', () => {
  const capabilities = { workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } } };

  test('severities come from the client, for each file, and change at once', async () => {
    const server = await start({ capabilities, settings: { rules: { 'invalid-port': 'hint' } } });
    await server.open(uri, quotedPort);
    expect((await server.diagnostics(uri)).map(({ severity }) => severity)).toEqual([4]);
    expect(server.registrations).toContain('workspace/didChangeConfiguration');
    server.settings = { rules: { 'invalid-port': 'off' } };
    await server.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await server.until('no diagnostics', () => server.published.get(uri)?.diagnostics.length === 0);
  });

  test('a client without workspace/configuration pushes them', async () => {
    const server = await start({ initializationOptions: { settings: { rules: { 'invalid-port': 'warning' } } } });
    await server.open(uri, quotedPort);
    expect((await server.diagnostics(uri)).map(({ severity }) => severity)).toEqual([2]);
    await server.connection.sendNotification('workspace/didChangeConfiguration', { settings: { netpol: { rules: { 'invalid-port': 'off' } } } });
    await server.until('no diagnostics', () => server.published.get(uri)?.diagnostics.length === 0);
  });

  test('what is wrong in them is said, and has no effect', async () => {
    const server = await start({ capabilities, settings: { rules: { 'no-such-rule': 'off', 'invalid-port': 'loud' } } });
    await server.open(uri, quotedPort);
    expect((await server.diagnostics(uri)).map(({ severity }) => severity)).toEqual([1]);
    const messages = JSON.stringify(server.notifications.filter(({ method }) => method === 'window/logMessage'));
    expect(messages).toContain('no-such-rule');
    expect(messages).toContain('loud');
  });

  test('fieldHelp leaves keys to another extension', async () => {
    const server = await start({ capabilities, settings: { fieldHelp: 'never' } });
    await server.open(uri, policyOf('podSelector: {}\n'));
    await server.diagnostics(uri);
    expect(await server.hover(uri, 2, 2)).toBeNull();
    expect(JSON.stringify(await server.hover(uri, 6, 4))).not.toContain('Left out');
  });
});

describe('the workspace', () => {
  function folder(files: Readonly<Record<string, string>>): string {
    const path = mkdtempSync(join(tmpdir(), 'netpol-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(path, name, '..'), { recursive: true });
      writeFileSync(join(path, name), text);
    }
    return path;
  }
  const other = policyOf('podSelector: {}\npolicyTypes: [Ingress]\n');
  const status = (server: TestServer) =>
    server.notifications.filter(({ method }) => method === 'netpol/status').map(({ params }) => params as { state: string; policies: number });
  const ready = (server: TestServer) => server.until('the index', () => status(server).some(({ state }) => state === 'ready'));

  test('a resource twice is found across files, with the other one beside it, and goes when the other file does', async () => {
    const path = folder({ 'b.yaml': other, 'node_modules/c.yaml': other });
    const server = await start({
      folders: [path],
      capabilities: {
        workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
        window: { workDoneProgress: true },
      },
    });
    await ready(server);
    expect(server.registrations).toContain('workspace/didChangeWatchedFiles');
    expect(server.notifications.some(({ method }) => method === '$/progress')).toBe(true);
    const own = pathToFileURL(join(path, 'a.yaml')).href;
    const twin = pathToFileURL(join(path, 'b.yaml')).href;
    await server.open(own, other);
    const [found, ...more] = await server.diagnostics(own);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: 'duplicate-resource', message: expect.stringContaining('b.yaml') });
    expect(found?.relatedInformation?.[0]?.location).toEqual({
      uri: twin,
      range: { start: { line: 3, character: 8 }, end: { line: 3, character: 11 } },
    });

    rmSync(join(path, 'b.yaml'));
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: twin, type: 3 }] });
    await server.until('no diagnostics', () => server.published.get(own)?.diagnostics.length === 0);

    writeFileSync(join(path, 'd.yaml'), other);
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(join(path, 'd.yaml')).href, type: 1 }],
    });
    await server.until('diagnostics', () => server.published.get(own)?.diagnostics.length === 1);
    rmSync(path, { recursive: true });
  });

  test('each kustomization is a cluster view of its own', async () => {
    const path = folder({
      'dev/kustomization.yaml': 'resources: [a.yaml]\n',
      'dev/a.yaml': other,
      'prod/kustomization.yaml': 'resources: [a.yaml]\n',
      'prod/a.yaml': other,
    });
    const server = await start({ folders: [path] });
    await ready(server);
    const own = pathToFileURL(join(path, 'dev/a.yaml')).href;
    await server.open(own, other);
    expect(await server.diagnostics(own)).toEqual([]);
    rmSync(path, { recursive: true });
  });

  test('views that the user names come first, and change at once', async () => {
    const path = folder({ 'one/a.yaml': other, 'two/a.yaml': other });
    const capabilities = { workspace: { configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true } } };
    const server = await start({ folders: [path], capabilities, settings: { views: { one: ['one/**'], two: ['two/**'] } } });
    await ready(server);
    const own = pathToFileURL(join(path, 'one/a.yaml')).href;
    await server.open(own, other);
    expect(await server.diagnostics(own)).toEqual([]);
    server.settings = { views: { all: ['**'] } };
    await server.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await server.until('the twin', () => server.published.get(own)?.diagnostics.length === 1);
    rmSync(path, { recursive: true });
  });

  const webToDb = policyNamed(
    'web',
    'shop',
    `podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]`,
  );
  const dbFrom = (app: string) =>
    policyNamed(
      'db',
      'shop',
      `podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: ${app}}}}]\n    ports: [{port: 5432}]`,
    );
  const workloads = documents(deployment('web', 'shop'), deployment('api', 'shop'), deployment('db', 'shop', '{containerPort: 5432}'));
  const codes = (diagnostics: readonly { readonly code?: unknown }[] | undefined) => (diagnostics ?? []).map(({ code }) => code);

  test.each(['push', 'pull'])('findings of another open file follow an edit (%s)', async (mode) => {
    const path = folder({ 'db.yaml': dbFrom('web'), 'web.yaml': webToDb, 'workloads.yaml': workloads });
    const capabilities = mode === 'pull' ? { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } } : {};
    const server = await start({ folders: [path], capabilities });
    await ready(server);
    const [db, web] = ['db.yaml', 'web.yaml'].map((name) => pathToFileURL(join(path, name)).href) as [string, string];
    const found = async () => {
      if (mode === 'push') return codes(server.published.get(web)?.diagnostics);
      const report = await server.pull(web);
      return report.kind === 'full' ? codes(report.items) : [];
    };
    await server.open(db, dbFrom('web'));
    await server.open(web, webToDb);
    if (mode === 'push') await server.diagnostics(web);
    expect(await found()).not.toContain('one-sided-flow');
    const refreshes = () => server.notifications.filter(({ method }) => method === 'workspace/diagnostic/refresh').length;
    const before = refreshes();
    await server.change(db, 2, [{ text: dbFrom('api') }]);
    if (mode === 'pull') await server.until('a refresh', () => refreshes() > before);
    else await server.until('the finding', () => codes(server.published.get(web)?.diagnostics).includes('one-sided-flow'));
    expect(await found()).toContain('one-sided-flow');
    rmSync(path, { recursive: true });
  });

  test('a fix may belong into another file, open or not', async () => {
    const path = folder({ 'policies/db.yaml': dbFrom('api'), 'web.yaml': webToDb, 'workloads.yaml': workloads });
    const server = await start({ folders: [path] });
    await ready(server);
    const web = pathToFileURL(join(path, 'web.yaml')).href;
    const db = pathToFileURL(join(path, 'policies/db.yaml')).href;
    await server.open(web, webToDb);
    const finding = (await server.diagnostics(web)).find(({ code }) => code === 'one-sided-flow');
    expect(finding?.relatedInformation?.[0]?.location.uri).toBe(db);
    const actions = (await server.codeActions(web, finding?.range as Range)) ?? [];
    const [extend, create] = actions.filter(({ diagnostics }) => diagnostics?.[0]?.code === 'one-sided-flow');
    expect([extend?.title, create?.title]).toEqual(['Add the ingress rule to policy db of Deployment db', 'Create the policy db-from-web']);
    expect(extend?.edit?.documentChanges).toMatchObject([{ textDocument: { uri: db, version: null } }]);
    const mended = textAfter(dbFrom('api'), extend);
    expect(mended).toBe(
      `${dbFrom('api').trimEnd()}\n    - from:\n        - podSelector:\n            matchLabels:\n              app: web\n      ports:\n        - protocol: TCP\n          port: 5432\n`,
    );
    for (const text of [mended, textAfter(dbFrom('api'), create)]) {
      writeFileSync(join(path, 'policies/db.yaml'), text);
      await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: db, type: 2 }] });
      await server.until('nothing one-sided', () => !codes(server.published.get(web)?.diagnostics).includes('one-sided-flow'));
      writeFileSync(join(path, 'policies/db.yaml'), dbFrom('api'));
      await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: db, type: 2 }] });
      await server.until('one-sided again', () => codes(server.published.get(web)?.diagnostics).includes('one-sided-flow'));
    }
    rmSync(path, { recursive: true });
  });

  test('a .netpol.yaml counts for its folder and below, while it is edited too; its own mistakes are told', async () => {
    const path = folder({
      '.netpol.yaml': 'rules:\n  posture: off\n',
      'sub/.netpol.yaml': 'rules:\n  invalid-port: hint\n',
      'sub/a.yaml': quotedPort,
    });
    const server = await start({ folders: [path] });
    await ready(server);
    const [config, own] = ['sub/.netpol.yaml', 'sub/a.yaml'].map((name) => pathToFileURL(join(path, name)).href) as [string, string];
    await server.open(own, quotedPort);
    expect((await server.diagnostics(own)).map(({ severity }) => severity)).toEqual([4]);
    const text = 'rules:\n  invalid-port: warning\n  invalid-prt: off\n  posture: of\nengine: calicoo\n';
    await server.open(config, text);
    await server.until('the severity', () => server.published.get(own)?.diagnostics[0]?.severity === 2);
    expect((await server.diagnostics(config)).map(({ code, range }) => [code, range.start.line])).toEqual([
      ['unknown-field', 2],
      ['invalid-value', 3],
      ['invalid-value', 4],
    ]);
    const fix = (await server.codeActions(config, { start: { line: 4, character: 10 }, end: { line: 4, character: 10 } }))?.[0];
    expect(textAfter(text, fix)).toBe(text.replace('calicoo', 'calico'));
    const labels = async (line: number, character: number) => ((await server.completion(config, line, character)) ?? []).map(({ label }) => label);
    await server.change(config, 2, [{ text: 'rules:\n  dns-blocked: \n  \nen\n' }]);
    expect(await labels(1, 15)).toEqual(['error', 'warning', 'information', 'hint', 'off']);
    expect(await labels(2, 2)).toEqual(expect.arrayContaining(['posture', 'one-sided-flow']));
    expect(await labels(3, 2)).toEqual(['engine', 'clusterCidrs']);
    rmSync(path, { recursive: true });
  });

  test('the engine is deduced from the workspace, said in the status, and its findings follow', async () => {
    const path = folder({ 'main.tf': 'resource "azurerm_kubernetes_cluster" "k" {\n  network_profile {\n    network_policy = "azure"\n  }\n}\n' });
    const server = await start({ folders: [path] });
    await ready(server);
    const engine = () => (status(server).at(-1) as { engine?: string } | undefined)?.engine;
    expect(engine()).toBe('azure-npm: network_policy = "azure" in main.tf');
    const own = pathToFileURL(join(path, 'a.yaml')).href;
    await server.open(
      own,
      policyNamed(
        'web',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{ipBlock: {cidr: "2001:db8::/32"}}]\n    ports: [{port: 80}]',
      ),
    );
    expect(codes(await server.diagnostics(own))).toContain('azure-npm-ipv6');
    writeFileSync(join(path, 'b.yaml'), 'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a}\n');
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(join(path, 'b.yaml')).href, type: 1 }],
    });
    await server.until('no engine', () => engine()?.startsWith('unknown: the workspace speaks of several'));
    await server.until('no finding of an engine', () => !codes(server.published.get(own)?.diagnostics).includes('azure-npm-ipv6'));
    rmSync(path, { recursive: true });
  });

  test('a closed file is read from disk again', async () => {
    const path = folder({ 'a.yaml': other, 'b.yaml': other.replace('name: web', 'name: b') });
    const server = await start({ folders: [path] });
    await ready(server);
    const [a, b] = ['a.yaml', 'b.yaml'].map((name) => pathToFileURL(join(path, name)).href) as [string, string];
    await server.open(a, other);
    await server.open(b, other);
    await server.until('the twin', () => server.published.get(a)?.diagnostics.length === 1);
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: b } });
    await server.until('no twin', () => server.published.get(a)?.diagnostics.length === 0);
    rmSync(path, { recursive: true });
  });

  test('folders come and go', async () => {
    const [first, second] = [folder({ 'a.yaml': other }), folder({ 'b.yaml': other })];
    const server = await start({ folders: [first] });
    await ready(server);
    const event = (added: string[], removed: string[]) => {
      const list = (paths: string[]) => paths.map((path) => ({ uri: pathToFileURL(path).href, name: path }));
      return server.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: list(added), removed: list(removed) } });
    };
    await event([second], []);
    await server.until('both', () => status(server).at(-1)?.policies === 2);
    await event([], [first]);
    await event([], []);
    await server.until('one', () => status(server).at(-1)?.policies === 1);
    renameSync(join(second, 'b.yaml'), join(second, 'c.yaml'));
    const change = (name: string, type: number) => ({ uri: pathToFileURL(join(second, name)).href, type });
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [change('b.yaml', 3), change('c.yaml', 1)] });
    await server.until('still one', () => status(server).at(-1)?.policies === 1);
    for (const path of [first, second]) rmSync(path, { recursive: true });
  });
});

describe('strings of the editor’s language', () => {
  const title = async (translations: string) => {
    const server = await start({ initializationOptions: { translations } });
    await server.open(uri, quotedPort);
    await server.diagnostics(uri);
    const at = { line: portLine, character: 17 };
    const actions = await server.connection.sendRequest<{ title: string }[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: at, end: at },
      context: { diagnostics: [] },
    });
    return actions[0]?.title;
  };

  test('come from the bundle that the client sends', async () => {
    expect(await title(JSON.stringify({ 'Remove the quotes': 'Anführungszeichen entfernen' }))).toBe('Anführungszeichen entfernen');
  });

  test('are English where it is no bundle', async () => {
    expect(await title('{"Remove')).toBe('Remove the quotes');
    expect(await title('null')).toBe('Remove the quotes');
  });
});

describe('a large file', () => {
  const large = 'file:///work/large.yaml';
  /** Far more than is parsed at a time. */
  const text = Array.from({ length: 600 }, (_, i) => policyNamed(`p-${i}`, 'shop', 'podSelector: {}\npolicyTypes: [Ingress]')).join('---\n');
  const symbols = (server: TestServer) =>
    server.connection.sendRequest<{ name: string }[] | null>('textDocument/documentSymbol', { textDocument: { uri: large } });

  test.each(['push', 'pull'])('is opened little by little: what is asked of others is answered meanwhile (%s)', async (mode) => {
    const server = await start({ capabilities: mode === 'pull' ? { textDocument: { diagnostic: {} } } : {} });
    await server.open(uri, quotedPort);
    await server.hover(uri, 1, 2);
    const answered: string[] = [];
    const noted = async (what: string, answer: Promise<unknown>) => {
      await answer;
      answered.push(what);
    };
    await server.open(large, text);
    await Promise.all([
      noted('outline', symbols(server)),
      noted('diagnosis', mode === 'pull' ? server.pull(large) : server.diagnostics(large)),
      noted('hover', server.hover(uri, 1, 2)),
      noted('another hover', server.hover(uri, 3, 2)),
    ]);
    expect(answered.slice(0, 2)).toEqual(['hover', 'another hover']);
  });

  test('what is said of it meanwhile counts in its order', async () => {
    const server = await start();
    await server.open(large, text);
    const name = { line: 3, character: 8 };
    await server.change(large, 2, [{ range: { start: name, end: name }, text: 'renamed-' }]);
    const outline = symbols(server);
    await server.change(large, 3, [{ text: quotedPort }]);
    const names = ((await outline) ?? []).map((symbol) => symbol.name);
    expect(names).toHaveLength(600);
    expect(names[0]).toContain('renamed-p-0');
    expect(names[1]).toContain('p-1');
    expect((await server.diagnostics(large, 3)).map(({ code }) => code)).toEqual(['invalid-port']);
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: large } });
    await server.open(large, text, 4);
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: large } });
    expect(await symbols(server)).toBeNull();
  });

  test('keeps what the workspace knew of its documents', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netpol-large-'));
    try {
      writeFileSync(join(folder, 'large.yaml'), text);
      const server = await start({ folders: [folder] });
      await server.until('the index', () => server.notifications.some(({ params }) => (params as { state?: string }).state === 'ready'));
      const onDisk = pathToFileURL(join(folder, 'large.yaml')).href;
      await server.open(onDisk, text.replaceAll('p-599', 'last'));
      expect((await server.diagnostics(onDisk)).filter(({ code }) => code === 'duplicate-resource')).toEqual([]);
      const found = async (query: string) =>
        (await server.connection.sendRequest<{ name: string }[]>('workspace/symbol', { query })).map((symbol) => symbol.name);
      expect(await found('last')).toEqual(['last']);
      expect(await found('p-598')).toEqual(['p-598']);
      expect(await found('p-599')).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
