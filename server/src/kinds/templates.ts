import { isMap, isScalar, isSeq, type MapNode, type Range } from '../syntax/node.ts';
import type { Gap } from '../syntax/template.ts';
import type { FieldType } from './fieldTypes.ts';
import { isNetworkPolicy } from './registry.ts';
import type { Resource } from './resource.ts';
import { childAt, childrenOf, enclosing, type Place, rootPlace } from './walk.ts';

/** Where something is written together with its key or dash. */
const spanOf = ({ entry, item, written }: Place): Range => entry ?? item ?? written;

/** Where what stands behind a place in its document begins. */
function nextStart(place: Place): number {
  const { parent, resource } = place;
  if (!parent) return resource.document.text.length;
  const { end } = spanOf(place);
  const siblings: readonly Range[] = isMap(parent.node) ? parent.node.entries : isSeq(parent.node) ? parent.node.items : [];
  const next = siblings.find(({ start }) => start >= end);
  return next ? next.start : nextStart(parent);
}

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);

/** The column from which on what is written behind a place belongs to it. */
function ownColumn(place: Place): number {
  const { node, resource } = place;
  const { text } = resource.document;
  const first = isSeq(node) ? node.items[0] : undefined;
  const column = columnOf(text, spanOf(place).start);
  // The dashes of a list may stand below its key; so they may where none is written.
  if (isSeq(node)) return first ? columnOf(text, first.start) : column;
  return isMap(node) && node.entries.length > 0 ? column + 1 : column;
}

/** Whether a gap is in a place, or may add to it from behind. */
function concerns({ start, writes, column }: Gap, place: Place, from: number, end: number, next: number): boolean {
  if (start < from || start >= next) return false;
  return start < end || (writes && (column === undefined || column >= ownColumn(place)));
}

/** Scalars of a NetworkPolicy that are told as they are written, with a template's actions in them. */
const told: ReadonlySet<FieldType['role']> = new Set(['cidr', 'except', 'expression-values', 'label-value', 'port', 'protocol']);

/** Whether a key stands twice: once for each branch of a template. */
const writesTwice = ({ entries }: MapNode): boolean => new Set(entries.map(({ key }) => key.text)).size < entries.length;

/** Whether a template writes part of a place that is more than a word. */
function hasHole(place: Place): boolean {
  const { node, type, parent } = place;
  if (isScalar(node)) {
    const isTold = isNetworkPolicy(place.resource.table) && (told.has(type.role) || told.has(parent?.type.role));
    return node.templated === true && !(isTold && type.is !== 'list');
  }
  if (type.is === 'object' && isMap(node) && (node.entries.some(({ key }) => key.templated) || writesTwice(node))) return true;
  return childrenOf(place).some(hasHole);
}

/** What is decisive for what stands in it, without what is around it. */
const decisive: ReadonlySet<FieldType['role']> = new Set([
  'admin-peer',
  'admin-port',
  'admin-subject',
  'calico-rule',
  'calico-spec',
  'cilium-rule',
  'cilium-spec',
  'cilium-subject',
  'metadata',
  'peer',
  'peers',
  'policy-port',
  'policy-spec',
  'ports',
  'rule',
  'selector',
]);

function rootOf(place: Place): Place {
  let root = place;
  while (root.parent) root = root.parent;
  return root;
}

/** What a resource means stands in its `spec`, where it has one. */
const contentOf = (root: Place): Place => childAt(root, 'spec') ?? root;

/** What decides what a place means. */
function decisiveParts(place: Place): readonly Place[] {
  const { parent } = place;
  const types = parent && isNetworkPolicy(place.resource.table) && place.type.role === 'rules' ? childAt(parent, 'policyTypes') : undefined;
  if (types && isMap(parent?.node) && !writesTwice(parent.node)) return [types, place];
  let part: Place | undefined = place;
  while (part && !decisive.has(part.type.role)) part = part.parent;
  return [enclosing(part, 'peer') ?? enclosing(part, 'admin-peer') ?? part ?? contentOf(rootOf(place))];
}

function isOpen(part: Place, gaps: readonly Gap[]): boolean {
  const { start, end } = spanOf(part);
  const next = nextStart(part);
  return gaps.some((gap) => concerns(gap, part, start, end, next)) || hasHole(part);
}

/** Whether a Helm template may write something that changes what a place means. */
export function dependsOnTemplate(place: Place): boolean {
  const { gaps } = place.resource.document.parsed;
  return gaps !== undefined && decisiveParts(place).some((part) => isOpen(part, gaps));
}

/** The same of what a resource of a known kind means. */
export function isMadeByTemplate(resource: Resource): boolean {
  const { gaps } = resource.document.parsed;
  return gaps !== undefined && resource.table !== undefined && isOpen(contentOf(rootPlace(resource, resource.table.type)), gaps);
}
