import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitOf, filesAt } from '../../server/src/host/git.ts';

const top = mkdtempSync(join(tmpdir(), 'netpol-git-'));
const origin = join(top, 'origin');
const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=n', '-c', 'user.email=n@example.org', ...args], { encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  mkdirSync(join(origin, 'deep'), { recursive: true });
  git(origin, 'init', '-q');
  git(origin, 'config', 'uploadpack.allowFilter', 'true');
  for (const text of ['a: 1\n', 'a: 2\n']) {
    writeFileSync(join(origin, 'same.yaml'), 'always: the same\n');
    writeFileSync(join(origin, 'deep', 'other.yaml'), text);
    writeFileSync(join(origin, 'empty.yaml'), '');
    writeFileSync(join(origin, 'notes.txt'), text);
    git(origin, 'add', '.');
    git(origin, 'commit', '-qm', text);
  }
});
afterAll(() => rmSync(top, { recursive: true }));

const before = async (folder: string) => filesAt(folder, await commitOf(folder, 'HEAD~1'));

test('the manifests of a commit', async () => {
  expect(await before(origin)).toEqual([
    { name: 'deep/other.yaml', text: 'a: 1\n' },
    { name: 'empty.yaml', text: '' },
    { name: 'same.yaml', text: 'always: the same\n' },
  ]);
});

describe.each(['blob:none', 'tree:0'])('a clone made with --filter=%s', (filter) => {
  const clone = join(top, `clone-${filter.replace(':', '-')}`);
  beforeAll(() => git(top, 'clone', '-q', `--filter=${filter}`, pathToFileURL(origin).href, clone));

  test('fetches nothing, loses nothing silently, and says what helps', async () => {
    const commit = await commitOf(clone, 'HEAD~1');
    const help = `git diff --stat ${commit.slice(0, 12)}`;
    await expect(before(clone)).rejects.toThrow(help);
    await expect(before(clone), 'nothing was fetched meanwhile').rejects.toThrow(help);
    git(clone, ...help.split(' ').slice(1));
    expect(await before(clone)).toEqual(await before(origin));
  });
});

test('a repository that has lost an object is not taken for one with fewer files', async () => {
  const damaged = join(top, 'damaged');
  cpSync(origin, damaged, { recursive: true });
  const object = git(damaged, 'rev-parse', 'HEAD~1:deep/other.yaml').trim();
  rmSync(join(damaged, '.git', 'objects', object.slice(0, 2), object.slice(2)));
  await expect(before(damaged)).rejects.toThrow(`git cat-file found no ${object}.`);
});
