import { folderOf } from './clusterView.ts';
import type { Delivered } from './deliveries.ts';
import type { Changes, Kustomizations } from './kustomizations.ts';

/** What is done to the resources of files: by the kustomization of their view, and then by whoever delivers their folder. */
export class FileChanges {
  private readonly kustomizations: Pick<Kustomizations, 'changesIn'>;
  private readonly roots: ReadonlySet<string>;
  private readonly deliveredTo: (folder: string) => Delivered | undefined;
  private readonly known = new WeakMap<Delivered, WeakMap<Changes, Changes>>();

  /** `roots` are the folders that hold a kustomization or a chart; see `Deliveries.of` for `deliveredTo`. */
  constructor(kustomizations: Pick<Kustomizations, 'changesIn'>, roots: ReadonlySet<string>, deliveredTo: (folder: string) => Delivered | undefined) {
    this.kustomizations = kustomizations;
    this.roots = roots;
    this.deliveredTo = deliveredTo;
  }

  /** Who delivers a file's folder, or its view where that is a folder with a kustomization or a chart. */
  delivered(uri: string, view: string): Delivered | undefined {
    return this.deliveredTo(this.roots.has(view) ? view : folderOf(uri));
  }

  /** What is done to the resources of a file in its view. */
  of(uri: string, view: string): Changes {
    return this.behind(view, this.delivered(uri, view));
  }

  /** The same of a view that is a folder with a kustomization. */
  in(view: string): Changes {
    return this.behind(view, this.deliveredTo(view));
  }

  private behind(view: string, delivered: Delivered | undefined): Changes {
    const own = this.kustomizations.changesIn(view);
    if (!delivered) return own;
    const known = this.known.get(delivered) ?? new WeakMap<Changes, Changes>();
    this.known.set(delivered, known);
    let changes = known.get(own);
    if (!changes) {
      const list = [...own.list, delivered.transform];
      changes = { list, text: JSON.stringify(list) };
      known.set(own, changes);
    }
    return changes;
  }
}
