import { isMap, isScalar, isSeq, type Node, type ScalarNode } from './node.ts';
import { parseDocument } from './parseDocument.ts';
import { applyEdits, type TextEdit } from './textEdit.ts';

const literal = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)$/;

function* scalarsOf(node: Node | undefined): Iterable<ScalarNode> {
  if (isScalar(node)) yield node;
  else if (isSeq(node)) for (const { value } of node.items) yield* scalarsOf(value);
  else if (isMap(node)) {
    for (const { key, value } of node.entries) {
      yield key;
      yield* scalarsOf(value);
    }
  }
}

/** Edits of a JSON document that put words of YAML into it, with quotes around them. None where the result would be no JSON any more. */
export function jsonEdits(text: string, edits: readonly TextEdit[]): readonly TextEdit[] {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const { root, problems } = parseDocument(applyEdits(text, sorted));
  if (problems.length > parseDocument(text).problems.length) return [];
  const words = [...scalarsOf(root)];
  let moved = 0;
  return sorted.map((edit) => {
    const from = edit.start + moved;
    const to = from + edit.newText.length;
    moved += edit.newText.length - (edit.end - edit.start);
    const quoted = words.flatMap(({ start, end, style, text: word }): readonly TextEdit[] => {
      const isBare = start >= from && end <= to && start < end && style !== 'double' && !(style === 'plain' && literal.test(word));
      return isBare ? [{ start: start - from, end: end - from, newText: JSON.stringify(word) }] : [];
    });
    return { ...edit, newText: applyEdits(edit.newText, quoted) };
  });
}
