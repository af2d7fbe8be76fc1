import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTextFile, walkFolder } from '../../server/src/host/nodeFiles.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netpol-files-'));
});
afterEach(() => {
  chmodSync(join(folder, 'closed'), 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs something as somebody who may not read everything: whoever administers a system may. */
async function withoutRights<T>(run: () => Promise<T>): Promise<T> {
  const own = process.geteuid?.();
  if (own !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(own);
  }
}

test.skipIf(process.platform === 'win32')('files and folders that may not be read are left out, and those beside them are not', async () => {
  chmodSync(folder, 0o755);
  for (const name of ['closed', 'open']) mkdirSync(join(folder, name));
  for (const name of ['closed/a.yaml', 'open/b.yaml', 'open/secret.yaml']) writeFileSync(join(folder, name), 'kind: Pod\n');
  chmodSync(join(folder, 'open/secret.yaml'), 0);
  chmodSync(join(folder, 'closed'), 0);
  const found = await withoutRights(async () => {
    const texts: Record<string, string | undefined> = {};
    for await (const { folder: within, names } of walkFolder(folder)) {
      for (const name of names) texts[join(within, name).slice(folder.length + 1)] = await readTextFile(join(within, name));
    }
    return texts;
  });
  expect(found).toEqual({ 'open/b.yaml': 'kind: Pod\n', 'open/secret.yaml': undefined });
});
