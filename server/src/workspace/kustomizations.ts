import type { ManifestText } from '../syntax/manifestText.ts';
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

/** The kustomizations of a workspace: what they do to their resources, and which bring in which. Folders are URIs. */
export class Kustomizations {
  private readonly folders: Folders;
  private readonly known = new Map<string, Changes>();
  private broughtIn: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(folders: Folders) {
    this.folders = folders;
  }

  /** Some have come, gone or changed. */
  changed(): void {
    this.broughtIn = undefined;
    this.known.clear();
  }

  /** A folder has no files any more. */
  forget(folder: string): void {
    this.known.delete(folder);
  }

  in(folder: string): Kustomization | undefined {
    for (const name of kustomizationNames) {
      for (const { document } of this.folders.files.get(`${folder}/${name}`)?.manifest.documents ?? []) {
        const found = readKustomization(document);
        if (found) return found;
      }
    }
    return undefined;
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
      return target === undefined ? [] : this.changesIn(target).list;
    };

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
        for (const path of this.in(root)?.resources ?? []) {
          const target = resolveUri(root, path);
          if (target !== undefined && target !== root) found.set(target, [...(found.get(target) ?? []), root]);
        }
      }
      this.broughtIn = found;
    }
    return this.broughtIn;
  }
}
