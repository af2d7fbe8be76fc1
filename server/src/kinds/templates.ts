import { isMap, isScalar, isSeq, type MapNode, type Node, type Range, resolve, type SeqNode, valueAt } from '../syntax/node.ts';
import type { ParsedDocument } from '../syntax/parseDocument.ts';
import { namesVariable } from '../syntax/scalar.ts';
import { branchAt, firstFrom, type Gap } from '../syntax/template.ts';
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
  const siblings: readonly Range[] = isMap(parent.node) ? parent.node.entries : isSeq(parent.node) ? parent.node.items : [];
  const next = siblings[firstFrom(siblings, spanOf(place).end)];
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

/** The column of a place’s keys or dashes; undefined where they stand in brackets, or none stand there. */
function columnInside({ node, resource }: Place): number | undefined {
  if (isScalar(node) || node.flow) return undefined;
  const first = isMap(node) ? node.entries[0] : node.items[0];
  return first && columnOf(resource.document.text, first.start);
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

/** What a resource means stands in its `spec`, where it has one, whatever a template does. */
function contentOf(root: Place): Place {
  const [kind, spec] = [childAt(root, 'kind'), childAt(root, 'spec')];
  const isAlways = !kind?.entry || !spec?.entry || standTogether(root.resource.document.parsed, kind.entry, spec.entry);
  return spec && isAlways ? spec : root;
}

/** What decides what a place means. */
function decisiveParts(place: Place): readonly Place[] {
  const { parent } = place;
  const types = parent && isNetworkPolicy(place.resource.table) && place.type.role === 'rules' ? childAt(parent, 'policyTypes') : undefined;
  if (types && isMap(parent?.node) && !writesTwice(parent.node)) return [types, place];
  let part: Place | undefined = place;
  while (part && !decisive.has(part.type.role)) part = part.parent;
  return [enclosing(part, 'peer') ?? enclosing(part, 'admin-peer') ?? part ?? contentOf(rootOf(place))];
}

/** Whether a template may write something at a column or a deeper one between a gap, by its place in the list of all, and an offset. */
function isWrittenTo(gaps: readonly Gap[], first: number, end: number, from: number): boolean {
  for (let i = first; i < gaps.length; i++) {
    const { start, writes, column } = gaps[i] as Gap;
    if (start >= end) return false;
    if (writes && (column === undefined || column >= from)) return true;
  }
  return false;
}

/** Whether a template decides which keys and items stand in a part of a resource, or may add to it from behind. */
function isLoose(part: Place, gaps: readonly Gap[]): boolean {
  const { start, end } = spanOf(part);
  const behind = firstFrom(gaps, end);
  return firstFrom(gaps, start) < behind || isWrittenTo(gaps, behind, nextStart(part), ownColumn(part));
}

/** Whether a template decides what stands in a part of a resource, or may add to it from behind. */
const isOpen = (part: Place, gaps: readonly Gap[]): boolean => isLoose(part, gaps) || hasHole(part);

type Collection = MapNode | SeqNode;

/** A question of a node and all below it, answered once each: many places ask it of the lists around them, and aliases can make much of little. */
function rememberedOf(answer: (collection: Collection, again: (node: Node) => boolean) => boolean, ofOthers: (node: Node) => boolean) {
  const known = new WeakMap<Collection, boolean>();
  const ask = (node: Node): boolean => {
    if (!isMap(node) && !isSeq(node)) return ofOthers(node);
    let found = known.get(node);
    if (found === undefined) {
      found = answer(node, ask);
      known.set(node, found);
    }
    return found;
  };
  return ask;
}

/** Whether an alias stands in a node, of which the text is elsewhere. */
const hasAlias = rememberedOf(
  (node, again) =>
    isSeq(node) ? node.items.some(({ value }) => again(value)) : node.merges === true || node.entries.some(({ value }) => again(value)),
  ({ kind }) => kind === 'alias',
);

const hasHolesIn = rememberedOf(
  (node, again) => {
    const below = (value: Node) => again(resolve(value) ?? value);
    return isSeq(node) ? node.items.some(({ value }) => below(value)) : node.entries.some(({ key, value }) => key.templated === true || below(value));
  },
  (node) => isScalar(node) && node.templated === true,
);

/** Whether a template or a variable is part of a node’s keys or values. */
export function hasHoles(written: Node | undefined): boolean {
  const node = resolve(written);
  return node !== undefined && hasHolesIn(node);
}

/** Whether a Helm template decides which keys and items stand in a place, at any depth, or may add to them. The words that it writes do not count. */
export function hasGaps(place: Place): boolean {
  const { gaps = [] } = place.resource.document.parsed;
  return gaps.length > 0 && (isLoose(place, gaps) || hasAlias(place.written));
}

/** Whether all of a place is there as it is written: no template and no variable has part in it. */
export const isVerbatim = (place: Place): boolean => !place.resource.document.parsed.templated || !(hasGaps(place) || hasHoles(place.node));

/** Whether a template or a variable may write a key or an item of a place beside those that stand there. What it decides below them does not count. */
export function mayHoldMore(place: Place): boolean {
  const { node, written, resource } = place;
  const { templated, gaps = [] } = resource.document.parsed;
  if (!templated) return false;
  if (isMap(node) && node.entries.some(({ key }) => key.templated)) return true;
  if (gaps.length === 0) return false;
  if (written.kind === 'alias' || (isMap(node) && node.merges)) return true;
  const span = spanOf(place);
  const column = columnInside(place);
  for (let i = firstFrom(gaps, span.start), end = nextStart(place); i < gaps.length; i++) {
    const gap = gaps[i] as Gap;
    if (gap.start >= end) return false;
    if (!gap.writes) continue;
    // Behind the place, what stands further left is no part of it.
    if (column === undefined || gap.column === undefined || gap.column === column || (gap.column < column && gap.start < span.end)) return true;
  }
  return false;
}

/** Whether two parts of a document stand in the same branches of its template. */
export const standTogether = ({ gaps = [] }: ParsedDocument, one: Range, other: Range): boolean =>
  branchAt(gaps, one.start) === branchAt(gaps, other.start);

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

/** Whether what a resource means, and where, is there as it is written; its name, its labels and annotations may be a template's. */
export function hasVerbatimSpec(resource: Resource): boolean {
  const { root, document, table } = resource;
  if (!document.templated) return true;
  if (!table || isPlacedByTemplate(resource)) return false;
  const whole = rootPlace(resource, table.type);
  const metadata = childAt(whole, 'metadata');
  const namespace = metadata && childAt(metadata, 'namespace')?.entry;
  const kind = childAt(whole, 'kind')?.entry ?? root;
  const isPlaced = namespace ? standTogether(document.parsed, kind, namespace) : !metadata || !mayHoldMore(metadata);
  return isPlaced && isVerbatim(contentOf(whole));
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
