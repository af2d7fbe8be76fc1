import { type CreateNodeOptions, Document, type DocumentOptions, type SchemaOptions, type ToStringOptions, visit } from 'yaml';

type Options = Pick<
  DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions,
  'collectionStyle' | 'defaultKeyType' | 'defaultStringType' | 'flowCollectionPadding' | 'indent' | 'indentSeq'
>;

/** Texts that Kubernetes' parser takes for something else between brackets or braces, where any may end up. Source: see refusals.ts. */
const needsQuotes = /^:|\?|^[-+]_/;

/**
 * A value as YAML, without a line break at its end. Kubernetes reads YAML 1.1: a text that is a word or number there, such as `on` or `010`,
 * gets quotes. Lines are not folded, and what stands twice is written twice.
 */
export function writeYaml(value: unknown, options: Options = {}): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false, ...options });
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && needsQuotes.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  // The version asks for a directive, which belongs to whole files.
  return document
    .toString({ lineWidth: 0, ...options })
    .replace(/^%YAML 1\.1\n---\n/, '')
    .trimEnd();
}
