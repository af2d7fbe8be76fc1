import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { Session, type StartSession } from './session.ts';

/** Starts the server as a process of its own. A bundle of its own too: the desktop's entry loads it when it is needed. */
export const start: StartSession = (context, log) => {
  // New objects live briefly in the server: a smaller nursery costs no time and saves a quarter of its memory.
  const execArgv = ['--max-semi-space-size=8'];
  const server = { module: context.asAbsolutePath('dist/server.cjs'), transport: TransportKind.ipc };
  const serverOptions = {
    run: { ...server, options: { execArgv } },
    debug: { ...server, options: { execArgv: [...execArgv, '--nolazy', '--inspect=6009'] } },
  };
  return Session.start((options) => new LanguageClient('netpol', 'Netpol', serverOptions, options), context, log);
};
