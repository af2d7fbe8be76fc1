import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { canInstallDebianPackages, installDebianPackages, which } from '../../scripts/lib/browser.mjs';
import { policyOf } from '../support/cursor.ts';

if (!which('nvim') && canInstallDebianPackages()) await installDebianPackages('neovim').catch(() => undefined);
const nvim = which('nvim');
if (!nvim) console.log('skipped: Neovim is not installed; the server was not tried with it');

test.skipIf(!nvim)('Neovim shows diagnostics and hovers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netpol-nvim-'));
  const file = join(folder, 'policy.yaml');
  const result = join(folder, 'result.json');
  writeFileSync(file, policyOf('podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports:\n      - port: "80"\n'));
  const { status, stderr } = spawnSync(nvim ?? '', ['--headless', '-u', 'NONE', '-n', '-c', `luafile ${resolve('test/neovim/client.lua')}`], {
    env: { ...process.env, NETPOL_NODE: process.execPath, NETPOL_SERVER: resolve('dist/server.cjs'), NETPOL_FILE: file, NETPOL_RESULT: result },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(status, stderr).toBe(0);
  const got = JSON.parse(readFileSync(result, 'utf8'));
  rmSync(folder, { recursive: true });
  expect(got.diagnostics).toEqual([
    { line: 11, column: 16, endColumn: 20, code: 'invalid-port', source: 'netpol', message: expect.stringContaining('remove the quotes') },
  ]);
  expect(got.hover.contents.value).toContain('Selects every pod of namespace `shop`.');
  expect(got.after).toBe(0);
});
