import { type Direction, directions } from '../model/policy.ts';
import { intersectionOf, isEmpty } from '../model/portSet.ts';
import { type CompiledRule, portsAt } from './compile.ts';
import type { Connectivity } from './connectivity.ts';
import type { Endpoint, Peer } from './endpoints.ts';
import { matches } from './evaluate.ts';

/** The requests that rules allow where none of them allows all: "HTTP GET /public". Empty where one does. */
export function requestsOf(rules: readonly CompiledRule[]): readonly string[] {
  if (rules.some(({ rule }) => !rule.conditions)) return [];
  return [...new Set(rules.flatMap(({ rule }) => (rule.conditions ?? []).map(({ text }) => text)))];
}

const hasConditions = new WeakMap<Connectivity, boolean>();

/** Whether any policy of a cluster asks for more than peers and ports: most do not. */
function asksForRequests(connectivity: Connectivity): boolean {
  let found = hasConditions.get(connectivity);
  if (found === undefined) {
    found = connectivity.cluster.policies.some(({ value }) => directions.some((direction) => value[direction]?.some(({ conditions }) => conditions)));
    hasConditions.set(connectivity, found);
  }
  return found;
}

function ofSide(connectivity: Connectivity, endpoint: Endpoint, direction: Direction, peer: Peer): readonly string[] {
  const destination = direction === 'ingress' ? endpoint.ports : typeof peer === 'bigint' ? [] : peer.ports;
  const passes = connectivity.side(endpoint, direction, peer);
  const allowing = connectivity
    .policiesOf(endpoint, direction)
    .flatMap(([, policies]) =>
      policies.flatMap(({ rules }) =>
        rules[direction].filter(
          (rule) => rule.rule.action === 'allow' && matches(rule, peer, endpoint) && !isEmpty(intersectionOf(passes, portsAt(rule, destination))),
        ),
      ),
    );
  return allowing.length === 0 ? [] : requestsOf(allowing);
}

/** What of the traffic between two workloads passes, where that is not all that their ports carry. */
export function requestsBetween(connectivity: Connectivity, from: Endpoint, to: Endpoint): readonly string[] {
  if (!asksForRequests(connectivity)) return [];
  return [...new Set([...ofSide(connectivity, from, 'egress', to), ...ofSide(connectivity, to, 'ingress', from)])];
}
