import * as yaml from 'yaml';
import { detached } from '../model/detached.ts';
import { finished, type Steps } from '../model/steps.ts';
import { grouped } from './grouped.ts';
import {
  type AliasNode,
  type Entry,
  isMergeKey,
  isScalar,
  type MapNode,
  type Node,
  type Range,
  type ScalarNode,
  type SeqItem,
  type SeqNode,
} from './node.ts';
import { isTemplated, maskTemplate } from './template.ts';

export interface SyntaxProblem extends Range {
  /** The parser's code, such as `TAB_AS_INDENT`, or one of netpol's own: `UNKNOWN_ALIAS`, `TOO_DEEP`, `TOO_LARGE`. */
  readonly code: string;
  readonly message: string;
}

/** One document, parsed. Offsets are relative to the document's own text. */
export interface ParsedDocument {
  readonly text: string;
  readonly root: Node | undefined;
  readonly problems: readonly SyntaxProblem[];
  /** Holds `{{ … }}`: what is missing may be written by the template. */
  readonly templated: boolean;
}

/** Longest document that is parsed, in UTF-16 code units; etcd refuses objects of more than 1.5 MiB. */
export const maxDocumentLength = 1 << 20;

/** Deepest nesting that is read; a NetworkPolicy needs 12. */
const maxDepth = 100;

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
  const nothing = { text, root: undefined, templated: false };
  if (text.length > maxDocumentLength) {
    const size = `${(text.length / (1 << 20)).toFixed(1)} MiB`;
    return {
      ...nothing,
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
  const { text: source, holes } = templated ? maskTemplate(text) : { text, holes: [] };
  try {
    if (deepFlow(source)) return { ...nothing, templated, problems: [tooDeep(text)] };
    const document = yield* composed(source);
    if (!document) return { ...nothing, templated, problems: [tooComplex(text)] };
    // The library catches its own stack overflow and leaves it among the errors.
    if (document.errors.some((error) => error.message.startsWith('Maximum call stack'))) return { ...nothing, templated, problems: [tooDeep(text)] };
    yield;
    const converter = new Converter(source, holes);
    const root = document.contents === null ? undefined : converter.convert(document.contents as yaml.Node, 0);
    const problems = [...document.errors.map((error) => syntaxProblem(error, text.length)), ...converter.problems];
    return { text, root, templated, problems: templated ? [] : problems };
  } catch (error) {
    // The composer is recursive: nesting that fills the stack ends here.
    if (error instanceof RangeError) return { ...nothing, templated, problems: [tooDeep(text)] };
    const message = `The YAML parser failed on this document: ${error instanceof Error ? error.message : String(error)}`;
    return { ...nothing, templated, problems: [{ start: 0, end: firstLineEnd(text), code: 'PARSER_FAILURE', message }] };
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

/** Turns the library's nodes into ours; `problems` gathers what only this pass can see. */
class Converter {
  readonly problems: SyntaxProblem[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly source: string;
  private readonly holes: readonly Range[];

  constructor(source: string, holes: readonly Range[]) {
    this.source = source;
    this.holes = holes;
  }

  convert(node: yaml.Node | null, at: number, depth = 0): Node {
    const [start, valueEnd] = node?.range ?? [at, at];
    if (node === null) return plain('', start, start);
    if (depth > maxDepth) {
      if (!this.problems.some((problem) => problem.code === 'TOO_DEEP')) {
        this.problems.push({
          start,
          end: start + 1,
          code: 'TOO_DEEP',
          message: `Nesting is read to ${maxDepth} levels; what is below this is ignored.`,
        });
      }
      return plain('', start, start);
    }
    if (yaml.isAlias(node)) return this.alias(node, start, valueEnd);
    const converted = yaml.isMap(node)
      ? this.map(node, start, valueEnd, depth)
      : yaml.isSeq(node)
        ? this.seq(node, start, valueEnd, depth)
        : this.scalar(node as yaml.Scalar, start, valueEnd);
    if (node.anchor) this.anchors.set(node.anchor, converted);
    return converted;
  }

  private alias(node: yaml.Alias, start: number, end: number): AliasNode {
    const target = this.anchors.get(node.source);
    if (!target) {
      const message = `No anchor &${node.source} stands before this alias.`;
      this.problems.push({ start, end, code: 'UNKNOWN_ALIAS', message });
    }
    return { kind: 'alias', start, end, anchor: undefined, tag: undefined, name: node.source, target };
  }

  private map(node: yaml.YAMLMap, start: number, end: number, depth: number): MapNode {
    const entries: Entry[] = [];
    for (const pair of node.items) {
      const keyNode = this.convert(pair.key as yaml.Node | null, start, depth + 1);
      const key = isScalar(keyNode) ? keyNode : plain(this.source.slice(keyNode.start, keyNode.end), keyNode.start, keyNode.end);
      const value = this.convert(pair.value as yaml.Node | null, pair.value === null ? this.afterColon(key.end) : 0, depth + 1);
      entries.push({ key, value, start: key.start, end: Math.max(key.end, value.end) });
    }
    const flow = node.flow === true;
    const merges = entries.some((entry) => isMergeKey(entry.key)) || undefined;
    const span = spanOf(start, end, flow, entries);
    return { kind: 'map', start: span.start, end: span.end, anchor: node.anchor, tag: tagOf(node), flow, entries, merges };
  }

  private seq(node: yaml.YAMLSeq, start: number, end: number, depth: number): SeqNode {
    const flow = node.flow === true;
    const items: SeqItem[] = [];
    let from = start;
    for (const item of node.items) {
      const value = this.convert(item as yaml.Node | null, from, depth + 1);
      const dash = flow ? this.propertiesBefore(value, from) : this.dashBefore(value.start, from);
      items.push({ start: dash, end: Math.max(value.end, Math.min(dash + (flow ? 0 : 1), this.source.length)), value });
      from = value.end;
    }
    const span = spanOf(start, end, flow, items);
    return { kind: 'seq', start: span.start, end: span.end, anchor: node.anchor, tag: tagOf(node), flow, items };
  }

  private scalar(node: yaml.Scalar, start: number, valueEnd: number): ScalarNode {
    const style = scalarStyles[node.type ?? 'PLAIN'] ?? 'plain';
    const text = interned(String(node.value ?? ''));
    let end = valueEnd;
    if (style === 'literal' || style === 'folded') while (end > start && /\s/.test(this.source[end - 1] as string)) end--;
    const templated = this.holes.some((hole) => hole.start < end && hole.end > start) || undefined;
    return { kind: 'scalar', start, end, anchor: node.anchor, tag: tagOf(node), text, style, templated };
  }

  private afterColon(keyEnd: number): number {
    const match = /^[ \t]*:/.exec(this.source.slice(keyEnd, keyEnd + 80));
    return match ? keyEnd + match[0].length : keyEnd;
  }

  /** Offset at which a node begins with its anchor and tag; `from` is where the search ends. */
  private propertiesBefore({ start, anchor, tag }: Node, from: number): number {
    if (anchor === undefined && tag === undefined) return start;
    return start - (/(?:[&!]\S*\s+)*$/.exec(this.source.slice(from, start))?.[0].length ?? 0);
  }

  /** Offset of the dash whose item begins at `valueStart`; `from` is where the search ends. */
  private dashBefore(valueStart: number, from: number): number {
    // Almost always nothing but blanks stands between the two.
    let at = valueStart - 1;
    while (at >= from && this.source.charCodeAt(at) === 32) at--;
    if (at >= from && at < valueStart - 1 && this.source.charCodeAt(at) === 45) return at;
    for (let i = valueStart; i >= from; i--) {
      if (this.source[i] !== '-' || !/[\s]|undefined/.test(String(this.source[i + 1]))) continue;
      const lineStart = this.source.lastIndexOf('\n', i - 1) + 1;
      if (mayPrecedeDash(this.source.slice(lineStart, i))) return i;
    }
    return valueStart;
  }
}

/** Whether a dash may begin an item behind this start of a line: other dashes, a key, or the mark of a document. */
function mayPrecedeDash(start: string): boolean {
  const before = start.replace(/(?<![^ \t\uFEFF])---[ \t]+$/, '');
  return /^[\s\uFEFF]*(?:-[ \t]+)*$/.test(before) || /:[ \t]+$/.test(before);
}

/** A collection's range: it holds its parts, also where the parser, having met a mistake, says something else. */
function spanOf(start: number, end: number, flow: boolean, parts: readonly Range[]): Range {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last) return { start, end };
  return { start: Math.min(start, first.start), end: flow ? Math.max(end, last.end) : last.end };
}

const scalarStyles: Readonly<Record<string, ScalarNode['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

const words = new Map<string, string>();

/** One string for all texts that are the same. The few words that manifests consist of are compared and looked up all the time. */
function interned(text: string): string {
  if (text.length > 40) return text;
  const known = words.get(text);
  if (known !== undefined) return known;
  if (words.size >= 5000) words.clear();
  const own = detached(text);
  words.set(own, own);
  return own;
}

const tagOf = ({ tag }: yaml.Node): string | undefined => tag?.replace('tag:yaml.org,2002:', '!!');

// Every node of a kind is built with the same keys in the same order: the walks over them are half as long for it.
const plain = (text: string, start: number, end: number): ScalarNode => ({
  kind: 'scalar',
  start,
  end,
  anchor: undefined,
  tag: undefined,
  text,
  style: 'plain',
  templated: undefined,
});
