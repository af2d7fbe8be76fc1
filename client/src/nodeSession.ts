import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { Session, type StartSession } from './session.ts';

/** Starts the server as a process of its own. A bundle of its own too: the desktop's entry loads it when it is needed. */
export const start: StartSession = async (context, log) => {
  // New objects live briefly in the server: a small nursery costs no time and saves a quarter of its memory. It begins at its full size, for
  // a start fills it again and again. No text ever becomes code: the engine itself refuses to make any.
  const execArgv = ['--min-semi-space-size=4', '--max-semi-space-size=4', '--disallow-code-generation-from-strings'];
  // Not in the workspace, where its programs are looked for first by some systems.
  const cwd = context.extensionPath;
  const server = { module: context.asAbsolutePath('dist/server.cjs'), transport: TransportKind.ipc };
  const serverOptions = {
    run: { ...server, options: { cwd, execArgv, env: { NODE_COMPILE_CACHE: await compiledCode(context, log) } } },
    debug: { ...server, options: { cwd, execArgv: [...execArgv, '--nolazy', '--inspect=6009'] } },
  };
  return Session.start((options) => new LanguageClient('netpol', 'Netpol', serverOptions, options), context, log);
};

/**
 * Folder where the server leaves its code as the engine compiled it, for the next start. What other versions of the extension left there
 * goes.
 */
async function compiledCode(context: ExtensionContext, log: LogOutputChannel): Promise<string> {
  const folder = join(context.globalStorageUri.fsPath, 'compiled');
  const { version } = context.extension.packageJSON as { version: string };
  const left = await readdir(folder).catch(() => []);
  for (const other of left.filter((name) => name !== version)) {
    await rm(join(folder, other), { recursive: true, force: true }).catch((error) => log.warn(`An older version's code was not removed: ${error}`));
  }
  return join(folder, version);
}
