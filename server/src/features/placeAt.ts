import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { childrenOf, type Place, rootPlace } from '../kinds/walk.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';

/** What stands at an offset: a value that the field tables know, and whether the offset is on its key. */
export interface Hit {
  readonly place: Place;
  /** Offsets of the key, or of the value where the offset is in the value itself. */
  readonly range: Range;
  readonly onKey: boolean;
}

const holds = (range: Range, offset: number): boolean => range.start <= offset && offset <= range.end;

/** The resource whose text holds the offset; the only one of its document holds all of it. */
function resourceAt(document: DocumentText, offset: number): Resource | undefined {
  const resources = resourcesOf(document).filter((resource) => resource.table);
  return resources.find((resource) => holds(resource.root, offset)) ?? (resourcesOf(document).length === 1 ? resources[0] : undefined);
}

/** The deepest place at an offset of the document's text; undefined where the tables know nothing. */
export function placeAt(document: DocumentText, offset: number): Hit | undefined {
  const resource = resourceAt(document, offset);
  if (!resource?.table || !holds(resource.root, offset)) return undefined;
  let place = rootPlace(resource, resource.table.type);
  for (;;) {
    const child = childrenOf(place).find((candidate) => holds(candidate.entry ?? candidate.item ?? candidate.written, offset));
    if (!child) {
      // A key that the table does not know is nobody's value; white space belongs to nothing.
      return place.node.kind === 'scalar' && holds(place.written, offset) ? { place, range: place.written, onKey: false } : undefined;
    }
    const { entry, item } = child;
    if (entry && holds(entry.key, offset)) return { place: child, range: entry.key, onKey: true };
    // Behind a brace the first key may begin at once, and is meant then.
    const hasDash = item !== undefined && item.start < child.written.start;
    if (item && offset <= item.start + (hasDash ? 1 : 0) && child.node.kind !== 'scalar')
      return { place: child, range: { start: item.start, end: item.start + 1 }, onKey: true };
    if (child.node.kind !== 'scalar' && isEmptyFlow(child)) return { place: child, range: child.written, onKey: false };
    place = child;
  }
}

const isEmptyFlow = ({ node }: Place): boolean =>
  (node.kind === 'map' && node.flow && node.entries.length === 0) || (node.kind === 'seq' && node.flow && node.items.length === 0);
