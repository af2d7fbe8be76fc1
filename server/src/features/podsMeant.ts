import type { CompiledRule } from '../connectivity/compile.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { isMember } from '../connectivity/podSets.ts';
import { readAdminPeers, readAdminPorts } from '../kinds/admin/readAdminPolicy.ts';
import { readCalicoPort } from '../kinds/calico/readCalico.ts';
import { ciliumSpecs, readCiliumPort } from '../kinds/cilium/readCilium.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import type { Located } from '../model/cluster.ts';
import { directions, type Peer, type Policy, type PortRange } from '../model/policy.ts';
import { podsIn } from '../rules/inView.ts';
import { itemsOf } from '../syntax/node.ts';
import { policiesOf, type Reading } from '../workspace/reading.ts';

/** Whom the places of Cilium's, Calico's and administrators' policies mean now: one endpoint of each class. */

/** Of the policies that a resource stands for the one in which a place stands; the first where it stands outside of them. */
export function policyAround(place: Place, reading: Reading | undefined): Located<Policy> | undefined {
  const spec = enclosing(place, 'cilium-spec');
  const index = spec ? ciliumSpecs(place.resource.root).indexOf(spec.node) : 0;
  return policiesOf(reading ?? {})[Math.max(index, 0)];
}

/** The compiled rules that the rule around a place stands for; none where no rule is around it. */
function rulesAround(place: Place, located: Located<Policy>, connectivity: Connectivity): readonly CompiledRule[] {
  const rule = enclosing(place, 'cilium-rule') ?? enclosing(place, 'calico-rule') ?? enclosing(place, 'rule');
  const compiled = rule && connectivity.compiledOf(located);
  return compiled
    ? directions.flatMap((direction) => compiled.rules[direction]).filter(({ rule: { source } }) => source.start === rule.node.start)
    : [];
}

/** The pods of the peers of rules. */
const podsOfRules = (rules: readonly CompiledRule[], connectivity: Connectivity): readonly Endpoint[] => [
  ...new Set(rules.flatMap(({ pods }) => pods.flatMap((set) => podsIn(set, connectivity)))),
];

/** The roles of places that mean what the rule around them does. */
const ofRule: ReadonlySet<string> = new Set(['cilium-rule', 'calico-rule', 'calico-entity', 'calico-selector', 'rule', 'peers']);

/** The roles of places that mean the subject of a policy. */
const ofSubject: ReadonlySet<string> = new Set(['cilium-subject', 'cilium-spec', 'calico-spec', 'admin-subject']);

/** The pods that a place means by itself: a selector, a peer, a rule; undefined for what means none. */
export function podsMeant(place: Place, located: Located<Policy>, connectivity: Connectivity): readonly Endpoint[] | undefined {
  const role = place.type.role ?? '';
  const subject = () => podsIn(connectivity.compiledOf(located)?.subject, connectivity);
  if (ofSubject.has(role)) return subject();
  const rules = rulesAround(place, located, connectivity);
  if (rules.length === 0) return role === 'calico-selector' ? subject() : undefined;
  const among = (peer: Peer | undefined) => peer && podsIn(connectivity.podsOf(peer, located.value), connectivity);
  if (role === 'cilium-peer') return among(rules[0]?.rule.peers[itemsOf(place.parent?.node).indexOf(place.node)]);
  if (role === 'admin-peer') return among(readAdminPeers(place.node).find(({ is }) => is === 'pods'));
  if (!ofRule.has(role)) return undefined;
  const entity = enclosing(place, 'calico-entity')?.entry?.key.text;
  const compiled = connectivity.compiledOf(located);
  const isOwn = entity === (rules.some((rule) => compiled?.rules.ingress.includes(rule)) ? 'destination' : 'source');
  // The end of a rule of Calico at which its policy stands: which of the selected pods the rule is for.
  if (isOwn) return rules[0]?.own && subject().filter(({ index }) => rules[0]?.own && isMember(rules[0].own, index));
  const pods = podsOfRules(rules, connectivity);
  return pods.length > 0 ? pods : undefined;
}

/** What a port of a rule means, and one of each class of the pods on which it stands. */
export interface PortMeant {
  readonly range: PortRange;
  readonly targets: readonly Endpoint[];
}

function rangeAt(place: Place): PortRange | undefined {
  const [cilium, admin] = [enclosing(place, 'cilium-port'), enclosing(place, 'admin-port')];
  if (cilium) return readCiliumPort(cilium.node);
  if (admin) return readAdminPorts(admin.node)[0];
  const rule = place.type.role === 'calico-port' ? enclosing(place, 'calico-rule') : undefined;
  // Ports of the source are of those who send.
  return rule && enclosing(place, 'calico-entity')?.entry?.key.text === 'destination' ? readCalicoPort(place.node, rule.node) : undefined;
}

/** The port of a rule in which a place stands; undefined for a place in none. */
export function portMeant(place: Place, located: Located<Policy>, connectivity: Connectivity): PortMeant | undefined {
  const range = rangeAt(place);
  if (!range) return undefined;
  const rules = rulesAround(place, located, connectivity);
  const compiled = connectivity.compiledOf(located);
  const isIngress = compiled?.rules.ingress.some((rule) => rules.includes(rule));
  const own = rules[0]?.own;
  const selected = () => podsIn(compiled?.subject, connectivity).filter(({ index }) => !own || isMember(own, index));
  return { range, targets: isIngress ? selected() : podsOfRules(rules, connectivity) };
}

/** Of a place inside of a peer or a subject that is written in parts, that as a whole. */
export const wholeAround = (place: Place): Place =>
  enclosing(place, 'cilium-peer') ??
  enclosing(place, 'cilium-subject') ??
  enclosing(place, 'admin-peer') ??
  enclosing(place, 'admin-subject') ??
  place;
