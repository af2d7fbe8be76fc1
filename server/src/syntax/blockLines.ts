import type { Steps } from '../model/steps.ts';
import { endsLine, isLineEnd, isMark, pastSpaces, scalarAt, valueAt } from './inLine.ts';
import { type Entry, isMergeKey, type Node, type ScalarNode, type SeqItem } from './node.ts';
import { entry, nothingAt, plainMap, plainSeq } from './plainNodes.ts';
import { isNull } from './scalar.ts';

/** A collection in block style to which lines still add. Its keys or dashes stand in `column`. */
type Open = OpenMap | OpenSeq;

interface OpenMap {
  readonly kind: 'map';
  readonly column: number;
  readonly entries: Entry[];
  /** The key whose value is still to come. */
  key: ScalarNode | undefined;
  /** Where that value is missing if none comes. */
  missingAt: number;
}

interface OpenSeq {
  readonly kind: 'seq';
  readonly column: number;
  readonly items: SeqItem[];
  /** Offset of the dash whose value is still to come, -1 for none. */
  dash: number;
  missingAt: number;
}

const [hash, dash, colon] = [35, 45, 58];

/** Furthest column of a key or dash, and with it the deepest nesting, that is read here. */
const maxColumn = 80;

/** YAML allows 1,024 characters before the colon of a key. */
const maxKeyLength = 1000;

/** Lines that are read in one step: less than a millisecond. */
const linesAtOnce = 2000;

/** Texts that are left to the parser whatever else they hold: with tabs, byte order marks, or other ends of lines than the usual ones. */
const isUnusual = /[\t\uFEFF\u0085\u2028\u2029]|\r(?!\n)/;

/**
 * Reads a document that is written as nearly all manifests are: block style, each value in the line of its key or dash. Undefined for any
 * other, or if it may have more than `maxTokens`: these are for the parser of the whole language, which gives the same tree for what is read
 * here. 1,000 policies (940 KB) take 20 ms so, and 500 by the parser.
 */
export function* readingLines(text: string, maxTokens: number): Steps<Node | undefined> {
  if (isUnusual.test(text)) return undefined;
  const reader = new LineReader(text);
  for (let lines = 1; reader.readLine(); lines++) {
    if (reader.tokens > maxTokens) return undefined;
    if (lines % linesAtOnce === 0) yield;
  }
  return reader.end();
}

/** Whether a text is one of those that are left to the parser. */
export const isLeftToParser = (text: string): boolean => isUnusual.test(text);

/** Reads such a document line by line. */
export class LineReader {
  /** Offset of the line to read next. */
  at = 0;
  /** No fewer than the parser's lexer would find so far. */
  tokens = 0;
  private readonly text: string;
  private readonly open: Open[] = [];
  private root: Node | undefined;
  private isStarted = false;
  private isLost = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Another reader, as far as this one, of a text that is the same up to there. */
  fork(text: string): LineReader {
    const other = new LineReader(text);
    const { at, tokens, root, isStarted, isLost } = this;
    const open = this.open.map((one): Open => (one.kind === 'map' ? { ...one, entries: [...one.entries] } : { ...one, items: [...one.items] }));
    return Object.assign(other, { at, tokens, root, isStarted, isLost, open });
  }

  /** Reads one line; false where none is left or it is not read here. */
  readLine(): boolean {
    const { text, at: start } = this;
    if (start >= text.length) return false;
    this.tokens += 4;
    const at = pastSpaces(text, start);
    if (this.endsAt(at)) return this.toNextLine(at);
    if (at === start && (text.startsWith('---', at) || text.startsWith('...', at))) return this.startDocument(at);
    this.isStarted = true;
    return this.closeBefore(at - start, isMark(text, at, dash)) ? this.readContent(at, start) : this.lose();
  }

  /** The tree of what was read, undefined where some line is not read here. */
  end(): Node | undefined {
    while (!this.isLost && this.open.length > 0) this.close();
    return this.isLost ? undefined : this.root;
  }

  /** Whether the line holds nothing more, at the offset behind its indentation, a dash or a colon with their spaces. */
  private endsAt(at: number): boolean {
    return isLineEnd(this.text, at) || this.text.charCodeAt(at) === hash;
  }

  private toNextLine(at: number): boolean {
    const end = this.text.indexOf('\n', at);
    this.at = end < 0 ? this.text.length : end + 1;
    return true;
  }

  private lose(): boolean {
    this.isLost = true;
    return false;
  }

  private startDocument(at: number): boolean {
    if (this.isStarted || this.text.charCodeAt(at) !== dash || !endsLine(this.text, at + 3)) return this.lose();
    this.isStarted = true;
    return this.toNextLine(at);
  }

  /** Ends the collections that a line with its first character in `column` does not belong to; false where it fits nowhere. */
  private closeBefore(column: number, isDash: boolean): boolean {
    for (let top = this.open.at(-1); top; top = this.open.at(-1)) {
      const waits = top.kind === 'map' ? top.key !== undefined : top.dash >= 0;
      if (column === top.column && isDash === (top.kind === 'seq')) {
        if (waits) fill(top, nothingAt(top.missingAt));
        return true;
      }
      // A sequence may stand as far left as the key that it belongs to.
      if (waits && (column > top.column || (column === top.column && isDash))) return true;
      if (column > top.column) return false;
      this.close();
    }
    return this.root === undefined;
  }

  private readContent(from: number, lineStart: number): boolean {
    const { text } = this;
    let at = from;
    while (isMark(text, at, dash)) {
      if (at - lineStart > maxColumn) return this.lose();
      const seq = this.seqIn(at - lineStart);
      seq.dash = at;
      at = pastSpaces(text, at + 1);
      seq.missingAt = at;
      this.tokens += 2;
      if (this.endsAt(at)) return this.toNextLine(at);
    }
    if (at - lineStart > maxColumn) return this.lose();
    const first = scalarAt(text, at);
    if (!first || !isMark(text, first.end, colon)) return at === from ? this.lose() : this.readValue(first ?? valueAt(text, at));
    if (first.end - at > maxKeyLength || isMergeKey(first) || isNull(first)) return this.lose();
    const map = this.mapIn(at - lineStart);
    map.key = first;
    at = pastSpaces(text, first.end + 1);
    map.missingAt = at;
    this.tokens += 4;
    return this.endsAt(at) ? this.toNextLine(at) : this.readValue(valueAt(text, at));
  }

  private readValue(value: Node | undefined): boolean {
    if (!value || !endsLine(this.text, value.end)) return this.lose();
    // A scalar is two tokens, and no flow collection has more than two for each of its characters.
    this.tokens += value.kind === 'scalar' ? 2 : 2 * (value.end - value.start);
    this.give(value);
    return this.toNextLine(value.end);
  }

  private seqIn(column: number): OpenSeq {
    const top = this.open.at(-1);
    if (top?.kind === 'seq' && top.column === column) return top;
    const seq: OpenSeq = { kind: 'seq', column, items: [], dash: -1, missingAt: 0 };
    this.open.push(seq);
    return seq;
  }

  private mapIn(column: number): OpenMap {
    const top = this.open.at(-1);
    if (top?.kind === 'map' && top.column === column) return top;
    const map: OpenMap = { kind: 'map', column, entries: [], key: undefined, missingAt: 0 };
    this.open.push(map);
    return map;
  }

  private close(): void {
    const top = this.open.pop();
    if (!top) return;
    if (top.kind === 'map' ? top.key : top.dash >= 0) fill(top, nothingAt(top.missingAt));
    const parts = top.kind === 'map' ? top.entries : top.items;
    const [start, end] = [parts[0]?.start ?? 0, parts.at(-1)?.end ?? 0];
    this.give(top.kind === 'map' ? plainMap(start, end, false, top.entries) : plainSeq(start, end, false, top.items));
  }

  private give(value: Node): void {
    const top = this.open.at(-1);
    if (top) fill(top, value);
    else this.root = value;
  }
}

/** Gives a collection the value that it waits for. */
function fill(open: Open, value: Node): void {
  if (open.kind === 'seq') {
    open.items.push({ start: open.dash, end: Math.max(open.dash + 1, value.end), value });
    open.dash = -1;
  } else if (open.key) {
    open.entries.push(entry(open.key, value));
    open.key = undefined;
  }
}
