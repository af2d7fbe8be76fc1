import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileUri } from '../host/fileUri.ts';
import { readTextFile, type TellUnread, walkFolder } from '../host/nodeFiles.ts';
import { mayHoldKnownKind } from '../kinds/resource.ts';
import { configName, isConfig } from '../rules/config.ts';
import { Configs } from '../rules/configs.ts';
import { isViewRoot } from '../workspace/clusterView.ts';
import { maySayEngine } from '../workspace/engine.ts';
import { mayBeOperations } from '../workspace/patches.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What the user asked for cannot be done; the message says what and why. */
export class UsageError extends Error {}

export interface Source {
  /** As printed: relative to the working folder where it lies below, `-` for standard input. */
  readonly name: string;
  readonly uri: string;
  readonly path: string | undefined;
}

const stdinUri = 'untitled:stdin.yaml';

/** A path as it is printed: relative to the working folder where it lies below. */
export function shortName(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}

const sourceOf = (path: string): Source => ({ name: shortName(path), uri: fileUri(path), path });

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Shows on a terminal that something happens, once it takes long enough to wonder. */
function progress(): { count(files: number): void; end(): void } {
  const start = performance.now();
  let shown = 0;
  return {
    count(files) {
      const now = performance.now();
      if (!process.stderr.isTTY || now - start < 500 || now - shown < 100) return;
      shown = now;
      process.stderr.write(`\rread ${files.toLocaleString('en')} files`);
    },
    end() {
      if (shown > 0) process.stderr.write('\r\x1b[K');
    },
  };
}

/** Reads the configurations of a folder and of those above it. */
async function readConfigs(folder: string, configs: Configs, seen: Set<string>): Promise<void> {
  for (let current = folder; !seen.has(current); current = dirname(current)) {
    seen.add(current);
    const path = join(current, configName);
    const text = await readTextFile(path);
    if (text !== undefined) configs.set(fileUri(path), text);
  }
}

/** Takes a file in; whether it may hold manifests. */
export function takeText(uri: string, text: string, workspace: Workspace): boolean {
  const isOther = maySayEngine(uri) || (!isViewRoot(uri) && !mayHoldKnownKind(text) && !mayBeOperations(text));
  if (isOther) workspace.noteOther(uri, text);
  else workspace.set(uri, text);
  return !isOther;
}

/** What was read of some paths. */
interface Loaded {
  /** The files that hold manifests, in order of name. */
  readonly sources: readonly Source[];
  /** What is there and was not read, in sentences. */
  readonly unread: readonly string[];
}

/** Reads what the paths name into a workspace. `configs` takes in the configurations beside and above them. */
export async function load(paths: readonly string[], workspace: Workspace, configs = new Configs()): Promise<Loaded> {
  const seen = new Set<string>();
  const unread: string[] = [];
  const tell: TellUnread = (path, why) =>
    unread.push(`${shortName(path)} was not read: ${why === 'denied' ? 'access is denied' : 'it is larger than 50 MB'}.`);
  const sources: Source[] = [];
  const folders: string[] = [];
  const meter = progress();
  let read = 0;
  const take = async (path: string, named: boolean) => {
    const text = await readTextFile(path, tell);
    meter.count(++read);
    if (text === undefined) {
      if (named) throw new UsageError(`${path} cannot be read as text: it is binary, larger than 50 MB, or access is denied.`);
      return;
    }
    const source = sourceOf(path);
    if (isConfig(source.uri) || !takeText(source.uri, text, workspace)) return;
    await readConfigs(dirname(path), configs, seen);
    sources.push(source);
  };
  for (const path of paths) {
    if (path === '-') {
      workspace.set(stdinUri, await readStdin());
      await readConfigs(process.cwd(), configs, seen);
      sources.push({ name: '-', uri: stdinUri, path: undefined });
      continue;
    }
    const absolute = resolve(path);
    const found = await stat(absolute).catch(() => undefined);
    if (!found) throw new UsageError(`${path} does not exist.`);
    if (!found.isDirectory()) {
      await take(absolute, true);
      continue;
    }
    folders.push(fileUri(absolute).replace(/\/$/, ''));
    workspace.setFolders(folders);
    for await (const { folder, names } of walkFolder(absolute, undefined, tell)) for (const name of names) await take(join(folder, name), false);
  }
  meter.end();
  const unique = new Map(sources.map((source) => [source.uri, source]));
  return { sources: [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), unread };
}
