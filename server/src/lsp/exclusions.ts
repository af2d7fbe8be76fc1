import { matching } from './globs.ts';

/** Globs of files and folders that are left out of the index, relative to a workspace folder: `**\/generated`. */
export class Exclusions {
  private readonly globs: readonly string[];
  private readonly isMatch: (path: string) => boolean;

  constructor(globs: readonly string[]) {
    this.globs = globs;
    this.isMatch = globs.length === 0 ? () => false : matching(globs);
  }

  /** What settings of the kind of `files.exclude` say: `{ "**\/generated": true }`. Conditions (`when`) are not followed. */
  static of(...settings: readonly unknown[]): Exclusions {
    return new Exclusions(
      settings.flatMap((setting) =>
        typeof setting === 'object' && setting !== null ? Object.entries(setting).flatMap(([glob, on]) => (on === true ? [glob] : [])) : [],
      ),
    );
  }

  same(other: Exclusions): boolean {
    return JSON.stringify(this.globs) === JSON.stringify(other.globs);
  }

  /** Whether a path is left out by itself. `path` has slashes, and none at its beginning. */
  leavesOut(path: string): boolean {
    return this.isMatch(path);
  }

  /** Whether a path or a folder above it is left out. */
  leavesOutOrAbove(path: string): boolean {
    if (this.globs.length === 0) return false;
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) if (this.isMatch(path.slice(0, end))) return true;
    return this.isMatch(path);
  }
}
