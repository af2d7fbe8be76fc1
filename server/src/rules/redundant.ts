import type { Place } from '../kinds/walk.ts';
import { removeItem } from '../syntax/edits.ts';
import { entriesOf, isMap, isScalar, isSeq, type Node, type Range, resolve, type SeqItem } from '../syntax/node.ts';
import { isTemplatedDocument } from './places.ts';
import type { RuleContext } from './rule.ts';

/** What a node says, without how it is written; undefined where a template writes part of it. */
export function meaning(node: Node | undefined): string | undefined {
  const target = resolve(node);
  if (isScalar(target)) return target.templated ? undefined : JSON.stringify([target.text, target.style === 'plain']);
  if (isSeq(target)) {
    const parts = target.items.map((item) => meaning(item.value));
    return parts.includes(undefined) ? undefined : `[${parts.join()}]`;
  }
  if (!isMap(target)) return undefined;
  const parts = entriesOf(target).map(({ key, value }) => [key.text, meaning(value)] as const);
  if (parts.some(([, value]) => value === undefined)) return undefined;
  return `{${parts
    .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
    .sort()
    .join()}}`;
}

/** What to fade where an item of a list is superfluous. */
const wholeItem = ({ start, end, value }: SeqItem): Range => (value.end > value.start ? { start: value.start, end: value.end } : { start, end });

/** Whether two items say the same, however they are written: another rule speaks of those. */
const sameMeaning = (a: SeqItem, b: SeqItem): boolean => meaning(a.value) === meaning(b.value);

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

/** Reports the items of a NetworkPolicy's list that add nothing to the rest of it. */
export function reportSuperfluous<T>(place: Place, context: RuleContext, { noun, read, implies, says }: Comparison<T>): void {
  const list = place.node;
  if (!isSeq(list) || list.items.length < 2 || place.resource.table?.kind !== 'NetworkPolicy' || isTemplatedDocument(context.document)) return;
  const items = list.items.flatMap((item, index) => {
    const value = read(item);
    return value === undefined ? [] : [{ item, value, number: index + 1 }];
  });
  for (const [i, { item, value }] of items.entries()) {
    const by = madeSuperfluousBy(items, i, (narrow, wide) => implies(narrow.value, wide.value));
    const wider = by === undefined ? undefined : items[by];
    if (!wider || sameMeaning(item, wider.item)) continue;
    context.report({
      at: wholeItem(item),
      message: says(value, wider.value, wider.number),
      tag: 'unnecessary',
      fixes: () => [{ title: `Remove the ${noun}`, edits: [removeItem(context.text, list, item)] }],
    });
  }
}
