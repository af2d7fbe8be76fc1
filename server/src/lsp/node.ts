import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from '../../../package.json';
import { fileUri } from '../host/fileUri.ts';
import { commitOf, filesAt, refsOf } from '../host/git.ts';
import { indexStore } from '../host/indexStore.ts';
import { readFile, readTextFile, walkFolder } from '../host/nodeFiles.ts';
import { type Files, pathIn } from './files.ts';
import { GitIgnores } from './gitIgnores.ts';
import { Opening } from './opening.ts';
import type { Revisions } from './revisions.ts';
import { serve } from './server.ts';
import { spelling } from './spelling.ts';

/** Also of a folder that is the top of its drive, whose URI ends in nothing here. */
const folderPath = (uri: string): string => resolve(fileURLToPath(`${uri}/`));

const ignores = new Map<string, GitIgnores>();

/** What git leaves out below a workspace folder. */
function ignoresOf(root: string): GitIgnores {
  const found = ignores.get(root) ?? new GitIgnores((folder) => readFile(join(root, folder, '.gitignore'), 'utf8').catch(() => undefined));
  ignores.set(root, found);
  return found;
}

/** URIs of files of a folder. Most names stand in a URI as they are: to ask for each would take longer than the walk. */
function urisIn(folder: string, names: readonly string[]): readonly string[] {
  const start = fileUri(folder);
  return names.map((name) => (/^[\w.-]+$/.test(name) ? `${start}/${name}` : fileUri(join(folder, name))));
}

/** The files of this machine. Only `file:` URIs are read. */
const nodeFiles: Files = {
  async *find(folder, root, exclusions) {
    if (!folder.startsWith('file:')) return;
    const top = folderPath(root);
    const git = ignoresOf(top);
    const walk = walkFolder(folderPath(folder), async (path, entries) => {
      const name = relative(top, path).replaceAll(sep, '/');
      // To ask for a file that is not there takes longer than all else that is done about a folder.
      await git.know(
        name,
        entries.some((entry) => entry.name === '.gitignore'),
      );
      const start = name === '' ? '' : `${name}/`;
      return (entry, isFolder) => exclusions.leavesOut(start + entry) || git.leavesOutKnown(start + entry, isFolder);
    });
    for await (const { folder: path, names } of walk) yield urisIn(path, names);
  },
  async leavesOut(uri, root, exclusions) {
    if (!uri.startsWith('file:')) return true;
    const name = pathIn(root, uri);
    return exclusions.leavesOutOrAbove(name) || (await ignoresOf(folderPath(root)).leavesOut(name));
  },
  read: async (uri) =>
    uri.startsWith('file:')
      ? readTextFile(fileURLToPath(uri), (path, why) => why === 'too large' && nodeFiles.tellTooLarge(fileUri(path)))
      : undefined,
  ignoresChanged() {
    for (const git of ignores.values()) git.changed();
  },
  tellTooLarge: () => undefined,
};

/** By git, in the repository that a folder is of. */
const revisions: Revisions = {
  commitOf: (folder, revision) => commitOf(folderPath(folder), revision),
  refsOf: (folder) => refsOf(folderPath(folder)),
  async filesAt(folder, commit) {
    const path = folderPath(folder);
    return (await filesAt(path, commit)).map(({ name, text }) => [fileUri(join(path, name)), text] as const);
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
  const opening = new Opening();
  const connection = createConnection(ProposedFeatures.all, { messageStrategy: spelling(opening) });
  // A client that does not know a request refuses it; that is no reason to end.
  process.on('unhandledRejection', (reason) => connection.console.error(`A request failed, and the server goes on: ${String(reason)}`));
  // Graphviz is loaded with the first picture.
  serve(connection, {
    ...{ files: nodeFiles, version, revisions, opening },
    loadDrawing: () => import('../diagram/draw.ts'),
    indexStore: (folder, workspaceFolders) => indexStore(folder, workspaceFolders, version),
  });
}
