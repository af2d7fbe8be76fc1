import type { Endpoint } from '../connectivity/endpoints.ts';
import type { Located } from '../model/cluster.ts';
import { selects } from '../model/selector.ts';
import type { ContainerPort, Service, ServicePort } from '../model/workload.ts';
import { type PolicyInView, type PortInView, podsIn, type RuleInView } from './inView.ts';
import { isSystemPods } from './peerSelectors.ts';

/** Ports of rules beside the ports of the pods that they are for. */

/** A rule's port with the pods that would have to listen on it. */
export interface TargetedPort {
  readonly inView: PortInView;
  readonly rule: RuleInView;
  /** One of each kind, at least one. */
  readonly targets: readonly Endpoint[];
  /** What they declare, each once. */
  readonly declared: readonly ContainerPort[];
}

/** The pods that a rule's ports belong to; undefined where not all of them are known. */
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

/** Every port of a policy's rules whose pods are all known. */
export function* targetedPorts(policy: PolicyInView): Iterable<TargetedPort> {
  for (const rule of policy.rules) {
    const targets = rule.ports.length > 0 ? targetsOf(rule, policy) : undefined;
    if (!targets || targets.length === 0) continue;
    const declared = [...new Map(targets.flatMap(({ ports }) => ports).map((port) => [JSON.stringify(port), port])).values()];
    for (const inView of rule.ports) yield { inView, rule, targets, declared };
  }
}

/** Whether a single numeric port, or a range with it, is declared with a protocol. */
export const declares = ({ port, endPort, protocol }: PortInView['port'], { port: own, protocol: theirs }: ContainerPort): boolean =>
  typeof port === 'number' && protocol === theirs && own >= port && own <= (endPort ?? port);

export interface ServedPort {
  readonly service: Located<Service & { readonly namespace: string }>;
  readonly port: ServicePort;
}

/** Ports of Services that lead to some of the pods. */
export function servedPorts(targets: readonly Endpoint[], { connectivity }: PolicyInView): readonly ServedPort[] {
  return connectivity.cluster.services.flatMap((service) => {
    const { selector, namespace, ports } = service.value;
    if (!selector) return [];
    const requirements = Object.entries(selector).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }));
    const leads = targets.some((endpoint) => endpoint.namespace.name === namespace && selects({ requirements }, endpoint.labels));
    return leads ? ports.map((port) => ({ service, port })) : [];
  });
}

/** The Service port that a rule's port is, while pods listen elsewhere. */
export const mistakenFor = ({ inView, targets, declared }: TargetedPort, policy: PolicyInView): ServedPort | undefined => {
  const { port, protocol, endPort } = inView.port;
  if (typeof port !== 'number' || endPort !== undefined || declared.some((own) => own.port === port)) return undefined;
  const served = servedPorts(targets, policy).filter((one) => one.port.protocol === protocol);
  return served.some((one) => one.port.targetPort === port)
    ? undefined
    : served.find((one) => one.port.port === port && one.port.targetPort !== port);
};

/** The protocol that pods declare a port with, where the rule says another and no other entry of its list says it. */
export function otherProtocol({ inView, rule, declared }: TargetedPort): string | undefined {
  const { port, protocol } = inView.port;
  if (port === undefined || inView.port.endPort !== undefined) return undefined;
  const matching = declared.filter((own) => own.port === port || own.name === port);
  if (matching.length === 0 || matching.some((own) => own.protocol === protocol)) return undefined;
  const covered = matching.every((own) => rule.ports.some((other) => other.port.port === port && other.port.protocol === own.protocol));
  return covered ? undefined : matching[0]?.protocol;
}
