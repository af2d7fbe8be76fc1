import { readEntrances } from '../kinds/kubernetes/readEntrance.ts';
import { readNamespace, readService, readWorkload } from '../kinds/kubernetes/readWorkload.ts';
import { enforcedPolicies, isStaged, readAddressSet, readPolicies, readTierResource } from '../kinds/readPolicy.ts';
import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import type { Cluster, ClusterNamespace, Entrance, Located, Origin } from '../model/cluster.ts';
import type { Policy } from '../model/policy.ts';
import type { PlacedDocument } from '../syntax/manifestText.ts';
import { resolve, valueAt } from '../syntax/node.ts';
import { type Transform, transformNamespace, transformPolicy, transformService, transformWorkload } from './kustomize.ts';

/** Where resources go whose manifest names no namespace. */
const defaultNamespace = 'default';

/** A document of a file. */
export interface FileDocument {
  readonly file: string;
  readonly placed: PlacedDocument;
  /** What kustomizations do to it, the innermost first. */
  readonly transforms?: readonly Transform[];
}

/** What one resource adds to a cluster. Namespaces are filled in. */
export interface Reading {
  readonly resource: Resource;
  /** Kept current by whoever keeps the reading: documents move when text before them changes. */
  readonly origin: Origin;
  readonly namespace?: ClusterNamespace;
  readonly workload?: Cluster['workloads'][number];
  readonly service?: Cluster['services'][number];
  readonly policy?: Cluster['policies'][number];
  /** Policies of the same resource beyond the first: those of a Cilium policy's `specs`. */
  readonly morePolicies?: Cluster['policies'];
  readonly addressSet?: NonNullable<Cluster['addressSets']>[number];
  readonly tier?: NonNullable<Cluster['tiers']>[number];
  readonly entrances: Cluster['entrances'];
}

/** The policies that a resource stands for, in the order in which they are written. */
export const policiesOf = ({ policy, morePolicies = [] }: Pick<Reading, 'policy' | 'morePolicies'>): Cluster['policies'] =>
  policy ? [policy, ...morePolicies] : [];

function originOf(resource: Resource, { file, placed }: FileDocument): Origin {
  const name = resolve(valueAt(resource.root, 'metadata', 'name')) ?? resource.root;
  return { file, shift: placed.start, at: { start: name.start, end: name.end } };
}

const inNamespace = <T extends { readonly namespace: string | undefined }>(value: T): T & { readonly namespace: string } => ({
  ...value,
  namespace: value.namespace || defaultNamespace,
});

/** Policies as they are applied: changed by kustomizations, in a namespace. */
const applied = (policies: readonly Policy[], origin: Origin, { transforms = [] }: FileDocument): Cluster['policies'] =>
  policies.map((one) => {
    const policy = transforms.reduce(transformPolicy, one);
    return { value: policy.namespaced ? inNamespace(policy) : policy, origin };
  });

function readOne(resource: Resource, document: FileDocument): Reading {
  const origin = originOf(resource, document);
  const located = <T>(value: T): Located<T> => ({ value, origin });
  const transformed = <T>(value: T | undefined, apply: (value: T, transform: Transform) => T): T | undefined =>
    value === undefined ? undefined : (document.transforms ?? []).reduce(apply, value);
  const renameEntrance = (value: Entrance, { namespace: own, namePrefix = '', nameSuffix = '' }: Transform): Entrance => ({
    ...value,
    namespace: own ?? value.namespace,
    service: `${namePrefix}${value.service}${nameSuffix}`,
  });
  const namespace = transformed(readNamespace(resource), transformNamespace);
  const workload = transformed(readWorkload(resource), transformWorkload);
  const service = transformed(readService(resource), transformService);
  const [policy, ...morePolicies] = applied(enforcedPolicies(resource), origin, document);
  const [addressSet, tier] = [readAddressSet(resource), readTierResource(resource)];
  const entrances = readEntrances(resource, defaultNamespace);
  return {
    resource,
    origin,
    ...(namespace ? { namespace: { ...namespace, declared: true } } : {}),
    ...(workload ? { workload: located(inNamespace(workload)) } : {}),
    ...(service ? { service: located(inNamespace(service)) } : {}),
    ...(policy ? { policy } : {}),
    ...(morePolicies.length > 0 ? { morePolicies } : {}),
    ...(addressSet ? { addressSet: located(addressSet) } : {}),
    ...(tier ? { tier: located(tier) } : {}),
    entrances: entrances.map((entrance) => located(transformed(entrance, renameEntrance) ?? entrance)),
  };
}

/** The policies of a document that are not enforced, as they would be. */
export const readStaged = (document: FileDocument): Cluster['policies'] =>
  resourcesOf(document.placed.document)
    .filter(isStaged)
    .flatMap((resource) => applied(readPolicies(resource), originOf(resource, document), document));

/** What each resource of a document says, in the document's order. */
export function readDocument(document: FileDocument): readonly Reading[] {
  const { document: text } = document.placed;
  return mayHoldKnownKind(text.text) ? resourcesOf(text).map((resource) => readOne(resource, document)) : [];
}
