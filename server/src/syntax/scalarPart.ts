import type { Range, ScalarNode } from './node.ts';

/** A line of a scalar as it reads (`at` in its decoded text) and as it is written (`start`, an offset of the document). */
interface Line {
  readonly at: number;
  readonly start: number;
  readonly length: number;
}

/** The lines of a scalar without the space around them; undefined where one is written in another way than it reads. */
function linesOf(node: ScalarNode, text: string): readonly Line[] | undefined {
  const isBlock = node.style === 'literal' || node.style === 'folded';
  const quote = node.style === 'single' || node.style === 'double' ? 1 : 0;
  const lines: Line[] = [];
  let at = 0;
  // Behind the indicator of a block scalar nothing of its text stands.
  let start = isBlock ? text.indexOf('\n', node.start) + 1 : node.start + quote;
  for (const written of text.slice(start, node.end - quote).split('\n')) {
    const word = written.trim();
    if (word !== '') {
      while (/\s/.test(node.text[at] ?? '')) at++;
      if (!node.text.startsWith(word, at)) return undefined;
      lines.push({ at, start: start + written.indexOf(word), length: word.length });
      at += word.length;
    }
    start += written.length + 1;
  }
  return lines;
}

/**
 * Where a part of a scalar's text is written, `start` and `end` offsets in the text as it reads. Undefined where it is written in another way
 * (escapes), and where the part begins or ends with a line break.
 */
export function writtenPart(node: ScalarNode, text: string, start: number, end: number): Range | undefined {
  const lines = linesOf(node, text);
  const offsetOf = (wanted: number) => {
    const line = lines?.find(({ at, length }) => at <= wanted && wanted < at + length);
    return line && line.start + wanted - line.at;
  };
  const [from, last] = [offsetOf(start), offsetOf(end - 1)];
  return from === undefined || last === undefined ? undefined : { start: from, end: last + 1 };
}
