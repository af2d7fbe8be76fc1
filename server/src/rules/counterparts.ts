import { takesDocuments, writtenLike } from '../kinds/kubernetes/writePolicy.ts';
import { appendItem } from '../syntax/edits.ts';
import type { SeqNode } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import type { WorkspaceView } from '../workspace/view.ts';

/** Parts of fixes that add policies and rules. */

/** A name that no policy of the namespace has: the wanted one, or the same with a number. */
export function freeName(wanted: string, namespace: string, { cluster }: WorkspaceView): string {
  const taken = new Set(cluster.policies.flatMap(({ value }) => (value.namespace === namespace ? [value.name] : [])));
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** A value on one line. */
export const onOneLine = (text: string, value: unknown): string =>
  takesDocuments(text) ? writeYaml(value, { collectionStyle: 'flow', flowCollectionPadding: false }) : JSON.stringify(value);

/** Adds an item to a list as the document writes such things. */
export const addItem = (text: string, list: SeqNode, value: unknown): TextEdit =>
  appendItem(text, list, list.flow ? onOneLine(text, value) : writtenLike(text, value));
