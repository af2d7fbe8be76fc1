import type { CompiledPolicy } from '../connectivity/compile.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { ciliumSpecs } from '../kinds/cilium/readCilium.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Place } from '../kinds/walk.ts';
import { selectorImplies } from '../model/implication.ts';
import { memoizedByObject } from '../model/memoized.ts';
import type { Direction, Policy, Rule as PolicyRule } from '../model/policy.ts';
import { everything, selectsAll } from '../model/selector.ts';
import { entryOf, isMap, itemsOf, type Node, type Range, type ScalarNode, valueAt } from '../syntax/node.ts';
import { writtenPart } from '../syntax/scalarPart.ts';
import { policiesOf } from '../workspace/reading.ts';
import { podsIn } from './inView.ts';
import type { RuleContext } from './rule.ts';

/** What the rules for Cilium's and Calico's kinds share, and texts for their examples. */

/** The policies of a resource among the others of its cluster; none while its text is broken or written by a template. */
export function compiledIn(resource: Resource, { view, observer }: Pick<RuleContext, 'view' | 'observer'>): readonly CompiledPolicy[] {
  const { parsed } = resource.document;
  if (parsed.templated || parsed.problems.length > 0) return [];
  return policiesOf(view.readingOf(resource) ?? {}).flatMap((located) => observer.connectivity.compiledOf(located) ?? []);
}

/** A policy of Cilium or Calico among the others of its cluster. */
export interface VendorPolicy {
  readonly compiled: CompiledPolicy;
  readonly policy: Policy;
  /** The part of the resource that says it: `spec`, or one of `specs`. */
  readonly spec: Node | undefined;
  /** One of each kind of pods that it selects. */
  readonly selected: readonly Endpoint[];
}

/** The policies of a resource of Cilium or Calico; none of any other. */
export function vendorPolicies(resource: Resource, context: RuleContext): readonly VendorPolicy[] {
  const api = apiOf(resource);
  if (api !== 'cilium' && api !== 'calico') return [];
  const specs = ciliumSpecs(resource.root);
  return compiledIn(resource, context).map((compiled, i) => ({
    compiled,
    policy: compiled.policy,
    spec: specs[i],
    selected: podsIn(compiled.subject, context.observer.connectivity),
  }));
}

/** A rule that allows, with the part of the text that says it. */
export interface WrittenAllow<T> {
  readonly own: T;
  readonly node: Node;
}

/** The rules of a direction that allow, of those compiled or of those read. */
export const allowsIn = <T>(
  rules: readonly T[] | undefined,
  ruleOf: (rule: T) => PolicyRule,
  spec: Node | undefined,
  direction: Direction,
): readonly WrittenAllow<T>[] => {
  const byStart = new Map(itemsOf(valueAt(spec, direction)).map((node) => [node.start, node]));
  return (rules ?? []).flatMap((own) => {
    const { action, source } = ruleOf(own);
    const node = action === 'allow' ? byStart.get(source.start) : undefined;
    return node ? [{ own, node }] : [];
  });
};

/** The keys under which a rule says whom it means outside of the cluster, and whom inside. */
const keys = {
  outside: { ingress: ['fromEntities', 'fromCIDR', 'fromCIDRSet', 'source'], egress: ['toEntities', 'toCIDR', 'toCIDRSet', 'destination'] },
  inside: { ingress: ['fromEndpoints', 'source'], egress: ['toEndpoints', 'toServices', 'destination'] },
} as const;

/** Where a rule says whom it means; its first key where it means everyone. */
export const peersAt = (node: Node, direction: Direction, where: 'outside' | 'inside'): Range =>
  keys[where][direction].flatMap((name) => entryOf(node, name)?.key ?? [])[0] ?? (isMap(node) ? node.entries[0]?.key : undefined) ?? node;

const compiledOf = memoizedByObject((connectivity: Connectivity): readonly CompiledPolicy[] =>
  connectivity.cluster.policies.flatMap((located) => connectivity.compiledOf(located) ?? []),
);

/** Every policy of the cluster, compiled. */
export const allCompiled = ({ observer: { connectivity } }: RuleContext): readonly CompiledPolicy[] => compiledOf(connectivity);

/** Whomever `narrow` selects, `wide` does too, whatever the cluster holds; false where that cannot be told. */
export function covers({ policy: wide }: CompiledPolicy, { policy: narrow }: CompiledPolicy): boolean {
  if (!selectorImplies(narrow.subject.pods ?? everything, wide.subject.pods ?? everything)) return false;
  if (wide.namespaced && !(narrow.namespaced && wide.namespace === narrow.namespace)) return false;
  if (wide.namespaced) return selectorImplies(narrow.subject.namespaces ?? everything, wide.subject.namespaces ?? everything);
  if (selectsAll(wide.subject.namespaces)) return true;
  return !narrow.namespaced && selectorImplies(narrow.subject.namespaces ?? everything, wide.subject.namespaces ?? everything);
}

/** What to underline for a part of a scalar's text: all of it where what is written is not what is meant (escapes). */
export function rangeIn(node: ScalarNode, text: string, start: number, end: number): Range {
  // An empty range shows nowhere.
  const from = Math.min(start, Math.max(node.text.length - 1, 0));
  return writtenPart(node, text, from, Math.max(end, from + 1)) ?? { start: node.start, end: node.end };
}

/** The key under which a place is written, or that of what holds it. */
export const keyOf = (place: Place | undefined): string | undefined => place?.entry?.key.text ?? (place?.parent ? keyOf(place.parent) : undefined);

const indented = (spec: string): string =>
  spec
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line.startsWith('#') ? `#  ${line.slice(1)}` : `  ${line}`))
    .join('\n');

const document = (apiVersion: string, kind: string, namespace: string | undefined, spec: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: web\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}spec:\n${indented(spec)}\n`;

/** A CiliumNetworkPolicy named web of shop, its spec written from column 0. */
export const ciliumWith = (spec: string): string => document('cilium.io/v2', 'CiliumNetworkPolicy', 'shop', spec);
export const clusterwideWith = (spec: string): string => document('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', undefined, spec);
/** The same for Calico. */
export const calicoWith = (spec: string): string => document('projectcalico.org/v3', 'NetworkPolicy', 'shop', spec);
export const globalWith = (spec: string): string => document('projectcalico.org/v3', 'GlobalNetworkPolicy', undefined, spec);
export const stagedWith = (spec: string): string => document('projectcalico.org/v3', 'StagedNetworkPolicy', 'shop', spec);
