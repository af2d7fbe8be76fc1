import type { Direction } from '../model/policy.ts';
import { everyPortOf, intersectionOf, isEmpty, type Protocol } from '../model/portSet.ts';
import { flowInShort, type Scene, type SceneEdge, type SceneNode } from './scene.ts';

/** What of a scene is wanted. Everything, where nothing is said. */
export interface SceneFilter {
  /** Names of the namespaces; what they exchange with others stays, with its other end. */
  readonly namespaces?: readonly string[];
  readonly protocol?: Protocol;
  /** Only flows that a rule of this direction allows. */
  readonly direction?: Direction;
  /** Without DNS: no flow to port 53 or to the cluster's DNS. */
  readonly withoutDns?: boolean;
  /** Only what a file's rules allow, and whom its resources make. */
  readonly file?: string;
  /** A node: it, and whatever it exchanges flows with. */
  readonly around?: string;
}

const isDns = ({ to, set }: SceneEdge, nodes: ReadonlyMap<string, SceneNode>): boolean => {
  const only53 = [...set.TCP, ...set.UDP].every((bound) => bound === 53) && set.SCTP.length === 0;
  return only53 || nodes.get(to)?.kind === 'DNS';
};

/** The edge with the ports of one protocol; undefined where none is left. */
function ofProtocol(edge: SceneEdge, protocol: Protocol | undefined): SceneEdge | undefined {
  if (!protocol) return edge;
  const set = intersectionOf(edge.set, everyPortOf(protocol));
  return isEmpty(set) ? undefined : { ...edge, set, ports: flowInShort(set, edge.requests) };
}

/** The part of a scene that a filter leaves. Workloads stay where nothing but flows is left out: their gates say the rest. */
export function filtered(scene: Scene, filter: SceneFilter): Scene {
  const { namespaces, protocol, direction, withoutDns, file, around } = filter;
  const byId = new Map(scene.nodes.map((node) => [node.id, node]));
  const inside = (id: string) => namespaces === undefined || namespaces.includes(byId.get(id)?.namespace ?? '');
  const edges = scene.edges.flatMap((edge) => {
    if (!inside(edge.from) && !inside(edge.to)) return [];
    if (direction && !edge.rules.some((rule) => rule.direction === direction)) return [];
    if (withoutDns && isDns(edge, byId)) return [];
    if (file !== undefined && !edge.rules.some(({ origin }) => origin.file === file)) return [];
    if (around !== undefined && edge.from !== around && edge.to !== around) return [];
    return ofProtocol(edge, protocol) ?? [];
  });
  const touched = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const nodes = scene.nodes.filter((node) => {
    if (touched.has(node.id) || node.id === around) return true;
    if (node.is !== 'workload' || around !== undefined || !inside(node.id)) return false;
    return file === undefined || node.origin?.file === file;
  });
  const named = new Set(nodes.flatMap(({ namespace }) => namespace ?? []));
  return { namespaces: scene.namespaces.filter(({ name }) => named.has(name)), nodes, edges };
}
