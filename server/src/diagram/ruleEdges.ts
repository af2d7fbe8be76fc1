import { type CompiledRule, portsAt } from '../connectivity/compile.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { isMember, membersOf } from '../connectivity/podSets.ts';
import { memoizedByObject } from '../model/memoized.ts';
import type { Direction, Peer } from '../model/policy.ts';
import { allPorts, differenceOf, intersectionOf, isEmpty, type PortSet, portRange, unionOf } from '../model/portSet.ts';
import { everything, nameLabel, selectorOf } from '../model/selector.ts';
import { allowsDns, servesDns } from '../rules/dns.ts';
import { Limits } from './limits.ts';
import { everyone, outsideNodes, potentialNode } from './peerNodes.ts';
import type { Drawing, SceneNode } from './scene.ts';
import { gateOf, nodeIdOf, opens, rulesFor } from './workloadNodes.ts';

/** Whether a peer means all pods of certain other namespaces: more than the workspace can know. */
const isWholeNamespace = ({ pods, namespaces }: Extract<Peer, { is: 'pods' }>): boolean =>
  (pods?.requirements.length ?? 0) === 0 && (namespaces?.requirements.length ?? 0) > 0;

/** The peers of a rule that have a card: every selector of Calico means network sets too, and where none fits there is none. */
const shownPeers = ({ rule, addresses }: CompiledRule): readonly Peer[] =>
  addresses.length > 0 || !rule.peers.some(({ is }) => is === 'pods') ? rule.peers : rule.peers.filter(({ is }) => is !== 'addressSets');

const anyPod = { is: 'pods' as const, namespaces: everything };

/** The members of a set. Every pod of a cluster may ask for those of one set. */
const listOf = memoizedByObject(membersOf);

/** Most workloads to each of which a denial draws a line of its own. */
const mostDenied = 8;

const clusterDns = {
  is: 'pods' as const,
  pods: selectorOf({ 'k8s-app': 'kube-dns' }),
  namespaces: selectorOf({ [nameLabel]: 'kube-system' }),
};

/** The lines that the rules of a pod's direction add to a picture. */
export class RuleEdges {
  private readonly drawing: Drawing;
  private readonly connectivity: Connectivity;
  private readonly endpoint: Endpoint;
  private readonly direction: Direction;
  private readonly limits: Limits;
  private readonly rules: readonly CompiledRule[];

  constructor(drawing: Drawing, connectivity: Connectivity, endpoint: Endpoint, direction: Direction) {
    this.drawing = drawing;
    this.connectivity = connectivity;
    this.endpoint = endpoint;
    this.direction = direction;
    this.limits = new Limits(connectivity, endpoint, direction);
    this.rules = rulesFor(connectivity, endpoint, direction);
  }

  /** Draws all of them. */
  add(): void {
    for (const compiled of this.rules) if (opens(compiled)) this.addAllowed(compiled);
    if (this.connectivity.openness(this.endpoint, this.direction) === 'limited') this.addDenials();
    if (this.direction === 'egress') this.addBlockedDns();
  }

  /** Draws a line to or from a card; without ports there is none. */
  private line(
    node: SceneNode | Endpoint,
    is: 'allowed' | 'potential' | 'refused here' | 'refused there',
    ports: PortSet,
    rule?: CompiledRule,
  ): void {
    if (isEmpty(ports)) return;
    const own = nodeIdOf(this.connectivity, this.endpoint);
    const other = 'index' in node ? nodeIdOf(this.connectivity, node) : node.id;
    if (!('index' in node)) this.drawing.nodes.set(node.id, node);
    const isTarget = this.direction === 'ingress';
    const ends = isTarget ? { from: other, to: own } : { from: own, to: other };
    const ruled = rule && ([rule, this.direction] as const);
    if (is === 'allowed' || is === 'potential') this.drawing.flow({ ...ends, is }, ports, ruled);
    else this.drawing.flow({ ...ends, is: 'refused', refusedAt: (is === 'refused here') === isTarget ? 'to' : 'from' }, ports, ruled);
  }

  /** The ports of a rule that have numbers, or names of the pod's own. */
  private portsOf(compiled: CompiledRule): PortSet {
    return portsAt(compiled, this.direction === 'ingress' ? this.endpoint.ports : []);
  }

  private addAllowed(compiled: CompiledRule): void {
    const { rule } = compiled;
    const { policy } = compiled.policy;
    const ports = this.portsOf(compiled);
    const draw = (node: SceneNode, passes: PortSet) => {
      if (!isEmpty(passes)) this.line(node, 'allowed', passes, compiled);
      // What is only passed on is not refused by the rule.
      else if (rule.action === 'allow') this.line(node, 'refused here', ports, compiled);
    };
    // A gate that stands open to all says it by itself.
    const isSaid = rule.ports.length === 0 && gateOf(this.connectivity, this.endpoint, this.direction) === 'open';
    if (rule.peers.length === 0 && !isSaid) draw(everyone(this.direction), this.limits.ofEveryone(ports));
    for (const peer of shownPeers(compiled)) {
      for (const node of outsideNodes(peer, this.direction, policy)) {
        const passes = this.limits.ofNode(node, compiled, ports);
        if (passes) draw(node, passes);
      }
      if (peer.is === 'pods' && (membersOf(this.connectivity.podsOf(peer, policy)).length === 0 || isWholeNamespace(peer)))
        this.line(potentialNode(peer, policy.namespace ?? '', this.connectivity), 'potential', ports, compiled);
    }
    for (const other of this.othersOf(compiled)) this.addPair(other, compiled);
  }

  /**
   * The known workloads to which lines are drawn for a rule: of a rule for everyone those where its ports have names, for the card of everyone
   * has none.
   */
  private othersOf({ anyPeer, pods, names }: CompiledRule): readonly Endpoint[] {
    const { classes } = this.connectivity;
    const found = !anyPeer
      ? pods.flatMap((set) => membersOf(set).flatMap((index) => classes[index]?.[0] ?? []))
      : this.direction === 'egress' && names.length > 0
        ? classes.flatMap(([other]) => (other?.ports.some((port) => names.some(({ name }) => name === port.name)) ? [other] : []))
        : [];
    return found.filter(({ index }) => index !== this.endpoint.index);
  }

  /** What a rule says of a known workload, before all others have spoken. */
  private saidOf(other: Endpoint, compiled: CompiledRule): PortSet {
    return portsAt(compiled, this.direction === 'ingress' ? this.endpoint.ports : other.ports);
  }

  /** A flow between two known workloads that one of them allows by a rule: allowed, or refused by one of them. */
  private addPair(other: Endpoint, compiled: CompiledRule): void {
    const said = this.saidOf(other, compiled);
    // Where denials are, what one rule allows another may take away.
    const meant = intersectionOf(said, this.connectivity.side(this.endpoint, this.direction, other));
    if (isEmpty(meant)) {
      if (compiled.rule.action === 'allow') this.line(other, 'refused here', said, compiled);
      return;
    }
    const passes = intersectionOf(meant, this.connectivity.side(other, this.direction === 'ingress' ? 'egress' : 'ingress', this.endpoint));
    if (isEmpty(passes)) this.line(other, 'refused there', meant, compiled);
    else this.line(other, 'allowed', passes, compiled);
  }

  /** What is denied to a pod that is open otherwise, and that it is open: no rule says so. */
  private addDenials(): void {
    const all = everyone(this.direction);
    this.line(all, 'allowed', this.limits.ofEveryone(allPorts));
    for (const compiled of this.rules) {
      const { rule } = compiled;
      const { policy } = compiled.policy;
      if (rule.action !== 'deny') continue;
      const ports = this.portsOf(compiled);
      if (rule.peers.length === 0) this.line(all, 'refused here', differenceOf(ports, this.limits.ofEveryone(ports)), compiled);
      for (const peer of shownPeers(compiled)) {
        for (const node of outsideNodes(peer, this.direction, policy)) {
          const passes = this.limits.ofNode(node, compiled, ports);
          if (passes) this.line(node, 'refused here', differenceOf(ports, passes), compiled);
        }
        this.addDenied(peer, compiled, ports);
      }
      if (rule.peers.length === 0) for (const other of this.othersOf(compiled)) this.addDeniedPair(other, compiled);
    }
  }

  /** Lines to the pods that a denial means; to a card for all of them where they are many, or nobody knows them. */
  private addDenied(peer: Peer, compiled: CompiledRule, ports: PortSet): void {
    const { policy } = compiled.policy;
    const { classes } = this.connectivity;
    const set = this.connectivity.podsOf(peer, policy);
    const meant = listOf(set);
    const count = meant.length - (isMember(set, this.endpoint.index) ? 1 : 0);
    if (count > 0 && count <= mostDenied) {
      for (const index of meant) {
        const [other] = index === this.endpoint.index ? [] : (classes[index] ?? []);
        if (other) this.addDeniedPair(other, compiled);
      }
    } else if (peer.is === 'pods' || count > 0)
      this.line(potentialNode(peer.is === 'pods' ? peer : anyPod, policy.namespace ?? '', this.connectivity), 'refused here', ports, compiled);
  }

  private addDeniedPair(other: Endpoint, compiled: CompiledRule): void {
    const passes = this.connectivity.side(this.endpoint, this.direction, other);
    this.line(other, 'refused here', differenceOf(this.saidOf(other, compiled), passes), compiled);
  }

  /** The cluster's DNS, where a pod whose egress rules let something else out cannot ask it: everybody needs names. */
  private addBlockedDns(): void {
    const { connectivity, endpoint } = this;
    if (endpoint.hostNetwork || servesDns(endpoint) || connectivity.openness(endpoint, 'egress') !== 'isolated') return;
    if (gateOf(connectivity, endpoint, 'egress') !== 'restricted') return;
    const isAsked = (compiled: CompiledRule) =>
      (compiled.rule.action === 'pass' && opens(compiled)) || allowsDns(compiled.rule, compiled.policy.policy, connectivity.cluster);
    if (this.rules.some(isAsked)) return;
    const ports = unionOf(portRange('UDP', 53, 53), portRange('TCP', 53, 53));
    const known = membersOf(connectivity.podsOf(clusterDns, { namespace: undefined, namespaced: true })).flatMap(
      (index) => connectivity.classes[index]?.[0] ?? [],
    );
    for (const dns of known) this.line(dns, 'refused here', differenceOf(ports, connectivity.side(endpoint, 'egress', dns)));
    if (known.length === 0) this.line(potentialNode(clusterDns, '', connectivity), 'refused here', ports);
  }
}
