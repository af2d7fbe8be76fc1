import type { Cluster } from '../model/cluster.ts';
import { selectorOf } from '../model/selector.ts';
import type { Connectivity } from './connectivity.ts';
import type { Endpoint } from './endpoints.ts';
import { membersOf, type PodSets } from './podSets.ts';

type ServicesByClass = ReadonlyMap<number, Cluster['services']>;

/** Kept with the pods, which a later state of the cluster takes over as long as its Services are the same. */
const known = new WeakMap<PodSets, ServicesByClass>();

function byClassOf(services: Cluster['services'], sets: PodSets): ServicesByClass {
  const found = new Map<number, Cluster['services'][number][]>();
  for (const service of services) {
    const { selector, namespace } = service.value;
    if (!selector) continue;
    for (const index of membersOf(sets.select(namespace, selectorOf(selector), 'with host network'))) {
      const before = found.get(index);
      if (before) before.push(service);
      else found.set(index, [service]);
    }
  }
  return found;
}

/** The Services of the cluster that lead to an endpoint, in the order of the manifests. */
export function servicesOf({ index }: Endpoint, { sets, cluster: { services } }: Connectivity): Cluster['services'] {
  const byClass = known.get(sets) ?? byClassOf(services, sets);
  known.set(sets, byClass);
  return byClass.get(index) ?? [];
}
