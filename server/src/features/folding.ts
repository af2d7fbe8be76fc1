import { resourcesOf } from '../kinds/resource.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { isMap, isSeq, type Node, type Range } from '../syntax/node.ts';

/** Ranges that can be folded away: every mapping entry and list item that holds a mapping or a list, and every resource. */
export function foldingRanges(document: DocumentText): readonly Range[] {
  const ranges: Range[] = [];
  const collect = (node: Node, holder: Range) => {
    if (!isMap(node) && !isSeq(node)) return;
    ranges.push({ start: holder.start, end: node.end });
    if (isMap(node)) for (const entry of node.entries) collect(entry.value, entry);
    else for (const item of node.items) collect(item.value, item);
  };
  for (const resource of resourcesOf(document)) if (resource.table) collect(resource.root, resource.root);
  return ranges;
}
