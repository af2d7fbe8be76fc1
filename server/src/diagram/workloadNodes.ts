import type { CompiledRule } from '../connectivity/compile.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { isMember } from '../connectivity/podSets.ts';
import { podsInShort } from '../explain/lens.ts';
import type { Direction } from '../model/policy.ts';
import { unknownValue } from '../model/workload.ts';
import type { Gate, SceneNode } from './scene.ts';

/** Cards of workloads, and how their directions are guarded. */

/** The id of the node that stands for an endpoint's class. */
export function nodeIdOf({ classes }: Connectivity, { index }: Pick<Endpoint, 'index'>): string {
  const workload = classes[index]?.[0]?.workload;
  return `w:${workload?.namespace}/${workload?.kind}/${workload?.name}`;
}

/** The rules of an endpoint's policies that hold for it, in the order in which they are asked. */
export const rulesFor = (connectivity: Connectivity, endpoint: Endpoint, direction: Direction): readonly CompiledRule[] =>
  connectivity
    .policiesOf(endpoint, direction)
    .flatMap(([, policies]) => policies.flatMap(({ rules }) => rules[direction].filter(({ own }) => !own || isMember(own, endpoint.index))));

/** Whether somebody may pass by a rule: what Calico passes on is open where no later tier denies it. */
export const opens = ({ rule, policy }: CompiledRule): boolean => rule.action === 'allow' || (rule.action === 'pass' && policy.tier.calico === true);

export function gateOf(connectivity: Connectivity, endpoint: Endpoint, direction: Direction): Gate {
  const rules = rulesFor(connectivity, endpoint, direction);
  const openness = connectivity.openness(endpoint, direction);
  if (openness !== 'isolated') return openness === 'open' ? 'open' : 'restricted';
  const isAllAllowed = rules.some(({ rule, anyPeer }) => rule.action === 'allow' && anyPeer && rule.ports.length === 0);
  // What one tier of Calico allows, one before it may have denied.
  const isLayered = connectivity.policiesOf(endpoint, direction).filter(([tier]) => tier.calico).length > 1;
  if (isAllAllowed && !isLayered && !rules.some(({ rule }) => rule.action === 'deny')) return 'open';
  return rules.some(opens) ? 'restricted' : 'denied';
}

export function workloadNode(connectivity: Connectivity, members: readonly Endpoint[]): SceneNode | undefined {
  const [first] = members;
  if (!first) return undefined;
  const { workload } = first;
  const labels = Object.entries(workload.podLabels).filter(([, value]) => value !== unknownValue);
  const app = labels.find(([key]) => key === 'app' || key === 'app.kubernetes.io/name' || key === 'k8s-app') ?? labels[0];
  return {
    id: nodeIdOf(connectivity, first),
    end: `${workload.namespace}/${workload.owner?.name ?? workload.name}`,
    is: 'workload',
    namespace: workload.namespace,
    kind: workload.kind,
    name: workload.name,
    detail: app ? `${app[0]}=${app[1]}` : 'no labels',
    pods: podsInShort(members.map((member) => member.workload)),
    folded: members.length - 1,
    gates: { ingress: gateOf(connectivity, first, 'ingress'), egress: gateOf(connectivity, first, 'egress') },
    origin: first.origin,
    ports: first.ports,
  };
}
