import { mayHoldKnownKind } from '../kinds/resource.ts';
import type { Steps } from '../model/steps.ts';
import type { PlacedDocument } from '../syntax/manifestText.ts';
import { folderOf, isViewRoot } from './clusterView.ts';
import type { ClusterViews, File } from './clusterViews.ts';
import type { FilesAhead } from './filesAhead.ts';
import type { FilesByView } from './filesByView.ts';
import { adopt, type Held, type Holdings, heldAs } from './holdings.ts';
import type { Changes } from './kustomizations.ts';
import { readDocument } from './reading.ts';

/** The text of no transform. */
export const unchanged = '[]';

const isKustomization = (uri: string): boolean => isViewRoot(uri) && !uri.endsWith('/Chart.yaml');

/** Files that are passed over in one step. */
const filesAtOnce = 500;

/** Whether a folder is one of some, or below one. */
function belowSome(folders: ReadonlyMap<string, unknown>): (folder: string) => boolean {
  const known = new Map<string, boolean>();
  const isBelow = (folder: string): boolean => {
    if (folder === '') return false;
    const found = known.get(folder) ?? (folders.has(folder) || isBelow(folderOf(folder)));
    known.set(folder, found);
    return found;
  };
  return isBelow;
}

/** What reads files, and where it puts what they say: parts of a workspace. */
interface Parts {
  readonly files: FilesByView;
  readonly holdings: Holdings;
  readonly clusters: ClusterViews;
  readonly ahead: FilesAhead;
  /** Folders that hold a kustomization or a chart. */
  readonly roots: ReadonlySet<string>;
  /** Whether what is being taken in may wait until it shows. */
  isLater(): boolean;
}

/** Learns what the documents of files say, once they come, and anew where something else is done to them than before. */
export class Learning {
  private readonly parts: Parts;
  /** Transforms under which the resources of a view were read last, as text: of folders with a kustomization or a chart. */
  private readonly readUnder = new Map<string, string>();
  /** Folders below which something else is delivered now, or by somebody else, and that were not looked at since. */
  private readonly outdated = new Map<string, symbol>();

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** A view has no files any more. */
  forget(view: string): void {
    this.readUnder.delete(view);
  }

  /**
   * A file has come, gone or changed: where it is a kustomization or a patch of one, reads anew what it changes, and where that is a
   * component, what those change that bring it in.
   */
  relearnBehind(uri: string): void {
    for (const folder of this.parts.clusters.patchChanged(uri, this.parts.isLater())) this.relearnIfTransformed(folder);
    if (!isKustomization(uri)) return;
    const folder = folderOf(uri);
    for (const one of this.parts.clusters.kustomizationChanged(folder, this.parts.isLater())) this.relearnIfTransformed(one);
    for (const one of this.parts.clusters.patchesChanged(folder)) {
      const file = this.parts.files.get(one);
      if (file) this.relearn(file, true);
    }
  }

  /** Reads a view's resources anew where its kustomization does something else to them now. */
  private relearnIfTransformed(view: string): void {
    const now = this.parts.clusters.changes.in(view).text;
    if ((this.readUnder.get(view) ?? unchanged) === now) return;
    this.readUnder.set(view, now);
    for (const file of [...this.parts.files.inOrder(view)]) this.relearn(file);
  }

  /** What is done to the resources of a file that are read now. */
  private underFor({ uri, view }: File): Changes {
    const changes = this.parts.clusters.changes.of(uri, view);
    if (this.parts.roots.has(view)) this.readUnder.set(view, changes.text);
    return changes;
  }

  /** Something else is done from now on to what is below a folder, by whoever delivers it. */
  redelivered(folder: string): void {
    this.outdated.set(folder, Symbol());
  }

  /** Whether more than so many files are below folders that were said to be delivered otherwise. */
  owesMoreThan(limit: number): boolean {
    if (this.outdated.size === 0) return false;
    const isBelow = belowSome(this.outdated);
    let count = 0;
    for (const { uri } of this.parts.files.all()) if (isBelow(folderOf(uri)) && ++count > limit) return true;
    return false;
  }

  /** Learns anew in steps what is below folders that were said to be delivered otherwise. `take` does what changes something. */
  *redelivering(take: (change: () => void) => void): Steps<void> {
    const folders = new Map(this.outdated);
    if (folders.size === 0) return;
    const isBelow = belowSome(folders);
    // What they bring in stands elsewhere.
    for (const root of this.parts.roots) if (isBelow(root)) take(() => this.parts.clusters.stale(root, this.parts.isLater()));
    let passed = 0;
    for (const file of this.parts.files.all()) {
      const isConcerned = isBelow(folderOf(file.uri));
      if (isConcerned) take(() => this.relearn(file));
      if (isConcerned || ++passed % filesAtOnce === 0) yield;
    }
    for (const [folder, time] of folders) if (this.outdated.get(folder) === time) this.outdated.delete(folder);
  }

  /** `anew`: whatever was read before. */
  relearn(file: File, anew = false): void {
    const ignored = new Set<string>();
    const under = this.underFor(file).text;
    const before = file.manifest.documents.map((placed) => [placed, this.parts.holdings.in(placed.document)] as const);
    for (const { document } of file.manifest.documents) this.parts.holdings.take(document, ignored);
    for (const [placed, held] of before) {
      // What is said depends on the text and the transforms; only the view is another.
      const isSame = !anew && (held?.every((one) => one.under === under) ?? false);
      if (held && isSame)
        this.parts.holdings.put(
          placed.document,
          held.map(({ reading }) => heldAs(file, reading, under)),
          file,
          ignored,
        );
      else this.learn(placed, file, ignored, []);
    }
  }

  /** `gone` are resources that the same change took away: what says the same under the same name is taken over. */
  learn(placed: PlacedDocument, file: File, touched: Set<string>, gone: Held[]): void {
    const { document } = placed;
    if (this.parts.holdings.in(document) || !mayHoldKnownKind(document.text)) return;
    const { list: transforms, text: under } = this.underFor(file);
    if (this.parts.clusters.isPatch(file.uri)) {
      this.parts.holdings.put(document, [], file, touched);
      return;
    }
    const readings = this.parts.ahead.takeReadings(placed, under) ?? readDocument({ file: file.uri, placed, transforms });
    const held = readings.map((reading): Held => {
      const one = heldAs(file, reading, under);
      const index = one.identity === undefined ? -1 : gone.findIndex((candidate) => candidate.identity === one.identity);
      // Of several with one identity each takes over another.
      const [before] = index < 0 ? [] : gone.splice(index, 1);
      return before ? { ...one, reading: adopt(before.reading, reading) } : one;
    });
    this.parts.holdings.put(document, held, file, touched);
  }
}
