import { fileURLToPath, pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from '../../../package.json';
import { readTextFile, walkFolder } from '../host/nodeFiles.ts';
import type { Draw } from './diagram.ts';
import type { Files } from './files.ts';
import { serve } from './server.ts';

/** The files of this machine. Only `file:` URIs are read. */
const nodeFiles: Files = {
  async *find(folder) {
    if (!folder.startsWith('file:')) return;
    for await (const path of walkFolder(fileURLToPath(folder))) yield pathToFileURL(path).href;
  },
  read: async (uri) => (uri.startsWith('file:') ? readTextFile(fileURLToPath(uri)) : undefined),
};

/** Graphviz is loaded with the first picture. */
const draw: Draw = async (scene, title) => (await import('../diagram/draw.ts')).draw(scene, title);

/** Entry for Node: over stdio, IPC, a pipe or a socket, as the arguments say. */
const transports = ['--stdio', '--node-ipc', '--pipe', '--socket'];

if (process.argv.includes('--version')) {
  process.stdout.write(`${version}\n`);
} else if (!process.argv.some((argument) => transports.some((transport) => argument === transport || argument.startsWith(`${transport}=`)))) {
  process.stderr.write(
    'netpol-language-server speaks the Language Server Protocol; start it with --stdio, --node-ipc, --pipe=NAME or --socket=PORT.\n',
  );
  process.exitCode = 2;
} else {
  serve(createConnection(ProposedFeatures.all), nodeFiles, version, draw);
}
