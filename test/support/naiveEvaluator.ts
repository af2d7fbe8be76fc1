/**
 * What Kubernetes' documentation says of policies, written down as directly as possible, on manifests as plain objects,
 * for one connection at a time. Slow and simple on purpose: the oracle that the core is compared with. Shares no code with it.
 */

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: manifests are read as they are written.
  readonly spec?: any;
}

interface PodLike {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  readonly hostNetwork: boolean;
}

/** One connection: from a pod to a pod or an address, or from an address to a pod. */
export interface Probe {
  readonly from: Manifest | string;
  readonly to: Manifest | string;
  readonly protocol: string;
  readonly port: number;
}

function podOf({ metadata, spec }: Manifest): PodLike {
  return {
    namespace: metadata.namespace ?? 'default',
    labels: metadata.labels ?? {},
    ports: (spec?.containers ?? []).flatMap((container: { ports?: PodLike['ports'] }) => container.ports ?? []),
    hostNetwork: spec?.hostNetwork === true,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a label selector as it is written.
function selected(selector: any, labels: Readonly<Record<string, string>>): boolean {
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) if (labels[key] !== value) return false;
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const has = key in labels;
    if (operator === 'In' && !(has && values.includes(labels[key]))) return false;
    if (operator === 'NotIn' && has && values.includes(labels[key])) return false;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
  }
  return true;
}

/** An address as 32 or 128 bits. */
function bits(address: string): string {
  if (!address.includes(':'))
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const middle = tail === undefined ? [] : Array(8 - before.length - after.length).fill('0');
  return [...before, ...middle, ...after].map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

function inside(address: string, cidr: string): boolean {
  const [network = '', length = '0'] = cidr.split('/');
  const [a, b] = [bits(address), bits(network)];
  return a.length === b.length && a.slice(0, Number(length)) === b.slice(0, Number(length));
}

/** A world of manifests to put questions to. */
export class NaiveEvaluator {
  private readonly manifests: readonly Manifest[];

  constructor(manifests: readonly Manifest[]) {
    this.manifests = manifests;
  }

  private namespaceLabels(name: string): Readonly<Record<string, string>> {
    const manifest = this.manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
    return { ...manifest?.metadata.labels, 'kubernetes.io/metadata.name': name };
  }

  private ofKind(kind: string): readonly Manifest[] {
    return this.manifests.filter((manifest) => manifest.kind === kind);
  }

  /** Whether the connection passes. */
  passes({ from, to, protocol, port }: Probe): boolean {
    const out = typeof from === 'string' || this.side(podOf(from), 'egress', to, protocol, port);
    const into = typeof to === 'string' || this.side(podOf(to), 'ingress', from, protocol, port);
    return out && into;
  }

  private side(pod: PodLike, direction: 'ingress' | 'egress', peer: Manifest | string, protocol: string, port: number): boolean {
    const destination = direction === 'ingress' ? pod : typeof peer === 'string' ? undefined : podOf(peer);
    const ports = destination?.ports ?? [];
    const admin = [...this.ofKind('AdminNetworkPolicy'), ...this.ofKind('ClusterNetworkPolicy').filter(({ spec }) => spec.tier === 'Admin')];
    const baseline = [
      ...this.ofKind('BaselineAdminNetworkPolicy'),
      ...this.ofKind('ClusterNetworkPolicy').filter(({ spec }) => spec.tier === 'Baseline'),
    ];
    const decided = this.tier(admin, pod, direction, peer, protocol, port, ports);
    if (decided === 'Allow' || decided === 'Deny') return decided === 'Allow';

    const isolating = this.ofKind('NetworkPolicy').filter(({ metadata, spec }) => {
      const types: readonly string[] = spec.policyTypes?.length > 0 ? spec.policyTypes : ['Ingress', ...(spec.egress?.length > 0 ? ['Egress'] : [])];
      return (
        (metadata.namespace ?? 'default') === pod.namespace &&
        selected(spec.podSelector, pod.labels) &&
        types.includes(direction === 'ingress' ? 'Ingress' : 'Egress')
      );
    });
    if (isolating.length > 0) {
      return isolating.some(({ metadata, spec }) =>
        // biome-ignore lint/suspicious/noExplicitAny: rules as they are written.
        (spec[direction] ?? []).some((rule: any) => {
          const peers = rule[direction === 'ingress' ? 'from' : 'to'];
          // biome-ignore lint/suspicious/noExplicitAny: peers as they are written.
          const peerFits = !(peers?.length > 0) || peers.some((one: any) => this.fits(one, metadata.namespace ?? 'default', peer));
          // biome-ignore lint/suspicious/noExplicitAny: ports as they are written.
          const portFits = !(rule.ports?.length > 0) || rule.ports.some((one: any) => portMatches(one, protocol, port, ports));
          return peerFits && portFits;
        }),
      );
    }
    return this.tier(baseline, pod, direction, peer, protocol, port, ports) !== 'Deny';
  }

  // biome-ignore lint/suspicious/noExplicitAny: a peer as it is written.
  private fits(one: any, own: string, peer: Manifest | string): boolean {
    if (typeof peer === 'string')
      return one.ipBlock !== undefined && inside(peer, one.ipBlock.cidr) && !(one.ipBlock.except ?? []).some((cidr: string) => inside(peer, cidr));
    if (one.ipBlock) return false;
    const { namespace, labels } = podOf(peer);
    const namespaceFits = one.namespaceSelector ? selected(one.namespaceSelector, this.namespaceLabels(namespace)) : namespace === own;
    return namespaceFits && (!one.podSelector || selected(one.podSelector, labels));
  }

  /** The first rule that matches decides; undefined where none does, or where it passes. */
  private tier(
    policies: readonly Manifest[],
    pod: PodLike,
    direction: 'ingress' | 'egress',
    peer: Manifest | string,
    protocol: string,
    port: number,
    ports: PodLike['ports'],
  ): string | undefined {
    for (const { spec } of [...policies].sort((a, b) => (a.spec.priority ?? 0) - (b.spec.priority ?? 0))) {
      if (!this.clusterWide(spec.subject, pod)) continue;
      for (const rule of spec[direction] ?? []) {
        // biome-ignore lint/suspicious/noExplicitAny: peers as they are written.
        const peerFits = rule[direction === 'ingress' ? 'from' : 'to'].some((one: any) => {
          if (typeof peer === 'string') return (one.networks ?? []).some((cidr: string) => inside(peer, cidr));
          // Whose addresses no manifest tells: all that is known is that every address is a pod's, too.
          return (one.networks ?? []).includes('0.0.0.0/0') || this.clusterWide(one, podOf(peer));
        });
        const written = rule.ports ?? rule.protocols;
        // biome-ignore lint/suspicious/noExplicitAny: ports as they are written.
        const portFits = !written || written.some((one: any) => adminPortMatches(one, protocol, port, ports));
        if (peerFits && portFits) return rule.action === 'Pass' ? undefined : rule.action === 'Accept' ? 'Allow' : rule.action;
      }
    }
    return undefined;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a subject or peer as it is written.
  private clusterWide(selection: any, pod: PodLike): boolean {
    if (pod.hostNetwork) return false;
    const labels = this.namespaceLabels(pod.namespace);
    if (selection.namespaces) return selected(selection.namespaces, labels);
    return selection.pods !== undefined && selected(selection.pods.namespaceSelector, labels) && selected(selection.pods.podSelector, pod.labels);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a port as it is written.
function portMatches(one: any, protocol: string, port: number, declared: PodLike['ports']): boolean {
  if ((one.protocol ?? 'TCP') !== protocol) return false;
  if (one.port === undefined) return true;
  if (typeof one.port === 'string')
    return declared.some(
      (candidate) => candidate.name === one.port && (candidate.protocol ?? 'TCP') === protocol && candidate.containerPort === port,
    );
  return port >= one.port && port <= (one.endPort ?? one.port);
}

// biome-ignore lint/suspicious/noExplicitAny: a port as it is written.
function adminPortMatches(one: any, protocol: string, port: number, declared: PodLike['ports']): boolean {
  const name = one.namedPort ?? one.destinationNamedPort;
  if (name !== undefined)
    return declared.some((candidate) => candidate.name === name && (candidate.protocol ?? 'TCP') === protocol && candidate.containerPort === port);
  if (one.portNumber) return (one.portNumber.protocol ?? 'TCP') === protocol && one.portNumber.port === port;
  if (one.portRange) return (one.portRange.protocol ?? 'TCP') === protocol && port >= one.portRange.start && port <= one.portRange.end;
  const match = one[protocol.toLowerCase()];
  if (!match) return false;
  if (!match.destinationPort) return true;
  const { number, range } = match.destinationPort;
  return range ? port >= range.start && port <= range.end : port === number;
}
