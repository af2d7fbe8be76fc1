import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { endpointName } from '../connectivity/flows.ts';
import { explainSide, someOf } from '../connectivity/reasons.ts';
import { plain } from '../explain/phrases.ts';
import { reasonLines } from '../explain/reasons.ts';
import { blockAddresses } from '../model/addressSet.ts';
import type { Direction } from '../model/policy.ts';
import { differenceOf, isEmpty, type PortSet } from '../model/portSet.ts';
import type { SceneNode } from './scene.ts';

/** The two ends of a flow that is to change, and whether it did. */

/** One end of a flow, as the other end's rules see it. */
export interface End {
  readonly node: SceneNode;
  readonly endpoint: Endpoint | undefined;
}

/** What stands for an end when the other side is asked: its pods, or an address of its range. Undefined for pods that nobody knows. */
export function representative({ node, endpoint }: End): Endpoint | bigint | undefined {
  if (endpoint) return endpoint;
  if (node.peer?.is === 'addresses') return blockAddresses(node.peer.cidr, node.peer.except)[0];
  return node.kind === 'everyone' ? 0n : undefined;
}

/** The same workload in another state of the cluster. */
const endpointIn = (connectivity: Connectivity, { endpoint }: End): Endpoint | undefined =>
  endpoint && connectivity.endpoints.find((one) => endpointName(one) === endpointName(endpoint));

/** Why one end lets something through to another, in sentences; undefined where nothing passes, or where nobody knows the other end. */
export function passesStill(connectivity: Connectivity, end: End, other: End, direction: Direction): string | undefined {
  const [own, peer] = [endpointIn(connectivity, end), endpointIn(connectivity, other) ?? representative(other)];
  if (!own || peer === undefined || isEmpty(connectivity.side(own, direction, peer))) return undefined;
  return reasonLines(explainSide(connectivity, own, direction, peer, undefined), undefined)
    .map(({ text }) => plain(text))
    .join(' ');
}

/** Why ports are refused between two ends before and after a change, in sentences; none where they pass then, or where nobody knows the other end. */
export function refusals(before: Connectivity, after: Connectivity, source: End, target: End, wanted: PortSet): readonly string[] {
  const side = (end: End, other: End, direction: Direction): readonly string[] => {
    const [own, peer] = [endpointIn(after, end), endpointIn(after, other) ?? representative(other)];
    const port = own && peer !== undefined ? someOf(differenceOf(wanted, after.side(own, direction, peer))) : undefined;
    const [was, wasPeer] = [end.endpoint, representative(other)];
    if (!port || !was || wasPeer === undefined) return [];
    return reasonLines(explainSide(before, was, direction, wasPeer, port), port).map(({ text }) => plain(text));
  };
  return [...side(source, target, 'egress'), ...side(target, source, 'ingress')];
}
