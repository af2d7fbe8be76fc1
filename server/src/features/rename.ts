import { labelAsked, namespaceKey } from '../kinds/cilium/readCilium.ts';
import { resourcesOf } from '../kinds/resource.ts';
import type { Place } from '../kinds/walk.ts';
import { nameLabel } from '../model/selector.ts';
import { scalarLike } from '../rules/nearestLabels.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { isMap, isScalar, isSeq, type Node, type Range, resolve, type ScalarNode, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { writtenPart } from '../syntax/scalarPart.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { placeAt } from './placeAt.ts';
import { editsInSelector } from './renameInSelectors.ts';
import { type PortTarget, portNodes, portOfContainer, portOfPolicy } from './renamePorts.ts';
import { isWritten, visitNodes } from './visitNodes.ts';

/** Renaming of what manifests share: labels, namespaces, port names. */

/** What is renamed. */
export type Target =
  | { readonly is: 'label-value'; readonly key: string; readonly name: string }
  | { readonly is: 'label-key'; readonly name: string }
  | { readonly is: 'namespace'; readonly name: string }
  | PortTarget;

/** An edit of a rename; one that is not sure is shown for confirmation. */
export interface RenameEdit extends TextEdit {
  readonly sure: boolean;
}

const labelHolders = new Set(['labels', 'matchLabels', 'selector', 'commonLabels', 'pairs']);

/** The label that a key of a document asks for: Cilium writes before it where it comes from, and that it is a namespace’s. */
const labelOf = (key: string, document: DocumentText): string => (document.text.includes('cilium.io/') ? labelAsked(key) : key);

const isNamespaceName = (key: string): boolean => key === nameLabel || key === namespaceKey;

function labelTarget(place: Place, onKey: boolean): Target | undefined {
  const key = place.entry && labelOf(place.entry.key.text, place.resource.document);
  const holder = place.parent?.entry?.key.text;
  if (key === undefined || holder === undefined || !labelHolders.has(holder) || !isScalar(place.node)) return undefined;
  // Cilium's own, of which no manifest is the source.
  if (key.startsWith('io.cilium.')) return undefined;
  if (isNamespaceName(key)) return onKey ? undefined : { is: 'namespace', name: place.node.text };
  return onKey ? { is: 'label-key', name: key } : { is: 'label-value', key, name: place.node.text };
}

/** What can be renamed at an offset, and the range of its name; undefined where nothing can. */
export function renameTargetAt(
  document: DocumentText,
  offset: number,
  view: WorkspaceView,
): { readonly target: Target; readonly at: Range } | undefined {
  const hit = placeAt(document, offset);
  if (!hit) return portOfContainer(document, offset, view);
  const { place, range, onKey } = hit;
  const label = labelTarget(place, onKey);
  if (label) {
    const key = place.entry?.key;
    const hasSource = label.is === 'label-key' && key && key.text !== label.name;
    const ofKey = hasSource ? (writtenPart(key, document.text, key.text.length - label.name.length, key.text.length) ?? key) : range;
    return { target: label, at: onKey ? ofKey : place.node };
  }
  const text = stringOf(place.node);
  if (onKey || text === undefined) return undefined;
  const { kind } = place.resource;
  if (
    place.type.role === 'namespace-name' ||
    (kind === 'Namespace' && place.entry?.key.text === 'name' && place.parent?.entry?.key.text === 'metadata')
  )
    return { target: { is: 'namespace', name: text }, at: place.node };
  const port = portOfPolicy(place.resource, place.node, view);
  return port ? { target: port, at: place.node } : portOfContainer(document, offset, view);
}

/** Edits of labels and namespaces in a document of any kind. */
function editsAnywhere(document: DocumentText, target: Exclude<Target, { is: 'port' }>, name: string): readonly RenameEdit[] {
  const edits: RenameEdit[] = [];
  const templated = document.parsed.templated;
  const edit = (node: ScalarNode, text: string, sure: boolean) => edits.push({ ...scalarLike(node, text), sure: sure && !templated });
  const root = resolve(document.parsed.root);
  const hasSelectors = document.text.includes('projectcalico.org/');
  visitNodes(root, (node, path) => {
    const holder = path.at(-1) ?? '';
    if (hasSelectors && isWritten(node))
      for (const one of editsInSelector(node, holder, document.text, target, name)) edits.push({ ...one, sure: !templated });
    if (isMap(node)) {
      for (const { key, value } of node.entries) {
        const isLabel = labelHolders.has(holder);
        if (target.is === 'label-key') {
          if (isLabel && labelOf(key.text, document) === target.name) edit(key, key.text.slice(0, key.text.length - target.name.length) + name, true);
        } else if (target.is === 'label-value') {
          if (labelOf(key.text, document) === target.key && isWritten(value) && value.text === target.name && holder !== 'nodeSelector')
            edit(value, name, isLabel);
        } else if (isWritten(value) && value.text === target.name) {
          if (key.text === 'namespace') edit(value, name, true);
          else if (isLabel && isNamespaceName(labelOf(key.text, document))) edit(value, name, true);
          else if (isLabel && key.text === 'name' && path.at(-2) === 'namespaceSelector') edit(value, name, false);
        }
      }
      if (holder === 'matchExpressions') expressionEdits(node, document, target, name, edit);
    } else if (target.is === 'namespace' && isWritten(node) && node.text.includes(`.${target.name}.svc`)) {
      edit(node, node.text.replaceAll(`.${target.name}.svc`, `.${name}.svc`), false);
    }
  });
  if (target.is === 'namespace' && stringOf(valueAt(root, 'kind')) === 'Namespace') {
    const own = valueAt(root, 'metadata', 'name');
    if (isWritten(own) && own.text === target.name) edit(own, name, true);
  }
  return edits;
}

function expressionEdits(
  node: Extract<Node, { kind: 'map' }>,
  document: DocumentText,
  target: Exclude<Target, { is: 'port' }>,
  name: string,
  edit: (node: ScalarNode, text: string, sure: boolean) => void,
): void {
  const key = valueAt(node, 'key');
  if (!isWritten(key)) return;
  const label = labelOf(key.text, document);
  if (target.is === 'label-key' && label === target.name) edit(key, key.text.slice(0, key.text.length - target.name.length) + name, true);
  const isMeant = target.is === 'label-value' ? label === target.key : target.is === 'namespace' && isNamespaceName(label);
  const values = valueAt(node, 'values');
  if (!isMeant || !isSeq(values)) return;
  for (const { value } of values.items) if (isWritten(value) && value.text === target.name) edit(value, name, true);
}

/** Edits that give a target another name in a document. Offsets in its text. `view` is that in which the target was found. */
export function renameEdits(document: DocumentText, target: Target, name: string, view: WorkspaceView): readonly RenameEdit[] {
  // Most documents hold nothing of it, and need no parse.
  if (!document.text.includes(target.name)) return [];
  if (target.is !== 'port') return editsAnywhere(document, target, name);
  return resourcesOf(document).flatMap((resource) => portNodes(resource, target, view).map((node) => ({ ...scalarLike(node, name), sure: true })));
}
