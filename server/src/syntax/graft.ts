import {
  type Entry,
  entriesOf,
  entryOf,
  isMap,
  isSeq,
  type MapNode,
  type Node,
  type Range,
  resolve,
  type ScalarNode,
  type SeqItem,
  type SeqNode,
} from './node.ts';
import { isNull, stringOf } from './scalar.ts';

// Trees made of several texts. Each is one of the first text: what comes from another has the place of what it replaces, or of what it is put into.
// Libraries that patch do so with plain values, which have no places.

const scalarAt = (text: string, { start, end }: Range, style: ScalarNode['style'] = 'double'): ScalarNode => ({
  kind: 'scalar',
  start,
  end,
  text,
  style,
});

/** What has been copied: aliases may name a thing a million times. */
type Copies = Map<Node, Node>;

/** A node of another text at a place of this one. */
function graft(node: Node, { start, end }: Range, copies: Copies = new Map()): Node {
  const known = copies.get(node);
  if (known) return known;
  const at = { start, end };
  const copy = copied(node, at, copies);
  copies.set(node, copy);
  return copy;
}

function copied(node: Node, at: Range, copies: Copies): Node {
  const { anchor: _, ...plain } = node;
  switch (plain.kind) {
    case 'alias':
      return { ...plain, ...at, target: plain.target && graft(plain.target, at, copies) };
    case 'map':
      return {
        ...plain,
        ...at,
        entries: plain.entries.map(({ key, value }) => ({ ...at, key: { ...key, ...at }, value: graft(value, at, copies) })),
      };
    case 'seq':
      return { ...plain, ...at, items: plain.items.map(({ value }) => ({ ...at, value: graft(value, at, copies) })) };
    default:
      return { ...plain, ...at };
  }
}

/** Keys whose values tell which items of two lists are one; undefined where the later list replaces the earlier. `path` is what leads to the list, from outside. */
export type MergeKeys = (path: readonly string[]) => readonly string[] | undefined;

const directiveOf = (node: Node | undefined): string | undefined => stringOf(entryOf(node, '$patch')?.value);

/** One strategic merge. Source: kubernetes-sigs/kustomize kyaml/yaml/merge2, kyaml/yaml/walk/associative_sequence.go. */
class Merge {
  private readonly keysOf: MergeKeys;
  /** What has become of two nodes: aliases may bring them together a million times. */
  private readonly known = new Map<Node, Map<Node, Node | undefined>>();

  constructor(keysOf: MergeKeys) {
    this.keysOf = keysOf;
  }

  /** What a patch makes of a node; undefined where nothing is left of it. */
  of(base: Node | undefined, patch: Node, at: Range, path: readonly string[]): Node | undefined {
    const [before, after] = [resolve(base), resolve(patch)];
    if (!after) return base;
    if (before) {
      const results = this.known.get(before) ?? new Map<Node, Node | undefined>();
      this.known.set(before, results);
      if (results.has(after)) {
        const target = results.get(after);
        return target && { kind: 'alias', start: at.start, end: at.end, name: '', target };
      }
      const result = this.made(before, after, at, path);
      results.set(after, result);
      return result;
    }
    return this.made(undefined, after, at, path);
  }

  private made(before: Node | undefined, after: Node, at: Range, path: readonly string[]): Node | undefined {
    if (isMap(after))
      return this.maps(isMap(before) ? before : { kind: 'map', start: at.start, end: at.end, flow: true, entries: [] }, after, at, path);
    if (isSeq(after)) return this.lists(isSeq(before) ? before : undefined, after, at, path);
    return graft(after, at);
  }

  private maps(
    { anchor: _, merges: __, ...base }: MapNode & { merges?: boolean | undefined },
    patch: MapNode,
    at: Range,
    path: readonly string[],
  ): MapNode | undefined {
    const directive = directiveOf(patch);
    if (directive === 'delete') return undefined;
    const entries: Entry[] = directive === 'replace' ? [] : [...entriesOf(base)];
    for (const { key, value } of entriesOf(patch)) {
      // $patch, $retainKeys, $setElementOrder/…
      if (key.text.startsWith('$')) continue;
      const index = entries.findLastIndex((entry) => entry.key.text === key.text);
      const before = entries[index];
      const now = isNull(value) ? undefined : this.of(before?.value, value, before?.value ?? at, [...path, key.text]);
      if (before) entries.splice(index, 1, ...(now ? [{ ...before, value: now }] : []));
      else if (now) entries.push({ start: at.start, end: at.end, key: scalarAt(key.text, at), value: now });
    }
    return { ...base, entries };
  }

  private lists(base: SeqNode | undefined, patch: SeqNode, at: Range, path: readonly string[]): Node | undefined {
    const added = (value: Node): SeqItem[] => {
      const now = this.of(undefined, value, at, path);
      return now ? [{ start: at.start, end: at.end, value: now }] : [];
    };
    const replaces = patch.items.some(({ value }) => directiveOf(value) === 'replace');
    const plain = patch.items.filter(({ value }) => directiveOf(value) !== 'replace');
    const keys = this.keysOf(path);
    if (!base || !keys || replaces) return { ...patch, start: at.start, end: at.end, items: plain.flatMap(({ value }) => added(value)) };
    const { anchor: _, ...kept } = base;
    const valid = keys.filter((key) => [...base.items, ...plain].some(({ value }) => textAt(value, key) !== ''));
    const rest = [...base.items];
    const items = plain.flatMap(({ value }): SeqItem[] => {
      const index = rest.findIndex((item) => valid.every((key) => textAt(item.value, key) === textAt(value, key)));
      const before = rest[index];
      // Kustomize drops it.
      if (!before) return rest.some((item) => mayBeSame(item.value, value, valid)) ? [] : added(value);
      rest.splice(index, 1);
      const now = this.of(before.value, value, before.value, path);
      return now ? [{ ...before, value: now }] : [];
    });
    return { ...kept, items: [...items, ...rest] };
  }
}

/** The text of a key of an item; empty where there is none. */
function textAt(item: Node, key: string): string {
  const value = resolve(entryOf(item, key)?.value);
  return value?.kind === 'scalar' ? value.text : '';
}

/** Whether what two items say of their keys is the same as far as both say it, and one of them in common. */
function mayBeSame(one: Node, other: Node, keys: readonly string[]): boolean {
  const pairs = keys.map((key) => [textAt(one, key), textAt(other, key)] as const);
  return pairs.every(([a, b]) => a === b || a === '' || b === '') && pairs.some(([a, b]) => a !== '' && a === b);
}

/** A strategic merge: a tree with what a patch says of it; undefined where the patch takes it away. */
export const merged = (base: MapNode, patch: MapNode, keysOf: MergeKeys): MapNode | undefined => {
  const result = new Merge(keysOf).of(base, patch, base, []);
  return isMap(result) ? result : undefined;
};

/** One operation on a tree; `path` and `from` as the keys and indices that lead there. Source: RFC 6902. */
export interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: readonly string[];
  readonly from?: readonly string[];
  readonly value?: Node;
}

const indexIn = ({ items }: SeqNode, token: string, most: number): number | undefined => {
  const index = token === '-' ? items.length : /^\d{1,9}$/.test(token) ? Number(token) : Number.NaN;
  return index <= most ? index : undefined;
};

function found(node: Node | undefined, path: readonly string[]): Node | undefined {
  let current = resolve(node);
  for (const token of path) {
    if (isMap(current)) current = resolve(entryOf(current, token)?.value);
    else if (isSeq(current)) current = resolve(current.items[indexIn(current, token, current.items.length - 1) ?? -1]?.value);
    else return undefined;
  }
  return current;
}

type Change = { readonly op: 'add' | 'replace'; readonly value: Node } | { readonly op: 'remove' };

/** A tree with a change at a path; undefined where the path does not lead there. */
function put(node: Node, [token, ...rest]: readonly string[], change: Change): Node | undefined {
  const within = resolve(node);
  if (token === undefined) return change.op === 'remove' ? undefined : graft(change.value, node);
  if (isMap(within)) return putInMap(within, token, rest, change);
  return isSeq(within) ? putInList(within, token, rest, change) : undefined;
}

function putInMap(within: MapNode, token: string, rest: readonly string[], change: Change): Node | undefined {
  const { anchor: _, merges: __, ...map } = within;
  const entries = entriesOf(within);
  const index = entries.findLastIndex(({ key }) => key.text === token);
  const before = entries[index];
  if (!before) {
    // As Kustomize's library does, `replace` takes a key that is not there, too.
    if (rest.length > 0 || change.op === 'remove') return undefined;
    const at = { start: within.start, end: within.end };
    return { ...map, entries: [...entries, { ...at, key: scalarAt(token, at), value: graft(change.value, at) }] };
  }
  if (rest.length === 0 && change.op === 'remove') return { ...map, entries: entries.toSpliced(index, 1) };
  const value = put(before.value, rest, change);
  return value && { ...map, entries: entries.with(index, { ...before, value }) };
}

function putInList(within: SeqNode, token: string, rest: readonly string[], change: Change): Node | undefined {
  const { anchor: _, ...list } = within;
  const { items } = within;
  const comes = rest.length === 0 && change.op === 'add';
  const index = indexIn(within, token, comes ? items.length : items.length - 1);
  if (index === undefined) return undefined;
  if (comes) {
    const at = { start: within.start, end: within.end };
    return { ...list, items: items.toSpliced(index, 0, { ...at, value: graft(change.value, at) }) };
  }
  if (rest.length === 0 && change.op === 'remove') return { ...list, items: items.toSpliced(index, 1) };
  const before = items[index] as SeqItem;
  const value = put(before.value, rest, change);
  return value && { ...list, items: items.with(index, { ...before, value }) };
}

function operated(root: Node, { op, path, from, value }: Operation): Node | undefined {
  if (op === 'test') return root;
  if (op === 'remove') return put(root, path, { op });
  if (op === 'add' || op === 'replace') return value && put(root, path, { op, value });
  const source = from && found(root, from);
  // As Kustomize's library does, `copy` of nothing copies nothing.
  if (!source) return op === 'copy' ? root : undefined;
  const rest = op === 'move' ? put(root, from, { op: 'remove' }) : root;
  return rest && put(rest, path, { op: 'add', value: source });
}

/** A tree after operations, each on what the one before left; undefined where one of them cannot be done. That a test holds is assumed. */
export function afterOperations(root: MapNode, operations: readonly Operation[]): MapNode | undefined {
  let now: Node | undefined = root;
  for (const operation of operations) now = now && operated(now, operation);
  return isMap(now) ? now : undefined;
}

function entered(node: Node, [token, ...rest]: readonly string[], values: Readonly<Record<string, string>>, create: boolean): Node {
  const within = resolve(node);
  if (token === '*')
    return isSeq(within) ? { ...within, items: within.items.map((item) => ({ ...item, value: entered(item.value, rest, values, create) })) } : node;
  const at = { start: node.start, end: node.end };
  const map: MapNode | undefined = isMap(within) ? within : create && isNull(node) ? { kind: 'map', ...at, flow: true, entries: [] } : undefined;
  if (!map) return node;
  const entries = [...entriesOf(map)];
  const put = (key: string, value: (before: Node | undefined) => Node | undefined) => {
    const index = entries.findLastIndex((entry) => entry.key.text === key);
    const before = entries[index];
    const now = value(before?.value);
    if (before && now) entries[index] = { ...before, value: now };
    else if (now) entries.push({ ...at, key: scalarAt(key, at), value: now });
  };
  if (token === undefined) for (const [key, text] of Object.entries(values)) put(key, (before) => scalarAt(text, before ?? at));
  else put(token, (before) => (before || create ? entered(before ?? scalarAt('', at, 'plain'), rest, values, create) : undefined));
  const { merges: _, ...plain } = map;
  return { ...plain, entries };
}

/**
 * A tree with these entries in the mapping at a path, in place of those of their names; `*` in the path stands for every item of a list.
 * What is missing on the way is made where `create`; else it stays away.
 */
export const withEntries = (root: MapNode, path: readonly string[], values: Readonly<Record<string, string>>, create: boolean): MapNode =>
  entered(root, path, values, create) as MapNode;
