import type { AddressSetResource } from '../../model/cluster.ts';
import { type Direction, nobody, type Peer, type Policy, type PortRange, type Rule, tiers } from '../../model/policy.ts';
import { everything, nameLabel, type Requirement, type Selector, selectsNone, serviceAccountLabel, setNameLabel } from '../../model/selector.ts';
import { distinctItemsOf, entriesOf, entryOf, isMap, isSeq, itemsOf, type Node, type ScalarNode, valueAt } from '../../syntax/node.ts';
import { booleanOf, integerOf, isNull, scalarValue, stringOf, stringsOf } from '../../syntax/scalar.ts';
import { readSelector } from '../kubernetes/readNetworkPolicy.ts';
import { readLabels } from '../kubernetes/readWorkload.ts';
import type { Resource } from '../resource.ts';

/**
 * Text → model for Cilium's policies. What cannot be read is left out. Sources: cilium/cilium pkg/policy/api, pkg/labels,
 * pkg/k8s/apis/cilium.io/utils (namespaces).
 */
/** Label under which Cilium has the namespace of an endpoint. */
export const namespaceKey = 'io.kubernetes.pod.namespace';
/** The same with its source as Cilium has it inside; Cilium's own guides write it so, too. */
const dottedNamespaceKey = `k8s.${namespaceKey}`;
const namespaceLabels = 'io.cilium.k8s.namespace.labels.';
const serviceAccountKey = 'io.cilium.k8s.policy.serviceaccount';

/** A label's source, as Cilium writes it before the key; undefined where any counts. */
export function labelKey(text: string): { readonly source: string | undefined; readonly key: string } {
  const match = /^(k8s|any|reserved|container|cni|unspec|node)[:.](.+)$/.exec(text);
  // A dot ends a source only where nothing else of a label's prefix can.
  if (!match || (text[(match[1] as string).length] === '.' && match[1] !== 'any' && match[1] !== 'reserved')) return { source: undefined, key: text };
  return { source: match[1] === 'any' ? undefined : match[1], key: match[2] as string };
}

/** The label of a pod, or of its namespace, that a key asks for. */
export function labelAsked(text: string): string {
  const { key } = labelKey(text);
  return key.startsWith(namespaceLabels) ? key.slice(namespaceLabels.length) : key;
}

/** A selector of endpoints, its conditions on namespaces apart. */
export interface EndpointSelector {
  readonly pods: Selector;
  /** Undefined: it says nothing of namespaces. */
  readonly namespaces: Selector | undefined;
  /** It asks for service accounts. */
  readonly asksIdentity: boolean;
}

/** Reads a selector of endpoints; nothing, and what is no mapping, select everything. */
export function readEndpointSelector(node: Node | undefined): EndpointSelector {
  const pods: Requirement[] = [];
  const namespaces: Requirement[] = [];
  let asksIdentity = false;
  for (const requirement of readSelector(node).requirements) {
    const { source, key } = labelKey(requirement.key);
    if (key === namespaceKey || key === dottedNamespaceKey) namespaces.push({ ...requirement, key: nameLabel });
    else if (key.startsWith(namespaceLabels)) namespaces.push({ ...requirement, key: key.slice(namespaceLabels.length) });
    else if (key === serviceAccountKey) {
      asksIdentity = true;
      pods.push({ ...requirement, key: serviceAccountLabel });
    } else if (key === 'io.cilium.k8s.policy.cluster') {
      // One cluster is all that is known.
    } else if (source === undefined || source === 'k8s') pods.push({ ...requirement, key });
    // Labels of other sources, such as reserved:host, are on nothing that a manifest makes.
    else if (requirement.operator === 'In' || requirement.operator === 'Exists') pods.push(...selectsNone.requirements);
  }
  return { pods: { requirements: pods }, namespaces: namespaces.length > 0 ? { requirements: namespaces } : undefined, asksIdentity };
}

function readEndpoint(node: Node | undefined, namespaced: boolean): Peer {
  const { pods, namespaces } = readEndpointSelector(node);
  const where = namespaces ?? (namespaced ? undefined : everything);
  return { is: 'pods', pods, ...(where ? { namespaces: where } : {}) };
}

function readCidr(text: string): Peer {
  const cidr = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
  return { is: 'addresses', cidr, except: [] };
}

function readCidrRule(node: Node | undefined): readonly Peer[] {
  const group = stringOf(valueAt(node, 'cidrGroupRef'));
  if (group !== undefined) {
    return [{ is: 'addressSets', sets: { requirements: [{ key: setNameLabel, operator: 'In', values: [group] }] }, global: 'only' }];
  }
  if (isMap(valueAt(node, 'cidrGroupSelector'))) {
    return [{ is: 'addressSets', sets: readSelector(valueAt(node, 'cidrGroupSelector')), global: 'only' }];
  }
  const cidr = stringOf(valueAt(node, 'cidr'));
  return cidr === undefined ? [] : [{ is: 'addresses', cidr, except: stringsOf(valueAt(node, 'except')) }];
}

function readEntity(entity: string): readonly Peer[] {
  if (entity === 'world-ipv4') return [{ is: 'addresses', cidr: '0.0.0.0/0', except: [] }];
  if (entity === 'world-ipv6') return [{ is: 'addresses', cidr: '::/0', except: [] }];
  // The cluster among those that are meshed, and the others, of which no manifest here tells.
  if (entity === 'cluster-mesh')
    return [
      { is: 'entity', entity: 'cluster' },
      { is: 'entity', entity },
    ];
  return [{ is: 'entity', entity }];
}

/** Without a namespace a Service of any is meant. Source: cilium/cilium pkg/policy/k8s/service.go (serviceRefMatches, serviceSelectorMatches). */
function readService(node: Node | undefined): readonly Peer[] {
  const [bySelector, byName] = [valueAt(node, 'k8sServiceSelector'), valueAt(node, 'k8sService')];
  const named = isMap(bySelector) ? readSelector(valueAt(bySelector, 'selector')) : stringOf(valueAt(byName, 'serviceName'));
  const namespace = stringOf(valueAt(isMap(bySelector) ? bySelector : byName, 'namespace'));
  return named === undefined ? [nobody] : [{ is: 'services', named, ...(namespace ? { namespace } : {}) }];
}

type Reader = (item: Node, namespaced: boolean) => readonly Peer[];

/** How the items of each list of peers are read, by the key behind `from` or `to`. */
const peerLists: Readonly<Record<string, Reader>> = {
  Endpoints: (item, namespaced) => [readEndpoint(item, namespaced)],
  Entities: (item) => readEntity(stringOf(item) ?? ''),
  CIDR: (item) => [readCidr(stringOf(item) ?? '')],
  CIDRSet: readCidrRule,
  Nodes: (item) => [{ is: 'nodes', nodes: readSelector(item) }],
  Groups: () => [{ is: 'entity', entity: 'groups' }],
  Services: readService,
  FQDNs: (item) => {
    const name = stringOf(valueAt(item, 'matchName')) ?? stringOf(valueAt(item, 'matchPattern'));
    return name === undefined ? [] : [{ is: 'domains', names: [name] }];
  },
};

/** What an item of one of a rule's lists of peers means; nothing for a list that is none. */
export const readCiliumPeer = (item: Node, list: string, namespaced: boolean): readonly Peer[] =>
  peerLists[list.replace(/^(?:from|to)/, '')]?.(item, namespaced) ?? [];

/** The peers of a rule; undefined where it names none, which means any only beside ports. An empty list matches nobody. */
export function readCiliumPeers(node: Node | undefined, direction: Direction, namespaced: boolean): readonly Peer[] | undefined {
  const peers: Peer[] = [];
  let isWritten = false;
  for (const [key, read] of Object.entries(peerLists)) {
    const list = valueAt(node, `${direction === 'ingress' ? 'from' : 'to'}${key}`);
    if (!isSeq(list)) continue;
    isWritten = true;
    for (const item of itemsOf(list)) peers.push(...read(item, namespaced));
  }
  if (!isWritten) return undefined;
  return peers.length > 0 ? peers : [nobody];
}

/** A port as Cilium writes it: a number in quotes, 0 for all, or a name; none for protocols without ports. Protocols are ANY where none is named. */
export function readCiliumPort(node: Node | undefined): PortRange | undefined {
  const written = valueAt(node, 'port');
  if (written?.kind !== 'scalar' || isNull(written)) {
    const only = stringOf(valueAt(node, 'protocol'));
    return only ? { protocol: only.toUpperCase() } : undefined;
  }
  const value = scalarValue(written as ScalarNode);
  const text = value.type === 'string' ? value.value : value.type === 'integer' ? String(value.value) : '';
  const protocol = (stringOf(valueAt(node, 'protocol')) || 'ANY').toUpperCase();
  const endPort = integerOf(valueAt(node, 'endPort'));
  if (!/^\d+$/.test(text)) return { protocol, port: text.toLowerCase() };
  const port = Number(text);
  if (port === 0 && !endPort) return { protocol };
  return { protocol, port, ...(endPort === undefined || endPort <= port ? {} : { endPort }) };
}

type Conditions = NonNullable<Rule['conditions']>;

/** "GET /public", "any request of host a". Regular expressions stand as they are. */
function httpText(node: Node): string {
  const [method, path, host] = ['method', 'path', 'host'].map((key) => stringOf(valueAt(node, key)));
  const headers = [...itemsOf(valueAt(node, 'headers')), ...itemsOf(valueAt(node, 'headerMatches'))].length;
  const parts = [method ?? (path || host ? '' : 'requests'), path ?? '', host ? `at ${host}` : '', headers > 0 ? 'with certain headers' : ''];
  return `HTTP ${parts.filter(Boolean).join(' ')}`;
}

/** What of the traffic on a port rule's ports is meant; undefined where it is all. */
export function readConditions(node: Node | undefined): Conditions | undefined {
  const rules = valueAt(node, 'rules');
  const found: Conditions[number][] = [
    ...itemsOf(valueAt(rules, 'http')).map((item) => ({ protocol: 'http' as const, text: httpText(item) })),
    ...itemsOf(valueAt(rules, 'dns')).map((item) => ({
      protocol: 'dns' as const,
      text: `DNS ${stringOf(valueAt(item, 'matchName')) ?? stringOf(valueAt(item, 'matchPattern')) ?? ''}`.trim(),
    })),
    ...(itemsOf(valueAt(rules, 'kafka')).length > 0 ? [{ protocol: 'kafka' as const, text: 'certain Kafka requests' }] : []),
    ...(stringOf(valueAt(rules, 'l7proto')) ? [{ protocol: 'other' as const, text: `certain ${stringOf(valueAt(rules, 'l7proto'))} requests` }] : []),
    ...stringsOf(valueAt(node, 'serverNames')).map((name) => ({ protocol: 'other' as const, text: `TLS to ${name}` })),
  ];
  return found.length > 0 ? found : undefined;
}

function icmpPorts(node: Node | undefined): readonly PortRange[] {
  return itemsOf(valueAt(node, 'icmps')).flatMap((rule) =>
    itemsOf(valueAt(rule, 'fields')).flatMap((field) => {
      const type = valueAt(field, 'type');
      const text = type?.kind === 'scalar' ? type.text : '';
      return [{ protocol: stringOf(valueAt(field, 'family')) === 'IPv6' ? 'ICMPv6' : 'ICMP', port: text }];
    }),
  );
}

/** Most rules that are read of a policy: one with more, written by aliases, is larger than what the API server stores. */
const mostRules = 20_000;

/** The rules of several lists, each item read once however often aliases repeat it. */
function rulesOf(lists: readonly (readonly [key: string, items: readonly Node[]])[], namespaced: boolean): readonly Rule[] {
  const found: Rule[] = [];
  for (const [key, items] of lists) {
    const known = new Map<Node, readonly Rule[]>();
    for (const item of items) {
      const read = known.get(item) ?? readCiliumRule(item, key, namespaced);
      known.set(item, read);
      for (const rule of read) if (found.length < mostRules) found.push(rule);
    }
  }
  return found;
}

/** What a rule as written comes to: one rule for each port rule, as each may ask for other requests; none where it says nothing. */
export function readCiliumRule(node: Node | undefined, key: string, namespaced: boolean): readonly Rule[] {
  const direction: Direction = key.startsWith('ingress') ? 'ingress' : 'egress';
  const action = key.endsWith('Deny') ? 'deny' : 'allow';
  const written = readCiliumPeers(node, direction, namespaced);
  const portRules = distinctItemsOf(valueAt(node, 'toPorts'));
  const icmp = icmpPorts(node);
  const common = {
    action,
    peers: written ?? [],
    source: { start: node?.start ?? 0, end: node?.end ?? 0 },
    ...(action === 'deny' ? { list: key } : {}),
  } as const;
  if (portRules.length === 0 && icmp.length === 0) return written ? [{ ...common, ports: [] }] : [];
  return [
    ...portRules.map((portRule): Rule => {
      const ports = distinctItemsOf(valueAt(portRule, 'ports')).flatMap((port) => readCiliumPort(port) ?? []);
      const conditions = action === 'allow' ? readConditions(portRule) : undefined;
      return { ...common, ports, ...(conditions ? { conditions } : {}) };
    }),
    ...(icmp.length > 0 ? [{ ...common, ports: icmp }] : []),
  ];
}

/**
 * What a policy of a namespace asks of that namespace, beside being the one: its labels, mostly. A namespace that `matchLabels` name by
 * Cilium's own key gives way to the policy's. Source: cilium/cilium pkg/k8s/apis/cilium.io/utils/utils.go (parseToCiliumRule).
 */
function askedOfOwn(selector: Node | undefined, namespaces: Selector | undefined): Selector | undefined {
  const labels = valueAt(selector, 'matchLabels');
  const overridden = (isMap(labels) ? entriesOf(labels) : []).flatMap(({ key, value }) => {
    const { source, key: label } = labelKey(key.text);
    return source === 'k8s' && label === namespaceKey ? [stringOf(value)] : [];
  });
  const isOverridden = ({ key, operator, values }: Requirement) => key === nameLabel && operator === 'In' && overridden.includes(values[0]);
  const requirements = (namespaces?.requirements ?? []).filter((one) => !isOverridden(one));
  return requirements.length > 0 ? { requirements } : undefined;
}

function readSpec(spec: Node | undefined, { kind, name, namespace, table }: Resource): Policy {
  const namespaced = table?.namespaced === true;
  const subject = readEndpointSelector(valueAt(spec, 'endpointSelector'));
  const namespaces = namespaced ? askedOfOwn(valueAt(spec, 'endpointSelector'), subject.namespaces) : (subject.namespaces ?? everything);
  const isForNodes = entryOf(spec, 'nodeSelector') !== undefined || !entryOf(spec, 'endpointSelector');
  let asksIdentity = subject.asksIdentity;
  const direction = (which: Direction) => {
    const lists = [which, `${which}Deny`].map((key) => [key, itemsOf(valueAt(spec, key))] as const);
    for (const [, items] of lists)
      for (const item of new Set(items))
        for (const peer of itemsOf(valueAt(item, which === 'ingress' ? 'fromEndpoints' : 'toEndpoints')))
          asksIdentity ||= readEndpointSelector(peer).asksIdentity;
    const isWritten = lists.some(([, items]) => items.length > 0);
    // Of a direction without a rule nothing is denied, whatever is enabled. Source: cilium/cilium pkg/policy/utils/parserules.go.
    const isolates = isWritten && (booleanOf(valueAt(spec, 'enableDefaultDeny', which)) ?? true);
    const rules = rulesOf(lists, namespaced);
    return { rules: isWritten || isolates ? rules : undefined, isolates };
  };
  const [ingress, egress] = [direction('ingress'), direction('egress')];
  return {
    kind: kind ?? '',
    name,
    namespace: namespaced ? namespace : undefined,
    namespaced,
    tier: tiers.namespace,
    order: 0,
    subject: {
      pods: isForNodes ? selectsNone : subject.pods,
      ...(namespaces ? { namespaces } : {}),
    },
    ingress: ingress.rules,
    egress: egress.rules,
    isolates: { ingress: ingress.isolates, egress: egress.isolates },
    hostNetwork: false,
    ...(asksIdentity ? { asksIdentity } : {}),
  };
}

/** The specs of a policy, as written: `spec`, and those of `specs`. */
export function ciliumSpecs(root: Node): readonly Node[] {
  const spec = valueAt(root, 'spec');
  return [...(isMap(spec) ? [spec] : []), ...itemsOf(valueAt(root, 'specs')).filter(isMap)];
}

/** CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy: a policy for each spec. */
export const readCiliumPolicies = (resource: Resource): readonly Policy[] => ciliumSpecs(resource.root).map((spec) => readSpec(spec, resource));

export function readCidrGroup({ root, kind, name }: Resource): AddressSetResource | undefined {
  if (name === undefined) return undefined;
  const labels = { ...readLabels(valueAt(root, 'metadata', 'labels')), [setNameLabel]: name };
  return { kind: kind ?? '', name, namespace: undefined, labels, cidrs: stringsOf(valueAt(root, 'spec', 'externalCIDRs')), domains: [] };
}
