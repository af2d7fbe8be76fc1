// How long questions about a cluster take: build, one policy changed, one query, a whole listing.
// usage: npm run bench (this part alone: node --expose-gc test/bench/connectivity.ts)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connectivity } from '../../server/src/connectivity/connectivity.ts';
import { readManifestText } from '../../server/src/syntax/manifestText.ts';
import { clusterOf } from '../../server/src/workspace/cluster.ts';
import { clusterManifests, clusterSizes } from './clusters.ts';

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
const timed = <T>(run: () => T): readonly [T, number] => {
  const start = performance.now();
  const result = run();
  return [result, performance.now() - start];
};
const heap = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / (1 << 20);
};
const shown = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}; times in ms, memory in MB\n`);
console.log('| pods | namespaces | policies | parse and read | build | one policy changed | one query | memory | netpol list |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const size of clusterSizes) {
  const text = clusterManifests(size).join('---\n');
  const [cluster, read] = timed(() => clusterOf(readManifestText(text, 'a.yaml').documents.map((placed) => ({ file: 'a.yaml', placed }))));
  const before = heap();
  const [connectivity, build] = timed(() => {
    const made = new Connectivity(cluster);
    // The first question gathers the policies of every pod: part of what a user waits for.
    made.isIsolated(made.endpoints[0] as (typeof made.endpoints)[number], 'ingress');
    return made;
  });
  const memory = heap() - before;
  const { endpoints } = connectivity;
  const changes: number[] = [];
  let current = connectivity;
  for (let i = 0; i < 9; i++) {
    const at = (i * 7919) % cluster.policies.length;
    const policies = cluster.policies.map((located, k) => (k === at ? { ...located } : located));
    const [next, time] = timed(() => {
      const made = new Connectivity({ ...current.cluster, policies }, current);
      made.isIsolated(made.endpoints[0] as (typeof made.endpoints)[number], 'ingress');
      return made;
    });
    changes.push(time);
    current = next;
  }
  const queries: number[] = [];
  for (let i = 0; i < 2_000; i++) {
    const from = endpoints[(i * 104_729) % endpoints.length];
    const to = endpoints[(i * 1_299_709 + 17) % endpoints.length];
    if (from && to) queries.push(timed(() => connectivity.between(from, to))[1]);
  }
  const folder = mkdtempSync(join(tmpdir(), 'netpol-bench-'));
  writeFileSync(join(folder, 'all.yaml'), text);
  const [list, listing] = timed(() =>
    spawnSync(process.execPath, ['dist/cli.mjs', 'list', folder, '-o', 'csv'], { encoding: 'utf8', maxBuffer: 1 << 30 }),
  );
  rmSync(folder, { recursive: true });
  const lines = list.stdout.split('\n').length - 2;
  console.log(
    `| ${size.pods.toLocaleString('en')} | ${size.namespaces.toLocaleString('en')} | ${size.policies.toLocaleString('en')} | ${shown(read)} | ${shown(build)} | ${shown(median(changes))} | ${shown(median(queries))} | ${shown(memory)} | ${shown(listing)} (${lines.toLocaleString('en')} flows) |`,
  );
}
