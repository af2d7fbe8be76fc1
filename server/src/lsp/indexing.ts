import type { Connection } from 'vscode-languageserver';
import { mayHoldKnownKind, resourcesOf } from '../kinds/resource.ts';
import { isViewRoot } from '../workspace/clusterView.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Files } from './files.ts';
import type { OpenDocuments } from './openDocuments.ts';

/** Longest time in ms that indexing keeps the event loop from answering a request. */
const longestSlice = 10;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Takes a file into the workspace, unless the editor holds it or it is no manifest. Gives the other files touched. */
export async function indexFile(uri: string, files: Files, workspace: Workspace, open: OpenDocuments): Promise<ReadonlySet<string>> {
  const text = await files.read(uri);
  if (open.has(uri)) return new Set();
  if (text === undefined || !(isViewRoot(uri) || mayHoldKnownKind(text))) return workspace.delete(uri);
  return workspace.set(uri, text);
}

/** Reads the manifests of a folder in slices, with progress where the client shows it; cancelled by the user or by `stopped`. */
export async function indexFolder(
  folder: string,
  deps: {
    readonly connection: Connection;
    readonly files: Files;
    readonly workspace: Workspace;
    readonly open: OpenDocuments;
    readonly stopped: () => boolean;
  },
): Promise<void> {
  const { connection, files, workspace, open, stopped } = deps;
  const progress = await connection.window.createWorkDoneProgress();
  progress.begin('netpol', undefined, 'reading manifests', true);
  try {
    let sliceStart = performance.now();
    let count = 0;
    for await (const uri of files.find(folder)) {
      if (stopped() || progress.token.isCancellationRequested) break;
      await indexFile(uri, files, workspace, open);
      count++;
      if (performance.now() - sliceStart < longestSlice) continue;
      progress.report(`${count} files`);
      await pause();
      sliceStart = performance.now();
    }
  } finally {
    progress.done();
  }
}

/** Files with resources, and the policies in them. */
export function countManifests(workspace: Workspace): { readonly files: number; readonly policies: number } {
  let files = 0;
  let policies = 0;
  for (const manifest of workspace.manifests()) {
    const resources = manifest.documents.flatMap(({ document }) => (mayHoldKnownKind(document.text) ? resourcesOf(document) : []));
    if (resources.some((resource) => resource.table)) files++;
    policies += resources.filter((resource) => resource.table?.validated).length;
  }
  return { files, policies };
}
