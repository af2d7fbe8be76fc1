import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { type Action, type Direction, directions, type Peer, type Policy } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { allOf, counted } from './phrases.ts';

/** What stands above policies and workloads, and beside fields: a few words each. Plain text. */

/** "3 pods", "2 workloads" where their numbers are not known. */
export function podsInShort(workloads: readonly Workload[]): string {
  const replicas = workloads.map((workload) => workload.replicas);
  return replicas.includes(undefined)
    ? counted(workloads.length, 'workload')
    : counted(
        replicas.reduce<number>((sum, one) => sum + (one ?? 0), 0),
        'pod',
      );
}

/** The same of a policy or a selector, among whose pods there may be more than the workspace knows. */
export const podsKnown = (endpoints: readonly Endpoint[], mayBeMore: boolean): string =>
  endpoints.length === 0 && mayBeMore ? 'no known pods' : podsInShort(endpoints.map(({ workload }) => workload));

type KindOfPeer = 'pods' | 'addresses' | 'names' | 'others' | 'nobody';

const kindsOfPeers: Readonly<Record<Exclude<Peer['is'], 'entity'>, KindOfPeer>> = {
  pods: 'pods',
  service: 'pods',
  services: 'pods',
  addresses: 'addresses',
  addressSets: 'addresses',
  domains: 'names',
  nodes: 'others',
};

/** Of entities that no manifest holds all are others. */
const entityKinds: Readonly<Record<string, KindOfPeer>> = { world: 'addresses', cluster: 'pods', none: 'nobody' };

/** "in from 2 workloads", "out to everyone", "in: nothing". */
function direction(policy: Policy, which: Direction, known: readonly Endpoint[], hasAddresses: boolean): string | undefined {
  const rules = policy[which];
  if (!rules || !policy.isolates[which]) return undefined;
  const word = which === 'ingress' ? 'in from' : 'out to';
  const peers = rules.flatMap((rule) => (rule.action === 'allow' ? [rule.peers] : []));
  const passesOn = rules.some(({ action }) => action === 'pass');
  if (peers.length === 0 && !passesOn) return which === 'ingress' ? 'nothing in' : 'nothing out';
  if (peers.some((list) => list.length === 0 || list.some((peer) => peer.is === 'entity' && peer.entity === 'all'))) return `${word} everyone`;
  // Every selector of Calico means sets of addresses, too.
  const meant = peers.flatMap((list) =>
    hasAddresses || !list.some(({ is }) => is === 'pods') ? list : list.filter(({ is }) => is !== 'addressSets'),
  );
  return `${word} ${allOf([...kindsMeant(meant, known), ...(passesOn ? ['whom later tiers allow'] : [])]) || 'nobody'}`;
}

/** "2 workloads", "addresses": of what kinds peers are, with the number of those that are known. */
function kindsMeant(peers: readonly Peer[], known: readonly Endpoint[]): readonly string[] {
  const kinds = new Set(peers.map((peer) => (peer.is === 'entity' ? entityKinds[peer.entity] : kindsOfPeers[peer.is])));
  return [
    ...(kinds.has('pods') ? [known.length === 0 ? 'no known workload' : counted(known.length, 'workload')] : []),
    ...(kinds.has('addresses') ? ['addresses'] : []),
    ...(kinds.has('names') ? ['names in DNS'] : []),
    ...(kinds.has('others') || kinds.has(undefined) ? ['the node or others'] : []),
  ];
}

/**
 * "2 pods · in from 1 workload · out to 1 workload". `pods` says whom it selects. `hasAddresses`: whether rules of the direction mean any that
 * are known.
 */
export function policyLens(
  policy: Policy,
  pods: string,
  peers: Readonly<Record<Direction, readonly Endpoint[]>>,
  hasAddresses: Readonly<Record<Direction, boolean>> = { ingress: true, egress: true },
): string {
  const parts = [
    pods,
    direction(policy, 'ingress', peers.ingress, hasAddresses.ingress),
    direction(policy, 'egress', peers.egress, hasAddresses.egress),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

const verbs: readonly (readonly [Action, string])[] = [
  ['deny', 'denies'],
  ['allow', 'allows'],
  ['pass', 'passes on'],
];

/**
 * "2 pods · denies in from 1 workload · allows out to addresses", of an administrator's policy. `pods` says whom it selects, `known` gives the
 * workloads that its rules mean.
 */
export function adminPolicyLens(policy: Policy, pods: string, known: (direction: Direction, action: Action) => readonly Endpoint[]): string {
  const parts = directions.flatMap((which) =>
    verbs.flatMap(([action, verb]) => {
      const rules = (policy[which] ?? []).filter((rule) => rule.action === action);
      const whom = allOf(
        kindsMeant(
          rules.flatMap(({ peers }) => peers),
          known(which, action),
        ),
      );
      return rules.length > 0 ? [`${verb} ${which === 'ingress' ? 'in from' : 'out to'} ${whom}`] : [];
    }),
  );
  return [pods, ...parts].join(' · ');
}

const states = { open: 'open', limited: 'denied in part', isolated: 'isolated' } as const;

/** "2 policies · ingress isolated · egress open" */
export function workloadLens(count: number, endpoint: Endpoint, connectivity: Connectivity): string {
  const state = (which: Direction) => `${which} ${states[connectivity.openness(endpoint, which)]}`;
  return `${counted(count, 'policy', 'policies')} · ${state('ingress')} · ${state('egress')}`;
}

/** What a lens says of a resource that kustomizations patch: it is not what stands in its file. */
export const patchedLens = (title: string): string => `${title} · as patched`;
