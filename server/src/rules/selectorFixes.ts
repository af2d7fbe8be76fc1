import * as l10n from '@vscode/l10n';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { writtenLike, writtenSelector } from '../kinds/kubernetes/writePolicy.ts';
import type { Direction } from '../model/policy.ts';
import { type Labels, nameLabel, type Selector } from '../model/selector.ts';
import { unknownValue, type Workload } from '../model/workload.ts';
import { breakOf, columnOf, indentLines } from '../syntax/edits.ts';
import { isMap, type MapNode, type Node, type Range, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { addEntry, onOneLine } from './counterparts.ts';
import type { Correction } from './nearestLabels.ts';
import type { Fix } from './rule.ts';

/** Fixes that write selectors anew. */

/** What to underline of a selector: its label where it has one alone, else its first key. */
export function selectorAnchor(node: Node): Range {
  if (!isMap(node)) return node;
  const labels = valueAt(node, 'matchLabels');
  const [only] = isMap(labels) && labels.entries.length === 1 && node.entries.length === 1 ? labels.entries : [];
  return only ? { start: only.start, end: only.end } : (node.entries[0]?.key ?? node);
}

/** Puts a selector in the place of one, in its style. */
export function replaceSelector(text: string, node: Node, selector: Selector): TextEdit {
  const written = writtenSelector(selector);
  const flow = isMap(node) && (node.flow || node.entries.length === 0);
  const newText = flow ? onOneLine(text, written) : indentLines(writtenLike(text, written), columnOf(text, node.start), breakOf(text));
  return { start: node.start, end: node.end, newText };
}

/** A selector for the pods of a workload by the labels that its manifest gives them; versions change and are left out. */
export function selectorFor(labels: Labels, keys?: ReadonlySet<string>): Selector {
  const own = Object.entries(labels).filter(([key, value]) => value !== unknownValue && !/(^|\/)(version|chart|release-?revision)$/.test(key));
  const wanted = keys ? own.filter(([key]) => keys.has(key)) : own;
  const parts = wanted.length > 0 ? wanted : own;
  return { requirements: parts.map(([key, value]) => ({ key, operator: 'In', values: [value] })) };
}

/** Other workloads of its namespace that a selector made for one fits, since they carry its labels too. */
export const alsoSelected = (selector: Selector, { workload: own }: Endpoint, connectivity: Connectivity): readonly Workload[] =>
  connectivity.labelled(selector, own.namespace).flatMap(({ workload }) => (workload === own ? [] : [workload]));

/** The pods of a workload's namespace that are open in a direction and that a policy about such pods would isolate: what they exchange would end. */
export const newlyIsolated = (selector: Selector, { namespace }: Endpoint, direction: Direction, connectivity: Connectivity): readonly Endpoint[] =>
  connectivity.labelled(selector, namespace.name).filter((pod) => !connectivity.isIsolated(pod, direction));

export const fixesOf = (found: readonly Correction[]): readonly Fix[] =>
  found.map(({ label, edits }) => ({ title: l10n.t('Select {0}', label), edits }));

/** Adds a namespaceSelector for one namespace to a peer. */
export function selectNamespace(text: string, peer: MapNode, namespace: string): TextEdit {
  const selector = { matchLabels: { [nameLabel]: namespace } };
  return addEntry(text, peer, 'namespaceSelector', selector);
}
