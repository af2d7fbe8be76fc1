import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const forbidden: readonly (readonly [file: string, path: string])[] = [
  ['server/src/model/a.ts', '../syntax/node.ts'],
  ['server/src/syntax/a.ts', '../kinds/resource.ts'],
  ['server/src/kinds/a.ts', '../workspace/view.ts'],
  ['server/src/kinds/kubernetes/a.ts', '../../rules/rule.ts'],
  ['server/src/workspace/a.ts', '../explain/phrases.ts'],
  ['server/src/explain/a.ts', '../features/hover.ts'],
  ['server/src/rules/a.ts', '../features/hover.ts'],
  ['server/src/features/a.ts', '../lsp/server.ts'],
  ['server/src/features/a.ts', '../cli/check.ts'],
  ['server/src/features/a.ts', '../host/nodeFiles.ts'],
  ['server/src/diagram/a.ts', '../features/hover.ts'],
  ['server/src/diagram/a.ts', 'node:fs'],
  ['server/src/rules/a.ts', 'node:fs'],
  ['server/src/features/a.ts', 'vscode-languageserver'],
  ['server/src/lsp/a.ts', '../cli/check.ts'],
  ['server/src/cli/a.ts', '../lsp/server.ts'],
  ['client/src/a.ts', '../../server/src/rules/rule.ts'],
];
const allowed: readonly (readonly [file: string, path: string])[] = [
  ['server/src/syntax/a.ts', '../model/names.ts'],
  ['server/src/features/a.ts', '../rules/check.ts'],
  ['server/src/diagram/a.ts', '../rules/dns.ts'],
  ['server/src/lsp/a.ts', '../features/hover.ts'],
  ['server/src/cli/a.ts', '../host/nodeFiles.ts'],
  ['client/src/a.ts', '../../server/src/protocol.ts'],
];

/** Lays the imports out in a folder of their own and lints it; gives the files in which an import was refused. */
function refused(): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'netpol-layers-'));
  copyFileSync('biome.json', join(folder, 'biome.json'));
  for (const [i, [file, path]] of [...forbidden, ...allowed].entries()) {
    const target = join(folder, file.replace('a.ts', `case${i}.ts`));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, `import type { x } from '${path}';\nexport type y = x;\n`);
  }
  const biome = resolve('node_modules/@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  const lines = stdout.split('\n').filter((line) => line.includes('noRestrictedImports'));
  return new Set(lines.flatMap((line) => /case\d+\.ts/.exec(line)?.[0] ?? []));
}

describe('import directions are checked', () => {
  const found = refused();
  test.each(forbidden.map(([file, path], i) => ({ file, path, i })))('$file may not import $path', ({ i }) => {
    expect(found).toContain(`case${i}.ts`);
  });

  test.each(allowed.map(([file, path], i) => ({ file, path, i })))('$file may import $path', ({ i }) => {
    expect(found).not.toContain(`case${forbidden.length + i}.ts`);
  });
});
