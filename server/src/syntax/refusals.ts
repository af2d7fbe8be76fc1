import { isMap, isMergeKey, isSeq, type MapNode, type Node, type Range, resolve, type ScalarNode, type SeqNode } from './node.ts';
import { scalarValue } from './scalar.ts';
import type { SyntaxProblem } from './syntaxProblem.ts';

/** Most problems of one kind that are told of a document. */
const most = 100;

/** Characters that end a line to a parser of YAML 1.1, and to nobody else, in front of more in their line. */
const otherLineEnds = /[\u0085\u2028\u2029](?=[^\S\n]*[^\s#])/g;

/** Whether a text, or what stands between brackets, may go on in another line, and tabs stand in front of it. */
const maySpanLines = (node: Node): boolean => node.kind === 'scalar' || ((node.kind === 'map' || node.kind === 'seq') && node.flow);

/** Those of some offsets, which ascend, that stand inside of none of some ranges. */
function outside<T extends { readonly index: number }>(found: Iterable<T>, ranges: readonly Range[]): readonly T[] {
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  const left: T[] = [];
  let [next, end] = [0, 0];
  for (const one of found) {
    for (let range = sorted[next]; range && range.start < one.index; range = sorted[++next]) end = Math.max(end, range.end);
    if (one.index >= end) left.push(one);
  }
  return left;
}

/**
 * What Kubernetes' YAML parser refuses of a document, though YAML 1.2 allows it: whoever applies it gets one sentence without the place.
 * Source: kubernetes-sigs/yaml, goyaml.v2/scannerc.go and decode.go, which is a parser of YAML 1.1.
 */
export function refusals(text: string, root: Node | undefined): readonly SyntaxProblem[] {
  if (root === undefined) return [];
  const finder = new Finder(text);
  finder.look(root, false);
  return finder.all();
}

class Finder {
  private readonly text: string;
  /** kubectl reads as JSON what begins with a brace. */
  private readonly mayBeJson: boolean;
  private readonly problems: SyntaxProblem[] = [];
  private readonly spans: Range[] = [];
  private readonly quoted: Range[] = [];

  constructor(text: string) {
    this.text = text;
    this.mayBeJson = /^\s*\{/.test(text);
  }

  all(): readonly SyntaxProblem[] {
    if (!this.mayBeJson) this.tabs();
    this.lineEnds();
    return this.problems.sort((a, b) => a.start - b.start);
  }

  /** Looks at a node and all below it. `isInFlow` is true between brackets and braces. */
  look(node: Node, isInFlow: boolean): void {
    if (maySpanLines(node)) this.spans.push(this.span(node));
    if (node.kind === 'scalar') this.scalar(node, isInFlow);
    else if (node.kind === 'map') this.map(node, isInFlow);
    else if (node.kind === 'seq') this.seq(node, isInFlow);
  }

  private tell(code: string, { start, end }: Range, message: string): void {
    if (this.problems.length < most) this.problems.push({ start, end, code, message });
  }

  /** The lines behind a block of text belong to it while they are blank. */
  private span(node: Node): Range {
    if (node.kind !== 'scalar' || (node.style !== 'literal' && node.style !== 'folded')) return node;
    return { start: node.start, end: node.end + (/^\s*/.exec(this.text.slice(node.end))?.[0].length ?? 0) };
  }

  private scalar(node: ScalarNode, isInFlow: boolean): void {
    const { text } = this;
    if (node.style === 'single' || node.style === 'double') this.quoted.push(node);
    if (node.style === 'double' && !this.mayBeJson) {
      const slash = /(?<!\\)(?:\\\\)*\\\//.exec(text.slice(node.start, node.end));
      if (slash) {
        const end = node.start + slash.index + slash[0].length;
        this.tell('ESCAPED_SLASH', { start: end - 2, end }, 'Kubernetes’ YAML parser knows no escape \\/');
      }
    }
    if (isInFlow && node.style === 'plain' && /^:|\?/.test(text.slice(node.start, node.end)))
      this.tell(
        'FLOW_WORD',
        node,
        'Between brackets or braces Kubernetes’ YAML parser takes no word with a colon at its beginning, or with a question mark',
      );
  }

  private map(node: MapNode, isInFlow: boolean): void {
    for (const { key, value } of node.entries) {
      if (isMergeKey(key)) this.merge(key, value);
      this.key(key, isInFlow || node.flow);
      this.look(value, isInFlow || node.flow);
    }
  }

  private key(key: ScalarNode, isInFlow: boolean): void {
    this.scalar(key, isInFlow);
    if (key.style !== 'plain') return;
    if (/^[[{]/.test(key.text)) this.tell('COMPLEX_KEY', key, 'Kubernetes takes no list and no mapping for a key');
    else if (key.tag === undefined && key.anchor === undefined && scalarValue(key).type === 'null') {
      this.tell(
        'NULL_KEY',
        { start: key.start, end: Math.max(key.end, Math.min(key.start + 1, this.text.length)) },
        'The key of this entry is nothing, or null',
      );
    } else if (isInFlow && this.text[key.end] === ':' && /[,[\]{}]/.test(this.text[key.end + 1] ?? '')) {
      this.tell(
        'COLON_WITHOUT_SPACE',
        { start: key.start, end: key.end + 1 },
        `To Kubernetes’ YAML parser "${this.text.slice(key.start, key.end + 1)}" is one word`,
      );
    }
  }

  private merge(key: ScalarNode, value: Node): void {
    const merged = resolve(value);
    // An alias of nothing is told already.
    if (value.kind === 'alias' && merged === undefined) return;
    if (isMap(merged) || (isSeq(merged) && merged.items.every((item) => isMap(resolve(item.value))))) return;
    this.tell('BAD_MERGE', key, '"<<" brings in a mapping, or a list of mappings');
  }

  private seq(node: SeqNode, isInFlow: boolean): void {
    for (const item of node.items) {
      const tab = node.flow ? undefined : /^- *\t/.exec(this.text.slice(item.start, item.start + 100));
      if (tab)
        this.tell('TAB_BEHIND_DASH', { start: item.start + tab[0].length - 1, end: item.start + tab[0].length }, 'A tab stands behind the dash');
      this.look(item.value, isInFlow || node.flow);
    }
  }

  /** Tabs in front of what begins a line, of comments, and in lines that are blank otherwise. */
  private tabs(): void {
    for (const { index, 0: blanks } of outside(this.text.matchAll(/(?<=^|\n) *\t[ \t]*/g), this.spans)) {
      const column = blanks.indexOf('\t');
      const at = { start: index + column, end: index + blanks.length };
      // Further in it may go on with the plain word before it.
      if (column <= this.columnBefore(index))
        this.tell('STRAY_TAB', at, 'Kubernetes’ YAML parser takes no tab where a line begins, not even a blank one');
    }
  }

  /** How far the last key or dash before a line stands in, as far as that can be seen in its line. */
  private columnBefore(lineStart: number): number {
    const before = this.text.slice(Math.max(0, lineStart - 1000), lineStart).trimEnd();
    return /(?:^|\n)( *)(?:-[ \t]|-$|[^\s#][^\n]*:(?:[ \t]|$))[^\n]*$/.exec(before)?.[1]?.length ?? 0;
  }

  private lineEnds(): void {
    for (const { index, 0: end } of outside(this.text.matchAll(otherLineEnds), this.quoted)) {
      const name = `U+${end.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
      this.tell(
        'LINE_SEPARATOR',
        { start: index, end: index + 1 },
        `To Kubernetes’ YAML parser a line ends here, at an invisible character (${name})`,
      );
    }
  }
}
