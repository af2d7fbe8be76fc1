import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The built command line. */
export const program = resolve('dist/cli.mjs');

/** Runs the built command line in a folder. */
export function runCli(cwd: string, args: readonly string[], options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  return { status, stdout, stderr };
}
