/**
 * The syntax tree that everything above stands on, for YAML and JSON alike.
 * All offsets are UTF-16 code units relative to the start of the document's own text, ends exclusive, so that a
 * document can move within its file without being parsed again.
 */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface NodeBase extends Range {
  readonly anchor?: string | undefined;
  /** Explicit tag as written, such as `!!str`. */
  readonly tag?: string | undefined;
}

type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  /** Decoded text; empty for a value that is absent (`key:`). */
  readonly text: string;
  readonly style: ScalarStyle;
  /** Part or all of it is written by a template (`{{ … }}`): its real text is unknown. */
  readonly templated?: boolean | undefined;
}

export interface Entry extends Range {
  readonly key: ScalarNode;
  /** A scalar of zero width where nothing is written. */
  readonly value: Node;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly flow: boolean;
  readonly entries: readonly Entry[];
  /** Some entry is a merge key (`<<`). */
  readonly merges?: boolean | undefined;
}

export interface SeqItem extends Range {
  /** Offset of the dash in block style, of the item in flow style; the range spans dash and value. */
  readonly value: Node;
}

export interface SeqNode extends NodeBase {
  readonly kind: 'seq';
  readonly flow: boolean;
  readonly items: readonly SeqItem[];
}

export interface AliasNode extends NodeBase {
  readonly kind: 'alias';
  readonly name: string;
  /** Absent where no such anchor stands before it. */
  readonly target?: Node | undefined;
}

export type Node = ScalarNode | MapNode | SeqNode | AliasNode;

/** The node that an alias stands for; any other node itself. Undefined for an alias without a target. */
export function resolve(node: Node | undefined): Exclude<Node, AliasNode> | undefined {
  let current = node;
  // An alias can only name an earlier node, so the chain ends.
  while (current?.kind === 'alias') current = current.target;
  return current;
}

export const isMap = (node: Node | undefined): node is MapNode => node?.kind === 'map';
export const isSeq = (node: Node | undefined): node is SeqNode => node?.kind === 'seq';
export const isScalar = (node: Node | undefined): node is ScalarNode => node?.kind === 'scalar';

/** Whether a key merges another mapping in. */
export const isMergeKey = (key: ScalarNode): boolean => key.text === '<<' && key.style === 'plain';

/**
 * The entries of a mapping as Kubernetes' parser sees them: merge keys (`<<`) filled in, own keys first.
 * Of a duplicate key all entries are given, in their order.
 */
export function entriesOf(node: MapNode): readonly Entry[] {
  if (!node.merges) return node.entries;
  const own = node.entries.filter((entry) => !isMergeKey(entry.key));
  const seen = new Set(own.map((entry) => entry.key.text));
  const merged = [...own];
  for (const entry of node.entries) {
    if (!isMergeKey(entry.key)) continue;
    const value = resolve(entry.value);
    const sources = isSeq(value) ? value.items.map((item) => resolve(item.value)) : [value];
    for (const source of sources) {
      if (!isMap(source)) continue;
      for (const inherited of entriesOf(source)) {
        if (seen.has(inherited.key.text)) continue;
        seen.add(inherited.key.text);
        merged.push(inherited);
      }
    }
  }
  return merged;
}

/** The entry of `key`, the last one where it is written more than once. */
export function entryOf(node: Node | undefined, key: string): Entry | undefined {
  const map = resolve(node);
  if (!isMap(map)) return undefined;
  const entries = entriesOf(map);
  for (let i = entries.length - 1; i >= 0; i--) if (entries[i]?.key.text === key) return entries[i];
  return undefined;
}

/** The value at a path of keys, aliases resolved; undefined where the path ends early. */
export function valueAt(node: Node | undefined, ...path: readonly string[]): Exclude<Node, AliasNode> | undefined {
  let current = resolve(node);
  for (const key of path) current = resolve(entryOf(current, key)?.value);
  return current;
}

/** The items of a sequence, each once however often aliases repeat it: a few of them can stand for a million. */
export const distinctItemsOf = (node: Node | undefined): readonly Exclude<Node, AliasNode>[] => [...new Set(itemsOf(node))];

/** The items of a sequence, aliases resolved; none for anything else. */
export function itemsOf(node: Node | undefined): readonly Exclude<Node, AliasNode>[] {
  const seq = resolve(node);
  if (!isSeq(seq)) return [];
  const items: Exclude<Node, AliasNode>[] = [];
  for (const { value } of seq.items) {
    const item = resolve(value);
    if (item) items.push(item);
  }
  return items;
}
