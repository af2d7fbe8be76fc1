import type { Range } from './node.ts';

/** Replaces a range of a document by a text; offsets as in the range's own document. */
export interface TextEdit extends Range {
  readonly newText: string;
}

/** Applies edits that do not overlap, in any order. Edits at one offset keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let from = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < from) continue;
    result += text.slice(from, edit.start) + edit.newText;
    from = edit.end;
  }
  return result + text.slice(from);
}

/** Whether no edit lies inside another, so that all of them can be made. */
export const areApart = (edits: readonly TextEdit[]): boolean =>
  [...edits].sort((a, b) => a.start - b.start || a.end - b.end).every((edit, i, sorted) => i === 0 || edit.start >= (sorted[i - 1] as TextEdit).end);

export const overlaps = (a: Range, b: Range): boolean => a.start < b.end && b.start < a.end;
