import type { File } from './clusterViews.ts';

/** The files of one view. */
interface Members {
  readonly uris: Set<string>;
  /** By name; undefined after a file has come or gone. */
  order: readonly string[] | undefined;
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

  /** The files of a view by name. */
  inOrder(view: string): readonly File[] {
    const members = this.byView.get(view);
    if (!members) return [];
    members.order ??= [...members.uris].sort();
    return members.order.map((uri) => this.byUri.get(uri) as File);
  }

  put(file: File): void {
    const before = this.byUri.get(file.uri);
    this.byUri.set(file.uri, file);
    if (before?.view === file.view) return;
    const members = this.byView.get(file.view) ?? { uris: new Set(), order: undefined };
    members.uris.add(file.uri);
    members.order = undefined;
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
    members?.uris.delete(uri);
    if (members && members.uris.size > 0) members.order = undefined;
    else {
      this.byView.delete(view);
      this.onEmptied(view);
    }
  }
}
