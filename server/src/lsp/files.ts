import type { Connection } from 'vscode-languageserver';
import {
  type FindFilesParams,
  type FindFilesResult,
  findFilesRequest,
  type ReadFileParams,
  type ReadFileResult,
  readFileRequest,
} from '../protocol.ts';
import type { Exclusions } from './exclusions.ts';

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

/** A file's name, for people. */
export const nameOf = (uri: string): string => decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));

/** A URI's path inside a folder. */
export const pathIn = (folder: string, uri: string): string => decodeURIComponent(uri.slice(folder.length + 1));

/** Files as the client sees them: for a server that has no file system of its own. What git leaves out, only the client knows. */
export function clientFiles(connection: Connection): Files {
  return {
    async *find(folder, root, exclusions) {
      const found = await connection.sendRequest<FindFilesResult>(findFilesRequest, { folder } satisfies FindFilesParams);
      yield found.filter((uri) => !exclusions.leavesOutOrAbove(pathIn(root, uri)));
    },
    leavesOut: async (uri, root, exclusions) => exclusions.leavesOutOrAbove(pathIn(root, uri)),
    async read(uri) {
      return (await connection.sendRequest<ReadFileResult>(readFileRequest, { uri } satisfies ReadFileParams)) ?? undefined;
    },
    ignoresChanged: () => undefined,
    tellTooLarge: () => undefined,
  };
}
