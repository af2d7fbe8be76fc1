import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { version } from '../../../package.json';
import * as drawing from '../diagram/draw.ts';
import { type WorkerStarted, workerStarted } from '../protocol.ts';
import { clientFiles } from './files.ts';
import { Opening } from './opening.ts';
import { serve } from './server.ts';
import { spelling } from './spelling.ts';

/** Entry for a web worker. */
const worker = self as unknown as DedicatedWorkerGlobalScope;
const opening = new Opening();
const connection = createConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker), { messageStrategy: spelling(opening) });
// Nobody else ends a worker: that of each restart would stay, with all that it knows.
connection.onExit(() => worker.close());
serve(connection, { files: clientFiles(connection), version, opening, loadDrawing: async () => drawing });

/** The client's first word from here, with the name of a lock that is held for as long as this worker lives. */
const started = (lock?: string): void =>
  worker.postMessage({ jsonrpc: '2.0', method: workerStarted, params: lock === undefined ? {} : { lock } } satisfies WorkerStarted);

// Where a page is not served securely there are no locks, and elsewhere they may be refused.
const { locks } = worker.navigator as { readonly locks?: LockManager };
if (locks) {
  const lock = `netpol-${crypto.randomUUID()}`;
  const held = locks.request(lock, () => {
    started(lock);
    return new Promise(() => undefined);
  });
  held.catch(() => started());
} else started();
