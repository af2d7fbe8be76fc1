import type { Resource } from '../kinds/resource.ts';
import type { Cluster, Origin } from '../model/cluster.ts';
import type { PlacedDocument } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import { assemble } from './cluster.ts';
import type { Engine } from './engine.ts';
import { type Reading, readAlone, readDocument } from './reading.ts';
import { anythingUnknown, nothingUnknown, type Unknown } from './unknown.ts';

/** Another resource of the same kind, namespace and name. */
export interface Twin {
  readonly file: string;
  /** Offsets of its name in that file. */
  readonly at: Range;
  /** Where it is, in words: a file's name, or "this file". */
  readonly place: string;
}

/** Most twins that are told of one resource: a file may hold the same thousands of times. */
export const mostTwins = 5;

/** What turns manifests into what is applied, at the root of a cluster view. */
export type ViewKind = 'kustomization' | 'chart' | 'folder';

/** What a rule or feature may ask about the other resources of the cluster view. Read-only. */
export interface WorkspaceView {
  /** The file is a patch of some kustomization: what it holds are parts of other resources, and no resource is its own. */
  readonly isPatch: boolean;
  /** Other resources with the identity of this one, at most `mostTwins`; none where its name is unknown. */
  twinsOf(resource: Resource): readonly Twin[];
  /** Everything that is thought to live in the same cluster as the file. */
  readonly cluster: Cluster;
  readonly kind: ViewKind;
  /** Whether whoever applies the view's manifests gives them a namespace that they don't name. */
  readonly setsNamespace: boolean;
  /** Who delivers the file's folder, in words, with the file that says so; undefined where nobody does. */
  deliveredBy(): string | undefined;
  /** Where more may be applied with the view than is known: by templates, Helm releases, from elsewhere. What is missing there may be there. */
  readonly unknown: Unknown;
  /** What a resource of the file adds to the cluster; undefined for one of another file. */
  readingOf(resource: Resource): Reading | undefined;
  /** The kustomization beside the file that does not bring it in; undefined where there is none, and where it or another names the file in whatever way. */
  omittedBy(): (PlacedDocument & { readonly file: string }) | undefined;
  /** Whether a resource is the first policy of its file. */
  isFirstPolicy(resource: Resource): boolean;
  /** The document that a resource stands in, where it now is. */
  documentAt(origin: Origin): PlacedDocument | undefined;
  /** What every resource of the view says, those of the view's own files first. */
  readings(): Iterable<Reading>;
  /** Where a resource stands, for links: the file's URI, and the line behind #L; undefined where the file is unknown. */
  linkTo(origin: Origin): string | undefined;
  /** A file in words: its path inside the workspace, or "this file". */
  placeOf(file: string): string;
  /** The file itself. */
  readonly file: string;
  /** The network plugin, where the settings or the workspace tell. */
  readonly engine: Engine | undefined;
  /** Address ranges that the settings give to pods, Services and nodes. */
  readonly clusterCidrs: ClusterCidrs;
}

/** Address ranges of a cluster's own, as CIDRs. */
export interface ClusterCidrs {
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly nodes: readonly string[];
}

export const noClusterCidrs: ClusterCidrs = { pods: [], services: [], nodes: [] };

const emptyCluster = assemble([]);

/** The view of a document that stands alone in the world, of which no other is known. */
export const emptyView: WorkspaceView = {
  isPatch: false,
  twinsOf: () => [],
  cluster: emptyCluster,
  kind: 'folder',
  setsNamespace: false,
  deliveredBy: () => undefined,
  unknown: nothingUnknown,
  readingOf: (resource) =>
    readDocument({ file: '', placed: { document: resource.document, start: 0 } }).find((reading) => reading.resource === resource),
  omittedBy: () => undefined,
  isFirstPolicy: () => false,
  documentAt: () => undefined,
  readings: () => [],
  linkTo: () => undefined,
  placeOf: (file) => file,
  file: '',
  engine: undefined,
  clusterCidrs: noClusterCidrs,
};

/** What is known of a policy that another object makes: itself alone, in a cluster of which the rest is not known. */
export function viewAlone(resource: Resource, { file, engine, clusterCidrs }: WorkspaceView): WorkspaceView {
  const reading = readAlone(resource);
  return {
    ...emptyView,
    ...{ file, engine, clusterCidrs, unknown: anythingUnknown, setsNamespace: true },
    cluster: assemble([reading]),
    readingOf: (other) => (other === resource ? reading : undefined),
    readings: () => [reading],
  };
}
