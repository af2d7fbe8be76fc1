import { resourcesOf } from '../kinds/resource.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { type Entry, isMap, isSeq, type Node, type Range, type SeqItem } from '../syntax/node.ts';

const holds = (range: Range, offset: number): boolean => range.start <= offset && offset <= range.end;

/** Ranges around an offset, from the innermost to the whole document, each inside the next. */
export function selectionRanges(document: DocumentText, offset: number): readonly Range[] {
  const ranges: Range[] = [{ start: 0, end: document.text.length }];
  const add = ({ start, end }: Range) => {
    const outer = ranges.at(-1) as Range;
    if (start >= outer.start && end <= outer.end && (start > outer.start || end < outer.end)) ranges.push({ start, end });
  };
  const descend = (node: Node): void => {
    if (!holds(node, offset)) return;
    add(node);
    const parts: readonly (Entry | SeqItem)[] = isMap(node) ? node.entries : isSeq(node) ? node.items : [];
    const part = parts.find((candidate) => holds(candidate, offset));
    if (!part) return;
    add(part);
    if ('key' in part && holds(part.key, offset)) add(part.key);
    else descend(part.value);
  };
  if (resourcesOf(document).some((resource) => resource.table) && document.parsed.root) descend(document.parsed.root);
  return ranges.reverse();
}
