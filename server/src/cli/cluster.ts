import { Connectivity } from '../connectivity/connectivity.ts';
import { mayHoldKnownKind, resourcesOf } from '../kinds/resource.ts';
import type { Origin } from '../model/cluster.ts';
import { type ManifestText, readManifestText } from '../syntax/manifestText.ts';
import { clusterOf, type FileDocument } from '../workspace/cluster.ts';
import { Workspace } from '../workspace/workspace.ts';
import { load, UsageError } from './load.ts';
import { Lines } from './located.ts';

/** The cluster that manifests describe, and what of them could not be read. */
export interface LoadedCluster {
  readonly connectivity: Connectivity;
  /** Files that hold a manifest which the parser refuses, as printed; the rest of them is analysed. */
  readonly broken: readonly string[];
  /** "file:line" of something written in a document. */
  place(origin: Pick<Origin, 'file' | 'shift'>, offset: number): string;
}

function assemble(files: Iterable<{ readonly name: string; readonly manifest: ManifestText }>, where: string): LoadedCluster {
  const documents: FileDocument[] = [];
  const broken: string[] = [];
  const texts = new Map<string, string>();
  let known = 0;
  for (const { name, manifest } of files) {
    texts.set(name, manifest.text);
    for (const placed of manifest.documents) {
      if (!mayHoldKnownKind(placed.document.text)) continue;
      documents.push({ file: name, placed });
      known += resourcesOf(placed.document).filter((resource) => resource.table).length;
      if (placed.document.parsed.problems.length > 0 && !broken.includes(name)) broken.push(name);
    }
  }
  if (known === 0)
    throw new UsageError(
      `No Kubernetes manifests were found in ${where}: netpol reads workloads, Services, Namespaces and policies in .yaml, .yml and .json files.`,
    );
  const lines = new Map<string, Lines>();
  return {
    connectivity: new Connectivity(clusterOf(documents)),
    broken,
    place({ file, shift }, offset) {
      const own = lines.get(file) ?? new Lines(texts.get(file) ?? '');
      lines.set(file, own);
      return `${file}:${own.lineAt(shift + offset)}`;
    },
  };
}

/** Reads paths as one cluster. Throws UsageError for paths that do not exist, and where no manifest is found. */
export async function loadCluster(paths: readonly string[]): Promise<LoadedCluster> {
  const workspace = new Workspace();
  const sources = await load(paths, workspace);
  const files = sources.flatMap(({ uri, name }) => {
    const manifest = workspace.manifest(uri);
    return manifest ? [{ name, manifest }] : [];
  });
  return assemble(files, paths.join(', '));
}

/** The same of texts that are there already. `where` names them in messages. */
export const clusterFromTexts = (files: readonly { readonly name: string; readonly text: string }[], where: string): LoadedCluster =>
  assemble(
    files.map(({ name, text }) => ({ name, manifest: readManifestText(text, name) })),
    where,
  );
