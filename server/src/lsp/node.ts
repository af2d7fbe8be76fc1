import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from '../../../package.json';
import { commitOf, filesAt, refsOf } from '../host/git.ts';
import { readTextFile, walkFolder } from '../host/nodeFiles.ts';
import type { Files } from './files.ts';
import type { Revisions } from './revisions.ts';
import { serve } from './server.ts';

/** The files of this machine. Only `file:` URIs are read. */
const nodeFiles: Files = {
  async *find(folder) {
    if (!folder.startsWith('file:')) return;
    for await (const path of walkFolder(fileURLToPath(folder))) yield pathToFileURL(path).href;
  },
  read: async (uri) => (uri.startsWith('file:') ? readTextFile(fileURLToPath(uri)) : undefined),
};

/** By git, in the repository that a folder is of. */
const revisions: Revisions = {
  commitOf: (folder, revision) => commitOf(fileURLToPath(folder), revision),
  refsOf: (folder) => refsOf(fileURLToPath(folder)),
  async filesAt(folder, commit) {
    const path = fileURLToPath(folder);
    return (await filesAt(path, commit)).map(({ name, text }) => [pathToFileURL(join(path, name)).href, text] as const);
  },
};

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
  // Graphviz is loaded with the first picture.
  serve(createConnection(ProposedFeatures.all), { files: nodeFiles, version, revisions, loadDrawing: () => import('../diagram/draw.ts') });
}
