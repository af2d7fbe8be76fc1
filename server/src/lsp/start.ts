/**
 * Entry of the program: runs the server's bundle beside it, as the engine compiled it at an earlier start where there is a folder for that
 * (`NODE_COMPILE_CACHE`). Node's own cache holds what is compiled before the first line runs: a start would compile a thousand functions
 * again. What is kept here was compiled by the end of a start.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** Time in ms after which a start is thought to be over. To leave what was compiled takes some 20 ms. */
const startTime = 60_000;

/** Starts that add to what was compiled: the first reads all files, the second recalls what the first read. */
const startsThatTell = 2;

/** Before the compiled code, 32 bits each: checksums of its text and of itself, for the engine compares lengths alone, and how many starts told. */
const headerSize = 12;

interface Left {
  readonly code: Buffer;
  readonly starts: number;
}

const bundle = join(dirname(import.meta.filename), 'server.main.cjs');
const requireHere = createRequire(import.meta.filename);

/** What earlier starts left for this text; undefined where there is none, or it is damaged. */
function leftIn(file: string, sum: number): Left | undefined {
  try {
    const bytes = readFileSync(file);
    const code = bytes.subarray(headerSize);
    return bytes.readUInt32LE(0) === sum && bytes.readUInt32LE(4) === crc32(code) ? { code, starts: bytes.readUInt32LE(8) } : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing is lost where it cannot be written: the next start compiles anew. */
function leave(file: string, sum: number, { code, starts }: Left): void {
  const header = Buffer.alloc(headerSize);
  for (const [i, value] of [sum, crc32(code), starts].entries()) header.writeUInt32LE(value, i * 4);
  const part = `${file}-${process.pid}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(part, Buffer.concat([header, code]));
    renameSync(part, file);
  } catch {}
}

function runCompiled(folder: string): void {
  // As Node wraps its modules. The bundle is ASCII.
  const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, 'latin1')}\n})`;
  const sum = crc32(text);
  const file = join(folder, `server-${process.versions.v8}-${process.arch}`);
  const left = leftIn(file, sum);
  const script = new Script(text, {
    filename: bundle,
    ...(left ? { cachedData: left.code } : {}),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  let starts = left && !script.cachedDataRejected ? left.starts : 0;
  const told = () => {
    if (starts < startsThatTell) leave(file, sum, { code: script.createCachedData(), starts: starts + 1 });
    starts = startsThatTell;
  };
  if (starts < startsThatTell) {
    process.on('exit', told);
    setTimeout(told, startTime).unref();
  }
  const main = { exports: {} };
  script.runInThisContext().call(main.exports, main.exports, requireHere, main, bundle, dirname(bundle));
}

const folder = process.env.NODE_COMPILE_CACHE;
// Older versions of Node lack what it takes.
if (folder && constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER !== undefined && crc32 !== undefined) runCompiled(folder);
else requireHere('./server.main.cjs');
