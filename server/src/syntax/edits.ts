import { type Entry, isMap, isScalar, isSeq, type MapNode, type Node, type Range, type SeqItem, type SeqNode } from './node.ts';
import type { TextEdit } from './textEdit.ts';

/**
 * Minimal text edits on a document: what they don't name stays as it was, comments and formatting included.
 * All offsets are relative to the document's text.
 */
export const lineStart = (text: string, at: number): number => (at > 0 ? text.lastIndexOf('\n', at - 1) + 1 : 0);

/** Offset of the line break that ends the line, or of the text's end. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' && end > at ? end - 1 : end;
}

/** Characters between the line's start and `at`; a byte order mark before it takes no column. */
export function columnOf(text: string, at: number): number {
  const start = lineStart(text, at);
  return at - start - (start < at && text.charCodeAt(start) === 0xfeff ? 1 : 0);
}

export const breakOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** Whether a document is one value in braces or brackets, such as JSON. A template begins with two braces. */
export const isFlowText = (text: string): boolean => /^\uFEFF?\s*(?:\{(?!\{)|\[)/.test(text);

/** Whether a document is JSON, which YAML takes too: by what stands first in it, or behind the marker between documents. */
export const isJsonText = (text: string): boolean => /^\uFEFF?(?:---(?=\s))?\s*(?:\{\s*["}]|\[\s*(?:["[\]]|\{(?!\{)))/.test(text);

/** How a document writes its lists and levels. */
export interface Style {
  /** Spaces a level. */
  readonly indent: number;
  /** Dashes stand deeper than the key that holds the list. */
  readonly indentedLists: boolean;
}

export function styleOf(text: string): Style {
  const level = /^([ \t]*)[\w"'./-]+:[ \t]*\r?\n\1( +)[\w"']/m.exec(text);
  const list = /^( *)[\w"'./-]+:[ \t]*\r?\n( *)- /m.exec(text);
  return { indent: level?.[2]?.length ?? 2, indentedLists: list ? (list[2] as string).length > (list[1] as string).length : true };
}

/** `lines` as one text, each line after the first indented by `column` spaces. */
export function indentLines(block: string, column: number, lineBreak = '\n'): string {
  return block
    .split(/\r?\n/)
    .map((line, i) => (i === 0 || line === '' ? line : ' '.repeat(column) + line))
    .join(lineBreak);
}

/** The text of a block entry or item with its own indentation taken off the lines below the first. */
export function outdentedText(text: string, range: Range): string {
  const column = columnOf(text, range.start);
  const margin = new RegExp(`^[ ]{0,${column}}`);
  return text
    .slice(range.start, range.end)
    .split(/\r?\n/)
    .map((line, i) => (i === 0 ? line : line.replace(margin, '')))
    .join('\n');
}

/** A comma-separated part with the comma that separates it from its neighbour. */
function removeFlowPart(text: string, parts: readonly Range[], part: Range): TextEdit {
  const index = parts.indexOf(part);
  const next = parts[index + 1];
  if (next) return { start: part.start, end: next.start, newText: '' };
  const previous = parts[index - 1];
  if (previous) return { start: previous.end, end: part.end, newText: '' };
  const comma = /^\s*,/.exec(text.slice(part.end));
  return { start: part.start, end: part.end + (comma ? comma[0].length : 0), newText: '' };
}

/** Takes whole lines away, or what is left of one that begins with something else. */
function removeBlockPart(text: string, part: Range, next: Range | undefined, emptied: string): TextEdit {
  const first = lineStart(text, part.start);
  const alone = text.slice(first, part.start).trim() === '' && text.charCodeAt(first) !== 0xfeff;
  const end = lineEnd(text, part.end);
  if (alone) return { start: first, end: Math.min(text.length, end + breakLength(text, end)), newText: '' };
  return next ? { start: part.start, end: next.start, newText: '' } : { start: part.start, end: part.end, newText: emptied };
}

/** Puts what stands on one line in the place of a block: behind the key that holds it, for dashes may stand no deeper than that. */
function onKeyLine(text: string, { start, end }: Range, newText: string): TextEdit {
  if (text.slice(lineStart(text, start), start).trim() !== '') return { start, end, newText };
  const before = text.slice(0, start).trimEnd();
  if (before.endsWith(':')) return { start: before.length, end, newText: ` ${newText}` };
  // Below a comment, deeper than the key.
  return { start, end, newText: before === '' ? newText : `  ${newText}` };
}

const breakLength = (text: string, at: number): number => (text.startsWith('\r\n', at) ? 2 : 1);

/** Removes an entry from its mapping; a block mapping that would be left without entries becomes `{}`. */
export function removeEntry(text: string, map: MapNode, entry: Entry): TextEdit {
  if (map.flow) return removeFlowPart(text, map.entries, entry);
  if (map.entries.length === 1) return onKeyLine(text, entry, '{}');
  return removeBlockPart(text, entry, map.entries[map.entries.indexOf(entry) + 1], '{}');
}

/** Removes an item from its list; a block list that would be left without items becomes `[]`. */
export function removeItem(text: string, seq: SeqNode, item: SeqItem): TextEdit {
  if (seq.flow) return removeFlowPart(text, seq.items, item);
  if (seq.items.length === 1) return onKeyLine(text, item, '[]');
  return removeBlockPart(text, item, seq.items[seq.items.indexOf(item) + 1], '');
}

/** Removes several items of a list, by edits that lie apart. */
export function removeItems(text: string, seq: SeqNode, items: readonly SeqItem[]): readonly TextEdit[] {
  const isGone = (item: SeqItem | undefined) => item !== undefined && items.includes(item);
  const [first, last] = [seq.items[0], seq.items.at(-1)];
  if (first && last && seq.items.every(isGone)) {
    if (!seq.flow) return [onKeyLine(text, { start: first.start, end: last.end }, '[]')];
    const comma = /^\s*,/.exec(text.slice(last.end));
    return [{ start: first.start, end: last.end + (comma ? comma[0].length : 0), newText: '' }];
  }
  if (!seq.flow) return seq.items.filter(isGone).map((item) => removeItem(text, seq, item));
  // Neighbours go together, with the comma between them and what stays.
  return seq.items.flatMap((item, i): readonly TextEdit[] => {
    const previous = seq.items[i - 1];
    if (!isGone(item) || isGone(previous)) return [];
    const next = seq.items.slice(i).find((other) => !isGone(other));
    if (next) return [{ start: item.start, end: next.start, newText: '' }];
    return [{ start: previous?.end ?? item.start, end: last?.end ?? item.end, newText: '' }];
  });
}

/**
 * Writes `key: value` in the place of the entry of that key, or else behind the entry `after`, the last one unless told otherwise. `value` may
 * have several lines, indented as if the key stood in column 0.
 */
export function setEntry(text: string, map: MapNode, key: string, value: string, after = map.entries.at(-1)): TextEdit {
  const same = map.entries.find((entry) => entry.key.text === key);
  const replaced = same && { start: same.start, end: Math.max(same.end, same.key.end) };
  if (map.flow) {
    const json = isJsonText(text);
    const entry = json ? `${JSON.stringify(key)}: ${value}` : `${key}: ${value}`;
    if (replaced) return { ...replaced, newText: entry };
    const at = after?.end ?? map.start + 1;
    return { start: at, end: at, newText: after ? `, ${entry}` : entry };
  }
  const column = columnOf(text, map.start);
  const separator = value.startsWith('\n') || value === '' ? '' : ' ';
  const body = indentLines(`${key}:${separator}${value}`, column, breakOf(text));
  if (replaced) return { ...replaced, newText: body };
  const at = lineEnd(text, after?.end ?? map.end);
  return { start: at, end: at, newText: `${breakOf(text)}${' '.repeat(column)}${body}` };
}

/** Adds `key: value` before the first entry. */
export function prependEntry(text: string, map: MapNode, key: string, value: string): TextEdit {
  const first = map.entries[0];
  if (map.flow || !first) return setEntry(text, map, key, value);
  const column = columnOf(text, first.start);
  return { start: first.start, end: first.start, newText: `${key}: ${value}${breakOf(text)}${' '.repeat(column)}` };
}

/** Adds an item to a list behind `last`, written as `item` (several lines as if its dash stood in column −2). */
export function appendItem(text: string, seq: SeqNode, item: string, last = seq.items.at(-1)): TextEdit {
  if (seq.flow) {
    const at = last?.end ?? seq.start + 1;
    return { start: at, end: at, newText: last ? `, ${item}` : item };
  }
  const column = columnOf(text, last?.start ?? seq.start);
  const at = lineEnd(text, last?.end ?? seq.end);
  return { start: at, end: at, newText: `${breakOf(text)}${' '.repeat(column)}- ${indentLines(item, column + 2, breakOf(text))}` };
}

/** Moves neighbouring entries of a mapping one level down under `key`: `value` becomes `key: value`. */
export function wrapUnderKey(text: string, { flow }: MapNode, entries: readonly Entry[], key: string): TextEdit[] {
  const [first] = entries;
  const last = entries.at(-1);
  if (!first || !last) return [];
  if (flow) return [{ start: first.start, end: last.end, newText: `${key}: {${text.slice(first.start, last.end)}}` }];
  const { indent } = styleOf(text);
  const column = columnOf(text, first.start);
  const body = outdentedText(text, { start: first.start, end: last.end });
  const newText = `${key}:${breakOf(text)}${' '.repeat(column + indent)}${indentLines(body, column + indent, breakOf(text))}`;
  return [{ start: first.start, end: last.end, newText }];
}

/** Makes a list of a single value: a dash before a block value, brackets around a flow value. */
export function wrapInList(text: string, node: Node): TextEdit[] {
  if (isScalar(node) && isBlock(node)) return [{ start: node.start, end: node.end, newText: `[${JSON.stringify(node.text)}]` }];
  const flow = (isMap(node) && node.flow) || !(isMap(node) || isSeq(node));
  if (flow) return [{ start: node.start, end: node.end, newText: `[${text.slice(node.start, node.end)}]` }];
  const column = columnOf(text, node.start);
  const body = outdentedText(text, node);
  return [{ start: node.start, end: node.end, newText: `- ${indentLines(body, column + 2, breakOf(text))}` }];
}

/** Makes a list of one item that item itself. */
export function unwrapList(text: string, seq: SeqNode): TextEdit[] {
  const item = seq.items[0];
  if (!item || seq.items.length !== 1) return [];
  const body = text.slice(item.value.start, item.value.end);
  if (seq.flow) return [{ start: seq.start, end: seq.end, newText: body }];
  if (!isBlock(item.value)) return [onKeyLine(text, item, body)];
  // A dash may stand below the first letter of its key; what is no list may not.
  const key = lineStart(text, text.slice(0, item.start).trimEnd().length);
  const isDeeper = columnOf(text, item.start) > (/^[ -]*/.exec(text.slice(key, item.start))?.[0].length ?? 0);
  const added = isDeeper ? 0 : item.value.start - item.start;
  const newText = ' '.repeat(added) + indentLines(outdentedText(text, item.value), columnOf(text, item.start) + added, breakOf(text));
  return [{ start: item.start, end: item.end, newText }];
}

/** Whether a node's lines stand below its key. */
export const isBlock = (node: Node): boolean =>
  isScalar(node) ? node.style === 'literal' || node.style === 'folded' : (isMap(node) || isSeq(node)) && !node.flow;

/** The value of an entry written anew, on the key's line. */
export function replaceValue(text: string, { key, value }: Entry, newText: string): TextEdit {
  if (value.start === value.end) return { start: value.start, end: value.end, newText: value.start > key.end ? ` ${newText}` : `: ${newText}` };
  return isBlock(value) ? onKeyLine(text, value, newText) : { start: value.start, end: value.end, newText };
}
