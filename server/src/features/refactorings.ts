import * as l10n from '@vscode/l10n';
import { portsAt } from '../connectivity/compile.ts';
import { connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { Observer } from '../connectivity/observer.ts';
import { lacksRule } from '../connectivity/reasons.ts';
import { workloadNames } from '../explain/names.ts';
import { holdsPeer, readPeer, readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { appendPolicies, takesDocuments, writtenLike, writtenSelector } from '../kinds/kubernetes/writePolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import { minimalCidrs } from '../model/minimalCidrs.ts';
import type { Direction } from '../model/policy.ts';
import { isEmpty, noPorts, type PortSet } from '../model/portSet.ts';
import type { Selector } from '../model/selector.ts';
import { freeName, onOneLine } from '../rules/counterparts.ts';
import { type PolicyInView, podsIn, policyInView, type RuleInView } from '../rules/inView.ts';
import { missingRule } from '../rules/one-sided-flow.ts';
import type { FileEdits } from '../rules/rule.ts';
import { newlyIsolated, selectorFor } from '../rules/selectorFixes.ts';
import { keepAnchors, standsAlone } from '../syntax/anchors.ts';
import {
  appendItem,
  breakOf,
  columnOf,
  indentLines,
  isJsonText,
  lineEnd,
  lineStart,
  outdentedText,
  removeEntry,
  removeItem,
  removeItems,
  setEntry,
} from '../syntax/edits.ts';
import { jsonEdits } from '../syntax/jsonEdits.ts';
import type { DocumentText, PlacedDocument } from '../syntax/manifestText.ts';
import { entryOf, isMap, isSeq, itemsOf, type MapNode, resolve, type SeqNode, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { applyEdits, type TextEdit } from '../syntax/textEdit.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { conversions } from './conversions.ts';
import { placeAt } from './placeAt.ts';

/** Changes of form that leave the meaning as it is, offered without a finding. */
export interface Refactoring {
  readonly title: string;
  readonly kind: 'refactor.rewrite' | 'refactor.extract';
  /** Of the document. */
  readonly edits: readonly TextEdit[];
  /** Why it cannot be done; then there are no edits. */
  readonly disabled?: string;
  /** Of the whole file, where more than the document changes; then `edits` is empty. */
  readonly file?: FileEdits;
}

/** A file in which a refactoring may look around. */
export interface FileAround {
  readonly uri: string;
  readonly documents: readonly PlacedDocument[];
}

const listAt = (spec: MapNode, key: string): SeqNode | undefined => {
  const list = resolve(entryOf(spec, key)?.value);
  return isSeq(list) ? list : undefined;
};

const specOf = ({ root }: Resource): MapNode | undefined => {
  const spec = valueAt(root, 'spec');
  return isMap(spec) ? spec : undefined;
};

/** Text of a document from its first key on, with edits. */
const copied = (document: DocumentText, root: MapNode, edits: readonly TextEdit[]): string =>
  applyEdits(document.text, keepAnchors(document, edits)).slice(root.start).trimEnd();

function renamed(text: string, resource: Resource, suffix: string): TextEdit[] {
  const name = valueAt(resource.root, 'metadata', 'name');
  return name?.kind === 'scalar'
    ? [{ start: name.start, end: name.end, newText: text.slice(name.start, name.end).replace(resource.name ?? '', `${resource.name}${suffix}`) }]
    : [];
}

/** Takes a direction out of a policy: its rules, and its type. */
function without(text: string, spec: MapNode, direction: 'ingress' | 'egress'): TextEdit[] {
  const entry = entryOf(spec, direction);
  const types = listAt(spec, 'policyTypes');
  const word = direction === 'ingress' ? 'Ingress' : 'Egress';
  const item = types?.items.find(({ value }) => value.kind === 'scalar' && value.text === word);
  const kept = direction === 'ingress' ? 'Egress' : 'Ingress';
  return [
    ...(entry ? [removeEntry(text, spec, entry)] : []),
    ...(types ? (item ? [removeItem(text, types, item)] : []) : [setEntry(text, spec, 'policyTypes', `\n  - ${kept}`, spec.entries[0])]),
  ];
}

/** Whether a resource is all that its document holds. */
const isAlone = ({ document, carrier }: Resource): boolean => carrier === undefined && resourcesOf(document).length === 1;

/** One policy a direction, where it has rules of both. */
function split(resource: Resource, text: string): Refactoring | undefined {
  const spec = specOf(resource);
  if (!spec || spec.flow || !takesDocuments(text) || !isAlone(resource)) return undefined;
  if (!['ingress', 'egress'].every((key) => itemsOf(entryOf(spec, key)?.value).length > 0)) return undefined;
  const types = listAt(spec, 'policyTypes');
  if (types && types.items.length !== 2) return undefined;
  const lineBreak = breakOf(text);
  const second = copied(resource.document, resource.root, [...renamed(text, resource, '-egress'), ...without(text, spec, 'ingress')]);
  const copy = { start: text.length, end: text.length, newText: `${text.endsWith('\n') ? '' : lineBreak}---${lineBreak}${second}${lineBreak}` };
  return {
    title: l10n.t('Split into a policy for ingress and one for egress'),
    kind: 'refactor.rewrite',
    edits: [...renamed(text, resource, '-ingress'), ...without(text, spec, 'egress'), copy],
  };
}

const same = (a: Selector, b: Selector): boolean =>
  JSON.stringify([...a.requirements].sort(byKey)) === JSON.stringify([...b.requirements].sort(byKey));
const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1);

/** The types that a policy has, written or not. */
function typesOf(spec: MapNode): readonly string[] {
  const types = listAt(spec, 'policyTypes');
  if (types && types.items.length > 0) return types.items.flatMap(({ value }) => stringOf(value) ?? []);
  return itemsOf(entryOf(spec, 'egress')?.value).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

const isolates = (spec: MapNode, direction: Direction): boolean => typesOf(spec).includes(direction === 'ingress' ? 'Ingress' : 'Egress');

const shared = (): string => l10n.t('Parts of them share values by an anchor (&) and aliases (*), which hold in one document alone.');

/** Takes the rules of the other policies of the file that select the same pods into one. */
function merge(resource: Resource, placed: PlacedDocument, file: FileAround): Refactoring | undefined {
  const { text } = placed.document;
  const spec = specOf(resource);
  if (!spec || spec.flow || !isAlone(resource)) return undefined;
  const subject = readSelector(valueAt(spec, 'podSelector'));
  const others = file.documents.flatMap((other) => {
    const [only, ...more] = other.document === placed.document ? [] : resourcesOf(other.document);
    const theirs = only && specOf(only);
    if (!only || more.length > 0 || only.carrier !== undefined || !theirs || theirs.flow || !isNetworkPolicy(only.table) || other.start === 0)
      return [];
    return only.namespace === resource.namespace && same(subject, readSelector(valueAt(theirs, 'podSelector'))) ? [{ other, theirs, only }] : [];
  });
  if (others.length === 0) return undefined;
  const lineBreak = breakOf(text);
  const names = others.map(({ only }) => only.name ?? '').join(', ');
  const about = { title: l10n.t('Merge {0} into this policy: the same pods', names), kind: 'refactor.rewrite', edits: [] } as const;
  // Where both come to the same place, items belong before keys: a list may be the last of the mapping.
  const [items, keys]: [TextEdit[], TextEdit[]] = [[], []];
  for (const direction of ['ingress', 'egress'] as const) {
    const own = listAt(spec, direction);
    const holders = others.filter(({ theirs }) => isolates(theirs, direction));
    // Rules that its types left without effect would come into force.
    if (holders.length > 0 && own && own.items.length > 0 && !isolates(spec, direction)) return undefined;
    if (holders.some(({ theirs }) => listAt(theirs, direction)?.items.some(({ value }) => !standsAlone(value))))
      return { ...about, disabled: shared() };
    const rules = holders.flatMap(({ other, theirs }) =>
      (listAt(theirs, direction)?.items ?? []).map((item) => outdentedText(other.document.text, { start: item.value.start, end: item.value.end })),
    );
    if (rules.length === 0) continue;
    if (own && !own.flow && own.items.length > 0) items.push(...rules.map((rule) => appendItem(text, own, rule)));
    else if (entryOf(spec, direction)) return undefined;
    else keys.push(setEntry(text, spec, direction, `\n${rules.map((rule) => `  - ${indentLines(rule, 4, lineBreak)}`).join('\n')}`));
  }
  const wanted = new Set([...typesOf(spec), ...others.flatMap(({ theirs }) => typesOf(theirs))]);
  const types = listAt(spec, 'policyTypes');
  const missing = [...wanted].filter((type) => !typesOf(spec).includes(type));
  if (types && types.items.length > 0) items.push(...missing.map((type) => appendItem(text, types, type)));
  else keys.push(setEntry(text, spec, 'policyTypes', `\n${[...wanted].map((type) => `  - ${type}`).join('\n')}`));
  const moved = [...items, ...keys].map((edit) => ({ ...edit, start: edit.start + placed.start, end: edit.end + placed.start }));
  const removals = others.map(({ other }) => ({ start: other.start, end: other.start + other.document.text.length, newText: '' }));
  return { ...about, file: { file: file.uri, edits: [...moved, ...removals] } };
}

/** matchLabels as matchExpressions, or what of the expressions a map can say as matchLabels. */
function otherSelector(node: MapNode, text: string): Refactoring | undefined {
  const { requirements } = readSelector(node);
  const labels = entryOf(node, 'matchLabels');
  const expressions = entryOf(node, 'matchExpressions');
  if (requirements.length === 0) return undefined;
  const exact = requirements.every(({ operator, values }) => operator === 'In' && values.length === 1);
  const write = (value: unknown, title: string): Refactoring => {
    const newText = node.flow ? onOneLine(text, value) : indentLines(writtenLike(text, value), columnOf(text, node.start), breakOf(text));
    return { title, kind: 'refactor.rewrite', edits: [{ start: node.start, end: node.end, newText }] };
  };
  if (labels && !expressions) {
    return write(
      { matchExpressions: requirements.map(({ key, operator, values }) => ({ key, operator, values })) },
      l10n.t('Write matchLabels as matchExpressions'),
    );
  }
  const distinct = new Set(requirements.map(({ key }) => key)).size === requirements.length;
  if (!expressions || labels || !exact || !distinct) return undefined;
  return write(
    { matchLabels: Object.fromEntries(requirements.map(({ key, values }) => [key, values[0]])) },
    l10n.t('Write matchExpressions as matchLabels'),
  );
}

/** The ranges of a list of peers as the fewest that hold the same addresses. */
function fewerRanges(list: SeqNode, text: string): Refactoring | undefined {
  const blocks = list.items.flatMap((item) => {
    const peer = holdsPeer(item.value) ? readPeer(item.value) : undefined;
    const cidr = valueAt(item.value, 'ipBlock', 'cidr');
    return peer?.is === 'addresses' && peer.except.length === 0 && cidr ? [{ item, cidr, text: peer.cidr }] : [];
  });
  const fewest = minimalCidrs(blocks.map((block) => block.text));
  if (fewest.length === 0 || fewest.length >= blocks.length) return undefined;
  const kept = fewest.map((range, i): TextEdit => {
    const { cidr } = blocks[i] as (typeof blocks)[number];
    return { start: cidr.start, end: cidr.end, newText: range.includes('::') && range.startsWith(':') ? `"${range}"` : range };
  });
  const superfluous = blocks.slice(fewest.length).map(({ item }) => item);
  const edits = [...kept, ...removeItems(text, list, superfluous)];
  return { title: l10n.t('Join {0} ranges to {1}', blocks.length, fewest.length), kind: 'refactor.rewrite', edits };
}

/** The items of a List as documents of their own. */
function extractList(document: DocumentText): Refactoring | undefined {
  const root = resolve(document.parsed.root);
  const { text } = document;
  if (!isMap(root) || root.flow || stringOf(valueAt(root, 'kind')) !== 'List' || !takesDocuments(text)) return undefined;
  const items = resolve(entryOf(root, 'items')?.value);
  if (!isSeq(items) || items.flow || items.items.length === 0) return undefined;
  const about = { title: l10n.t('Write the List’s {0} items as documents', items.items.length), kind: 'refactor.extract' } as const;
  if (!items.items.every(({ value }) => standsAlone(value))) return { ...about, edits: [], disabled: shared() };
  const lineBreak = breakOf(text);
  const documents = items.items.map(({ value }, i) => {
    // A comment behind its last value goes with an item.
    const next = items.items[i + 1];
    const end = next ? lineStart(text, next.start) : lineEnd(text, value.end);
    return outdentedText(text, { start: value.start, end }).trimEnd().replaceAll('\n', lineBreak);
  });
  return {
    ...about,
    edits: [{ start: root.start, end: lineEnd(text, root.end), newText: documents.join(`${lineBreak}---${lineBreak}`) }],
  };
}

const opposite = { ingress: 'egress', egress: 'ingress' } as const;

/** What a rule opens between a pod that its policy selects and one that it means. */
function portsMeant({ connectivity, located }: PolicyInView, { rule, direction }: RuleInView, own: Endpoint, other: Endpoint): PortSet {
  const compiled = connectivity.compiledOf(located)?.rules[direction].find((candidate) => candidate.rule === rule);
  return compiled ? portsAt(compiled, direction === 'ingress' ? own.ports : other.ports) : noPorts;
}

/** A policy for the other end of a rule, where that end does not allow the flow by a policy of its own yet. */
function counterpart(place: Place, document: DocumentText, view: WorkspaceView): Refactoring | undefined {
  const policy = policyInView(place.resource, view, new Observer(connectivityOf(view.cluster)));
  const rule = policy?.rules.find(({ node }) => node === enclosing(place, 'rule')?.node);
  const peer = rule?.peers.find(({ node }) => node === enclosing(place, 'peer')?.node) ?? (rule?.peers.length === 1 ? rule.peers[0] : undefined);
  const [own] = policy?.selected ?? [];
  if (!policy || !rule || !own || peer?.peer.is !== 'pods') return undefined;
  const [other] = podsIn(peer.pods, policy.connectivity);
  const side = opposite[rule.direction];
  if (!other || other.index === own.index) return undefined;
  const { connectivity } = policy;
  const isIsolated = connectivity.isIsolated(other, side);
  const useful = isIsolated
    ? isEmpty(connectivity.side(other, side, own)) && lacksRule(connectivity, other, side, own, portsMeant(policy, rule, own, other))
    : !isEmpty(connectivity.side(other, side, own));
  if (!useful) return undefined;
  const name = freeName(`${other.workload.name}-${side === 'ingress' ? 'from' : 'to'}-${own.workload.name}`, other.namespace.name, view);
  const subject = peer.peer.pods?.requirements.length ? peer.peer.pods : selectorFor(other.labels);
  const edits = appendPolicies(document.text, [
    {
      name,
      namespace: other.namespace.name,
      spec: {
        podSelector: writtenSelector(subject),
        policyTypes: [side === 'ingress' ? 'Ingress' : 'Egress'],
        [side]: [missingRule({ own }, rule, policy, other.namespace.name)],
      },
    },
  ]);
  if (edits.length === 0) return undefined;
  const closed = newlyIsolated(subject, other, side, connectivity).map(({ workload }) => workload);
  const title =
    closed.length === 0
      ? l10n.t('Create the other side of this rule: policy {0}', name)
      : l10n.t('Create the other side of this rule: policy {0}, which isolates the {1} of {2}', name, side, workloadNames(closed));
  return { title, kind: 'refactor.rewrite', edits };
}

/** The refactorings at an offset of a document. */
export function refactoringsAt(placed: PlacedDocument, offset: number, file: FileAround, view: WorkspaceView): readonly Refactoring[] {
  const { document } = placed;
  if (document.parsed.templated || document.parsed.problems.length > 0) return [];
  const list = resourcesOf(document).length !== 1 || stringOf(valueAt(document.parsed.root, 'kind')) === 'List' ? extractList(document) : undefined;
  const hit = placeAt(document, offset);
  const found: (Refactoring | undefined)[] = [list];
  if (hit && hit.place.resource.table?.type.role === 'policy') {
    const { role } = hit.place.type;
    const isHead = role === 'kind' || role === 'api-version' || role === 'metadata' || hit.place.parent?.type.role === 'metadata';
    if (isHead || role === 'policy-spec' || role === 'cilium-spec' || role === 'calico-spec')
      found.push(...conversions(hit.place.resource, document, view));
  }
  if (hit && isNetworkPolicy(hit.place.resource.table)) {
    const { place } = hit;
    const { role } = place.type;
    const isHead =
      role === 'kind' || role === 'api-version' || role === 'metadata' || role === 'policy-spec' || place.parent?.type.role === 'metadata';
    if (isHead) found.push(split(place.resource, document.text), merge(place.resource, placed, file));
    const selector = enclosing(place, 'selector');
    if (selector && isMap(selector.node)) found.push(otherSelector(selector.node, document.text));
    const peers = enclosing(place, 'peers');
    if (peers && isSeq(peers.node)) found.push(fewerRanges(peers.node, document.text));
    if (enclosing(place, 'rule')) found.push(counterpart(place, document, view));
  }
  const edited = (edits: readonly TextEdit[]) => (isJsonText(document.text) ? jsonEdits(document.text, edits) : keepAnchors(document, edits));
  return found.flatMap((one) => {
    if (!one || one.edits.length === 0) return one ?? [];
    const edits = edited(one.edits);
    return edits.length > 0 ? [{ ...one, edits }] : [];
  });
}
