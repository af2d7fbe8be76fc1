import type { Connectivity, Endpoint } from '../connectivity/connectivity.ts';
import type { Direction, Policy } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { counted } from './phrases.ts';

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

/** "in from 2 workloads", "out to everyone", "in: nothing". */
function direction(policy: Policy, which: Direction, known: readonly Endpoint[]): string | undefined {
  const rules = policy[which];
  if (!rules || !policy.isolates[which]) return undefined;
  const word = which === 'ingress' ? 'in from' : 'out to';
  if (rules.length === 0) return which === 'ingress' ? 'nothing in' : 'nothing out';
  if (rules.some(({ peers }) => peers.length === 0)) return `${word} everyone`;
  const outside = rules.some(({ peers }) => peers.some(({ is }) => is === 'addresses'));
  const inside = rules.some(({ peers }) => peers.some(({ is }) => is === 'pods'));
  const workloads = known.length === 0 ? 'no known workload' : counted(known.length, 'workload');
  const parts = [...(inside ? [workloads] : []), ...(outside ? ['addresses'] : [])];
  return `${word} ${parts.join(' and ')}`;
}

/** "2 pods · in from 1 workload · out to 1 workload" */
export function policyLens(policy: Policy, selected: readonly Endpoint[], peers: Readonly<Record<Direction, readonly Endpoint[]>>): string {
  const parts = [
    podsInShort(selected.map(({ workload }) => workload)),
    direction(policy, 'ingress', peers.ingress),
    direction(policy, 'egress', peers.egress),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** "2 policies · ingress isolated · egress open" */
export function workloadLens(count: number, endpoint: Endpoint, connectivity: Connectivity): string {
  const state = (which: Direction) => `${which} ${connectivity.isIsolated(endpoint, which) ? 'isolated' : 'open'}`;
  return `${counted(count, 'policy', 'policies')} · ${state('ingress')} · ${state('egress')}`;
}
