import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { URI } from 'vscode-uri';
import { resolveUri } from '../../server/src/workspace/clusterView.ts';
import { inUri, spelledAlike } from '../../server/src/workspace/uris.ts';

/** Names of files that any system lets one have. */
const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => !/[/\\\0]/.test(name) && !/^\.{1,2}$/.test(name));
const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

test('a path has one spelling, and it is that of VS Code', () => {
  fc.assert(
    fc.property(paths, (path) => {
      const wanted = URI.from({ scheme: 'file', path }).toString();
      expect(spelledAlike(pathToFileURL(path, { windows: false }).href)).toBe(wanted);
      expect(spelledAlike(wanted)).toBe(wanted);
      expect(path.split('/').map(inUri).join('/')).toBe(wanted.slice('file://'.length));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['file:///C:/Users/a%20b/x.yaml', 'file:///c%3A/Users/a%20b/x.yaml'],
  ['file:///c%3A/Users/a%20b/x.yaml', 'file:///c%3A/Users/a%20b/x.yaml'],
  ['file:///C%3a/x.yaml', 'file:///c%3A/x.yaml'],
  ['file:///srv/C:/x.yaml', 'file:///srv/C%3A/x.yaml'],
  ['file://Server/share/my(app)@1/x.yaml', 'file://server/share/my%28app%29%401/x.yaml'],
  ['file:///srv/100%/x.yaml', 'file:///srv/100%25/x.yaml'],
  ['file:///srv/%c3%a9/x.yaml', 'file:///srv/%C3%A9/x.yaml'],
  ['file:///srv/é/x.yaml', 'file:///srv/%C3%A9/x.yaml'],
  ['untitled:Untitled-1', 'untitled:Untitled-1'],
  ['vscode-vfs://github/a/b@c/x.yaml', 'vscode-vfs://github/a/b@c/x.yaml'],
])('%s is spelled %s', (uri, spelled) => {
  expect(spelledAlike(uri)).toBe(spelled);
  expect(spelledAlike(spelled)).toBe(spelled);
});

test('a path of a kustomization leads to the same spelling', () => {
  fc.assert(
    fc.property(names, names, (folder, name) => {
      const at = spelledAlike(`file:///srv/${inUri(folder)}`);
      expect(resolveUri(at, `./${name}`)).toBe(URI.from({ scheme: 'file', path: `/srv/${folder}/${name}` }).toString());
    }),
  );
});
