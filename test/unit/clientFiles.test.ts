import { describe, expect, test } from 'vitest';
import type { Connection } from 'vscode-languageserver';
import { Exclusions } from '../../server/src/lsp/exclusions.ts';
import { clientFiles } from '../../server/src/lsp/files.ts';
import { findFilesRequest, type ReadFileParams, readFileRequest } from '../../server/src/protocol.ts';

const root = 'memfs:/shop';

/** A client that holds files in memory, by their paths in the workspace folder, and notes which it is asked for. */
function client(held: Readonly<Record<string, string>>) {
  const files = new Map(Object.entries(held));
  const asked: string[] = [];
  const uriOf = (path: string) => `${root}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const answers: Readonly<Record<string, (params: never) => unknown>> = {
    [findFilesRequest]: ({ folder }: { folder: string }) => [...files.keys()].map(uriOf).filter((uri) => uri.startsWith(`${folder}/`)),
    [readFileRequest]: ({ uri, most }: ReadFileParams) => {
      const path = decodeURIComponent(uri.slice(root.length + 1));
      asked.push(path);
      const text = files.get(path);
      if (text === undefined) return {};
      return text.length > most ? { tooLarge: true } : { text };
    },
  };
  const connection = { sendRequest: async (method: string, params: never) => answers[method]?.(params) } as unknown as Connection;
  const served = clientFiles(connection);
  const find = async (folder = root, globs: readonly string[] = []) => {
    const found: string[] = [];
    for await (const uris of served.find(folder, root, new Exclusions(globs))) found.push(...uris);
    return found.map((uri) => decodeURIComponent(uri.slice(root.length + 1))).sort();
  };
  return { served, files, asked, find, uriOf };
}

const web = 'kind: NetworkPolicy\n';

describe('files as the client sees them', () => {
  test('leave out what git does, in folders below too, and what is taken back', async () => {
    const { find, asked } = client({
      '.gitignore': '/generated\n*.tmp.yaml\n',
      'a.yaml': web,
      'generated/b.yaml': web,
      'apps/generated/c.yaml': web,
      'apps/d.tmp.yaml': web,
      'my apps/.gitignore': 'out/\n!kept.tmp.yaml\n',
      'my apps/out/e.yaml': web,
      'my apps/kept.tmp.yaml': web,
      'deep/er/f.yaml': web,
    });
    expect(await find()).toEqual(['a.yaml', 'apps/generated/c.yaml', 'deep/er/f.yaml', 'my apps/kept.tmp.yaml']);
    // Folders without a .gitignore are not asked for one.
    expect(asked.sort()).toEqual(['.gitignore', 'my apps/.gitignore']);
  });

  test('leave out locks, settings’ globs, and what others own', async () => {
    const { find } = client({ 'a.yaml': web, 'package-lock.json': '{}', 'out/b.yaml': web, 'vendor/c.yaml': web, 'node_modules/d.yaml': web });
    expect(await find(root, ['**/out'])).toEqual(['a.yaml']);
  });

  test('a folder that came is found with what is said above it, before all is listed', async () => {
    const { find, uriOf } = client({ '.gitignore': 'secret.yaml\n', 'new/secret.yaml': web, 'new/a.yaml': web });
    expect(await find(uriOf('new'))).toEqual(['new/a.yaml']);
  });

  test('follow a .gitignore that changes', async () => {
    const { served, files, find, uriOf } = client({ 'a.yaml': web, 'b.yaml': web });
    expect(await find()).toEqual(['a.yaml', 'b.yaml']);
    files.set('.gitignore', 'b.yaml\n');
    served.ignoresChanged();
    expect(await find()).toEqual(['a.yaml']);
    expect(await served.leavesOut(uriOf('b.yaml'), root, new Exclusions([]))).toBe(true);
    expect(await served.leavesOut(uriOf('a.yaml'), root, new Exclusions([]))).toBe(false);
  });

  test('tell of the large, and hold binaries and what is gone for nothing', async () => {
    const { served, uriOf } = client({ 'large.yaml': 'x'.repeat(51 << 20), 'binary.yaml': 'a\0b', 'a.yaml': web });
    const told: string[] = [];
    served.tellTooLarge = (uri) => told.push(uri);
    expect(await Promise.all(['large.yaml', 'binary.yaml', 'gone.yaml', 'a.yaml'].map((name) => served.read(uriOf(name))))).toEqual([
      undefined,
      undefined,
      undefined,
      web,
    ]);
    expect(told).toEqual([uriOf('large.yaml')]);
  });
});
