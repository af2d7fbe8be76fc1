import type { ManifestText, PlacedDocument } from '../syntax/manifestText.ts';
import { isMap, resolve } from '../syntax/node.ts';
import { resolveUri } from './clusterView.ts';
import { changesOf, type Kustomization, kustomizationNames, readKustomization, type Transform } from './kustomize.ts';

/** What is done to the resources of a view, in order, and the same as text. */
export interface Changes {
  readonly list: readonly Transform[];
  readonly text: string;
}

/** The files of the workspace by URI, and the folders that are views of their own. */
interface Folders {
  readonly files: { get(uri: string): { readonly manifest: ManifestText } | undefined };
  readonly roots: ReadonlySet<string>;
}

const nowhere: ReadonlySet<string> = new Set();

/** The kustomizations of a workspace: what they do to their resources, and which bring in which. Folders are URIs. */
export class Kustomizations {
  private readonly folders: Folders;
  private readonly known = new Map<string, Changes>();
  /** Folder → those of which what is known depends on what the component in it does. */
  private readonly users = new Map<string, Set<string>>();
  /** What the kustomization of each folder brings in from outside. */
  private readonly targets = new Map<string, readonly string[]>();
  /** File of a patch → the folders whose kustomizations name it, and the other way round. */
  private readonly patchedBy = new Map<string, Set<string>>();
  private readonly patchesOf = new Map<string, readonly string[]>();
  private broughtIn: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(folders: Folders) {
    this.folders = folders;
  }

  /** That of a folder has come, gone or changed; gives the folders in which it, or a component, may do something else now. */
  changed(folder: string): ReadonlySet<string> {
    this.targets.delete(folder);
    const affected = new Set([folder]);
    for (const one of affected) {
      this.known.delete(one);
      for (const user of this.users.get(one) ?? []) affected.add(user);
      // Whoever asks again becomes one again.
      this.users.delete(one);
    }
    this.foldersChanged();
    return affected;
  }

  /** Takes in which files are patches of a folder's kustomization; gives those of which that is new, or over. */
  patchesChanged(folder: string): ReadonlySet<string> {
    const before = this.patchesOf.get(folder) ?? [];
    const now = (this.in(folder)?.patchFiles ?? []).flatMap((path) => resolveUri(folder, path) ?? []);
    const changed = new Set<string>();
    for (const file of before) {
      if (now.includes(file)) continue;
      const users = this.patchedBy.get(file);
      users?.delete(folder);
      if (users?.size !== 0) continue;
      this.patchedBy.delete(file);
      changed.add(file);
    }
    for (const file of now) {
      const users = this.patchedBy.get(file) ?? new Set();
      if (users.size === 0) changed.add(file);
      this.patchedBy.set(file, users.add(folder));
    }
    if (now.length > 0) this.patchesOf.set(folder, now);
    else this.patchesOf.delete(folder);
    return changed;
  }

  /** Whether a file is a patch of some kustomization. */
  isPatch(uri: string): boolean {
    return this.foldersPatchedBy(uri).size > 0;
  }

  /** The folders whose kustomizations name a file as a patch. */
  foldersPatchedBy(file: string): ReadonlySet<string> {
    return this.patchedBy.get(file) ?? nowhere;
  }

  /** Folders have become views of their own, or are none any more. */
  foldersChanged(): void {
    this.broughtIn = undefined;
  }

  /** A folder has no files any more. */
  forget(folder: string): void {
    this.known.delete(folder);
    this.targets.delete(folder);
  }

  /** The document in which that of a folder stands. */
  writtenIn(folder: string): (PlacedDocument & { readonly file: string }) | undefined {
    for (const name of kustomizationNames) {
      const file = `${folder}/${name}`;
      const placed = this.folders.files.get(file)?.manifest.documents.find(({ document }) => isMap(resolve(document.parsed.root)));
      if (placed) return { ...placed, file };
    }
    return undefined;
  }

  in(folder: string): Kustomization | undefined {
    const written = this.writtenIn(folder);
    return (
      written &&
      readKustomization(written.document, (path) => {
        const file = resolveUri(folder, path);
        return file === undefined ? undefined : this.folders.files.get(file)?.manifest.text;
      })
    );
  }

  /** What the kustomization of a folder does to its own resources; nothing where there is none. */
  changesIn(folder: string): Changes {
    let known = this.known.get(folder);
    if (!known) {
      // A component that brings itself in does so once.
      this.known.set(folder, { list: [], text: '[]' });
      const found = this.in(folder);
      const list = found ? changesOf(found, this.byComponents(folder)) : [];
      known = { list, text: JSON.stringify(list) };
      this.known.set(folder, known);
    }
    return known;
  }

  /** Gives what a component does that the kustomization of a folder names by a path. */
  readonly byComponents =
    (folder: string) =>
    (path: string): readonly Transform[] => {
      const target = resolveUri(folder, path);
      if (target === undefined) return [];
      const users = this.users.get(target) ?? new Set();
      this.users.set(target, users.add(folder));
      return this.changesIn(target).list;
    };

  private targetsOf(folder: string): readonly string[] {
    let found = this.targets.get(folder);
    if (!found) {
      found = (this.in(folder)?.resources ?? []).flatMap((path) => {
        const target = resolveUri(folder, path);
        return target === undefined || target === folder ? [] : [target];
      });
      this.targets.set(folder, found);
    }
    return found;
  }

  /** Whether that of a folder makes or fetches resources that no file of the workspace holds. */
  reachElsewhere(folder: string): boolean {
    const kustomization = this.in(folder);
    if (!kustomization) return false;
    if (kustomization.beyond.some((field) => /helm|generators/i.test(field))) return true;
    return kustomization.resources.some((path) => resolveUri(folder, path) === undefined);
  }

  /** Folder or file → the folders whose kustomizations bring it in, by name. */
  includers(): ReadonlyMap<string, readonly string[]> {
    if (!this.broughtIn) {
      const found = new Map<string, string[]>();
      for (const root of [...this.folders.roots].sort()) {
        for (const target of this.targetsOf(root)) {
          const includers = found.get(target);
          if (includers) includers.push(root);
          else found.set(target, [root]);
        }
      }
      this.broughtIn = found;
    }
    return this.broughtIn;
  }
}
