import type { Resource } from '../kinds/resource.ts';
import type { Cluster } from '../model/cluster.ts';
import { finished, type Steps } from '../model/steps.ts';
import type { DocumentText, ManifestText, PlacedDocument } from '../syntax/manifestText.ts';
import { assembling, replaceReadings } from './cluster.ts';
import { folderOf } from './clusterView.ts';
import type { Delivered } from './deliveries.ts';
import { FileChanges } from './fileChanges.ts';
import { placeOf } from './filesByView.ts';
import { Inclusions } from './inclusions.ts';
import { Kustomizations } from './kustomizations.ts';
import type { Reading } from './reading.ts';
import { type Spot, type Unknown, unknownAt } from './unknown.ts';
import { Beyond, countOpen, type OpenCounts, type Surroundings, type Unseen } from './unseen.ts';
import { nameOf } from './uris.ts';

/** A file of the workspace, and the cluster view that it belongs to. */
export interface File {
  readonly uri: string;
  readonly manifest: ManifestText;
  readonly view: string;
}

/** What views are made of: the workspace. */
export interface Material extends Surroundings {
  readonly files: Pick<ReadonlyMap<string, File>, 'get' | 'has'>;
  /** A view's files by name: what it says must not depend on the order in which they were read. */
  inOrder(view: string): Iterable<File>;
  /** Folders that hold a kustomization or a chart. */
  readonly roots: ReadonlySet<string>;
  /** Who delivers a folder: see `Deliveries`. */
  deliveredTo(folder: string): Delivered | undefined;
  /** What the resources of a document say in their own view. */
  readingsOf(document: DocumentText): readonly Reading[];
}

/** One cluster view, put together. */
export interface ViewState {
  readonly cluster: Cluster;
  readonly open: OpenCounts;
  /** What may be applied with it that no manifest of it holds. */
  readonly beyond: readonly Unseen[];
  /** What each resource says, in the order of the files. */
  readonly readings: readonly Reading[];
  /** What resources that other views hold say in this one. */
  readonly brought: ReadonlyMap<Resource, Reading>;
}

/** A cluster and what it is made of. */
interface Base {
  readonly cluster: Cluster;
  /** In the order of the files. */
  readonly readings: readonly Reading[];
  readonly open: OpenCounts;
  /** What may be applied with it that no manifest of it holds. */
  readonly beyond: readonly Unseen[];
}

interface Kept {
  readonly lineage: object;
  state: ViewState | undefined;
  /** What it will be when all is settled, put together beforehand. */
  next: ViewState | undefined;
  /** Something in it has changed since, and shows when all is settled. */
  isOutdated: boolean;
  /** How often something in it has changed. */
  changes: number;
  /** What it was when it was put together last, if all of it stands in its own files. */
  base: Base | undefined;
  /** URIs of the files in which something has changed since. */
  readonly touched: Set<string>;
  /** Views and files whose change concerns this one. */
  includes: Set<string>;
}

/** Most files that are looked at one by one when a view is put together again. */
const fewFiles = 8;

/** `file` is where something has changed; undefined where it may be anywhere. */
function outdate(kept: Kept, later: boolean, file?: string): void {
  if (file === undefined || kept.touched.size >= fewFiles) kept.base = undefined;
  if (kept.base && file !== undefined) kept.touched.add(file);
  else kept.touched.clear();
  kept.isOutdated = true;
  kept.changes++;
  kept.next = undefined;
  if (!later) kept.state = undefined;
}

/** `state` is what the view is now; undefined where that is not known yet. */
function show<T extends ViewState | undefined>(kept: Kept, state: T): T {
  kept.state = state;
  kept.next = undefined;
  kept.isOutdated = state === undefined;
  return state;
}

/** Files that are looked at in one step of putting a view together. */
const filesAtOnce = 50;

/** A view's resources, put together, with what else they tell of it. */
interface Gathered extends Base {
  /** What other views hold of it. */
  readonly brought: readonly Reading[];
}

/** Puts the resources of cluster views together, each when it is asked for, and again when something in it has changed. */
export class ClusterViews {
  private readonly material: Material;
  private readonly kept = new Map<string, Kept>();
  private readonly kustomizations: Kustomizations;
  private readonly inclusions: Inclusions;
  private readonly beyond: Beyond;
  readonly changes: FileChanges;

  constructor(material: Material) {
    this.material = material;
    this.kustomizations = new Kustomizations(material);
    this.changes = new FileChanges(this.kustomizations, material.roots, material.deliveredTo);
    this.inclusions = new Inclusions(material, this.kustomizations);
    this.beyond = new Beyond(material, {
      reachesElsewhere: (view) => this.kustomizations.reachElsewhere(view),
      changesOf: (uri, view) => this.changes.of(uri, view).list,
      isPatch: (uri) => this.isPatch(uri),
    });
  }

  /**
   * A view must be put together anew, and those that bring it in; `later`, it may be shown as it was until all is settled. `file` has
   * changed; without it anything may have.
   */
  stale(name: string, later = false, file?: string): void {
    for (const [other, kept] of this.kept) {
      if (other === name) outdate(kept, later, file);
      else if (kept.includes.has(name)) outdate(kept, later);
    }
  }

  /** The same of the views of a folder and of those below it. */
  staleBelow(folder: string, view: string, later: boolean): void {
    for (const name of [...this.kept.keys()]) if (name === view || name === folder || name.startsWith(`${folder}/`)) this.stale(name, later);
  }

  /** A view has no files any more. */
  drop(name: string): void {
    this.kept.delete(name);
    this.kustomizations.forget(name);
  }

  /** Nothing is shown as it was any more, but for what of these views has not been put together: it waits for the next time. */
  settle(preparedAlone: ReadonlySet<string>): void {
    for (const [name, kept] of this.kept) if (kept.isOutdated && (kept.next || !preparedAlone.has(name))) show(kept, kept.next);
  }

  /** Folders have become views of their own, or are none any more. */
  regrouped(later = false): void {
    this.kustomizations.foldersChanged();
    for (const kept of this.kept.values()) outdate(kept, later);
  }

  /** The kustomization of a folder has come, gone or changed; gives the folders of which the resources may be changed in other ways now. */
  kustomizationChanged(folder: string, later = false): ReadonlySet<string> {
    this.regrouped(later);
    return this.kustomizations.changed(folder);
  }

  /** Files that are patches now, and were none before the kustomization of a folder changed, or the other way round. */
  patchesChanged(folder: string): ReadonlySet<string> {
    return this.kustomizations.patchesChanged(folder);
  }

  /** Whether a file is a patch of some kustomization: what it holds are parts of other resources. */
  isPatch(uri: string): boolean {
    return this.kustomizations.isPatch(uri);
  }

  /** See `WorkspaceView.omittedBy`. */
  omitting(uri: string): (PlacedDocument & { readonly file: string }) | undefined {
    const folder = folderOf(uri);
    // Asked of each policy with each keystroke.
    if (!this.material.roots.has(folder) || this.isPatch(uri) || this.kustomizations.includers().has(uri)) return undefined;
    const beside = this.kustomizations.writtenIn(folder);
    // A comment names it, too: somebody has left it out on purpose.
    return beside && beside.file !== uri && !beside.document.text.includes(nameOf(uri)) ? beside : undefined;
  }

  /** A patch has come, gone or changed; gives the folders of which the resources may be changed in other ways now. */
  patchChanged(uri: string, later = false): ReadonlySet<string> {
    const affected = new Set<string>();
    for (const folder of this.kustomizations.foldersPatchedBy(uri)) for (const one of this.kustomizations.changed(folder)) affected.add(one);
    for (const folder of affected) this.stale(folder, later);
    return affected;
  }

  /** Whether some kustomization brings a view in. */
  isBroughtIn(view: string): boolean {
    return this.kustomizations.includers().has(view);
  }

  /** The outermost view that brings one in, by way of others: what is applied in the end. Of several the first by name; the view itself where none does. */
  topOf(view: string): string {
    const seen = new Set([view]);
    for (let current = view; ; ) {
      const next = this.kustomizations
        .includers()
        .get(current)
        ?.find((candidate) => !seen.has(candidate));
      if (next === undefined) return current;
      seen.add(next);
      current = next;
    }
  }

  /** Whether `stateOf` has nothing to put together. */
  isKnown(name: string): boolean {
    return this.kept.get(name)?.state !== undefined;
  }

  stateOf(name: string): ViewState {
    const kept = this.keptOf(name);
    return kept.state ?? show(kept, kept.next ?? finished(this.assembling(name, kept)));
  }

  /**
   * Puts together in steps what a view will be when all is settled; until then it is shown as it was. Gives nothing where something in it
   * changed meanwhile: it will be put together when it is asked for.
   */
  *preparing(name: string): Steps<ViewState | undefined> {
    const kept = this.keptOf(name);
    if (kept.state && !kept.isOutdated) return kept.state;
    const { changes } = kept;
    const next = kept.next ?? (yield* this.assembling(name, kept));
    if (kept.changes !== changes) return undefined;
    kept.next = next;
    return next;
  }

  private keptOf(name: string): Kept {
    let kept = this.kept.get(name);
    if (!kept) {
      const unknown = { state: undefined, next: undefined, base: undefined };
      kept = { ...unknown, lineage: {}, isOutdated: true, changes: 0, touched: new Set(), includes: new Set() };
      this.kept.set(name, kept);
    }
    return kept;
  }

  private readonly before = new WeakMap<object, Cluster>();

  private *assembling(name: string, kept: Kept): Steps<ViewState> {
    const { changes } = kept;
    const found = this.replacing(name, kept) ?? (yield* this.gathering(name, kept));
    const { cluster, readings, open, beyond, brought } = found;
    this.before.set(kept.lineage, cluster);
    // What has changed meanwhile may be in it, or not.
    if (kept.changes === changes) {
      kept.base = brought.length > 0 || kept.includes.size > 0 ? undefined : { cluster, readings, open, beyond };
      kept.touched.clear();
    }
    yield;
    return { cluster, open, beyond, readings, brought: new Map(brought.map((reading) => [reading.resource, reading])) };
  }

  private readonly unknown = new WeakMap<ViewState, { readonly spots: readonly Spot[]; readonly found: Unknown }>();

  /** Where more may be applied with a view than is known. */
  unknownIn(name: string): Unknown {
    const state = this.stateOf(name);
    const spots = this.beyond.spotsOf(state.beyond);
    const before = this.unknown.get(state);
    if (before?.spots === spots) return before.found;
    const found = unknownAt([...state.open.keys(), ...spots]);
    this.unknown.set(state, { spots, found });
    return found;
  }

  /** Puts a view together from all of its files. */
  private *gathering(name: string, kept: Kept): Steps<Gathered> {
    const readings: Reading[] = [];
    const open = new Map<Spot, number>();
    let taken = 0;
    for (const file of this.material.inOrder(name)) {
      if (taken++ % filesAtOnce === 0) yield;
      const own = this.readingsIn(file);
      countOpen(open, own, 1);
      readings.push(...own);
    }
    yield;
    const { list } = this.changes.in(name);
    const views = new Map([[name, list]]);
    const includes = new Set<string>();
    const brought = [...this.inclusions.of(name, list, includes, views)];
    countOpen(open, brought, 1);
    kept.includes = includes;
    readings.push(...brought);
    const { lineage } = kept;
    const beyond = [...this.beyond.of(name, views)];
    const named = beyond.flatMap(({ spot }) => spot ?? []).sort();
    const cluster = { ...(yield* assembling(readings, this.before.get(lineage), named)), lineage };
    return { cluster, readings, open, beyond, brought };
  }

  /** The same from what the view was, where only some of its files differ: with each keystroke one does, among thousands. */
  private replacing(name: string, { base, touched }: Kept): Gathered | undefined {
    if (!base || touched.size === 0) return undefined;
    let { cluster, readings } = base;
    const open = new Map(base.open);
    for (const uri of touched) {
      const [start, end] = [placeOf(readings, uri), placeOf(readings, uri, 'behind')];
      const file = this.material.files.get(uri);
      const came = file?.view === name ? this.readingsIn(file) : [];
      const went = readings.slice(start, end);
      const now = replaceReadings(cluster, went, came);
      if (!now) return undefined;
      cluster = now;
      countOpen(open, went, -1);
      countOpen(open, came, 1);
      readings = [...readings.slice(0, start), ...came, ...readings.slice(end)];
    }
    return { cluster, readings, open, beyond: base.beyond, brought: [] };
  }

  private readingsIn({ manifest }: File): readonly Reading[] {
    return manifest.documents.flatMap(({ document }) => this.material.readingsOf(document));
  }

  /** A document begins elsewhere in its file: so does what other views make of it. */
  move(placed: PlacedDocument): void {
    this.inclusions.move(placed);
  }
}
