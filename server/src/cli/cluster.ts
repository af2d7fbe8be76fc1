import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connectivity } from '../connectivity/connectivity.ts';
import { TooManyFlows } from '../connectivity/flows.ts';
import { shortened } from '../explain/phrases.ts';
import { mayHoldKnownKind, resourcesOf } from '../kinds/resource.ts';
import type { Located, Origin } from '../model/cluster.ts';
import type { Policy } from '../model/policy.ts';
import type { ManifestText } from '../syntax/manifestText.ts';
import { clusterOf } from '../workspace/cluster.ts';
import { isViewRoot } from '../workspace/clusterView.ts';
import { kustomizationNames, readKustomization, type Transform } from '../workspace/kustomize.ts';
import { holdsRelease } from '../workspace/makers.ts';
import { type FileDocument, readStaged } from '../workspace/reading.ts';
import { inUri } from '../workspace/uris.ts';
import { Workspace } from '../workspace/workspace.ts';
import { kustomizationIn, readKustomized } from './kustomizeRoot.ts';
import { load, type Source, shortName, takeText, UsageError } from './load.ts';
import { Lines } from './located.ts';
import { type MadePolicy, madePoliciesIn, notesOfMade } from './madePolicies.ts';

/** The cluster that manifests describe, and what of them could not be read. */
export interface LoadedCluster {
  readonly connectivity: Connectivity;
  /** Policies that are not enforced. */
  readonly staged: readonly Located<Policy>[];
  /** Policies that Helm templates or other objects make; the cluster holds none of them. */
  readonly made: readonly MadePolicy[];
  /** Files that hold a manifest which the parser refuses, as printed; the rest of them is analysed. */
  readonly broken: readonly string[];
  /** What was not followed, in sentences. */
  readonly notes: readonly string[];
  /** What is there and was not read, in sentences. */
  readonly unread: readonly string[];
  /** "file:line" of something written in a document. */
  place(origin: Pick<Origin, 'file' | 'shift'>, offset: number): string;
}

/** Most flows that a command lists or compares: more fill the memory, and nobody reads them. */
export const mostFlows = 1_000_000;

/** What is asked, or a UsageError where there are more flows than these. */
export function withinLimit<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof TooManyFlows)) throw error;
    throw new UsageError(
      `${error.message} Pods that no policy isolates may all reach each other. Ask about one workload (netpol list --focus NAMESPACE/NAME) or two (netpol query), or give fewer manifests.`,
    );
  }
}

/** Documents of files, and the files' texts by the names that documents give them. */
interface Material {
  readonly documents: readonly FileDocument[];
  readonly texts: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
  readonly unread?: readonly string[];
}

function assemble({ documents, texts, notes, unread = [] }: Material, where: string): LoadedCluster {
  const broken: string[] = [];
  const made: MadePolicy[] = [];
  let known = 0;
  for (const { file, placed } of documents) {
    if (!mayHoldKnownKind(placed.document.text)) continue;
    known += resourcesOf(placed.document).filter((resource) => resource.table).length;
    made.push(...madePoliciesIn({ file, placed }));
    if (placed.document.parsed.problems.length > 0 && !broken.includes(file)) broken.push(file);
  }
  if (known === 0)
    throw new UsageError(
      `No Kubernetes manifests were found in ${where}: netpol reads workloads, Services, Namespaces and policies in .yaml, .yml and .json files.`,
    );
  const lines = new Map<string, Lines>();
  return {
    connectivity: new Connectivity(clusterOf(documents)),
    staged: documents.flatMap((document) => (mayHoldKnownKind(document.placed.document.text) ? readStaged(document) : [])),
    made,
    broken,
    notes: [
      ...notes,
      ...notesOfMade(made, {
        template: 'not counted; give the output of "helm template" instead',
        carrier: 'not counted; give what is made instead',
      }),
    ],
    unread,
    place({ file, shift }, offset) {
      const own = lines.get(file) ?? new Lines(texts.get(file) ?? '');
      lines.set(file, own);
      return `${file}:${own.lineAt(shift + offset)}`;
    },
  };
}

interface NamedManifest {
  readonly name: string;
  readonly manifest: ManifestText;
  /** What whoever delivers it does to its resources. */
  readonly delivered: Transform | undefined;
}

/** Those of some files of a workspace that it holds. */
const manifestsOf = (files: readonly Pick<Source, 'uri' | 'name'>[], workspace: Workspace): readonly NamedManifest[] =>
  files.flatMap(({ uri, name }) => {
    const manifest = workspace.manifest(uri);
    return manifest ? [{ name, manifest, delivered: workspace.deliveredTo(uri) }] : [];
  });

/** Names of files that kustomizations among them name as patches: what they hold are parts of other resources. */
function patchesAmong(files: readonly NamedManifest[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, manifest } of files) {
    if (!kustomizationNames.some((one) => one === basename(name))) continue;
    for (const { document } of manifest.documents)
      for (const path of readKustomization(document, () => undefined)?.patchFiles ?? []) found.add(join(dirname(name), path));
  }
  return found;
}

/** What is told of files with Helm releases. */
function notesOfReleases(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const which = names.length === 1 ? names[0] : `${names.length} files (${shortened(names, (all) => all.join(', '))})`;
  return [
    `${which} ${names.length === 1 ? 'has' : 'have'} Helm make resources, which netpol does not see; give it the output of "helm template", too.`,
  ];
}

/** `releases` are the names of files with Helm releases. */
function materialOf(files: readonly NamedManifest[], releases: readonly string[]): Material {
  const documents: FileDocument[] = [];
  const texts = new Map<string, string>();
  const patches = patchesAmong(files);
  for (const { name, manifest, delivered } of files) {
    if (patches.has(name)) continue;
    texts.set(name, manifest.text);
    const transforms = delivered ? [delivered] : [];
    for (const placed of manifest.documents) documents.push({ file: name, placed, transforms });
  }
  return { documents, texts, notes: notesOfReleases(releases) };
}

/** One path as plain files, or as the kustomization that it is a folder of. */
async function materialAt(path: string): Promise<Material> {
  const kustomization = path === '-' ? undefined : await kustomizationIn(resolve(path));
  if (kustomization) {
    const { notes, ...read } = await readKustomized(kustomization, shortName);
    const releases = [...read.texts].flatMap(([name, text]) => (holdsRelease(text) ? [name] : []));
    return { ...read, notes: [...notes, ...notesOfReleases(releases)] };
  }
  const workspace = new Workspace();
  const { sources, unread } = await load([path], workspace);
  const material = materialOf(
    manifestsOf(sources, workspace),
    // Standard input has no path.
    workspace.releases().map((uri) => sources.find((one) => one.uri === uri)?.name ?? shortName(fileURLToPath(uri))),
  );
  const roots = sources.filter(({ uri }) => isViewRoot(uri) && !uri.endsWith('/Chart.yaml'));
  if (roots.length === 0) return { ...material, unread };
  const note = `${path} holds ${roots.length === 1 ? 'a kustomization' : `${roots.length} kustomizations`} (${roots
    .slice(0, 3)
    .map(({ name }) => name)
    .join(
      ', ',
    )}${roots.length > 3 ? ', …' : ''}); all files were read as one cluster. Give the folder of a kustomization to see it as it is applied.`;
  return { ...material, notes: [note, ...material.notes], unread };
}

/**
 * Reads paths as one cluster; a folder with a kustomization as what that makes of it. Throws UsageError for paths that do
 * not exist, and where no manifest is found.
 */
export async function loadCluster(paths: readonly string[]): Promise<LoadedCluster> {
  const materials: Material[] = [];
  for (const path of paths) materials.push(await materialAt(path));
  return assemble(
    {
      documents: materials.flatMap(({ documents }) => documents),
      texts: new Map(materials.flatMap(({ texts }) => [...texts])),
      notes: materials.flatMap(({ notes }) => notes),
      unread: materials.flatMap(({ unread = [] }) => unread),
    },
    paths.join(', '),
  );
}

/** Where texts are that stand in no folder of the disk. */
const nowhere = 'file:///revision';

/** The same of texts that are there already, by their paths in their repository. `where` names them in messages. */
export function clusterFromTexts(files: readonly { readonly name: string; readonly text: string }[], where: string): LoadedCluster {
  const workspace = new Workspace();
  workspace.setFolders([nowhere]);
  const taken = files.flatMap(({ name, text }) => {
    const uri = [nowhere, ...name.split('/').map(inUri)].join('/');
    return takeText(uri, text, workspace) ? [{ name, uri }] : [];
  });
  return assemble(
    materialOf(
      manifestsOf(taken, workspace),
      workspace.releases().map((uri) => decodeURIComponent(uri.slice(nowhere.length + 1))),
    ),
    where,
  );
}
