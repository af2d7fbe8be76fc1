import { interned } from './interned.ts';
import type { Entry, Node, ScalarNode, SeqItem } from './node.ts';
import { entry, plainMap, plainScalar, plainSeq } from './plainNodes.ts';
import { isNull } from './scalar.ts';

// Values that begin and end in one line, as nearly all of a manifest do. Each function gives undefined for what is written in any other way.
// Offsets are UTF-16 code units; a text holds neither tabs nor byte order marks.

const [newline, carriageReturn, space] = [10, 13, 32];
const [doubleQuote, hash, singleQuote, comma, dash, dot, slash, nine, colon] = [34, 35, 39, 44, 45, 46, 47, 57, 58];
const [openBracket, backslash, closeBracket, underscore, openBrace, closeBrace] = [91, 92, 93, 95, 123, 125];

/** Deepest nesting of flow collections that is read here, and the longest of them: a line is read in one piece. */
const maxFlowDepth = 10;
const maxFlowLength = 10_000;

/** With these no plain scalar begins, or only before certain others. */
const indicators = new Set(Array.from('!"#%&\'*,-:>?@[]`{|}', (char) => char.charCodeAt(0)));

/** Offset of the first character from `at` on that is no space. */
export function pastSpaces(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) === space) end++;
  return end;
}

/** Whether the line, or the text, ends at an offset. */
export function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === newline || at >= text.length || (code === carriageReturn && text.charCodeAt(at + 1) === newline);
}

/** Whether nothing but a comment follows a value that ends at an offset. */
export function endsLine(text: string, at: number): boolean {
  const next = pastSpaces(text, at);
  return isLineEnd(text, next) || (next > at && text.charCodeAt(next) === hash);
}

/** Whether an offset holds a mark, a dash or a colon, that a space or the line's end follows. */
export const isMark = (text: string, at: number, mark: number): boolean =>
  text.charCodeAt(at) === mark && (text.charCodeAt(at + 1) === space || isLineEnd(text, at + 1));

/** A scalar in block style; it ends before a colon that makes it a key, a comment, or the line's end. */
export function scalarAt(text: string, at: number): ScalarNode | undefined {
  const first = text.charCodeAt(at);
  if (first === doubleQuote || first === singleQuote) return quotedAt(text, at, first);
  if (indicators.has(first) && !(first === dash && isDigit(text.charCodeAt(at + 1)))) return undefined;
  let end = at;
  for (let i = at; ; i++) {
    const code = text.charCodeAt(i);
    if (code > colon) end = i + 1;
    else if (code === space) {
      if (text.charCodeAt(i + 1) === hash) break;
    } else if ((code === colon && isMark(text, i, colon)) || isLineEnd(text, i)) break;
    else end = i + 1;
  }
  return plainScalar(at, end, interned(text.slice(at, end)), 'plain');
}

/** A quoted scalar without escapes. */
function quotedAt(text: string, at: number, quote: number): ScalarNode | undefined {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      if (quote === singleQuote && text.charCodeAt(i + 1) === singleQuote) return undefined;
      return plainScalar(at, i + 1, interned(text.slice(at + 1, i)), quote === doubleQuote ? 'double' : 'single');
    }
    if (code === newline || code === carriageReturn || (code === backslash && quote === doubleQuote)) return undefined;
  }
  return undefined;
}

/** A scalar in block style, or a flow collection. */
export function valueAt(text: string, at: number): Node | undefined {
  const first = text.charCodeAt(at);
  return first === openBracket || first === openBrace ? collectionAt(text, at, at + maxFlowLength, 0) : scalarAt(text, at);
}

function collectionAt(text: string, at: number, last: number, depth: number): Node | undefined {
  if (depth > maxFlowDepth) return undefined;
  const isMap = text.charCodeAt(at) === openBrace;
  const close = isMap ? closeBrace : closeBracket;
  const entries: Entry[] = [];
  const items: SeqItem[] = [];
  let next = pastSpaces(text, at + 1);
  while (text.charCodeAt(next) !== close) {
    const key = isMap ? wordAt(text, next) : undefined;
    if (isMap && !(key && isMark(text, key.end, colon) && !isNull(key))) return undefined;
    const value = partAt(text, key ? pastSpaces(text, key.end + 1) : next, last, depth);
    if (!value || value.end > last) return undefined;
    if (key) entries.push(entry(key, value));
    else items.push({ start: value.start, end: value.end, value });
    next = pastSpaces(text, value.end);
    if (text.charCodeAt(next) === comma) next = pastSpaces(text, next + 1);
    else if (text.charCodeAt(next) !== close) return undefined;
  }
  return isMap ? plainMap(at, next + 1, true, entries) : plainSeq(at, next + 1, true, items);
}

function partAt(text: string, at: number, last: number, depth: number): Node | undefined {
  const first = text.charCodeAt(at);
  return first === openBracket || first === openBrace ? collectionAt(text, at, last, depth + 1) : wordAt(text, at);
}

/** A scalar in flow style: quoted, or of letters, digits and what means nothing else there. */
function wordAt(text: string, at: number): ScalarNode | undefined {
  const first = text.charCodeAt(at);
  if (first === doubleQuote || first === singleQuote) return quotedAt(text, at, first);
  let end = at;
  while (isWordPart(text.charCodeAt(end), end > at)) end++;
  return end > at ? plainScalar(at, end, interned(text.slice(at, end)), 'plain') : undefined;
}

const isDigit = (code: number): boolean => code > slash && code <= nine;

const isWordPart = (code: number, isInside: boolean): boolean =>
  isDigit(code) ||
  (code > 64 && code < openBracket) ||
  (code > 96 && code < openBrace) ||
  (isInside && (code === dash || code === dot || code === slash || code === underscore));
