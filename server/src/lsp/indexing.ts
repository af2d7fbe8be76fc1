import * as l10n from '@vscode/l10n';
import type { Connection } from 'vscode-languageserver';
import { mayHoldKnownKind, resourcesOf } from '../kinds/resource.ts';
import { configName, isConfig } from '../rules/config.ts';
import type { Configs } from '../rules/configs.ts';
import { folderOf, isViewRoot } from '../workspace/clusterView.ts';
import { maySayEngine } from '../workspace/engine.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Files } from './files.ts';
import type { OpenDocuments } from './openDocuments.ts';

/** Longest time in ms that indexing keeps the event loop from answering a request. */
const longestSlice = 10;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** What takes files in, and where they come from. */
export interface Indexed {
  readonly files: Files;
  readonly workspace: Workspace;
  readonly open: OpenDocuments;
  readonly configs: Configs;
}

/** Takes a file into the workspace, unless the editor holds it or it is no manifest. Gives the other files touched. */
export async function indexFile(uri: string, { files, workspace, open, configs }: Indexed): Promise<ReadonlySet<string>> {
  const text = await files.read(uri);
  if (open.has(uri)) return new Set();
  if (isConfig(uri)) configs.set(uri, text);
  if (text === undefined) return workspace.delete(uri);
  if (isViewRoot(uri) || (!isNoManifest(uri) && mayHoldKnownKind(text))) return workspace.set(uri, text);
  const touched = workspace.delete(uri);
  workspace.noteOther(uri, text);
  return touched;
}

/** Files that are read for what they say of the engine, or of netpol itself. */
const isNoManifest = (uri: string): boolean => isConfig(uri) || maySayEngine(uri);

/** Reads the manifests of a folder in slices, with progress where the client shows it; cancelled by the user or by `stopped`. */
export async function indexFolder(
  folder: string,
  deps: Indexed & {
    readonly connection: Connection;
    readonly stopped: () => boolean;
  },
): Promise<void> {
  const { connection, files, stopped } = deps;
  // Configurations above the folder count too, as they do on the command line.
  for (let above = folderOf(folder); above.includes('/'); above = folderOf(above)) {
    const uri = `${above}/${configName}`;
    const text = above.endsWith(':/') ? undefined : await files.read(uri);
    if (text !== undefined) deps.configs.set(uri, text);
  }
  const progress = await connection.window.createWorkDoneProgress();
  progress.begin('netpol', undefined, l10n.t('reading manifests'), true);
  try {
    let sliceStart = performance.now();
    let count = 0;
    for await (const uri of files.find(folder)) {
      if (stopped() || progress.token.isCancellationRequested) break;
      await indexFile(uri, deps);
      count++;
      if (performance.now() - sliceStart < longestSlice) continue;
      progress.report(l10n.t('{0} files', count));
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
