import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { readFile } from './nodeFiles.ts';

/** Changes with every change of what lines mean. */
const format = 3;

/** Time in ms in which a file may change twice with one time stamp: the coarsest clock of file systems, FAT's. */
const coarsestClock = 2000;

/** Age in ms from which a file that was being written is thought to be left by a process that died. */
const abandoned = 3_600_000;

/** Characters that are written at a time, and lost together when one of their bytes is damaged. */
const chunkSize = 64 << 10;

const digest = (text: string | Buffer): string => createHash('sha1').update(text).digest('base64url');

/** Cryptography takes some 10 ms to load: in a turn of its own, or it would come in the middle of something else. */
async function preparingDigests(): Promise<void> {
  await new Promise(setImmediate);
  digest('');
  await new Promise(setImmediate);
}

/** Tells damage, in a fifth of the time of a digest; older versions of Node lack it. */
const checksum = (bytes: Buffer): string => (crc32 === undefined ? digest(bytes) : crc32(bytes).toString(36));

/** Lines behind one that gives their length in bytes and their checksum. */
function blockOf(lines: string): Buffer {
  const bytes = Buffer.from(lines);
  return Buffer.concat([Buffer.from(`${bytes.length} ${checksum(bytes)}\n`), bytes]);
}

/** The lines of each block that is as it was written, up to the first of which the beginning is not. */
function* soundBlocks(bytes: Buffer): Iterable<string> {
  for (let at = 0, end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
    const [length, sum] = bytes.toString('latin1', at, end).split(' ');
    if (!/^\d+$/.test(length ?? '')) break;
    at = end + 1 + Number(length);
    const lines = bytes.subarray(end + 1, at);
    if (checksum(lines) === sum) yield lines.toString();
  }
}

/** Size and time of this program: another build reads other things out of manifests. */
function buildStamp(): string {
  const about = statSync(import.meta.filename, { throwIfNoEntry: false });
  return about ? `${about.size}-${about.mtimeMs}` : '';
}

/** Most URIs hold their path as it is. */
const pathOf = (uri: string): string => (sep === '/' && uri.startsWith('file:///') && !uri.includes('%') ? uri.slice(7) : fileURLToPath(uri));

function stampOf(uri: string): string | undefined {
  const about = statSync(pathOf(uri), { throwIfNoEntry: false });
  if (!about || Date.now() - Math.max(about.mtimeMs, about.ctimeMs) < coarsestClock) return undefined;
  // Both times are almost always the same, and to write a fraction takes long. Joined: a template's text is a chain of pieces, which takes
  // five times the room.
  return [about.size, about.mtimeMs, about.ctimeMs === about.mtimeMs ? '' : about.ctimeMs, about.ino].join(' ');
}

/** Nothing that cannot be read is the reason for a failure: for the index it is not there. */
function attempt<T>(take: () => T | undefined): T | undefined {
  try {
    return take();
  } catch {
    return undefined;
  }
}

/** Removes what processes that died were writing. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.part')) continue;
    const path = join(folder, name);
    const about = await stat(path).catch(() => undefined);
    if (about && Date.now() - about.mtimeMs > abandoned) await rm(path, { force: true });
  }
}

/**
 * A file of a folder that the editor gives to the extension, one for each set of workspace folders. It is replaced as a whole, so that of
 * several windows the last counts and each reads what one of them wrote; each block of lines carries a checksum. Two sets with one name
 * would only replace what the other left.
 */
export function indexStore(folder: string, workspaceFolders: readonly string[], version: string) {
  const names = Buffer.from([...workspaceFolders].sort().join('\n'));
  const path = join(folder, `index-${checksum(names)}-${names.length}`);
  const header = `netpol-index ${format} ${version} ${buildStamp()}\n`;
  return {
    async *load(): AsyncIterable<string> {
      const bytes = await readFile(path).catch(() => Buffer.alloc(0));
      if (bytes.subarray(0, header.length).toString('latin1') !== header) return;
      await preparingDigests();
      yield* soundBlocks(bytes.subarray(header.length));
    },
    async save(lines: AsyncIterable<string>): Promise<void> {
      await preparingDigests();
      await mkdir(folder, { recursive: true });
      await sweep(folder);
      const part = `${path}-${process.pid}.part`;
      try {
        const file = await open(part, 'w');
        try {
          await file.write(header);
          let chunk = '';
          for await (const line of lines) {
            chunk += `${line}\n`;
            if (chunk.length < chunkSize) continue;
            await file.write(blockOf(chunk));
            chunk = '';
          }
          await file.write(blockOf(chunk));
        } finally {
          await file.close();
        }
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
    stampOf: (uri: string): string | undefined => attempt(() => stampOf(uri)),
    readNow: (uri: string): string | undefined => attempt(() => readFileSync(pathOf(uri), 'utf8')),
    digest,
  };
}
