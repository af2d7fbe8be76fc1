import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint, Peer } from '../connectivity/endpoints.ts';
import { endpointName } from '../connectivity/flows.ts';
import { explainSide, someOf, type Wanted } from '../connectivity/reasons.ts';
import { type Target, TargetError } from '../connectivity/targets.ts';
import type { Origin } from '../model/cluster.ts';
import type { Direction } from '../model/policy.ts';
import { allPorts, intersectionOf, isEmpty, isProtocol } from '../model/portSet.ts';
import { targetPortAt } from '../model/workload.ts';
import { portsInShort } from './inCluster.ts';
import { plain } from './phrases.ts';
import { reasonLines } from './reasons.ts';

/** Whether one may reach another, and why, in sentences. */
export interface Reach {
  readonly from: string;
  readonly to: string;
  /** "TCP 8080", at the pods; undefined: any. */
  readonly port: string | undefined;
  readonly allowed: boolean;
  readonly reasons: readonly ReachReason[];
}

export interface ReachReason {
  readonly side: Direction;
  readonly text: string;
  /** The rule, or the policy, that it speaks of. */
  readonly origin?: Origin;
}

/** A port as people write it, `8080` or `53/udp`; undefined where it is none. */
export function parseWanted(text: string): Wanted {
  const match = /^(\d+)(?:\/(tcp|udp|sctp))?$/i.exec(text);
  const port = Number(match?.[1]);
  const protocol = (match?.[2] ?? 'tcp').toUpperCase();
  return match && port >= 1 && port <= 65535 && isProtocol(protocol) ? { protocol, port } : undefined;
}

export const portName = (wanted: Wanted): string | undefined => wanted && `${wanted.protocol} ${wanted.port}`;

const peersOf = (target: Target): readonly Peer[] => (target.is === 'address' ? [target.address] : target.endpoints);
const nameOf = (target: Target, peer: Peer): string => (typeof peer === 'bigint' ? target.name : endpointName(peer));

/** The port of the pods that a question means: behind a Service, the target of the Service's port. */
function wantedAt(target: Target, peer: Peer, asked: Wanted): Wanted {
  if (!asked || target.is !== 'endpoints' || !target.service || typeof peer === 'bigint') return asked;
  const found = target.service.ports.find(({ port, protocol }) => port === asked.port && protocol === asked.protocol);
  if (!found) {
    const known = target.service.ports.map(({ port, protocol }) => `${protocol} ${port}`).join(', ');
    throw new TargetError(`${target.name} has no port ${portName(asked)}; it has ${known || 'none'}.`);
  }
  const { targetPort } = found;
  const port = targetPortAt(found, peer.ports);
  if (port === undefined)
    throw new TargetError(
      `${target.name} leads to the port "${targetPort}", and no container of ${endpointName(peer)} has one of that name for ${asked.protocol}.`,
    );
  return { protocol: asked.protocol, port };
}

/**
 * Asks for each pod behind one name and each behind the other. Throws TargetError where the question has no answer: two
 * addresses, a name without pods, a port that the Service does not have.
 */
export function reach(connectivity: Connectivity, from: Target, to: Target, asked: Wanted): readonly Reach[] {
  if (from.is === 'address' && to.is === 'address')
    throw new TargetError('Two addresses outside the cluster: no policy of it says anything of them.');
  const pairs = peersOf(from).flatMap((source) =>
    peersOf(to).map((target): Reach => {
      const port = wantedAt(to, target, asked);
      const names = { from: nameOf(from, source), to: nameOf(to, target), port: portName(port) };
      if (source === target) return { ...names, allowed: true, reasons: [{ side: 'egress', text: 'A pod may always reach itself.' }] };
      const ends: readonly (readonly [Endpoint, Direction, Peer])[] = [
        ...(typeof source === 'bigint' ? [] : [[source, 'egress', target] as const]),
        ...(typeof target === 'bigint' ? [] : [[target, 'ingress', source] as const]),
      ];
      const open = ends.map(([endpoint, direction, peer]) => connectivity.side(endpoint, direction, peer));
      const passes = open.reduce(intersectionOf, allPorts);
      // Asked for any port, both sides are to be explained for the same.
      const wanted = port ?? someOf(passes);
      const sides = ends.map(([endpoint, direction, peer]) => explainSide(connectivity, endpoint, direction, peer, wanted));
      const reasons = sides.flatMap((side) =>
        reasonLines(side, port).map(({ text, rule, policy }): ReachReason => {
          const origin = (rule?.policy ?? policy)?.located.origin;
          return { side: side.direction, text: plain(text), ...(origin ? { origin: { ...origin, at: rule?.rule.source ?? origin.at } } : {}) };
        }),
      );
      const [out, into] = open;
      if (!wanted && out && into && !isEmpty(out) && !isEmpty(into))
        reasons.push({ side: 'ingress', text: `No port is let through by both sides: out ${portsInShort(out)}, in ${portsInShort(into)}.` });
      return { ...names, allowed: wanted !== undefined && sides.every((side) => side.allowed), reasons };
    }),
  );
  if (pairs.length === 0)
    throw new TargetError(`${from.is === 'endpoints' && from.endpoints.length === 0 ? from.name : to.name} leads to no pods in these manifests.`);
  return pairs;
}
