import { letGoOf } from '../kinds/resource.ts';
import type { Cluster } from '../model/cluster.ts';
import { finished, type Steps } from '../model/steps.ts';
import { type DocumentText, type ManifestText, readManifestText } from '../syntax/manifestText.ts';
import { folderOf, isViewRoot, type NamedView, namedViewOf, viewOf, viewRootNames } from './clusterView.ts';
import { ClusterViews, type File } from './clusterViews.ts';
import { Deliveries, maySpeakOfFlux } from './deliveries.ts';
import type { EngineEvidence } from './engine.ts';
import { EngineSigns } from './engineSigns.ts';
import { FilesAhead } from './filesAhead.ts';
import { FilesByView } from './filesByView.ts';
import { fileView, type Given } from './fileView.ts';
import { type Held, Holdings, heldAs } from './holdings.ts';
import type { Transform } from './kustomize.ts';
import { Learning, unchanged } from './learning.ts';
import { Makers } from './makers.ts';
import { type FileFacts, factsOfFile, restoreFile } from './remembered.ts';
import { baseName } from './uris.ts';
import type { WorkspaceView } from './view.ts';
import { Whereabouts } from './whereabouts.ts';

const nothing: Pick<ManifestText, 'documents'> = { documents: [] };

/** Files that are read anew in one turn: some ten milliseconds. */
const mostAtOnce = 50;

/**
 * All resources that netpol knows of, by file, kept current one file at a time. Lives as long as the server; reads
 * nothing by itself: whoever owns it says what files hold.
 */
export class Workspace {
  /** Whether files are still being read, or some are not to be: what is missing may be there, and there may be more everywhere. */
  reading = false;
  /** Whether its owner settles, in steps, what would take long at once: files that are delivered otherwise since a change. */
  settlesMuch = false;
  private readonly files = new FilesByView((view) => {
    this.learning.forget(view);
    this.clusters.drop(view);
  });
  private readonly holdings = new Holdings((view, file) => this.clusters.stale(view, this.isLater, file));
  private readonly whereabouts = new Whereabouts(this.files, this.holdings, () => this.folders);
  private readonly ahead = new FilesAhead();
  private readonly viewRoots = new Set<string>();
  private readonly clusters = new ClusterViews({
    files: this.files,
    inOrder: (view) => this.files.inOrder(view),
    roots: this.viewRoots,
    viewOf: (uri) => this.viewOf(uri),
    readingsOf: (document) => this.holdings.readingsIn(document),
    deliveredTo: (folder) => this.deliveries.of(folder),
    makings: () => this.makers.all(),
    viewsBelow: () => this.files.viewsBelow(),
    deliveredAmong: (folders, uri, delivery) => this.deliveries.among(folders, uri, delivery),
  });
  private readonly learning = new Learning({
    files: this.files,
    holdings: this.holdings,
    clusters: this.clusters,
    ahead: this.ahead,
    roots: this.viewRoots,
    isLater: () => this.isLater,
  });
  private readonly makers = new Makers();
  private readonly deliveries = new Deliveries(() => this.folders);
  private readonly signs = new EngineSigns();
  /** Whether what is being taken in may wait until it shows. */
  private isLater = false;
  private folders: readonly string[] = [];
  private views: readonly NamedView[] = [];

  /** The workspace folders' URIs, without a slash at the end. */
  setFolders(folders: readonly string[]): void {
    this.folders = folders;
    this.regroup([...this.files.all()]);
    if (this.deliveries.foldersChanged()) for (const file of [...this.files.all()]) this.learning.relearn(file);
  }

  /** Views that the user names; they come before those that folders make. */
  setViews(views: readonly NamedView[]): void {
    this.views = views;
    this.regroup([...this.files.all()]);
  }

  private viewOf(uri: string): string {
    return namedViewOf(uri, this.views, this.folders) ?? viewOf(uri, this.viewRoots, this.folders);
  }

  /** The cluster view in which a file is looked at: the outermost that it ends up in. */
  viewName(uri: string): string {
    return this.clusters.topOf(this.files.get(uri)?.view ?? this.viewOf(uri));
  }

  manifest(uri: string): ManifestText | undefined {
    return this.files.get(uri)?.manifest;
  }

  /** The files that are known. */
  uris(): Iterable<string> {
    return this.files.uris();
  }

  /** Files with resources that netpol reads, and the policies in them. */
  counts(): { readonly files: number; readonly policies: number } {
    return this.holdings.counts();
  }

  /** URIs of the files below a folder. */
  below(folder: string): readonly string[] {
    return [...this.files.urisBelow(folder)];
  }

  /** Parses and reads in steps what a file will hold: `set` takes it over. */
  *parsing(uri: string, text: string): Steps<void> {
    const before = this.files.get(uri);
    const manifest = readManifestText(text, baseName(uri), before?.manifest);
    yield* this.ahead.reading(uri, manifest, () => this.clusters.changes.of(uri, before?.view ?? this.viewOf(uri)));
  }

  /**
   * Takes a file's text in and gives the URIs of other files whose findings may have changed by it.
   * Documents whose text is as before keep their identity and all that is known of them.
   */
  set(uri: string, text: string): ReadonlySet<string> {
    const folder = folderOf(uri);
    if (isViewRoot(uri) && !this.viewRoots.has(folder)) {
      const outer = viewOf(uri, this.viewRoots, this.folders);
      this.viewRoots.add(folder);
      this.regroup(this.files.below(outer, folder));
    }
    const before = this.files.get(uri);
    const manifest = readManifestText(text, baseName(uri), this.ahead.take(uri) ?? before?.manifest);
    const file = { uri, manifest, view: before?.view ?? this.viewOf(uri) };
    this.files.put(file);
    this.noteMaker(uri, text, manifest);
    this.signs.setManifest(uri, manifest);
    this.learning.relearnBehind(uri);
    const touched = new Set<string>();
    const kept = new Set<DocumentText>();
    for (const { document } of manifest.documents) kept.add(document);
    const gone: Held[] = [];
    for (const { document } of before?.manifest.documents ?? []) if (!kept.has(document)) gone.push(...this.holdings.take(document, touched));
    for (const placed of manifest.documents) {
      if (this.holdings.in(placed.document)) {
        this.holdings.move(placed);
        this.clusters.move(placed);
      } else this.learning.learn(placed, file, touched, gone);
    }
    touched.delete(uri);
    return touched;
  }

  /** Lets go of a file's trees until somebody looks into it: for a file that is not open. */
  letGo(uri: string): void {
    for (const { document } of this.files.get(uri)?.manifest.documents ?? []) letGoOf(document);
  }

  /**
   * Takes a file in as an earlier start knew it: only for a file that the workspace does not hold, and that makes no view. `load` gives its
   * text when somebody looks into it, or undefined where it is no longer what it was.
   */
  restore(uri: string, facts: FileFacts, load: () => string | undefined): void {
    const { manifest, readings } = restoreFile(uri, facts, load);
    // What is remembered speaks of nothing else; what the file held before may have.
    if (this.speaksOfOthers(uri)) {
      this.noteMaker(uri, '');
      this.signs.delete(uri);
    }
    const file = { uri, manifest, view: this.viewOf(uri) };
    this.files.put(file);
    const isAsWas = this.clusters.changes.of(uri, file.view).text === unchanged;
    const ignored = new Set<string>();
    for (const [placed, known] of readings) {
      if (isAsWas && !this.isPatch(uri))
        this.holdings.put(
          placed.document,
          known.map((reading) => heldAs(file, reading, unchanged)),
          file,
          ignored,
        );
      else this.learning.learn(placed, file, ignored, []);
    }
  }

  /** What another start may take a file in by; undefined where it must read the file. */
  factsOf(uri: string): FileFacts | undefined {
    const file = this.files.get(uri);
    if (!file || isViewRoot(uri) || this.isPatch(uri) || this.speaksOfOthers(uri)) return undefined;
    const held = file.manifest.documents.flatMap(({ document }) => this.holdings.in(document) ?? []);
    if (held.some(({ under }) => under !== unchanged)) return undefined;
    return factsOfFile(file.manifest, (document) => this.holdings.readingsIn(document));
  }

  /** Whether a file is a patch of some kustomization: what it holds are parts of other resources, and no resource is its own. */
  isPatch(uri: string): boolean {
    return this.clusters.isPatch(uri);
  }

  /** What whoever delivers a file's folder does to its resources, beside what kustomizations do; see `Deliveries`. */
  deliveredTo(uri: string): Transform | undefined {
    return this.clusters.changes.delivered(uri, this.viewOf(uri))?.transform;
  }

  /** Whether a file says something that only its text tells: of the engine, or of resources that are made elsewhere. */
  speaksOfOthers(uri: string): boolean {
    return this.makers.has(uri) || this.deliveries.has(uri) || this.signs.has(uri);
  }

  /** Forgets a file; gives the URIs of files whose findings may have changed by it. */
  delete(uri: string): ReadonlySet<string> {
    const touched = new Set<string>();
    // Of most files of a folder nothing is known, and thousands are said to say nothing.
    if (!this.files.has(uri) && !this.speaksOfOthers(uri)) return touched;
    this.signs.delete(uri);
    const gone = this.files.get(uri);
    for (const { document } of gone?.manifest.documents ?? []) this.holdings.take(document, touched);
    this.files.delete(uri);
    this.noteMaker(uri, '');
    this.learning.relearnBehind(uri);
    const folder = folderOf(uri);
    const isView = viewRootNames.some((name) => this.files.has(`${folder}/${name}`));
    if (isViewRoot(uri) && !isView && this.viewRoots.delete(folder)) this.regroup(this.files.below(folder, folder));
    touched.delete(uri);
    return touched;
  }

  /** URIs of files with Helm releases, whose resources no file holds. */
  releases(): readonly string[] {
    return this.makers.releases();
  }

  /** Looks at a file that holds no manifest for what it says of others: Terraform, Bicep and chart values of the engine, releases of resources. */
  noteOther(uri: string, text: string): void {
    this.noteMaker(uri, text);
    this.signs.setOther(uri, text);
  }

  /** The engine that the workspace's files speak of, with where; several where they disagree. In no particular order. */
  engineSigns(): readonly (EngineEvidence & { readonly place: string })[] {
    return this.signs.all().map(({ uri, ...evidence }) => ({ ...evidence, place: this.whereabouts.shortName(uri) }));
  }

  /** Takes in changes that show when they are settled: after each of many, clusters would be put together again and again. */
  later<T>(take: () => T): T {
    const before = this.isLater;
    this.isLater = true;
    try {
      return take();
    } finally {
      this.isLater = before;
    }
  }

  /** Whether the cluster that a file is part of is known, as it is or as it was before changes that are not settled. */
  isPutTogether(uri: string): boolean {
    return this.clusters.isKnown(this.viewName(uri));
  }

  /** Puts together in steps the cluster that a file will be part of once all is settled; see `ClusterViews.preparing`. */
  *preparing(uri: string): Steps<Cluster | undefined> {
    return (yield* this.clusters.preparing(this.viewName(uri)))?.cluster;
  }

  /**
   * Everything that was taken in shows from now on. A question about one of these files shall not have to put all together: what has changed
   * while its cluster was prepared shows when it is settled the next time, as it must be by whoever takes something in.
   */
  settle(files: Iterable<string> = []): void {
    // Whoever caused it settles it.
    if (!this.isBehind) finished(this.redelivering());
    this.clusters.settle(new Set([...files].map((uri) => this.viewName(uri))));
  }

  /** Whether many files are as they were before a change of what delivers them, until somebody settles that; only where it `settlesMuch`. */
  get isBehind(): boolean {
    return this.settlesMuch && this.learning.owesMoreThan(mostAtOnce);
  }

  /** Reads anew in steps what is below folders that are delivered otherwise than before, to show when it is settled; `settle` does what is left of it, unless it is much. */
  redelivering(): Steps<void> {
    return this.learning.redelivering((change) => this.later(change));
  }

  /** The read-only view in which a file's rules and features look around. */
  viewFor(uri: string, given: Given = {}): WorkspaceView {
    return fileView(uri, this.files.get(uri)?.view ?? this.viewOf(uri), given, {
      files: this.files,
      clusters: this.clusters,
      holdings: this.holdings,
      whereabouts: this.whereabouts,
      roots: this.viewRoots,
      isReading: () => this.reading,
    });
  }

  private noteMaker(uri: string, text: string, manifest?: ManifestText): void {
    let read = manifest;
    const reading = () => (read ??= readManifestText(text, baseName(uri)));
    if (this.makers.set(uri, text, reading)) this.clusters.stale(this.viewOf(uri), this.isLater);
    const mayDeliver = this.makers.has(uri) || maySpeakOfFlux(text);
    const delivering = mayDeliver ? reading() : nothing;
    for (const folder of this.deliveries.set(uri, delivering)) {
      this.learning.redelivered(folder);
      // Releases below it, which are not read anew, land elsewhere now.
      this.clusters.staleBelow(folder, this.viewOf(`${folder}/`), this.isLater);
    }
    if (!this.isLater && !this.isBehind) finished(this.learning.redelivering((change) => change()));
  }

  /** Assigns files to their views anew, after views have come or gone. */
  private regroup(files: readonly File[]): void {
    for (const file of files) {
      const view = this.viewOf(file.uri);
      if (view === file.view) continue;
      const moved = { ...file, view };
      this.files.put(moved);
      this.learning.relearn(moved);
    }
    this.clusters.regrouped(this.isLater);
  }
}
