import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readTextFile } from '../host/nodeFiles.ts';
import { readManifestText } from '../syntax/manifestText.ts';
import { changesBehind, changesOf, type Kustomization, kustomizationNames, readKustomization, type Transform } from '../workspace/kustomize.ts';
import type { FileDocument } from '../workspace/reading.ts';

/** A kustomization with all that it brings together. */
export interface KustomizedFiles {
  readonly documents: readonly FileDocument[];
  /** The text of each file, by the name that documents give it. */
  readonly texts: ReadonlyMap<string, string>;
  /** What was not followed, in sentences. */
  readonly notes: readonly string[];
}

/** Most files that a kustomization brings together: those that bring in each other twice add up to a power of two. */
const mostFiles = 10_000;

/** Deepest nesting of components that is followed. */
const mostLevels = 8;

/** The kustomization file of a folder; undefined where it has none. */
export async function kustomizationIn(folder: string): Promise<string | undefined> {
  for (const name of kustomizationNames) if (await stat(join(folder, name)).catch(() => undefined)) return join(folder, name);
  return undefined;
}

async function kustomizationAt(path: string): Promise<Kustomization | undefined> {
  const text = await readTextFile(path);
  if (text === undefined) return undefined;
  for (const { document } of readManifestText(text, path).documents) {
    const files = readKustomization(document, () => undefined)?.patchFiles;
    if (!files) continue;
    const texts = new Map<string, string | undefined>();
    for (const file of files) texts.set(file, await readTextFile(resolve(path, '..', file)));
    return readKustomization(document, (file) => texts.get(file));
  }
  return undefined;
}

/** What each component of a kustomization does, by the path that names it. */
async function byComponents(
  path: string,
  { components }: Kustomization,
  trail: readonly string[],
): Promise<ReadonlyMap<string, readonly Transform[]>> {
  const found = new Map<string, readonly Transform[]>();
  for (const component of components) {
    const inner = await kustomizationIn(resolve(path, '..', component));
    const read = inner === undefined || trail.includes(inner) || trail.length > mostLevels ? undefined : await kustomizationAt(inner);
    if (!inner || !read) continue;
    const theirs = await byComponents(inner, read, [...trail, inner]);
    found.set(
      component,
      changesOf(read, (one) => theirs.get(one) ?? []),
    );
  }
  return found;
}

/** Reads a kustomization and what it refers to, as `kustomize build` would as far as selection is concerned. `shorten` makes the names that are printed. */
export async function readKustomized(file: string, shorten: (path: string) => string): Promise<KustomizedFiles> {
  const documents: FileDocument[] = [];
  const texts = new Map<string, string>();
  const notes: string[] = [];
  let read = 0;

  async function visit(path: string, outer: readonly Transform[], trail: readonly string[]): Promise<void> {
    if (trail.includes(path)) {
      notes.push(`${shorten(path)} refers to itself by way of ${shorten(trail.at(-1) ?? path)}; it was read once.`);
      return;
    }
    const kustomization = await kustomizationAt(path);
    if (!kustomization) {
      notes.push(`${shorten(path)} cannot be read as a kustomization.`);
      return;
    }
    if (kustomization.beyond.length > 0)
      notes.push(
        `${shorten(path)} uses ${kustomization.beyond.join(', ')}, which netpol does not follow; for all of it run "kustomize build" and give netpol its output.`,
      );
    for (const patch of kustomization.patchFiles) {
      if (!(await stat(resolve(path, '..', patch)).catch(() => undefined))?.isFile())
        notes.push(`${shorten(path)} refers to the patch ${patch}, and there is no such file.`);
    }
    const components = await byComponents(path, kustomization, [path]);
    const byComponent = (one: string) => components.get(one) ?? [];
    const transforms = [...changesOf(kustomization, byComponent), ...outer];
    for (const resource of kustomization.resources) {
      if (++read > mostFiles) {
        if (read === mostFiles + 1)
          notes.push(`${shorten(file)} brings in more than ${mostFiles.toLocaleString('en')} files; the rest was not read.`);
        return;
      }
      if (/^[a-z+]+:\/\/|^git@|^github\.com\//.test(resource)) {
        notes.push(`${shorten(path)} refers to ${resource}, which is elsewhere and was not read.`);
        continue;
      }
      const target = resolve(path, '..', resource);
      const found = await stat(target).catch(() => undefined);
      const inner = found?.isDirectory() ? await kustomizationIn(target) : undefined;
      if (inner) await visit(inner, changesBehind(kustomization, resource, transforms, byComponent), [...trail, path]);
      else if (found?.isFile()) await take(target, transforms);
      else notes.push(`${shorten(path)} refers to ${resource}, and there is no such file, nor a folder with a kustomization.`);
    }
  }

  async function take(path: string, transforms: readonly Transform[]): Promise<void> {
    const text = await readTextFile(path);
    if (text === undefined) return;
    const name = shorten(path);
    texts.set(name, text);
    for (const placed of readManifestText(text, path).documents) documents.push({ file: name, placed, transforms });
  }

  await visit(file, [], []);
  return { documents, texts, notes };
}
