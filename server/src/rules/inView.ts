import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import type { Observer } from '../connectivity/observer.ts';
import { membersOf, type PodSet } from '../connectivity/podSets.ts';
import { workloadName } from '../explain/names.ts';
import { holdsPeer } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Resource } from '../kinds/resource.ts';
import { hasVerbatimSpec } from '../kinds/templates.ts';
import type { Located } from '../model/cluster.ts';
import { type Direction, directions, type Peer, type Policy, type PortRange, type Rule } from '../model/policy.ts';
import { entryOf, isSeq, itemsOf, type Node, type Range, resolve, type SeqItem, type SeqNode, valueAt } from '../syntax/node.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { RelatedResource } from './rule.ts';

/** A peer of a policy, as written and as meant. */
export interface PeerInView {
  readonly peer: Peer;
  readonly node: Node;
  readonly item: SeqItem;
  readonly list: SeqNode;
  /** The known pods that it means; undefined for a peer that is no pods. */
  readonly pods: PodSet | undefined;
}

export interface PortInView {
  readonly port: PortRange;
  readonly node: Node;
  readonly item: SeqItem;
  readonly list: SeqNode;
  /** The value of `port`, or the item's dash where there is none. */
  readonly at: Range;
}

export interface RuleInView {
  readonly direction: Direction;
  readonly rule: Rule;
  readonly node: Node;
  readonly item: SeqItem;
  readonly list: SeqNode;
  readonly peers: readonly PeerInView[];
  readonly ports: readonly PortInView[];
}

/** A NetworkPolicy among the others of its cluster view. */
export interface PolicyInView {
  readonly resource: Resource;
  readonly located: Located<Policy>;
  readonly policy: Policy;
  /** As in the cluster: filled in where the manifest names none. */
  readonly namespace: string;
  /** No manifest declares the namespace: it is known because resources name it. */
  readonly assumed: boolean;
  /** Nobody knows where it lands: neither it nor the view names a namespace, and no workload of the view is without one. */
  readonly unplaced: boolean;
  readonly spec: Node | undefined;
  /** One of each kind of pods that the policy selects. */
  readonly selected: readonly Endpoint[];
  readonly rules: readonly RuleInView[];
  /** Asks about other policies go through it. */
  readonly observer: Observer;
  readonly connectivity: Connectivity;
}

/** One of each class in a set. */
export const podsIn = (set: PodSet | undefined, { classes }: Connectivity): readonly Endpoint[] =>
  set ? membersOf(set).flatMap((index) => classes[index]?.[0] ?? []) : [];

const dash = (item: SeqItem): Range => ({ start: item.start, end: item.start + 1 });

interface ItemNode {
  readonly node: Node;
  readonly item: SeqItem;
  readonly list: SeqNode;
}

function itemNodes(list: Node | undefined): readonly ItemNode[] {
  const seq = resolve(list);
  if (!isSeq(seq)) return [];
  const nodes: ItemNode[] = [];
  for (const item of seq.items) {
    const node = resolve(item.value);
    if (node) nodes.push({ node, item, list: seq });
  }
  return nodes;
}

/** Few rules ask for the pods, and of few peers. */
class WrittenPeer implements PeerInView {
  readonly peer: Peer;
  readonly node: Node;
  readonly item: SeqItem;
  readonly list: SeqNode;
  private readonly policy: Policy;
  private readonly connectivity: Connectivity;

  constructor({ node, item, list }: ItemNode, peer: Peer, policy: Policy, connectivity: Connectivity) {
    this.peer = peer;
    this.node = node;
    this.item = item;
    this.list = list;
    this.policy = policy;
    this.connectivity = connectivity;
  }

  get pods(): PodSet | undefined {
    return this.peer.is === 'pods' ? this.connectivity.podsOf(this.peer, this.policy) : undefined;
  }
}

function ruleInView({ node, item, list }: ItemNode, direction: Direction, rule: Rule, policy: Policy, connectivity: Connectivity): RuleInView {
  const peers: PeerInView[] = [];
  for (const written of itemNodes(entryOf(node, direction === 'ingress' ? 'from' : 'to')?.value)) {
    const peer = holdsPeer(written.node) ? rule.peers[peers.length] : undefined;
    if (peer) peers.push(new WrittenPeer(written, peer, policy, connectivity));
  }
  const ports: PortInView[] = [];
  for (const written of itemNodes(entryOf(node, 'ports')?.value)) {
    const port = rule.ports[ports.length];
    const at = entryOf(written.node, 'port')?.value ?? dash(written.item);
    if (port) ports.push({ port, node: written.node, item: written.item, list: written.list, at });
  }
  return { direction, rule, node, item, list, peers, ports };
}

function rulesOf(policy: Policy, spec: Node | undefined, connectivity: Connectivity): readonly RuleInView[] {
  const found: RuleInView[] = [];
  for (const direction of directions) {
    const rules = policy[direction] ?? [];
    const nodes = rules.length > 0 ? itemNodes(entryOf(spec, direction)?.value) : [];
    for (let i = 0; i < nodes.length; i++) {
      const [node, rule] = [nodes[i], rules[i]];
      if (node && rule) found.push(ruleInView(node, direction, rule, policy, connectivity));
    }
  }
  return found;
}

/**
 * A NetworkPolicy of the view with its surroundings; undefined for anything else, where a template or a variable is part of its spec, and while
 * the text is broken.
 */
export function policyInView(resource: Resource, view: WorkspaceView, observer: Observer): PolicyInView | undefined {
  const { policy: located, patched = resource } = view.readingOf(resource) ?? {};
  if (!located || !isNetworkPolicy(resource.table) || !hasVerbatimSpec(resource) || resource.document.parsed.problems.length > 0) return undefined;
  const { value: policy } = located;
  const { connectivity } = observer;
  const compiled = connectivity.compiledOf(located);
  const spec = valueAt(patched.root, 'spec');
  const namespace = policy.namespace ?? '';
  return {
    resource,
    located,
    policy,
    namespace,
    assumed: !connectivity.cluster.namespaces.get(namespace)?.declared,
    unplaced: resource.namespace === undefined && !view.setsNamespace && connectivity.endpointsIn(namespace).length === 0,
    spec,
    selected: podsIn(compiled?.subject, connectivity),
    rules: rulesOf(policy, spec, connectivity),
    observer,
    connectivity,
  };
}

/** Anchor for what concerns a policy's direction: its entry in policyTypes, the key that holds its rules, or the kind. */
export function directionAnchor({ resource, spec }: PolicyInView, direction: Direction): Range {
  const word = direction === 'ingress' ? 'Ingress' : 'Egress';
  const typed = itemsOf(valueAt(spec, 'policyTypes')).find((node) => node.kind === 'scalar' && node.text === word);
  return typed ?? entryOf(spec, direction)?.key ?? entryOf(resource.root, 'kind')?.value ?? resource.root;
}

/** Workloads as places that a finding leads to, three at most. */
export const relatedTo = (endpoints: readonly Endpoint[]): readonly RelatedResource[] =>
  endpoints.slice(0, 3).map(({ origin, workload }) => ({ origin, message: `${workloadName(workload)} of namespace ${workload.namespace}` }));

/** Where a resource is named: what stands for it as a whole. */
export const nameRange = (resource: Resource): Range =>
  valueAt(resource.root, 'metadata', 'name') ?? entryOf(resource.root, 'kind')?.value ?? resource.root;
