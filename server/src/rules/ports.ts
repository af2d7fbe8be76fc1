import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { servicesOf } from '../connectivity/servicesOf.ts';
import type { Cluster } from '../model/cluster.ts';
import { memoizedByObject } from '../model/memoized.ts';
import type { Action, PortRange } from '../model/policy.ts';
import { type ContainerPort, carries, type ServicePort } from '../model/workload.ts';
import { setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, type Node, type Range, resolve } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { type PolicyInView, type PortInView, podsIn, type RuleInView } from './inView.ts';
import { isSystemPods } from './peerSelectors.ts';

/** Ports of rules beside the ports of the pods that they are for, in policies of every API. */

/** A port of a rule, as meant and as written. */
export interface WrittenPort {
  readonly port: PortRange;
  /** What says the port, or stands for it where nothing does. */
  readonly at: Range;
  /** What says the protocol; undefined where nothing does. */
  readonly protocolAt: Range | undefined;
  /** Edits that write another number or name for it; none where the field takes no such value. */
  readonly as: (port: number | string) => readonly TextEdit[];
  /** Edits that give it another protocol; none where other ports would change with it. */
  readonly over: (protocol: string) => readonly TextEdit[];
}

/** The pods that would have to listen on a port. */
interface Targets {
  /** One of each kind, at least one. */
  readonly targets: readonly Endpoint[];
  /** What they declare, each once. */
  readonly declared: readonly ContainerPort[];
  /** The Services that lead to some of them. */
  readonly services: () => Cluster['services'];
}

/** A rule's port with the pods that would have to listen on it. */
export interface TargetedPort extends WrittenPort, Targets {
  /** The ports of its rule, itself among them. */
  readonly beside: readonly PortRange[];
  readonly action: Action;
  /** The targets are some of those that the rule means: of every namespace there are more than the workspace knows. */
  readonly amongOthers: boolean;
  /** What comes of it where no pod listens there: a sentence. */
  readonly inVain: string;
}

/** What is asked of pods for each port of a rule, found once for all; undefined where none are known. */
export function askedOf(targets: readonly Endpoint[] | undefined, connectivity: Connectivity): Targets | undefined {
  if (!targets || targets.length === 0) return undefined;
  const declared = new Map<string, ContainerPort>();
  for (const { ports } of targets) for (const port of ports) declared.set(`${port.port} ${port.protocol} ${port.name}`, port);
  let services: Cluster['services'] | undefined;
  return {
    targets,
    declared: [...declared.values()],
    services: () => {
      services ??= [...new Set(targets.flatMap((endpoint) => servicesOf(endpoint, connectivity)))];
      return services;
    },
  };
}

/** Edits that write the protocol of an item into its mapping. */
export function withProtocol(text: string, item: Node, protocol: string): readonly TextEdit[] {
  const map = resolve(item);
  return isMap(map) ? [setEntry(text, map, 'protocol', protocol)] : [];
}

/** The pods that the ports of a NetworkPolicy's rule belong to; undefined where not all of them are known. */
function targetsOf({ direction, peers }: RuleInView, { selected, connectivity }: PolicyInView): readonly Endpoint[] | undefined {
  if (direction === 'ingress') return selected;
  if (peers.length === 0) return undefined;
  const found = new Set<Endpoint>();
  for (const { peer, pods } of peers) {
    if (peer.is !== 'pods' || !peer.pods || peer.pods.requirements.length === 0 || isSystemPods(peer.pods)) return undefined;
    // Every namespace holds more than the workspace knows.
    if (peer.namespaces?.requirements.length === 0) return undefined;
    const known = podsIn(pods, connectivity);
    if (known.length === 0) return undefined;
    for (const endpoint of known) found.add(endpoint);
  }
  return [...found];
}

/** Of what aliases repeat within one direction of a policy, or one list, the first alone: a few of them can stand for a million. */
function eachOnce<T extends { readonly node: Node; readonly list: Node }>(items: readonly T[]): readonly T[] {
  const seen = new Map<Node, Node>();
  return items.filter(({ node, list }) => {
    const isNew = seen.get(node) !== list;
    seen.set(node, list);
    return isNew;
  });
}

/** A port of a NetworkPolicy's rule. */
export const writtenPort = ({ port, node, at }: PortInView, { document: { text } }: PolicyInView['resource']): WrittenPort => ({
  port,
  at,
  protocolAt: entryOf(node, 'protocol')?.value,
  as: (other) => [{ ...at, newText: String(other) }],
  over: (protocol) => withProtocol(text, node, protocol),
});

/** Every port of a NetworkPolicy's rules whose pods are all known. Several rules ask. */
export const targetedPorts = memoizedByObject((policy: PolicyInView): readonly TargetedPort[] => {
  const found: TargetedPort[] = [];
  for (const rule of eachOnce(policy.rules)) {
    const asked = rule.ports.length > 0 ? askedOf(targetsOf(rule, policy), policy.connectivity) : undefined;
    if (!asked) continue;
    const beside = rule.ports.map(({ port }) => port);
    for (const inView of eachOnce(rule.ports)) {
      found.push({ ...writtenPort(inView, policy.resource), beside, action: 'allow', amongOthers: false, inVain: 'Nothing gets through.', ...asked });
    }
  }
  return found;
});

/** What pods declare with the protocol of a port. */
export const alikeDeclared = ({ port: { protocol }, declared }: TargetedPort): readonly ContainerPort[] =>
  declared.filter((own) => carries(protocol, own.protocol));

export interface ServedPort {
  readonly service: Cluster['services'][number];
  readonly port: ServicePort;
}

/** Ports of Services that lead to some of the pods that a port is for, with its protocol. */
export const servedPorts = ({ services, port: { protocol } }: TargetedPort): readonly ServedPort[] =>
  services().flatMap((service) => service.value.ports.flatMap((port) => (carries(protocol, port.protocol) ? [{ service, port }] : [])));

/** The Service port that a rule's port is, while pods listen elsewhere. */
export const mistakenFor = (target: TargetedPort): ServedPort | undefined => {
  const { port, endPort } = target.port;
  if (typeof port !== 'number' || endPort !== undefined || target.declared.some((own) => own.port === port)) return undefined;
  const served = servedPorts(target);
  return served.some((one) => one.port.targetPort === port)
    ? undefined
    : served.find((one) => one.port.port === port && one.port.targetPort !== port);
};

/** The protocol that pods declare a port with, where the rule says another and no other entry of its list says it. */
export function otherProtocol({ port: { port, protocol, endPort }, beside, declared, targets }: TargetedPort): string | undefined {
  if (port === undefined || endPort !== undefined || targets.some(({ workload }) => workload.morePorts)) return undefined;
  const matching = declared.filter((own) => own.port === port || own.name === port);
  if (matching.length === 0 || matching.some((own) => carries(protocol, own.protocol))) return undefined;
  const covered = matching.every((own) => beside.some((other) => other.port === port && other.protocol === own.protocol));
  return covered ? undefined : matching[0]?.protocol;
}
