import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SymbolInformation, WorkspaceEdit } from 'vscode-languageserver-protocol/node';
import { URI } from 'vscode-uri';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { type ServerOptions, TestServer } from '../support/server.ts';

// The server against real files, which change behind its back. Their folder's name can be spelled in several ways in a URI.
let folder: string;
let server: TestServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol disk (1)+@-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const [created, changed, deleted] = [1, 2, 3];
const uriOf = (name: string) => URI.file(join(folder, name)).toString();
const policy = (name: string) => policyNamed(name, 'shop', 'podSelector: {}\npolicyTypes: [Ingress]');

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** A server that has read the folder. `settings` are by section. */
async function started(settings: Readonly<Record<string, unknown>> = {}, options: ServerOptions = {}): Promise<TestServer> {
  const one = await TestServer.start({
    folders: [folder],
    settings,
    capabilities: { workspace: { configuration: true, workspaceFolders: true }, window: { workDoneProgress: true } },
    ...options,
  });
  await ready(one);
  return one;
}

const isReady = ({ method, params }: { method: string; params: unknown }) =>
  method === 'netpol/status' && (params as { state: string }).state === 'ready';
const ready = (one: TestServer, from = 0) => one.until('the end of reading', () => one.notifications.slice(from).some(isReady));

/** Names of all policies that the server knows. */
async function known(one: TestServer): Promise<readonly string[]> {
  const symbols = await one.connection.sendRequest<SymbolInformation[]>('workspace/symbol', { query: '' });
  return symbols.map(({ name, location }) => `${name} ${fileURLToPath(location.uri).slice(folder.length)}`).sort();
}

async function tell(one: TestServer, ...changes: readonly (readonly [name: string, type: number])[]): Promise<void> {
  const before = one.notifications.length;
  await one.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: changes.map(([name, type]) => ({ uri: uriOf(name), type })) });
  await ready(one, before);
}

test.each([
  ['VS Code', (path: string) => URI.file(path).toString()],
  ['Node', (path: string) => pathToFileURL(path).href],
  ['a client that encodes what it need not', (path: string) => `file://${path.replace(/[^/]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)}`],
])('a file that is open is the one on the disk, in the spelling of %s', async (_, spelled) => {
  write('a.yaml', policy('a'));
  write('deep (er)/b.yaml', policy('b'));
  server = await started();
  const uri = spelled(join(folder, 'a.yaml'));
  await server.open(uri, policy('not-saved'));
  expect(await known(server)).toEqual(['b /deep (er)/b.yaml', 'not-saved /a.yaml']);
  expect(await server.hover(uri, 3, 9)).not.toBeNull();
  const changes = ['a.yaml', 'deep (er)/b.yaml'].map((name) => ({ uri: spelled(join(folder, name)), type: changed }));
  write('deep (er)/b.yaml', policy('other'));
  const before = server.notifications.length;
  await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  await ready(server, before);
  expect(await known(server)).toEqual(['not-saved /a.yaml', 'other /deep (er)/b.yaml']);
  await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  await expect.poll(() => known(server as TestServer)).toEqual(['a /a.yaml', 'other /deep (er)/b.yaml']);
});

describe('what is left out', () => {
  beforeEach(() => {
    write('a.yaml', policy('a'));
    write('build/b.yaml', policy('b'));
    write('deep/build/c.yaml', policy('c'));
    write('out/d.yaml', policy('d'));
    write('node_modules/e.yaml', policy('e'));
    write('pnpm-lock.yaml', policy('f'));
  });

  test.each([
    ['files.exclude', { 'files.exclude': { '**/build': true, '**/out': false } }],
    ['search.exclude', { 'search.exclude': { '**/build': true } }],
    ['netpol.files.exclude', { files: { exclude: { '**/build/**': true } } }],
  ])('by %s', async (_, settings) => {
    server = await started(settings);
    expect(await known(server)).toEqual(['a /a.yaml', 'd /out/d.yaml']);
    // Nor is it taken in when it changes.
    await tell(server, ['build/b.yaml', changed], ['deep/build/c.yaml', created]);
    expect(await known(server)).toEqual(['a /a.yaml', 'd /out/d.yaml']);
  });

  test('by .gitignore, the nearest first, and again when that changes', async () => {
    write('.gitignore', 'build/\nout\n');
    write('deep/.gitignore', '!build/\n');
    server = await started();
    expect(await known(server)).toEqual(['a /a.yaml', 'c /deep/build/c.yaml']);
    await tell(server, ['build/b.yaml', changed]);
    expect(await known(server)).toEqual(['a /a.yaml', 'c /deep/build/c.yaml']);
    write('.gitignore', 'build/\na.yaml\n');
    await tell(server, ['.gitignore', changed]);
    await server.until('the new patterns', () => server?.notifications.filter(isReady).length === 4);
    expect(await known(server)).toEqual(['c /deep/build/c.yaml', 'd /out/d.yaml']);
  });

  test('when the settings change', async () => {
    server = await started();
    expect(await known(server)).toHaveLength(4);
    server.settings = { 'files.exclude': { '**/build': true } };
    const before = server.notifications.length;
    await server.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await server.until('the index', () => server?.notifications.slice(before).filter(isReady).length === 2);
    expect(await known(server)).toEqual(['a /a.yaml', 'd /out/d.yaml']);
  });
});

test('a folder that is moved, though no file of it is named', async () => {
  write('old/a.yaml', policy('a'));
  write('old/deep/b.yaml', policy('b'));
  server = await started();
  renameSync(join(folder, 'old'), join(folder, 'new.v2'));
  await tell(server, ['old', deleted], ['new.v2', created]);
  expect(await known(server)).toEqual(['a /new.v2/a.yaml', 'b /new.v2/deep/b.yaml']);
});

test('links in a circle, binaries, and files that are too large, which is told once', async () => {
  write('a.yaml', policy('a'));
  symlinkSync(folder, join(folder, 'again'));
  symlinkSync(join(folder, 'nowhere.yaml'), join(folder, 'dangling.yaml'));
  write('binary.yaml', `${policy('b')}\0\0\0`);
  write('large.yaml', `${policy('c')}# ${'x'.repeat(51 << 20)}\n`);
  server = await started();
  expect(await known(server)).toEqual(['a /a.yaml']);
  await tell(server, ['large.yaml', changed], ['a.yaml', changed]);
  const told = server.notifications.filter(({ method }) => method === 'window/showMessage');
  expect(told.map(({ params }) => (params as { message: string }).message)).toEqual([
    'Files over 50 MB are left out until they are opened: large.yaml.',
  ]);
});

test('files and folders to which access is denied are passed over, until it is granted', async (context) => {
  // To root nothing is denied: nobody (65534) is asked to read instead.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  if (process.platform === 'win32' || spawnSync(process.execPath, ['--check', 'dist/server.cjs'], { uid, gid: uid }).status !== 0) {
    console.log('files without rights: skipped, for nobody else can run the server here');
    context.skip();
  }
  write('a.yaml', policy('a'));
  write('secret.yaml', policy('secret'));
  write('closed/b.yaml', policy('b'));
  chmodSync(folder, 0o755);
  for (const name of ['secret.yaml', 'closed']) chmodSync(join(folder, name), 0);
  server = await started({}, { uid });
  expect(await known(server)).toEqual(['a /a.yaml']);
  chmodSync(join(folder, 'secret.yaml'), 0o644);
  chmodSync(join(folder, 'closed'), 0o755);
  await tell(server, ['secret.yaml', changed], ['closed', changed]);
  expect(await known(server)).toContain('secret /secret.yaml');
  write('closed/c.yaml', policy('c'));
  await tell(server, ['closed/b.yaml', changed], ['closed/c.yaml', created]);
  expect(await known(server)).toEqual(['a /a.yaml', 'b /closed/b.yaml', 'c /closed/c.yaml', 'secret /secret.yaml']);
  chmodSync(join(folder, 'secret.yaml'), 0);
  await tell(server, ['secret.yaml', changed]);
  expect(await known(server)).not.toContain('secret /secret.yaml');
});

test('a thousand files that change at once, and nothing is called missing meanwhile', async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `team-${i % 10}/${i}.yaml`);
  const workload = (i: number) => deployment(i === 7 ? 'keeper' : `app-${i}`, 'shop');
  for (const [i, name] of names.entries()) write(name, documents(workload(i), policy(`p-${i}`)));
  write('watching.yaml', policyNamed('watching', 'shop', 'podSelector: {matchLabels: {app: keeper}}\npolicyTypes: [Ingress]'));
  server = await started();
  await server.open(uriOf('watching.yaml'), policyNamed('watching', 'shop', 'podSelector: {matchLabels: {app: keeper}}\npolicyTypes: [Ingress]'));
  const found = async () => (await server?.diagnostics(uriOf('watching.yaml')))?.map(({ code }) => code);
  expect(await found()).not.toContain('selector-matches-nothing');
  for (const [i, name] of names.entries()) write(name, documents(workload(i), policy(`q-${i}`)));
  const seen: unknown[] = [];
  let times = 0;
  server.connection.onNotification('textDocument/publishDiagnostics', ({ diagnostics }: { diagnostics: { code?: unknown }[] }) => {
    times++;
    seen.push(...diagnostics.map(({ code }) => code));
  });
  const [gone, others] = [names.slice(0, 500), names.slice(500)];
  const all = tell(
    server,
    ...gone.map((name) => [name, deleted] as const),
    ...others.map((name) => [name, changed] as const),
    ...gone.map((name) => [name, created] as const),
  );
  // Judged while the pods that it selects are gone, and others are there.
  let isOver = false;
  void all.then(() => {
    isOver = true;
  });
  for (let version = 2; !isOver; version++) {
    await server.change(uriOf('watching.yaml'), version, [
      { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '#\n' },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await all;
  expect(times).toBeGreaterThan(0);
  expect(server.notifications.findLast(isReady)?.params).toMatchObject({ files: 1001, policies: 1001 });
  expect((await known(server)).some((name) => name.startsWith('p-'))).toBe(false);
  expect(seen).not.toContain('selector-matches-nothing');
});

test('what is typed in whoever delivers many files moves them once nobody types', async () => {
  const application = (namespace: string) =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: one}\nspec:\n  source: {path: apps}\n  destination: {namespace: ${namespace}}\n`;
  const homeless = policyNamed('p', undefined, 'podSelector: {}\npolicyTypes: [Ingress]');
  for (let i = 0; i < 200; i++) write(`apps/${i}.yaml`, homeless.replace('name: p', `name: p-${i}`));
  write('argocd/one.yaml', application('shop'));
  server = await started();
  const one = server;
  await one.open(uriOf('apps/7.yaml'), homeless.replace('name: p', 'name: p-7'));
  await one.open(uriOf('argocd/one.yaml'), application('shop'));
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  const hints = () =>
    one.connection
      .sendRequest('textDocument/inlayHint', { textDocument: { uri: uriOf('apps/7.yaml') }, range })
      .then((found) => JSON.stringify(found));
  await expect.poll(hints).toContain('namespace: shop');
  const names = ['s', 'st', 'sto', 'store'];
  for (const [i, name] of names.entries()) await one.change(uriOf('argocd/one.yaml'), 2 + i, [{ text: application(name) }]);
  await expect.poll(hints, { timeout: 20_000 }).toContain('namespace: store');
});

test('a name in a thousand files is renamed little by little: what is asked meanwhile is answered first', async () => {
  const selecting = (i: number) => policyNamed(`p-${i}`, 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]');
  const count = 1000;
  for (let i = 0; i < count; i++) write(`${i}.yaml`, selecting(i));
  write('web.yaml', deployment('web', 'shop'));
  server = await started();
  await server.open(uriOf('0.yaml'), selecting(0));
  const lines = selecting(0).split('\n');
  const line = lines.findIndex((candidate) => candidate.includes('app: web'));
  const position = { line, character: (lines[line] ?? '').indexOf('web') };
  await server.hover(uriOf('0.yaml'), line, position.character);
  const answered: string[] = [];
  const renamed = server.connection.sendRequest<WorkspaceEdit>('textDocument/rename', {
    textDocument: { uri: uriOf('0.yaml') },
    position,
    newName: 'front',
  });
  await Promise.all([
    renamed.then(() => answered.push('rename')),
    server.hover(uriOf('0.yaml'), line, position.character).then(() => answered.push('hover')),
  ]);
  expect(answered).toEqual(['hover', 'rename']);
  expect(Object.keys((await renamed).changes ?? {})).toHaveLength(count + 1);
});

/** What a server knows: the policies, and what it says of one that looks for pods of other files. */
async function knowledge(one: TestServer, times: number): Promise<unknown> {
  const uri = uriOf('probe.yaml');
  await one.open(uri, probe, times);
  const findings = (await one.diagnostics(uri, times)).map(({ message, range }) => [message, range]);
  const hover = await one.hover(uri, probe.slice(0, probe.indexOf('podSelector')).split('\n').length - 1, 4);
  await one.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  return { policies: await known(one), findings, hover };
}

/** What has Flux move all that a folder holds. */
const delivery = (path: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: all}\nspec: {path: ${path}, targetNamespace: shop}\n`;

const probe = policyNamed(
  'probe',
  'shop',
  'podSelector: {matchLabels: {app: web}}\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: db}}',
);

test('property: after each of any changes of files, and a start anew, the server knows what one knows that has just read them', async () => {
  const storage = mkdtempSync(join(tmpdir(), 'netpol-storage-'));
  const name = fc.constantFrom('a.yaml', 'dev/b.yaml', 'dev/deep/c.yaml', 'prod/kustomization.yaml', 'prod/d.yaml', 'prod/e.json');
  const text = fc.constantFrom(
    policy('x'),
    policy('y'),
    documents(policy('x'), deployment('web', 'shop')),
    documents(deployment('db', 'shop'), policy('z')),
    'resources: [d.yaml, ../a.yaml]\n',
    'namespace: shop\nresources: [../dev/b.yaml]\n',
    'resources: [d.yaml, ../a.yaml]\npatches: [{path: ../dev/b.yaml}, {path: e.json, target: {kind: NetworkPolicy}}]\n',
    '[{"op": "replace", "path": "/spec/podSelector", "value": {"matchLabels": {"app": "web"}}}]\n',
    documents(deployment('web', 'edge'), deployment('db', 'edge')),
    delivery('./dev'),
    '',
  );
  const operation = fc.oneof(
    { weight: 3, arbitrary: fc.record({ is: fc.constant('write' as const), name, text }) },
    fc.record({ is: fc.constant('delete' as const), name }),
    fc.record({ is: fc.constant('move' as const), from: fc.constantFrom('dev', 'prod', 'moved'), to: fc.constantFrom('dev', 'prod', 'moved') }),
    fc.record({ is: fc.constant('ignore' as const), text: fc.constantFrom('', 'dev/\n', '*.json\n!/prod\n') }),
    fc.record({ is: fc.constant('restart' as const) }),
  );
  const remembering = { initializationOptions: { storage } };
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 7 }), async (operations) => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      let grown = await started({}, remembering);
      let times = 0;
      try {
        for (const step of operations) {
          const changes: (readonly [string, number])[] = [];
          if (step.is === 'write') {
            write(step.name, step.text);
            changes.push([step.name, created]);
          } else if (step.is === 'delete') {
            rmSync(join(folder, step.name), { force: true });
            changes.push([step.name, deleted]);
          } else if (step.is === 'ignore') {
            write('.gitignore', step.text);
            changes.push(['.gitignore', changed]);
          } else if (step.is === 'restart') {
            await grown.stop();
            grown = await started({}, remembering);
          } else {
            try {
              renameSync(join(folder, step.from), join(folder, step.to));
            } catch {
              // There is no such folder, or the other is in its way.
              continue;
            }
            changes.push([step.from, deleted], [step.to, created]);
          }
          if (changes.length > 0) await tell(grown, ...changes);
          // The index that a new .gitignore asks for.
          if (step.is === 'ignore') await new Promise((resolve) => setTimeout(resolve, 30));
          await grown.until('the end of reading', () => isReady(grown.notifications.findLast(({ method }) => method === 'netpol/status') as never));
          const fresh = await started();
          try {
            times++;
            expect(await knowledge(grown, times), step.is).toEqual(await knowledge(fresh, times));
          } finally {
            await fresh.stop();
          }
        }
      } finally {
        await grown.stop();
      }
    }),
    { numRuns: 12 },
  );
  rmSync(storage, { recursive: true });
}, 180_000);

describe('a second start', () => {
  let storage: string;
  beforeEach(async () => {
    storage = mkdtempSync(join(tmpdir(), 'netpol-storage-'));
    for (let i = 0; i < 50; i++) write(`${i % 5}/${i}.yaml`, documents(policy(`p-${i}`), deployment(i === 7 ? 'web' : `app-${i}`, 'shop')));
    write('values.yaml', 'enableNetworkPolicy: true\n');
    write('notes.yaml', 'a: b\n');
    // Files that were written just now are not trusted to stay as they are.
    await new Promise((resolve) => setTimeout(resolve, 2100));
  });
  afterEach(async () => {
    // It leaves what it knows when it ends.
    await server?.stop();
    server = undefined;
    rmSync(storage, { recursive: true });
  });
  const remembering = () => ({ initializationOptions: { storage } });
  const kept = () => join(storage, readdirSync(storage)[0] as string);

  /** What a new server knows that has the storage, beside what one knows that has not. */
  async function compared(): Promise<void> {
    const fresh = await started();
    const expected = await knowledge(fresh, 1);
    await fresh.stop();
    server = await started({}, remembering());
    expect(await knowledge(server, 1)).toEqual(expected);
  }

  test('knows the same of what is patched, and which files are patches', async () => {
    write('prod/kustomization.yaml', 'resources: [probed.yaml]\npatches: [{path: port.yaml, target: {kind: NetworkPolicy}}, {path: ../0/0.yaml}]\n');
    write('prod/probed.yaml', documents(probe, deployment('web', 'shop'), deployment('db', 'shop')));
    write('prod/port.yaml', '- {op: replace, path: /spec/podSelector/matchLabels/app, value: db}\n');
    const first = await started({}, remembering());
    await first.stop();
    await compared();
    const uri = uriOf('prod/probed.yaml');
    await server?.open(uri, readFileSync(join(folder, 'prod/probed.yaml'), 'utf8'));
    const hovered = JSON.stringify(await server?.hover(uri, 1, 8));
    expect(hovered).toContain('Deployment db');
  });

  test('knows the same of what is delivered', async () => {
    rmSync(join(folder, '2/7.yaml'));
    write('apps/web.yaml', documents(deployment('web', 'edge'), deployment('db', 'edge')));
    write('flux/apps.yaml', delivery('apps'));
    await (await started({}, remembering())).stop();
    await compared();
    const hovered = async (): Promise<string> => {
      const uri = uriOf('probe.yaml');
      await server?.open(uri, probe);
      const found = JSON.stringify(await server?.hover(uri, probe.slice(0, probe.indexOf('podSelector')).split('\n').length - 1, 4));
      await server?.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
      return found;
    };
    expect(await hovered()).toContain('apps/web.yaml#');
    rmSync(join(folder, 'flux/apps.yaml'));
    await tell(server as TestServer, ['flux/apps.yaml', deleted]);
    expect(await hovered()).not.toContain('apps/web.yaml#');
    await server?.stop();
    await compared();
    expect(await hovered()).not.toContain('apps/web.yaml#');
  });

  test('knows the same, and what has changed since', async () => {
    const first = await started({}, remembering());
    await first.stop();
    expect(readdirSync(storage)).toHaveLength(1);
    write('1/1.yaml', policy('changed'));
    rmSync(join(folder, '2/7.yaml'));
    renameSync(join(folder, '3/3.yaml'), join(folder, '3/moved.yaml'));
    await compared();
    const symbols = await known(server as TestServer);
    expect(symbols).toContain('changed /1/1.yaml');
    expect(symbols).toContain('p-3 /3/moved.yaml');
    expect(symbols).not.toContain('p-7 /2/7.yaml');
  });

  test('looks into files that it did not read', async () => {
    await (await started({}, remembering())).stop();
    server = await started({}, remembering());
    const text = documents(policy('p-8'), deployment('app-8', 'shop'));
    await server.open(uriOf('3/8.yaml'), text);
    expect((await server.hover(uriOf('3/8.yaml'), 1, 8))?.contents).toBeTruthy();
    // A file changes while nobody says so: what is shown of it is empty, not wrong, and it is read again.
    write('4/9.yaml', documents(policy('other'), policy('another')));
    const twin = policy('p-9');
    await server.open(uriOf('twin.yaml'), twin);
    await server.diagnostics(uriOf('twin.yaml'));
    await server.until('the file to be read again', () => server?.notifications.some(isReady));
    await tell(server, ['4/9.yaml', changed]);
    expect(await known(server)).toContain('other /4/9.yaml');
  });

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 700)],
    ['without an end', (bytes: Buffer) => bytes.subarray(0, 90)],
    ['with a byte that is another', (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === bytes.length - 400 ? byte ^ 1 : byte)))],
    ['of another version', (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('netpol-index', 'netpol-indeks'), 'latin1')],
    ['random', () => Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255))],
    ['empty', () => Buffer.alloc(0)],
  ])('is not led astray by a store that is %s', async (_, damage) => {
    await (await started({}, remembering())).stop();
    writeFileSync(kept(), damage(readFileSync(kept())));
    await compared();
  });

  test('goes well where nothing can be kept', async () => {
    rmSync(storage, { recursive: true });
    writeFileSync(storage, 'a file, not a folder');
    await (await started({}, remembering())).stop();
    await compared();
  });

  test('of several windows each finds what one of them left', async () => {
    const windows = await Promise.all(Array.from({ length: 4 }, () => started({}, remembering())));
    await Promise.all(windows.map((one) => one.stop()));
    expect(readdirSync(storage)).toHaveLength(1);
    await compared();
  });
});

test('what is left when reading is cancelled is not called missing', async () => {
  for (let i = 0; i < 3000; i++) write(`team-${i % 10}/${i}.yaml`, documents(deployment(`app-${i}`, 'shop'), policy(`p-${i}`)));
  const text = policyNamed('watching', 'shop', 'podSelector: {matchLabels: {app: app-none}}\npolicyTypes: [Ingress]');
  const one = await TestServer.start({ folders: [folder], capabilities: { window: { workDoneProgress: true } } });
  server = one;
  const begun = await one.until('progress', () =>
    one.notifications.find(({ method, params }) => method === '$/progress' && (params as { value: { kind: string } }).value.kind === 'begin'),
  );
  await one.connection.sendNotification('window/workDoneProgress/cancel', { token: (begun.params as { token: string }).token });
  await ready(one);
  const status = one.notifications.findLast(isReady)?.params as { policies: number };
  expect(status.policies).toBeLessThan(3000);
  await one.open(uriOf('watching.yaml'), text);
  expect((await one.diagnostics(uriOf('watching.yaml'))).map(({ code }) => code)).not.toContain('selector-matches-nothing');
});

test('what changes in folders that are never read wakes nobody', async () => {
  write('a.yaml', policy('a'));
  server = await started();
  const before = server.notifications.filter(isReady).length;
  await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: ['.git/index.lock', 'node_modules/x/a.yaml'].map((name) => ({ uri: uriOf(name), type: created })),
  });
  await tell(server, ['a.yaml', changed]);
  expect(server.notifications.filter(isReady).length).toBe(before + 1);
});
