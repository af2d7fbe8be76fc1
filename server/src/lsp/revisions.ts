import * as l10n from '@vscode/l10n';
import type { NamedView } from '../workspace/clusterView.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { Workspace } from '../workspace/workspace.ts';

/** How a host reads older versions of files. All throw where that fails; the message is for people. */
export interface Revisions {
  /** The commit that a revision names, for a folder's URI. */
  commitOf(folder: string, revision: string): Promise<string>;
  /** Names of branches and tags. */
  refsOf(folder: string): Promise<readonly string[]>;
  /** URIs and texts of the manifests of a folder at a commit. */
  filesAt(folder: string, commit: string): Promise<Iterable<readonly [uri: string, text: string]>>;
}

const folderOf = (uri: string, folders: readonly string[]): string | undefined => folders.find((folder) => uri.startsWith(`${folder}/`));

/** The workspace as it was. The last one that was asked for is kept: a panel asks with every keystroke. */
export class PastWorkspaces {
  private readonly revisions: Revisions | undefined;
  private last: { readonly key: string; readonly workspace: Promise<Workspace> } | undefined;

  constructor(revisions: Revisions | undefined) {
    this.revisions = revisions;
  }

  /** Branches and tags that a file may be compared with; none where there is no git. */
  async names(uri: string, folders: readonly string[]): Promise<readonly string[]> {
    const folder = folderOf(uri, folders);
    try {
      return folder === undefined ? [] : ((await this.revisions?.refsOf(folder)) ?? []);
    } catch {
      return [];
    }
  }

  /** The cluster view of a file at a revision; a string says why there is none. */
  async viewAt(uri: string, revision: string, folders: readonly string[], views: readonly NamedView[]): Promise<WorkspaceView | string> {
    const folder = folderOf(uri, folders);
    if (!this.revisions) return l10n.t('Comparing needs git, which there is none of here.');
    if (folder === undefined) return l10n.t('Comparing needs the folder of the file to be part of the workspace.');
    try {
      const commit = await this.revisions.commitOf(folder, revision);
      const key = JSON.stringify([folder, commit, views]);
      if (this.last?.key !== key) this.last = { key, workspace: this.read(folder, commit, views) };
      return (await this.last.workspace).viewFor(uri);
    } catch (error) {
      this.last = undefined;
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async read(folder: string, commit: string, views: readonly NamedView[]): Promise<Workspace> {
    const workspace = new Workspace();
    workspace.setFolders([folder]);
    workspace.setViews(views);
    for (const [uri, text] of (await this.revisions?.filesAt(folder, commit)) ?? []) workspace.set(uri, text);
    return workspace;
  }
}
