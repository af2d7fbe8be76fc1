import { type CompiledRule, portsAt } from '../connectivity/compile.ts';
import type { AddressRange, Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { type AddressSet, allIPv4, allIPv6, blockAddresses } from '../model/addressSet.ts';
import { intersection } from '../model/intervals.ts';
import type { Direction } from '../model/policy.ts';
import { differenceOf, intersectionOf, isEmpty, noPorts, type PortSet, unionOf } from '../model/portSet.ts';
import type { SceneNode } from './scene.ts';
import { rulesFor } from './workloadNodes.ts';

/** What all rules of an endpoint together leave of what one of them allows: others may deny it, or be asked before. */
export class Limits {
  private readonly connectivity: Connectivity;
  private readonly endpoint: Endpoint;
  private readonly direction: Direction;
  /** Where rules allow only, and are one list, each of them is the last word. */
  private readonly isNone: boolean;
  private known: readonly AddressRange[] | undefined;

  constructor(connectivity: Connectivity, endpoint: Endpoint, direction: Direction) {
    this.connectivity = connectivity;
    this.endpoint = endpoint;
    this.direction = direction;
    const tiers = connectivity.policiesOf(endpoint, direction);
    this.isNone =
      tiers.length < 2 && tiers.every(([, list]) => list.every(({ rules }) => rules[direction].every(({ rule }) => rule.action === 'allow')));
  }

  private get ranges(): readonly AddressRange[] {
    this.known ??= [allIPv4, allIPv6].flatMap((family) => this.connectivity.addresses(this.endpoint, this.direction, family));
    return this.known;
  }

  /** What of the ports passes for somebody at least. */
  ofEveryone(ports: PortSet): PortSet {
    if (this.isNone) return ports;
    let passes = intersectionOf(ports, this.ranges.map((range) => range.ports).reduce(unionOf, noPorts));
    // Mostly addresses say it all, or a few pods do; what everyone is denied passes for those alone to whom lines of their own lead.
    const most = this.lessDeniedToAll(ports);
    for (const [other] of this.connectivity.classes) {
      if (isEmpty(differenceOf(most, passes))) break;
      if (other) passes = unionOf(passes, intersectionOf(ports, this.connectivity.side(this.endpoint, this.direction, other)));
    }
    return passes;
  }

  /**
   * What of the ports passes for some of whom a card outside the cluster stands for; undefined where it stands for nobody. Of names, nodes and
   * other entities nobody knows the addresses.
   */
  ofNode({ peer, kind }: SceneNode, { addresses }: CompiledRule, ports: PortSet): PortSet | undefined {
    if (kind === 'everyone') return this.ofEveryone(ports);
    const block = peer?.is === 'addresses' ? blockAddresses(peer.cidr, peer.except) : undefined;
    if (block?.length === 0) return undefined;
    const meant = kind === 'network set' ? addresses : block;
    return this.isNone || !meant ? ports : this.within(meant, ports);
  }

  private lessDeniedToAll(ports: PortSet): PortSet {
    const denied = rulesFor(this.connectivity, this.endpoint, this.direction).filter(
      ({ rule, anyPeer }) => rule.action === 'deny' && anyPeer && !rule.conditions,
    );
    return denied.reduce((left, rule) => differenceOf(left, portsAt(rule, this.direction === 'ingress' ? this.endpoint.ports : [])), ports);
  }

  private within(block: AddressSet, ports: PortSet): PortSet {
    const met = this.ranges.filter(({ first, last }) => intersection(block, [first, last]).length > 0);
    return intersectionOf(ports, met.map((range) => range.ports).reduce(unionOf, noPorts));
  }
}
