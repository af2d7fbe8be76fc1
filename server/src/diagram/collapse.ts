import { counted } from '../explain/phrases.ts';
import type { Direction } from '../model/policy.ts';
import { unionOf } from '../model/portSet.ts';
import { flowInShort, type Gate, type Scene, type SceneEdge, type SceneNode } from './scene.ts';

/** More workloads than these nobody takes in at a glance: their namespaces are drawn in their place. */
const mostCards = 100;

export const namespaceId = (name: string): string => `ns:${name}`;

/** Open where one of the pods stands open; denied where all are. */
function gateOf(nodes: readonly SceneNode[], direction: Direction): Gate {
  const gates = nodes.flatMap((node) => node.gates?.[direction] ?? []);
  if (gates.includes('open')) return 'open';
  return gates.every((gate) => gate === 'denied') ? 'denied' : 'restricted';
}

function namespaceNode(name: string, nodes: readonly SceneNode[]): SceneNode {
  const workloads = nodes.filter(({ is }) => is === 'workload');
  const change = nodes.some((node) => node.change) ? { change: 'changed' as const } : {};
  return {
    id: namespaceId(name),
    is: 'namespace',
    namespace: undefined,
    kind: 'namespace',
    name,
    detail:
      workloads.length > 0
        ? counted(
            workloads.reduce((sum, { folded }) => sum + 1 + folded, 0),
            'workload',
          )
        : 'not in the workspace',
    pods: '',
    folded: 0,
    ...(workloads.length > 0 ? { gates: { ingress: gateOf(workloads, 'ingress'), egress: gateOf(workloads, 'egress') } } : {}),
    ...change,
  };
}

/**
 * The scene with a node for each namespace that is not `expanded`, where it has more than `most` workloads: flows between
 * namespaces are merged, those within one are left out. A single namespace is never collapsed.
 */
export function collapsed(scene: Scene, expanded: ReadonlySet<string>, most = mostCards): Scene {
  const workloads = scene.nodes.filter(({ is }) => is === 'workload');
  const named = new Set(workloads.map(({ namespace }) => namespace));
  if (workloads.length <= most || named.size < 2) return scene;
  const within = new Map<string, SceneNode[]>();
  const standIn = new Map<string, string>();
  for (const node of scene.nodes) {
    if (node.namespace === undefined || expanded.has(node.namespace)) continue;
    within.set(node.namespace, [...(within.get(node.namespace) ?? []), node]);
    standIn.set(node.id, namespaceId(node.namespace));
  }
  const edges = new Map<string, SceneEdge>();
  for (const edge of scene.edges) {
    const ends = { from: standIn.get(edge.from) ?? edge.from, to: standIn.get(edge.to) ?? edge.to };
    if (ends.from === ends.to) continue;
    const key = JSON.stringify([ends, edge.is, edge.refusedAt, edge.change]);
    const before = edges.get(key);
    const set = before ? unionOf(before.set, edge.set) : edge.set;
    const rules = before ? [...before.rules, ...edge.rules.filter(({ name }) => !before.rules.some((rule) => rule.name === name))] : edge.rules;
    edges.set(key, { ...edge, ...ends, set, ports: flowInShort(set, edge.requests), rules });
  }
  return {
    namespaces: scene.namespaces.filter(({ name }) => !within.has(name)),
    nodes: [...[...within].map(([name, nodes]) => namespaceNode(name, nodes)), ...scene.nodes.filter((node) => !standIn.has(node.id))],
    edges: [...edges.values()],
  };
}
