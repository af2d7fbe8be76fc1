/** What a line of carets says of the line above it: the range and what stands behind the carets. */
export interface Expectation {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const caretLine = /^#( *)(<?)(\^+)[ \t]*(.*)$/;

/**
 * Reads expectations written into a text: a comment line with carets under what is expected, and words behind them.
 * `#<^^^` stands under the first characters of a line, where the comment's own sign would be. Several caret lines may
 * follow each other; all speak of the last line that is none.
 */
export function readCarets(text: string): readonly Expectation[] {
  const found: Expectation[] = [];
  let offset = 0;
  let target = 0;
  for (const line of text.split('\n')) {
    const match = caretLine.exec(line);
    if (match) {
      const [, blanks = '', atStart = '', carets = '', words = ''] = match;
      const column = atStart ? 0 : blanks.length + 1;
      found.push({ start: target + column, end: target + column + carets.length, text: words.trim() });
    } else target = offset;
    offset += line.length + 1;
  }
  return found;
}

/** The text without its caret lines. */
export const withoutCarets = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !caretLine.test(line))
    .join('\n');
