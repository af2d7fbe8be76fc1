import type { Endpoint } from '../connectivity/endpoints.ts';
import type { Resource } from '../kinds/resource.ts';
import { type Direction, directions, type Peer, type Policy } from '../model/policy.ts';
import { isNever, type Selector, selectsAll } from '../model/selector.ts';
import { isMap, isScalar, itemsOf, type MapNode, type Node, valueAt } from '../syntax/node.ts';
import { mayMeanMore } from '../workspace/unknown.ts';
import { podsIn } from './inView.ts';
import { isSystemPods } from './peerSelectors.ts';
import type { RuleContext } from './rule.ts';
import { vendorPolicies } from './vendor.ts';

/** A peer of a policy of Cilium or Calico that asks for labels, and that none of the known pods fits. */
export interface UnmetPeer {
  readonly peer: Extract<Peer, { is: 'pods' }>;
  readonly selector: Selector;
  /** Cilium's selector, or the text of Calico's. */
  readonly node: Node;
  /** What it stands in: Calico's `source` or `destination`; Cilium's selector itself. */
  readonly holder: MapNode;
  /** Names of the namespaces of which it means pods. */
  readonly where: readonly string[];
  /** The known pods of these. */
  readonly known: readonly Endpoint[];
  /** Pods of other namespaces that are so labelled. */
  readonly elsewhere: readonly Endpoint[];
}

/** Where the peers of a rule are written that mean pods: the ith is `peers[i]` of the rule. */
function writtenPeers(rule: Node, direction: Direction): readonly (Pick<UnmetPeer, 'node' | 'holder'> | undefined)[] {
  const [cilium, calico] = direction === 'ingress' ? ['fromEndpoints', 'source'] : ['toEndpoints', 'destination'];
  const holder = valueAt(rule, calico);
  const node = valueAt(holder, 'selector');
  if (isMap(holder) && isScalar(node)) return [{ node, holder }];
  return itemsOf(valueAt(rule, cilium)).map((item) => (isMap(item) ? { node: item, holder: item } : undefined));
}

/** A peer of pods in a policy of Cilium or Calico, where it is written. */
export interface WrittenPodPeer extends Pick<UnmetPeer, 'node' | 'holder' | 'peer' | 'selector'> {
  readonly policy: Policy;
}

/** The peers of a resource's policies that ask for labels of pods. */
export function* writtenPodPeers(resource: Resource, context: RuleContext): Iterable<WrittenPodPeer> {
  for (const { compiled, policy, spec } of vendorPolicies(resource, context)) {
    if (policy.asksIdentity) continue;
    for (const direction of directions) {
      const rules = compiled.rules[direction];
      const lists = new Set(rules.map(({ rule }) => rule.list ?? direction));
      const byStart = new Map([...lists].flatMap((list) => itemsOf(valueAt(spec, list)).map((node) => [node.start, node] as const)));
      for (const { rule, addresses } of rules) {
        const written = byStart.get(rule.source.start);
        // Calico's selectors mean sets of addresses, too.
        const places = written && addresses.length === 0 ? writtenPeers(written, direction) : [];
        for (const [i, place] of places.entries()) {
          const peer = rule.peers[i];
          if (!place || peer?.is !== 'pods' || !peer.pods || selectsAll(peer.pods) || isNever(peer.pods)) continue;
          yield { ...place, peer, selector: peer.pods, policy };
        }
      }
    }
  }
}

/** The peers of a resource's policies that mean no pod, where some are known of the namespaces that they mean, or some of others are so labelled. */
export function unmetPeers(resource: Resource, context: RuleContext): readonly UnmetPeer[] {
  const { connectivity } = context.observer;
  const found: UnmetPeer[] = [];
  for (const { policy, ...written } of writtenPodPeers(resource, context)) {
    const { peer, selector } = written;
    if (
      mayMeanMore(context.view.unknown, peer.namespaces, policy.namespace) ||
      isSystemPods(selector) ||
      podsIn(connectivity.podsOf(peer, policy), connectivity).length > 0
    )
      continue;
    const where = peer.namespaces ? connectivity.namespacesOf(peer.namespaces) : [policy.namespace ?? ''];
    const known = where.flatMap((name) => connectivity.endpointsIn(name));
    const elsewhere = connectivity.labelled(selector).filter((endpoint) => !where.includes(endpoint.namespace.name));
    if (known.length + elsewhere.length > 0) found.push({ ...written, where, known, elsewhere });
  }
  return found;
}
