import { type ExtensionContext, Uri, workspace } from 'vscode';
import { activateWith } from './activate.ts';

/** Entry in a browser: the server is a web worker, made from a blob, since a worker may not come from another origin. */
export function activate(context: ExtensionContext): void {
  activateWith(context, async () => {
    const { BrowserMessageReader, BrowserMessageWriter, LanguageClient } = await import('vscode-languageclient/browser');
    return (options) =>
      new LanguageClient(
        'netpol',
        'Netpol',
        async () => {
          const script = await workspace.fs.readFile(Uri.joinPath(context.extensionUri, 'dist/server.browser.js'));
          const worker = new Worker(URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'application/javascript' })));
          // The worker itself would not do: the extension host's Worker is a class of its own, which the client does not know.
          return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
        },
        options,
      );
  });
}
