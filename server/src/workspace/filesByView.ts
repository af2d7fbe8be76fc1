import type { File } from './clusterViews.ts';

/** The files of a workspace, by URI, and how many each cluster view has. */
export class FilesByView {
  private readonly byUri = new Map<string, File>();
  /** How many files each view has. */
  private readonly sizes = new Map<string, number>();
  /** URIs by name; undefined after a file has come or gone. */
  private order: readonly string[] | undefined;
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

  inOrder(): readonly File[] {
    this.order ??= [...this.byUri.keys()].sort();
    return this.order.map((uri) => this.byUri.get(uri) as File);
  }

  put(file: File): void {
    const before = this.byUri.get(file.uri);
    if (!before) this.order = undefined;
    this.byUri.set(file.uri, file);
    if (before?.view === file.view) return;
    this.sizes.set(file.view, (this.sizes.get(file.view) ?? 0) + 1);
    if (before) this.leave(before.view);
  }

  delete(uri: string): void {
    const file = this.byUri.get(uri);
    if (!file) return;
    this.byUri.delete(uri);
    this.order = undefined;
    this.leave(file.view);
  }

  private leave(view: string): void {
    const left = (this.sizes.get(view) ?? 0) - 1;
    if (left > 0) this.sizes.set(view, left);
    else {
      this.sizes.delete(view);
      this.onEmptied(view);
    }
  }
}
