import type { Connection } from 'vscode-languageserver';
import {
  type FindFilesParams,
  type FindFilesResult,
  findFilesRequest,
  type ReadFileParams,
  type ReadFileResult,
  readFileRequest,
} from '../protocol.ts';

/** The files of the workspace, as far as this host can see them. */
export interface Files {
  /** URIs of the files below a folder that may be manifests. */
  find(folder: string): AsyncIterable<string>;
  /** A file's text; undefined where it cannot be read, is too large, or is no text. */
  read(uri: string): Promise<string | undefined>;
}

/** Files as the client sees them: for a server that has no file system of its own. */
export function clientFiles(connection: Connection): Files {
  return {
    async *find(folder) {
      yield* await connection.sendRequest<FindFilesResult>(findFilesRequest, { folder } satisfies FindFilesParams);
    },
    async read(uri) {
      return (await connection.sendRequest<ReadFileResult>(readFileRequest, { uri } satisfies ReadFileParams)) ?? undefined;
    },
  };
}
