import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { Observer } from '../connectivity/observer.ts';
import { workloadName } from '../explain/names.ts';
import { labelKey, namespaceKey } from '../kinds/cilium/readCilium.ts';
import { readPort } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { directionOf, enclosing, type Place } from '../kinds/walk.ts';
import { checkDnsLabel, checkLabelKey, checkLabelValue, checkPortName } from '../model/names.ts';
import { selects } from '../model/selector.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import { scalarLike } from '../rules/nearestLabels.ts';
import { isSystemNamespace } from '../rules/peerSelectors.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { isMap, isScalar, isSeq, type Node, type Range, resolve, type ScalarNode, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { writtenPart } from '../syntax/scalarPart.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { placeAt } from './placeAt.ts';
import { editsInSelector } from './renameInSelectors.ts';

/** Renaming of what manifests share: labels, namespaces, port names. */

/** What is renamed. */
export type Target =
  | { readonly is: 'label-value'; readonly key: string; readonly name: string }
  | { readonly is: 'label-key'; readonly name: string }
  | { readonly is: 'namespace'; readonly name: string }
  | { readonly is: 'port'; readonly name: string; readonly workloads: readonly Endpoint[] };

/** An edit of a rename; one that is not sure is shown for confirmation. */
export interface RenameEdit extends TextEdit {
  readonly sure: boolean;
}

const nameLabel = 'kubernetes.io/metadata.name';
const labelHolders = new Set(['labels', 'matchLabels', 'selector', 'commonLabels', 'pairs']);

/** The label that a key of a document asks for: Cilium writes a source before it. */
const labelOf = (key: string, document: DocumentText): string => (document.text.includes('cilium.io/') ? labelKey(key).key : key);

const isNamespaceName = (key: string): boolean => key === nameLabel || key === namespaceKey;

function labelTarget(place: Place, onKey: boolean): Target | undefined {
  const key = place.entry && labelOf(place.entry.key.text, place.resource.document);
  const holder = place.parent?.entry?.key.text;
  if (key === undefined || holder === undefined || !labelHolders.has(holder) || !isScalar(place.node)) return undefined;
  if (isNamespaceName(key)) return onKey ? undefined : { is: 'namespace', name: place.node.text };
  return onKey ? { is: 'label-key', name: key } : { is: 'label-value', key, name: place.node.text };
}

/** The pods on whose ports the rule around a place opens. */
function destinations(place: Place, policy: PolicyInView): readonly Endpoint[] {
  if (directionOf(place) === 'ingress') return policy.selected;
  const rule = enclosing(place, 'rule');
  return policy.rules.find(({ node }) => node === rule?.node)?.peers.flatMap(({ pods }) => podsIn(pods, policy.connectivity)) ?? [];
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
  if (place.type.role !== 'port') return portOfContainer(document, offset, view);
  const policy = policyInView(place.resource, view, new Observer(connectivityOf(view.cluster)));
  const targets = policy ? destinations(place, policy).filter(({ ports }) => ports.some(({ name }) => name === text)) : [];
  return targets.length > 0 ? { target: { is: 'port', name: text, workloads: closure(text, targets, view) }, at: place.node } : undefined;
}

/** The name of a container port under the cursor. */
function portOfContainer(document: DocumentText, offset: number, view: WorkspaceView): ReturnType<typeof renameTargetAt> {
  const connectivity = connectivityOf(view.cluster);
  for (const resource of resourcesOf(document)) {
    const located = view.readingOf(resource)?.workload;
    const endpoint = located && connectivity.endpoints.find(({ workload }) => workload === located.value);
    const name = endpoint && portNames(resource, undefined).find((node) => node.start <= offset && offset <= node.end);
    if (name) return { target: { is: 'port', name: name.text, workloads: closure(name.text, [endpoint], view) }, at: name };
  }
  return undefined;
}

/** Everything that refers to a port name at some of the pods refers to it at all of them: who else is meant comes along. */
function closure(name: string, first: readonly Endpoint[], view: WorkspaceView): readonly Endpoint[] {
  const connectivity = connectivityOf(view.cluster);
  const declares = (endpoint: Endpoint) => endpoint.ports.some((port) => port.name === name);
  const found = new Set(first.flatMap(({ index }) => connectivity.classes[index] ?? []));
  for (let grown = true; grown; ) {
    grown = false;
    for (const targets of referredTo(name, view, connectivity)) {
      const meant = targets.filter(declares);
      if (!meant.some((endpoint) => found.has(endpoint))) continue;
      for (const endpoint of meant) {
        if (found.has(endpoint)) continue;
        found.add(endpoint);
        grown = true;
      }
    }
  }
  return [...found];
}

/** For each place that refers to a port name: the pods at which it does. */
function* referredTo(name: string, view: WorkspaceView, connectivity: Connectivity): Iterable<readonly Endpoint[]> {
  const whole = (some: readonly Endpoint[]) => some.flatMap(({ index }) => connectivity.classes[index] ?? []);
  const observer = new Observer(connectivity);
  for (const { resource, service } of view.readings()) {
    const policy = policyInView(resource, view, observer);
    for (const rule of policy?.rules ?? []) {
      if (!rule.ports.some(({ port }) => port.port === name)) continue;
      yield whole(rule.direction === 'ingress' ? (policy?.selected ?? []) : rule.peers.flatMap(({ pods }) => podsIn(pods, connectivity)));
    }
    if (!service?.value.ports.some(({ targetPort }) => targetPort === name)) continue;
    const requirements = Object.entries(service.value.selector ?? {}).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }));
    yield connectivity.endpointsIn(service.value.namespace).filter(({ labels }) => service.value.selector && selects({ requirements }, labels));
  }
}

/** Why a name cannot be given; undefined where it can. */
export function renameProblem(target: Target, name: string, view: WorkspaceView): string | undefined {
  if (name === target.name) return undefined;
  const check = { 'label-value': checkLabelValue, 'label-key': checkLabelKey, namespace: checkDnsLabel, port: checkPortName }[target.is];
  const invalid = check(name);
  if (invalid) return `"${name}" is not valid: ${invalid}.`;
  const { cluster } = view;
  switch (target.is) {
    case 'namespace':
      if (isSystemNamespace(target.name)) return `Namespace ${target.name} is the cluster's own.`;
      return cluster.namespaces.has(name) ? `There is a namespace ${name} already; the two would become one.` : undefined;
    case 'label-value': {
      const other =
        cluster.workloads.find(({ value }) => value.podLabels[target.key] === name) ??
        cluster.workloads.find(({ value }) => value.ownLabels[target.key] === name);
      return other && `${workloadName(other.value)} is labelled ${target.key}=${name} already; selectors would mean both.`;
    }
    case 'label-key': {
      const other = cluster.workloads.find(({ value }) => Object.hasOwn(value.podLabels, target.name) && Object.hasOwn(value.podLabels, name));
      return other && `The pods of ${workloadName(other.value)} have a label ${name} already.`;
    }
    case 'port': {
      const other = target.workloads.find(({ ports }) => ports.some((port) => port.name === name));
      return other && `${workloadName(other.workload)} has a port named ${name} already.`;
    }
  }
}

/** The scalars that name container ports in a workload's manifest, all or those of one name. */
function portNames(resource: Resource, name: string | undefined): readonly ScalarNode[] {
  const found: ScalarNode[] = [];
  visit(resource.root, (node, path) => {
    if (isScalar(node) && path.at(-1) === 'name' && path.at(-2) === 'ports' && node.style !== 'folded' && (name === undefined || node.text === name))
      found.push(node);
  });
  return found;
}

/** Visits every node with the keys above it; list items stand under the key of their list. */
function visit(node: Node | undefined, look: (node: Node, path: readonly string[]) => void, path: readonly string[] = []): void {
  if (!node || node.kind === 'alias') return;
  look(node, path);
  if (isMap(node)) for (const { key, value } of node.entries) visit(value, look, [...path, key.text]);
  else if (isSeq(node)) for (const { value } of node.items) visit(value, look, path);
}

const written = (node: Node | undefined): node is ScalarNode => isScalar(node) && !node.templated && node.end > node.start;

/** Edits of labels and namespaces in a document of any kind. */
function editsAnywhere(document: DocumentText, target: Exclude<Target, { is: 'port' }>, name: string): readonly RenameEdit[] {
  const edits: RenameEdit[] = [];
  const templated = document.parsed.templated;
  const edit = (node: ScalarNode, text: string, sure: boolean) => edits.push({ ...scalarLike(node, text), sure: sure && !templated });
  const root = resolve(document.parsed.root);
  const hasSelectors = document.text.includes('projectcalico.org/');
  visit(root, (node, path) => {
    const holder = path.at(-1) ?? '';
    if (hasSelectors && written(node))
      for (const one of editsInSelector(node, holder, document.text, target, name)) edits.push({ ...one, sure: !templated });
    if (isMap(node)) {
      for (const { key, value } of node.entries) {
        const isLabel = labelHolders.has(holder);
        if (target.is === 'label-key') {
          if (isLabel && labelOf(key.text, document) === target.name) edit(key, key.text.slice(0, key.text.length - target.name.length) + name, true);
        } else if (target.is === 'label-value') {
          if (labelOf(key.text, document) === target.key && written(value) && value.text === target.name && holder !== 'nodeSelector')
            edit(value, name, isLabel);
        } else if (written(value) && value.text === target.name) {
          if (key.text === 'namespace') edit(value, name, true);
          else if (isLabel && isNamespaceName(labelOf(key.text, document))) edit(value, name, true);
          else if (isLabel && key.text === 'name' && path.at(-2) === 'namespaceSelector') edit(value, name, false);
        }
      }
      if (holder === 'matchExpressions') expressionEdits(node, document, target, name, edit);
    } else if (target.is === 'namespace' && written(node) && node.text.includes(`.${target.name}.svc`)) {
      edit(node, node.text.replaceAll(`.${target.name}.svc`, `.${name}.svc`), false);
    }
  });
  if (target.is === 'namespace' && stringOf(valueAt(root, 'kind')) === 'Namespace') {
    const own = valueAt(root, 'metadata', 'name');
    if (written(own) && own.text === target.name) edit(own, name, true);
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
  if (!written(key)) return;
  const label = labelOf(key.text, document);
  if (target.is === 'label-key' && label === target.name) edit(key, key.text.slice(0, key.text.length - target.name.length) + name, true);
  const isMeant = target.is === 'label-value' ? label === target.key : target.is === 'namespace' && isNamespaceName(label);
  const values = valueAt(node, 'values');
  if (!isMeant || !isSeq(values)) return;
  for (const { value } of values.items) if (written(value) && value.text === target.name) edit(value, name, true);
}

/** Edits of a port's name in one resource of the view. */
function portEdits(resource: Resource, target: Extract<Target, { is: 'port' }>, name: string, view: WorkspaceView): readonly RenameEdit[] {
  const connectivity = connectivityOf(view.cluster);
  const reading = view.readingOf(resource);
  const found: ScalarNode[] = [];
  const isMeant = (endpoints: readonly Endpoint[]) => endpoints.some(({ index }) => target.workloads.some((workload) => workload.index === index));
  if (reading?.workload) {
    if (!target.workloads.some(({ workload }) => workload === reading.workload?.value)) return [];
    found.push(...portNames(resource, target.name));
    // Probes and hooks name the ports of their own containers.
    visit(resource.root, (node, path) => {
      if (written(node) && path.at(-1) === 'port' && node.text === target.name) found.push(node);
    });
  } else if (reading?.service) {
    const [targets] = [...referredToBy(reading.service.value, connectivity)];
    if (!targets || !isMeant(targets)) return [];
    visit(resource.root, (node, path) => {
      if (written(node) && path.at(-1) === 'targetPort' && node.text === target.name) found.push(node);
    });
  } else {
    const policy = policyInView(resource, view, new Observer(connectivity));
    for (const rule of policy?.rules ?? []) {
      const targets = rule.direction === 'ingress' ? (policy?.selected ?? []) : rule.peers.flatMap(({ pods }) => podsIn(pods, connectivity));
      if (!isMeant(targets)) continue;
      for (const { node } of rule.ports) {
        const port = valueAt(node, 'port');
        if (readPort(node).port === target.name && written(port)) found.push(port);
      }
    }
  }
  return found.map((node) => ({ ...scalarLike(node, name), sure: true }));
}

function* referredToBy(
  service: { readonly selector: Readonly<Record<string, string>> | undefined; readonly namespace: string },
  connectivity: Connectivity,
) {
  const { selector } = service;
  if (!selector) return;
  const requirements = Object.entries(selector).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }));
  yield connectivity.endpointsIn(service.namespace).filter(({ labels }) => selects({ requirements }, labels));
}

/** Edits that give a target another name in a document. Offsets in its text. `view` is that in which the target was found. */
export function renameEdits(document: DocumentText, target: Target, name: string, view: WorkspaceView): readonly RenameEdit[] {
  // Most documents hold nothing of it, and need no parse.
  if (!document.text.includes(target.name)) return [];
  if (target.is !== 'port') return editsAnywhere(document, target, name);
  return resourcesOf(document).flatMap((resource) => portEdits(resource, target, name, view));
}
