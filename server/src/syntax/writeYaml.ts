import { type CreateNodeOptions, type DocumentOptions, type SchemaOptions, stringify, type ToStringOptions } from 'yaml';

type Options = Pick<
  DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions,
  'collectionStyle' | 'defaultKeyType' | 'defaultStringType' | 'flowCollectionPadding' | 'indent' | 'indentSeq'
>;

/**
 * A value as YAML, without a line break at its end. Kubernetes reads YAML 1.1: a text that is a word or number there, such as `on` or `010`,
 * gets quotes. Lines are not folded, and what stands twice is written twice.
 */
export const writeYaml = (value: unknown, options: Options = {}): string =>
  stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false, ...options }).trimEnd();
