import { memoizedByObject } from '../model/memoized.ts';
import { breakOf, columnOf, indentLines, isBlock, lineEnd, outdentedText, styleOf } from './edits.ts';
import { type AliasNode, isMap, isScalar, isSeq, type Node, type Range } from './node.ts';
import { type ParsedDocument, parseDocument } from './parseDocument.ts';
import { splitDocuments } from './split.ts';
import { applyEdits, areApart, type TextEdit } from './textEdit.ts';

/** Where an alias stands: what may be written in its place depends on it. */
interface PlacedAlias {
  readonly alias: AliasNode;
  /** In braces or brackets. */
  readonly flow: boolean;
  /** Column of a block in its place. */
  readonly column: number;
}

interface Found {
  readonly anchored: Node[];
  readonly aliases: PlacedAlias[];
}

/** Anchored nodes, outer ones first, and aliases, in the order of the text. */
function gather(text: string, node: Node, flow: boolean, column: number, indent: number, found: Found): void {
  if (node.anchor !== undefined) found.anchored.push(node);
  if (node.kind === 'alias') found.aliases.push({ alias: node, flow, column });
  else if (isSeq(node)) for (const { start, value } of node.items) gather(text, value, flow || node.flow, columnOf(text, start) + 2, indent, found);
  else if (isMap(node))
    for (const { start, value } of node.entries) gather(text, value, flow || node.flow, columnOf(text, start) + indent, indent, found);
}

function* within(node: Node): Iterable<Node> {
  yield node;
  if (isSeq(node)) for (const { value } of node.items) yield* within(value);
  else if (isMap(node)) for (const { value } of node.entries) yield* within(value);
}

/** Whether a node's text says the same in another document: it stands for nothing outside by an alias, and nothing outside stands for it. */
export const standsAlone = (node: Node): boolean => {
  for (const { anchor, kind } of within(node)) if (anchor !== undefined || kind === 'alias') return false;
  return true;
};

/** A node in braces and brackets; a text over several lines becomes one in quotes. */
function inFlow(text: string, node: Node): string {
  const properties = [node.anchor === undefined ? '' : `&${node.anchor} `, node.tag === undefined ? '' : `${node.tag} `].join('');
  if (node.kind === 'alias') return `*${node.name} `;
  if (isSeq(node)) return `${properties}[${node.items.map(({ value }) => inFlow(text, value)).join(', ')}]`;
  if (isMap(node)) return `${properties}{${node.entries.map(({ key, value }) => `${inFlow(text, key)}: ${inFlow(text, value)}`).join(', ')}}`;
  const written = text.slice(node.start, node.end);
  return properties + (isScalar(node) && (isBlock(node) || written.includes('\n')) ? JSON.stringify(node.text) : written);
}

/** The anchored node as it is written in the place of its alias. */
function inPlaceOf(text: string, node: Node, { flow, column }: PlacedAlias): string {
  if (flow || isScalar(node) || !isBlock(node)) return inFlow(text, node);
  const lineBreak = breakOf(text);
  // A comment behind its last value goes with it.
  const body = outdentedText(text, { start: node.start, end: lineEnd(text, node.end) });
  return `&${node.anchor}${lineBreak}${' '.repeat(column)}${indentLines(body, column, lineBreak)}`;
}

/** Mistakes in a text that may hold several documents. */
const mistakes = (text: string): number =>
  splitDocuments(text).reduce((count, { start, end }) => count + parseDocument(text.slice(start, end)).problems.length, 0);

/** Whether an edit writes an anchor in the same document, and not in one that it adds behind it. */
const writes = ({ newText }: TextEdit, anchor: string): boolean => (newText.split(/^---/m, 1)[0] ?? '').includes(anchor);

const covers = (edit: Range, { start, end }: Range): boolean => edit.start <= start && edit.end >= end;

/** A document, or what stands for one: the same object says the same. */
interface Parsed {
  readonly text: string;
  readonly parsed: ParsedDocument;
}

/** Each fix of a document asks. */
const gathered = memoizedByObject(({ text, parsed: { root } }: Parsed): Found => {
  const found: Found = { anchored: [], aliases: [] };
  if (root) gather(text, root, false, 0, styleOf(text).indent, found);
  return found;
});

/** Whether edits change what an alias stands for, or how it is written, and with it perhaps another part of the document. */
export function changesElsewhere(document: Parsed, edits: readonly TextEdit[]): boolean {
  if (!document.text.includes('*') || !document.text.includes('&')) return false;
  const targets = new Set(gathered(document).aliases.flatMap(({ alias }) => alias.target ?? []));
  const isInside = ({ start, end }: Range) => edits.some((edit) => edit.start >= start && edit.end <= end && edit.start < end);
  // What is added to a block stands behind it.
  const isNear = ({ start, end }: Range) => edits.some((edit) => edit.end >= start && edit.start <= lineEnd(document.text, end));
  const near = [...targets].filter(isNear);
  if (near.some(isInside)) return true;
  if (near.length === 0) return false;
  const text = applyEdits(document.text, edits);
  const { anchored } = gathered({ text, parsed: parseDocument(text) });
  return near.some((target) => {
    const after = anchored.find(({ anchor }) => anchor === target.anchor);
    return after !== undefined && inFlow(text, after) !== inFlow(document.text, target);
  });
}

/**
 * Edits that take an anchor away move its value to the first alias that stays, so that none is left without. None where that cannot be: the
 * text after the edits would have a mistake that it had not.
 */
export function keepAnchors(document: Parsed, edits: readonly TextEdit[]): readonly TextEdit[] {
  const { text, parsed } = document;
  if (!text.includes('*') || !text.includes('&')) return edits;
  const { anchored, aliases } = gathered(document);
  if (aliases.length === 0) return edits;
  const stays = (range: Range) => !edits.some((edit) => covers(edit, range));
  const anchorOf = (node: Node): Range => {
    const start = text.lastIndexOf(`&${node.anchor}`, node.start);
    return { start, end: start + 1 + (node.anchor?.length ?? 0) };
  };
  const lost = anchored.filter((node) => !stays(anchorOf(node)));
  if (lost.length === 0) return edits;
  const moved: TextEdit[] = [];
  const heirs: { readonly from: Range; readonly to: number }[] = [];
  for (const node of lost) {
    if (edits.some((edit) => writes(edit, `&${node.anchor}`))) continue;
    const heir = aliases.find(({ alias }) => alias.target === node && stays(alias));
    if (!heir || heirs.some(({ from, to }) => covers(from, node) && to < heir.alias.start)) continue;
    heirs.push({ from: node, to: heir.alias.start });
    moved.push({ start: heir.alias.start, end: heir.alias.end, newText: inPlaceOf(text, node, heir) });
  }
  const all = [...edits, ...moved];
  return areApart(all) && mistakes(applyEdits(text, all)) <= parsed.problems.length ? all : [];
}
