import { MapInParts } from '../model/mapInParts.ts';
import { folderOf } from './clusterView.ts';
import type { File } from './clusterViews.ts';
import type { Reading } from './reading.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Order in which the files of a view are looked at: folder by folder, each by name. */
const inFileOrder = (a: string, b: string): number => compare(folderOf(a), folderOf(b)) || compare(a, b);

/** The files of one view, by folder: to sort all of a hundred thousand at once takes long. */
class Members {
  private readonly byFolder = new Map<string, Set<string>>();
  /** Undefined where a folder has come. */
  private folders: readonly string[] | undefined;
  /** The files of each folder by name, where none has come since they were asked for. */
  private readonly sorted = new Map<string, readonly string[]>();

  get isEmpty(): boolean {
    return this.byFolder.size === 0;
  }

  /** Gives whether it is the first of its folder. */
  add(uri: string): boolean {
    const folder = folderOf(uri);
    const uris = this.byFolder.get(folder);
    if (uris) uris.add(uri);
    else {
      this.byFolder.set(folder, new Set([uri]));
      this.folders = undefined;
    }
    this.sorted.delete(folder);
    return uris === undefined;
  }

  /** Gives whether it was the last of its folder. */
  delete(uri: string): boolean {
    const folder = folderOf(uri);
    const uris = this.byFolder.get(folder);
    uris?.delete(uri);
    const isLast = uris?.size === 0 && this.byFolder.delete(folder);
    this.sorted.delete(folder);
    return isLast;
  }

  names(): Iterable<string> {
    return this.byFolder.keys();
  }

  /** Those below a folder, in no particular order. */
  *below(outer: string): Iterable<string> {
    for (const [folder, uris] of this.byFolder) if (folder === outer || folder.startsWith(`${outer}/`)) yield* uris;
  }

  /** Folder by folder, each by name. */
  *inOrder(): Iterable<string> {
    this.folders ??= [...this.byFolder.keys()].sort();
    for (const folder of this.folders) {
      const uris = this.sorted.get(folder) ?? [...(this.byFolder.get(folder) ?? [])].sort();
      if (uris.length > 0) this.sorted.set(folder, uris);
      yield* uris;
    }
  }
}

/** The files of a workspace, by URI, and those of each cluster view. */
export class FilesByView {
  private readonly byUri = new MapInParts<File>();
  private readonly byView = new Map<string, Members>();
  private readonly onEmptied: (view: string) => void;

  private known: ReturnType<FilesByView['viewsBelow']> | undefined;

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

  /** The files of a view, folder by folder and by name, each fetched when it is its turn: of a hundred thousand that takes long. */
  *inOrder(view: string): Iterable<File> {
    for (const uri of this.byView.get(view)?.inOrder() ?? []) {
      const file = this.byUri.get(uri);
      if (file) yield file;
    }
  }

  /** The files of a view below a folder, as they are when they are asked for. */
  below(view: string, folder: string): readonly File[] {
    return [...(this.byView.get(view)?.below(folder) ?? [])].flatMap((uri) => this.byUri.get(uri) ?? []);
  }

  /**
   * URIs of the files below a folder, in no particular order; none where no file is known there, which is asked of each of a thousand files
   * that go at once.
   */
  *urisBelow(folder: string): Iterable<string> {
    for (const view of this.viewsBelow().get(folder) ?? []) yield* this.byView.get(view)?.below(folder) ?? [];
  }

  /** The views that have files in a folder or below it, by its URI; the same object as long as no folder of a view comes or goes. */
  viewsBelow(): ReadonlyMap<string, ReadonlySet<string>> {
    if (this.known) return this.known;
    const known = new Map<string, Set<string>>();
    for (const [view, members] of this.byView) {
      for (const name of members.names()) {
        for (let folder = name; folder !== '' && !known.get(folder)?.has(view); folder = folderOf(folder))
          known.set(folder, (known.get(folder) ?? new Set()).add(view));
      }
    }
    this.known = known;
    return known;
  }

  put(file: File): void {
    const before = this.byUri.get(file.uri);
    this.byUri.set(file.uri, file);
    if (before?.view === file.view) return;
    const members = this.byView.get(file.view) ?? new Members();
    if (members.add(file.uri)) this.known = undefined;
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
    if (members?.delete(uri)) this.known = undefined;
    if (members && !members.isEmpty) return;
    this.byView.delete(view);
    this.onEmptied(view);
  }
}

/** Where the readings of a file begin, or would, among those of a view's files in order; or what is behind them. */
export function placeOf(readings: readonly Reading[], uri: string, place: 'at' | 'behind' = 'at'): number {
  let [low, high] = [0, readings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = inFileOrder((readings[middle] as Reading).origin.file, uri);
    if (order < 0 || (order === 0 && place === 'behind')) low = middle + 1;
    else high = middle;
  }
  return low;
}
