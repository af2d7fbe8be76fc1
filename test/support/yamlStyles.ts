import { Document, parseAllDocuments, stringify, type ToStringOptions, visit } from 'yaml';

/** The same values in the ways in which people, tools and charts write them. */

type Writer = (value: unknown) => string;

const options = { lineWidth: 0, version: '1.1' } as const;
/** The text of a document; what Kubernetes' parser takes for no word between brackets is in quotes. */
function textOf(document: Document, more: ToStringOptions = {}): string {
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && /^:|\?/.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0, ...more }).replace(/^%YAML.*\n---\n/, '');
}

const written =
  ({ collectionStyle, ...more }: ToStringOptions): Writer =>
  (value) =>
    collectionStyle === 'flow'
      ? textOf(new Document(value, { version: '1.1' }), { collectionStyle, ...more })
      : stringify(value, { ...options, ...more });

/** Every other mapping and list on one line. */
function mixed(value: unknown): string {
  const document = new Document(value, { version: '1.1' });
  let seen = 0;
  visit(document, {
    Collection(_, node) {
      if (seen++ % 5 === 4) node.flow = true;
    },
  });
  return textOf(document);
}

/** Kinds are looked for before anything is parsed, and nobody writes them as a block. */
const plainKinds = (text: string) => text.replace(/^(\s*(?:- )?(?:kind|apiVersion): )[|>]-\n\s*(.*)$/gm, '$1$2');
const blockStrings = (type: 'BLOCK_LITERAL' | 'BLOCK_FOLDED'): Writer => {
  const write = written({ defaultStringType: type, defaultKeyType: 'PLAIN' });
  return (value) => plainKinds(write(value));
};

const writers = {
  'in block style': written({}),
  'with dashes below their key': written({ indentSeq: false }),
  'in quotes, indented by four': written({ indent: 4, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_SINGLE' }),
  'on one line': written({ collectionStyle: 'flow', flowCollectionPadding: false }),
  'as JSON': (value) => JSON.stringify(value, undefined, 2),
  'with comments': (value) => stringify(value, options).replace(/(.)$/gm, '$1 # why').replace(/\n/g, '\n# and so on\n'),
  'with empty lines': (value) => stringify(value, options).replace(/\n/g, '\n\n'),
  'partly on one line': mixed,
  'with strings as blocks': blockStrings('BLOCK_LITERAL'),
  'with strings as folded blocks': blockStrings('BLOCK_FOLDED'),
  'with dashes on lines of their own': (value) => stringify(value, options).replace(/^( *)- (\w)/gm, '$1-\n$1  $2'),
} as const satisfies Readonly<Record<string, Writer>>;

type Style = keyof typeof writers;
export const styles = Object.keys(writers) as readonly Style[];
/** Where nothing can stand behind a document, for it is JSON or looks like it. */
export const isOneValue = (style: Style): boolean => style === 'on one line' || style === 'as JSON';

const join = (texts: readonly string[]): string => texts.map((text) => `${text.trimEnd()}\n`).join('---\n');

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
};

const parsed = (text: string): readonly unknown[] =>
  parseAllDocuments(text, { version: '1.1', uniqueKeys: false }).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${error.message}\n${text}`);
    return document.toJS();
  });

/** What a text says, whatever its style: its documents as JSON, keys sorted. Throws an `Error` where it is no YAML. */
export const valuesOf = (text: string): string => JSON.stringify(parsed(text).map(sorted));

/** A text in a style; undefined where that cannot be done, as with texts that are no YAML. */
export function inStyle(text: string, style: Style): string | undefined {
  try {
    // Through JSON, so that what an alias stands for is written out.
    const values = JSON.parse(JSON.stringify(parsed(text))) as readonly unknown[];
    const restyled = join(values.map(writers[style]));
    return valuesOf(restyled) === JSON.stringify(values.map(sorted)) ? restyled : undefined;
  } catch {
    return undefined;
  }
}
