import type { Cluster, ClusterNamespace } from '../model/cluster.ts';
import { memoizedByObject } from '../model/memoized.ts';
import type { Labels, Requirement, Selector } from '../model/selector.ts';
import { selectorOf, selects } from '../model/selector.ts';
import type { Steps } from '../model/steps.ts';
import type { Service } from '../model/workload.ts';

/** Pods that no selector and no port can tell apart: what policies say of one they say of all. */
export interface Pod {
  /** Position of the class in the list that the sets refer to. */
  readonly index: number;
  readonly namespace: ClusterNamespace;
  readonly labels: Labels;
  /** It uses its node's network: cluster-wide policies neither select it nor find it by labels; what NetworkPolicies do differs by plugin. */
  readonly hostNetwork: boolean;
}

/**
 * A set of classes of pods: a bit for each, so that asking is one look. Words of 32 bits, from that of the first member to that of the
 * last: most selectors select few pods of a large cluster.
 */
export interface PodSet {
  /** How many words without members come before. */
  readonly skipped: number;
  readonly words: Uint32Array;
}

export function isMember({ skipped, words }: PodSet, index: number): boolean {
  const word = (index >>> 5) - skipped;
  return word >= 0 && word < words.length && ((words[word] as number) & (1 << (index & 31))) !== 0;
}

/** The classes in a set, by index. */
export function membersOf({ skipped, words }: PodSet): readonly number[] {
  const members: number[] = [];
  for (let word = 0; word < words.length; word++) {
    for (let bits = words[word] as number; bits !== 0; bits &= bits - 1) members.push((skipped + word) * 32 + 31 - Math.clz32(bits & -bits));
  }
  return members;
}

const nobody: PodSet = { skipped: 0, words: new Uint32Array(0) };

/** The set of some classes, in any order. */
function setOf(indices: readonly number[]): PodSet {
  let [first, last] = [Number.POSITIVE_INFINITY, -1];
  for (const index of indices) {
    if (index < first) first = index;
    if (index > last) last = index;
  }
  if (last < 0) return nobody;
  const skipped = first >>> 5;
  const words = new Uint32Array((last >>> 5) - skipped + 1);
  for (const index of indices) words[(index >>> 5) - skipped] = (words[(index >>> 5) - skipped] as number) | (1 << (index & 31));
  return { skipped, words };
}

/** The classes that are in any of some sets. */
export function allIn(sets: readonly PodSet[]): PodSet {
  let [first, end] = [Number.POSITIVE_INFINITY, 0];
  for (const { skipped, words } of sets) {
    if (words.length === 0) continue;
    first = Math.min(first, skipped);
    end = Math.max(end, skipped + words.length);
  }
  if (end === 0) return nobody;
  const all = new Uint32Array(end - first);
  for (const { skipped, words } of sets)
    for (let word = 0; word < words.length; word++) all[skipped - first + word] = (all[skipped - first + word] as number) | (words[word] as number);
  return { skipped: first, words: all };
}

/** Pods of a namespace that are looked at one by one. */
const fewPods = 4;

/** Pods whose labels are looked at in one step; those of one namespace are. */
const podsAtOnce = 500;

const none: readonly never[] = [];

/** Pods by each of their labels. Of most labels' values there is one. Texts are looked up, never put together. */
class PodsByLabel {
  /** Key → value → pods. */
  private readonly pods = new Map<string, Map<string, Pod | Pod[]>>();

  constructor(pods: readonly Pod[]) {
    for (const pod of pods) for (const [key, value] of Object.entries(pod.labels)) this.add(pod, key, value);
  }

  private add(pod: Pod, key: string, value: string): void {
    const byValue = this.pods.get(key) ?? new Map<string, Pod | Pod[]>();
    if (byValue.size === 0) this.pods.set(key, byValue);
    const known = byValue.get(value);
    if (Array.isArray(known)) known.push(pod);
    else byValue.set(value, known ? [known, pod] : pod);
  }

  carrying(key: string, value: string): readonly Pod[] {
    const found = this.pods.get(key)?.get(value);
    return Array.isArray(found) ? found : found ? [found] : none;
  }
}

function keyOf(selector: Selector | undefined): string {
  return selector ? keyed(selector).key : '*';
}

/** The same for selectors that say the same; each is asked for several times. */
const keyed = memoizedByObject(({ requirements, anyOf }: Selector): { readonly key: string } => ({
  key: [
    ...requirements.map(({ key, operator, values }) => JSON.stringify([key, operator, values])),
    ...(anyOf ?? []).map((alternatives) => `(${alternatives.map(keyOf).join(')|(')})`),
  ].join(';'),
}));

/**
 * Finds the pods that selectors select. Each selector is looked at once; where it asks for a label's value, only the
 * pods that carry it are looked at: 10,000 selectors over 10,000 pods would be 100 million comparisons otherwise.
 */
export class PodSets {
  private readonly services: ReadonlyMap<string, Service>;
  private readonly namespaces: readonly ClusterNamespace[];
  private readonly byNamespace = new Map<string, Pod[]>();
  /** Namespace → the pods in it by their labels. */
  private readonly byLabel = new Map<string, PodsByLabel>();
  private readonly selectedNamespaces = new Map<string, readonly string[]>();
  private readonly sets = new Map<string, PodSet>();

  /** The set without members. */
  readonly none = nobody;

  /** `pods` has one of each class, in the order of their indices. */
  constructor(pods: readonly Pod[], cluster: Cluster) {
    this.services = new Map(cluster.services.map(({ value }) => [`${value.namespace}/${value.name}`, value]));
    this.namespaces = [...new Set([...cluster.namespaces.values(), ...pods.map((pod) => pod.namespace)])];
    for (const pod of pods) {
      const { name } = pod.namespace;
      const list = this.byNamespace.get(name);
      if (list) list.push(pod);
      else this.byNamespace.set(name, [pod]);
    }
  }

  /** The pods of one namespace, or of those that a selector selects, that carry certain labels. */
  select(namespaces: string | Selector, labels: Selector | undefined, hostNetwork: 'with host network' | 'without host network'): PodSet {
    const where = typeof namespaces === 'string' ? namespaces : `\n${keyOf(namespaces)}`;
    const key = `${hostNetwork}\n${where}\n${keyOf(labels)}`;
    let set = this.sets.get(key);
    if (!set) {
      const indices: number[] = [];
      for (const name of typeof namespaces === 'string' ? [namespaces] : this.namesOf(namespaces)) {
        for (const pod of this.candidates(name, labels)) {
          if (pod.hostNetwork && hostNetwork === 'without host network') continue;
          if (!labels || selects(labels, pod.labels)) indices.push(pod.index);
        }
      }
      set = setOf(indices);
      this.sets.set(key, set);
    }
    return set;
  }

  /** A Service of the cluster; undefined where no manifest has it. */
  service(namespace: string, name: string): Service | undefined {
    return this.services.get(`${namespace}/${name}`);
  }

  /** The pods behind a Service. */
  behind(namespace: string, name: string, hostNetwork: 'with host network' | 'without host network'): PodSet {
    const selector = this.service(namespace, name)?.selector;
    if (!selector) return this.none;
    return this.select(namespace, selectorOf(selector), hostNetwork);
  }

  /** The pods behind the Services of a name or with labels, in one namespace or in all. */
  behindAny(named: string | Selector, namespace: string | undefined, hostNetwork: 'with host network' | 'without host network'): PodSet {
    const wanted = [...this.services.values()].filter(
      (service) =>
        (namespace === undefined || service.namespace === namespace) &&
        (typeof named === 'string' ? service.name === named : selects(named, service.labels ?? {})),
    );
    return allIn(wanted.map((service) => this.behind(service.namespace ?? '', service.name, hostNetwork)));
  }

  /** The pods of one namespace that are worth comparing with a selector. */
  private candidates(namespace: string, labels: Selector | undefined): readonly Pod[] {
    const all = this.byNamespace.get(namespace) ?? [];
    const exact = all.length > fewPods ? labels?.requirements.find(isExact) : undefined;
    if (!exact) return all;
    return (this.byLabel.get(namespace) ?? this.index(namespace)).carrying(exact.key, exact.values[0] as string);
  }

  private index(namespace: string): PodsByLabel {
    const index = new PodsByLabel(this.byNamespace.get(namespace) ?? []);
    this.byLabel.set(namespace, index);
    return index;
  }

  /** Looks at the labels of all pods in steps: whoever asks for one of them in every namespace would do it at once. */
  *indexing(): Steps<void> {
    let looked = 0;
    for (const [namespace, pods] of this.byNamespace) {
      if (pods.length > fewPods && !this.byLabel.has(namespace)) this.index(namespace);
      looked += pods.length;
      if (looked < podsAtOnce) continue;
      looked = 0;
      yield;
    }
  }

  /** Names of the namespaces that a selector selects. */
  namesOf(selector: Selector): readonly string[] {
    const key = keyOf(selector);
    let names = this.selectedNamespaces.get(key);
    if (!names) {
      names = this.namespaces.filter((namespace) => selects(selector, namespace.labels)).map((namespace) => namespace.name);
      this.selectedNamespaces.set(key, names);
    }
    return names;
  }
}

const isExact = ({ operator, values }: Requirement): boolean => operator === 'In' && values.length === 1;
