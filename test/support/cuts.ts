import type { Node } from '../../server/src/syntax/node.ts';

/** A text from which something was taken away, with the cursor where it stood. */
interface Cut {
  /** Keys and indices from the root, then what is missing: `spec/ports@` a key and its value, `spec/ports=` a value alone. */
  readonly path: string;
  readonly text: string;
  readonly offset: number;
}

/** Each key and each value of a document taken away, once with nothing in its place and once with what has just been typed there. */
export function* cutsOf(text: string, node: Node | undefined, path = ''): Iterable<Cut> {
  if (node?.kind === 'seq') for (const [i, { value }] of node.items.entries()) yield* cutsOf(text, value, `${path}/${i}`);
  if (node?.kind !== 'map') return;
  for (const { key, value, start } of node.entries) {
    const here = `${path}/${key.text}`;
    const cut = (name: string, from: number, to: number, typed = '', behind = ''): Cut => ({
      path: name,
      text: `${text.slice(0, from)}${typed}${behind}${text.slice(to)}`,
      offset: from + typed.length,
    });
    if (value.kind === 'scalar' && value.end > value.start && (value.style === 'plain' || value.style === 'double')) {
      yield cut(`${here}=`, value.start, value.end);
      yield cut(`${here}="`, value.start, value.end, '"', '"');
    }
    // The only key of a block leaves no place to write it.
    if (node.flow || node.entries.length > 1) {
      yield cut(`${here}@`, start, value.end);
      yield cut(`${here}@"`, start, value.end, '"', '"');
    }
    yield* cutsOf(text, value, here);
  }
}
