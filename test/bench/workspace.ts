// A workspace of many manifests: how long the index takes beside reading the bytes alone, and how the server answers meanwhile.
// usage: npm run bench (this part alone: node test/bench/workspace.ts [files] [bytes a file], after npm run build)
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TestServer } from '../support/server.ts';
import { memoryOf } from './memory.ts';
import { workspaceFile } from './workspaceFiles.ts';

const count = Number(process.argv[2] ?? 10_000);
const size = Number(process.argv[3] ?? 10_000);
const perFolder = 100;
/** First and second starts that are measured. */
const pairs = count > 10_000 ? 1 : 5;

const folder = mkdtempSync(join(tmpdir(), 'netpol-bench-'));
const storage = mkdtempSync(join(tmpdir(), 'netpol-storage-'));
const measured = mkdtempSync(join(tmpdir(), 'netpol-measured-'));
const loopDelays = join(measured, 'loop-delays.txt');
const pathOf = (i: number) => join(folder, `team-${Math.floor(i / perFolder)}`, `${i}.yaml`);
let bytes = 0;
for (let i = 0; i < count; i++) {
  if (i % perFolder === 0) mkdirSync(join(folder, `team-${i / perFolder}`));
  const text = workspaceFile(i, size);
  bytes += text.length;
  writeFileSync(pathOf(i), text);
}

/** ms of reading every byte and looking once for a word in it. */
function readAndScan(): number {
  const start = performance.now();
  let found = 0;
  for (const sub of readdirSync(folder)) {
    for (const name of readdirSync(join(folder, sub))) if (readFileSync(join(folder, sub, name)).includes('NetworkPolicy')) found++;
  }
  if (found === 0) throw new Error('No policy was written.');
  return performance.now() - start;
}

/** Makes the system forget what it has read of files, where it lets us (Linux, as root); gives whether it did. */
function forgetFiles(): boolean {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}

const at = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
const median = (times: readonly number[]): number =>
  at(
    [...times].sort((a, b) => a - b),
    0.5,
  );
const shownRatios = (longer: readonly number[], shorter: readonly number[]): string =>
  longer.map((time, i) => (time / (shorter[i] as number)).toFixed(1)).join(', ');
const shown = (times: readonly number[]): string => {
  const sorted = [...times].sort((a, b) => a - b);
  return `${at(sorted, 0.5).toFixed(1)} / ${at(sorted, 0.99).toFixed(1)} / ${at(sorted, 1).toFixed(1)} (${times.length})`;
};

const opened = pathToFileURL(pathOf(0)).href;
const text = readFileSync(pathOf(0), 'utf8');
const selector = text.slice(0, text.indexOf('podSelector')).split('\n').length - 1;

/** ms of hovers and completions, asked one after the other until something has happened. */
async function askUntil(server: TestServer, done: Promise<unknown>): Promise<number[]> {
  let over = false;
  void done.then(() => {
    over = true;
  });
  const times: number[] = [];
  while (!over) {
    for (const [method, position] of [
      ['textDocument/hover', { line: selector, character: 4 }],
      ['textDocument/completion', { line: selector + 2, character: 11 }],
    ] as const) {
      const start = performance.now();
      await server.connection.sendRequest(method, { textDocument: { uri: opened }, position });
      times.push(performance.now() - start);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return times;
}

const isReady = ({ method, params }: { method: string; params: unknown }): boolean =>
  method === 'netpol/status' && (params as { state: string }).state === 'ready';

/** Starts a server on the folder, with a file open, and waits until all is read; asks it meanwhile, or leaves it alone. */
async function start(asks: boolean): Promise<{ server: TestServer; indexed: number; times: number[] }> {
  const begin = performance.now();
  const server = await TestServer.start({
    folders: [folder],
    initializationOptions: { storage },
    command: [
      '--min-semi-space-size=4',
      '--max-semi-space-size=4',
      '--disallow-code-generation-from-strings',
      '--require',
      './test/bench/loopDelay.cjs',
      'dist/server.cjs',
      '--stdio',
    ],
    env: { NODE_COMPILE_CACHE: join(storage, 'compiled'), LOOP_DELAYS: loopDelays },
  });
  await server.open(opened, text);
  const ready = server.until('the index', () => server.notifications.some(isReady), 600_000);
  const times = asks ? await askUntil(server, ready) : [];
  await ready;
  return { server, indexed: performance.now() - begin, times };
}

try {
  // A file that was written just now is not trusted to stay as it is.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  readAndScan();
  const [scans, firsts, seconds]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < pairs; i++) {
    scans.push(readAndScan());
    for (const times of [firsts, seconds]) {
      const { server, indexed } = await start(false);
      await server.stop();
      times.push(indexed);
    }
    rmSync(storage, { recursive: true, force: true });
  }
  const [scan, first, second] = [median(scans), median(firsts), median(seconds)];
  const sooner = median(firsts.map((time, i) => time / (seconds[i] as number)));
  // As after the computer was started: nothing of the files is in memory.
  const unread: Record<'scans' | 'firsts' | 'seconds', number[]> = { scans: [], firsts: [], seconds: [] };
  for (let i = 0; i < pairs && forgetFiles(); i++) {
    unread.scans.push(readAndScan());
    for (const times of [unread.firsts, unread.seconds]) {
      forgetFiles();
      const { server, indexed } = await start(false);
      await server.stop();
      times.push(indexed);
    }
    rmSync(storage, { recursive: true, force: true });
  }
  readAndScan();
  const cold = await start(true);
  const memory = memoryOf(cold.server.child.pid as number);
  await cold.server.stop();
  const warm = await start(true);
  const { server } = warm;
  // A branch is switched: a tenth of the files differ.
  const changed = Array.from({ length: Math.min(1000, count / 10) }, (_, i) => 1 + i * Math.floor(count / Math.min(1000, count / 10)));
  for (const i of changed) if (i < count) writeFileSync(pathOf(i), workspaceFile(i, size).replaceAll('8080', '9090'));
  const before = server.notifications.length;
  const begin = performance.now();
  await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: changed.filter((i) => i < count).map((i) => ({ uri: pathToFileURL(pathOf(i)).href, type: 2 })),
  });
  const switched = await askUntil(
    server,
    server.until('the change', () => server.notifications.slice(before).some(isReady), 600_000),
  );
  const switchTime = performance.now() - begin;
  const warmMemory = memoryOf(server.child.pid as number);
  await server.stop();
  console.log(`\n| workspace of ${count.toLocaleString('en')} manifests, ${(bytes / 1e6).toFixed(0)} MB | |\n| --- | --- |`);
  console.log(`| reading and scanning the bytes, ms | ${scan.toFixed(0)} |`);
  console.log(`| first start until all is read, ms (times the line above) | ${first.toFixed(0)} (${(first / scan).toFixed(1)}) |`);
  console.log(`| second start, ms (times sooner; of all pairs) | ${second.toFixed(0)} (${sooner.toFixed(1)}; ${shownRatios(firsts, seconds)}) |`);
  if (unread.scans.length > 0) {
    const [read, once, again] = [median(unread.scans), median(unread.firsts), median(unread.seconds)];
    const ratio = median(unread.firsts.map((time, i) => time / (unread.seconds[i] as number)));
    console.log(
      `| the three with files that are not in memory, ms | ${read.toFixed(0)}; ${once.toFixed(0)} (${(once / read).toFixed(1)}); ${again.toFixed(0)} (${ratio.toFixed(1)}; ${shownRatios(unread.firsts, unread.seconds)}) |`,
    );
  }
  console.log(`| both starts while hovers and completions are asked for, ms | ${cold.indexed.toFixed(0)}, ${warm.indexed.toFixed(0)} |`);
  console.log(`| memory, MB, after the first and the second start | ${memory.toFixed(0)}, ${warmMemory.toFixed(0)} |`);
  console.log(`| hover and completion meanwhile, median / p99 / most, ms (asked) | ${shown(cold.times)} |`);
  console.log(`| the same on the second start | ${shown(warm.times)} |`);
  console.log(`| ${changed.length.toLocaleString('en')} files change at once: taken in, ms | ${switchTime.toFixed(0)} |`);
  console.log(`| hover and completion meanwhile | ${shown(switched)} |`);
  const held = readFileSync(loopDelays, 'utf8').trim().split('\n');
  const each = (column: number) => held.map((line) => line.split(' ')[column]).join(', ');
  console.log(`| event loop held in each start, at most, ms | ${each(0)} |`);
  console.log(`| of it computing | ${each(1)} |`);
} finally {
  for (const path of [folder, storage, measured]) rmSync(path, { recursive: true, force: true });
}
