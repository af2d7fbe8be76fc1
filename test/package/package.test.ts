import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

test('the package holds only what runs', () => {
  const { stdout, status } = spawnSync(process.execPath, ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout.trim().split('\n').sort()).toEqual(
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/client.browser.cjs',
      'dist/client.cjs',
      'dist/client.session.cjs',
      'dist/diagram.js',
      'dist/draw.mjs',
      'dist/server.browser.js',
      'dist/server.cjs',
      'dist/server.main.cjs',
      'dist/third-party-notices.txt',
      'docs/images/icon.png',
      'docs/walkthrough/check.md',
      'docs/walkthrough/hover.md',
      'docs/walkthrough/mend.md',
      'l10n/bundle.l10n.json',
      'package.json',
      'package.nls.json',
      'schemas/netpol.schema.json',
      'snippets/netpol.json',
      'syntaxes/netpol.injection.tmLanguage.json',
    ].sort(),
  );
});

test('every file that the manifest names is there', () => {
  const files = [
    manifest.main,
    manifest.browser,
    manifest.icon,
    ...Object.values<string>(manifest.bin),
    ...[...manifest.contributes.grammars, ...manifest.contributes.snippets].map(({ path }: { path: string }) => path),
    ...manifest.contributes.yamlValidation.map(({ url }: { url: string }) => url),
    ...manifest.contributes.walkthroughs.flatMap(({ steps }: { steps: { media: { markdown: string } }[] }) =>
      steps.map(({ media }) => media.markdown),
    ),
  ];
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test('the programs run by their own first line', () => {
  for (const file of Object.values<string>(manifest.bin)) expect(readFileSync(file, 'utf8').split('\n')[0]).toMatch(/^#!\/usr\/bin\/env (-S )?node/);
  const { stdout, stderr, status } = spawnSync(process.execPath, ['dist/server.cjs'], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toContain('--stdio');
  expect(spawnSync(process.execPath, ['dist/server.cjs', '--version'], { encoding: 'utf8' }).stdout).toBe(`${manifest.version}\n`);
});

test('the browser bundles need nothing of Node', () => {
  for (const file of ['dist/client.browser.cjs', 'dist/server.browser.js']) {
    expect(readFileSync(file, 'utf8')).not.toMatch(/require\("(?!vscode")(node:)?\w+"\)/);
  }
});

test('nothing of it makes code from text or loads code by a name that is computed', () => {
  for (const file of [
    'client.cjs',
    'client.session.cjs',
    'server.cjs',
    'server.main.cjs',
    'cli.mjs',
    'draw.mjs',
    'diagram.js',
    'client.browser.cjs',
    'server.browser.js',
  ]) {
    const code = readFileSync(`dist/${file}`, 'utf8');
    expect(code.match(/[^.\w]eval\(|new Function\(|[^.\w]Function\(["'`]/g) ?? [], `eval in ${file}`).toEqual([]);
    expect(code.match(/[^.\w$]require\((?!")|[^.\w]import\((?!")/g) ?? [], `dynamic loading in ${file}`).toEqual([]);
  }
});

test('no source of netpol speaks to the network, and programs and texts are run in one place each', () => {
  const sources = ['server/src', 'client/src', 'client/diagram'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const holding = (pattern: RegExp) => sources.filter((file) => pattern.test(readFileSync(file, 'utf8')));
  expect(holding(/\bfetch\(|XMLHttpRequest|WebSocket|from '(?:node:)?(?:https?|http2|net|tls|dgram|dns)(?:\/\w+)?'/)).toEqual([]);
  expect(holding(/child_process/)).toEqual([join('server', 'src', 'host', 'git.ts')]);
  // The only text that is run is the bundle beside it.
  expect(holding(/from '(?:node:)?vm'/)).toEqual([join('server', 'src', 'lsp', 'start.ts')]);
});

test('what others wrote is named with its licence', () => {
  const notices = readFileSync('dist/third-party-notices.txt', 'utf8');
  for (const name of ['yaml', 'vscode-languageserver', 'vscode-languageclient', '@hpcc-js/wasm-graphviz', 'picomatch', 'ignore', 'commander']) {
    expect(notices).toMatch(new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
  }
});

test('the bundles stay small', () => {
  for (const file of ['dist/client.session.cjs', 'dist/server.main.cjs', 'dist/cli.mjs', 'dist/client.browser.cjs']) {
    expect(statSync(file).size, file).toBeLessThan(890_000);
  }
  // A web worker is one file, Graphviz included.
  const drawing = statSync('dist/draw.mjs').size;
  expect(statSync('dist/server.browser.js').size - drawing).toBeLessThan(890_000);
});

test('every string that the manifest names is written, and every one written is named', () => {
  const named = [...JSON.stringify(manifest).matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key);
  expect(named.length).toBeGreaterThan(100);
  expect(Object.keys(JSON.parse(readFileSync('package.nls.json', 'utf8'))).sort()).toEqual([...new Set(named)].sort());
});
