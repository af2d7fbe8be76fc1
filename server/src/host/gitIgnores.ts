import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The lines of a `.gitignore` as lines of one above it, `folder` being the way there. */
function moved(text: string, folder: string): readonly string[] {
  const way = folder.replace(/[\\*?[\]!# ]/g, '\\$&');
  return text.split(/\r?\n/).flatMap((line) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const sign = line.startsWith('!') ? '!' : '';
    const pattern = line.slice(sign.length);
    // Without a slash, but at its end, it holds at every depth.
    const between = pattern.trimEnd().slice(0, -1).includes('/') ? '/' : '/**/';
    return [`${sign}${way}${between}${pattern.replace(/^\//, '')}`];
  });
}

/** What the `.gitignore` files of a folder and those below it leave out. Each is read once, until one is said to have changed. */
export class GitIgnores {
  private readonly root: string;
  private patterns: Ignore = ignore();
  private hasPatterns = false;
  /** Folders of which the patterns are known, or being read. */
  private read = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.root = root;
  }

  /** A `.gitignore` below the root has changed. */
  changed(): void {
    this.patterns = ignore();
    this.hasPatterns = false;
    this.read = new Map();
  }

  /** Whether a path below the root is left out. */
  async leavesOut(path: string, isFolder: boolean): Promise<boolean> {
    await this.know(dirname(path));
    return this.leavesOutKnown(path, isFolder);
  }

  /** Whether a path of a folder that is known is left out. */
  leavesOutKnown(path: string, isFolder: boolean): boolean {
    if (!this.hasPatterns) return false;
    const name = relative(this.root, path).split(sep).join('/');
    return name !== '' && !name.startsWith('../') && this.patterns.ignores(isFolder ? `${name}/` : name);
  }

  /** Reads the patterns of a folder, after those above it, which they may take back. */
  know(folder: string): Promise<void> {
    const known = this.read.get(folder);
    if (known) return known;
    const { patterns } = this;
    const reading = (async () => {
      if (folder !== this.root && folder.startsWith(this.root)) await this.know(dirname(folder));
      const text = await readFile(join(folder, '.gitignore'), 'utf8').catch(() => undefined);
      if (text === undefined || patterns !== this.patterns) return;
      patterns.add([...moved(text, relative(this.root, folder).split(sep).join('/'))]);
      this.hasPatterns = true;
    })();
    this.read.set(folder, reading);
    return reading;
  }
}
