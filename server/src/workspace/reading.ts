import { readEntrances } from '../kinds/kubernetes/readEntrance.ts';
import { readNamespace, readService, readWorkload } from '../kinds/kubernetes/readWorkload.ts';
import { enforcedPolicies, isStaged, readAddressSet, readPolicies, readTierResource } from '../kinds/readPolicy.ts';
import { mayHoldKnownKind, type Resource, resourcesOf } from '../kinds/resource.ts';
import { hasLabelsByTemplate, hasPortsByTemplate, isMadeByTemplate, isPlacedByTemplate } from '../kinds/templates.ts';
import type { Cluster, ClusterNamespace, Entrance, Located, Origin } from '../model/cluster.ts';
import type { Policy } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import type { PlacedDocument } from '../syntax/manifestText.ts';
import { resolve, valueAt } from '../syntax/node.ts';
import { type Transform, transformed } from './kustomize.ts';

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
  /** The resource as patches of kustomizations leave it, where they change a policy, or what a workload or Service says of traffic. */
  readonly patched?: Resource;
  /** The namespace that the resource is given, where that is another than it names. */
  readonly movedTo?: string;
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

/** Where a resource's name stands, or would. */
export function originOf(resource: Resource, { file, placed }: Pick<FileDocument, 'file' | 'placed'>): Origin {
  const name = resolve(valueAt(resource.root, 'metadata', 'name')) ?? resource.root;
  return { file, shift: placed.start, at: { start: name.start, end: name.end } };
}

const inNamespace = <T extends { readonly namespace: string | undefined }>(value: T): T & { readonly namespace: string } => ({
  ...value,
  namespace: value.namespace || defaultNamespace,
});

/** Policies as they are applied: in a namespace. */
const applied = (policies: readonly Policy[], origin: Origin): Cluster['policies'] =>
  policies.map((policy) => ({ value: policy.namespaced ? inNamespace(policy) : policy, origin }));

const renamedEntrance = (value: Entrance, { namespace: own, namePrefix = '', nameSuffix = '' }: Transform): Entrance => ({
  ...value,
  namespace: own ?? value.namespace,
  service: `${namePrefix}${value.service}${nameSuffix}`,
});

/** Whether patches change what a workload or Service says: of most they change replicas, images and the like. */
function isSaidOtherwise(resource: Resource, patched: Resource, transforms: readonly Transform[]): boolean {
  const unpatched = transforms.map(({ patches: _, lastPatches: __, ...rest }): Transform => rest);
  const [before, after] = [transformed(resource, unpatched)?.resource ?? resource, patched].map((one) =>
    JSON.stringify([readWorkload(one), readService(one)]),
  );
  return before !== after;
}

function workloadOf(resource: Resource): Workload | undefined {
  const workload = readWorkload(resource);
  return workload && hasPortsByTemplate(resource) ? { ...workload, morePorts: true } : workload;
}

function readOne(resource: Resource, document: FileDocument): Reading {
  const origin = originOf(resource, document);
  const located = <T>(value: T): Located<T> => ({ value, origin });
  const { transforms = [] } = document;
  const meant = resource.carrier === undefined ? transformed(resource, transforms) : undefined;
  if (!meant) return { resource, origin, entrances: [] };
  const isPlaced = !isPlacedByTemplate(meant.resource);
  const isKnown = isPlaced && !hasLabelsByTemplate(meant.resource);
  const namespace = isKnown ? readNamespace(meant.resource) : undefined;
  const workload = isKnown ? workloadOf(meant.resource) : undefined;
  const service = isKnown ? readService(meant.resource) : undefined;
  const [policy, ...morePolicies] = applied(isPlaced && !isMadeByTemplate(meant.resource) ? enforcedPolicies(meant.resource) : [], origin);
  const [addressSet, tier] = [readAddressSet(meant.resource), readTierResource(meant.resource)];
  // Kustomize finds the Services that others name, wherever that is.
  const home = transforms.map((transform) => transform.defaultNamespace).find((name) => name !== undefined) ?? defaultNamespace;
  const entrances = readEntrances(resource, home).map((entrance) => transforms.reduce(renamedEntrance, entrance));
  const isPatched = meant.isPatched && (policy !== undefined || isSaidOtherwise(resource, meant.resource, transforms));
  return {
    resource,
    origin,
    ...(isPatched ? { patched: meant.resource } : {}),
    ...(meant.resource.namespace && meant.resource.namespace !== resource.namespace ? { movedTo: meant.resource.namespace } : {}),
    ...(namespace ? { namespace: { ...namespace, declared: true } } : {}),
    ...(workload ? { workload: located(inNamespace(workload)) } : {}),
    ...(service ? { service: located(inNamespace(service)) } : {}),
    ...(policy ? { policy } : {}),
    ...(morePolicies.length > 0 ? { morePolicies } : {}),
    ...(addressSet ? { addressSet: located(addressSet) } : {}),
    ...(tier ? { tier: located(tier) } : {}),
    entrances: entrances.map(located),
  };
}

/** What a policy that another object makes would say if it were applied as it is written, in a namespace that is not known. */
export const readAlone = (resource: Resource): Reading => ({
  ...readOne(Object.create(resource, { carrier: { value: undefined } }), { file: '', placed: { document: resource.document, start: 0 } }),
  resource,
});

/** The policies of a document that are not enforced, as they would be. */
export const readStaged = (document: FileDocument): Cluster['policies'] =>
  resourcesOf(document.placed.document)
    .filter((resource) => isStaged(resource) && resource.carrier === undefined)
    .flatMap((resource) => {
      const meant = transformed(resource, document.transforms ?? []);
      return meant ? applied(readPolicies(meant.resource), originOf(resource, document)) : [];
    });

/** What each resource of a document says, in the document's order. */
export function readDocument(document: FileDocument): readonly Reading[] {
  const { document: text } = document.placed;
  return mayHoldKnownKind(text.text) ? resourcesOf(text).map((resource) => readOne(resource, document)) : [];
}
