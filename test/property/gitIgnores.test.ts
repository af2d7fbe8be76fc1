import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { walkFolder } from '../../server/src/host/nodeFiles.ts';
import { GitIgnores } from '../../server/src/lsp/gitIgnores.ts';

// Without letters of several bytes: git's question mark stands for one byte, ours for one letter.
const folderNames = fc.constantFrom('a', 'b', 'Ab', 'ab', 'a b', '#c', '!d', 'x', 'a[b]', 'e\\f', 'a+b', 'dir*', 'q?');
const fileNames = fc.constantFrom('x.yaml', 'y.yaml', 'X.yaml', ' z.yaml', '#c.yaml', '!d.yaml', 'a b.yaml', 'b[1].yaml');
const files = fc.tuple(fc.array(folderNames, { maxLength: 3 }), fileNames).map(([folders, name]) => [...folders, name].join('/'));
const pieces = fc.oneof(
  folderNames,
  fc.constantFrom('*', '**', '?', 'a*', '*.yaml', '*b', '[ab]', '[!a]', '[a-z]b', '[[:alpha:]]'),
  fc.constantFrom('a\\ b', '\\#c', '\\!d', 'x.yaml ', 'x.yaml\\ ', 'X.yaml', 'b\\[1].yaml', 'b[[]1].yaml'),
);
const patterns = fc
  .tuple(
    fc.constantFrom('', '', '', '!'),
    fc.constantFrom('', '/'),
    fc.array(pieces, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '/', '/**'),
  )
  .map(([sign, start, way, end]) => sign + start + way.join('/') + end);
/** Where a `.gitignore` stands, as a file beside or below it and how deep, and what it says. */
const ignoreFiles = fc.tuple(fc.nat(20), fc.nat(3), fc.array(patterns, { minLength: 1, maxLength: 4 }));

async function foundIn(top: string): Promise<readonly string[]> {
  const git = new GitIgnores(async (folder) => {
    const path = join(top, folder, '.gitignore');
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  });
  const found: string[] = [];
  const walk = walkFolder(top, async (path) => {
    const folder = path.slice(top.length + 1);
    await git.know(folder);
    return (name, isFolder) => git.leavesOutKnown(folder === '' ? name : `${folder}/${name}`, isFolder);
  });
  for await (const { folder, names } of walk) for (const name of names) found.push(join(folder, name).slice(top.length + 1));
  return found.sort();
}

test.skipIf(process.platform !== 'linux')('property: what .gitignore files leave out is what git leaves out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(files, { minLength: 3, maxLength: 14 }),
      fc.array(ignoreFiles, { minLength: 1, maxLength: 3 }),
      async (names, ignores) => {
        const top = mkdtempSync(join(tmpdir(), 'netpol-ignores-'));
        try {
          execFileSync('git', ['init', '-q'], { cwd: top });
          for (const name of names) {
            mkdirSync(dirname(join(top, name)), { recursive: true });
            writeFileSync(join(top, name), '');
          }
          for (const [i, depth, lines] of ignores) {
            const folders = dirname(names[i % names.length] ?? '').split('/');
            writeFileSync(join(top, ...folders.slice(0, depth), '.gitignore'), `${lines.join('\n')}\n`);
          }
          const listed = execFileSync('git', ['-c', 'core.excludesFile=', 'ls-files', '--others', '-z', '--exclude-standard'], {
            cwd: top,
            encoding: 'utf8',
          }).split('\0');
          expect(await foundIn(top)).toEqual(listed.filter((name) => name.endsWith('.yaml')).sort());
        } finally {
          rmSync(top, { recursive: true });
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('a pattern that is made to take long is not followed, those beside it are', async () => {
  const git = new GitIgnores(async (folder) => (folder === '' ? `${'**/a/'.repeat(20)}b\n**/a/a/**/c\n` : undefined));
  await git.know('');
  const deep = 'a/'.repeat(500);
  expect([`${deep}b`, `${deep}c`].map((path) => git.leavesOutKnown(path, false))).toEqual([false, true]);
});
