import { allIPv4, allIPv6, formatLineAddress } from '../model/addressSet.ts';
import { allPorts, intersectionOf, isEmpty, isProtocol, noPorts, type PortSet, portRange, unionOf } from '../model/portSet.ts';
import { selectorOf } from '../model/selector.ts';
import { type Service, targetPortAt } from '../model/workload.ts';
import { portsAt } from './compile.ts';
import { requestsBetween } from './conditions.ts';
import { Connectivity } from './connectivity.ts';
import type { Endpoint } from './endpoints.ts';
import { isMember } from './podSets.ts';

/** One line of a listing: what may pass from a source to a destination. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly ports: PortSet;
  /** What of it passes, where that is not all that the ports carry: "HTTP GET /public". */
  readonly requests?: readonly string[];
}

export interface FlowOptions {
  /** Also ranges of IPv6. */
  readonly ipv6?: boolean;
  /** False: no ranges of addresses at all. */
  readonly addresses?: false;
  /** Only flows from or to workloads of these names. */
  readonly among?: ReadonlySet<string> | undefined;
  /** More flows than these are not listed: TooManyFlows is thrown. */
  readonly most?: number | undefined;
}

/** There are more flows than somebody could look at, or the memory holds. */
export class TooManyFlows extends Error {}

const ingressController = '{ingress-controller}';

/** `namespace/name[Kind]`; a pod that a controller made goes by its controller's name. */
export function endpointName({ workload }: Endpoint): string {
  const { owner } = workload;
  return `${workload.namespace}/${owner?.name ?? workload.name}[${owner?.kind ?? workload.kind}]`;
}

/** The endpoints of a cluster by that name: pods that one controller made share theirs. */
export function endpointsByName({ endpoints }: Connectivity): ReadonlyMap<string, readonly Endpoint[]> {
  const found = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const name = endpointName(endpoint);
    const list = found.get(name);
    if (list) list.push(endpoint);
    else found.set(name, [endpoint]);
  }
  return found;
}

const rangeName = (first: bigint, last: bigint): string => `${formatLineAddress(first)}-${formatLineAddress(last)}[External]`;

/**
 * Every flow that may pass: between workloads, from and to addresses outside, and from ingress controllers. A workload to itself is left out.
 * Throws TooManyFlows.
 */
export function* flowsOf(connectivity: Connectivity, options: FlowOptions = {}): Iterable<Flow> {
  const { among, most = Number.POSITIVE_INFINITY } = options;
  const isAmong = (name: string): boolean => !among || among.has(name);
  let count = 0;
  // Pods of one owner are one line: what any of them may do.
  const seen = new Map<string, Map<string, Omit<Flow, 'from' | 'to'>>>();
  const add = (from: string, to: string, ports: PortSet, requests: readonly string[] = []) => {
    if (from === to || isEmpty(ports) || !(isAmong(from) || isAmong(to))) return;
    const row = seen.get(from) ?? new Map<string, Omit<Flow, 'from' | 'to'>>();
    seen.set(from, row);
    const before = row.get(to);
    if (!before && ++count > most) throw new TooManyFlows(`There are more than ${most.toLocaleString('en')} flows.`);
    // All of one and some of another is all.
    const asked = before && (!before.requests || requests.length === 0) ? [] : [...new Set([...(before?.requests ?? []), ...requests])];
    row.set(to, { ports: before ? unionOf(before.ports, ports) : ports, ...(asked.length > 0 ? { requests: asked } : {}) });
  };
  const classes = connectivity.classes.flatMap((members) => {
    const [pod] = members;
    if (!pod) return [];
    const names = [...new Set(members.map(endpointName))];
    return [{ pod, names, isMeant: names.some(isAmong), sources: connectivity.candidates(pod, 'ingress') }];
  });
  const meant = classes.filter((one) => one.isMeant);
  const families = options.addresses === false ? [] : options.ipv6 ? [allIPv4, allIPv6] : [allIPv4];
  for (const { pod: from, names, isMeant } of classes) {
    const targets = connectivity.candidates(from, 'egress');
    for (const { pod: to, names: others, sources } of isMeant ? classes : meant) {
      if ((targets && !isMember(targets, to.index)) || (sources && !isMember(sources, from.index))) continue;
      const ports = connectivity.between(from, to);
      if (isEmpty(ports)) continue;
      const requests = requestsBetween(connectivity, from, to);
      for (const name of names) for (const other of others) add(name, other, ports, requests);
    }
    for (const family of isMeant ? families : []) {
      for (const { first, last, ports } of connectivity.addresses(from, 'ingress', family))
        for (const name of names) add(rangeName(first, last), name, ports);
      for (const { first, last, ports } of connectivity.addresses(from, 'egress', family))
        for (const name of names) add(name, rangeName(first, last), ports);
    }
  }
  for (const { pod, names } of meant)
    for (const { domain, ports } of namedDestinations(connectivity, pod)) for (const name of names) add(name, `${domain}[External]`, ports);
  for (const { endpoint, ports } of enteredEndpoints(connectivity)) add(ingressController, endpointName(endpoint), ports);
  for (const [from, row] of seen) for (const [to, flow] of row) yield { from, to, ...flow };
}

/** Names in DNS that an endpoint may connect to, as far as no address is denied to it. */
function namedDestinations(connectivity: Connectivity, endpoint: Endpoint): readonly { readonly domain: string; readonly ports: PortSet }[] {
  return connectivity
    .policiesOf(endpoint, 'egress')
    .flatMap(([, policies]) =>
      policies.flatMap(({ rules }) =>
        rules.egress.flatMap((compiled) =>
          compiled.rule.action !== 'allow'
            ? []
            : compiled.rule.peers.flatMap((peer) =>
                peer.is === 'domains' ? peer.names.map((domain) => ({ domain, ports: portsAt(compiled, []) })) : [],
              ),
        ),
      ),
    );
}

/** The target ports of a Service that an entrance leads to, at one of its pods. */
function targetPorts(service: Service, port: number | string | undefined, endpoint: Endpoint): PortSet {
  let all = noPorts;
  for (const candidate of service.ports) {
    const wanted = port === undefined || candidate.port === port || candidate.name === port || candidate.targetPort === port;
    if (!wanted || !isProtocol(candidate.protocol)) continue;
    const number = targetPortAt(candidate, endpoint.ports);
    if (number !== undefined) all = unionOf(all, portRange(candidate.protocol, number, number));
  }
  return all;
}

/** The endpoints that Ingresses and routes open to an ingress controller of which nothing is known but that it is in the cluster. */
function enteredEndpoints(connectivity: Connectivity): readonly { readonly endpoint: Endpoint; readonly ports: PortSet }[] {
  const { cluster } = connectivity;
  if (cluster.entrances.length === 0) return [];
  const opened = new Map<Endpoint, PortSet>();
  const services = new Map(cluster.services.map(({ value }) => [`${value.namespace}/${value.name}`, value]));
  for (const { value: entrance } of cluster.entrances) {
    const service = services.get(`${entrance.namespace}/${entrance.service}`);
    const { selector } = service ?? {};
    if (!service || !selector) continue;
    for (const endpoint of connectivity.labelled(selectorOf(selector), service.namespace))
      opened.set(endpoint, unionOf(opened.get(endpoint) ?? noPorts, targetPorts(service, entrance.port, endpoint)));
  }
  const controller = withController(connectivity);
  return [...opened].flatMap(([endpoint, ports]) => {
    const passes = intersectionOf(ports, controller ? controller(endpoint) : allPorts);
    return isEmpty(passes) ? [] : [{ endpoint, ports: passes }];
  });
}

/** What an endpoint lets in from a pod without labels in a namespace without labels. */
function withController({ cluster }: Connectivity): (endpoint: Endpoint) => PortSet {
  const namespace = { name: '\0ingress-controller', labels: {}, declared: false };
  const workload = {
    kind: 'Pod',
    name: 'ingress-controller',
    namespace: namespace.name,
    ownLabels: {},
    podLabels: {},
    ports: [],
    hostNetwork: false,
    serviceAccount: 'default',
  };
  const origin = { file: '', shift: 0, at: { start: 0, end: 0 } };
  const widened = new Connectivity({
    ...cluster,
    namespaces: new Map([...cluster.namespaces, [namespace.name, namespace]]),
    workloads: [...cluster.workloads, { value: workload, origin }],
  });
  const controller = widened.endpoints.at(-1) as Endpoint;
  return (endpoint) => widened.between(controller, widened.endpoints[endpoint.position] as Endpoint);
}
