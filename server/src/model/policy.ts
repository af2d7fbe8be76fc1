import type { Selector } from './selector.ts';

export type Direction = 'ingress' | 'egress';
export const directions: readonly Direction[] = ['ingress', 'egress'];

/** Where in its document something is written: UTF-16 offsets, end exclusive. */
export interface Source {
  readonly start: number;
  readonly end: number;
}

/** A peer of a rule. */
export type Peer =
  | {
      /** Pods by labels; both selectors hold. */
      readonly is: 'pods';
      /** Absent: every pod. */
      readonly pods?: Selector;
      /** Absent: the policy's own namespace. */
      readonly namespaces?: Selector;
    }
  | {
      readonly is: 'addresses';
      readonly cidr: string;
      readonly except: readonly string[];
      /** Pods whose addresses lie inside are meant, too. Of them no manifest tells, but that every address is theirs, too. */
      readonly pods?: 'too';
    }
  /** Nodes by labels: known to the API, but no manifest tells their addresses. */
  | { readonly is: 'nodes'; readonly nodes: Selector }
  /** Address sets that other resources declare, by their labels: of the namespaces given or else the policy's own, and those of no namespace. */
  | { readonly is: 'addressSets'; readonly sets: Selector; readonly namespaces?: Selector; readonly global?: 'only' | 'too' }
  /** Names that the cluster's DNS resolves; exact, or with `*` for parts. */
  | { readonly is: 'domains'; readonly names: readonly string[] }
  /**
   * What Cilium gives a name to: `world` is every address outside, `cluster` every pod and node, `all` both; `none` nobody. The others
   * (`host`, `kube-apiserver`, …) no manifest holds.
   */
  | { readonly is: 'entity'; readonly entity: string }
  /** The pods behind a Service; `onItsPorts`: on the ports that it leads to alone. `namespace` absent: the policy's own. */
  | { readonly is: 'service'; readonly name: string; readonly namespace?: string; readonly onItsPorts?: true }
  /** The pods behind Services of a name, or of labels. `namespace` absent: of every namespace. */
  | { readonly is: 'services'; readonly named: string | Selector; readonly namespace?: string };

/** A peer that means no one. */
export const nobody: Peer = { is: 'entity', entity: 'none' };

/** Ports of a destination pod. */
export interface PortRange {
  /** TCP, UDP or SCTP; whatever was written where it is none of them; `ANY` for a name that any protocol may carry. */
  readonly protocol: string;
  /** A number from 1 to 65535, or the name of a container port; absent: every port of the protocol. */
  readonly port?: number | string;
  /** Inclusive; only with a numeric port. */
  readonly endPort?: number;
}

/** `pass`: what matches is left to the tiers that follow. */
export type Action = 'allow' | 'deny' | 'pass';

export interface Rule {
  readonly action: Action;
  /** Alternatives; empty: every peer. */
  readonly peers: readonly Peer[];
  /** Alternatives; empty: every port of every protocol. */
  readonly ports: readonly PortRange[];
  /** What of the traffic on these ports is meant, where it is not all: requests of a protocol above, in words. Alternatives. */
  readonly conditions?: readonly { readonly protocol: 'http' | 'dns' | 'kafka' | 'other'; readonly text: string }[];
  /** Name that its author gave it. */
  readonly name?: string;
  /** It holds for these of the pods that the policy selects; absent: for all. Calico's destination of an ingress rule, source of an egress rule. */
  readonly own?: Peer;
  /** Key of the list that it stands in, where that is not its direction: `ingressDeny`. */
  readonly list?: string;
  readonly source: Source;
}

/** How the policies of a tier are put together. Tiers are asked in the order of their rank. */
export interface Tier {
  readonly name: string;
  readonly rank: number;
  /**
   * `union`: denials win, then whatever any rule allows passes, and a policy that isolates denies the rest.
   * `first-match`: by the policies' order, then that of their rules, the first that matches decides.
   */
  readonly evaluation: 'union' | 'first-match';
  /** What becomes of a selected pod's traffic that no rule of a first-match tier matches. */
  readonly unmatched: 'next' | 'deny';
  /** A tier of Calico: its place and what is unmatched are those of the Tier resource of its name, where the cluster has one. */
  readonly calico?: true;
}

/** Tier of Calico in which policies stand that name none; Kubernetes' own are among them at order 1000. */
export const calicoDefaultTier: Tier = { name: 'default', rank: 1, evaluation: 'first-match', unmatched: 'deny', calico: true };

/** Order of Kubernetes' NetworkPolicies in Calico's default tier. Source: projectcalico/calico libcalico-go/lib/backend/k8s/conversion. */
export const orderAmongCalico = 1000;

/** Source: kubernetes-sigs/network-policy-api apis/v1alpha2 (tiers), networking.k8s.io/v1 for the one between. */
export const tiers = {
  admin: { name: 'admin', rank: 0, evaluation: 'first-match', unmatched: 'next' },
  namespace: { name: 'NetworkPolicy', rank: 1, evaluation: 'union', unmatched: 'next' },
  baseline: { name: 'baseline', rank: 2, evaluation: 'first-match', unmatched: 'next' },
} as const satisfies Readonly<Record<string, Tier>>;

/** A policy of any kind, defaults filled in. */
export interface Policy {
  readonly kind: string;
  readonly name: string | undefined;
  /** Undefined where the manifest leaves it to whoever applies it, and for kinds that live in no namespace. */
  readonly namespace: string | undefined;
  /** It selects pods of its own namespace alone. */
  readonly namespaced: boolean;
  readonly tier: Tier;
  /** Place among the policies of a first-match tier: lower is asked first. */
  readonly order: number;
  /** `namespaces` of a namespaced policy is what it asks of its own beside being the one; mostly absent. */
  readonly subject: { readonly pods?: Selector; readonly namespaces?: Selector };
  /** Undefined: the policy says nothing of the direction. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
  /** Selected pods may do nothing in the direction but what rules allow. */
  readonly isolates: Readonly<Record<Direction, boolean>>;
  /** Pods of the host network are neither selected nor meant; absent: as the API leaves it to the plugin, labels are labels. */
  readonly hostNetwork?: false;
  /** It asks for service accounts, or for the namespace among the labels of a pod. */
  readonly asksIdentity?: true;
}
