import { Uri, workspace } from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import type { WorkerStarted } from '../../server/src/protocol.ts';
import { Session, type StartSession } from './session.ts';

/** Can tell that its worker has ended: a worker does so without a word. */
class WorkerReader extends BrowserMessageReader {
  ended(): void {
    this.fireClose();
  }
}

/** The first that a worker says; fails where its script does. */
const firstWord = (worker: Worker): Promise<WorkerStarted> =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.addEventListener('error', ({ message }) => reject(new Error(`The server's worker failed to start: ${message}`)));
  });

/** Starts the server as a web worker, made from a blob, since a worker may not come from another origin. */
export const start: StartSession = (context, log) => {
  const startWorker = async () => {
    const script = await workspace.fs.readFile(Uri.joinPath(context.extensionUri, 'dist/server.browser.js'));
    const address = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'application/javascript' }));
    const worker = new Worker(address, { name: 'netpol' });
    const { params } = await firstWord(worker).finally(() => URL.revokeObjectURL(address));
    const reader = new WorkerReader(worker);
    // It is given to us when the worker is no more.
    if (params.lock !== undefined) void navigator.locks.request(params.lock, () => reader.ended());
    // The worker itself would not do: the extension host's Worker is a class of its own, which the client does not know.
    return { reader, writer: new BrowserMessageWriter(worker) };
  };
  return Session.start((options) => new LanguageClient('netpol', 'Netpol', startWorker, options), context, log);
};
