import { kustomizationNames } from './kustomize.ts';
import { baseName, inUri } from './uris.ts';

/** Names of the files that make their folder a cluster view of its own: what is below is applied together, and apart from the rest. */
export const viewRootNames: readonly string[] = [...kustomizationNames, 'Chart.yaml'];

export const isViewRoot = (uri: string): boolean => viewRootNames.includes(baseName(uri));

/** URI of the folder that holds a file, without a slash at its end. */
export const folderOf = (uri: string): string => uri.slice(0, Math.max(0, uri.lastIndexOf('/')));

/** What a relative path means in a folder, both as URIs; undefined for what is elsewhere: a URL, a repository. */
export function resolveUri(folder: string, path: string): string | undefined {
  if (/^[a-z+]+:|^git@|^github\.com\//.test(path)) return undefined;
  const parts = folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(inUri(part));
  }
  return parts.join('/');
}

/** A view that the user names: the files that match, relative to their workspace folder, are one cluster. */
export interface NamedView {
  readonly name: string;
  readonly holds: (path: string) => boolean;
}

/** The first named view that holds a file; undefined where none does. */
export function namedViewOf(uri: string, views: readonly NamedView[], workspaceFolders: readonly string[]): string | undefined {
  if (views.length === 0) return undefined;
  const folder = workspaceFolders.find((candidate) => uri.startsWith(`${candidate}/`));
  const path = decodeURIComponent(folder === undefined ? uri : uri.slice(folder.length + 1));
  const view = views.find(({ holds }) => holds(path));
  return view && `view:${view.name}`;
}

/**
 * The cluster view that a file belongs to, named by its folder's URI: the nearest folder above it that holds a
 * kustomization or a Helm chart, else the workspace folder, else the file's own folder.
 */
export function viewOf(uri: string, roots: ReadonlySet<string>, workspaceFolders: readonly string[]): string {
  let workspaceFolder: string | undefined;
  for (const folder of workspaceFolders) {
    if (uri[folder.length] === '/' && uri.startsWith(folder) && folder.length > (workspaceFolder?.length ?? -1)) workspaceFolder = folder;
  }
  const top = workspaceFolder ?? folderOf(uri);
  if (roots.size === 0) return top;
  for (let folder = folderOf(uri); folder.length >= top.length; folder = folderOf(folder)) {
    if (roots.has(folder)) return folder;
    if (folder === '' || folder === top) break;
  }
  return top;
}
