import type { ExtensionContext } from 'vscode';
import { activateWith } from './activate.ts';

/** Entry on the desktop and on a remote machine: the server is a process of its own. */
export function activate(context: ExtensionContext): void {
  activateWith(context, async () => {
    const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
    const server = { module: context.asAbsolutePath('dist/server.cjs'), transport: TransportKind.ipc };
    return (options) =>
      new LanguageClient('netpol', 'Netpol', { run: server, debug: { ...server, options: { execArgv: ['--nolazy', '--inspect=6009'] } } }, options);
  });
}
