import type { Selector } from './selector.ts';

export type Direction = 'ingress' | 'egress';

/** A peer of a rule: pods by labels (both selectors hold), or addresses. */
export type Peer =
  | {
      readonly is: 'pods';
      /** Absent: every pod. */
      readonly pods?: Selector;
      /** Absent: the policy's own namespace. */
      readonly namespaces?: Selector;
    }
  | { readonly is: 'addresses'; readonly cidr: string; readonly except: readonly string[] };

/** Ports of a destination pod that a rule opens. */
export interface PortRange {
  /** TCP, UDP or SCTP; whatever was written where it is none of them. */
  readonly protocol: string;
  /** A number from 1 to 65535, or the name of a container port; absent: every port of the protocol. */
  readonly port?: number | string;
  /** Inclusive; only with a numeric port. */
  readonly endPort?: number;
}

/** What one rule allows. */
export interface Rule {
  /** Alternatives; empty: every peer. */
  readonly peers: readonly Peer[];
  /** Alternatives; empty: every port of every protocol. */
  readonly ports: readonly PortRange[];
}

/** What a NetworkPolicy says, defaults filled in. */
export interface Policy {
  readonly name: string | undefined;
  /** Undefined where the manifest leaves it to whoever applies it. */
  readonly namespace: string | undefined;
  readonly subject: Selector;
  /** Rules of each direction that the policy isolates; undefined where it leaves the direction alone. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
}
