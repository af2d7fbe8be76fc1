/** What both faces on Node, the language server and the command line, read of the disk. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isText } from '../syntax/encoding.ts';

/** Largest file that is read from disk, in bytes. */
const maxFileSize = 50 << 20;

/** Folders that hold other people's files or none worth reading. */
const skipped = new Set(['node_modules', '.git', '.hg', '.svn', '.terraform', 'vendor']);
/** Manifests, and files that tell of the network plugin. */
const manifestName = /\.(ya?ml|json|tf|bicep)$|^Kustomization$/;

const notManifests = new Set(['package-lock.json', 'tsconfig.json', 'package.json']);

/** Every path below a folder that may be a manifest; links are not followed, so that no loop can hold it. */
export async function* walkFolder(folder: string): AsyncIterable<string> {
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isDirectory() && !skipped.has(entry.name)) pending.push(join(next, entry.name));
      else if (entry.isFile() && manifestName.test(entry.name) && !notManifests.has(entry.name)) yield join(next, entry.name);
    }
  }
}

/** A file's text; undefined where it is gone, not to be read, too large or no text. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > maxFileSize) return undefined;
    const text = await readFile(path, 'utf8');
    return isText(text) ? text : undefined;
  } catch {
    // Gone, or not to be read: for the index it does not exist.
    return undefined;
  }
}
