import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fix } from '../../server/src/rules/rule.ts';
import { runCli } from '../support/cli.ts';
import { afterFix, type Files, fixables } from '../support/mend.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-mend-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const broken: Files = Object.fromEntries(readdirSync('examples/broken').map((name) => [name, readFileSync(`examples/broken/${name}`, 'utf8')]));

/** What somebody would choose who works through the list: the first fix, and of policies for whole namespaces those. */
const first = (_: string, fixes: readonly Fix[]): Fix | undefined => fixes.find(({ title }) => /for each of/.test(title)) ?? fixes[0];

const severities = ['error', 'warning', 'information', 'hint'];

/** What is wrong comes before what is left open, the worst first. */
const urgency = ({ severity, category }: ReturnType<typeof fixables>[number]): number =>
  severities.indexOf(severity) + (category === 'posture' ? 10 : 0);

const nextOf = (files: Files) => [...fixables(files, first)].sort((a, b) => urgency(a) - urgency(b))[0];

test('the broken example, every finding mended by its fix, allows what the fixed one allows', () => {
  let files = broken;
  const applied: string[] = [];
  for (let next = nextOf(files); next; next = nextOf(files)) {
    files = afterFix(files, next);
    applied.push(`${next.id}: ${next.fix.title}`);
    expect(applied.length, applied.join('\n')).toBeLessThan(30);
  }
  for (const id of [
    'unknown-field',
    'dns-blocked',
    'peers-or-instead-of-and',
    'implicit-pod-selector',
    'dns-udp-only',
    'implicit-namespace',
    'no-default-deny',
  ])
    expect(applied.join('\n')).toContain(id);
  mkdirSync(join(folder, 'mended'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'mended', name), text);
  const diff = runCli(folder, ['diff', 'mended', resolve('examples/fixed'), '--exit-code']);
  expect({ ...diff, applied }).toMatchObject({ status: 0, stdout: 'No flow differs.\n' });
  expect(runCli(folder, ['check', 'mended']).stdout).toContain('No findings');
});
