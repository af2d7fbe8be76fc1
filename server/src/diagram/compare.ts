import { differenceOf, intersectionOf, isEmpty, noPorts, type PortSet } from '../model/portSet.ts';
import { type Change, flowInShort, type Scene, type SceneEdge, type SceneNode } from './scene.ts';

const keyOf = ({ from, to, is, refusedAt, requests }: SceneEdge): string => JSON.stringify([from, to, is, refusedAt, requests]);

const byKey = ({ edges }: Scene): ReadonlyMap<string, SceneEdge> => new Map(edges.map((edge) => [keyOf(edge), edge]));

function part(edge: SceneEdge, set: PortSet, change?: Change): readonly SceneEdge[] {
  return isEmpty(set) ? [] : [{ ...edge, set, ports: flowInShort(set, edge.requests), ...(change ? { change } : {}) }];
}

const sameGates = (a: SceneNode, b: SceneNode): boolean => a.gates?.ingress === b.gates?.ingress && a.gates?.egress === b.gates?.egress;

/** Both versions in one scene: what came and what went is marked, flow by flow and port by port. */
export function compared(before: Scene, now: Scene): Scene {
  const [old, current] = [byKey(before), byKey(now)];
  const edges = [
    ...now.edges.flatMap((edge) => {
      const past = old.get(keyOf(edge))?.set ?? noPorts;
      return [...part(edge, intersectionOf(edge.set, past)), ...part(edge, differenceOf(edge.set, past), 'added')];
    }),
    ...before.edges.flatMap((edge) => part(edge, differenceOf(edge.set, current.get(keyOf(edge))?.set ?? noPorts), 'removed')),
  ];
  const past = new Map(before.nodes.map((node) => [node.id, node]));
  const present = new Set(now.nodes.map(({ id }) => id));
  const nodes = [
    ...now.nodes.map((node): SceneNode => {
      const other = past.get(node.id);
      if (!other) return { ...node, change: 'added' };
      return sameGates(node, other) ? node : { ...node, change: 'changed' };
    }),
    ...before.nodes.filter(({ id }) => !present.has(id)).map((node): SceneNode => ({ ...node, change: 'removed' })),
  ];
  const names = new Set(now.namespaces.map(({ name }) => name));
  return { namespaces: [...now.namespaces, ...before.namespaces.filter(({ name }) => !names.has(name))], nodes, edges };
}
