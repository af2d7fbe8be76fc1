import type { Connection } from 'vscode-languageserver';
import {
  type FindFilesParams,
  type FindFilesResult,
  findFilesRequest,
  type ReadFileParams,
  type ReadFileResult,
  readFileRequest,
} from '../protocol.ts';
import { isText } from '../syntax/encoding.ts';
import { isInSkippedFolder, maxFileSize, mayBeManifest, skippedFolders } from '../workspace/skipped.ts';
import { inUri, nameOf } from '../workspace/uris.ts';
import type { Exclusions } from './exclusions.ts';
import { GitIgnores } from './gitIgnores.ts';

/** The files of the workspace, as far as this host can see them. */
export interface Files {
  /** URIs of the files below a folder that may be manifests and are not left out, some at a time. */
  find(folder: string, root: string, exclusions: Exclusions): AsyncIterable<readonly string[]>;
  /** Whether a file that has come or changed is left out, by its name, by the settings or by git. */
  leavesOut(uri: string, root: string, exclusions: Exclusions): Promise<boolean>;
  /** A file's text; undefined where it cannot be read, is too large, or is no text. */
  read(uri: string): Promise<string | undefined>;
  /** Files that say what git leaves out have changed. */
  ignoresChanged(): void;
  /** Hears of files that are too large to be read. */
  tellTooLarge: (uri: string) => void;
}

/** A URI's path inside a folder. */
export const pathIn = (folder: string, uri: string): string => decodeURIComponent(uri.slice(folder.length + 1));

/** What git leaves out below a workspace folder. */
interface Ignores {
  readonly git: GitIgnores;
  /** The `.gitignore` files that there are, by URI, once all files of the folder have been listed. */
  listed: ReadonlySet<string> | undefined;
}

/** Files as the client sees them: for a server that has no file system of its own. */
export function clientFiles(connection: Connection): Files {
  const ignores = new Map<string, Ignores>();
  const ask = (uri: string) => connection.sendRequest<ReadFileResult>(readFileRequest, { uri, most: maxFileSize } satisfies ReadFileParams);
  const ignoresOf = (root: string): Ignores => {
    const known = ignores.get(root);
    if (known) return known;
    const git = new GitIgnores(async (folder) => {
      const uri = [root, ...(folder === '' ? [] : folder.split('/').map(inUri)), '.gitignore'].join('/');
      return own.listed && !own.listed.has(uri) ? undefined : (await ask(uri)).text;
    });
    const own: Ignores = { git, listed: undefined };
    ignores.set(root, own);
    return own;
  };
  const files: Files = {
    async *find(folder, root, exclusions) {
      const params: FindFilesParams = { folder, skipped: [...skippedFolders] };
      const found = await connection.sendRequest<FindFilesResult>(findFilesRequest, params);
      const own = ignoresOf(root);
      if (folder === root) own.listed = new Set(found.filter((uri) => uri.endsWith('/.gitignore')));
      const kept: string[] = [];
      for (const uri of found) {
        if (!mayBeManifest(nameOf(uri)) || isInSkippedFolder(pathIn(root, uri))) continue;
        if (!(await files.leavesOut(uri, root, exclusions))) kept.push(uri);
      }
      yield kept;
    },
    leavesOut: async (uri, root, exclusions) =>
      exclusions.leavesOutOrAbove(pathIn(root, uri)) || (await ignoresOf(root).git.leavesOut(pathIn(root, uri))),
    async read(uri) {
      const { text, tooLarge } = await ask(uri);
      if (tooLarge) files.tellTooLarge(uri);
      return text !== undefined && isText(text) ? text : undefined;
    },
    ignoresChanged() {
      ignores.clear();
    },
    tellTooLarge: () => undefined,
  };
  return files;
}
