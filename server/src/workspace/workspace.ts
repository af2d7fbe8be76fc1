import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import { type DocumentText, type ManifestText, readManifestText } from '../syntax/manifestText.ts';
import { resolve, valueAt } from '../syntax/node.ts';
import { folderOf, isViewRoot, type NamedView, namedViewOf, viewOf } from './clusterView.ts';
import { mostTwins, type Twin, type WorkspaceView } from './view.ts';

interface File {
  readonly uri: string;
  readonly manifest: ManifestText;
  readonly view: string;
}

/** A resource that counts as one of its identity, and the file that holds it. */
interface Held {
  readonly identity: string;
  readonly uri: string;
  readonly resource: Resource;
}

const starts = new WeakMap<ManifestText, ReadonlyMap<DocumentText, number>>();

/** Where each document of a file begins. */
function startsOf(manifest: ManifestText): ReadonlyMap<DocumentText, number> {
  let found = starts.get(manifest);
  if (!found) {
    found = new Map(manifest.documents.map(({ document, start }) => [document, start]));
    starts.set(manifest, found);
  }
  return found;
}

const baseName = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);

/** Identity of a resource in one cluster view; undefined where netpol does not know the kind or the name. */
function identityOf(view: string, { table, kind, name, namespace }: Resource): string | undefined {
  if (!table || name === undefined || kind === undefined) return undefined;
  const group = table.apiVersion.includes('/') ? table.apiVersion.slice(0, table.apiVersion.indexOf('/')) : '';
  return [view, group, kind, namespace ?? '', name].join('\n');
}

/**
 * All resources that netpol knows of, by file, kept current one file at a time. Lives as long as the server; reads
 * nothing by itself: whoever owns it says what files hold.
 */
export class Workspace {
  private readonly files = new Map<string, File>();
  /** Identity → URI → the resources there. */
  private readonly holders = new Map<string, Map<string, Set<Resource>>>();
  private readonly held = new WeakMap<DocumentText, readonly Held[]>();
  private readonly viewRoots = new Set<string>();
  private folders: readonly string[] = [];
  private views: readonly NamedView[] = [];

  /** The workspace folders' URIs, without a slash at the end. */
  setFolders(folders: readonly string[]): void {
    this.folders = folders;
    this.regroup();
  }

  /** Views that the user names; they come before those that folders make. */
  setViews(views: readonly NamedView[]): void {
    this.views = views;
    this.regroup();
  }

  private viewOf(uri: string): string {
    return namedViewOf(uri, this.views, this.folders) ?? viewOf(uri, this.viewRoots, this.folders);
  }

  manifest(uri: string): ManifestText | undefined {
    return this.files.get(uri)?.manifest;
  }

  /** Every file's text, in documents. */
  *manifests(): Iterable<ManifestText> {
    for (const file of this.files.values()) yield file.manifest;
  }

  /** URIs of the files below a folder. */
  below(folder: string): readonly string[] {
    return [...this.files.keys()].filter((uri) => uri.startsWith(`${folder}/`));
  }

  /**
   * Takes a file's text in and gives the URIs of other files whose findings may have changed by it.
   * Documents whose text is as before keep their identity and all that is known of them.
   */
  set(uri: string, text: string): ReadonlySet<string> {
    if (isViewRoot(uri) && !this.viewRoots.has(folderOf(uri))) {
      this.viewRoots.add(folderOf(uri));
      this.regroup();
    }
    const before = this.files.get(uri);
    const manifest = readManifestText(text, baseName(uri), before?.manifest);
    const file = { uri, manifest, view: before?.view ?? this.viewOf(uri) };
    this.files.set(uri, file);
    const touched = new Set<string>();
    const kept = new Set(manifest.documents.map((placed) => placed.document));
    for (const { document } of before?.manifest.documents ?? []) if (!kept.has(document)) this.forget(document, touched);
    for (const document of kept) this.learn(document, file, touched);
    touched.delete(uri);
    return touched;
  }

  /** Forgets a file; gives the URIs of files whose findings may have changed by it. */
  delete(uri: string): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const { document } of this.files.get(uri)?.manifest.documents ?? []) this.forget(document, touched);
    this.files.delete(uri);
    if (isViewRoot(uri) && this.viewRoots.delete(folderOf(uri))) this.regroup();
    touched.delete(uri);
    return touched;
  }

  /** The read-only view in which a file's rules and features look around. */
  viewFor(uri: string): WorkspaceView {
    return { twinsOf: (resource) => this.twinsOf(uri, resource) };
  }

  private twinsOf(uri: string, resource: Resource): readonly Twin[] {
    const identity = this.held.get(resource.document)?.find((held) => held.resource === resource)?.identity;
    const holders = identity === undefined ? undefined : this.holders.get(identity);
    const twins: Twin[] = [];
    if (!holders || (holders.size === 1 && holders.get(uri)?.size === 1)) return twins;
    for (const [file, resources] of holders) {
      for (const other of resources) {
        const twin = other === resource ? undefined : this.twinAt(file, other, uri);
        if (twin) twins.push(twin);
        if (twins.length === mostTwins) return twins;
      }
    }
    return twins;
  }

  private twinAt(uri: string, resource: Resource, from: string): Twin | undefined {
    const name = resolve(valueAt(resource.root, 'metadata', 'name'));
    const file = this.files.get(uri);
    const start = file && startsOf(file.manifest).get(resource.document);
    if (!name || start === undefined) return undefined;
    return { file: uri, at: { start: start + name.start, end: start + name.end }, place: uri === from ? 'this file' : this.shortName(uri) };
  }

  /** A file's path inside its workspace folder. */
  private shortName(uri: string): string {
    const folder = this.folders.find((candidate) => uri.startsWith(`${candidate}/`));
    return decodeURIComponent(folder === undefined ? baseName(uri) : uri.slice(folder.length + 1));
  }

  private learn(document: DocumentText, file: File, touched: Set<string>): void {
    if (this.held.has(document) || !mayHoldKnownKind(document.text)) return;
    const held = resourcesOf(document).flatMap((resource) => {
      const identity = identityOf(file.view, resource);
      return identity === undefined ? [] : [{ identity, uri: file.uri, resource }];
    });
    for (const { identity, resource } of held) {
      const holders = this.holders.get(identity) ?? new Map<string, Set<Resource>>();
      for (const uri of holders.keys()) touched.add(uri);
      holders.set(file.uri, (holders.get(file.uri) ?? new Set()).add(resource));
      this.holders.set(identity, holders);
    }
    this.held.set(document, held);
  }

  private forget(document: DocumentText, touched: Set<string>): void {
    for (const { identity, uri, resource } of this.held.get(document) ?? []) {
      const holders = this.holders.get(identity);
      const own = holders?.get(uri);
      own?.delete(resource);
      if (own?.size === 0) holders?.delete(uri);
      for (const other of holders?.keys() ?? []) touched.add(other);
      if (holders?.size === 0) this.holders.delete(identity);
    }
    this.held.delete(document);
  }

  /** Assigns every file to its view anew, after views have come or gone. */
  private regroup(): void {
    const ignored = new Set<string>();
    for (const file of [...this.files.values()]) {
      const view = this.viewOf(file.uri);
      if (view === file.view) continue;
      for (const { document } of file.manifest.documents) this.forget(document, ignored);
      const moved = { ...file, view };
      this.files.set(file.uri, moved);
      for (const { document } of file.manifest.documents) this.learn(document, moved, ignored);
    }
  }
}
