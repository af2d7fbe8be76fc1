import * as vscode from 'vscode';
import type { FindFilesParams, FindFilesResult, ReadFileParams, ReadFileResult } from '../../server/src/protocol.ts';

/** The files of the workspace, for a server that can read none itself. */

const wanted = /\.(ya?ml|json|tf|bicep)$|^(Kustomization|\.gitignore)$/;

/** Most folders that are walked through: a repository far away answers one at a time. */
const mostFolders = 5_000;

/** Every wanted file below a folder, by reading folder after folder; links are not followed. */
async function walk(top: vscode.Uri, skipped: readonly string[]): Promise<readonly vscode.Uri[]> {
  const found: vscode.Uri[] = [];
  const pending = [top];
  for (let read = 0; read < mostFolders; read++) {
    const folder = pending.pop();
    if (!folder) break;
    const entries = await vscode.workspace.fs.readDirectory(folder).then(
      (list) => list,
      () => [],
    );
    for (const [name, type] of entries) {
      if (type === vscode.FileType.Directory && !skipped.includes(name)) pending.push(vscode.Uri.joinPath(folder, name));
      else if (type === vscode.FileType.File && wanted.test(name)) found.push(vscode.Uri.joinPath(folder, name));
    }
  }
  return found;
}

/** Time in ms that a virtual file system has to begin a search. VS Code waits without end for one that offers none. */
const patience = 3_000;

/** What the search of the file system finds; nothing where a virtual one has none. */
async function search(top: vscode.Uri, skipped: readonly string[]): Promise<readonly vscode.Uri[]> {
  const pattern = new vscode.RelativePattern(top, '**/{*.yaml,*.yml,*.json,Kustomization,*.tf,*.bicep,.gitignore}');
  const stop = new vscode.CancellationTokenSource();
  const found = Promise.resolve(vscode.workspace.findFiles(pattern, `**/{${skipped.join(',')}}/**`, undefined, stop.token)).catch(() => []);
  if (['file', 'vscode-remote'].includes(top.scheme)) return found;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const giveUp = new Promise<readonly vscode.Uri[]>((resolve) => {
    timer = setTimeout(() => resolve([]), patience);
  });
  try {
    return await Promise.race([found, giveUp]);
  } finally {
    clearTimeout(timer);
    stop.cancel();
  }
}

export async function findFiles({ folder, skipped }: FindFilesParams): Promise<FindFilesResult> {
  const top = vscode.Uri.parse(folder);
  const found = await search(top, skipped);
  return (found.length > 0 ? found : await walk(top, skipped)).map((uri) => uri.toString());
}

export const textOf = async (file: vscode.Uri): Promise<string> => new TextDecoder().decode(await vscode.workspace.fs.readFile(file));

export async function readFile({ uri, most }: ReadFileParams): Promise<ReadFileResult> {
  try {
    const file = vscode.Uri.parse(uri);
    return (await vscode.workspace.fs.stat(file)).size > most ? { tooLarge: true } : { text: await textOf(file) };
  } catch {
    // Gone, or not to be read: for the index it does not exist.
    return {};
  }
}
