import type { Origin } from '../model/cluster.ts';
import type { DocumentText, PlacedDocument } from '../syntax/manifestText.ts';
import { resolveUri } from './clusterView.ts';
import type { File, Material } from './clusterViews.ts';
import type { Kustomizations } from './kustomizations.ts';
import { changesBehind, type Transform } from './kustomize.ts';
import { type Reading, readDocument } from './reading.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads what kustomizations bring in from other views, as they change it. */
export class Inclusions {
  private readonly material: Pick<Material, 'files' | 'roots' | 'viewOf' | 'inOrder'>;
  private readonly kustomizations: Kustomizations;
  private readonly transformed = new WeakMap<DocumentText, Map<string, readonly Reading[]>>();

  constructor(material: Inclusions['material'], kustomizations: Kustomizations) {
    this.material = material;
    this.kustomizations = kustomizations;
  }

  /** A document begins elsewhere in its file: so does what other views make of it. */
  move({ document, start }: PlacedDocument): void {
    for (const readings of this.transformed.get(document)?.values() ?? []) {
      for (const { origin } of readings) (origin as Writable<Origin>).shift = start;
    }
  }

  /**
   * What a view's kustomization brings in from outside the view, changed by `transforms` in the end. `includes` takes in the views and files
   * whose change concerns it, `seen` those that it has come by, with all that is done to what they hold.
   */
  *of(name: string, transforms: readonly Transform[], includes: Set<string>, seen: Map<string, readonly Transform[]>): Iterable<Reading> {
    const kustomization = this.kustomizations.in(name);
    for (const resource of kustomization?.resources ?? []) {
      const target = resolveUri(name, resource);
      if (!kustomization || target === undefined || seen.has(target)) continue;
      seen.set(target, transforms);
      // Also of what is not there yet.
      for (const view of [target, this.material.viewOf(target)]) if (view !== name) includes.add(view);
      const file = this.material.files.get(target);
      if (file && file.view !== name) yield* this.withTransforms([file], transforms);
      if (!this.material.roots.has(target)) continue;
      const inner = [
        ...this.kustomizations.changesIn(target).list,
        ...changesBehind(kustomization, resource, transforms, this.kustomizations.byComponents(name)),
      ];
      seen.set(target, inner);
      yield* this.withTransforms(this.material.inOrder(target), inner);
      yield* this.of(target, inner, includes, seen);
    }
  }

  /** The resources of files as another view's kustomizations make them. */
  private *withTransforms(files: Iterable<File>, transforms: readonly Transform[]): Iterable<Reading> {
    const key = JSON.stringify(transforms);
    for (const { uri, manifest } of files) {
      if (this.kustomizations.isPatch(uri)) continue;
      for (const placed of manifest.documents) {
        const known = this.transformed.get(placed.document) ?? new Map<string, readonly Reading[]>();
        this.transformed.set(placed.document, known);
        const readings = known.get(key) ?? readDocument({ file: uri, placed, transforms });
        known.set(key, readings);
        this.move(placed);
        yield* readings;
      }
    }
  }
}
