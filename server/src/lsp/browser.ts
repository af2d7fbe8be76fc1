import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { version } from '../../../package.json';
import * as drawing from '../diagram/draw.ts';
import { clientFiles } from './files.ts';
import { Opening } from './opening.ts';
import { serve } from './server.ts';

/** Entry for a web worker. */
const worker = self as unknown as DedicatedWorkerGlobalScope;
const opening = new Opening();
const connection = createConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker), { messageStrategy: opening });
serve(connection, { files: clientFiles(connection), version, opening, loadDrawing: async () => drawing });
