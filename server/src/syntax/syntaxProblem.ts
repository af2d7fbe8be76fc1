import type { Range } from './node.ts';

/** What the parser, or netpol before it, refuses in a document; offsets relative to the document. */
export interface SyntaxProblem extends Range {
  /** The parser's code, such as `TAB_AS_INDENT`, or one of netpol's own: `UNKNOWN_ALIAS`, `TOO_DEEP`, `TOO_LARGE`. */
  readonly code: string;
  readonly message: string;
}

/** Deepest nesting that is read; a NetworkPolicy needs 12. */
export const maxDepth = 100;
