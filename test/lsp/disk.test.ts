import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SymbolInformation } from 'vscode-languageserver-protocol/node';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { type ServerOptions, TestServer } from '../support/server.ts';

// The server against real files, which change behind its back.
let folder: string;
let server: TestServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-disk-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const [created, changed, deleted] = [1, 2, 3];
const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
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
  return symbols.map(({ name, location }) => `${name} ${decodeURIComponent(location.uri.slice(pathToFileURL(folder).href.length))}`).sort();
}

async function tell(one: TestServer, ...changes: readonly (readonly [name: string, type: number])[]): Promise<void> {
  const before = one.notifications.length;
  await one.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: changes.map(([name, type]) => ({ uri: uriOf(name), type })) });
  await ready(one, before);
}

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
  server.connection.onNotification('textDocument/publishDiagnostics', ({ diagnostics }: { diagnostics: { code?: unknown }[] }) => {
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
  expect(seen.length).toBeGreaterThan(0);
  expect(server.notifications.findLast(isReady)?.params).toMatchObject({ files: 1001, policies: 1001 });
  expect((await known(server)).some((name) => name.startsWith('p-'))).toBe(false);
  expect(seen).not.toContain('selector-matches-nothing');
});

test('property: after any changes of files the server knows what one knows that has just read them', async () => {
  const name = fc.constantFrom('a.yaml', 'dev/b.yaml', 'dev/deep/c.yaml', 'prod/kustomization.yaml', 'prod/d.yaml', 'prod/e.json');
  const text = fc.constantFrom(policy('x'), policy('y'), documents(policy('x'), deployment('web', 'shop')), 'resources: [d.yaml, ../a.yaml]\n', '');
  const operation = fc.oneof(
    fc.record({ is: fc.constant('write' as const), name, text }),
    fc.record({ is: fc.constant('delete' as const), name }),
    fc.record({ is: fc.constant('move' as const), from: fc.constantFrom('dev', 'prod', 'moved'), to: fc.constantFrom('dev', 'prod', 'moved') }),
    fc.record({ is: fc.constant('ignore' as const), text: fc.constantFrom('', 'dev/\n', '*.json\n!/prod\n') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 8 }), async (operations) => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      const grown = await started();
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
          } else {
            try {
              renameSync(join(folder, step.from), join(folder, step.to));
            } catch {
              // There is no such folder, or the other is in its way.
              continue;
            }
            changes.push([step.from, deleted], [step.to, created]);
          }
          await tell(grown, ...changes);
        }
        // The index that a new .gitignore asks for.
        await grown.until('the end of reading', () => isReady(grown.notifications.findLast(({ method }) => method === 'netpol/status') as never));
        await new Promise((resolve) => setTimeout(resolve, 30));
        const fresh = await started();
        try {
          expect(await known(grown)).toEqual(await known(fresh));
        } finally {
          await fresh.stop();
        }
      } finally {
        await grown.stop();
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

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
