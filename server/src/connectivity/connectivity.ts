import { type AddressSet, allIPv4, cutAt } from '../model/addressSet.ts';
import type { Cluster, Located } from '../model/cluster.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { type Direction, directions, type Policy, type Peer as RulePeer, type Tier } from '../model/policy.ts';
import { allPorts, intersectionOf, isEmpty, noPorts, type PortSet, samePorts, unionOf } from '../model/portSet.ts';
import { sameEnds } from '../model/sameEnds.ts';
import { everything, type Selector } from '../model/selector.ts';
import { finished, type Steps } from '../model/steps.ts';
import type { ContainerPort } from '../model/workload.ts';
import { byTier, type CompiledPolicy, compilePolicy, type Means, peerPods, Tiers } from './compile.ts';
import { asksIdentity, classesOf, type Endpoint, listingEndpoints, type Peer } from './endpoints.ts';
import { evaluateFirst, evaluateUnion } from './evaluate.ts';
import { allIn, isMember, membersOf, type PodSet, PodSets } from './podSets.ts';
import { PoliciesBySubject } from './policiesBySubject.ts';

const noContainerPorts: readonly ContainerPort[] = [];
const byWorkload = memoizedByObject((endpoints: readonly Endpoint[]) => new Map(endpoints.map((endpoint) => [endpoint.workload, endpoint])));

/** The policies of one direction that select an endpoint, by tier. */
export type Applicable = readonly (readonly [Tier, readonly CompiledPolicy[]])[];

/** Ranges of addresses that an endpoint may reach, or be reached from, on the same ports. */
export interface AddressRange {
  /** Both inclusive, of one family. */
  readonly first: bigint;
  readonly last: bigint;
  readonly ports: PortSet;
}

/** The pods of a cluster: each, those that nothing can tell apart, and sets of these. */
type Pods = Pick<Connectivity, 'endpoints' | 'byNamespace' | 'classes' | 'sets'>;

function* listingPods(cluster: Cluster): Steps<Pods> {
  const { endpoints, byNamespace } = yield* listingEndpoints(cluster);
  yield;
  const classes = classesOf(endpoints);
  yield;
  const sets = new PodSets(
    classes.flatMap(([first]) => first ?? []),
    cluster,
  );
  yield;
  yield* sets.indexing();
  return { endpoints, byNamespace, classes, sets };
}

/**
 * Who may reach whom in a cluster, on what. Policies are compiled once; a question looks at the policies of its two
 * ends alone. Answers are sets of ports, never lists of them.
 */
export class Connectivity {
  readonly cluster: Cluster;
  readonly endpoints: readonly Endpoint[];
  /** The same by the names of their namespaces. */
  readonly byNamespace: ReadonlyMap<string, readonly Endpoint[]>;
  /** Endpoints that no selector and no port can tell apart. */
  readonly classes: readonly (readonly Endpoint[])[];
  /** Counts the states of a cluster that changes. */
  readonly generation: number;
  /** Sets of one endpoint of each class: a later state of the same pods takes them over. */
  readonly sets: PodSets;
  private readonly tiers: Tiers;
  /** Policies in the order of the manifests, as far as they are compiled. */
  private readonly ready = new Map<Located<Policy>, CompiledPolicy>();
  /** How many of them are. */
  private next = 0;
  private readonly applicable: Readonly<Record<Direction, (Applicable | undefined)[]>>;
  /** Generation in which the policies of a class, or of a namespace, last changed. */
  private readonly changes: { readonly classes: number[]; readonly namespaces: Map<string, number>; readonly start: number; clusterWide: number };
  /** Those of namespaces, as far as they are compiled. */
  private readonly policiesByNamespace = new Map<string, PoliciesBySubject>();

  /**
   * `before`, where given, is an earlier state: where workloads and namespaces are the same, what it compiled for policies that are still
   * there is taken over. `pods`: those of the cluster, where they have been listed already.
   */
  constructor(cluster: Cluster, before?: Connectivity, pods?: Pods) {
    this.cluster = cluster;
    this.tiers = new Tiers(cluster);
    const kept = before && isAlike(before.cluster, cluster) && before.tiers.isAs(this.tiers) ? before : undefined;
    this.generation = (before?.generation ?? 0) + 1;
    const { endpoints, byNamespace, classes, sets } = kept ?? pods ?? finished(listingPods(cluster));
    this.endpoints = endpoints;
    this.byNamespace = byNamespace;
    this.classes = classes;
    this.sets = sets;
    this.applicable = { ingress: [], egress: [] };
    this.changes = {
      classes: [...(kept?.changes.classes ?? [])],
      namespaces: new Map(kept?.changes.namespaces),
      start: kept?.changes.start ?? this.generation,
      clusterWide: kept?.changes.clusterWide ?? this.generation,
    };
    if (!kept) return;
    for (const located of cluster.policies) this.ready.set(located, kept.compiled.get(located) ?? this.compile(located));
    this.next = cluster.policies.length;
    this.follow(kept);
  }

  private compile(located: Located<Policy>): CompiledPolicy {
    return compilePolicy(located, this.sets, this.cluster, this.tiers);
  }

  /** Compiles some more policies; gives whether there are others yet. Whoever asks for what they say has all of them compiled. */
  prepare(count: number): boolean {
    const { policies } = this.cluster;
    if (this.next === policies.length) return false;
    const end = Math.min(this.next + count, policies.length);
    for (const located of policies.slice(this.next, end)) {
      const compiled = this.compile(located);
      this.ready.set(located, compiled);
      this.list(compiled);
    }
    this.next = end;
    return end < policies.length;
  }

  private list(compiled: CompiledPolicy): void {
    const { namespace } = compiled.policy;
    if (namespace === undefined) return;
    const known = this.policiesByNamespace.get(namespace) ?? new PoliciesBySubject();
    this.policiesByNamespace.set(namespace, known);
    known.add(compiled);
  }

  private get compiled(): ReadonlyMap<Located<Policy>, CompiledPolicy> {
    this.prepare(this.cluster.policies.length);
    return this.ready;
  }

  /** Notes what differs from an earlier state, and takes over what does not. */
  private follow(before: Connectivity): void {
    const differing = [...onlyIn(before, this), ...onlyIn(this, before)];
    const touched = new Set<number>();
    for (const { subject, policy } of differing) {
      if (policy.namespace === undefined) this.changes.clusterWide = this.generation;
      else this.changes.namespaces.set(policy.namespace, this.generation);
      for (const index of membersOf(subject)) touched.add(index);
    }
    for (const index of touched) this.changes.classes[index] = this.generation;
    const namespaces = new Set(differing.map(({ policy }) => policy.namespace));
    for (const [namespace, list] of before.policiesByNamespace) if (!namespaces.has(namespace)) this.policiesByNamespace.set(namespace, list);
    for (const compiled of this.ready.values()) if (namespaces.has(compiled.policy.namespace)) this.list(compiled);
    // Where much has changed it is faster to gather all at once.
    if (touched.size > 64) return;
    for (const direction of directions) {
      for (const [index, list] of before.applicable[direction].entries()) if (list && !touched.has(index)) this.applicable[direction][index] = list;
    }
  }

  /** Generation in which the policies that select a class last changed. */
  changeOf(index: number): number {
    return this.changes.classes[index] ?? this.changes.start;
  }

  /** Generation in which some policy of a namespace last changed. */
  namespaceChange(namespace: string): number {
    return this.changes.namespaces.get(namespace) ?? this.changes.start;
  }

  /** Generation in which some cluster-wide policy last changed. */
  get clusterWideChange(): number {
    return this.changes.clusterWide;
  }

  compiledOf(located: Located<Policy>): CompiledPolicy | undefined {
    return this.compiled.get(located);
  }

  private namespaced(namespace: string): PoliciesBySubject | undefined {
    this.prepare(this.cluster.policies.length);
    return this.policiesByNamespace.get(namespace);
  }

  /** The namespaced policies of a namespace, in the order of the manifests. */
  policiesIn(namespace: string): readonly CompiledPolicy[] {
    return this.namespaced(namespace)?.all ?? [];
  }

  /**
   * Policies of a namespace among which are all that select whatever a selector selects: those without labels, and those
   * that ask for one of its labels. In the order of the manifests.
   */
  policiesAround(namespace: string, selector: Selector): readonly CompiledPolicy[] {
    return this.namespaced(namespace)?.around(selector) ?? [];
  }

  /** The pods that a peer of a policy means, of those that are known. */
  podsOf(peer: RulePeer, policy: Means): PodSet {
    return peerPods(peer, policy, this.sets) ?? this.sets.none;
  }

  /** The workloads of a namespace. */
  endpointsIn(namespace: string): readonly Endpoint[] {
    return this.byNamespace.get(namespace) ?? [];
  }

  /** The workloads of one namespace, or of any, whose pods a selector selects; in the order of the manifests. */
  labelled(selector: Selector | undefined, namespace: string | Selector = everything): readonly Endpoint[] {
    return membersOf(this.sets.select(namespace, selector, 'with host network'))
      .flatMap((index) => this.classes[index] ?? [])
      .sort((a, b) => a.position - b.position);
  }

  /** The end of connections that a workload of the cluster is. */
  endpointOf(workload: Endpoint['workload']): Endpoint | undefined {
    return byWorkload(this.endpoints).get(workload);
  }

  /** Names of the known namespaces that a selector selects. */
  namespacesOf(selector: Selector): readonly string[] {
    return this.sets.namesOf(selector);
  }

  /** The policies that say something of an endpoint's direction, by tier. */
  policiesOf(endpoint: Endpoint, direction: Direction): Applicable {
    let found = this.applicable[direction][endpoint.index];
    if (!found) {
      if (this.applicable[direction].length === 0) this.gather();
      else this.gatherOne(endpoint.index);
      found = this.applicable[direction][endpoint.index] ?? [];
    }
    return found;
  }

  private gatherOne(index: number): void {
    const selecting = [...this.compiled.values()].filter(({ subject }) => isMember(subject, index));
    for (const direction of directions) this.applicable[direction][index] = byTier(selecting.filter((compiled) => speaksOf(compiled, direction)));
  }

  /** Fills in for all classes at once: each policy's subjects are walked once. */
  private gather(): void {
    const lists = { ingress: [] as CompiledPolicy[][], egress: [] as CompiledPolicy[][] };
    for (const compiled of this.compiled.values()) {
      for (const direction of directions) {
        if (!speaksOf(compiled, direction)) continue;
        for (const index of membersOf(compiled.subject)) {
          const list = lists[direction][index];
          if (list) list.push(compiled);
          else lists[direction][index] = [compiled];
        }
      }
    }
    for (const direction of directions) {
      for (const index of this.classes.keys()) this.applicable[direction][index] = byTier(lists[direction][index] ?? []);
    }
  }

  /** Some policy isolates the endpoint in the direction: what no rule allows is denied. */
  isIsolated(endpoint: Endpoint, direction: Direction): boolean {
    return this.policiesOf(endpoint, direction).some(
      ([tier, policies]) => !(tier.calico && tier.unmatched === 'next') && policies.some(({ policy }) => policy.isolates[direction]),
    );
  }

  /** What policies make of a direction: `open`, `limited` where some rule denies, or `isolated`. */
  openness(endpoint: Endpoint, direction: Direction): 'open' | 'limited' | 'isolated' {
    if (this.isIsolated(endpoint, direction)) return 'isolated';
    const denies = ({ rules }: CompiledPolicy) =>
      rules[direction].some(({ rule, own }) => rule.action === 'deny' && (!own || isMember(own, endpoint.index)));
    return this.policiesOf(endpoint, direction).some(([, policies]) => policies.some(denies)) ? 'limited' : 'open';
  }

  /**
   * Endpoints that an isolated one may have to do with at all: those that some rule which allows means. Undefined where
   * everyone comes into question. A listing skips all other pairs; most of a cluster that denies by default is such.
   */
  candidates(endpoint: Endpoint, direction: Direction): PodSet | undefined {
    if (!this.isIsolated(endpoint, direction)) return undefined;
    const candidates: PodSet[] = [];
    for (const [tier, policies] of this.policiesOf(endpoint, direction)) {
      for (const { rules } of policies) {
        for (const { rule, anyPeer, pods } of rules[direction]) {
          // What is passed on may be open in what follows.
          if (rule.action === 'pass' && tier.calico) return undefined;
          if (rule.action !== 'allow') continue;
          if (anyPeer) return undefined;
          for (const set of pods) candidates.push(set);
        }
      }
    }
    return allIn(candidates);
  }

  /** What one side alone lets through: the endpoint's own policies of a direction, with a peer. */
  side(endpoint: Endpoint, direction: Direction, peer: Peer): PortSet {
    const destination = direction === 'ingress' ? endpoint.ports : typeof peer === 'bigint' ? noContainerPorts : peer.ports;
    let allowed = noPorts;
    let undecided = allPorts;
    for (const [tier, policies] of this.policiesOf(endpoint, direction)) {
      const verdict =
        tier.evaluation === 'union'
          ? evaluateUnion(policies, direction, { endpoint, peer, destination })
          : evaluateFirst(tier, policies, direction, { endpoint, peer, destination });
      allowed = unionOf(allowed, intersectionOf(undecided, verdict.allowed));
      undecided = intersectionOf(undecided, verdict.undecided);
      if (isEmpty(undecided)) return allowed;
    }
    return unionOf(allowed, undecided);
  }

  /** What may pass from one workload to another: what both sides let through. Pods of one workload are alike, and each may reach itself. */
  between(from: Endpoint, to: Endpoint): PortSet {
    const out = this.side(from, 'egress', to);
    return isEmpty(out) ? out : intersectionOf(out, this.side(to, 'ingress', from));
  }

  /** What an endpoint's policies let through from or to addresses outside: ranges in order, neighbours with equal ports joined. */
  addresses(endpoint: Endpoint, direction: Direction, family: AddressSet = allIPv4): readonly AddressRange[] {
    const sets = this.policiesOf(endpoint, direction).flatMap(([, policies]) =>
      policies.flatMap(({ rules }) => rules[direction].map((rule) => rule.addresses)),
    );
    const ranges: { first: bigint; last: bigint; ports: PortSet }[] = [];
    for (const [first, last] of cutAt(family, sets)) {
      const ports = this.side(endpoint, direction, first);
      const previous = ranges.at(-1);
      if (previous && samePorts(previous.ports, ports)) previous.last = last;
      else ranges.push({ first, last, ports });
    }
    return ranges.filter(({ ports }) => !isEmpty(ports));
  }
}

/** The policies of one state that another does not have. Most stand in both, before and behind what differs. */
function onlyIn(one: Connectivity, other: Connectivity): readonly CompiledPolicy[] {
  const [own, others] = [one.cluster.policies, other.cluster.policies];
  const { front, back } = sameEnds(own, others);
  return own.slice(front, own.length - back).flatMap((located) => (other.compiledOf(located) ? [] : (one.compiledOf(located) ?? [])));
}

/** The latest state of each cluster that changes. */
const latest = new WeakMap<object, Connectivity>();
const made = new WeakMap<Cluster, Connectivity>();

/** The connectivity of a cluster, made once; of one that changes, from that of its state before. */
export const connectivityOf = (cluster: Cluster): Connectivity => made.get(cluster) ?? finished(connecting(cluster));

/** The same in steps; the policies are compiled by `Connectivity.prepare`. */
export function* connecting(cluster: Cluster): Steps<Connectivity> {
  const known = made.get(cluster);
  if (known) return known;
  const before = () => (cluster.lineage ? latest.get(cluster.lineage) : undefined);
  const earlier = before();
  const pods = earlier && isAlike(earlier.cluster, cluster) ? undefined : yield* listingPods(cluster);
  yield;
  // Somebody may have asked meanwhile.
  const found = made.get(cluster) ?? new Connectivity(cluster, before(), pods);
  made.set(cluster, found);
  if (cluster.lineage) latest.set(cluster.lineage, found);
  return found;
}

const speaksOf = ({ policy }: CompiledPolicy, direction: Direction): boolean => policy[direction] !== undefined || policy.isolates[direction];

/** What endpoints and what rules mean does not depend on the differences. */
const isAlike = (before: Cluster, after: Cluster): boolean =>
  before.workloads === after.workloads &&
  before.namespaces === after.namespaces &&
  before.addressSets === after.addressSets &&
  before.services === after.services &&
  asksIdentity(before) === asksIdentity(after);
