// Runs the steps of a script one after the other and shows what each does and how long it took.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Node 24 from the project's own dependencies, whatever the machine has. */
export const node = path.join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** A failure that the user can do something about: only its message is shown. */
export class Failure extends Error {}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Shows a step's name, runs it, shows how long it took; returns what it returns. */
export async function step(name, run) {
  const start = performance.now();
  process.stdout.write(`• ${name} …\n`);
  const result = await run();
  process.stdout.write(`  ${name}: ${result?.skipped ? 'nothing to do' : `done in ${seconds(start)}`}\n`);
  return result;
}

/** Runs a command. Its output is shown where `show` says so, and otherwise only if it fails. */
export function run(command, args, { show = false, cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        output += data;
      });
    }
    child.on('error', (error) => reject(new Failure(`${command} could not be started: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Failure(`${[command, ...args].join(' ')} failed with exit code ${code}.\n${output}`));
    });
  });
}

/** Ends the script: a Failure by its message, anything else by its stack. */
export function fail(error) {
  process.stderr.write(`\n${error instanceof Failure ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
