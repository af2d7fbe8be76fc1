import { type ExtensionContext, Uri, workspace } from 'vscode';
import { activateWith } from './activate.ts';

/** Entry in a browser: the server is a web worker, made from a blob, since a worker may not come from another origin. */
export function activate(context: ExtensionContext): void {
  activateWith(context, async () => {
    const { LanguageClient } = await import('vscode-languageclient/browser');
    return (options) =>
      new LanguageClient(
        'netpol',
        'Netpol',
        async () => {
          const script = await workspace.fs.readFile(Uri.joinPath(context.extensionUri, 'dist/server.browser.js'));
          return new Worker(URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'application/javascript' })));
        },
        options,
      );
  });
}
