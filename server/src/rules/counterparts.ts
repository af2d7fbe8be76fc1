import { writtenLike } from '../kinds/kubernetes/writePolicy.ts';
import type { Cluster } from '../model/cluster.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { appendItem, isJsonText, setEntry } from '../syntax/edits.ts';
import type { MapNode, SeqNode } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import type { WorkspaceView } from '../workspace/view.ts';

/** Parts of fixes that add policies and rules. */

/** Names of the policies of each namespace. Every workload that none isolates is offered one. */
const namesOf = memoizedByObject((policies: Cluster['policies']) => {
  const names = new Map<string | undefined, Set<string | undefined>>();
  for (const { value } of policies) {
    const own = names.get(value.namespace);
    if (own) own.add(value.name);
    else names.set(value.namespace, new Set([value.name]));
  }
  return names;
});

/** Whether some policy of a namespace has a name. */
export const isTaken = (name: string | undefined, namespace: string, { cluster }: Pick<WorkspaceView, 'cluster'>): boolean =>
  namesOf(cluster.policies).get(namespace)?.has(name) === true;

/** A name that no policy of the namespace has: the wanted one, or the same with a number; what it is made of may have no name. */
export function freeName(wanted: string, namespace: string, view: WorkspaceView): string {
  const stem = wanted.replace(/^-|-$/g, '') || 'policy';
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`;
    if (!isTaken(name, namespace, view)) return name;
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
