import type { Entry, MapNode, Node, ScalarNode, SeqItem, SeqNode } from './node.ts';

// Nodes without anchor, tag and template. Every node of a kind is built with the same keys in the same order, here and elsewhere: the walks
// over them are half as long for it.

/** A scalar from `start` to `end`, quotes included. */
export const plainScalar = (start: number, end: number, text: string, style: ScalarNode['style']): ScalarNode => ({
  kind: 'scalar',
  start,
  end,
  anchor: undefined,
  tag: undefined,
  text,
  style,
  templated: undefined,
});

/** What stands where a value is missing. */
export const nothingAt = (at: number): ScalarNode => plainScalar(at, at, '', 'plain');

export const plainMap = (start: number, end: number, flow: boolean, entries: readonly Entry[]): MapNode => ({
  kind: 'map',
  start,
  end,
  anchor: undefined,
  tag: undefined,
  flow,
  entries,
  merges: undefined,
});

export const plainSeq = (start: number, end: number, flow: boolean, items: readonly SeqItem[]): SeqNode => ({
  kind: 'seq',
  start,
  end,
  anchor: undefined,
  tag: undefined,
  flow,
  items,
});

/** A key with its value. */
export const entry = (key: ScalarNode, value: Node): Entry => ({ key, value, start: key.start, end: Math.max(key.end, value.end) });
