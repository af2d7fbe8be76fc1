import * as l10n from '@vscode/l10n';
import { isVerbatim, standTogether } from '../kinds/templates.ts';
import { childrenOf, type Place } from '../kinds/walk.ts';
import { removeItem } from '../syntax/edits.ts';
import { entriesOf, entryOf, isMap, isScalar, isSeq, type Node, type Range, resolve, type SeqItem, type SeqNode } from '../syntax/node.ts';
import type { RuleContext } from './rule.ts';

/**
 * Whether two nodes say the same, however they are written; false where a template writes part of one. Aliases are
 * followed `budget.steps` times in all: a few of them can stand for a million nodes.
 */
export function sameMeaning(one: Node | undefined, other: Node | undefined, budget = { steps: 10_000 }): boolean {
  const [a, b] = [resolve(one), resolve(other)];
  if (budget.steps-- <= 0) return false;
  // By aliases.
  if (a !== undefined && a === b && !isScalar(a)) return true;
  if (isScalar(a)) return isScalar(b) && a.text === b.text && (a.style === 'plain') === (b.style === 'plain') && !a.templated && !b.templated;
  if (isSeq(a))
    return isSeq(b) && a.items.length === b.items.length && a.items.every((item, i) => sameMeaning(item.value, b.items[i]?.value, budget));
  if (!isMap(a) || !isMap(b)) return false;
  const entries = entriesOf(a);
  return entries.length === entriesOf(b).length && entries.every(({ key, value }) => sameMeaning(value, entryOf(b, key.text)?.value, budget));
}

/** A list whose items can be compared with each other: longer ones are written by programs, and the time grows with the square. */
export const isComparable = (node: Node): node is SeqNode => isSeq(node) && node.items.length > 1 && node.items.length <= 500;

/** Whether two items of a list are always there together, without a word of a template or a variable. */
export function standAsWritten(list: Place, one: SeqItem, other: SeqItem): boolean {
  const { parsed } = list.resource.document;
  const isOne = ({ item }: Place) => item === one || item === other;
  return !parsed.templated || (standTogether(parsed, one, other) && childrenOf(list).filter(isOne).every(isVerbatim));
}

/** What to fade where an item of a list is superfluous. */
const wholeItem = ({ start, end, value }: SeqItem): Range => (value.end > value.start ? { start: value.start, end: value.end } : { start, end });

/** Index of an item that makes another superfluous; of two that say the same, the later one is. Undefined where none does. */
function madeSuperfluousBy<T>(items: readonly T[], index: number, implies: (narrow: T, wide: T) => boolean): number | undefined {
  const own = items[index] as T;
  const found = items.findIndex((other, i) => i !== index && implies(own, other) && (i < index || !implies(other, own)));
  return found < 0 ? undefined : found;
}

/** How a list's items are compared. */
interface Comparison<T> {
  /** What the items are called: "peer". */
  readonly noun: string;
  /** Undefined for an item that says nothing yet. */
  readonly read: (item: SeqItem) => T | undefined;
  readonly implies: (narrow: T, wide: T) => boolean;
  /** The message: of an item, and of the one with its number in the list that makes it superfluous. */
  readonly says: (own: T, wider: T, number: number) => string;
}

/** Reports the items of a list that add nothing to the rest of it. */
export function reportSuperfluous<T>(place: Place, context: RuleContext, { noun, read, implies, says }: Comparison<T>): void {
  const list = place.node;
  if (!isComparable(list)) return;
  const items = list.items.flatMap((item, index) => {
    const value = read(item);
    return value === undefined ? [] : [{ item, value, number: index + 1 }];
  });
  for (const [i, { item, value }] of items.entries()) {
    const by = madeSuperfluousBy(items, i, (narrow, wide) => implies(narrow.value, wide.value));
    const wider = by === undefined ? undefined : items[by];
    // Another rule speaks of those.
    if (!wider || sameMeaning(item.value, wider.item.value) || !standAsWritten(place, item, wider.item)) continue;
    context.report({
      at: wholeItem(item),
      message: says(value, wider.value, wider.number),
      tag: 'unnecessary',
      fixes: () => [{ title: l10n.t('Remove the {0}', noun), edits: [removeItem(context.text, list, item)] }],
    });
  }
}
