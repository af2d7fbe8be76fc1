import type { Place } from '../kinds/walk.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { isScalar, type Range, type ScalarNode } from '../syntax/node.ts';
import { scalarValue } from '../syntax/scalar.ts';

/** What to underline when a whole object is meant: the key that holds it, the dash of its item, or the resource's kind. */
export function anchorOf(place: Place): Range {
  if (place.entry) return place.entry.key;
  if (place.item) return { start: place.item.start, end: place.item.start + 1 };
  const { node } = place;
  if (node.kind === 'map') {
    const named = node.entries.find((entry) => entry.key.text === 'kind') ?? node.entries.find((entry) => entry.key.text === 'apiVersion');
    if (named) return named.value.end > named.value.start ? named.value : named.key;
    return node.entries[0]?.key ?? { start: node.start, end: node.start };
  }
  return node;
}

/** What to underline for a value: itself, or its key where nothing is written; the alias where it stands for the value. */
export function valueRange(place: Place): Range {
  const { written } = place;
  return written.end > written.start ? written : anchorOf(place);
}

/** The scalar of a place whose text is known: neither a template nor null. */
export function knownScalar(place: Place): ScalarNode | undefined {
  const { node } = place;
  return isScalar(node) && !node.templated && scalarValue(node).type !== 'null' ? node : undefined;
}

/** The text of a place that is a string. */
export function knownString(place: Place): string | undefined {
  const scalar = knownScalar(place);
  if (!scalar) return undefined;
  const value = scalarValue(scalar);
  return value.type === 'string' ? value.value : undefined;
}

/** What a template leaves out may be written when it is rendered. */
export const isTemplatedDocument = (document: DocumentText): boolean => document.parsed.templated;

export const quoted = (text: string): string => `"${text.length > 80 ? `${text.slice(0, 77)}…` : text}"`;
