/** Folders that hold other people's files or none worth reading. */
const skipped = new Set(['node_modules', '.git', '.hg', '.svn', '.terraform', 'vendor']);

/** Whether a folder of this name is never looked into. */
export const isSkippedFolder = (name: string): boolean => skipped.has(name);

/** Whether a path, with slashes between its names, leads into such a folder. */
export const isInSkippedFolder = (path: string): boolean => path.split('/').slice(0, -1).some(isSkippedFolder);
