import { isMap, isScalar, isSeq, type Node, type ScalarNode } from '../syntax/node.ts';

/** Visits every node with the keys above it; list items stand under the key of their list. Aliases are not followed. */
export function visitNodes(node: Node | undefined, look: (node: Node, path: readonly string[]) => void, path: readonly string[] = []): void {
  if (!node || node.kind === 'alias') return;
  look(node, path);
  if (isMap(node)) for (const { key, value } of node.entries) visitNodes(value, look, [...path, key.text]);
  else if (isSeq(node)) for (const { value } of node.items) visitNodes(value, look, path);
}

/** A scalar that stands in the text as it is, and can be written anew. */
export const isWritten = (node: Node | undefined): node is ScalarNode => isScalar(node) && !node.templated && node.end > node.start;
