import * as yaml from 'yaml';
import { interned } from './interned.ts';
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
import { entry, nothingAt, plainScalar } from './plainNodes.ts';
import { maxDepth, type SyntaxProblem } from './syntaxProblem.ts';

/** Turns the library's nodes into ours; `problems` gathers what only this pass can see. */
export class Converter {
  readonly problems: SyntaxProblem[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly text: string;
  private readonly source: string;
  private readonly holes: readonly Range[];

  /** `source` is the text with words in the place of `holes`. */
  constructor(text: string, source: string, holes: readonly Range[]) {
    this.text = text;
    this.source = source;
    this.holes = holes;
  }

  convert(node: yaml.Node | null, at: number, depth = 0): Node {
    const [start, valueEnd] = node?.range ?? [at, at];
    if (node === null) return nothingAt(start);
    if (depth > maxDepth) {
      if (!this.problems.some((problem) => problem.code === 'TOO_DEEP')) {
        this.problems.push({
          start,
          end: start + 1,
          code: 'TOO_DEEP',
          message: `Nesting is read to ${maxDepth} levels; what is below this is ignored.`,
        });
      }
      return nothingAt(start);
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
      const key = isScalar(keyNode) ? keyNode : this.strangeKey(keyNode);
      const value = this.convert(pair.value as yaml.Node | null, pair.value === null ? this.afterColon(key.end) : 0, depth + 1);
      entries.push(entry(key, value));
    }
    const flow = node.flow === true;
    const merges = entries.some(({ key }) => isMergeKey(key)) || undefined;
    const span = spanOf(start, end, flow, entries);
    return { kind: 'map', start: span.start, end: span.end, anchor: node.anchor, tag: tagOf(node), flow, entries, merges };
  }

  /** A key that is no scalar. In a template it is what another branch writes in the place of a mapping, as `{}` behind `else`. */
  private strangeKey({ start, end }: Node): ScalarNode {
    const key = plainScalar(start, end, this.source.slice(start, end), 'plain');
    return this.text === this.source ? key : { ...key, templated: true };
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
    const templated = this.isTemplated(start, end);
    const shown = templated ? this.asWritten(start, end, style, text) : text;
    return { kind: 'scalar', start, end, anchor: node.anchor, tag: tagOf(node), text: shown, style, templated };
  }

  private isTemplated(start: number, end: number): true | undefined {
    return this.holes.some((hole) => hole.start < end && hole.end > start) || undefined;
  }

  /** A scalar's text with what stands in its holes. */
  private asWritten(start: number, end: number, style: ScalarNode['style'], masked: string): string {
    if (style === 'literal' || style === 'folded') return masked;
    return style === 'plain' ? this.text.slice(start, end) : this.text.slice(start + 1, end - 1);
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
    for (let i = valueStart - 1; i >= from; i--) {
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

const tagOf = ({ tag }: yaml.Node): string | undefined => tag?.replace('tag:yaml.org,2002:', '!!');
