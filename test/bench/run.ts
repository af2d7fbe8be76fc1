// How long users wait, beside Red Hat's yaml-language-server on the same files, in one run.
// usage: npm run bench [-- --alone] [-- --runs N]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { networkPolicy } from '../../server/src/kinds/kubernetes/networkPolicy.ts';
import { TestServer } from '../support/server.ts';
import { jsonSchema } from './jsonSchema.ts';
import { manifests, workloads } from './manifests.ts';
import { memoryOf } from './memory.ts';

const runs = Number(process.argv[process.argv.indexOf('--runs') + 1]) || 9;
const folder = mkdtempSync(join(tmpdir(), 'netpol-bench-'));
const schema = join(folder, 'schema.json');
writeFileSync(schema, JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...jsonSchema(networkPolicy.type) }));

interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly settings: unknown;
}

/** As its client starts it. */
const netpol: Contestant = {
  name: 'netpol',
  command: ['--min-semi-space-size=4', '--max-semi-space-size=4', '--disallow-code-generation-from-strings', 'dist/server.cjs', '--stdio'],
  env: { NODE_COMPILE_CACHE: join(folder, 'compiled') },
  settings: {},
};
const other = resolve('test/bench/node_modules/yaml-language-server');

function contestants(): readonly Contestant[] {
  if (process.argv.includes('--alone')) return [netpol];
  if (!existsSync(other)) execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: 'test/bench', stdio: 'ignore' });
  const { version } = JSON.parse(readFileSync(join(other, 'package.json'), 'utf8'));
  const settings = {
    yaml: { schemas: { [pathToFileURL(schema).href]: '*.yaml' }, schemaStore: { enable: false }, validate: true, completion: true, hover: true },
  };
  return [netpol, { name: `yaml-language-server ${version}`, command: [join(other, 'bin/yaml-language-server'), '--stdio'], settings }];
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

const metrics = [
  'start to initialize',
  'open to diagnostics',
  'longest answer elsewhere meanwhile',
  'one character to diagnostics',
  'hover',
  'completion',
  'code actions',
  'memory after (MB)',
] as const;
type Metric = (typeof metrics)[number];

async function measure({ command, env = {}, settings }: Contestant, count: number): Promise<Record<Metric, number>> {
  const text = manifests(count);
  const path = join(folder, `policies-${count}.yaml`);
  writeFileSync(path, text);
  const uri = pathToFileURL(path).href;
  let start = performance.now();
  const since = () => {
    const now = performance.now();
    const time = now - start;
    start = now;
    return time;
  };
  const server = await TestServer.start({
    ...{ command, env, settings },
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: {
        publishDiagnostics: { versionSupport: true },
        hover: { contentFormat: ['markdown'] },
        completion: { completionItem: { snippetSupport: true } },
      },
    },
  });
  const initialize = since();
  await server.connection.sendNotification('workspace/didChangeConfiguration', { settings });
  await new Promise((done) => setTimeout(done, 300));
  start = performance.now();
  await server.open(uri, text);
  await server.diagnostics(uri, 0);
  const open = since();

  const line = text.split('\n').findIndex((candidate) => candidate.startsWith('  name:'));
  const character = (text.split('\n')[line] ?? '').length;
  const changes: number[] = [];
  for (let i = 0; i < runs * 2; i++) {
    const insert = i % 2 === 0;
    const range = { start: { line, character }, end: { line, character: character + (insert ? 0 : 1) } };
    server.published.delete(uri);
    start = performance.now();
    await server.change(uri, i + 2, [{ range, text: insert ? 'x' : '' }]);
    await server.until('diagnostics', () => server.published.has(uri));
    changes.push(since());
    await new Promise((done) => setTimeout(done, 20));
  }
  const at = { line: line + 6, character: 4 };
  const result = {
    'start to initialize': initialize,
    'open to diagnostics': open,
    'one character to diagnostics': median(changes),
    hover: await repeat(() => server.hover(uri, at.line, at.character)),
    completion: await repeat(() => server.completion(uri, at.line, 2)),
    'code actions': await repeat(() => server.codeActions(uri, { start: at, end: at })),
    'memory after (MB)': memoryOf(server.child.pid as number),
    // Last, for it opens the file once more.
    'longest answer elsewhere meanwhile': await longestMeanwhile(server, uri, text),
  };
  await server.stop();
  return result;
}

/** ms of the longest of the hovers in another file while one is opened again. */
async function longestMeanwhile(server: TestServer, uri: string, text: string): Promise<number> {
  const small = pathToFileURL(join(folder, 'small.yaml')).href;
  await server.open(small, manifests(1));
  await server.diagnostics(small, 0);
  await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  await server.hover(small, 8, 4);
  await new Promise((done) => setTimeout(done, 500));
  server.published.delete(uri);
  await server.open(uri, text, 100);
  let longest = 0;
  while (!server.published.has(uri)) {
    const start = performance.now();
    await server.hover(small, 8, 4);
    longest = Math.max(longest, performance.now() - start);
    await new Promise((done) => setTimeout(done, 2));
  }
  return longest;
}

async function repeat(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
  }
  return median(times);
}

/** What features that look around cost among `count` policies and as many workloads; ms. */
async function measureAround(count: number): Promise<Readonly<Record<string, number>>> {
  const server = await TestServer.start(netpol);
  const uri = pathToFileURL(join(folder, 'around', 'policies.yaml')).href;
  const text = manifests(count);
  await server.open(pathToFileURL(join(folder, 'around', 'workloads.yaml')).href, workloads(count));
  await server.open(uri, text);
  await server.diagnostics(uri);
  const line = text.split('\n').findIndex((candidate) => candidate.startsWith('      app: service-'));
  const position = { line, character: 14 };
  const [lens] = await server.connection.sendRequest<unknown[]>('textDocument/codeLens', { textDocument: { uri } });
  const ask = (method: string, more = {}) => repeat(() => server.connection.sendRequest(method, { textDocument: { uri }, ...more }));
  const result = {
    'hover on a selector': await ask('textDocument/hover', { position }),
    'completion of a label’s value': await ask('textDocument/completion', { position: { line, character: 11 } }),
    'code lenses of the file': await ask('textDocument/codeLens'),
    'what one of them says': await repeat(async () => server.connection.sendRequest('codeLens/resolve', lens)),
    definition: await ask('textDocument/definition', { position }),
    ...(count <= 100 ? { 'traffic diagram': await repeat(() => server.connection.sendRequest('netpol/diagram', { uri })) } : {}),
  };
  await server.stop();
  return result;
}

const shown = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, medians of ${runs}; times in ms\n`);
const all = contestants();
// The first two starts of a version leave their compiled code for all that follow.
for (let i = 0; i < 2; i++) await measure(netpol, 1);
for (const count of [1, 100, 1000]) {
  const results: Record<Metric, number>[] = [];
  for (const contestant of all) results.push(await measure(contestant, count));
  const kilobytes = Math.round(manifests(count).length / 1024);
  console.log(
    `| ${count.toLocaleString('en')} ${count === 1 ? 'policy' : 'policies'} (${kilobytes} KB) | ${all.map(({ name }) => name).join(' | ')} |${all.length > 1 ? ' ratio |' : ''}`,
  );
  console.log(`| --- |${all.map(() => ' --- |').join('')}${all.length > 1 ? ' --- |' : ''}`);
  for (const metric of metrics) {
    const values = results.map((result) => result[metric]);
    const ratio = values.length > 1 ? ` ${shown((values[1] as number) / (values[0] as number))} |` : '';
    console.log(`| ${metric} | ${values.map(shown).join(' | ')} |${ratio}`);
  }
  console.log();
}
for (const count of [50, 1000]) {
  console.log(`| ${count.toLocaleString('en')} policies among as many workloads | ${netpol.name} |\n| --- | --- |`);
  for (const [name, value] of Object.entries(await measureAround(count))) console.log(`| ${name} | ${shown(value)} |`);
  console.log();
}
rmSync(folder, { recursive: true });
