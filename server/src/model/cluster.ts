import type { Policy, Source } from './policy.ts';
import type { Labels } from './selector.ts';
import type { Service, Workload } from './workload.ts';

/** Where a resource is written. */
export interface Origin {
  readonly file: string;
  /** Offset in the file of the document that offsets of the resource refer to; in an editor it moves with the text before it. */
  readonly shift: number;
  /** The resource's kind or name, relative to the document. */
  readonly at: Source;
}

export interface Located<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** A namespace that a manifest declares, or one that is assumed because resources name it. */
export interface ClusterNamespace {
  readonly name: string;
  readonly labels: Labels;
  readonly declared: boolean;
}

/** A way from outside the cluster, through an ingress controller, to ports of a Service. */
export interface Entrance {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  /** Number or name of a port of the Service, or of its target; undefined: all of them. */
  readonly port: number | string | undefined;
}

/** A named list of address ranges that policies mean by its labels or its name. */
export interface AddressSetResource {
  readonly kind: string;
  readonly name: string;
  /** Undefined: it lives in no namespace. */
  readonly namespace: string | undefined;
  /** With `setNameLabel`. */
  readonly labels: Labels;
  readonly cidrs: readonly string[];
  readonly domains: readonly string[];
}

/** Place of a tier that a cluster's resources define. */
export interface TierResource {
  readonly name: string;
  /** Lower is asked first; undefined: last. */
  readonly order: number | undefined;
  readonly unmatched: 'next' | 'deny';
}

/** The resources thought to live in one cluster. Every namespace that a resource names is among `namespaces`. */
export interface Cluster {
  readonly namespaces: ReadonlyMap<string, ClusterNamespace>;
  /** Each with a namespace. */
  readonly workloads: readonly Located<Workload & { readonly namespace: string }>[];
  readonly services: readonly Located<Service & { readonly namespace: string }>[];
  readonly policies: readonly Located<Policy>[];
  readonly entrances: readonly Located<Entrance>[];
  readonly addressSets?: readonly Located<AddressSetResource>[];
  readonly tiers?: readonly Located<TierResource>[];
  /** Shared by the states of one cluster as it changes: what was made for an earlier one may be of use for a later. */
  readonly lineage?: object;
}
