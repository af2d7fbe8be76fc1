// Starts the served VS Code with the extension installed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { hostProgram, vsix } from './setup.mjs';
import { fingerprint, unlessCurrent } from './stamp.mjs';
import { Failure, node, run } from './step.mjs';

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  // The examples are a folder of a repository; the question whether to open that one would cover the first finding.
  'git.openRepositoryInParentFolders': 'never',
};

/** A free TCP port of this machine's loopback. */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Installs a packaged extension into a data folder. */
export const installExtension = (dataFolder, file) =>
  run(node, [hostProgram, '--server-data-dir', dataFolder, '--accept-server-license-terms', '--install-extension', file, '--force']);

/** Writes the settings of a data folder and installs the packaged extension into it, unless it is there already or not wanted. */
export async function prepareData(dataFolder, settings = {}, { extension = true } = {}) {
  for (const level of ['Machine', 'User']) {
    fs.mkdirSync(path.join(dataFolder, 'data', level), { recursive: true });
    fs.writeFileSync(path.join(dataFolder, 'data', level, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  }
  if (!extension) return undefined;
  return unlessCurrent(path.join(dataFolder, 'extension.stamp'), fingerprint([vsix]), () => installExtension(dataFolder, vsix));
}

/**
 * Serves VS Code on the loopback; resolves when it answers. `stop` ends it and what it started.
 * @param {{ dataFolder: string, port?: string | number }} options
 * @returns {Promise<{ address: string, stop: () => void, pid: number }>}
 */
export async function serveVSCode({ dataFolder, port }) {
  const chosen = port ?? (await freePort());
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    String(chosen),
    '--without-connection-token',
    '--accept-server-license-terms',
    '--server-data-dir',
    dataFolder,
  ];
  const child = spawn(node, [hostProgram, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output = (output + data).slice(-20_000);
    });
  }
  let ended = false;
  child.on('exit', () => {
    ended = true;
  });
  const stop = () => {
    if (ended) return;
    // The host starts processes of its own, among them the language server: end the group.
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGTERM');
  };
  const address = `http://127.0.0.1:${chosen}`;
  for (let tries = 0; tries < 300; tries++) {
    if (ended) throw new Failure(`The VS Code server ended before it answered:\n${output}`);
    try {
      await fetch(`${address}/version`);
      return { address, stop, pid: child.pid };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  stop();
  throw new Failure(`The VS Code server did not answer at ${address} within 30 s:\n${output}`);
}
