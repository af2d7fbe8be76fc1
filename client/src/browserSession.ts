import { Uri, workspace } from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { Session, type StartSession } from './session.ts';

/** Starts the server as a web worker, made from a blob, since a worker may not come from another origin. */
export const start: StartSession = (context, log) => {
  const startWorker = async () => {
    const script = await workspace.fs.readFile(Uri.joinPath(context.extensionUri, 'dist/server.browser.js'));
    const worker = new Worker(URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'application/javascript' })));
    // The worker itself would not do: the extension host's Worker is a class of its own, which the client does not know.
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  };
  return Session.start((options) => new LanguageClient('netpol', 'Netpol', startWorker, options), context, log);
};
