import type { Resource } from '../kinds/resource.ts';
import type { Cluster, Origin } from '../model/cluster.ts';
import { finished, type Steps } from '../model/steps.ts';
import type { DocumentText, ManifestText } from '../syntax/manifestText.ts';
import { assembling } from './cluster.ts';
import { resolveUri } from './clusterView.ts';
import { type Kustomization, kustomizationNames, readKustomization, type Transform } from './kustomize.ts';
import { type Reading, readDocument } from './reading.ts';

/** A file of the workspace, and the cluster view that it belongs to. */
export interface File {
  readonly uri: string;
  readonly manifest: ManifestText;
  readonly view: string;
}

/** What views are made of: the workspace. */
export interface Material {
  readonly files: Pick<ReadonlyMap<string, File>, 'get' | 'has'>;
  /** A view's files by name: what it says must not depend on the order in which they were read. */
  inOrder(view: string): Iterable<File>;
  /** Folders that hold a kustomization or a chart. */
  readonly roots: ReadonlySet<string>;
  viewOf(uri: string): string;
  /** What the resources of a document say in their own view. */
  readingsOf(document: DocumentText): readonly Reading[];
  /** Whether some file of a view has resources made that no file holds: a Helm release, an Application. */
  holdsMakers(view: string): boolean;
}

/** One cluster view, put together. */
export interface ViewState {
  readonly cluster: Cluster;
  /** Some of what is applied is not known: templates, what others make, resources from elsewhere. */
  readonly partial: boolean;
  /** What each resource says, in the order of the files. */
  readonly readings: readonly Reading[];
  /** What resources that other views hold say in this one. */
  readonly brought: ReadonlyMap<Resource, Reading>;
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
  /** Views and files whose change concerns this one. */
  includes: Set<string>;
}

function outdate(kept: Kept, later: boolean): void {
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

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Puts the resources of cluster views together, each when it is asked for, and again when something in it has changed. */
export class ClusterViews {
  private readonly material: Material;
  private readonly kept = new Map<string, Kept>();
  private readonly transformed = new WeakMap<DocumentText, Map<string, readonly Reading[]>>();
  private includers: ReadonlyMap<string, readonly string[]> | undefined;
  private readonly transforms = new Map<string, ReturnType<ClusterViews['transformsOf']>>();

  constructor(material: Material) {
    this.material = material;
  }

  /** A view must be put together anew, and those that bring it in; `later`, it may be shown as it was until all is settled. */
  stale(name: string, later = false): void {
    for (const [other, kept] of this.kept) if (other === name || kept.includes.has(name)) outdate(kept, later);
  }

  /** A view has no files any more. */
  drop(name: string): void {
    this.kept.delete(name);
    this.transforms.delete(name);
  }

  /** Nothing is shown as it was any more, but for what of these views has not been put together: it waits for the next time. */
  settle(preparedAlone: ReadonlySet<string>): void {
    for (const [name, kept] of this.kept) if (kept.isOutdated && (kept.next || !preparedAlone.has(name))) show(kept, kept.next);
  }

  /** Kustomizations have come, gone or changed. */
  regrouped(later = false): void {
    this.includers = undefined;
    this.transforms.clear();
    for (const kept of this.kept.values()) outdate(kept, later);
  }

  /** What a view's own kustomization does to its resources, and the same as text. */
  transformsOf(view: string): { readonly list: readonly Transform[]; readonly text: string } {
    let known = this.transforms.get(view);
    if (!known) {
      const found = this.kustomizationIn(view);
      const list = found ? [found.transform] : [];
      known = { list, text: JSON.stringify(list) };
      this.transforms.set(view, known);
    }
    return known;
  }

  /** Whether some kustomization brings a view in. */
  isBroughtIn(view: string): boolean {
    return this.includersOf().has(view);
  }

  /** The outermost view that brings one in, by way of others: what is applied in the end. Of several the first by name; the view itself where none does. */
  topOf(view: string): string {
    const seen = new Set([view]);
    for (let current = view; ; ) {
      const next = this.includersOf()
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
    const kept = this.kept.get(name) ?? { lineage: {}, state: undefined, next: undefined, isOutdated: true, changes: 0, includes: new Set() };
    this.kept.set(name, kept);
    return kept;
  }

  private readonly before = new WeakMap<object, Cluster>();

  private *assembling(name: string, kept: Kept): Steps<ViewState> {
    const readings: Reading[] = [];
    const isTemplated = ({ resource }: Reading) => resource.document.templated;
    let hasTemplates = false;
    let taken = 0;
    for (const { manifest } of this.material.inOrder(name)) {
      if (taken++ % filesAtOnce === 0) yield;
      for (const { document } of manifest.documents) {
        const own = this.material.readingsOf(document);
        hasTemplates ||= own.some(isTemplated);
        readings.push(...own);
      }
    }
    yield;
    const views = new Set([name]);
    const includes = new Set<string>();
    const brought = [...this.included(name, this.transformsOf(name).list, includes, views)];
    kept.includes = includes;
    readings.push(...brought);
    const { lineage } = kept;
    const cluster = { ...(yield* assembling(readings, this.before.get(lineage))), lineage };
    this.before.set(lineage, cluster);
    yield;
    const partial =
      hasTemplates ||
      brought.some(isTemplated) ||
      [...views].some((view) => this.material.files.has(`${view}/Chart.yaml`) || this.material.holdsMakers(view) || this.reachesElsewhere(view));
    return { cluster, partial, readings, brought: new Map(brought.map((reading) => [reading.resource, reading])) };
  }

  /** What a view's kustomization brings in from outside the view. `seen` takes in what it comes by. */
  private *included(name: string, transforms: readonly Transform[], includes: Set<string>, seen: Set<string>): Iterable<Reading> {
    for (const resource of this.kustomizationIn(name)?.resources ?? []) {
      const target = resolveUri(name, resource);
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      // Also of what is not there yet.
      for (const view of [target, this.material.viewOf(target)]) if (view !== name) includes.add(view);
      const file = this.material.files.get(target);
      if (file && file.view !== name) yield* this.withTransforms(file, transforms);
      if (!this.material.roots.has(target)) continue;
      const inner = [...this.transformsOf(target).list, ...transforms];
      for (const other of this.material.inOrder(target)) yield* this.withTransforms(other, inner);
      yield* this.included(target, inner, includes, seen);
    }
  }

  /** A file's resources as another view's kustomizations make them. */
  private *withTransforms({ uri, manifest }: File, transforms: readonly Transform[]): Iterable<Reading> {
    const key = JSON.stringify(transforms);
    for (const placed of manifest.documents) {
      const known = this.transformed.get(placed.document) ?? new Map<string, readonly Reading[]>();
      this.transformed.set(placed.document, known);
      const readings = known.get(key) ?? readDocument({ file: uri, placed, transforms });
      known.set(key, readings);
      for (const { origin } of readings) (origin as Writable<Origin>).shift = placed.start;
      yield* readings;
    }
  }

  private kustomizationIn(folder: string): Kustomization | undefined {
    for (const name of kustomizationNames) {
      for (const { document } of this.material.files.get(`${folder}/${name}`)?.manifest.documents ?? []) {
        const found = readKustomization(document);
        if (found) return found;
      }
    }
    return undefined;
  }

  /** Whether a kustomization makes or fetches resources that no file of the workspace holds. */
  private reachesElsewhere(view: string): boolean {
    const kustomization = this.kustomizationIn(view);
    if (!kustomization) return false;
    if (kustomization.beyond.some((field) => /helm|generators/i.test(field))) return true;
    return kustomization.resources.some((path) => resolveUri(view, path) === undefined);
  }

  /** Folder or file → the views whose kustomizations bring it in, by name. */
  private includersOf(): ReadonlyMap<string, readonly string[]> {
    if (!this.includers) {
      const found = new Map<string, string[]>();
      for (const root of [...this.material.roots].sort()) {
        for (const path of this.kustomizationIn(root)?.resources ?? []) {
          const target = resolveUri(root, path);
          if (target !== undefined && target !== root) found.set(target, [...(found.get(target) ?? []), root]);
        }
      }
      this.includers = found;
    }
    return this.includers;
  }
}
