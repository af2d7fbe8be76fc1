import { everything, nameLabel, namespaceLabel, type Operator, type Selector, selectsNone, serviceAccountLabel } from '../../model/selector.ts';

/**
 * Calico's selector language: a parser that gives a tree with places, and what it means as a selector of the model.
 * Source: projectcalico/calico libcalico-go/lib/selector/tokenizer and parser.
 */

interface Range {
  /** Offsets in the selector's text, end exclusive. */
  readonly start: number;
  readonly end: number;
}

export type Comparison = '==' | '!=' | 'in' | 'not in' | 'contains' | 'starts with' | 'ends with';

export type Expression = Range &
  (
    | { readonly is: 'and' | 'or'; readonly parts: readonly Expression[] }
    | { readonly is: 'not'; readonly of: Expression }
    | { readonly is: 'all' | 'global' }
    | { readonly is: 'has'; readonly key: Range & { readonly text: string } }
    | {
        readonly is: 'compare';
        readonly key: Range & { readonly text: string };
        readonly operator: Comparison;
        readonly values: readonly (Range & { readonly text: string })[];
      }
  );

/** What is wrong, where, and what would be right. */
export interface SelectorProblem extends Range {
  readonly message: string;
  /** Text that would be right in its place. */
  readonly instead?: string;
}

export type Parsed = { readonly expression: Expression } | { readonly problem: SelectorProblem };

type TokenKind = 'label' | 'string' | 'word' | '&&' | '||' | '!' | '==' | '!=' | '(' | ')' | '{' | '}' | ',' | 'has' | 'all' | 'global' | 'end';

interface Token extends Range {
  readonly is: TokenKind;
  readonly text: string;
}

class SelectorError extends Error {
  readonly problem: SelectorProblem;
  constructor(problem: SelectorProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

function fail(message: string, { start, end }: Range, instead?: string): never {
  throw new SelectorError({ message, start, end, ...(instead === undefined ? {} : { instead }) });
}

const symbols: readonly TokenKind[] = ['&&', '||', '==', '!=', '!', '(', ')', '{', '}', ','];
const labelCharacter = /[A-Za-z0-9_./-]/;

/** Deepest nesting of brackets and negations that is read; Calico's own limit is the length of 1,024 characters. */
const deepest = 200;

function tokenAt(text: string, start: number): Token {
  const symbol = symbols.find((candidate) => text.startsWith(candidate, start));
  if (symbol) return { is: symbol, text: symbol, start, end: start + symbol.length };
  const char = text[start] as string;
  if (char === "'" || char === '"') {
    const close = text.indexOf(char, start + 1);
    if (close < 0) fail(`This text has no end: close it with ${char}.`, { start, end: text.length });
    return { is: 'string', text: text.slice(start + 1, close), start, end: close + 1 };
  }
  if (char === '=') fail('A single "=" compares nothing; write "==".', { start, end: start + 1 }, '==');
  if (char === '&' || char === '|') fail(`A single "${char}" joins nothing; write "${char}${char}".`, { start, end: start + 1 }, `${char}${char}`);
  if (!labelCharacter.test(char)) fail(`"${char}" has no meaning here.`, { start, end: start + 1 });
  let end = start;
  while (end < text.length && labelCharacter.test(text[end] as string)) end++;
  const word = text.slice(start, end);
  const call = /^(has|all|global)$/.exec(word);
  if (call && text[end] === '(') {
    const after = text.slice(end + 1).search(/\S/);
    const inside = end + 1 + Math.max(after, 0);
    if (word !== 'has' && text[inside] === ')') return { is: word as 'all' | 'global', text: text.slice(start, inside + 1), start, end: inside + 1 };
    if (word === 'has') return { is: 'has', text: word, start, end: end + 1 };
  }
  return { is: 'label', text: word, start, end };
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    found.push(token);
    at = token.end;
  }
  found.push({ is: 'end', text: '', start: text.length, end: text.length });
  return found;
}

class Parser {
  private readonly list: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.list = tokens(text);
  }

  private get next(): Token {
    return this.list[this.at] as Token;
  }

  private take(): Token {
    const token = this.next;
    if (token.is !== 'end') this.at++;
    return token;
  }

  whole(): Expression {
    const expression = this.or();
    if (this.next.is !== 'end') {
      const { text } = this.next;
      fail(`"${text}" does not belong here: join conditions with && or ||.`, this.next);
    }
    return expression;
  }

  private or(): Expression {
    return this.joined('||', 'or', () => this.joined('&&', 'and', () => this.unary()));
  }

  private joined(symbol: '||' | '&&', is: 'or' | 'and', part: () => Expression): Expression {
    const parts = [part()];
    while (this.next.is === symbol) {
      this.take();
      parts.push(part());
    }
    const [first] = parts as [Expression, ...Expression[]];
    return parts.length === 1 ? first : { is, parts, start: first.start, end: (parts.at(-1) as Expression).end };
  }

  private unary(): Expression {
    const token = this.take();
    if (++this.depth > deepest) fail(`This nests deeper than ${deepest} levels.`, token);
    try {
      return this.primary(token);
    } finally {
      this.depth--;
    }
  }

  private primary(token: Token): Expression {
    switch (token.is) {
      case '!': {
        const of = this.unary();
        return { is: 'not', of, start: token.start, end: of.end };
      }
      case '(': {
        const inner = this.or();
        const close = this.take();
        if (close.is !== ')') fail(`The bracket at ${token.start + 1} is not closed: a ")" is missing here.`, close.is === 'end' ? token : close);
        return { ...inner, start: token.start, end: close.end };
      }
      case 'all':
      case 'global':
        return { is: token.is, start: token.start, end: token.end };
      case 'has': {
        const key = this.take();
        if (key.is !== 'label') fail('has() takes the name of a label: has(app).', key.is === 'end' ? token : key);
        const close = this.take();
        if (close.is !== ')') fail('has() takes one label; a ")" is missing here.', close.is === 'end' ? key : close);
        return { is: 'has', key, start: token.start, end: close.end };
      }
      case 'label':
        return this.comparison(token);
      case 'end':
        return fail('A condition is missing here, such as app == "web".', this.at > 0 ? (this.list[this.at - 1] as Token) : token);
      default:
        return fail(`A condition must begin with a label, has(), all(), "!" or "(", not with ${token.text}.`, token);
    }
  }

  private comparison(key: Token): Expression {
    const token = this.take();
    if (token.is === '==' || token.is === '!=') {
      const value = this.value(`${key.text} ${token.text}`, token);
      return { is: 'compare', key, operator: token.is, values: [value], start: key.start, end: value.end };
    }
    const operator = token.is === 'label' ? this.word(token) : undefined;
    if (!operator) {
      return fail(
        `A label is compared by ==, !=, in, not in, contains, starts with or ends with; to ask whether it is there, write has(${key.text}).`,
        token.is === 'end' ? key : token,
        token.is === 'end' ? `has(${key.text})` : undefined,
      );
    }
    if (operator === 'in' || operator === 'not in') {
      const { values, end } = this.set();
      return { is: 'compare', key, operator, values, start: key.start, end };
    }
    const value = this.value(`${key.text} ${operator}`, token);
    return { is: 'compare', key, operator, values: [value], start: key.start, end: value.end };
  }

  /** Operators in words, some of which are two. */
  private word(token: Token): Comparison | undefined {
    if (token.text === 'in' || token.text === 'contains') return token.text;
    // The blank may be left out.
    const joined = { notin: 'not in', startswith: 'starts with', endswith: 'ends with' }[token.text];
    if (joined !== undefined) return joined as Comparison;
    const second = { not: 'in', starts: 'with', ends: 'with' }[token.text];
    if (second === undefined) return undefined;
    const next = this.take();
    if (next.text !== second) fail(`"${token.text}" must be followed by "${second}".`, next.is === 'end' ? token : next);
    return `${token.text} ${second}` as Comparison;
  }

  private value(before: string, operator: Token): Token {
    const value = this.take();
    if (value.is === 'label') fail(`A value stands in quotes: ${before} "${value.text}".`, value, `"${value.text}"`);
    if (value.is !== 'string') fail(`A value in quotes is missing behind ${before}.`, value.is === 'end' ? operator : value);
    return value;
  }

  private set(): { readonly values: readonly Token[]; readonly end: number } {
    const open = this.take();
    if (open.is !== '{') fail('A set of values stands in braces: { "a", "b" }.', open.is === 'end' ? (this.list[this.at - 1] as Token) : open);
    const values: Token[] = [];
    while ((this.next.is as TokenKind) !== '}') {
      const value = this.take();
      if (value.is === 'label') fail(`A value stands in quotes: "${value.text}".`, value, `"${value.text}"`);
      if (value.is !== 'string') fail('A set holds values in quotes with commas between them, and ends with "}".', value.is === 'end' ? open : value);
      values.push(value);
      if (this.next.is === ',') this.take();
      else if ((this.next.is as TokenKind) !== '}') fail('A comma or "}" is missing here.', this.next.is === 'end' ? value : this.next);
    }
    return { values, end: this.take().end };
  }
}

/** Parses a selector; an empty one is all(). Never throws. */
export function parseSelector(text: string): Parsed {
  if (text.trim() === '') return { expression: { is: 'all', start: 0, end: text.length } };
  try {
    return { expression: new Parser(text).whole() };
  } catch (error) {
    if (error instanceof SelectorError) return { problem: error.problem };
    throw error;
  }
}

/** All must hold. At once, not one after the other: a selector may have thousands of parts. */
function allOf(parts: readonly Selector[]): Selector {
  const anyOf = parts.flatMap((part) => part.anyOf ?? []);
  return { requirements: parts.flatMap(({ requirements }) => requirements), ...(anyOf.length > 0 ? { anyOf } : {}) };
}

/** What the labels of a selector are labels of. */
export type SelectorOf = 'pods' | 'namespaces' | 'serviceAccounts';

const opposite: Readonly<Record<Operator, Operator>> = {
  In: 'NotIn',
  NotIn: 'In',
  Exists: 'DoesNotExist',
  DoesNotExist: 'Exists',
  Contains: 'NotContains',
  StartsWith: 'NotStartsWith',
  EndsWith: 'NotEndsWith',
  NotContains: 'Contains',
  NotStartsWith: 'StartsWith',
  NotEndsWith: 'EndsWith',
};

const operators: Readonly<Record<Comparison, Operator>> = {
  '==': 'In',
  '!=': 'NotIn',
  in: 'In',
  'not in': 'NotIn',
  contains: 'Contains',
  'starts with': 'StartsWith',
  'ends with': 'EndsWith',
};

/** Labels that Calico gives to what it knows. Source: projectcalico/calico libcalico-go/lib/apis/v3/labels.go. */
function keyIn(key: string, of: SelectorOf): string {
  if (of === 'namespaces') return key === 'projectcalico.org/name' ? nameLabel : key;
  if (of === 'serviceAccounts') return key === 'projectcalico.org/name' ? serviceAccountLabel : key;
  if (key === 'projectcalico.org/namespace') return namespaceLabel;
  return key === 'projectcalico.org/serviceaccount' ? serviceAccountLabel : key;
}

const orchestrator = 'projectcalico.org/orchestrator';

function requirement(key: string, operator: Operator, values: readonly string[], of: SelectorOf, negated: boolean): Selector {
  // Every pod of a cluster has it, with this value.
  if (key === orchestrator && of === 'pods') {
    const holds = operator === 'Exists' || (operator === 'In') === values.includes('k8s');
    return holds === negated ? selectsNone : everything;
  }
  if (operator === 'In' && values.length === 0) return negated ? everything : selectsNone;
  if (operator === 'NotIn' && values.length === 0) return negated ? selectsNone : everything;
  return { requirements: [{ key: keyIn(key, of), operator: negated ? opposite[operator] : operator, values }] };
}

/** A parsed selector as one of the model; `negated`, its opposite. global() selects no pod. */
export function meaningOf(expression: Expression, of: SelectorOf, negated = false): Selector {
  switch (expression.is) {
    case 'all':
      return negated ? selectsNone : everything;
    case 'global':
      return negated ? everything : selectsNone;
    case 'not':
      return meaningOf(expression.of, of, !negated);
    case 'has':
      return requirement(expression.key.text, 'Exists', [], of, negated);
    case 'compare':
      return requirement(
        expression.key.text,
        operators[expression.operator],
        expression.values.map(({ text }) => text),
        of,
        negated,
      );
    default: {
      const parts = expression.parts.map((part) => meaningOf(part, of, negated));
      if ((expression.is === 'and') !== negated) return allOf(parts);
      return { requirements: [], anyOf: [parts] };
    }
  }
}

/** Whether global() stands in it: what belongs to no namespace is meant. */
export const namesGlobal = (expression: Expression): boolean => {
  if (expression.is === 'and' || expression.is === 'or') return expression.parts.some(namesGlobal);
  return expression.is === 'not' ? namesGlobal(expression.of) : expression.is === 'global';
};

/** Every label that a selector asks for, with its place and the values that it is compared with. */
export function labelsIn(expression: Expression): readonly {
  readonly key: Range & { readonly text: string };
  readonly operator: Comparison | 'has';
  readonly values: readonly (Range & { readonly text: string })[];
}[] {
  if (expression.is === 'and' || expression.is === 'or') return expression.parts.flatMap(labelsIn);
  if (expression.is === 'not') return labelsIn(expression.of);
  if (expression.is === 'has') return [{ key: expression.key, operator: 'has', values: [] }];
  return expression.is === 'compare' ? [{ key: expression.key, operator: expression.operator, values: expression.values }] : [];
}
