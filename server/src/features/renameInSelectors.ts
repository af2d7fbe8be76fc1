import { labelsIn, parseSelector } from '../kinds/calico/selector.ts';
import { nameLabel } from '../model/selector.ts';
import type { Range, ScalarNode } from '../syntax/node.ts';
import { writtenPart } from '../syntax/scalarPart.ts';
import type { TextEdit } from '../syntax/textEdit.ts';

/** Keys under which Calico's policies have selectors. */
const selectorKeys: ReadonlySet<string> = new Set(['selector', 'notSelector', 'namespaceSelector', 'serviceAccountSelector']);

/** Labels by which Calico's selectors mean a namespace by its name. */
const namespaceNames: ReadonlySet<string> = new Set(['projectcalico.org/name', nameLabel]);

/** What is renamed in a selector. */
type Renamed =
  | { readonly is: 'label-key'; readonly name: string }
  | { readonly is: 'namespace'; readonly name: string }
  | { readonly is: 'label-value'; readonly key: string; readonly name: string };

/**
 * Edits of a label or namespace inside a text that may be a selector of Calico, under the key `holder` of a document with the given text. None
 * where the text cannot be read, or is written in another way than it reads.
 */
export function editsInSelector(node: ScalarNode, holder: string, text: string, target: Renamed, name: string): readonly TextEdit[] {
  if (!selectorKeys.has(holder) || !node.text.includes(target.name)) return [];
  const parsed = parseSelector(node.text);
  if ('problem' in parsed) return [];
  const edits: TextEdit[] = [];
  const put = ({ start, end }: Range) => {
    const at = writtenPart(node, text, start, end);
    if (at) edits.push({ ...at, newText: name });
  };
  for (const { key, operator, values } of labelsIn(parsed.expression)) {
    if (target.is === 'label-key') {
      if (key.text === target.name) put(key);
      continue;
    }
    const isMeant = target.is === 'label-value' ? key.text === target.key : holder === 'namespaceSelector' && namespaceNames.has(key.text);
    // Parts of values are of no one value.
    if (!isMeant || !['==', '!=', 'in', 'not in'].includes(operator)) continue;
    for (const value of values) if (value.text === target.name) put({ start: value.start + 1, end: value.end - 1 });
  }
  return edits;
}
