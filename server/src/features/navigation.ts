import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { Observer } from '../connectivity/observer.ts';
import { isMember } from '../connectivity/podSets.ts';
import { endpointsOf } from '../explain/inCluster.ts';
import { ciliumSpecs } from '../kinds/cilium/readCilium.ts';
import { readPeer, readPort, readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { directionOf, enclosing, type Place, selectsNamespaces, walk } from '../kinds/walk.ts';
import type { Located } from '../model/cluster.ts';
import { directions, type Policy } from '../model/policy.ts';
import { selectorOf, selects } from '../model/selector.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { entryOf, isMap, isScalar, itemsOf, type Node, type Range, valueAt } from '../syntax/node.ts';
import { integerOf, stringOf } from '../syntax/scalar.ts';
import { policiesOf, type Reading } from '../workspace/reading.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { type FileRange, rangeOf } from './fileRange.ts';
import { placeAt } from './placeAt.ts';
import { podsMeant, policyAround, portMeant, wholeAround } from './podsMeant.ts';

/** Where a selector, a port or a namespace leads to, and what leads to a workload or a label. */

const readingWith = (view: WorkspaceView, located: Located<unknown>) => {
  for (const reading of view.readings())
    if (reading.workload === located || reading.service === located || reading.policy === located) return reading;
  return undefined;
};

/** Ranges in the manifest of a workload at which a container port is declared. */
function portDeclarations(endpoint: Endpoint, port: number | string, view: WorkspaceView): readonly FileRange[] {
  const located = view.cluster.workloads.find(({ value }) => value === endpoint.workload);
  const reading = located && readingWith(view, located);
  if (!reading) return [];
  const found: FileRange[] = [];
  const search = (node: Node | undefined): void => {
    if (isMap(node)) {
      for (const { key, value } of node.entries) {
        if (key.text === 'ports') {
          for (const item of itemsOf(value)) {
            const matches = typeof port === 'number' ? integerOf(valueAt(item, 'containerPort')) === port : stringOf(valueAt(item, 'name')) === port;
            const at = matches ? (entryOf(item, typeof port === 'number' ? 'containerPort' : 'name')?.value ?? item) : undefined;
            if (at) found.push({ file: reading.origin.file, at: { start: reading.origin.shift + at.start, end: reading.origin.shift + at.end } });
          }
        } else search(value);
      }
    } else if (node?.kind === 'seq') for (const { value } of node.items) search(value);
  };
  search(reading.resource.root);
  return found.length > 0 ? found : [rangeOf(endpoint.origin)];
}

function namespaceDeclarations(names: readonly string[], view: WorkspaceView): readonly FileRange[] {
  const wanted = new Set(names);
  return [...view.readings()].flatMap(({ namespace, origin }) => (namespace && wanted.has(namespace.name) ? [rangeOf(origin)] : []));
}

/** Where the resources of a view that are looked for have their names. */
const namedDeclarations = (view: WorkspaceView, isWanted: (reading: Reading) => boolean): readonly FileRange[] =>
  [...view.readings()].filter(isWanted).map(({ origin }) => rangeOf(origin));

/** Whether a policy is Cilium's, Calico's or an administrator's. */
const isOther = (resource: Resource): boolean => ['cilium', 'calico', 'admin'].includes(apiOf(resource) ?? '');

const originsOf = (endpoints: readonly Endpoint[]): readonly FileRange[] => endpoints.map(({ origin }) => rangeOf(origin));

/** All workloads that look like one of each class. */
const allLike = (endpoints: readonly Endpoint[], { classes }: Connectivity): readonly Endpoint[] =>
  endpoints.flatMap(({ index }) => classes[index] ?? []);

function fromPolicy(place: Place, policy: PolicyInView, view: WorkspaceView): readonly FileRange[] {
  const { connectivity } = policy;
  const peer = enclosing(place, 'peer');
  const value = peer && readPeer(peer.node);
  const ofPeer = value?.is === 'pods' ? podsIn(connectivity.podsOf(value, policy.policy), connectivity) : [];
  if (place.type.role === 'port' && place.parent) {
    const { port } = readPort(place.parent.node);
    const rule = enclosing(place, 'rule');
    const targets =
      directionOf(place) === 'ingress'
        ? policy.selected
        : (policy.rules.find(({ node }) => node === rule?.node)?.peers.flatMap(({ pods }) => podsIn(pods, connectivity)) ?? []);
    return port === undefined ? [] : allLike(targets, connectivity).flatMap((endpoint) => portDeclarations(endpoint, port, view));
  }
  const selector = enclosing(place, 'selector');
  if (!selector) return [];
  if (selectsNamespaces(selector)) return namespaceDeclarations(connectivity.namespacesOf(readSelector(selector.node)), view);
  return originsOf(allLike(peer ? ofPeer : policy.selected, connectivity));
}

/** Of a policy of Cilium, Calico or an administrator: the workloads that the selector, peer or rule around a place means, and the ports of those that it opens. */
function fromOtherPolicy(place: Place, located: Located<Policy>, connectivity: Connectivity, view: WorkspaceView): readonly FileRange[] {
  const { role } = place.type;
  if (role === 'calico-tier') return namedDeclarations(view, ({ tier }) => tier?.value.name === stringOf(place.node));
  if (place.entry?.key.text === 'cidrGroupRef')
    return namedDeclarations(
      view,
      ({ addressSet }) => addressSet?.value.kind === 'CiliumCIDRGroup' && addressSet.value.name === stringOf(place.node),
    );
  const selector = enclosing(place, 'selector');
  if (selector && selectsNamespaces(selector)) return namespaceDeclarations(connectivity.namespacesOf(readSelector(selector.node)), view);
  const meant = portMeant(place, located, connectivity);
  if (meant) {
    const { port } = meant.range;
    return port === undefined ? [] : allLike(meant.targets, connectivity).flatMap((endpoint) => portDeclarations(endpoint, port, view));
  }
  return originsOf(allLike(podsMeant(wholeAround(place), located, connectivity) ?? [], connectivity));
}

const isUnder = (place: Place, key: string): boolean => {
  for (let current: Place | undefined = place; current; current = current.parent) if (current.entry?.key.text === key) return true;
  return false;
};

/** Where what stands at an offset is defined: workloads, container ports, namespaces. */
export function definitionsAt(document: DocumentText, offset: number, view: WorkspaceView): readonly FileRange[] {
  const hit = placeAt(document, offset);
  if (!hit) return [];
  const { place } = hit;
  if (place.type.role === 'namespace-name') return namespaceDeclarations([stringOf(place.node) ?? ''], view);
  const connectivity = connectivityOf(view.cluster);
  const policy = policyInView(place.resource, view, new Observer(connectivity));
  if (policy) return fromPolicy(place, policy, view);
  const reading = view.readingOf(place.resource);
  const located = isOther(place.resource) ? policyAround(place, reading) : undefined;
  if (located) return fromOtherPolicy(place, located, connectivity, view);
  const service = reading?.service;
  if (!service || !(isUnder(place, 'selector') || isUnder(place, 'ports'))) return [];
  const targets = endpointsOf(service.value, connectivity);
  if (isUnder(place, 'selector')) return originsOf(targets);
  const written = valueAt(place.parent?.node, 'targetPort') ?? valueAt(place.parent?.node, 'port');
  const port = integerOf(written) ?? stringOf(written);
  return port === undefined ? [] : targets.flatMap((endpoint) => portDeclarations(endpoint, port, view));
}

/** The selectors of a policy that mean an endpoint: of the policy itself, and of its peers. */
function selectorsMeaning(policy: PolicyInView, endpoint: Endpoint): readonly Range[] {
  const { spec, selected, rules, connectivity } = policy;
  const found: Range[] = [];
  const own = entryOf(spec, 'podSelector');
  if (selected.some(({ index }) => index === endpoint.index))
    found.push(own?.key ?? entryOf(policy.resource.root, 'kind')?.value ?? policy.resource.root);
  for (const { peers } of rules) {
    for (const { pods, node } of peers) {
      if (!pods || connectivity.classes.length === 0 || !isMember(pods, endpoint.index)) continue;
      found.push((entryOf(node, 'podSelector') ?? entryOf(node, 'namespaceSelector'))?.key ?? node);
    }
  }
  return found;
}

/** The selector of a policy of Cilium, Calico or an administrator, and its rules, where they mean an endpoint. */
function otherPlacesMeaning(reading: Reading, { index }: Endpoint, connectivity: Connectivity): readonly Range[] {
  const { root } = reading.resource;
  const specs = ciliumSpecs(root);
  return policiesOf(reading).flatMap((located, i) => {
    const compiled = connectivity.compiledOf(located);
    if (!compiled) return [];
    const spec = specs[i];
    const own = entryOf(spec, 'endpointSelector') ?? entryOf(spec, 'selector') ?? entryOf(spec, 'subject') ?? entryOf(root, 'kind');
    const rules = directions.flatMap((direction) => compiled.rules[direction]).filter(({ pods }) => pods.some((set) => isMember(set, index)));
    return [...(isMember(compiled.subject, index) && own ? [own.key] : []), ...rules.map(({ rule }) => rule.source)];
  });
}

function* policiesIn(view: WorkspaceView): Iterable<{ readonly policy: PolicyInView; readonly file: string; readonly shift: number }> {
  const observer = new Observer(connectivityOf(view.cluster));
  for (const { resource, origin } of view.readings()) {
    const policy = policyInView(resource, view, observer);
    if (policy) yield { policy, file: origin.file, shift: origin.shift };
  }
}

const moved = (file: string, shift: number, { start, end }: Range): FileRange => ({ file, at: { start: start + shift, end: end + shift } });

function referencesToWorkload(endpoint: Endpoint, view: WorkspaceView): readonly FileRange[] {
  const found: FileRange[] = [];
  for (const { policy, file, shift } of policiesIn(view))
    for (const range of selectorsMeaning(policy, endpoint)) found.push(moved(file, shift, range));
  const connectivity = connectivityOf(view.cluster);
  for (const reading of view.readings()) {
    if (!isOther(reading.resource)) continue;
    const { file, shift } = reading.origin;
    for (const range of otherPlacesMeaning(reading, endpoint, connectivity)) found.push(moved(file, shift, range));
  }
  for (const { service, resource, origin } of view.readings()) {
    if (!service || service.value.namespace !== endpoint.namespace.name || !service.value.selector) continue;
    const selector = entryOf(valueAt(resource.root, 'spec'), 'selector');
    if (selector && selects(selectorOf(service.value.selector), endpoint.labels)) found.push(moved(origin.file, origin.shift, selector.key));
  }
  return found;
}

/** A label as one word: where it stands in a manifest. */
interface Label {
  readonly key: string;
  readonly value: string;
}

/** Whether a word may stand in a document, by its text: with escapes, and broken over lines, it looks otherwise there. */
const mayHold = ({ text }: DocumentText, word: string): boolean => text.includes(word) || /[\s']/.test(word) || text.includes('\\');

/** Entries `key: value` below labels and selectors of a resource. */
function labelEntries(resource: Resource, { key, value }: Label): readonly Range[] {
  // Of thousands of documents few have to be parsed for it.
  if (!mayHold(resource.document, value) || !mayHold(resource.document, key)) return [];
  const found: Range[] = [];
  const search = (node: Node | undefined, inLabels: boolean): void => {
    if (isMap(node)) {
      for (const entry of node.entries) {
        const { text } = entry.key;
        if (inLabels && text === key && isScalar(entry.value) && entry.value.text === value) found.push({ start: entry.start, end: entry.end });
        search(entry.value, ['labels', 'matchLabels', 'selector'].includes(text));
      }
    } else if (node?.kind === 'seq') for (const item of node.items) search(item.value, false);
  };
  search(resource.root, false);
  return found;
}

/** The label at a place of labels or of a selector. */
function labelAt(place: Place): Label | undefined {
  const key = place.entry?.key.text;
  if (key === undefined || !isScalar(place.node)) return undefined;
  const holder = place.parent?.entry?.key.text;
  return holder === 'labels' || holder === 'matchLabels' || holder === 'selector' ? { key, value: place.node.text } : undefined;
}

/** Everything that refers to what stands at an offset: policies and Services that select a workload, places of a label, policies that mean a namespace. */
export function referencesAt(document: DocumentText, offset: number, view: WorkspaceView): readonly FileRange[] {
  const hit = placeAt(document, offset);
  if (!hit) return [];
  const { place } = hit;
  const label = labelAt(place);
  if (label) {
    return [...view.readings()].flatMap(({ resource, origin }) =>
      labelEntries(resource, label).map((range) => moved(origin.file, origin.shift, range)),
    );
  }
  const reading = view.readingOf(place.resource);
  const connectivity = connectivityOf(view.cluster);
  if (reading?.workload) {
    const endpoint = connectivity.endpointOf(reading.workload.value);
    return endpoint ? referencesToWorkload(endpoint, view) : [];
  }
  const name = place.type.role === 'namespace-name' ? stringOf(place.node) : reading?.namespace?.name;
  if (name === undefined) return [];
  const found: FileRange[] = [];
  for (const { resource, origin } of view.readings()) {
    walk(resource, (candidate) => {
      const { role, is } = candidate.type;
      const means =
        (role === 'namespace-name' && stringOf(candidate.node) === name) ||
        (role === 'selector' &&
          is === 'object' &&
          selectsNamespaces(candidate) &&
          connectivity.namespacesOf(readSelector(candidate.node)).includes(name));
      if (means) found.push(moved(origin.file, origin.shift, role === 'selector' ? (candidate.entry?.key ?? candidate.node) : candidate.node));
    });
  }
  return found;
}

/** Other places of the document that say the same label as the one at an offset. Offsets in the document's text. */
export function highlightsAt(document: DocumentText, offset: number): readonly Range[] {
  const hit = placeAt(document, offset);
  const label = hit && labelAt(hit.place);
  return hit && label ? labelEntries(hit.place.resource, label) : [];
}

/** Ranges of a label's value that must stay the same while one is edited: a workload's selector, and the labels of its template. Offsets in the document's text. */
export function linkedRangesAt(document: DocumentText, offset: number): readonly Range[] {
  for (const { root } of resourcesOf(document)) {
    const spec = valueAt(root, 'spec');
    const maps = [valueAt(spec, 'selector', 'matchLabels'), valueAt(spec, 'template', 'metadata', 'labels')];
    const entries = maps.map((map) => (isMap(map) ? map.entries : []));
    const here = entries.flat().find(({ value }) => isScalar(value) && value.start <= offset && offset <= value.end);
    const [first, second] = entries.map((list) => list.find(({ key }) => key.text === here?.key.text)?.value);
    if (isScalar(first) && isScalar(second) && first.text === second.text && first.end > first.start && first.style === second.style)
      return [first, second];
  }
  return [];
}
