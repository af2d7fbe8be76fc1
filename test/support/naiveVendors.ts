import { type Manifest, NaiveEvaluator, type Probe } from './naiveEvaluator.ts';

/**
 * What Cilium's and Calico's documentation says, written down as directly as possible, for one connection at a time, beside
 * Kubernetes' own policies. Shares no code with the core. Pods and addresses only; requests (HTTP, DNS) are not looked at.
 */

// biome-ignore lint/suspicious/noExplicitAny: manifests are read as they are written.
type Written = any;

interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly account: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}

type End = Pod | string;

function inRange(address: string, cidr: string): boolean {
  const number = (text: string) => text.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  if (address.includes(':') || cidr.includes(':')) return false;
  const [network = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(number(address) / size) === Math.floor(number(network) / size);
}

abstract class Vendor {
  protected readonly manifests: readonly Manifest[];
  protected readonly kubernetes: NaiveEvaluator;

  constructor(manifests: readonly Manifest[]) {
    this.manifests = manifests;
    this.kubernetes = new NaiveEvaluator(manifests);
  }

  protected ofKind(kind: string, group: string): readonly Manifest[] {
    return this.manifests.filter((one) => one.kind === kind && one.apiVersion.startsWith(group));
  }

  protected end(end: Manifest | string): End {
    if (typeof end === 'string') return end;
    const namespace = end.metadata.namespace ?? 'default';
    const declared = this.manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
    return {
      namespace,
      labels: end.metadata.labels ?? {},
      account: end.spec?.serviceAccountName ?? 'default',
      namespaceLabels: { ...declared?.metadata.labels, 'kubernetes.io/metadata.name': namespace },
      ports: (end.spec?.containers ?? []).flatMap((container: { ports?: Pod['ports'] }) => container.ports ?? []),
    };
  }

  passes(probe: Probe): boolean {
    const [from, to] = [this.end(probe.from), this.end(probe.to)];
    const out = typeof from === 'string' || this.side(from, 'egress', to, probe);
    return out && (typeof to === 'string' || this.side(to, 'ingress', from, probe));
  }

  protected abstract side(pod: Pod, direction: 'ingress' | 'egress', peer: End, probe: Probe): boolean;

  /** Whether some NetworkPolicy of Kubernetes isolates, and whether one of those allows it: the other side is left open. */
  protected ofKubernetes(direction: 'ingress' | 'egress', probe: Probe): { readonly isolates: boolean; readonly allows: boolean } {
    const only = this.manifests.filter(({ apiVersion }) => apiVersion === 'v1' || apiVersion === 'networking.k8s.io/v1');
    const whole = new NaiveEvaluator(only);
    const self = direction === 'ingress' ? probe.to : probe.from;
    const { namespace = 'default', labels = {} } = (self as Manifest).metadata;
    const isolating = only.filter(({ kind, metadata, spec }) => {
      const types: readonly string[] =
        spec?.policyTypes?.length > 0 ? spec.policyTypes : ['Ingress', ...(spec?.egress?.length > 0 ? ['Egress'] : [])];
      return (
        kind === 'NetworkPolicy' &&
        metadata.namespace === namespace &&
        types.includes(direction === 'ingress' ? 'Ingress' : 'Egress') &&
        Object.entries(spec.podSelector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
      );
    });
    if (isolating.length === 0) return { isolates: false, allows: true };
    // With the other direction's policies taken away, the answer is this side's.
    const sided = isolating.map((one) => ({ ...one, spec: { ...one.spec, policyTypes: [direction === 'ingress' ? 'Ingress' : 'Egress'] } }));
    const others = only.filter(({ kind }) => kind !== 'NetworkPolicy');
    return { isolates: true, allows: whole && new NaiveEvaluator([...others, ...sided]).passes(probe) };
  }
}

/** Cilium beside Kubernetes: everything that any policy allows, less everything that one denies. */
export class NaiveCilium extends Vendor {
  protected side(pod: Pod, direction: 'ingress' | 'egress', peer: End, probe: Probe): boolean {
    const destination = direction === 'ingress' ? pod : peer;
    const plain = this.ofKubernetes(direction, probe);
    let isolated = plain.isolates;
    let allowed = plain.isolates && plain.allows;
    let denied = false;
    for (const policy of [...this.ofKind('CiliumNetworkPolicy', 'cilium.io'), ...this.ofKind('CiliumClusterwideNetworkPolicy', 'cilium.io')]) {
      const own = policy.kind === 'CiliumNetworkPolicy' ? (policy.metadata.namespace ?? 'default') : undefined;
      const spec: Written = policy.spec;
      if ((own !== undefined && pod.namespace !== own) || !this.selects(spec.endpointSelector, pod, own)) continue;
      const [rules, denials] = [spec[direction] ?? [], spec[`${direction}Deny`] ?? []];
      isolated ||= rules.length + denials.length > 0 && (spec.enableDefaultDeny?.[direction] ?? true);
      const fits = (rule: Written) => this.fits(rule, direction, peer, own) && this.portFits(rule, destination, probe) && this.says(rule);
      allowed ||= rules.some(fits);
      denied ||= denials.some(fits);
    }
    return !denied && (allowed || !isolated);
  }

  private says(rule: Written): boolean {
    return Object.keys(rule).length > 0;
  }

  private selects(selector: Written, pod: Pod, own: string | undefined): boolean {
    let crosses = own === undefined;
    for (const [written, value] of Object.entries(selector?.matchLabels ?? {})) {
      const key = written.replace(/^(k8s|any):/, '');
      if (key === 'io.kubernetes.pod.namespace') {
        crosses = true;
        if (pod.namespace !== value) return false;
      } else if (key.startsWith('io.cilium.k8s.namespace.labels.')) {
        crosses = true;
        if (pod.namespaceLabels[key.slice('io.cilium.k8s.namespace.labels.'.length)] !== value) return false;
      } else if (key === 'io.cilium.k8s.policy.serviceaccount') {
        if (pod.account !== value) return false;
      } else if (pod.labels[key] !== value) return false;
    }
    return crosses || pod.namespace === own;
  }

  private fits(rule: Written, direction: 'ingress' | 'egress', peer: End, own: string | undefined): boolean {
    const word = direction === 'ingress' ? 'from' : 'to';
    const lists = ['Endpoints', 'Entities', 'CIDR', 'CIDRSet'].filter((name) => rule[`${word}${name}`] !== undefined);
    if (lists.length === 0) return true;
    return lists.some((name) =>
      rule[`${word}${name}`].some((item: Written) => {
        if (name === 'Endpoints') return typeof peer !== 'string' && this.selects(item, peer, own);
        if (name === 'Entities')
          return item === 'all' || (item === 'world' ? typeof peer === 'string' : item === 'cluster' && typeof peer !== 'string');
        const { cidr, except = [] } = typeof item === 'string' ? { cidr: item } : item;
        return typeof peer === 'string' && inRange(peer, cidr) && !except.some((one: string) => inRange(peer, one));
      }),
    );
  }

  private portFits(rule: Written, destination: End, { protocol, port }: Probe): boolean {
    if (!(rule.toPorts?.length > 0)) return true;
    return rule.toPorts.some(({ ports }: Written) =>
      ports.some((one: Written) => {
        if (one.protocol && one.protocol !== 'ANY' && one.protocol !== protocol) return false;
        if (!/^\d+$/.test(one.port)) {
          const declared = typeof destination === 'string' ? [] : destination.ports;
          return declared.some((own) => own.name === one.port && own.containerPort === port && (own.protocol ?? 'TCP') === protocol);
        }
        return Number(one.port) === 0 || (port >= Number(one.port) && port <= (one.endPort ?? Number(one.port)));
      }),
    );
  }
}

/** Calico beside Kubernetes: tier by tier, policy by policy, rule by rule. */
export class NaiveCalico extends Vendor {
  protected side(pod: Pod, direction: 'ingress' | 'egress', peer: End, probe: Probe): boolean {
    const tiers = this.ofKind('Tier', 'projectcalico.org').map(({ metadata, spec }) => ({
      name: metadata.name,
      order: spec.order as number,
      end: spec.defaultAction,
    }));
    const all = [...tiers, { name: 'default', order: 1_000_000, end: 'Deny' }].sort((a, b) => a.order - b.order);
    const policies = [...this.ofKind('NetworkPolicy', 'projectcalico.org'), ...this.ofKind('GlobalNetworkPolicy', 'projectcalico.org')].filter(
      ({ metadata, spec }) => {
        const types: readonly string[] = spec.types;
        if (!types.includes(direction === 'ingress' ? 'Ingress' : 'Egress')) return false;
        if (metadata.namespace !== undefined && metadata.namespace !== pod.namespace) return false;
        return (
          this.selects(spec.selector, pod) &&
          (!spec.namespaceSelector || this.selects(spec.namespaceSelector, { ...pod, labels: pod.namespaceLabels }))
        );
      },
    );
    const plain = this.ofKubernetes(direction, probe);
    for (const tier of all) {
      const steps = policies
        .filter(({ spec }) => (spec.tier ?? 'default') === tier.name)
        .map((policy) => ({ order: policy.spec.order as number, decide: () => this.decide(policy, direction, pod, peer, probe) }));
      // Kubernetes' policies are one step, since all that they do is allow.
      if (tier.name === 'default' && plain.isolates) steps.push({ order: 1000, decide: () => (plain.allows ? 'Allow' : undefined) });
      if (steps.length === 0) continue;
      let verdict: string | undefined;
      for (const { decide } of steps.sort((a, b) => a.order - b.order)) {
        verdict = decide();
        if (verdict) break;
      }
      verdict ??= tier.end;
      if (verdict === 'Allow' || verdict === 'Deny') return verdict === 'Allow';
    }
    return true;
  }

  private decide(policy: Manifest, direction: 'ingress' | 'egress', pod: Pod, peer: End, { protocol, port }: Probe): string | undefined {
    const [near, far] = direction === 'ingress' ? ['destination', 'source'] : ['source', 'destination'];
    for (const rule of policy.spec[direction] ?? []) {
      if (rule.action === 'Log') continue;
      if (rule.protocol && rule.protocol !== protocol) continue;
      const ports: readonly Written[] | undefined = rule.destination?.ports;
      const destination = direction === 'ingress' ? pod : peer;
      const portFits =
        !ports ||
        ports.some((one) => {
          if (typeof one === 'number') return one === port;
          if (/^\d+:\d+$/.test(one)) return port >= Number(one.split(':')[0]) && port <= Number(one.split(':')[1]);
          const declared = typeof destination === 'string' ? [] : destination.ports;
          return declared.some((own) => own.name === one && own.containerPort === port && (own.protocol ?? 'TCP') === protocol);
        });
      if (!portFits || !this.entity(rule[far as string], peer, policy.metadata.namespace)) continue;
      if (rule[near as string]?.selector && !this.entity({ selector: rule[near as string].selector }, pod, policy.metadata.namespace)) continue;
      return rule.action;
    }
    return undefined;
  }

  private entity(entity: Written, end: End, own: string | undefined): boolean {
    if (!entity) return true;
    const { selector, namespaceSelector, nets, notNets, notSelector } = entity;
    if (nets && !(typeof end === 'string' && nets.some((net: string) => inRange(end, net)))) return false;
    if (notNets && typeof end === 'string' && notNets.some((net: string) => inRange(end, net))) return false;
    if (selector || namespaceSelector) {
      if (typeof end === 'string') return false;
      const where = namespaceSelector
        ? this.selects(namespaceSelector, { ...end, labels: end.namespaceLabels })
        : own === undefined || end.namespace === own;
      if (!where || (selector && !this.selects(selector, end))) return false;
    }
    return !(notSelector && typeof end !== 'string' && this.selects(notSelector, end));
  }

  /** A selector, by turning it into an expression of labels piece by piece: brackets innermost first. */
  private selects(selector: string | undefined, { labels }: Pod): boolean {
    if (!selector) return true;
    const value = (key: string) => labels[key];
    let text = selector
      .replace(/has\(([^)]+)\)/g, (_, key: string) => (value(key) === undefined ? 'F' : 'T'))
      .replace(/all\(\)/g, 'T')
      .replace(/([\w./-]+) not in \{([^}]*)\}/g, (_, key: string, list: string) => (quoted(list).includes(value(key) ?? '\0') ? 'F' : 'T'))
      .replace(/([\w./-]+) in \{([^}]*)\}/g, (_, key: string, list: string) => (quoted(list).includes(value(key) ?? '\0') ? 'T' : 'F'))
      .replace(/([\w./-]+) (==|!=|contains|starts with|ends with) '([^']*)'/g, (_, key: string, how: string, wanted: string) => {
        const actual = value(key);
        if (how === '==') return actual === wanted ? 'T' : 'F';
        if (how === '!=') return actual !== wanted ? 'T' : 'F';
        if (actual === undefined) return 'F';
        return (how === 'contains' ? actual.includes(wanted) : how === 'starts with' ? actual.startsWith(wanted) : actual.endsWith(wanted))
          ? 'T'
          : 'F';
      })
      .replaceAll(' ', '');
    for (let before = ''; before !== text; ) {
      before = text;
      text = text
        .replace('!T', 'F')
        .replace('!F', 'T')
        .replace('(T)', 'T')
        .replace('(F)', 'F')
        .replace(/(?<!!)([TF])&&([TF])/, (_, a: string, b: string) => (a === 'T' && b === 'T' ? 'T' : 'F'));
      if (before === text) text = text.replace(/(?<!&&)([TF])\|\|([TF])(?!&&)/, (_, a: string, b: string) => (a === 'T' || b === 'T' ? 'T' : 'F'));
    }
    return text === 'T';
  }
}

const quoted = (list: string): readonly string[] => [...list.matchAll(/'([^']*)'/g)].map((match) => match[1] as string);
