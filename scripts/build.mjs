// Bundles everything that runs: client and server for Node and for the browser, and the command line.
// usage: node scripts/build.mjs [--watch] [--dev]   (--dev: source maps, not minified)
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { writeNotices } from './lib/licences.mjs';

const watch = process.argv.includes('--watch');
const dev = watch || process.argv.includes('--dev');

const shared = {
  bundle: true,
  minify: !dev,
  sourcemap: dev,
  target: 'es2023',
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};
// The language server's libraries are CommonJS; their ES modules, where they have some, tree-shake better. yaml offers its own to
// browsers alone; bundled from them it parses a quarter faster, for functions are called directly and not looked up in a module.
const alias = { yaml: fileURLToPath(import.meta.resolve('yaml/package.json')).replace('package.json', 'browser/index.js') };
const node = { ...shared, platform: 'node', format: 'cjs', mainFields: ['module', 'main'], alias };
/** A CommonJS module's file. */
const ownName = { 'import.meta.filename': '__filename' };
const browser = { ...shared, platform: 'browser', mainFields: ['browser', 'module', 'main'] };

/** The desktop's session is a bundle of its own, so that activation loads next to nothing. A web extension must be one file. */
const sessionApart = {
  name: 'session-apart',
  setup(build) {
    build.onResolve({ filter: /nodeSession\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './client.session.cjs', external: true } : undefined,
    );
  },
};

/** Graphviz is most of a megabyte: it is loaded where a picture is drawn. */
const drawingApart = {
  name: 'drawing-apart',
  setup(build) {
    build.onResolve({ filter: /diagram\/draw\.ts$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: './draw.mjs', external: true } : undefined));
  },
};

/** Of what Node brings, cryptography and promises of files take longest to load: each is loaded when something of it is first asked for. */
const nodeLater = {
  name: 'node-later',
  setup(build) {
    build.onResolve({ filter: /^(node:)?(crypto|fs\/promises)$/ }, ({ path, namespace }) =>
      namespace === 'later' ? { path, external: true } : { path, namespace: 'later' },
    );
    build.onLoad({ filter: /./, namespace: 'later' }, ({ path }) => ({
      contents: `let all;
        const ofAll = (_, name) => name === '__esModule' || (all ??= require('${path}'))[name];
        module.exports = Object.create(new Proxy({}, { get: ofAll }));`,
    }));
  },
};

/** The pages of rules, with their examples, are for the documentation and the command line: a server would load them for nothing. */
const withoutPages = {
  name: 'without-pages',
  setup(build) {
    build.onLoad({ filter: /[\\/]server[\\/]src[\\/]rules[\\/][\w-]+\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const page = /^export const page: RulePage = \{\n[\s\S]*?^\};$/m;
      // What only made texts for the page has no other effect.
      const contents = page.test(text)
        ? text
            .replace(page, '')
            .replace(
              /^(const \w+(?:: string)? =) (?=(?:\w+With|documents|flagged|deployment|policyNamed|service|namespaceNamed)\()/gm,
              '$1 /* @__PURE__ */ ',
            )
        : text;
      return { contents, loader: 'ts' };
    });
  },
};

/** Each bundle: options of esbuild. */
const bundles = [
  { ...node, entryPoints: ['client/src/node.ts'], outfile: 'dist/client.cjs', external: ['vscode'], plugins: [sessionApart] },
  { ...node, entryPoints: ['client/src/nodeSession.ts'], outfile: 'dist/client.session.cjs', external: ['vscode'] },
  {
    ...node,
    entryPoints: ['server/src/lsp/start.ts'],
    outfile: 'dist/server.cjs',
    define: ownName,
    banner: { js: '#!/usr/bin/env -S node --min-semi-space-size=4 --max-semi-space-size=4 --disallow-code-generation-from-strings' },
  },
  {
    ...node,
    entryPoints: ['server/src/lsp/node.ts'],
    outfile: 'dist/server.main.cjs',
    define: ownName,
    plugins: [drawingApart, nodeLater, withoutPages],
  },
  {
    ...node,
    format: 'esm',
    entryPoints: ['server/src/cli/main.ts'],
    outfile: 'dist/cli.mjs',
    plugins: [drawingApart],
    banner: { js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  },
  { ...node, format: 'esm', entryPoints: ['server/src/diagram/draw.ts'], outfile: 'dist/draw.mjs', plugins: [withoutPages] },
  { ...browser, format: 'iife', entryPoints: ['client/diagram/page.ts'], outfile: 'dist/diagram.js' },
  { ...browser, format: 'cjs', entryPoints: ['client/src/browser.ts'], outfile: 'dist/client.browser.cjs', external: ['vscode'] },
  { ...browser, format: 'iife', entryPoints: ['server/src/lsp/browser.ts'], outfile: 'dist/server.browser.js', plugins: [withoutPages] },
];

if (watch) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context({ ...options, logLevel: 'info' })));
  await Promise.all(contexts.map((context) => context.watch()));
  console.log('watching; end with Ctrl+C');
} else {
  const results = await Promise.all(bundles.map((options) => esbuild.build(options)));
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (!file.endsWith('.map')) console.log(`${file}  ${(bytes / 1024).toFixed(0)} kB`);
    }
  }
  const notices = 'dist/third-party-notices.txt';
  const packages = writeNotices(
    results.map(({ metafile }) => metafile),
    notices,
  );
  console.log(`${notices}  ${packages} packages`);
}
