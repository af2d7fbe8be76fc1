import { writtenLike } from '../kinds/kubernetes/writePolicy.ts';
import { appendItem, isJsonText, setEntry } from '../syntax/edits.ts';
import type { MapNode, SeqNode } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import type { WorkspaceView } from '../workspace/view.ts';

/** Parts of fixes that add policies and rules. */

/** A name that no policy of the namespace has: the wanted one, or the same with a number; what it is made of may have no name. */
export function freeName(wanted: string, namespace: string, { cluster }: WorkspaceView): string {
  const stem = wanted.replace(/^-|-$/g, '') || 'policy';
  const taken = new Set(cluster.policies.flatMap(({ value }) => (value.namespace === namespace ? [value.name] : [])));
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** A value on one line. */
export const onOneLine = (text: string, value: unknown): string =>
  isJsonText(text) ? JSON.stringify(value) : writeYaml(value, { collectionStyle: 'flow', flowCollectionPadding: false });

/** Adds an item to a list as the document writes such things. */
export const addItem = (text: string, list: SeqNode, value: unknown): TextEdit =>
  appendItem(text, list, list.flow ? onOneLine(text, value) : writtenLike(text, value));

/** Writes an entry as the document writes such things: in the place of one of that key, or else behind `after`. */
export function addEntry(text: string, map: MapNode, key: string, value: unknown, after = map.entries.at(-1)): TextEdit {
  if (map.flow) return setEntry(text, map, key, onOneLine(text, value), after);
  return setEntry(
    text,
    map,
    key,
    writtenLike(text, { [key]: value })
      .slice(`${key}:`.length)
      .replace(/^ /, ''),
    after,
  );
}
