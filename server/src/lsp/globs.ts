/** Most globs that braces of one may stand for: more are no longer meant by anybody, and each pair of braces may double them. */
const mostAlternatives = 1_000;

/** The globs without braces that one with braces stands for: `a.{ts,js}` for two. What is no pair of braces stays as it is. */
function alternatives(glob: string): readonly string[] {
  const done: string[] = [];
  for (const pending = [glob]; pending.length > 0; ) {
    const next = pending.pop() ?? '';
    // Those inside first.
    const braces = /\{([^{}]*)\}/.exec(next);
    if (!braces) done.push(next);
    else
      for (const part of (braces[1] ?? '').split(',')) pending.push(next.slice(0, braces.index) + part + next.slice(braces.index + braces[0].length));
    if (done.length + pending.length > mostAlternatives) return [];
  }
  return done;
}

/** What stands between stars: characters, `?`, `[a-z]` and `[!a-z]`. */
const fixed = (piece: string): string =>
  piece.replace(/\[(!?)([^\]]+)\]|./gsu, (one, not: string | undefined, characters: string | undefined) => {
    if (characters !== undefined) return `(?!/)[${not ? '^' : ''}${characters.replace(/[\\[\]^]/g, '\\$&')}]`;
    return one === '?' ? '[^/]' : one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });

/**
 * Pieces between which there may be anything that `skipped` stands for, one at a time. The first place where a piece fits is as good as any
 * other, so that the expression need not try them all: that would take time by a power of the length of names that others chose. The last
 * piece is looked for up to the end.
 */
function apart(pieces: readonly string[], skipped: string): string {
  const [first = '', ...rest] = pieces;
  return first + rest.map((piece, i) => (i === rest.length - 1 ? `${skipped}*${piece}` : `(?:(?!${piece})${skipped})*${piece}`)).join('');
}

/** A name with stars. */
const segment = (glob: string): string => apart(glob.split(/\*+/).map(fixed), '[^/]');

function expression(glob: string): string {
  // What is below a folder holds the folder, too.
  const below = glob.replace(/(?:^|\/)(?:\*\*\/)*\*\*$/, '');
  const isBelow = below !== glob;
  if (isBelow && below === '') return '.*';
  const runs = below.split(/(?:^|\/)(?:\*\*\/)+/).map((run) => (run === '' ? '' : run.split('/').map(segment).join('/')));
  const last = runs.length - 1;
  return (
    apart(
      runs.map((run, i) => (run === '' || i === last ? run : `${run}/`)),
      '(?:[^/]+/)',
    ) + (isBelow ? '(?:/.*)?' : '')
  );
}

/** Whether an expression is one: a range such as `[z-a]` makes none. */
function isValid(source: string): boolean {
  try {
    new RegExp(source, 'su');
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a path matches one of some globs as VS Code reads them: `**`, `*`, `?`, `{a,b}`, `[a-z]` and `[!a-z]`, and all else stands for
 * itself. Paths have slashes, and none at their beginning. A glob may be somebody else's: none takes long.
 */
export function matching(globs: readonly string[]): (path: string) => boolean {
  const sources = globs.flatMap(alternatives).map(expression).filter(isValid);
  if (sources.length === 0) return () => false;
  const all = new RegExp(`^(?:${sources.join('|')})$`, 'su');
  return (path) => all.test(path);
}
