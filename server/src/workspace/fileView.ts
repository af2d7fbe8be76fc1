import type { Resource } from '../kinds/resource.ts';
import type { ClusterViews } from './clusterViews.ts';
import type { FilesByView } from './filesByView.ts';
import type { Holdings } from './holdings.ts';
import { anythingUnknown } from './unknown.ts';
import { noClusterCidrs, type ViewKind, type WorkspaceView } from './view.ts';
import type { Whereabouts } from './whereabouts.ts';

/** What the settings say of a file's cluster. */
export type Given = Partial<Pick<WorkspaceView, 'engine' | 'clusterCidrs'>>;

/** What a file's view is made of: the workspace. */
interface Sources {
  readonly files: FilesByView;
  readonly clusters: ClusterViews;
  readonly holdings: Holdings;
  readonly whereabouts: Whereabouts;
  /** Folders that hold a kustomization or a chart. */
  readonly roots: ReadonlySet<string>;
  isReading(): boolean;
}

function kindOf(view: string, { roots, files }: Sources): ViewKind {
  if (!roots.has(view)) return 'folder';
  return files.has(`${view}/Chart.yaml`) ? 'chart' : 'kustomization';
}

function firstPolicy(uri: string, { files, holdings }: Sources): Resource | undefined {
  for (const { document } of files.get(uri)?.manifest.documents ?? []) {
    for (const { policy, resource } of holdings.readingsIn(document)) if (policy) return resource;
  }
  return undefined;
}

/** The view in which a file's rules and features look around; `own` is the one that the file belongs to. What it says follows the workspace. */
export function fileView(uri: string, own: string, given: Given, sources: Sources): WorkspaceView {
  const { clusters, holdings, whereabouts } = sources;
  // A base or component is looked at as part of what it ends up in.
  const top = clusters.topOf(own);
  const kind = kindOf(top, sources);
  const state = () => clusters.stateOf(top);
  return {
    isPatch: clusters.isPatch(uri),
    twinsOf: (resource) => whereabouts.twinsOf(resource, uri),
    get cluster() {
      return state().cluster;
    },
    get unknown() {
      return sources.isReading() ? anythingUnknown : clusters.unknownIn(top);
    },
    kind,
    setsNamespace:
      kind === 'chart' ||
      top !== own ||
      clusters.isBroughtIn(own) ||
      clusters.changes.of(uri, own).list.some(({ namespace, defaultNamespace }) => (namespace ?? defaultNamespace) !== undefined),
    deliveredBy() {
      const delivered = clusters.changes.delivered(uri, own) ?? clusters.changes.delivered(uri, top);
      return delivered && `${delivered.by} (${whereabouts.shortName(delivered.file)})`;
    },
    readingOf: (resource) => (top === own ? holdings.readingOf(resource) : state().brought.get(resource)),
    omittedBy: () => clusters.omitting(uri),
    isFirstPolicy: (resource) => firstPolicy(uri, sources) === resource,
    documentAt: (origin) => whereabouts.documentAt(origin),
    readings: () => state().readings,
    linkTo: (origin) => whereabouts.linkTo(origin),
    placeOf: (other) => whereabouts.placeOf(other, uri),
    file: uri,
    engine: given.engine,
    clusterCidrs: given.clusterCidrs ?? noClusterCidrs,
  };
}
