import { nearest } from '../model/nearest.ts';
import { type Labels, type Requirement, type Selector, selects } from '../model/selector.ts';
import { unknownValue } from '../model/workload.ts';
import { entriesOf, isMap, itemsOf, type Node, resolve, type ScalarNode, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { writeYaml } from '../syntax/writeYaml.ts';

/** A correction of one word of a selector, after which it selects something. */
export interface Correction {
  /** As `key=value`. */
  readonly label: string;
  readonly edits: readonly TextEdit[];
}

/** A text in the place of a scalar, in its quotes. */
export function scalarLike(node: ScalarNode, text: string): TextEdit {
  const quote = node.style === 'double' ? '"' : node.style === 'single' ? "'" : undefined;
  return { start: node.start, end: node.end, newText: quote ? `${quote}${text}${quote}` : writeYaml(text) };
}

/** The scalars in a selector that say a requirement: its key and its value. */
interface Words {
  readonly key: ScalarNode;
  readonly value: ScalarNode;
  /** Other keys of the same mapping: none of them may be written twice. */
  readonly taken: ReadonlySet<string>;
}

function* wordsOf(node: Node | undefined): Iterable<Words> {
  const labels = valueAt(node, 'matchLabels');
  if (isMap(labels)) {
    const entries = entriesOf(labels);
    const taken = new Set(entries.map(({ key }) => key.text));
    for (const { key, value } of entries) {
      const scalar = resolve(value);
      if (scalar?.kind === 'scalar') yield { key, value: scalar, taken };
    }
  }
  for (const expression of itemsOf(valueAt(node, 'matchExpressions'))) {
    const key = valueAt(expression, 'key');
    if (key?.kind !== 'scalar' || stringOf(valueAt(expression, 'operator')) !== 'In') continue;
    for (const value of itemsOf(valueAt(expression, 'values'))) if (value.kind === 'scalar') yield { key, value, taken: new Set() };
  }
}

/** The selector with one word of it changed: where it asks for the same twice, the other stays as it is. */
function corrected(selector: Selector, key: string, value: string, newKey: string, newValue: string): Selector {
  const at = selector.requirements.findIndex((one) => one.key === key && one.operator === 'In' && one.values.includes(value));
  return {
    requirements: selector.requirements.map(
      (one, i): Requirement => (i === at ? { ...one, key: newKey, values: one.values.map((other) => (other === value ? newValue : other)) } : one),
    ),
  };
}

const known = (labels: Labels, key: string): string | undefined => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  return value === unknownValue ? undefined : value;
};

/** Corrections of one misspelt word of a selector, each of which makes it select some of the labels. Nearest first; none where nothing is near. */
export function corrections(selector: Selector, node: Node | undefined, candidates: readonly Labels[]): readonly Correction[] {
  const found = new Map<string, Correction>();
  const fits = (changed: Selector) => candidates.some((labels) => selects(changed, labels));
  const sameWord = (a: string, b: string) => a.toLowerCase().replace(/[-_.]/g, '') === b.toLowerCase().replace(/[-_.]/g, '');
  for (const { key, value, taken } of wordsOf(node)) {
    const requirementKey = key.text;
    const values = new Set(candidates.flatMap((labels) => known(labels, requirementKey) ?? []));
    const near = [...values].find((other) => other !== value.text && sameWord(other, value.text)) ?? nearest(value.text, values);
    if (near !== undefined && fits(corrected(selector, requirementKey, value.text, requirementKey, near)))
      found.set(`${requirementKey}=${near}`, { label: `${requirementKey}=${near}`, edits: [scalarLike(value, near)] });
    const keys = new Set(candidates.flatMap((labels) => Object.keys(labels).filter((other) => known(labels, other) === value.text)));
    const nearKey =
      nearest(requirementKey, keys) ?? [...keys].find((other) => lastPart(other) === lastPart(requirementKey) && other !== requirementKey);
    if (nearKey !== undefined && !taken.has(nearKey) && fits(corrected(selector, requirementKey, value.text, nearKey, value.text)))
      found.set(`${nearKey}=${value.text}`, { label: `${nearKey}=${value.text}`, edits: [scalarLike(key, nearKey)] });
  }
  return [...found.values()];
}

/** `name` of `app.kubernetes.io/name`; `app` counts as that too, as charts have moved from one to the other. */
const lastPart = (key: string): string => {
  const part = key.slice(key.lastIndexOf('/') + 1);
  return part === 'app' ? 'name' : part;
};

/** Whether the keys that a selector asks for are in use on some of the labels: its words are those of the workspace. */
export const speaksSameWords = ({ requirements }: Selector, candidates: readonly Labels[]): boolean =>
  requirements.every(
    ({ key, operator }) => operator === 'NotIn' || operator === 'DoesNotExist' || candidates.some((labels) => Object.hasOwn(labels, key)),
  );

/** Labels of workloads as "app=web", those that a controller sets left out; each set once. */
export function labelTexts(candidates: readonly Labels[], keys: ReadonlySet<string>): readonly string[] {
  return [
    ...new Set(
      candidates.flatMap((labels) => {
        const parts = Object.entries(labels).filter(([key, value]) => value !== unknownValue && keys.has(key));
        return parts.length === 0 ? [] : [parts.map(([key, value]) => `${key}=${value}`).join(',')];
      }),
    ),
  ];
}
