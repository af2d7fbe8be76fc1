import type { Cluster, Located } from '../model/cluster.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { namespaceLabel, serviceAccountLabel } from '../model/selector.ts';
import type { Steps } from '../model/steps.ts';
import type { ContainerPort, Workload } from '../model/workload.ts';
import type { Pod } from './podSets.ts';

/** A workload of the cluster as an end of connections: its pods are all alike. */
export interface Endpoint extends Pod {
  /** Position among the endpoints; `index` is that of its class. */
  readonly position: number;
  readonly workload: Workload & { readonly namespace: string };
  readonly origin: Located<unknown>['origin'];
  readonly ports: readonly ContainerPort[];
}

/** The other end of a connection: a workload, or one address outside (a place on the line of addresses). */
export type Peer = Endpoint | bigint;

/** What of a workload policies can see, as text. */
const visibleOf = memoizedByObject(({ podLabels, ports, hostNetwork, namespace }: Endpoint['workload']): { readonly text: string } => {
  const labels = Object.entries(podLabels).sort(([a], [b]) => (a < b ? -1 : 1));
  return { text: JSON.stringify([namespace, hostNetwork, labels, ports.map(({ name, port, protocol }) => [name ?? '', port, protocol])]) };
});

/** Whether some policy tells pods apart by who they are, not by their labels alone. */
export const asksIdentity = ({ policies }: Cluster): boolean => asking(policies).some;

/** With each keystroke the same thousands of policies are asked several times. */
const asking = memoizedByObject((policies: Cluster['policies']): { readonly some: boolean } => ({
  some: policies.some(({ value }) => value.asksIdentity),
}));

/** Workloads that are looked at in one step. */
const workloadsAtOnce = 100;

/** The workloads of a cluster, all and by namespace, in the order of the manifests. */
export function* listingEndpoints(
  cluster: Cluster,
): Steps<{ readonly endpoints: readonly Endpoint[]; readonly byNamespace: ReadonlyMap<string, readonly Endpoint[]> }> {
  const classes = new Map<string, number>();
  const identified = asksIdentity(cluster);
  yield;
  const endpoints: Endpoint[] = [];
  const byNamespace = new Map<string, Endpoint[]>();
  for (const [position, { value, origin }] of cluster.workloads.entries()) {
    if (position % workloadsAtOnce === workloadsAtOnce - 1) yield;
    const namespace = cluster.namespaces.get(value.namespace) ?? { name: value.namespace, labels: {}, declared: false };
    const { text } = visibleOf(value);
    const key = identified ? `${text} ${value.serviceAccount}` : text;
    const index = classes.get(key) ?? classes.size;
    classes.set(key, index);
    const labels = identified
      ? { ...value.podLabels, [serviceAccountLabel]: value.serviceAccount, [namespaceLabel]: value.namespace }
      : value.podLabels;
    const endpoint = { index, position, namespace, labels, hostNetwork: value.hostNetwork, workload: value, origin, ports: value.ports };
    endpoints.push(endpoint);
    const own = byNamespace.get(namespace.name);
    if (own) own.push(endpoint);
    else byNamespace.set(namespace.name, [endpoint]);
  }
  return { endpoints, byNamespace };
}

/** Endpoints by class. */
export function classesOf(endpoints: readonly Endpoint[]): readonly (readonly Endpoint[])[] {
  const classes: Endpoint[][] = [];
  for (const endpoint of endpoints) {
    const own = classes[endpoint.index];
    if (own) own.push(endpoint);
    else classes[endpoint.index] = [endpoint];
  }
  return classes;
}
