import { type CompiledRule, portsAt } from '../connectivity/compile.ts';
import { requestsOf } from '../connectivity/conditions.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { membersOf } from '../connectivity/podSets.ts';
import { portsInShort } from '../explain/inCluster.ts';
import { podsInShort } from '../explain/lens.ts';
import { capitalised, shortened } from '../explain/phrases.ts';
import { ruleName } from '../explain/reasons.ts';
import { allIPv4, allIPv6, blockAddresses } from '../model/addressSet.ts';
import type { Origin } from '../model/cluster.ts';
import { intersection } from '../model/intervals.ts';
import { type Direction, directions, type Peer } from '../model/policy.ts';
import { intersectionOf, isEmpty, noPorts, type PortSet, portRange, unionOf } from '../model/portSet.ts';
import { selectsAll } from '../model/selector.ts';
import { type ContainerPort, unknownValue } from '../model/workload.ts';
import { allowsDns } from '../rules/dns.ts';
import { everyone, exactly, outsideNodes, potentialNode } from './peerNodes.ts';

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
  /** The rules that allow it, at either end; none for a flow that nothing allows. */
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

/** The id of the node that stands for an endpoint's class. */
export function nodeIdOf({ classes }: Connectivity, { index }: Pick<Endpoint, 'index'>): string {
  const workload = classes[index]?.[0]?.workload;
  return `w:${workload?.namespace}/${workload?.kind}/${workload?.name}`;
}

function gateOf(connectivity: Connectivity, endpoint: Endpoint, direction: Direction): Gate {
  const policies = connectivity.policiesOf(endpoint, direction).flatMap(([, list]) => list);
  const rules = policies.flatMap((policy) => policy.rules[direction]);
  const openness = connectivity.openness(endpoint, direction);
  if (openness !== 'isolated') return openness === 'open' ? 'open' : 'restricted';
  const isAllAllowed = rules.some(({ rule, anyPeer }) => rule.action === 'allow' && anyPeer && rule.ports.length === 0);
  if (isAllAllowed && !rules.some(({ rule }) => rule.action === 'deny')) return 'open';
  return rules.some(({ rule }) => rule.action === 'allow') ? 'restricted' : 'denied';
}

function workloadNode(connectivity: Connectivity, members: readonly Endpoint[]): SceneNode | undefined {
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

/** What collects as rules are looked at. */
class Drawing {
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

/** Whether a peer means all pods of certain other namespaces: more than the workspace can know. */
const isWholeNamespace = ({ pods, namespaces }: Extract<Peer, { is: 'pods' }>): boolean =>
  (pods?.requirements.length ?? 0) === 0 && (namespaces?.requirements.length ?? 0) > 0;

/** What a pod's rules of one direction add to the picture. */
function addRules(drawing: Drawing, connectivity: Connectivity, endpoint: Endpoint, direction: Direction): void {
  const own = nodeIdOf(connectivity, endpoint);
  const edge = (other: string, is: SceneEdge['is'], refusedAt?: 'from' | 'to') => ({
    ...(direction === 'ingress' ? { from: other, to: own } : { from: own, to: other }),
    is,
    ...(refusedAt ? { refusedAt } : {}),
  });
  for (const [, policies] of connectivity.policiesOf(endpoint, direction)) {
    for (const { policy, rules } of policies) {
      for (const compiled of rules[direction]) {
        const { rule } = compiled;
        if (rule.action !== 'allow') continue;
        const ports = portsAt(compiled, direction === 'ingress' ? endpoint.ports : []);
        if (rule.peers.length === 0) {
          // A gate that stands open to all says it by itself.
          if (rule.ports.length === 0) continue;
          const node = everyone(direction);
          drawing.nodes.set(node.id, node);
          drawing.flow(edge(node.id, 'allowed'), ports, [compiled, direction]);
        }
        for (const peer of rule.peers) {
          const outside = outsideNodes(peer, direction, policy);
          const open = outside.length > 0 ? lessDenials(ports, peer, connectivity, endpoint, direction) : ports;
          for (const node of outside) {
            drawing.nodes.set(node.id, node);
            if (isEmpty(open)) drawing.flow(edge(node.id, 'refused', direction === 'ingress' ? 'to' : 'from'), ports, [compiled, direction]);
            else drawing.flow(edge(node.id, 'allowed'), open, [compiled, direction]);
          }
          if (peer.is === 'pods' && (membersOf(connectivity.podsOf(peer, policy)).length === 0 || isWholeNamespace(peer))) {
            const node = potentialNode(peer, policy.namespace ?? '', connectivity);
            drawing.nodes.set(node.id, node);
            drawing.flow(edge(node.id, 'potential'), ports, [compiled, direction]);
          }
        }
        for (const set of compiled.pods) {
          for (const index of membersOf(set)) {
            const other = connectivity.classes[index]?.[0];
            if (other && other.index !== endpoint.index) addPair(drawing, connectivity, endpoint, other, direction, compiled);
          }
        }
      }
    }
  }
}

/** What other rules of an endpoint leave of the ports on which one lets addresses outside through. */
function lessDenials(ports: PortSet, peer: Peer, connectivity: Connectivity, endpoint: Endpoint, direction: Direction): PortSet {
  const policies = connectivity.policiesOf(endpoint, direction).flatMap(([, list]) => list);
  if (peer.is !== 'addresses' || policies.every(({ rules }) => rules[direction].every(({ rule }) => rule.action === 'allow'))) return ports;
  const block = blockAddresses(peer.cidr, peer.except);
  const ranges = (peer.cidr.includes(':') ? [allIPv6] : [allIPv4]).flatMap((family) => connectivity.addresses(endpoint, direction, family));
  return ranges
    .filter(({ first, last }) => intersection(block, [first, last]).length > 0)
    .reduce((all, range) => unionOf(all, intersectionOf(ports, range.ports)), noPorts);
}

/** A flow between two known workloads that one of them allows by a rule: allowed, or refused by the other. */
function addPair(
  drawing: Drawing,
  connectivity: Connectivity,
  endpoint: Endpoint,
  other: Endpoint,
  direction: Direction,
  compiled: CompiledRule,
): void {
  const [from, to] = direction === 'ingress' ? [other, endpoint] : [endpoint, other];
  const said = portsAt(compiled, to.ports);
  const [theirs, refusedAt, own] = direction === 'ingress' ? (['egress', 'from', 'to'] as const) : (['ingress', 'to', 'from'] as const);
  const ends = { from: nodeIdOf(connectivity, from), to: nodeIdOf(connectivity, to) };
  // Where denials are, what one rule allows another may take away.
  const meant = intersectionOf(said, connectivity.side(endpoint, direction, other));
  if (isEmpty(meant)) {
    drawing.flow({ ...ends, is: 'refused', refusedAt: own }, said, [compiled, direction]);
    return;
  }
  const passes = intersectionOf(meant, connectivity.side(other, theirs, endpoint));
  if (!isEmpty(passes)) drawing.flow({ ...ends, is: 'allowed' }, passes, [compiled, direction]);
  else drawing.flow({ ...ends, is: 'refused', refusedAt }, meant, [compiled, direction]);
}

/** The cluster's DNS, where a pod whose egress rules let something else out cannot ask it: everybody needs names. */
function addBlockedDns(drawing: Drawing, connectivity: Connectivity, endpoint: Endpoint): void {
  if (endpoint.hostNetwork || gateOf(connectivity, endpoint, 'egress') !== 'restricted') return;
  const policies = connectivity.policiesOf(endpoint, 'egress').flatMap(([, list]) => list.map(({ policy }) => policy));
  if (policies.some((policy) => policy.egress?.some((rule) => allowsDns(rule, policy, connectivity.cluster)))) return;
  const node = potentialNode(clusterDns, '', connectivity);
  drawing.nodes.set(node.id, node);
  drawing.flow(
    { from: nodeIdOf(connectivity, endpoint), to: node.id, is: 'refused', refusedAt: 'from' },
    unionOf(portRange('UDP', 53, 53), portRange('TCP', 53, 53)),
  );
}

const clusterDns = { is: 'pods' as const, pods: exactly('k8s-app', 'kube-dns'), namespaces: exactly('kubernetes.io/metadata.name', 'kube-system') };

/** The scene of a cluster: its workloads, what rules allow among them, and whom rules mean beyond. */
export function sceneOf(connectivity: Connectivity): Scene {
  const drawing = new Drawing();
  for (const members of connectivity.classes) {
    const node = workloadNode(connectivity, members);
    if (node) drawing.nodes.set(node.id, node);
  }
  for (const [endpoint] of connectivity.classes) {
    if (!endpoint) continue;
    for (const direction of directions) addRules(drawing, connectivity, endpoint, direction);
    addBlockedDns(drawing, connectivity, endpoint);
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
