import type { CompiledRule } from '../connectivity/compile.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import type { Located } from '../model/cluster.ts';
import { directions, type Policy } from '../model/policy.ts';
import { podsIn } from '../rules/inView.ts';
import { itemsOf } from '../syntax/node.ts';

/** Whom the places of Cilium's and Calico's policies mean now: one endpoint of each class. */

/** The compiled rules that the rule around a place stands for; none where no rule is around it. */
export function rulesAround(place: Place, located: Located<Policy>, connectivity: Connectivity): readonly CompiledRule[] {
  const rule = enclosing(place, 'cilium-rule') ?? enclosing(place, 'calico-rule');
  const compiled = rule && connectivity.compiledOf(located);
  return compiled
    ? directions.flatMap((direction) => compiled.rules[direction]).filter(({ rule: { source } }) => source.start === rule.node.start)
    : [];
}

/** The pods of the peers of rules. */
export const podsOfRules = (rules: readonly CompiledRule[], connectivity: Connectivity): readonly Endpoint[] => [
  ...new Set(rules.flatMap(({ pods }) => pods.flatMap((set) => podsIn(set, connectivity)))),
];

/** The pods that a place means by itself: a selector, a peer, a rule; undefined for what means none. */
export function podsMeant(place: Place, located: Located<Policy>, connectivity: Connectivity): readonly Endpoint[] | undefined {
  const { role } = place.type;
  const subject = () => podsIn(connectivity.compiledOf(located)?.subject, connectivity);
  if (role === 'cilium-subject' || role === 'cilium-spec' || role === 'calico-spec') return subject();
  const rules = rulesAround(place, located, connectivity);
  if (rules.length === 0) return role === 'calico-selector' ? subject() : undefined;
  if (role === 'cilium-peer') {
    const peer = rules[0]?.rule.peers[itemsOf(place.parent?.node).indexOf(place.node)];
    return peer && podsIn(connectivity.podsOf(peer, located.value), connectivity);
  }
  if (role !== 'cilium-rule' && role !== 'calico-rule' && role !== 'calico-entity' && role !== 'calico-selector') return undefined;
  const pods = podsOfRules(rules, connectivity);
  return pods.length > 0 ? pods : undefined;
}
