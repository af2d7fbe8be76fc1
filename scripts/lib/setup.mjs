// What both commands, start and test, need first: dependencies, the extension's package, a VS Code to run it in.
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint, unlessCurrent } from './stamp.mjs';
import { node, root, run } from './step.mjs';

const cache = path.join(root, '.cache');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Installs the dependencies exactly as the lock file has them. */
export function installDependencies() {
  const print = fingerprint([path.join(root, 'package-lock.json')]);
  return unlessCurrent(path.join(root, 'node_modules/.netpol-installed'), print, () => run(npm, ['ci', '--no-audit', '--no-fund']));
}

export const vsix = path.join(cache, 'netpol.vsix');

/** Builds all bundles, and packages the extension where something in it has changed. */
export async function buildAndPackage() {
  await run(node, ['scripts/build.mjs']);
  const files = ['dist', 'package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'syntaxes', 'snippets', 'docs', '.vscodeignore'];
  const print = fingerprint(files.map((file) => path.join(root, file)));
  fs.mkdirSync(cache, { recursive: true });
  return unlessCurrent(path.join(cache, 'netpol.vsix.stamp'), print, () =>
    run(node, ['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--out', vsix]),
  );
}

const hostFolder = path.join(cache, 'vscode-host');

/** The program that serves VS Code; see README.md in scripts/vscode-host. */
export const hostProgram = path.join(hostFolder, 'node_modules/code-server/lib/vscode/out/server-main.js');

/** Installs the served VS Code: without its own install scripts, which would build native modules that nothing here needs. */
export function installHost() {
  const lock = path.join(root, 'scripts/vscode-host/package-lock.json');
  return unlessCurrent(path.join(hostFolder, '.installed'), fingerprint([lock]), async () => {
    fs.rmSync(hostFolder, { recursive: true, force: true });
    fs.mkdirSync(hostFolder, { recursive: true });
    for (const name of ['package.json', 'package-lock.json'])
      fs.copyFileSync(path.join(root, 'scripts/vscode-host', name), path.join(hostFolder, name));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
    await run(npm, ['ci', ...quiet], { cwd: hostFolder });
    const vscode = path.join(hostFolder, 'node_modules/code-server/lib/vscode');
    for (const folder of [vscode, path.join(vscode, 'extensions')]) await run(npm, ['install', '--omit=dev', ...quiet], { cwd: folder });
  });
}
