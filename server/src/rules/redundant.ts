import { entriesOf, isMap, isScalar, isSeq, type Node, type Range, resolve, type SeqItem } from '../syntax/node.ts';

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
export const wholeItem = ({ start, end, value }: SeqItem): Range =>
  value.end > value.start ? { start: value.start, end: value.end } : { start, end };

/** Whether two items say the same, however they are written: another rule speaks of those. */
export const sameMeaning = (a: SeqItem, b: SeqItem): boolean => meaning(a.value) === meaning(b.value);

/** Index of an item that makes another superfluous; of two that say the same, the later one is. Undefined where none does. */
export function madeSuperfluousBy<T>(items: readonly T[], index: number, implies: (narrow: T, wide: T) => boolean): number | undefined {
  const own = items[index] as T;
  const found = items.findIndex((other, i) => i !== index && implies(own, other) && (i < index || !implies(other, own)));
  return found < 0 ? undefined : found;
}
