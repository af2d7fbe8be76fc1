import { removeItems } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, itemsOf, type MapNode, type Node, resolve, type SeqItem, type SeqNode } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { addEntry } from './counterparts.ts';

/** What the API server makes of a NetworkPolicy's spec without `policyTypes`; undefined where they are written. To it, no types are none written. */
export function impliedTypes(spec: Node | undefined): readonly string[] | undefined {
  const value = resolve(entryOf(spec, 'policyTypes')?.value);
  if (value && !isNull(value) && !(isSeq(value) && value.items.length === 0)) return undefined;
  return itemsOf(entryOf(spec, 'egress')?.value).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** Writes `policyTypes`, behind the podSelector, where nearly everybody has it. */
export const writeTypes = (text: string, spec: MapNode, types: readonly string[]): TextEdit =>
  addEntry(text, spec, 'policyTypes', types, spec.flow ? undefined : entryOf(spec, 'podSelector'));

/**
 * Takes rules out of a list of a spec, so that what they allowed is denied. Where the last egress rule goes, types that are left out are written:
 * without both the policy would not isolate egress any more.
 */
export function removeRules(text: string, spec: Node | undefined, list: SeqNode, items: readonly SeqItem[]): readonly TextEdit[] {
  const types = impliedTypes(spec);
  const isLast = items.length === list.items.length && resolve(entryOf(spec, 'egress')?.value) === list;
  return [...removeItems(text, list, items), ...(isLast && types && isMap(spec) ? [writeTypes(text, spec, types)] : [])];
}
