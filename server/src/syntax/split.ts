/** The place of one document in its file: UTF-16 offsets, end exclusive. The documents of a file touch each other and cover it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const isBreak = (char: string | undefined): boolean => char === undefined || char === '\n' || char === '\r' || char === ' ' || char === '\t';

/**
 * Cuts a YAML text before each `---` and after each `...` at the beginning of a line.
 * YAML forbids both markers inside any scalar, so no parse is needed. Comments and directives that stand between
 * `...` and `---` go with the document that they precede.
 */
export function splitDocuments(text: string): readonly Span[] {
  const spans: Span[] = [];
  let start = 0;
  // Where the next directive may be: most files have none, and looking into every document for one costs more than all else.
  let percent = -1;
  const mayHoldDirective = (to: number): boolean => {
    if (percent < start) percent = text.indexOf('%', start);
    if (percent < 0) percent = text.length;
    return percent < to;
  };
  const cut = (at: number) => {
    if (at > start) spans.push({ start, end: at });
    start = at;
  };
  for (let at = text.indexOf('---'); at >= 0; at = text.indexOf('---', at + 3)) {
    const atLineStart = at === 0 || text[at - 1] === '\n' || (at === 1 && text[0] === '\uFEFF');
    if (!atLineStart || !isBreak(text[at + 3])) continue;
    if (!(mayHoldDirective(at) && onlyDirectives(text.slice(start, at)))) cut(at);
  }
  if (start < text.length || spans.length === 0) spans.push({ start, end: text.length });
  return text.includes('\n...') || text.startsWith('...') ? spans.flatMap((span) => splitAtEnds(text, span)) : spans;
}

/** Nothing but blank lines and comments around at least one `%` directive: the head of the document that follows. */
const onlyDirectives = (text: string): boolean => /^\uFEFF?%/m.test(text) && text.split('\n').every((line) => /^\uFEFF?\s*(%.*|#.*)?\r?$/.test(line));

function splitAtEnds(text: string, span: Span): readonly Span[] {
  const parts: Span[] = [];
  let start = span.start;
  for (const match of text.slice(span.start, span.end).matchAll(/^\.\.\.(?=[ \t\r\n]|$).*\n?/gm)) {
    const end = span.start + match.index + match[0].length;
    // A marker behind nothing but blanks ends no document.
    if (text.slice(end, span.end).trim() === '') break;
    parts.push({ start, end });
    start = end;
  }
  parts.push({ start, end: span.end });
  return parts;
}
