import { isLeftToParser, LineReader } from './blockLines.ts';
import type { Node, Range } from './node.ts';
import { applyEdits, type TextEdit } from './textEdit.ts';

/** A slip of the hand: one of the small things that turn a manifest into text that is no YAML. */
export type Slip =
  | 'no-colon'
  | 'no-space-behind-colon'
  | 'no-space-behind-dash'
  | 'no-dash'
  | 'dash-too-many'
  | 'open-quote'
  | 'quote-too-many'
  | 'open-bracket'
  | 'bracket-too-many'
  | 'indentation';

/** One slip in one line, and the text without it. Offsets relative to the document. */
export interface Repair {
  readonly slip: Slip;
  /** Where it shows: a word of the line. */
  readonly at: Range;
  readonly edits: readonly TextEdit[];
  /** First key or value of the line. */
  readonly word: string;
  /** Column in which the line begins then, from 0. */
  readonly column: number;
  /** Columns by which that moves it. */
  readonly distance: number;
  /** The key to which it then belongs: a neighbour of its own, or the one that holds it. Undefined at the top of the document. */
  readonly near: { readonly is: 'beside' | 'below'; readonly key: string } | undefined;
  /** The document then. */
  readonly root: Node;
}

export interface Repairs {
  readonly found: readonly Repair[];
  /** The documents without one of the lines that were looked at, and what is below it: those that can be read. */
  readonly without: readonly Node[];
}

const none: Repairs = { found: [], without: [] };

interface Line extends Range {
  /** Offset of its indentation. */
  readonly from: number;
  /** Columns before its first character; a tab is two. */
  readonly indent: number;
  readonly hasTab: boolean;
  /** Columns before its first key or value, behind its dashes. */
  readonly inner: number;
  /** Without indentation and comment. */
  readonly content: string;
}

/** Most lines that are looked at: the one in which the text stops making sense, and those before it that it may have to line up with. */
const mostLines = 10;

/** Longest document that is looked through, in UTF-16 code units: some fifty changes are tried, each in the time of reading what stands behind it. */
const longest = 6000;

/** Most changes that are tried: a policy nests a dozen levels, and somebody may nest a hundred. */
const mostTried = 150;

const ofContent = (line: Line): boolean => line.content !== '' && !line.content.startsWith('#') && !/^(---|\.\.\.)$/.test(line.content);

function linesOf(text: string): readonly Line[] {
  let from = 0;
  return text.split('\n').map((full) => {
    const white = /^[ \t]*/.exec(full)?.[0] ?? '';
    const indent = white.replaceAll('\t', '  ').length;
    const content = full
      .slice(white.length)
      .replace(/(^|\s)#.*$/, '')
      .trimEnd();
    const start = from + white.length;
    const inner = indent + (/^(?:- +)*/.exec(content)?.[0].length ?? 0);
    const line = { from, start, end: start + content.length, indent, inner, content, hasTab: white.includes('\t') };
    from += full.length + 1;
    return line;
  });
}

interface Change {
  readonly slip: Slip;
  readonly edits: readonly TextEdit[];
  readonly column: number;
}

/** What a line may lack between its words, or have too much of. */
function* inLine({ content, start, end, indent, inner }: Line): Generator<Change> {
  const insert = (slip: Slip, at: number, newText: string, column = indent): Change => ({ slip, edits: [{ start: at, end: at, newText }], column });
  const words = content.slice(inner - indent);
  const from = start + inner - indent;
  const [key = ''] = /^[A-Za-z][\w./-]*/.exec(words) ?? [];
  const rest = words.slice(key.length);
  if (key !== '' && /^:[^\s:]/.test(rest)) yield insert('no-space-behind-colon', from + key.length + 1, ' ');
  const [gap] = /^(?: *= *| +(?=\S)|$)/.exec(rest) ?? [];
  if (key !== '' && gap !== undefined && !/:(\s|$)/.test(words)) {
    const colon = rest.trim() === '' || rest.slice(gap.length) === '' ? ':' : ': ';
    yield { slip: 'no-colon', edits: [{ start: from + key.length, end: from + key.length + gap.length, newText: colon }], column: indent };
  }
  if (/^-[^\s-]/.test(content)) yield insert('no-space-behind-dash', start + 1, ' ');
  if (!content.startsWith('-')) {
    yield insert('no-dash', start, '- ');
    if (indent >= 2) yield { slip: 'no-dash', edits: [{ start: start - 2, end: start, newText: '- ' }], column: indent - 2 };
  } else if (inner > indent) {
    yield { slip: 'dash-too-many', edits: [{ start, end: from, newText: '' }], column: indent };
    yield { slip: 'dash-too-many', edits: [{ start, end: from, newText: ' '.repeat(inner - indent) }], column: inner };
  }
  for (const quote of ['"', "'"]) {
    if (content.split(quote).length % 2 === 1) continue;
    yield insert('open-quote', end, quote);
    if (content.endsWith(quote)) yield { slip: 'quote-too-many', edits: [{ start: end - 1, end, newText: '' }], column: indent };
  }
  const open: string[] = [];
  for (const character of content.replace(/"[^"]*"|'[^']*'/g, '')) {
    if (character === '{') open.unshift('}');
    else if (character === '[') open.unshift(']');
    else if (character === open[0]) open.shift();
  }
  if (open.length > 0) yield insert('open-bracket', end, open.join(''));
  if (/[\]}]$/.test(content)) yield { slip: 'bracket-too-many', edits: [{ start: end - 1, end, newText: '' }], column: indent };
}

/** Columns in which a line may begin for what stands before it: those of what is open there, and the next deeper one. */
function columnsAt(lines: readonly Line[], index: number): ReadonlySet<number> {
  const columns = new Set<number>([0]);
  let leftmost = Number.POSITIVE_INFINITY;
  for (let i = index - 1; i >= 0 && leftmost > 0; i--) {
    const line = lines[i] as Line;
    if (!ofContent(line) || line.indent >= leftmost) continue;
    if (leftmost === Number.POSITIVE_INFINITY && /[:-]$/.test(line.content)) columns.add(line.inner + 2);
    for (const column of [line.inner, line.indent]) columns.add(column);
    leftmost = line.indent;
  }
  return columns;
}

/** The last of the lines that stand deeper below one; itself where none does. */
function lastBelow(lines: readonly Line[], index: number): number {
  const line = lines[index] as Line;
  let last = index;
  for (let i = index + 1; i < lines.length; i++) {
    const { content, indent } = lines[i] as Line;
    if (content === '') continue;
    if (indent <= line.indent) break;
    last = i;
  }
  return last;
}

/** Other indentations of a line, alone and with what stands deeper below it. */
function* indented(lines: readonly Line[], index: number): Generator<Change> {
  const line = lines[index] as Line;
  // It is still being typed.
  if (line.content === '-') return;
  const last = lastBelow(lines, index);
  for (const column of columnsAt(lines, index)) {
    if (column === line.indent && !line.hasTab) continue;
    const moved = ({ from, start, indent }: Line): TextEdit => ({
      start: from,
      end: start,
      newText: ' '.repeat(Math.max(0, indent + column - line.indent)),
    });
    yield { slip: 'indentation', edits: [moved(line)], column };
    if (last > index)
      yield {
        slip: 'indentation',
        edits: lines
          .slice(index, last + 1)
          .filter(ofContent)
          .map(moved),
        column,
      };
  }
}

/** The key beside or below which a line stands that begins in a column; undefined at the top of the document. */
function nearKey(lines: readonly Line[], index: number, column: number, isItem: boolean): Repair['near'] {
  for (let i = index - 1; i >= 0; i--) {
    const line = lines[i] as Line;
    const [, key, isOpen] = /^(?:- +)*["']?([\w./-]+)["']?:(?:\s|($))/.exec(line.content) ?? [];
    if (!ofContent(line) || key === undefined) continue;
    if (!isItem && line.inner === column) return { is: 'beside', key };
    if (isOpen !== undefined && (line.inner < column || (isItem && line.inner === column))) return { is: 'below', key };
  }
  return undefined;
}

/**
 * Those lines in which the slip may be, from the last to the first: what stands just before, what the last line may have to line up with, and
 * what is first below that.
 */
function suspects(lines: readonly Line[], last: number): readonly number[] {
  const found = new Set<number>();
  let leftmost = Number.POSITIVE_INFINITY;
  let below: number | undefined;
  for (let i = last, seen = 0; i >= 0 && (leftmost > 0 || seen < 3); i--) {
    const line = lines[i] as Line;
    if (!ofContent(line)) continue;
    seen++;
    if (seen <= 3 || line.indent < leftmost || line.indent === lines[last]?.indent) found.add(i);
    if (line.indent < leftmost && below !== undefined) found.add(below);
    leftmost = Math.min(leftmost, line.indent);
    below = i;
  }
  return [...found].sort((a, b) => b - a).slice(0, mostLines);
}

/**
 * The single slips without which a text that is no YAML would be, in the line where it stops making sense or before it. Each is tried: what is
 * given can be read. None where something else is wrong, or more than one thing.
 */
export function repairsOf(text: string): Repairs {
  if (text.length > longest) return none;
  const lines = linesOf(text);
  const tab = lines.findIndex(({ hasTab }) => hasTab);
  if (tab < 0 && isLeftToParser(text)) return none;
  const reader = new LineReader(text);
  while ((tab < 0 || reader.at < (lines[tab] as Line).from) && reader.readLine());
  const last = lines.findLastIndex(({ from }) => from <= reader.at);
  if (tab >= 0) return last === tab ? readable(text, lines, [tab], (index) => [...indented(lines, index)]) : none;
  return reader.end() ? none : readable(text, lines, suspects(lines, last), (index) => [...inLine(lines[index] as Line), ...indented(lines, index)]);
}

/** Other indentations of the line that begins at an offset, of a text that is YAML as it is. None where it does not begin there. */
export function indentationsAt(text: string, offset: number): Repairs {
  if (text.length > longest || isLeftToParser(text)) return none;
  const lines = linesOf(text);
  const index = lines.findIndex(({ start, indent, inner }) => start + inner - indent === offset);
  return index < 0 ? none : readable(text, lines, [index], (one) => [...indented(lines, one)]);
}

/** Those changes of lines after which the text can be read. */
function readable(text: string, lines: readonly Line[], indices: readonly number[], changes: (index: number) => readonly Change[]): Repairs {
  const found: Repair[] = [];
  const without: Node[] = [];
  const tried = new Set<string>();
  for (const { index, before } of readUpTo(text, lines, indices)) {
    const line = lines[index] as Line;
    const { from } = line;
    const end = lines[lastBelow(lines, index) + 1]?.from ?? text.length;
    const rest = readFrom(before, text.slice(0, from) + text.slice(end));
    if (rest) without.push(rest);
    for (const { slip, edits, column } of changes(index)) {
      const mended = applyEdits(text, edits);
      if (tried.has(mended)) continue;
      if (tried.size >= mostTried) break;
      tried.add(mended);
      const root = readFrom(before, mended);
      if (!root) continue;
      const isItem = slip === 'no-dash' || (slip !== 'dash-too-many' && line.inner > line.indent);
      const [word = ''] = /^[^\s:]+/.exec(line.content.slice(line.inner - line.indent)) ?? [];
      found.push({
        slip,
        at: { start: line.start, end: line.end },
        edits,
        word,
        column,
        distance: Math.abs(column - line.indent),
        near: nearKey(lines, index, column, isItem),
        root,
      });
    }
  }
  return { found, without };
}

/** The lines at some indices, from the last to the first, each with what is read before it: once for all that is tried there. */
function readUpTo(
  text: string,
  lines: readonly Line[],
  indices: readonly number[],
): readonly { readonly index: number; readonly before: LineReader }[] {
  const reader = new LineReader(text);
  return indices
    .toReversed()
    .map((index) => {
      while (reader.at < (lines[index] as Line).from && reader.readLine());
      return { index, before: reader.fork(text) };
    })
    .reverse();
}

/** The tree of a text that has been read up to a line; undefined where the rest of it cannot be read. */
function readFrom(before: LineReader, text: string): Node | undefined {
  if (isLeftToParser(text)) return undefined;
  const reader = before.fork(text);
  while (reader.readLine());
  return reader.end();
}
