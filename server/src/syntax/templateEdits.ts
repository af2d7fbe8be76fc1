import { columnOf, lineEnd, lineStart } from './edits.ts';
import { branchAt, type Gap } from './template.ts';
import { overlaps, type TextEdit } from './textEdit.ts';

/** The column of the first thing in a range that is not blank. */
const firstColumn = (text: string, start: number, end: number): number =>
  columnOf(text, start + (text.slice(start, end).length - text.slice(start, end).trimStart().length));

/** The largest column at which what follows an edit still belongs to what it belonged to. */
function mostBehind(text: string, { start, end, newText }: TextEdit): number {
  const before = text.slice(lineStart(text, start), start);
  const removed = text.slice(start, end);
  // An empty collection in one line takes no more items or keys.
  if (/(?:\[\]|\{\})$/.test(newText.trimEnd()) && removed.trim() !== '' && !/^[[{]/.test(removed.trim())) return firstColumn(text, start, end) - 1;
  if (newText === '' && removed.includes('\n')) return firstColumn(text, start, end);
  if (newText.includes('\n')) {
    // Behind what a line holds already, the lines begin with the next.
    const first = before.trim() === '' ? undefined : /\n([ \t]*)\S/.exec(newText);
    return first ? (first[1] as string).length : before.length;
  }
  const isLast = newText !== '' && text.slice(end, lineEnd(text, end)).trim() === '';
  return isLast ? before.length - before.replace(/^[ \t]*(?:- +)*/, '').length : Number.POSITIVE_INFINITY;
}

/** Blanks and comments. */
const nothing = /^(?:\s|#[^\n]*(?:\n|$))*/;

const behindNothing = (text: string, at: number): number => at + (nothing.exec(text.slice(at))?.[0].length ?? 0);

/** The column of what follows an offset, by whichever branch; undefined where that is not known, and −1 at the end. */
function columnBehind(text: string, gaps: readonly Gap[], offset: number): number | undefined {
  let at = offset;
  for (const { start, end, writes, column } of gaps) {
    if (start < offset) continue;
    at = behindNothing(text, at);
    if (at < start) break;
    // In a comment.
    if (at > start) continue;
    if (writes) return column;
    at = end;
  }
  at = behindNothing(text, at);
  return at < text.length ? columnOf(text, at) : -1;
}

/**
 * Whether a template is still what it was after an edit: none of its actions goes, what they write belongs to what it belonged to, and what
 * is written stands in no other branch than `beside`, the offset of what is mended.
 */
export function keepsTemplate(text: string, gaps: readonly Gap[], edit: TextEdit, beside: number): boolean {
  if (gaps.length === 0) return true;
  if (gaps.some((gap) => overlaps(gap, edit))) return false;
  if (branchAt(gaps, edit.start) !== branchAt(gaps, beside)) return false;
  const most = mostBehind(text, edit);
  const behind = columnBehind(text, gaps, edit.end);
  return behind === undefined ? most === Number.POSITIVE_INFINITY : behind <= most;
}
