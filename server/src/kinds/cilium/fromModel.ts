import { type Direction, directions, type Peer, type Policy, type PortRange, type Rule } from '../../model/policy.ts';
import {
  everything,
  isNever,
  nameLabel,
  namespaceLabel,
  type Requirement,
  type Selector,
  serviceAccountLabel,
  setNameLabel,
} from '../../model/selector.ts';
import { writtenSelector } from '../kubernetes/writePolicy.ts';
import { refuse } from '../unsayable.ts';

type Written = Readonly<Record<string, unknown>>;

const namespaceKey = 'k8s:io.kubernetes.pod.namespace';
const plainOperators = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

function plain(selector: Selector): readonly Requirement[] {
  if (selector.anyOf?.length) refuse('a selector of Cilium knows no OR');
  const part = selector.requirements.find(({ operator }) => !plainOperators.has(operator));
  if (part) refuse('a selector of Cilium compares whole values of labels, not their parts');
  return selector.requirements;
}

const podRequirement = (one: Requirement): Requirement => {
  if (one.key === serviceAccountLabel) return { ...one, key: 'io.cilium.k8s.policy.serviceaccount' };
  return one.key === namespaceLabel ? { ...one, key: namespaceKey } : one;
};

function namespaceRequirements(selector: Selector): readonly Requirement[] {
  const requirements = plain(selector);
  // Every namespace must be asked for: without a word of namespaces the policy's own is meant.
  if (requirements.length === 0) return [{ key: namespaceKey, operator: 'Exists', values: [] }];
  return requirements.map((one) => ({ ...one, key: one.key === nameLabel ? namespaceKey : `k8s:io.cilium.k8s.namespace.labels.${one.key}` }));
}

const endpoints = (peer: Extract<Peer, { is: 'pods' }>): Written =>
  writtenSelector({
    requirements: [...(peer.namespaces ? namespaceRequirements(peer.namespaces) : []), ...plain(peer.pods ?? everything).map(podRequirement)],
  });

/** A peer as the list that it stands in and its item; undefined for nobody. */
function writePeer(peer: Peer): readonly [list: string, item: unknown] | undefined {
  switch (peer.is) {
    case 'pods':
      if (peer.pods && isNever(peer.pods)) return undefined;
      return ['Endpoints', endpoints(peer)];
    case 'addresses':
      return peer.except.length > 0 ? ['CIDRSet', { cidr: peer.cidr, except: peer.except }] : ['CIDR', peer.cidr];
    case 'entity':
      return ['Entities', peer.entity];
    case 'domains':
      return ['FQDNs', { [peer.names[0]?.includes('*') ? 'matchPattern' : 'matchName']: peer.names[0] }];
    case 'service':
      return refuse('Cilium does not ask a Service for its ports; write them beside it by hand');
    case 'services': {
      const namespace = peer.namespace ? { namespace: peer.namespace } : {};
      if (typeof peer.named === 'string') return ['Services', { k8sService: { serviceName: peer.named, ...namespace } }];
      return ['Services', { k8sServiceSelector: { selector: writtenSelector(peer.named), ...namespace } }];
    }
    case 'nodes':
      return ['Nodes', writtenSelector(peer.nodes)];
    case 'addressSets': {
      const [name] = peer.sets.requirements;
      if (name?.key === setNameLabel) return ['CIDRSet', { cidrGroupRef: name.values[0] }];
      return refuse('Cilium knows no network sets');
    }
  }
}

function writePort({ protocol, port, endPort }: PortRange): Written {
  if (/^protocol|^UDPLITE/i.test(protocol)) return refuse(`Cilium does not know ${protocol}`);
  return { port: String(port ?? 0), ...(endPort === undefined ? {} : { endPort }), ...(protocol === 'ANY' ? {} : { protocol }) };
}

function writeRule(rule: Rule, direction: Direction): readonly Written[] {
  if (rule.conditions) refuse('requests (HTTP and others) are written in other ways in Cilium; write them by hand');
  if (rule.own) refuse('the rules of a Cilium policy are for all endpoints that it selects');
  if (rule.action === 'pass') refuse('Cilium has no tiers to pass traffic on to');
  const word = direction === 'ingress' ? 'from' : 'to';
  if (rule.ports.some(({ protocol }) => /^ICMP/.test(protocol))) refuse('ICMP types are written in other ways in Cilium; write them by hand');
  const toPorts = rule.ports.length > 0 ? { toPorts: [{ ports: rule.ports.map(writePort) }] } : {};
  if (rule.peers.length === 0) return [rule.ports.length > 0 ? toPorts : { [`${word}Entities`]: ['all'] }];
  // A rule asks for peers in one way.
  const lists = new Map<string, unknown[]>();
  for (const peer of rule.peers) {
    // Selectors of network sets stand beside those of pods; without sets they mean nobody.
    const written = peer.is === 'addressSets' && peer.sets.requirements[0]?.key !== setNameLabel ? undefined : writePeer(peer);
    if (!written) continue;
    const [list, item] = written;
    lists.set(list, [...(lists.get(list) ?? []), item]);
  }
  return [...lists].map(([list, items]) => ({ [`${word}${list}`]: items, ...toPorts }));
}

const isEverything = ({ peers, ports }: Rule): boolean => peers.length === 0 && ports.length === 0;

/** A policy as a Cilium policy's spec. Throws Unsayable where that cannot say it. */
export function toCiliumSpec(policy: Policy): Written {
  const { subject } = policy;
  if (subject.pods && isNever(subject.pods)) refuse('policies for nodes and host endpoints are not converted');
  if (policy.tier.calico && policy.tier.name !== 'default') refuse(`Cilium has no tiers, and this policy stands in ${policy.tier.name}`);
  const inOrder = policy.tier.evaluation === 'first-match';
  const spec: Record<string, unknown> = {
    endpointSelector: writtenSelector({
      requirements: [
        ...(policy.namespaced || !subject.namespaces || subject.namespaces.requirements.length === 0
          ? []
          : namespaceRequirements(subject.namespaces)),
        ...plain(subject.pods ?? everything).map(podRequirement),
      ],
    }),
  };
  const defaults: Record<string, boolean> = {};
  for (const direction of directions) {
    const rules = policy[direction] ?? [];
    const allowed = rules.filter((rule, i) => {
      if (rule.action !== 'deny') return true;
      if (inOrder && isEverything(rule) && i === rules.length - 1) return false;
      return inOrder ? refuse('in Cilium a denial wins over every rule, and here the order decides') : true;
    });
    const written = allowed.filter(({ action }) => action !== 'deny').flatMap((rule) => writeRule(rule, direction));
    const denied = allowed.filter(({ action }) => action === 'deny').flatMap((rule) => writeRule(rule, direction));
    if (denied.length > 0) spec[`${direction}Deny`] = denied;
    if (written.length > 0) spec[direction] = written;
    else if (policy.isolates[direction] && denied.length === 0) spec[direction] = [{}];
    if (!policy.isolates[direction] && written.length + denied.length > 0) defaults[direction] = false;
  }
  return { ...spec, ...(Object.keys(defaults).length > 0 ? { enableDefaultDeny: defaults } : {}) };
}
