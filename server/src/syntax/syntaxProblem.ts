import type { Range } from './node.ts';

/** What the parser, or netpol before it, refuses in a document; offsets relative to the document. */
export interface SyntaxProblem extends Range {
  /** The parser's code, such as `TAB_AS_INDENT`, or one of netpol's own: `UNKNOWN_ALIAS`, `TOO_DEEP`, `TOO_LARGE`. */
  readonly code: string;
  readonly message: string;
}

/** Deepest nesting that is read; a NetworkPolicy needs 12. */
export const maxDepth = 100;

/** The parser's codes for text that fits nowhere. One slip gives several of them, on lines that are right. */
const structural: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'BLOCK_IN_FLOW',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'TAB_AS_INDENT',
  'UNEXPECTED_TOKEN',
]);

/** Whether a problem leaves open what belongs where: parts of the document may be missing from its tree, or in another place. */
export const isStructural = ({ code }: SyntaxProblem): boolean => structural.has(code);
