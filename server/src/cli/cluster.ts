import { Connectivity } from '../connectivity/connectivity.ts';
import { mayHoldKnownKind, resourcesOf } from '../kinds/resource.ts';
import type { Origin } from '../model/cluster.ts';
import { clusterOf, type FileDocument } from '../workspace/cluster.ts';
import { Workspace } from '../workspace/workspace.ts';
import { load, UsageError } from './load.ts';
import { Lines } from './located.ts';

/** The cluster that paths describe, and what of them could not be read. */
export interface LoadedCluster {
  readonly connectivity: Connectivity;
  /** Files that hold a manifest which the parser refuses, as printed; the rest of them is analysed. */
  readonly broken: readonly string[];
  /** "file:line" of something written in a document. */
  place(origin: Pick<Origin, 'file' | 'shift'>, offset: number): string;
}

/** Reads paths as one cluster. Throws UsageError for paths that do not exist, and where no manifest is found. */
export async function loadCluster(paths: readonly string[]): Promise<LoadedCluster> {
  const workspace = new Workspace();
  const sources = await load(paths, workspace);
  const documents: FileDocument[] = [];
  const broken: string[] = [];
  const texts = new Map<string, string>();
  let known = 0;
  for (const { uri, name } of sources) {
    const manifest = workspace.manifest(uri);
    if (!manifest) continue;
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
      `No Kubernetes manifests were found in ${paths.join(', ')}: netpol reads workloads, Services, Namespaces and policies in .yaml, .yml and .json files.`,
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
