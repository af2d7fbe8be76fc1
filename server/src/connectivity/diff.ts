import { type AddressSet, allIPv4, allIPv6, formatLineAddress } from '../model/addressSet.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { type Direction, directions, type Policy } from '../model/policy.ts';
import { isEmpty, noPorts, type PortSet, samePorts, unionOf } from '../model/portSet.ts';
import type { CompiledPolicy } from './compile.ts';
import type { AddressRange, Connectivity } from './connectivity.ts';
import type { Endpoint } from './endpoints.ts';
import { endpointsByName, type Flow, flowsOf } from './flows.ts';

/** A flow whose ports, or the requests that may pass on them, differ between two states. */
export interface FlowChange {
  readonly from: string;
  readonly to: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before: PortSet;
  readonly after: PortSet;
  /** "HTTP GET /public": what alone may pass on these ports; none where all may. */
  readonly requests: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** "NetworkPolicy shop/backend (changed)": policies of either end that are not the same in both states. */
  readonly because: readonly string[];
}

const identity = ({ kind, namespace, name }: Policy): string => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name ?? ''}`;

/** What a policy says, without where it says it. */
const meaning = (policy: Policy): string => JSON.stringify(policy, (key, value) => (key === 'source' ? undefined : value));

function policiesByIdentity({ cluster }: Connectivity): ReadonlyMap<string, string> {
  return new Map(cluster.policies.map(({ value }) => [identity(value), meaning(value)]));
}

/** Policies that differ, with how. */
function changedPolicies(before: Connectivity, after: Connectivity): ReadonlyMap<string, 'added' | 'removed' | 'changed'> {
  const [old, now] = [policiesByIdentity(before), policiesByIdentity(after)];
  const changed = new Map<string, 'added' | 'removed' | 'changed'>();
  for (const [id, text] of now) if (old.get(id) !== text) changed.set(id, old.has(id) ? 'changed' : 'added');
  for (const id of old.keys()) if (!now.has(id)) changed.set(id, 'removed');
  return changed;
}

/** One of each kind of pods that no policy tells apart. */
const unlike = (pods: readonly Endpoint[]): readonly Endpoint[] => [...new Map(pods.map((pod) => [pod.index, pod])).values()];

/** A range of addresses, ends inclusive, in two states. */
interface Piece {
  readonly first: bigint;
  readonly last: bigint;
  readonly before: PortSet;
  readonly after: PortSet;
}

const isSameChange = (a: Piece, b: Piece): boolean => samePorts(a.before, b.before) && samePorts(a.after, b.after);

type Passing = Pick<Flow, 'ports' | 'requests'>;
const nothing: Passing = { ports: noPorts };

/** What of several lists of ranges passes at an address. */
const portsOf = (lists: readonly (readonly AddressRange[])[], address: bigint): PortSet =>
  lists.reduce((sum, ranges) => unionOf(sum, ranges.find(({ first, last }) => address >= first && address <= last)?.ports ?? noPorts), noPorts);

/** Ranges of two states, of each those of several pods together, cut at the borders of all, so that they can be compared piece by piece. */
function piecewise(before: readonly (readonly AddressRange[])[], after: readonly (readonly AddressRange[])[]): readonly Piece[] {
  const starts = new Set<bigint>();
  for (const { first, last } of [...before, ...after].flat()) starts.add(first).add(last + 1n);
  const ordered = [...starts].sort((x, y) => (x < y ? -1 : 1));
  const pieces: (Piece & { last: bigint })[] = [];
  for (const [i, first] of ordered.slice(0, -1).entries()) {
    const piece = { first, last: (ordered[i + 1] as bigint) - 1n, before: portsOf(before, first), after: portsOf(after, first) };
    const previous = pieces.at(-1);
    if (previous && isSameChange(previous, piece)) previous.last = piece.last;
    else pieces.push(piece);
  }
  return pieces;
}

/** Policies that name no block of IPv6 treat all of it as they treat the addresses of IPv4 that they do not name: a change of both is told once. */
function withoutRepeated(six: readonly Piece[], four: readonly Piece[]): readonly Piece[] {
  const unspoken = four.find(({ first }) => first === allIPv4[0]);
  return six.filter((piece) => !(piece.first === allIPv6[0] && piece.last === allIPv6[1] && unspoken && isSameChange(piece, unspoken)));
}

/** What else than pods and their policies decides on flows, as text. */
const surroundings = ({ cluster: { services, addressSets = [], entrances } }: Connectivity): string =>
  JSON.stringify([services, addressSets, entrances].map((list) => list.map(({ value }) => value)));

/** What decides on the flows of each workload of a state by name, as texts; what says the same is the same in all states with one `words`. */
function decisive(connectivity: Connectivity, words: Map<string, number>): ReadonlyMap<string, string> {
  const word = (text: string): number => {
    const known = words.get(text) ?? words.size;
    words.set(text, known);
    return known;
  };
  const said = memoizedByObject(({ policy, tier, order }: CompiledPolicy) => ({ word: word(`${meaning(policy)} ${JSON.stringify(tier)} ${order}`) }));
  const texts = new Map<string, string>();
  for (const [name, endpoints] of endpointsByName(connectivity)) {
    const each = endpoints.map((endpoint) => {
      const { labels, namespace, hostNetwork, ports } = endpoint;
      const policies = directions.map((direction) =>
        connectivity.policiesOf(endpoint, direction).map(([tier, list]) => [word(JSON.stringify(tier)), ...list.map((one) => said(one).word)]),
      );
      return JSON.stringify([labels, namespace.labels, hostNetwork, ports, policies]);
    });
    texts.set(name, each.join('\n'));
  }
  return texts;
}

/** Names of the workloads of which something differs that decides on their flows; all others may do with each other what they could. */
function differing(before: Connectivity, after: Connectivity): ReadonlySet<string> {
  const words = new Map<string, number>();
  const [old, now] = [decisive(before, words), decisive(after, words)];
  const names = new Set([...old.keys(), ...now.keys()]);
  if (surroundings(before) === surroundings(after)) for (const name of [...names]) if (old.get(name) === now.get(name)) names.delete(name);
  return names;
}

/**
 * What two states of a cluster let through differently. Workloads are the same where kind, namespace and name are. Throws TooManyFlows where
 * more than `most` flows of one state would have to be compared.
 */
export function diffFlows(before: Connectivity, after: Connectivity, most?: number): readonly FlowChange[] {
  const changes: FlowChange[] = [];
  const policies = changedPolicies(before, after);
  const states = [before, after].map((connectivity) => ({ connectivity, ends: endpointsByName(connectivity) }));
  const causes = (end: string, direction: Direction): readonly string[] => {
    const found = new Set<string>();
    for (const { connectivity, ends } of states) {
      for (const endpoint of ends.get(end) ?? []) {
        for (const [, list] of connectivity.policiesOf(endpoint, direction)) {
          for (const { policy } of list) {
            const how = policies.get(identity(policy));
            if (how) found.add(`${identity(policy)} (${how})`);
          }
        }
      }
    }
    return [...found];
  };
  const add = (from: string, to: string, old: Passing, now: Passing) => {
    const requests = { before: old.requests ?? [], after: now.requests ?? [] };
    if (samePorts(old.ports, now.ports) && String(requests.before) === String(requests.after)) return;
    const change = isEmpty(old.ports) ? 'added' : isEmpty(now.ports) ? 'removed' : 'changed';
    const because = [...new Set([...causes(from, 'egress'), ...causes(to, 'ingress')])];
    changes.push({ from, to, change, before: old.ports, after: now.ports, requests, because });
  };
  const names = differing(before, after);
  const key = (from: string, to: string) => `${from}\n${to}`;
  const named = (connectivity: Connectivity) =>
    new Map([...flowsOf(connectivity, { addresses: false, among: names, most })].map((flow) => [key(flow.from, flow.to), flow]));
  const [old, now] = [named(before), named(after)];
  for (const id of new Set([...old.keys(), ...now.keys()])) {
    const [from = '', to = ''] = id.split('\n');
    add(from, to, old.get(id) ?? nothing, now.get(id) ?? nothing);
  }
  for (const name of names) {
    for (const direction of directions) {
      const pieces = (family: AddressSet) => {
        const [a = [], b = []] = states.map(({ connectivity, ends }) =>
          unlike(ends.get(name) ?? []).map((endpoint) => connectivity.addresses(endpoint, direction, family)),
        );
        return piecewise(a, b);
      };
      const four = pieces(allIPv4);
      for (const { first, last, before: b, after: a } of [...four, ...withoutRepeated(pieces(allIPv6), four)]) {
        const outside = `${formatLineAddress(first)}-${formatLineAddress(last)}[External]`;
        if (direction === 'ingress') add(outside, name, { ports: b }, { ports: a });
        else add(name, outside, { ports: b }, { ports: a });
      }
    }
  }
  return changes;
}
