import ignore, { type Ignore } from 'ignore';

/** As git reads them where it tells capital letters from small ones. */
const none = (): Ignore => ignore({ ignorecase: false });

/** Most `**` before names of a pattern that is followed: to match takes time by this power of a path's length, and whoever wrote it may want that. */
const mostGaps = 2;

const gaps = (names: readonly string[]): number => names.slice(0, -1).filter((name) => /^\*{2,}$/.test(name)).length;

/** The lines of a `.gitignore` as lines of one at the top, `folder` being the way there. */
function moved(text: string, folder: string): readonly string[] {
  const way = folder.replace(/[\\*?[\]!# ]/g, '\\$&');
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      if (line.trim() === '' || line.startsWith('#')) return [];
      const sign = line.startsWith('!') ? '!' : '';
      const pattern = line.slice(sign.length);
      // Without a slash, but at its end, it holds at every depth.
      const between = pattern.trimEnd().slice(0, -1).includes('/') ? '/' : '/**/';
      const whole = `${way}${between}${pattern.replace(/^\//, '')}`;
      return gaps(whole.replace(/^\//, '').split('/')) > mostGaps ? [] : [sign + whole];
    });
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/**
 * What the `.gitignore` files of a workspace folder and those below it leave out. Each is read once, until one is said to have changed.
 * Paths are relative to the folder, with slashes; the folder itself is the empty path.
 */
export class GitIgnores {
  private readonly read: (folder: string) => Promise<string | undefined>;
  private patterns: Ignore = none();
  private hasPatterns = false;
  /** Folders of which the patterns are known, or being read. */
  private known = new Map<string, Promise<void>>();

  /** `read` gives the text of the `.gitignore` in a folder; undefined where there is none. */
  constructor(read: (folder: string) => Promise<string | undefined>) {
    this.read = read;
  }

  /** A `.gitignore` has changed. */
  changed(): void {
    this.patterns = none();
    this.hasPatterns = false;
    this.known = new Map();
  }

  /** Whether a file is left out. */
  async leavesOut(path: string): Promise<boolean> {
    await this.know(folderOf(path));
    return this.leavesOutKnown(path, false);
  }

  /** Whether a path in a folder that is known is left out. */
  leavesOutKnown(path: string, isFolder: boolean): boolean {
    return this.hasPatterns && path !== '' && this.patterns.ignores(isFolder ? `${path}/` : path);
  }

  /** Reads the patterns of a folder, after those above it, which they may take back. `hasOwn` is false where it is known to hold none. */
  know(folder: string, hasOwn = true): Promise<void> {
    const known = this.known.get(folder);
    if (known) return known;
    const { patterns } = this;
    const reading = (async () => {
      if (folder !== '') await this.know(folderOf(folder));
      const text = hasOwn ? await this.read(folder) : undefined;
      if (text === undefined || patterns !== this.patterns) return;
      patterns.add([...moved(text, folder)]);
      this.hasPatterns = true;
    })();
    this.known.set(folder, reading);
    return reading;
  }
}
