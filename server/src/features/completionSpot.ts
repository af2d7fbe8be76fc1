import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { childrenOf, type Place, rootPlace } from '../kinds/walk.ts';
import { isFlowText, isJsonText, lineStart } from '../syntax/edits.ts';
import { DocumentText } from '../syntax/manifestText.ts';
import { type Entry, isMap, isScalar, type MapNode, resolve } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';

/** Stands for the word that is being typed, so that an unfinished document parses. A letter first, so that it is a plain word. */
const marker = 'netpolCursor';

/** The word under the cursor and what surrounds it. Offsets in the document's own text. */
export interface Word {
  readonly start: number;
  readonly end: number;
  /** The word ends a key: a colon follows. */
  readonly colonFollows: boolean;
  /** Nothing but blanks and dashes stands before it on its line. */
  readonly opensLine: boolean;
  /** The character before it is a colon or a dash, without a blank between. */
  readonly needsBlank: boolean;
  readonly json: boolean;
  /** The quote of a value, which stays there; in JSON, and of keys, quotes belong to the word. */
  readonly quote?: string;
}

const isWordCharacter = (char: string | undefined): boolean => char !== undefined && /[\w./-]/.test(char);

const blanksAndDashes = /^[\s\uFEFF]*(-[ \t]*)*$/;
const keyWithoutQuotes = /[{,]\s*[\w./-]+\s*:/;
const beginsKey = /^[\s\uFEFF]*(-[ \t]*)*$|[{,]\s*$/;

export function wordAt(text: string, offset: number): Word {
  let start = offset;
  while (start > 0 && isWordCharacter(text[start - 1])) start--;
  let end = offset;
  while (end < text.length && isWordCharacter(text[end])) end++;
  const json = isJsonText(text) || (isFlowText(text) && !keyWithoutQuotes.test(text));
  const quote = /["']/.exec(text[start - 1] ?? '')?.[0];
  // The quotes of a key belong to it, for what follows it does not belong into them; those of a value stay as they are.
  const isAround = quote !== undefined && (json || beginsKey.test(text.slice(lineStart(text, start), start - 1)));
  if (isAround) {
    start--;
    if (text[end] === quote) end++;
  }
  while (text[start] === '-' && start < offset) start++;
  const before = text.slice(lineStart(text, start), start);
  return {
    start,
    end,
    colonFollows: /^["']?[ \t]*:/.test(text.slice(end, end + 20)),
    opensLine: blanksAndDashes.test(before) || (json && /["{,]\s*$|^\s*$/.test(before)),
    needsBlank: /[:-]$/.test(before),
    json,
    ...(quote && !isAround ? { quote } : {}),
  };
}

/** Where the cursor is, in terms of the field tables. */
export type Spot =
  | { readonly is: 'key'; readonly place: Place; readonly map: MapNode }
  | { readonly is: 'value'; readonly place: Place; readonly ownLine: boolean }
  /** A list's place, on a line of its own, before a dash is written. */
  | { readonly is: 'list'; readonly place: Place }
  /** The root of something that is no resource yet. */
  | { readonly is: 'root'; readonly entries: readonly Entry[]; readonly entry?: Entry; readonly flow?: boolean };

const isMarker = (node: Place['node'] | undefined): boolean => isScalar(node) && node.text === marker;
const hasMarker = (map: MapNode): boolean => map.entries.some((entry) => entry.key.text === marker);

function search(place: Place, text: string): Spot | undefined {
  const { node, type } = place;
  if (isMap(node) && hasMarker(node)) {
    // Beside other keys no dash can stand.
    if (type.is === 'list') return node.entries.length === 1 && !node.flow ? { is: 'list', place } : undefined;
    if (type.is === 'object' || type.is === 'map') return { is: 'key', place, map: node };
    return { is: 'value', place, ownLine: false };
  }
  if (isMarker(node)) {
    const ownLine = place.entry !== undefined && text.slice(place.entry.key.end, node.start).includes('\n');
    return { is: 'value', place, ownLine };
  }
  for (const child of childrenOf(place)) {
    if (child.written.kind === 'alias') continue;
    const found = search(child, text);
    if (found) return found;
  }
  return undefined;
}

function rootSpot(document: DocumentText): Spot | undefined {
  const root = resolve(document.parsed.root);
  if (isMarker(root)) return { is: 'root', entries: [] };
  if (!isMap(root)) return undefined;
  const entry = root.entries.find((candidate) => isMarker(resolve(candidate.value)));
  // A key with something below it belongs to whatever this file is.
  const key = root.entries.find((candidate) => candidate.key.text === marker && isNull(candidate.value));
  if (!key && !entry) return undefined;
  return { is: 'root', entries: root.entries.filter((candidate) => candidate !== key), flow: root.flow, ...(entry ? { entry } : {}) };
}

/** Finds what the word under the cursor is part of; undefined where netpol has nothing to say. `resources` reads the document. */
export function spotAt(text: string, word: Word, resources: (document: DocumentText) => readonly Resource[] = resourcesOf): Spot | undefined {
  const colon = word.opensLine && !word.colonFollows ? ':' : '';
  const standIn = word.json ? `"${marker}"` : marker;
  const document = new DocumentText(`${text.slice(0, word.start)}${word.needsBlank ? ' ' : ''}${standIn}${colon}${text.slice(word.end)}`);
  const root = rootSpot(document);
  // `kind` and `apiVersion` decide what everything else is: while one of them is being typed, there is no table yet.
  if (root?.is === 'root' && (root.entry?.key.text === 'kind' || root.entry?.key.text === 'apiVersion')) return root;
  for (const resource of resources(document)) {
    const found = resource.table && search(rootPlace(resource, resource.table.type), document.text);
    if (found) return found;
  }
  return root;
}
