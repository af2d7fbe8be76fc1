import type { Range, ScalarNode } from './node.ts';

/** A piece of a scalar as it reads (`at` in its decoded text, `length`) and as it is written (`start`, an offset of the document, `width`). */
interface Piece {
  readonly at: number;
  readonly length: number;
  readonly start: number;
  readonly width: number;
}

/** What stands for one sign by two, of which the second is that sign. */
const pairs = { single: /''/g, double: /\\["\\/]/g } as const;

/** The pieces of a scalar without the space around its lines; undefined where one is written in another way than it reads. */
function piecesOf(node: ScalarNode, text: string): readonly Piece[] | undefined {
  const isBlock = node.style === 'literal' || node.style === 'folded';
  const pair = node.style === 'single' || node.style === 'double' ? pairs[node.style] : undefined;
  const quote = pair ? 1 : 0;
  const pieces: Piece[] = [];
  let at = 0;
  const take = (written: string, start: number, isPair: boolean): boolean => {
    const reads = isPair ? written.slice(1) : written;
    if (!node.text.startsWith(reads, at)) return false;
    pieces.push({ at, length: reads.length, start, width: written.length });
    at += reads.length;
    return true;
  };
  // Behind the indicator of a block scalar nothing of its text stands.
  let start = isBlock ? text.indexOf('\n', node.start) + 1 : node.start + quote;
  for (const written of text.slice(start, node.end - quote).split('\n')) {
    const word = written.trim();
    if (word !== '') {
      while (/\s/.test(node.text[at] ?? '')) at++;
      const begin = start + written.indexOf(word);
      let from = 0;
      for (const { index } of pair ? word.matchAll(pair) : []) {
        if (!take(word.slice(from, index), begin + from, false) || !take(word.slice(index, index + 2), begin + index, true)) return undefined;
        from = index + 2;
      }
      if (!take(word.slice(from), begin + from, false)) return undefined;
    }
    start += written.length + 1;
  }
  return pieces;
}

/**
 * Where a part of a scalar's text is written, `start` and `end` offsets in the text as it reads. Undefined where it is written in another way
 * (escapes other than of quotes), and where the part begins or ends with a line break.
 */
export function writtenPart(node: ScalarNode, text: string, start: number, end: number): Range | undefined {
  const pieces = piecesOf(node, text);
  const pieceAt = (wanted: number) => pieces?.find(({ at, length }) => at <= wanted && wanted < at + length);
  const [first, last] = [pieceAt(start), pieceAt(end - 1)];
  if (!first || !last) return undefined;
  return { start: first.start + start - first.at, end: last.start + (end === last.at + last.length ? last.width : end - last.at) };
}
