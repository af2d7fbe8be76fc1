import type { Cluster, ClusterNamespace } from '../model/cluster.ts';
import { sameEnds } from '../model/sameEnds.ts';
import { nameLabel } from '../model/selector.ts';
import { finished, type Steps } from '../model/steps.ts';
import { type FileDocument, policiesOf, type Reading, readDocument } from './reading.ts';

/** Readings that are looked at in one step. */
const readingsAtOnce = 500;

const sameList = <T>(a: readonly T[], b: readonly T[]): boolean => a.length === b.length && a.every((item, i) => item === b[i]);

const isAlike = (a: ClusterNamespace, b: ClusterNamespace | undefined): boolean => a === b || (!a.declared && b !== undefined && !b.declared);

/** In the same order, too: messages list them. */
function sameNamespaces(a: Cluster['namespaces'], b: Cluster['namespaces']): boolean {
  const others = [...b.values()];
  return a.size === b.size && [...a.values()].every((namespace, i) => namespace.name === others[i]?.name && isAlike(namespace, others[i]));
}

/**
 * Puts readings together to a cluster: namespaces declared, or assumed where a resource names them. What is as it was in
 * `before` is the same object, so that whatever was made from it can be kept.
 */
export const assemble = (readings: Iterable<Reading>, before?: Cluster): Cluster => finished(assembling(readings, before));

/** The same in steps. `more` are namespaces that something else names. */
export function* assembling(readings: Iterable<Reading>, before?: Cluster, more: readonly string[] = []): Steps<Cluster> {
  const namespaces = new Map<string, ClusterNamespace>();
  const workloads: Cluster['workloads'][number][] = [];
  const services: Cluster['services'][number][] = [];
  const policies: Cluster['policies'][number][] = [];
  const entrances: Cluster['entrances'][number][] = [];
  const addressSets: NonNullable<Cluster['addressSets']>[number][] = [];
  const tiers: NonNullable<Cluster['tiers']>[number][] = [];
  const assume = (name: string | undefined) => {
    if (name !== undefined && !namespaces.has(name)) namespaces.set(name, { name, labels: { [nameLabel]: name }, declared: false });
  };
  let count = 0;
  for (const reading of readings) {
    if (++count % readingsAtOnce === 0) yield;
    const { namespace, workload, service, policy } = reading;
    if (namespace) namespaces.set(namespace.name, namespace);
    for (const located of [workload, service, policy]) assume(located?.value.namespace);
    if (workload) workloads.push(workload);
    if (service) services.push(service);
    if (policy) policies.push(policy);
    if (reading.morePolicies) policies.push(...reading.morePolicies);
    if (reading.addressSet) addressSets.push(reading.addressSet);
    if (reading.tier) tiers.push(reading.tier);
    entrances.push(...reading.entrances);
  }
  for (const name of more) assume(name);
  yield;
  return {
    namespaces: before && sameNamespaces(namespaces, before.namespaces) ? before.namespaces : namespaces,
    workloads: before && sameList(workloads, before.workloads) ? before.workloads : workloads,
    services: before && sameList(services, before.services) ? before.services : services,
    policies: before && sameList(policies, before.policies) ? before.policies : policies,
    entrances: before && sameList(entrances, before.entrances) ? before.entrances : entrances,
    ...(addressSets.length > 0
      ? { addressSets: before?.addressSets && sameList(addressSets, before.addressSets) ? before.addressSets : addressSets }
      : {}),
    ...(tiers.length > 0 ? { tiers: before?.tiers && sameList(tiers, before.tiers) ? before.tiers : tiers } : {}),
    ...(before?.lineage ? { lineage: before.lineage } : {}),
  };
}

/** What a reading adds to each list of a cluster; `assembling` does the same for all of them at once. */
const added = {
  workloads: ({ workload }: Reading) => (workload ? [workload] : []),
  services: ({ service }: Reading) => (service ? [service] : []),
  policies: policiesOf,
  entrances: ({ entrances }: Reading) => entrances,
  addressSets: ({ addressSet }: Reading) => (addressSet ? [addressSet] : []),
  tiers: ({ tier }: Reading) => (tier ? [tier] : []),
} satisfies { readonly [List in keyof Cluster]?: (reading: Reading) => readonly unknown[] };

/** The namespaces that readings declare or name, in the order in which they do. */
function namespacesIn(readings: readonly Reading[]): readonly (ClusterNamespace | string)[] {
  const named = readings.flatMap(({ namespace, workload, service, policy }) => [
    ...(namespace ? [namespace] : []),
    ...[workload, service, policy].flatMap((located) => located?.value.namespace ?? []),
  ]);
  return [...new Set(named)];
}

/** `list` with `came` in the place of `gone`, which stand in it one behind the other; undefined where that place is not known. */
function replacedIn<T>(list: readonly T[], gone: readonly T[], came: readonly T[]): readonly T[] | undefined {
  if (sameList(gone, came)) return list;
  const [first] = gone;
  const start = first === undefined ? -1 : list.indexOf(first);
  if (start < 0 || !gone.every((item, i) => list[start + i] === item)) return undefined;
  return [...list.slice(0, start), ...came, ...list.slice(start + gone.length)];
}

function replacing(before: Cluster, gone: readonly Reading[], came: readonly Reading[]): Cluster | undefined {
  if (!sameList(namespacesIn(gone), namespacesIn(came))) return undefined;
  const lists: Partial<Record<keyof typeof added, readonly unknown[]>> = {};
  for (const [name, of] of Object.entries(added) as [keyof typeof added, (reading: Reading) => readonly unknown[]][]) {
    const list: readonly unknown[] = before[name] ?? [];
    const now = replacedIn(list, gone.flatMap(of), came.flatMap(of));
    if (!now) return undefined;
    if (now !== list) lists[name] = now;
  }
  return { ...before, ...lists } as Cluster;
}

/**
 * What `assembling` would make of a cluster's readings with `came` in the place of `gone`, one behind the other, in next to no time.
 * Undefined where all readings must be looked at for it.
 */
export function replaceReadings(before: Cluster, gone: readonly Reading[], came: readonly Reading[]): Cluster | undefined {
  // Of a file of a thousand documents one differs. What comes or goes without another has its place beside those that stay.
  const { front, back } = sameEnds(gone, came);
  return replacing(before, gone.slice(front, gone.length - back), came.slice(front, came.length - back)) ?? replacing(before, gone, came);
}

function* readingsOf(documents: Iterable<FileDocument>): Iterable<Reading> {
  for (const document of documents) yield* readDocument(document);
}

/** The cluster that documents describe. */
export const clusterOf = (documents: Iterable<FileDocument>): Cluster => assemble(readingsOf(documents));
