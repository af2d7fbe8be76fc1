import type { File } from './clusterViews.ts';

/** The files of one view. */
class Members {
  readonly uris = new Set<string>();
  /** By name, and behind them those that have come since; some may have gone, and come again. */
  private order: string[] = [];
  private isSorted = true;
  private hasGone = false;

  add(uri: string): void {
    this.uris.add(uri);
    this.order.push(uri);
    this.isSorted = false;
    if (this.order.length > 2 * this.uris.size + 16) this.sweep();
  }

  delete(uri: string): void {
    this.uris.delete(uri);
    this.hasGone = true;
  }

  inOrder(): readonly string[] {
    if (this.hasGone) this.sweep();
    // Fast where most are in order already.
    if (!this.isSorted) this.order.sort();
    this.isSorted = true;
    return this.order;
  }

  private sweep(): void {
    this.order = [...new Set(this.order)].filter((uri) => this.uris.has(uri));
    this.hasGone = false;
  }
}

/** The files of a workspace, by URI, and those of each cluster view. */
export class FilesByView {
  private readonly byUri = new Map<string, File>();
  private readonly byView = new Map<string, Members>();
  private readonly onEmptied: (view: string) => void;

  /** `onEmptied` is called with each view whose last file has gone. */
  constructor(onEmptied: (view: string) => void) {
    this.onEmptied = onEmptied;
  }

  get(uri: string): File | undefined {
    return this.byUri.get(uri);
  }

  has(uri: string): boolean {
    return this.byUri.has(uri);
  }

  uris(): Iterable<string> {
    return this.byUri.keys();
  }

  all(): Iterable<File> {
    return this.byUri.values();
  }

  /** The files of a view by name, each fetched when it is its turn: of a hundred thousand that takes long. */
  *inOrder(view: string): Iterable<File> {
    for (const uri of this.byView.get(view)?.inOrder() ?? []) {
      const file = this.byUri.get(uri);
      if (file) yield file;
    }
  }

  put(file: File): void {
    const before = this.byUri.get(file.uri);
    this.byUri.set(file.uri, file);
    if (before?.view === file.view) return;
    const members = this.byView.get(file.view) ?? new Members();
    members.add(file.uri);
    this.byView.set(file.view, members);
    if (before) this.leave(before);
  }

  delete(uri: string): void {
    const file = this.byUri.get(uri);
    if (!file) return;
    this.byUri.delete(uri);
    this.leave(file);
  }

  private leave({ uri, view }: File): void {
    const members = this.byView.get(view);
    members?.delete(uri);
    if (members && members.uris.size > 0) return;
    this.byView.delete(view);
    this.onEmptied(view);
  }
}
