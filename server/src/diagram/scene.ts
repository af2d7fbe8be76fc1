import type { CompiledRule } from '../connectivity/compile.ts';
import { requestsOf } from '../connectivity/conditions.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import { portsInShort } from '../explain/inCluster.ts';
import { capitalised, shortened } from '../explain/phrases.ts';
import { ruleName } from '../explain/reasons.ts';
import type { Origin } from '../model/cluster.ts';
import { type Direction, directions, type Peer } from '../model/policy.ts';
import { isEmpty, type PortSet, unionOf } from '../model/portSet.ts';
import { selectsAll } from '../model/selector.ts';
import type { ContainerPort } from '../model/workload.ts';

import { RuleEdges } from './ruleEdges.ts';
import { workloadNode } from './workloadNodes.ts';

/** What a traffic diagram shows, without positions. */
export interface Scene {
  readonly namespaces: readonly SceneNamespace[];
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
}

export interface SceneNamespace {
  readonly name: string;
  /** No manifest declares it. */
  readonly assumed: boolean;
  /** Directions in which a pod that no other policy selects is open. */
  readonly open: readonly Direction[];
}

/** How a direction of a workload is guarded. */
export type Gate = 'open' | 'restricted' | 'denied';

export interface SceneNode {
  /** The same for the same thing in the next version of the scene. */
  readonly id: string;
  /** A workload that a manifest makes; addresses outside the cluster; pods that a rule means and no manifest holds; all of a namespace. */
  readonly is: 'workload' | 'outside' | 'potential' | 'namespace';
  /** Undefined: in no frame. */
  readonly namespace: string | undefined;
  /** "Deployment", "addresses". */
  readonly kind: string;
  readonly name: string;
  /** The labels that selectors use, or what the addresses are. */
  readonly detail: string;
  /** "2 pods"; empty where nobody knows. */
  readonly pods: string;
  /** Other workloads that are drawn as this one: nothing tells them apart. */
  readonly folded: number;
  /** Of workloads. */
  readonly gates?: Readonly<Record<Direction, Gate>>;
  readonly origin?: Origin;
  /** Ports that the containers of a workload declare. */
  readonly ports?: readonly ContainerPort[];
  /** How a rule would name it; of addresses, and of pods that no manifest holds. */
  readonly peer?: Peer;
  /** What a question about reaching calls it: "shop/web", "10.0.0.0"; undefined where nobody can be asked. */
  readonly end?: string;
  /** Beside another version: it is new, gone, or its gates were others. */
  readonly change?: Change | 'changed';
}

/** What came or went between two versions. */
export type Change = 'added' | 'removed';

export interface SceneEdge {
  readonly from: string;
  readonly to: string;
  /** "TCP 8080", "every port". */
  readonly ports: string;
  readonly set: PortSet;
  /** What of it passes, where that is not all that the ports carry: "HTTP GET /public". */
  readonly requests?: readonly string[];
  /** Both ends let it through; one end allows for pods that nobody knows; one end allows it and the other refuses. */
  readonly is: 'allowed' | 'potential' | 'refused';
  /** The end that refuses. */
  readonly refusedAt?: 'from' | 'to';
  /** The rules that allow it, at either end, or that deny it; none for a flow of which no rule speaks. */
  readonly rules: readonly SceneRule[];
  /** Beside another version. */
  readonly change?: Change;
}

export interface SceneRule {
  /** "Ingress rule 1 of NetworkPolicy shop/web". */
  readonly name: string;
  readonly direction: Direction;
  readonly origin: Origin;
}

type Ends = Omit<SceneEdge, 'ports' | 'set' | 'rules' | 'change'>;

/** What collects as rules are looked at. */
export class Drawing {
  readonly nodes = new Map<string, SceneNode>();
  private readonly flows = new Map<string, { readonly ends: Ends; ports: PortSet; readonly rules: Map<CompiledRule, Direction> }>();

  flow(ends: Ends, ports: PortSet, rule?: readonly [CompiledRule, Direction]): void {
    if (isEmpty(ports)) return;
    const key = JSON.stringify(ends);
    const flow = this.flows.get(key) ?? { ends, ports, rules: new Map() };
    flow.ports = unionOf(flow.ports, ports);
    if (rule) flow.rules.set(...rule);
    this.flows.set(key, flow);
  }

  get edges(): readonly SceneEdge[] {
    return [...this.flows.values()].map(({ ends, ports, rules }) => {
      const requests = directions.flatMap((direction) => {
        const own = [...rules].flatMap(([rule, of]) => (of === direction ? [rule] : []));
        return own.length > 0 ? requestsOf(own) : [];
      });
      return edgeOf({ ...ends, ...(requests.length > 0 ? { requests: [...new Set(requests)] } : {}) }, ports, rules);
    });
  }
}

function edgeOf(ends: Omit<SceneEdge, 'ports' | 'set' | 'rules' | 'change'>, ports: PortSet, rules: ReadonlyMap<CompiledRule, Direction>): SceneEdge {
  return {
    ...ends,
    ports: flowInShort(ports, ends.requests),
    set: ports,
    rules: [...rules].map(([compiled, direction]) => ({
      name: capitalised(ruleName(compiled, direction)),
      direction,
      origin: { ...compiled.policy.located.origin, at: compiled.rule.source },
    })),
  };
}

/** "TCP 80", "TCP 80: HTTP GET /public". */
export const flowInShort = (ports: PortSet, requests: readonly string[] | undefined): string =>
  `${portsInShort(ports)}${requests ? `: ${shortened(requests, (parts) => parts.join(', '))}` : ''}`;

/** The scene of a cluster: its workloads, what rules allow among them, and whom rules mean beyond. */
export function sceneOf(connectivity: Connectivity): Scene {
  const drawing = new Drawing();
  for (const members of connectivity.classes) {
    const node = workloadNode(connectivity, members);
    if (node) drawing.nodes.set(node.id, node);
  }
  for (const [endpoint] of connectivity.classes) {
    if (!endpoint) continue;
    for (const direction of directions) new RuleEdges(drawing, connectivity, endpoint, direction).add();
  }
  const nodes = [...drawing.nodes.values()];
  const names = [...new Set(nodes.flatMap(({ namespace }) => namespace ?? []))];
  const namespaces = names.map((name): SceneNamespace => {
    const denied = (direction: Direction) =>
      connectivity.policiesIn(name).some(({ policy }) => policy.isolates[direction] && selectsAll(policy.subject.pods));
    const known = connectivity.endpointsIn(name).length > 0;
    return {
      name,
      assumed: !connectivity.cluster.namespaces.get(name)?.declared,
      open: known ? directions.filter((direction) => !denied(direction)) : [],
    };
  });
  return { namespaces, nodes, edges: drawing.edges };
}
