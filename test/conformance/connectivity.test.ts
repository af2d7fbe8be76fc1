import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Connectivity } from '../../server/src/connectivity/connectivity.ts';
import { flowsOf } from '../../server/src/connectivity/flows.ts';
import { addressesOf } from '../../server/src/model/addressSet.ts';
import { type Intervals, union } from '../../server/src/model/intervals.ts';
import { formatPorts } from '../../server/src/model/portSet.ts';
import { readManifestText } from '../../server/src/syntax/manifestText.ts';
import { clusterOf } from '../../server/src/workspace/cluster.ts';
import type { FileDocument } from '../../server/src/workspace/reading.ts';

/** Connectivity as another tool sees it, for manifests of its own test suite, in the folder that NETPOL_CORPUS names. */
const corpus = process.env.NETPOL_CORPUS && join(process.env.NETPOL_CORPUS, 'netpol-analyzer');

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : /\.(ya?ml|json)$/.test(entry.name) ? [path] : [];
  });
}

const address = (text: string): bigint => addressesOf(`${text}/32`)[0] as bigint;
const external = /^(\d[\d.]*)-(\d[\d.]*)\[External\]$/;

/** Lines without regard to their order and to how ranges of addresses are cut. */
function canonical(lines: readonly (readonly [from: string, to: string, ports: string])[]): ReadonlyMap<string, string> {
  const found = new Map<string, Intervals<bigint>>();
  const canonicalLines = new Map<string, string>();
  for (const [from, to, ports] of lines) {
    const [out, into] = [external.exec(to), external.exec(from)];
    const range = out ?? into;
    if (!range) canonicalLines.set(`${from} => ${to}`, ports);
    else {
      const key = out ? `${from} => * : ${ports}` : `* => ${to} : ${ports}`;
      found.set(key, union(found.get(key) ?? [], [address(range[1] ?? ''), address(range[2] ?? '')]));
    }
  }
  for (const [key, ranges] of found) canonicalLines.set(key, ranges.join(','));
  return canonicalLines;
}

if (!corpus || !existsSync(corpus)) {
  test.skip('the connectivity corpus', () => undefined);
  console.log('skipped: the connectivity of the corpus, for want of NETPOL_CORPUS');
} else {
  const cases = readdirSync(join(corpus, 'expected')).map((file) => file.replace(/\.txt$/, ''));
  console.log(`conformance: ${cases.length} cases of connectivity`);

  test('the cases are all there', () => {
    expect(cases.length).toBeGreaterThanOrEqual(39);
  });

  test.each(cases)('%s', (name) => {
    const documents: FileDocument[] = filesBelow(join(corpus, 'cases', name)).flatMap((file) =>
      readManifestText(readFileSync(file, 'utf8'), file).documents.map((placed) => ({ file, placed })),
    );
    const got = [...flowsOf(new Connectivity(clusterOf(documents)))].map(({ from, to, ports }) => [from, to, formatPorts(ports)] as const);
    const lines = readFileSync(join(corpus, 'expected', `${name}.txt`), 'utf8').split('\n');
    const wanted = lines.flatMap((line) => {
      const match = /^(.*?)\s+=>\s+(.*?)\s+:\s+(.*)$/.exec(line.trim());
      return match ? [[match[1] ?? '', match[2] ?? '', match[3] ?? ''] as const] : [];
    });
    expect(canonical(got)).toEqual(canonical(wanted));
  });
}
