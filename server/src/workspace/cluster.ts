import type { Cluster, ClusterNamespace } from '../model/cluster.ts';
import { finished, type Steps } from '../model/steps.ts';
import { type FileDocument, type Reading, readDocument } from './reading.ts';

/** Readings that are looked at in one step. */
const readingsAtOnce = 500;

const nameLabel = 'kubernetes.io/metadata.name';

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

/** The same in steps. */
export function* assembling(readings: Iterable<Reading>, before?: Cluster): Steps<Cluster> {
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

function* readingsOf(documents: Iterable<FileDocument>): Iterable<Reading> {
  for (const document of documents) yield* readDocument(document);
}

/** The cluster that documents describe. */
export const clusterOf = (documents: Iterable<FileDocument>): Cluster => assemble(readingsOf(documents));
