import { readLabels } from '../kinds/kubernetes/readWorkload.ts';
import { type Direction, directions, type Peer, type Policy, type Rule } from '../model/policy.ts';
import { type Labels, nameLabel, type Selector, selectorOf } from '../model/selector.ts';
import type { Namespace, Service, Workload } from '../model/workload.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { entriesOf, isMap, itemsOf, type Node, resolve, valueAt } from '../syntax/node.ts';
import { scalarValue, stringOf, stringsOf } from '../syntax/scalar.ts';

/**
 * What a kustomization does to its resources, as far as it touches who selects whom: namespace, names and labels.
 * Source: kubernetes-sigs/kustomize api/types/kustomization.go, api/internal/konfig/builtinpluginconsts/commonlabels.go.
 */
export interface Transform {
  readonly namespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly labels: readonly {
    readonly pairs: Labels;
    /** Also into selectors, and so into the pods' labels. */
    readonly selectors: boolean;
    /** Into the pods' labels. */
    readonly templates: boolean;
  }[];
}

/** Names that a kustomization's file may have. Source: kubernetes-sigs/kustomize api/konfig/general.go. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

export interface Kustomization {
  /** Files and folders, relative to the kustomization's own folder, in the order in which they are read. */
  readonly resources: readonly string[];
  /** Those of them that are components: what these do they do to all that their kustomization brings together, before it does its own. */
  readonly components: readonly string[];
  readonly transform: Transform;
  /** Fields that change resources in ways that are not followed. */
  readonly beyond: readonly string[];
}

const notFollowed = [
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'helmCharts',
  'helmChartInflationGenerator',
  'transformers',
  'generators',
  'replicas',
  'vars',
];
/** Of those, what cannot change who selects whom. */
const harmless = new Set(['replicas', 'vars']);

const isTrue = (node: Node | undefined): boolean => {
  const scalar = resolve(node);
  return scalar?.kind === 'scalar' && JSON.stringify(scalarValue(scalar)).includes('true');
};

/** Reads a kustomization; undefined for a document that is none. */
export function readKustomization({ parsed }: DocumentText): Kustomization | undefined {
  const root = resolve(parsed.root);
  if (!isMap(root)) return undefined;
  const keys = new Set(entriesOf(root).map(({ key }) => key.text));
  const [namespace, namePrefix, nameSuffix] = ['namespace', 'namePrefix', 'nameSuffix'].map((key) => stringOf(valueAt(root, key)));
  const common = readLabels(valueAt(root, 'commonLabels'));
  const labels = itemsOf(valueAt(root, 'labels')).map((item) => ({
    pairs: readLabels(valueAt(item, 'pairs')),
    selectors: isTrue(valueAt(item, 'includeSelectors')),
    templates: isTrue(valueAt(item, 'includeTemplates')) || isTrue(valueAt(item, 'includeSelectors')),
  }));
  return {
    resources: ['resources', 'bases', 'components'].flatMap((key) => stringsOf(valueAt(root, key))),
    components: stringsOf(valueAt(root, 'components')),
    transform: {
      ...(namespace ? { namespace } : {}),
      ...(namePrefix ? { namePrefix } : {}),
      ...(nameSuffix ? { nameSuffix } : {}),
      labels: [...(Object.keys(common).length > 0 ? [{ pairs: common, selectors: true, templates: true }] : []), ...labels],
    },
    beyond: notFollowed.filter((key) => keys.has(key) && !harmless.has(key)),
  };
}

/** Most changes by components that are followed: those that bring in each other twice add up to a power of two. */
const mostChanges = 100;

/** What a kustomization does to its own resources, in order: what its components do, and then what it does itself. */
export const changesOf = ({ components, transform }: Kustomization, byComponent: (path: string) => readonly Transform[]): readonly Transform[] => [
  ...components.flatMap(byComponent).slice(0, mostChanges),
  transform,
];

/** Of what is done to the resources of a kustomization, that which is done to those that it brings in by a path: a component comes after those before it. */
export function changesBehind(
  { components }: Kustomization,
  path: string,
  changes: readonly Transform[],
  byComponent: (path: string) => readonly Transform[],
): readonly Transform[] {
  const before = components.slice(0, components.indexOf(path) + 1).reduce((count, component) => count + byComponent(component).length, 0);
  return changes.slice(Math.min(before, mostChanges));
}

const renamed = (name: string, { namePrefix = '', nameSuffix = '' }: Transform): string => `${namePrefix}${name}${nameSuffix}`;

const pairsOf = (transform: Transform, into: 'selectors' | 'templates'): Labels =>
  Object.assign({}, ...transform.labels.filter((label) => label[into]).map(({ pairs }) => pairs));

export function transformWorkload<T extends Workload>(workload: T, transform: Transform): T {
  return {
    ...workload,
    name: renamed(workload.name, transform),
    namespace: transform.namespace ?? workload.namespace,
    ownLabels: Object.assign({}, workload.ownLabels, ...transform.labels.map(({ pairs }) => pairs)),
    podLabels: {
      ...workload.podLabels,
      ...pairsOf(transform, workload.kind === 'Pod' ? 'selectors' : 'templates'),
      ...(workload.kind === 'Pod' ? Object.assign({}, ...transform.labels.map(({ pairs }) => pairs)) : {}),
    },
  };
}

/** A Namespace gets the name that everything moves to, and no prefix. */
export function transformNamespace({ name, labels }: Namespace, transform: Transform): Namespace {
  const now = transform.namespace ?? name;
  return { name: now, labels: { ...Object.assign({}, labels, ...transform.labels.map(({ pairs }) => pairs)), [nameLabel]: now } };
}

export const transformService = (service: Service, transform: Transform): Service => ({
  ...service,
  name: renamed(service.name, transform),
  namespace: transform.namespace ?? service.namespace,
  selector: service.selector && { ...service.selector, ...pairsOf(transform, 'selectors') },
});

/** Labels are added to `matchLabels` where there is one; a selector of expressions alone stays as it is. */
function withLabels(selector: Selector | undefined, pairs: Labels): Selector | undefined {
  if (!selector?.requirements.some(({ operator, values }) => operator === 'In' && values.length === 1)) return selector;
  const kept = selector.requirements.filter(({ key, operator, values }) => !(Object.hasOwn(pairs, key) && operator === 'In' && values.length === 1));
  return { requirements: [...kept, ...selectorOf(pairs).requirements] };
}

function withPods<T extends { readonly pods?: Selector }>(value: T, pairs: Labels): T {
  const pods = withLabels(value.pods, pairs);
  return pods ? { ...value, pods } : value;
}

export function transformPolicy(policy: Policy, transform: Transform): Policy {
  const name = policy.name === undefined ? undefined : renamed(policy.name, transform);
  if (!policy.namespaced) return { ...policy, name };
  // Of selectors kustomize knows Kubernetes' own only.
  if (policy.kind !== 'NetworkPolicy') return { ...policy, name, namespace: transform.namespace ?? policy.namespace };
  const pairs = pairsOf(transform, 'selectors');
  const peer = (one: Peer): Peer => (one.is === 'pods' ? withPods(one, pairs) : one);
  const rules = (list: readonly Rule[] | undefined) => list?.map((rule) => ({ ...rule, peers: rule.peers.map(peer) }));
  const changed = Object.fromEntries(directions.map((direction) => [direction, rules(policy[direction])])) as Record<
    Direction,
    readonly Rule[] | undefined
  >;
  return { ...policy, ...changed, name, namespace: transform.namespace ?? policy.namespace, subject: withPods(policy.subject, pairs) };
}
