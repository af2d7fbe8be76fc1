import type { Endpoint } from '../connectivity/endpoints.ts';
import type { Observer } from '../connectivity/observer.ts';
import { workloadName } from '../explain/names.ts';
import { type ConversionTarget, policyDocument, writtenRules } from '../kinds/convert.ts';
import { appendDocuments } from '../kinds/kubernetes/writePolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { Unsayable } from '../kinds/unsayable.ts';
import type { Located } from '../model/cluster.ts';
import { calicoDefaultTier, type Direction, type Peer, type Policy, type Rule as PolicyRule, tiers } from '../model/policy.ts';
import { type Labels, nameLabel, type Selector, selectorOf, selects } from '../model/selector.ts';
import { isSeq, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { addItem, freeName } from './counterparts.ts';
import type { Fix, RuleContext } from './rule.ts';
import { newlyIsolated, selectorFor } from './selectorFixes.ts';

/** Fixes that let a flow through on its other side. */

/** A flow that one side lets through and the other lacks a rule for. */
export interface Refused {
  /** One end that the policy selects, and the other end that refuses. */
  readonly own: Endpoint;
  readonly other: Endpoint;
}

/** The policies that isolate an endpoint, those that select it by labels first: that is where its other rules stand. */
export const isolating = (endpoint: Endpoint, direction: Direction, observer: Observer): readonly Located<Policy>[] =>
  observer
    .policiesOf(endpoint, direction)
    .flatMap(([, policies]) => policies.filter(({ policy }) => policy.isolates[direction]).map(({ located }) => located))
    .sort((a, b) => (b.value.subject.pods?.requirements.length ?? 0) - (a.value.subject.pods?.requirements.length ?? 0));

/** A fix in the document where something is written; none where it cannot be written there. `edit` gets that document's text and resources. */
export function fixAt(
  { origin }: Located<unknown>,
  title: string,
  { view, document }: RuleContext,
  edit: (text: string, resources: ReturnType<typeof resourcesOf>) => readonly TextEdit[],
): readonly Fix[] {
  const placed = view.documentAt(origin);
  const edits = placed ? edit(placed.document.text, resourcesOf(placed.document)) : [];
  if (!placed || edits.length === 0) return [];
  if (placed.document === document) return [{ title, edits }];
  const moved = edits.map((one) => ({ ...one, start: one.start + placed.start, end: one.end + placed.start }));
  return [{ title, edits: [], elsewhere: [{ file: origin.file, edits: moved }] }];
}

/** Name of a policy that lets through what comes from or goes to a workload on one side of it. */
export const otherSideName = ({ own, other }: Refused, side: Direction, { view }: RuleContext): string =>
  freeName(`${other.workload.name}-${side === 'ingress' ? 'from' : 'to'}-${own.workload.name}`, other.namespace.name, view);

/** Where a new policy stands beside others of a document: it names its namespace where they do, or where it is another. */
export const namespaceBeside = (resources: readonly Resource[], { value }: Located<Policy>, namespace: string): string | undefined =>
  resources.every((resource) => resource.namespace === undefined) && namespace === value.namespace ? undefined : namespace;

/** The selector by which a policy means pods, or one for the workload where it means them by more than their labels. */
function plainSelectorOf(selector: Selector | undefined, labels: Labels): Selector {
  const isPlain = selector && !selector.anyOf && selector.requirements.length > 0 && selects(selector, labels);
  return isPlain && selector.requirements.every(({ key }) => Object.hasOwn(labels, key)) ? selector : selectorFor(labels);
}

/** Whose language a policy is in. */
export const languageOf = ({ kind, tier }: Policy): ConversionTarget =>
  tier.calico ? 'calico' : kind.startsWith('Cilium') ? 'cilium' : 'kubernetes';

/** Whether a rule more in a policy lets through what its side refuses, and no more: it is about few pods of one namespace, and no later tier is asked. */
const takesRule = ({ tier, subject, namespaced }: Policy): boolean =>
  namespaced && (!tier.calico || tier.name === calicoDefaultTier.name) && (subject.pods?.requirements.length ?? 0) > 0;

/** Nothing, where a language cannot say it. */
function sayable<T>(write: () => readonly T[]): readonly T[] {
  try {
    return write();
  } catch (error) {
    if (error instanceof Unsayable) return [];
    throw error;
  }
}

/**
 * Fixes for a peer of a rule of Cilium or Calico whose flow lacks a rule on the other side: the rule for a policy of that language that isolates there,
 * and a policy of its own beside it.
 */
export function otherSideFixes(
  refused: Refused,
  peer: Extract<Peer, { is: 'pods' }>,
  { ports }: PolicyRule,
  { subject }: Policy,
  side: Direction,
  resource: Resource,
  context: RuleContext,
): readonly Fix[] {
  const { own, other } = refused;
  const language = apiOf(resource);
  if (language !== 'cilium' && language !== 'calico') return [];
  const namespace = own.namespace.name;
  const namespaces = selectorOf({ [nameLabel]: namespace });
  const isFree = (pods: Selector) => newlyIsolated(pods, other, side, context.observer.connectivity).length === 0;
  // The peer's own selector may be what tells these pods from others that carry their labels too.
  const plain = plainSelectorOf(peer.pods, other.labels);
  const narrow = [plain, ...(peer.pods ? [peer.pods] : [])].find(isFree);
  const counterpart: Policy = {
    kind: 'NetworkPolicy',
    name: otherSideName(refused, side, context),
    namespace: other.namespace.name,
    namespaced: true,
    tier: tiers.namespace,
    order: 0,
    subject: { pods: narrow ?? plain },
    ingress: undefined,
    egress: undefined,
    isolates: { ingress: side === 'ingress', egress: side === 'egress' },
    [side]: [
      {
        action: 'allow',
        peers: [{ is: 'pods', pods: plainSelectorOf(subject.pods, own.labels), ...(namespace === other.namespace.name ? {} : { namespaces }) }],
        ports,
        source: { start: 0, end: 0 },
      },
    ],
  };
  const policies = isolating(other, side, context.observer);
  const extended = policies.find(({ value }) => languageOf(value) === language && takesRule(value) && (value[side]?.length ?? 0) > 0);
  const [beside] = policies;
  return [
    ...(extended
      ? fixAt(extended, `Add the ${side} rule to policy ${extended.value.name} of ${workloadName(other.workload)}`, context, (text, resources) => {
          const { name, namespace: where } = extended.value;
          const isMeant = (one: Resource) =>
            apiOf(one) === language && one.table?.namespaced === true && one.name === name && (one.namespace ?? where) === where;
          const list = valueAt(resources.find(isMeant)?.root, 'spec', side);
          return isSeq(list) ? sayable(() => writtenRules(language, counterpart, side).map((rule) => addItem(text, list, rule))) : [];
        })
      : []),
    ...(beside && narrow
      ? fixAt(beside, `Create the policy ${counterpart.name}`, context, (text, resources) => {
          const where = namespaceBeside(resources, beside, other.namespace.name);
          const metadata = { name: counterpart.name, ...(where === undefined ? {} : { namespace: where }) };
          return sayable(() => appendDocuments(text, [policyDocument(language, counterpart, metadata, text)]));
        })
      : []),
  ];
}
