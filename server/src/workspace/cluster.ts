import { readEntrances } from '../kinds/kubernetes/readEntrance.ts';
import { readNamespace, readService, readWorkload } from '../kinds/kubernetes/readWorkload.ts';
import { readPolicy } from '../kinds/readPolicy.ts';
import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import type { Cluster, ClusterNamespace, Entrance, Located, Origin } from '../model/cluster.ts';
import type { PlacedDocument } from '../syntax/manifestText.ts';
import { resolve, valueAt } from '../syntax/node.ts';
import { type Transform, transformPolicy, transformService, transformWorkload } from './kustomize.ts';

/** Where resources go whose manifest names no namespace. */
const defaultNamespace = 'default';

/** A document of a file. */
export interface FileDocument {
  readonly file: string;
  readonly placed: PlacedDocument;
  /** What kustomizations do to it, the innermost first. */
  readonly transforms?: readonly Transform[];
}

const nameLabel = 'kubernetes.io/metadata.name';

function originOf(resource: Resource, { file, placed }: FileDocument): Origin {
  const name = resolve(valueAt(resource.root, 'metadata', 'name')) ?? resource.root;
  return { file, shift: placed.start, at: { start: name.start, end: name.end } };
}

/** Puts the resources of documents together to a cluster: namespaces filled in, declared or assumed. */
export function clusterOf(documents: Iterable<FileDocument>): Cluster {
  const namespaces = new Map<string, ClusterNamespace>();
  const workloads: Cluster['workloads'][number][] = [];
  const services: Cluster['services'][number][] = [];
  const policies: Cluster['policies'][number][] = [];
  const entrances: Cluster['entrances'][number][] = [];
  const assume = (name: string): string => {
    if (!namespaces.has(name)) namespaces.set(name, { name, labels: { [nameLabel]: name }, declared: false });
    return name;
  };
  for (const document of documents) {
    const { document: text } = document.placed;
    if (!mayHoldKnownKind(text.text)) continue;
    for (const resource of resourcesOf(text)) {
      const origin = originOf(resource, document);
      const located = <T>(value: T): Located<T> => ({ value, origin });
      const transformed = <T>(value: T | undefined, apply: (value: T, transform: Transform) => T): T | undefined =>
        value === undefined ? undefined : (document.transforms ?? []).reduce(apply, value);
      const namespace = readNamespace(resource);
      if (namespace) namespaces.set(namespace.name, { ...namespace, declared: true });
      const workload = transformed(readWorkload(resource), transformWorkload);
      if (workload) workloads.push(located({ ...workload, namespace: assume(workload.namespace || defaultNamespace) }));
      const service = transformed(readService(resource), transformService);
      if (service) services.push(located({ ...service, namespace: assume(service.namespace || defaultNamespace) }));
      const policy = transformed(readPolicy(resource), transformPolicy);
      if (policy) policies.push(located(policy.namespaced ? { ...policy, namespace: assume(policy.namespace || defaultNamespace) } : policy));
      for (const entrance of readEntrances(resource, defaultNamespace)) {
        const rename = (value: Entrance, { namespace: own, namePrefix = '', nameSuffix = '' }: Transform): Entrance => ({
          ...value,
          namespace: own ?? value.namespace,
          service: `${namePrefix}${value.service}${nameSuffix}`,
        });
        entrances.push(located(transformed(entrance, rename) ?? entrance));
      }
    }
  }
  return { namespaces, workloads, services, policies, entrances };
}
