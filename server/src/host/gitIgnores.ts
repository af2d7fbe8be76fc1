import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** What the `.gitignore` files of a folder and those below it leave out. Each is read once, until it is said to have changed. */
export class GitIgnores {
  private readonly root: string;
  private readonly read = new Map<string, Promise<Ignore | undefined>>();

  constructor(root: string) {
    this.root = root;
  }

  /** Forgets the patterns of a folder: they have changed. */
  changed(folder: string): void {
    this.read.delete(folder);
  }

  /** Whether a path below the root is left out; what is above it in the tree is thought not to be. */
  async leavesOut(path: string, isFolder: boolean): Promise<boolean> {
    for (let folder = dirname(path); folder.startsWith(this.root); folder = dirname(folder)) {
      const patterns = await this.patternsOf(folder);
      if (patterns) {
        const name = relative(folder, path).split(sep).join('/');
        const { ignored, unignored } = patterns.test(isFolder ? `${name}/` : name);
        // The nearest file that speaks of it decides.
        if (ignored || unignored) return ignored;
      }
      if (folder === this.root || folder === dirname(folder)) break;
    }
    return false;
  }

  /** The same for a path of which the folders above may be left out too. */
  async leavesOutOrAbove(path: string): Promise<boolean> {
    const names = relative(this.root, path).split(sep);
    let folder = this.root;
    for (const [i, name] of names.entries()) {
      folder = join(folder, name);
      if (await this.leavesOut(folder, i < names.length - 1)) return true;
    }
    return false;
  }

  private patternsOf(folder: string): Promise<Ignore | undefined> {
    let patterns = this.read.get(folder);
    if (!patterns) {
      patterns = readFile(join(folder, '.gitignore'), 'utf8').then(
        (text) => ignore({ allowRelativePaths: true }).add(text),
        () => undefined,
      );
      this.read.set(folder, patterns);
    }
    return patterns;
  }
}
