import { lineEnd, lineStart } from '../syntax/edits.ts';

/** A `# netpol-ignore id, id` comment: the rules it silences, and where. Offsets in the document's text. */
export interface IgnoreComment {
  readonly ids: readonly string[];
  readonly start: number;
  readonly end: number;
  /** Findings that begin in this range are silenced: one line, or the whole document for a comment above its first line. */
  readonly from: number;
  readonly to: number;
}

const comment = /(^|[ \t])#[ \t]*netpol-ignore[ \t:]+([a-z0-9-]+(?:[ \t]*,[ \t]*[a-z0-9-]+)*)/gm;

/** The first line that is neither blank, a comment nor a document marker, at or after `at`. */
function nextContentLine(text: string, at: number): number {
  let line = at;
  while (line < text.length && /^\uFEFF?[ \t]*(#.*|---[ \t]*(#.*)?|%.*)?\r?$/.test(text.slice(line, lineEnd(text, line)))) {
    const next = text.indexOf('\n', line);
    if (next < 0) return text.length;
    line = next + 1;
  }
  return line;
}

/**
 * Reads the ignore comments of a document. Behind a value, a comment is for its line; on a line of its own, for the
 * next line that holds something; above the first such line, for the whole document. Words after the ids are a reason.
 */
export function ignoreComments(text: string): readonly IgnoreComment[] {
  if (!text.includes('netpol-ignore')) return [];
  const firstContent = nextContentLine(text, 0);
  return [...text.matchAll(comment)].map((match) => {
    const start = match.index + (match[1] as string).length;
    const end = match.index + match[0].length;
    const ids = (match[2] as string).split(',').map((id) => id.trim());
    const line = lineStart(text, start);
    const alone = text.slice(line, start).trim() === '';
    if (alone && line < firstContent) return { ids, start, end, from: 0, to: text.length + 1 };
    const from = alone ? nextContentLine(text, line) : line;
    return { ids, start, end, from, to: lineEnd(text, from) + 1 };
  });
}
