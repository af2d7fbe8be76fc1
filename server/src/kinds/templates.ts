import { isMap, isScalar, isSeq, type MapNode, type Node, type Range, resolve, valueAt } from '../syntax/node.ts';
import { namesVariable } from '../syntax/scalar.ts';
import type { Gap } from '../syntax/template.ts';
import type { FieldType } from './fieldTypes.ts';
import { isNetworkPolicy } from './registry.ts';
import type { Resource } from './resource.ts';
import { childAt, childrenOf, enclosing, type Place, rootPlace, walk } from './walk.ts';

/** Where something is written together with its key or dash. */
const spanOf = ({ entry, item, written }: Place): Range => entry ?? item ?? written;

/** Where what stands behind a place in its document begins. */
function nextStart(place: Place): number {
  const { parent, resource } = place;
  // An item of a List ends with itself.
  if (!parent) return resource.root === resource.document.parsed.root ? resource.document.text.length : resource.root.end;
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

/** Scalars of a NetworkPolicy that are told as they are written, with a template's actions in them. */
const told: ReadonlySet<FieldType['role']> = new Set(['cidr', 'except', 'expression-values', 'label-value', 'port', 'protocol']);

/** Whether a key stands twice: once for each branch of a template. */
const writesTwice = ({ entries }: MapNode): boolean => new Set(entries.map(({ key }) => key.text)).size < entries.length;

/** Whether a template writes part of a place that is more than a word. What aliases repeat is looked at once: a few can stand for a million. */
function hasHole(place: Place, seen = new Set<Node>()): boolean {
  const { node, type, parent } = place;
  if (isScalar(node)) {
    const isTold = isNetworkPolicy(place.resource.table) && (told.has(type.role) || told.has(parent?.type.role));
    return node.templated === true && !(isTold && type.is !== 'list');
  }
  if (seen.has(node)) return false;
  seen.add(node);
  if (type.is === 'object' && isMap(node) && (node.entries.some(({ key }) => key.templated) || writesTwice(node))) return true;
  return childrenOf(place).some((child) => hasHole(child, seen));
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

/** Where in an ascending list of gaps the first stands that begins at an offset or behind it. */
function firstFrom(gaps: readonly Gap[], offset: number): number {
  let [low, high] = [0, gaps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((gaps[middle] as Gap).start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a template decides what stands in a part of a resource, or may add to it from behind. */
function isOpen(part: Place, gaps: readonly Gap[]): boolean {
  const { start, end } = spanOf(part);
  const behind = firstFrom(gaps, end);
  if (firstFrom(gaps, start) < behind || hasHole(part)) return true;
  const next = nextStart(part);
  const own = ownColumn(part);
  for (let i = behind; i < gaps.length; i++) {
    const { start: at, writes, column } = gaps[i] as Gap;
    if (at >= next) return false;
    if (writes && (column === undefined || column >= own)) return true;
  }
  return false;
}

/** Whether a Helm template may write something that changes what a place means. */
export function dependsOnTemplate(place: Place): boolean {
  const { gaps } = place.resource.document.parsed;
  return gaps !== undefined && decisiveParts(place).some((part) => isOpen(part, gaps));
}

/**
 * Whether all that decides what a place means is written: neither a template nor a variable stands there for more than a label, a port or a
 * range, and no template may write more.
 */
export function isWrittenOut(place: Place): boolean {
  const { templated, gaps = [] } = place.resource.document.parsed;
  return !templated || !decisiveParts(place).some((part) => isOpen(part, gaps));
}

/** Whether a Helm template may write something that changes what a resource of a known kind means. */
export function isMadeByTemplate(resource: Resource): boolean {
  const { gaps } = resource.document.parsed;
  return gaps !== undefined && resource.table !== undefined && isOpen(contentOf(rootPlace(resource, resource.table.type)), gaps);
}

/** Whether a Helm template writes the namespace of a resource: where it lands is not known then. */
export function isPlacedByTemplate({ root, document }: Resource): boolean {
  if (!document.parsed.gaps) return false;
  const namespace = resolve(valueAt(root, 'metadata', 'namespace'));
  return isScalar(namespace) && namespace.templated === true && !namesVariable(namespace);
}

/** Whether a template writes labels of a workload's pods or of a namespace, or those that a Service asks for: whom they concern is not known then. */
export function hasLabelsByTemplate(resource: Resource): boolean {
  const { gaps } = resource.document.parsed;
  if (!gaps || !resource.table) return false;
  const all: Place[] = [];
  walk(resource, (place) => {
    const around = place.parent?.type.role;
    // Of other kinds their own labels are not those that are selected by; a workload's selector says what they must be, and does not make them.
    const isSelectedBy = around !== 'selector' && (around !== 'metadata' || resource.kind === 'Pod' || resource.kind === 'Namespace');
    if (place.type.role === 'labels' && isSelectedBy) all.push(place);
  });
  return all.length === 0 ? isMadeByTemplate(resource) : all.some((place) => isOpen(place, gaps));
}

/** Whether a template may write more ports of a workload's containers than those that are written out, or a variable is part of one. */
export function hasPortsByTemplate(resource: Resource): boolean {
  const { templated, gaps = [] } = resource.document.parsed;
  if (!templated || !resource.table) return false;
  let isFound = false;
  walk(resource, (place) => {
    if (place.entry?.key.text !== 'containers') return;
    isFound ||= childrenOf(place).some((container) => isOpen(childAt(container, 'ports') ?? container, gaps));
  });
  return isFound;
}
