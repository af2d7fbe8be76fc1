/** What both faces on Node, the language server and the command line, read of the disk. */
import fs, { type Dirent, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isText } from '../syntax/encoding.ts';
import { isSkippedFolder, maxFileSize, mayBeManifest } from '../workspace/skipped.ts';

// Node's own promises of files take a start some 5 ms to load.
const readdir = promisify(fs.readdir);
export const readFile = promisify(fs.readFile);

/** Largest file, in bytes, that is read without a turn of the event loop. */
const largestAtOnce = 256 << 10;

/** Gives for a folder with such entries what is left out of it, by name, beside what always is. Waited for before they are asked about. */
export type LeftOut = (folder: string, entries: readonly Dirent[]) => Promise<(name: string, isFolder: boolean) => boolean>;

const nothingLeftOut: LeftOut = async () => () => false;

/** Folders whose names are asked for before they are needed: each answer comes by another thread. */
const foldersAhead = 8;

/** Hears of a file or folder that is there and is not read. */
export type TellUnread = (path: string, why: 'too large' | 'denied') => void;

const tellNobody: TellUnread = () => undefined;

const isDenied = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');

/** Every file below a folder that may be a manifest, by folder; links are not followed, so that no loop can hold it. */
export async function* walkFolder(
  folder: string,
  leftOut: LeftOut = nothingLeftOut,
  tell: TellUnread = tellNobody,
): AsyncIterable<{ readonly folder: string; readonly names: readonly string[] }> {
  const entriesOf = (one: string): Promise<readonly Dirent[]> =>
    readdir(one, { withFileTypes: true }).catch((error) => {
      if (isDenied(error)) tell(one, 'denied');
      return [];
    });
  const pending = [folder];
  const ahead = new Map<string, Promise<readonly Dirent[]>>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const asked = ahead.get(next) ?? entriesOf(next);
    ahead.delete(next);
    for (const one of pending.slice(-foldersAhead)) if (!ahead.has(one)) ahead.set(one, entriesOf(one));
    const entries = await asked;
    const names: string[] = [];
    const leavesOut = await leftOut(next, entries);
    for (const entry of entries) {
      const { name } = entry;
      if (entry.isDirectory()) {
        if (!isSkippedFolder(name) && !leavesOut(name, true)) pending.push(join(next, name));
      } else if (entry.isFile() && mayBeManifest(name) && !leavesOut(name, false)) names.push(name);
    }
    if (names.length > 0) yield { folder: next, names };
  }
}

/** A file's text; undefined where it is gone, no text, not to be read, or too large, of which the last two are told. */
export async function readTextFile(path: string, tell: TellUnread = tellNobody): Promise<string | undefined> {
  try {
    // At once: for a small file four turns through the pool of threads take longer than the disk.
    const about = statSync(path, { throwIfNoEntry: false });
    if (!about?.isFile()) return undefined;
    if (about.size > maxFileSize) {
      tell(path, 'too large');
      return undefined;
    }
    const text = about.size > largestAtOnce ? await readFile(path, 'utf8') : readFileSync(path, 'utf8');
    return isText(text) ? text : undefined;
  } catch (error) {
    // Gone, or not to be read: for the index it does not exist.
    if (isDenied(error)) tell(path, 'denied');
    return undefined;
  }
}
