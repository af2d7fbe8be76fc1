import { isScalar, itemsOf, type Node, resolve, type ScalarNode } from './node.ts';
import { isTemplated } from './template.ts';

/** What a scalar is once sigs.k8s.io/yaml has turned it into JSON. */
export type ScalarValue =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer' | 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string };

const named = (value: ScalarValue, ...texts: readonly string[]) => texts.map((text) => [text, value] as const);

/** Plain texts that are words of YAML 1.1. */
const words: ReadonlyMap<string, ScalarValue> = new Map([
  ...named({ type: 'null' }, '', '~', 'null', 'Null', 'NULL'),
  ...named({ type: 'boolean', value: true }, 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'),
  ...named({ type: 'boolean', value: false }, 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'),
]);

const goInteger = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/;
const goFloat = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;

function goIntegerValue(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '');
  const octal = /^0[oO]?([0-7]+)$/.exec(digits);
  const value = octal ? Number.parseInt(octal[1] as string, 8) : Number(digits);
  return negative ? -value : value;
}

/** Whether a plain text can only be a string, by its first character: most can, and this is asked a thousand times a document. */
function beginsAsString(text: string): boolean {
  const code = text.charCodeAt(0) | 32;
  if (code < 97 || code > 122) return false;
  // Longer than "false", or a letter that begins none of null, true, yes, on, false, no, off.
  return text.length > 5 || (code !== 102 && code !== 110 && code !== 111 && code !== 116 && code !== 121);
}

/** The value of a plain decimal such as a port, NaN for anything else: the usual number, without regular expressions. */
function smallDecimal(text: string): number {
  if (text.length > 9 || (text.length > 1 && text.charCodeAt(0) === 48)) return Number.NaN;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Reads a scalar as Kubernetes does: YAML 1.1 words for booleans, Go's integer prefixes, no dates, no sexagesimals.
 * Source: kubernetes-sigs/yaml goyaml.v2/resolve.go.
 */
export function scalarValue(node: ScalarNode): ScalarValue {
  const { text } = node;
  if (node.tag === undefined && beginsAsString(text)) return { type: 'string', value: text };
  if (node.tag === '!!str' || node.tag === '!' || node.style !== 'plain') {
    return { type: 'string', value: text };
  }
  const decimal = text === '' ? Number.NaN : smallDecimal(text);
  if (decimal >= 0) return { type: 'integer', value: decimal };
  const word = words.get(text);
  if (word) return word;
  // Addresses begin like numbers, and end here.
  if (/^[-+.\d][-+.\w]*$/.test(text)) {
    const plain = text.replaceAll('_', '');
    if (goInteger.test(plain)) return { type: 'integer', value: goIntegerValue(plain) };
    if (goFloat.test(plain)) {
      const value = Number(plain);
      return { type: Number.isInteger(value) ? 'integer' : 'float', value };
    }
    if (/^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/.test(plain)) return { type: 'float', value: Number.NaN };
  }
  return { type: 'string', value: text };
}

/** A node that Kubernetes reads as null: nothing written, `null` or `~`. Templates are never null. */
export function isNull(node: Node | undefined): boolean {
  const target = resolve(node);
  return target === undefined || (isScalar(target) && !target.templated && scalarValue(target).type === 'null');
}

/** The text of a string scalar; undefined for anything that is not a string, and for templates. */
export function stringOf(node: Node | undefined): string | undefined {
  const target = resolve(node);
  if (!isScalar(target) || target.templated) return undefined;
  const value = scalarValue(target);
  return value.type === 'string' ? value.value : undefined;
}

/** Whether a variable is part of a text (`${NAME}`): the same one is the same text elsewhere. What a template writes is not. */
export const namesVariable = ({ templated, text }: ScalarNode): boolean => templated === true && /[$]|<</.test(text) && !isTemplated(text);

/** The text of a string, with its variables as they are written; undefined for anything else, and for templates. */
export function nameOf(node: Node | undefined): string | undefined {
  const target = resolve(node);
  return isScalar(target) && namesVariable(target) ? target.text : stringOf(target);
}

/** The text of a string, with variables and a template's actions as they are written; undefined for anything else. */
export function writtenOf(node: Node | undefined): string | undefined {
  const target = resolve(node);
  return isScalar(target) && target.templated ? target.text : stringOf(target);
}

/** The value of an integer scalar; undefined for anything else, and for templates. */
export function integerOf(node: Node | undefined): number | undefined {
  const target = resolve(node);
  if (!isScalar(target) || target.templated) return undefined;
  const value = scalarValue(target);
  return value.type === 'integer' ? value.value : undefined;
}

/** The strings of a list; what is none is left out. */
export const stringsOf = (node: Node | undefined): readonly string[] => itemsOf(node).flatMap((item) => stringOf(item) ?? []);

/** The value of a boolean scalar; undefined for anything else, and for templates. */
export function booleanOf(node: Node | undefined): boolean | undefined {
  const target = resolve(node);
  if (!isScalar(target) || target.templated) return undefined;
  const value = scalarValue(target);
  return value.type === 'boolean' ? value.value : undefined;
}
