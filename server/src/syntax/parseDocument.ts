import * as yaml from 'yaml';
import { finished, type Steps } from '../model/steps.ts';
import { readingLines } from './blockLines.ts';
import { grouped } from './grouped.ts';
import type { Node } from './node.ts';
import { refusals } from './refusals.ts';
import { maxDepth, type SyntaxProblem } from './syntaxProblem.ts';
import { type Gap, isTemplated, type MaskedText, maskTemplate } from './template.ts';
import { markVariables, maskVariables, mayHoldVariables } from './variables.ts';
import { Converter } from './yamlNodes.ts';

/** One document, parsed. Offsets are relative to the document's own text. */
export interface ParsedDocument {
  readonly text: string;
  readonly root: Node | undefined;
  readonly problems: readonly SyntaxProblem[];
  /** Holds `{{ … }}`, or a variable such as `${NAME}` where it matters: what is missing may be written by whoever fills it in. */
  readonly templated: boolean;
  /** Where a Helm template decides what is written; undefined where the document is none. */
  readonly gaps?: readonly Gap[] | undefined;
}

/** Longest document that is parsed, in UTF-16 code units; etcd refuses objects of more than 1.5 MiB. */
export const maxDocumentLength = 1 << 20;

/** Most tokens that are composed in one document; a policy of 10,000 CIDRs has 110,000. */
const maxTokens = 120_000;

const parserOptions = {
  // Every scalar stays text: what it means to Kubernetes is decided in scalar.ts, by Kubernetes' rules.
  schema: 'failsafe',
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Lexemes that are parsed in one step: some two milliseconds. */
const lexemesAtOnce = 1000;

/**
 * The document of a text as the library's own `parseDocument` gives it, which does the same in one piece; undefined where the text has more
 * tokens than are composed. Blank lines count too.
 */
function* composed(source: string): Steps<yaml.Document | undefined> {
  // The parser takes up to 8 µs for a token of malformed text, so that a document under the length limit could still hold it for seconds
  // (measured: 600,000 unexpected brackets take 4.3 s).
  const isCounted = source.length > maxTokens;
  const parser = new yaml.Parser();
  const tokens: yaml.CST.Token[] = [];
  let [lexemes, count] = [0, 0];
  for (const lexeme of new yaml.Lexer().lex(source)) {
    if (++lexemes % lexemesAtOnce === 0) yield;
    count += 1 + (lexeme.length > 1 && lexeme.startsWith('\n') ? lexeme.length : 0);
    if (isCounted && count > maxTokens) return undefined;
    for (const token of parser.next(lexeme)) tokens.push(token);
  }
  for (const token of parser.end()) tokens.push(token);
  if (isCounted) for (let at = source.indexOf('\n\n'); at >= 0 && count <= maxTokens; at = source.indexOf('\n\n', at + 1)) count++;
  if (isCounted && count > maxTokens) return undefined;
  yield;
  let first: yaml.Document | undefined;
  for (const document of new yaml.Composer(parserOptions).compose(tokens, true, source.length)) first ??= document;
  return first;
}

/** Parses one document. Never throws: any text gives a tree, perhaps partial, and problems. */
export const parseDocument = (text: string): ParsedDocument => finished(parsingDocument(text));

/** The same in steps. */
export function* parsingDocument(text: string): Steps<ParsedDocument> {
  if (text.length > maxDocumentLength) {
    const size = `${(text.length / (1 << 20)).toFixed(1)} MiB`;
    return {
      text,
      root: undefined,
      templated: false,
      problems: [
        {
          start: 0,
          end: firstLineEnd(text),
          code: 'TOO_LARGE',
          message: `This document has ${size}, and netpol reads up to ${maxDocumentLength >> 20} MiB a document; split it, since the API server would refuse it too.`,
        },
      ],
    };
  }
  const templated = isTemplated(text);
  const root = templated ? undefined : yield* readingLines(text, maxTokens);
  const parsed = root ? { text, root, templated, problems: [] } : yield* parsingInFull(text, templated);
  return mayHoldVariables(text) ? yield* withVariables(parsed) : parsed;
}

/** A document of which variables may be filled in before it is applied. */
function* withVariables(written: ParsedDocument): Steps<ParsedDocument> {
  let parsed = written;
  // Between brackets, the brace behind a variable's name ends what is before it.
  const masked = written.problems.length > 0 ? maskVariables(written.text) : undefined;
  if (masked && masked.holes.length > 0) {
    const filled = yield* parsingMasked(written.text, masked, written.templated);
    if (filled.problems.length === 0) parsed = filled;
  }
  const { root, templated } = parsed;
  return { ...parsed, templated: (root !== undefined && markVariables(root)) || templated };
}

/** The same by the parser of the whole language. */
export const parsingInFull = (text: string, templated: boolean): Steps<ParsedDocument> =>
  parsingMasked(text, templated ? maskTemplate(text) : { text, holes: [] }, templated);

/** The same of a text of which some is not known. */
function* parsingMasked(text: string, { text: source, holes, gaps }: MaskedText, templated: boolean): Steps<ParsedDocument> {
  const nothing = { text, root: undefined, templated, gaps };
  try {
    if (deepFlow(source)) return { ...nothing, problems: [tooDeep(text)] };
    const document = yield* composed(source);
    if (!document) return { ...nothing, problems: [tooComplex(text)] };
    // The library catches its own stack overflow and leaves it among the errors.
    if (document.errors.some((error) => error.message.startsWith('Maximum call stack'))) return { ...nothing, problems: [tooDeep(text)] };
    yield;
    const converter = new Converter(text, source, holes);
    const root = document.contents === null ? undefined : converter.convert(document.contents as yaml.Node, 0);
    const problems = [...document.errors.map((error) => syntaxProblem(error, text.length)), ...converter.problems];
    if (!templated && problems.length === 0) problems.push(...refusals(text, root));
    return { text, root, templated, gaps, problems: templated ? [] : problems };
  } catch (error) {
    // The composer is recursive: nesting that fills the stack ends here.
    if (error instanceof RangeError) return { ...nothing, problems: [tooDeep(text)] };
    const message = `The YAML parser failed on this document: ${error instanceof Error ? error.message : String(error)}`;
    return { ...nothing, problems: [{ start: 0, end: firstLineEnd(text), code: 'PARSER_FAILURE', message }] };
  }
}

/** Flow nesting beyond any use, found before the parser spends seconds on it. Brackets in quotes count too: a limit need not be exact. */
function deepFlow(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 123) {
      if (++depth > maxDepth * 10) return true;
    } else if ((code === 93 || code === 125) && depth > 0) depth--;
  }
  return false;
}

const firstLineEnd = (text: string): number => {
  const end = text.search(/[\r\n]/);
  return Math.min(end < 0 ? text.length : end, 200);
};

const tooDeep = (text: string): SyntaxProblem => ({
  start: 0,
  end: firstLineEnd(text),
  code: 'TOO_DEEP',
  message: `This document nests deeper than ${maxDepth} levels, and netpol does not read it; no Kubernetes resource needs that many.`,
});

const tooComplex = (text: string): SyntaxProblem => ({
  start: 0,
  end: firstLineEnd(text),
  code: 'TOO_LARGE',
  message: `This document has more than ${grouped(maxTokens)} YAML tokens, and netpol does not read it; split it into several resources.`,
});

function syntaxProblem(error: yaml.YAMLError, length: number): SyntaxProblem {
  const start = Math.min(error.pos[0], length);
  return { start, end: Math.min(Math.max(error.pos[1], start + 1), length), code: error.code, message: error.message };
}
