import * as l10n from '@vscode/l10n';
import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { workloadNames } from '../explain/names.ts';
import { allOf, cidr as cidrPhrase, code, shortened } from '../explain/phrases.ts';
import { readAdminPeers } from '../kinds/admin/readAdminPolicy.ts';
import { labelKey } from '../kinds/cilium/readCilium.ts';
import { readPeer, readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { dnsRule } from '../kinds/kubernetes/writePolicy.ts';
import { directionOf, enclosing, type Place, selectsNamespaces } from '../kinds/walk.ts';
import { isProtocol } from '../model/portSet.ts';
import { type Labels, nameLabel } from '../model/selector.ts';
import { unknownValue } from '../model/workload.ts';
import { platformOf } from '../rules/dns.ts';
import { podsIn } from '../rules/inView.ts';
import { isScalar, itemsOf, type Node, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import type { WorkspaceView } from '../workspace/view.ts';

/** Something to write that exists in the workspace, or that fits the place. */
export interface Offer {
  readonly label: string;
  readonly is: 'key' | 'value' | 'skeleton';
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
  /** What is written: a value, an item of a list or a whole manifest. */
  readonly value?: unknown;
  /** For a key, which is written itself, the values to choose from. */
  readonly values?: readonly string[];
}

/** Where completion is asked for: in the view, in a policy of this namespace. */
export interface Around {
  readonly view: WorkspaceView;
  readonly namespace: string;
}

/** Most values that are offered of one kind. */
export const most = 100;

interface Known {
  readonly value: string;
  readonly endpoints: readonly Endpoint[];
}

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

/** Labels as they stand on pods or namespaces, those that a controller sets left out. */
const written = (labels: Labels): readonly (readonly [string, string])[] => Object.entries(labels).filter(([, value]) => value !== unknownValue);

/** What an administrator's policy asks of pods in the subject or peer around a place. */
const adminPods = (place: Place) => valueAt((enclosing(place, 'admin-peer') ?? enclosing(place, 'admin-subject'))?.node, 'pods');

/** The namespaces that a selector at a place looks into: those of its peer, or the policy's own. */
function namespacesOf(place: Place, connectivity: Connectivity, own: string): readonly string[] {
  const selector = valueAt(enclosing(place, 'peer')?.node, 'namespaceSelector') ?? valueAt(adminPods(place), 'namespaceSelector');
  return selector ? connectivity.namespacesOf(readSelector(selector)) : [own];
}

/** Pods that come into question at a place, those of its namespaces first. */
function podsAround(place: Place, connectivity: Connectivity, own: string): readonly Endpoint[] {
  const names = namespacesOf(place, connectivity, own);
  const near = names.flatMap((name) => connectivity.endpointsIn(name));
  // A peer may get its namespaceSelector yet; a policy selects pods of its own namespace alone.
  return enclosing(place, 'peer') || enclosing(place, 'cilium-labels') || adminPods(place) ? unique([...near, ...connectivity.endpoints]) : near;
}

/** What selectors at a place may ask for: label sets with those that carry them, in the order to offer them. */
function candidates(place: Place, { view, namespace }: Around): readonly { readonly labels: Labels; readonly who: string }[] {
  const connectivity = connectivityOf(view.cluster);
  if (selectsNamespaces(enclosing(place, 'selector'))) {
    return [...view.cluster.namespaces.values()].map(({ name, labels, declared }) => ({
      labels,
      who: `namespace ${name}${declared ? '' : ' (assumed)'}`,
    }));
  }
  return podsAround(place, connectivity, namespace).map(({ labels, workload }) => ({
    labels,
    who: `${workload.kind} ${workload.name}${workload.namespace === namespace ? '' : ` of ${workload.namespace}`}`,
  }));
}

const cut = (names: readonly string[]): string => shortened(unique(names), allOf);

/** Values that a stop may let choose from: no more than a list shows, and none that would end it. */
const choosable = (values: readonly string[]): readonly string[] => values.slice(0, 20).filter((value) => !/[,|\\}$]/.test(value));

function labelKeys(place: Place, around: Around, present: ReadonlySet<string>, withValue: boolean): readonly Offer[] {
  const carriers = new Map<string, { readonly who: string[]; readonly values: Set<string> }>();
  for (const { labels, who } of candidates(place, around)) {
    for (const [key, value] of written(labels)) {
      if (present.has(key)) continue;
      const known = carriers.get(key) ?? { who: [], values: new Set<string>() };
      known.who.push(who);
      known.values.add(value);
      carriers.set(key, known);
    }
  }
  return [...carriers].slice(0, most).map(([key, { who, values }]) => {
    const common = { label: key, detail: cut([...values]), documentation: `On ${cut(who)}.` };
    return withValue ? { ...common, is: 'key', values: choosable([...values]) } : { ...common, is: 'value', value: key };
  });
}

function labelValues(place: Place, key: string, around: Around, present: ReadonlySet<string> = new Set()): readonly Offer[] {
  const carriers = new Map<string, string[]>();
  for (const { labels, who } of candidates(place, around)) {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (value === undefined || value === unknownValue || present.has(value)) continue;
    carriers.set(value, [...(carriers.get(value) ?? []), who]);
  }
  return [...carriers].slice(0, most).map(([value, who]) => ({
    label: value,
    is: 'value',
    detail: cut(who),
    documentation: `${code(`${key}=${value}`)} is on ${cut(who)}.`,
    value,
  }));
}

const namespaceNames = ({ view }: Around): readonly Offer[] =>
  [...view.cluster.namespaces.values()].map(({ name, declared }) => ({
    label: name,
    is: 'value',
    detail: declared ? l10n.t('namespace') : l10n.t('assumed namespace'),
    documentation: declared ? 'A manifest of the workspace declares it.' : 'No manifest declares it; resources name it.',
    value: name,
  }));

/** The pods whose ports a rule at a place means. */
function destinations(place: Place, { view, namespace }: Around): readonly Endpoint[] {
  const connectivity = connectivityOf(view.cluster);
  if (enclosing(place, 'admin-port')) {
    const peers =
      directionOf(place) === 'ingress'
        ? readAdminPeers(valueAt(place.resource.root, 'spec', 'subject'))
        : itemsOf(valueAt(enclosing(place, 'rule')?.node, 'to')).flatMap(readAdminPeers);
    const pods = peers.flatMap((peer) =>
      peer.is === 'pods' ? podsIn(connectivity.podsOf(peer, { namespace: undefined, namespaced: false }), connectivity) : [],
    );
    return unique(pods.flatMap(({ index }) => connectivity.classes[index] ?? []));
  }
  if (directionOf(place) === 'ingress') {
    const spec = enclosing(place, 'policy-spec');
    const selector = readSelector(valueAt(spec?.node, 'podSelector'));
    return connectivity.labelled(selector, namespace);
  }
  const rule = enclosing(place, 'rule');
  return itemsOf(valueAt(rule?.node, 'to')).flatMap((node) => {
    const peer = readPeer(node);
    if (peer?.is !== 'pods') return [];
    return connectivity.labelled(peer.pods, peer.namespaces ?? namespace);
  });
}

/** The protocol of the port at a place, where it is written: beside it, or as a key above it. */
function protocolAround(place: Place): string | undefined {
  for (let current = place.parent; current; current = current.parent) {
    const protocol = current.entry?.key.text.toUpperCase() ?? '';
    if (isProtocol(protocol)) return protocol;
    if (current.type.role === 'admin-port') break;
  }
  return stringOf(valueAt(enclosing(place, 'policy-port')?.node ?? place.parent?.node, 'protocol'));
}

function ports(place: Place, around: Around): readonly Offer[] {
  const protocol = protocolAround(place);
  const [isName, isNumber] = [place.type.role === 'port-name', place.type.is === 'integer'];
  const found = new Map<string, Known & { readonly detail: string }>();
  for (const endpoint of destinations(place, around)) {
    for (const port of endpoint.ports) {
      if (protocol !== undefined && port.protocol !== protocol) continue;
      for (const value of [...(isName ? [] : [String(port.port)]), ...(port.name && !isNumber ? [port.name] : [])]) {
        const before = found.get(`${value} ${port.protocol}`);
        found.set(`${value} ${port.protocol}`, {
          value,
          endpoints: [...(before?.endpoints ?? []), endpoint],
          detail: `${port.protocol} ${port.port}${port.name ? ` (${port.name})` : ''}`,
        });
      }
    }
  }
  return [...found.values()].slice(0, most).map(({ value, endpoints, detail }) => ({
    label: value,
    is: 'value',
    detail,
    documentation: `Container port of ${workloadNames(endpoints.map(({ workload }) => workload))}.`,
    value: /^\d+$/.test(value) ? Number(value) : value,
  }));
}

/** Ranges that policies often speak of. */
const wellKnown: readonly (readonly [string, string])[] = [
  ['0.0.0.0/0', 'every IPv4 address'],
  ['::/0', 'every IPv6 address'],
  ['10.0.0.0/8', 'private (RFC 1918)'],
  ['172.16.0.0/12', 'private (RFC 1918)'],
  ['192.168.0.0/16', 'private (RFC 1918)'],
  ['169.254.169.254/32', 'the metadata service of clouds'],
  ['169.254.20.10/32', 'NodeLocal DNSCache, commonly'],
  ['100.64.0.0/10', 'shared by carriers (RFC 6598), pods on some platforms'],
  ['fc00::/7', 'unique local (RFC 4193)'],
];

function cidrs({ view }: Around): readonly Offer[] {
  const used = new Map<string, string[]>();
  for (const { value } of view.cluster.policies) {
    for (const rule of [...(value.ingress ?? []), ...(value.egress ?? [])]) {
      for (const peer of rule.peers) {
        if (peer.is !== 'addresses') continue;
        for (const text of [peer.cidr, ...peer.except]) used.set(text, [...(used.get(text) ?? []), value.name ?? value.kind]);
      }
    }
  }
  const own = [...used].filter(([text]) => cidrPhrase(text) !== undefined).slice(0, most);
  return [
    ...own.map(
      ([text, names]): Offer => ({
        label: text,
        is: 'value',
        detail: l10n.t('used by {0}', cut(names)),
        documentation: `${cidrPhrase(text)}.`,
        value: text,
      }),
    ),
    ...wellKnown
      .filter(([text]) => !used.has(text))
      .map(([text, what]): Offer => ({ label: text, is: 'value', detail: what, documentation: `${cidrPhrase(text)}.`, value: text })),
  ];
}

const inNamespace = (namespace: string, pods: Readonly<Record<string, unknown>>) => ({
  namespaceSelector: { matchLabels: { [nameLabel]: namespace } },
  ...pods,
});

/** Rules that are often wanted, for a list of rules. */
function rules(place: Place, { view }: Around): readonly Offer[] {
  const direction = directionOf(place);
  const key = direction === 'ingress' ? 'from' : 'to';
  const offer = (label: string, documentation: string, rule: unknown): Offer => ({
    label,
    is: 'skeleton',
    detail: l10n.t('a rule'),
    documentation,
    value: rule,
  });
  const port = [{ protocol: 'TCP', port: 8080 }];
  const web = [{ protocol: 'TCP', port: 443 }];
  // These engines never match nodes, the API server's among them, by address.
  const byAddress = view.engine !== 'cilium' && view.engine !== 'gke-dataplane-v2';
  const within = offer(l10n.t('within the namespace'), l10n.t('Pods of the policy’s own namespace.'), { [key]: [{ podSelector: {} }], ports: port });
  if (direction === 'egress') {
    return [
      offer(l10n.t('allow DNS'), l10n.t('The cluster’s DNS, UDP and TCP.'), dnsRule(platformOf(view.cluster))),
      within,
      offer(l10n.t('to the internet except private ranges'), l10n.t('Addresses outside, without private ranges and the cloud’s metadata.'), {
        to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] } }],
        ports: web,
      }),
      ...(byAddress
        ? [
            offer(l10n.t('to the API server'), l10n.t('The addresses of the Kubernetes API: see `kubectl get endpointslices kubernetes`.'), {
              to: [{ ipBlock: { cidr: '192.0.2.10/32' } }],
              ports: [{ protocol: 'TCP', port: 6443 }],
            }),
          ]
        : []),
    ];
  }
  return [
    within,
    offer(l10n.t('from a namespace'), l10n.t('Every pod of another namespace.'), { from: [inNamespace('other-namespace', {})], ports: port }),
    offer(l10n.t('from an ingress controller'), l10n.t('The pods of ingress-nginx.'), {
      from: [inNamespace('ingress-nginx', { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'ingress-nginx' } } })],
      ports: port,
    }),
    offer(l10n.t('scraping by Prometheus'), l10n.t('Prometheus of the namespace monitoring.'), {
      from: [inNamespace('monitoring', { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } })],
      ports: [{ protocol: 'TCP', port: 9090 }],
    }),
    offer(l10n.t('from the internet except private ranges'), l10n.t('Addresses outside.'), {
      from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } }],
      ports: web,
    }),
    ...(byAddress
      ? [
          offer(l10n.t('from the nodes'), l10n.t('The kubelet’s probes, where the network plugin does not let them through by itself.'), {
            from: [{ ipBlock: { cidr: view.clusterCidrs.nodes[0] ?? '10.240.0.0/16' } }],
            ports: port,
          }),
        ]
      : []),
  ];
}

const scalarsOf = (node: Node | undefined): ReadonlySet<string> => new Set(itemsOf(node).flatMap((item) => (isScalar(item) ? [item.text] : [])));

/** What the workspace offers for a key of a mapping at a place. */
export function keysAround(place: Place, present: ReadonlySet<string>, around: Around): readonly Offer[] {
  if (place.type.role === 'cilium-labels') {
    const namespace = 'k8s:io.kubernetes.pod.namespace';
    const names = namespaceNames(around).map(({ label }) => label);
    const own: Offer = {
      label: namespace,
      is: 'key',
      detail: cut(names),
      documentation: l10n.t('The namespace of the endpoints; without it, in a CiliumNetworkPolicy, the policy’s own.'),
      values: choosable(names),
    };
    return [
      ...labelKeys(place, around, present, true),
      ...(place.parent?.type.role === 'cilium-peer' && !present.has(namespace) && names.length > 0 ? [own] : []),
    ];
  }
  return place.type.role === 'labels' && enclosing(place, 'selector') ? labelKeys(place, around, present, true) : [];
}

/** What the workspace offers for a value at a place. */
export function valuesAround(place: Place, around: Around): readonly Offer[] {
  switch (place.type.role) {
    case 'namespace-name':
      return namespaceNames(around);
    case 'label-value': {
      if (!enclosing(place, 'selector')) return [];
      const key = place.entry?.key.text ?? stringOf(valueAt(enclosing(place, 'expression')?.node, 'key'));
      return key === undefined ? [] : labelValues(place, key, around, place.item ? scalarsOf(place.parent?.node) : new Set());
    }
    case 'label-key':
      return enclosing(place, 'expression') ? labelKeys(place, around, new Set(), false) : [];
    case 'port':
    case 'port-name':
      return ports(place, around);
    case 'cidr':
    case 'except':
      return cidrs(around);
    default: {
      const written = place.parent?.type.role === 'cilium-labels' ? place.entry?.key.text : undefined;
      if (written === undefined) return [];
      const { key } = labelKey(written);
      return key === 'io.kubernetes.pod.namespace' ? namespaceNames(around) : labelValues(place, key, around);
    }
  }
}

/** What fits as an item of a list at a place: whole rules. */
export const itemsAround = (place: Place, around: Around): readonly Offer[] =>
  place.type.role === 'rules' && directionOf(place) ? rules(place, around) : [];
