import type { CompiledPolicy } from '../connectivity/compile.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { readAdminPeers } from '../kinds/admin/readAdminPolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { type Direction, directions, type Peer } from '../model/policy.ts';
import type { Selector } from '../model/selector.ts';
import { itemsOf, type Node, valueAt } from '../syntax/node.ts';
import { podsIn } from './inView.ts';
import type { RuleContext } from './rule.ts';
import { compiledIn } from './vendor.ts';

/** What the rules about meaning look at in a policy of an administrator. */

/** A selector with the node that says it. */
export interface WrittenSelector {
  readonly selector: Selector;
  readonly node: Node;
}

/** The subject of the policy, or a peer of a rule, that means pods. */
export interface AdminPods {
  readonly is: 'subject' | 'peer';
  readonly pods: WrittenSelector | undefined;
  readonly namespaces: WrittenSelector | undefined;
  /** Names of the known namespaces that it means. */
  readonly where: readonly string[];
  /** One of each kind of known pods that it means. */
  readonly means: readonly Endpoint[];
}

export interface AdminPolicy {
  readonly compiled: CompiledPolicy;
  readonly pods: readonly AdminPods[];
}

/** A policy of an administrator among the others of its cluster; undefined for any other, and while its text is broken or written by a template. */
export function adminPolicy(resource: Resource, context: RuleContext): AdminPolicy | undefined {
  const [compiled] = apiOf(resource) === 'admin' ? compiledIn(resource, context) : [];
  if (!compiled) return undefined;
  const { connectivity } = context.observer;
  const spec = valueAt(resource.root, 'spec');
  const podsOf = (node: Node, is: AdminPods['is']): readonly AdminPods[] =>
    readAdminPeers(node)
      .filter((peer): peer is Extract<Peer, { is: 'pods' }> => peer.is === 'pods')
      .map((peer) => {
        const [pods, namespaces] = [valueAt(node, 'pods', 'podSelector'), valueAt(node, 'namespaces') ?? valueAt(node, 'pods', 'namespaceSelector')];
        return {
          is,
          pods: peer.pods && pods ? { selector: peer.pods, node: pods } : undefined,
          namespaces: peer.namespaces && namespaces ? { selector: peer.namespaces, node: namespaces } : undefined,
          where: peer.namespaces ? connectivity.namespacesOf(peer.namespaces) : [],
          means: podsIn(connectivity.podsOf(peer, compiled.policy), connectivity),
        };
      });
  const rulesOf = (direction: Direction) => itemsOf(valueAt(spec, direction));
  const peersOf = (rule: Node, direction: Direction) =>
    itemsOf(valueAt(rule, direction === 'ingress' ? 'from' : 'to')).flatMap((node) => podsOf(node, 'peer'));
  const subject = valueAt(spec, 'subject');
  const own = subject ? podsOf(subject, 'subject') : [];
  return {
    compiled,
    pods: [...own, ...directions.flatMap((direction) => rulesOf(direction).flatMap((rule) => peersOf(rule, direction)))],
  };
}
