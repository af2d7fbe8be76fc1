/** Which of a workspace's files are not worth reading, by name and size. */

/** Folders that hold other people's files or none worth reading. */
export const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git', '.hg', '.svn', '.terraform', 'vendor']);

/** Whether a folder of this name is never looked into. */
export const isSkippedFolder = (name: string): boolean => skippedFolders.has(name);

/** Whether a path, with slashes between its names, leads into such a folder. */
export const isInSkippedFolder = (path: string): boolean => path.split('/').slice(0, -1).some(isSkippedFolder);

/** Manifests, and files that tell of the network plugin. */
const manifestName = /\.(ya?ml|json|tf|bicep)$|^Kustomization$/;

const notManifests = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'packages.lock.json', 'tsconfig.json', 'package.json']);

/** Whether a file may be a manifest, by its name. */
export const mayBeManifest = (name: string): boolean => manifestName.test(name) && !notManifests.has(name);

/** Largest file that is read, in bytes. */
export const maxFileSize = 50 << 20;
