import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { childrenOf, type Place, rootPlace } from '../kinds/walk.ts';
import { isFlowText, lineStart } from '../syntax/edits.ts';
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
}

const isWordCharacter = (char: string | undefined): boolean => char !== undefined && /[\w./-]/.test(char);

export function wordAt(text: string, offset: number): Word {
  let start = offset;
  while (start > 0 && isWordCharacter(text[start - 1])) start--;
  let end = offset;
  while (end < text.length && isWordCharacter(text[end])) end++;
  const json = isFlowText(text);
  if (json && text[start - 1] === '"') {
    start--;
    if (text[end] === '"') end++;
  }
  while (text[start] === '-' && start < offset) start++;
  const before = text.slice(lineStart(text, start), start);
  return {
    start,
    end,
    colonFollows: /^[ \t]*:/.test(text.slice(end, end + 20)),
    opensLine: /^[\s\uFEFF]*(-[ \t]*)*$/.test(before) || (json && /["{,]\s*$|^\s*$/.test(before)),
    needsBlank: /[:-]$/.test(before),
    json,
  };
}

/** Where the cursor is, in terms of the field tables. */
export type Spot =
  | { readonly is: 'key'; readonly place: Place; readonly map: MapNode }
  | { readonly is: 'value'; readonly place: Place; readonly ownLine: boolean }
  /** A list's place, on a line of its own, before a dash is written. */
  | { readonly is: 'list'; readonly place: Place }
  /** The root of something that is no resource yet. */
  | { readonly is: 'root'; readonly entries: readonly Entry[]; readonly entry?: Entry };

const isMarker = (node: Place['node'] | undefined): boolean => isScalar(node) && node.text === marker;
const hasMarker = (map: MapNode): boolean => map.entries.some((entry) => entry.key.text === marker);

function search(place: Place, text: string): Spot | undefined {
  const { node, type } = place;
  if (isMap(node) && hasMarker(node)) {
    if (type.is === 'list') return { is: 'list', place };
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
  return { is: 'root', entries: root.entries.filter((candidate) => candidate !== key), ...(entry ? { entry } : {}) };
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
