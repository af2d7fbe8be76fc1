import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { childrenOf, type Place, rootPlace } from '../kinds/walk.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { isScalar, type Range } from '../syntax/node.ts';

export type SymbolIcon = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'module';

/** A line of the outline. Offsets in the document's text; `selection` lies in `range`. */
export interface DocumentSymbol {
  readonly name: string;
  readonly detail: string;
  readonly icon: SymbolIcon;
  readonly range: Range;
  readonly selection: Range;
  readonly children: readonly DocumentSymbol[];
}

const longestDetail = 60;

function detailOf({ node, type }: Place): string {
  if (isScalar(node)) return node.text.length > longestDetail ? `${node.text.slice(0, longestDetail - 1)}…` : node.text;
  if (node.kind === 'seq')
    return type.is === 'list' && node.items.every((item) => isScalar(item.value))
      ? node.items.map((item) => (isScalar(item.value) ? item.value.text : '')).join(', ')
      : '';
  return node.entries.length === 0 ? '{}' : '';
}

const iconOf = ({ node, type }: Place): SymbolIcon => {
  if (node.kind === 'map') return 'object';
  if (node.kind === 'seq') return 'array';
  return type.is === 'integer' || type.is === 'intOrString' ? 'number' : type.is === 'boolean' ? 'boolean' : 'string';
};

function symbolOf(place: Place): DocumentSymbol {
  const range = place.entry ?? place.item ?? place.written;
  const selection = place.entry?.key ?? { start: range.start, end: Math.min(range.start + 1, range.end) };
  const scalarList = place.type.is === 'list' && detailOf(place) !== '';
  return {
    name: place.entry?.key.text || String((place.index ?? 0) + 1),
    detail: detailOf(place),
    icon: iconOf(place),
    range,
    selection,
    children: scalarList
      ? []
      : childrenOf(place)
          .filter((child) => child.written === child.node)
          .map(symbolOf),
  };
}

function resourceSymbol(resource: Resource): DocumentSymbol {
  const { table, kind, name, namespace, root } = resource;
  const place = table && rootPlace(resource, table.type);
  const first = root.entries[0]?.key ?? { start: root.start, end: root.start };
  return {
    name: name ?? kind ?? 'resource',
    detail: [kind, namespace && `namespace ${namespace}`].filter(Boolean).join(', '),
    icon: 'module',
    range: root,
    selection: first,
    children: place
      ? childrenOf(place)
          .filter((child) => child.entry && ['metadata', 'spec'].includes(child.entry.key.text) && child.written === child.node)
          .map(symbolOf)
      : [],
  };
}

/** The outline of a document: its resources, and below each the fields that netpol knows and the policies that it makes. */
export function documentSymbols(document: DocumentText): readonly DocumentSymbol[] {
  const found: DocumentSymbol[] = [];
  for (const resource of resourcesOf(document)) {
    const symbol = resourceSymbol(resource);
    const around = resource.carrier ? found.pop() : undefined;
    found.push(around ? { ...around, children: [...around.children, symbol] } : symbol);
  }
  return found;
}
