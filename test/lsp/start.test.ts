// What one start leaves of the compiled server for the next.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DiagramExportResult } from '../../server/src/protocol.ts';
import { deployment, policyNamed } from '../../server/src/rules/examples.ts';
import { TestServer } from '../support/server.ts';

const uri = 'file:///start/policy.yaml';
const text = `${deployment('web', 'shop').trimEnd()}
---
${policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - ipBlock:\n          cidr: 10.0.0.0/99')}`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a server, looks whether all of it works, also what is loaded late, and ends it. */
async function start(compiled = folder): Promise<void> {
  const server = await TestServer.start({ env: { NODE_COMPILE_CACHE: compiled } });
  await server.open(uri, text);
  expect((await server.diagnostics(uri)).map(({ code }) => code)).toContain('invalid-cidr');
  const { text: drawn = '' } = await server.connection.sendRequest<DiagramExportResult>('netpol/diagram/export', { uri, format: 'svg' });
  expect(drawn).toContain('</svg>');
  await server.stop();
}

const file = (): string => join(folder, readdirSync(folder).find((name) => name.startsWith('server-')) as string);
const left = (): Buffer => readFileSync(file());
/** How many starts told what they had compiled. */
const starts = (): number => left().readUInt32LE(8);

test('two starts leave what they compiled, and those after them take it as it is', async () => {
  await start();
  expect(starts()).toBe(1);
  expect(left().length).toBeGreaterThan(500_000);
  await start();
  expect(starts()).toBe(2);
  const before = left();
  await start();
  expect(left().equals(before)).toBe(true);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test.for<[string, (bytes: Buffer) => Buffer]>([
  ['of another bundle', (bytes) => bytes.fill(1, 0, 4)],
  ['damaged', (bytes) => bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 1000)],
  ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['empty', () => Buffer.alloc(0)],
])('what is %s is left alone, and replaced', async ([, harm]) => {
  await start();
  const sound = left();
  writeFileSync(file(), harm(Buffer.from(sound)));
  await start();
  expect(starts()).toBe(1);
  expect(left().length).toBeGreaterThan(sound.length / 2);
});

test('a start needs no folder that can be written', async () => {
  const taken = join(folder, 'taken');
  writeFileSync(taken, '');
  await start(join(taken, 'below'));
  mkdirSync(join(folder, 'other'));
  expect(readdirSync(folder).sort()).toEqual(['other', 'taken']);
});
