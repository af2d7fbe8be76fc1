import type { Endpoint } from '../connectivity/endpoints.ts';
import { addressesOf, blockAddresses } from '../model/addressSet.ts';
import type { Cluster } from '../model/cluster.ts';
import { numbersOf } from '../model/implication.ts';
import { intersection } from '../model/intervals.ts';
import { memoizedByObject } from '../model/memoized.ts';
import type { Peer, Policy, PortRange, Rule } from '../model/policy.ts';
import { hasPort } from '../model/portSet.ts';
import { nameLabel, type Selector, selects } from '../model/selector.ts';

/** Whether rules let pods ask the cluster's DNS. Facts: CoreDNS in kube-system on port 53, OpenShift's in openshift-dns on 5353, NodeLocal DNSCache on a link-local address. */
const dnsPorts = [53, 5353];
const dnsNamespaces = ['kube-system', 'openshift-dns'];

/** Whether pods are those of the cluster's DNS. */
export const servesDns = ({ namespace, labels }: Endpoint): boolean =>
  dnsNamespaces.includes(namespace.name) && (labels['k8s-app'] === 'kube-dns' || labels['dns.operator.openshift.io/daemonset-dns'] !== undefined);

const isDnsPort = ({ port, endPort }: PortRange): boolean =>
  typeof port === 'string' ? /dns/.test(port) : port !== undefined && dnsPorts.includes(port) && (endPort ?? port) === port;

/** Where a DNS Service or a node's cache may have its address. */
const inner = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'].map(addressesOf);

/** A selector that means a DNS namespace, or may: by the name, or by a label of that value, which somebody may have set. */
function mayMeanDnsNamespace(selector: Selector, { namespaces }: Cluster): boolean {
  return dnsNamespaces.some((name) => {
    const labels = { ...namespaces.get(name)?.labels, [nameLabel]: name };
    return selects(selector, labels) || selector.requirements.some(({ values }) => values.includes(name));
  });
}

const namesDnsNamespace = (selector: Selector | undefined): boolean =>
  selector?.requirements.some(({ values }) => values.some((value) => dnsNamespaces.includes(value))) === true;

/** A selector of pods that holds those of DNS, or may: none that asks for labels of something else. */
const mayMeanDnsPods = (selector: Selector | undefined): boolean =>
  !selector?.requirements.some(({ key, operator, values }) => operator === 'In' && ![key, ...values].some((word) => /dns/i.test(word)));

function mayBeDns(peer: Peer, policy: Policy, cluster: Cluster): boolean {
  if (peer.is === 'addresses') {
    // To Cilium no pod is behind an address.
    if (policy.kind.startsWith('Cilium')) return false;
    const range = blockAddresses(peer.cidr, peer.except);
    return inner.some((block) => intersection(block, range).length > 0);
  }
  if (peer.is === 'entity') return peer.entity === 'all' || peer.entity === 'cluster';
  if (peer.is === 'service' || peer.is === 'services') return true;
  if (peer.is !== 'pods') return false;
  if (peer.namespaces ? !mayMeanDnsNamespace(peer.namespaces, cluster) : policy.namespaced && !dnsNamespaces.includes(policy.namespace ?? ''))
    return false;
  // Which labels its pods carry differs by platform: what names the namespace names the pods as it finds them.
  return namesDnsNamespace(peer.namespaces) || mayMeanDnsPods(peer.pods);
}

/** Whether a rule is about DNS too: by its port, wherever to, or by being wide enough. */
export function meansDns(rule: Rule, policy: Policy, cluster: Cluster): boolean {
  if (rule.ports.some(isDnsPort)) return true;
  const numbers = numbersOf(rule.ports);
  if (!dnsPorts.some((port) => hasPort(numbers, 'UDP', port) || hasPort(numbers, 'TCP', port))) return false;
  return rule.peers.length === 0 || rule.peers.some((peer) => mayBeDns(peer, policy, cluster));
}

export const allowsDns = (rule: Rule, policy: Policy, cluster: Cluster): boolean => rule.action === 'allow' && meansDns(rule, policy, cluster);

const openShift = memoizedByObject(({ workloads, entrances }: Cluster) => ({
  shows: workloads.some(({ value }) => value.kind === 'DeploymentConfig') || entrances.some(({ value }) => value.kind === 'Route'),
}));

/** OpenShift shows by its own kinds. */
export const platformOf = (cluster: Cluster): 'kubernetes' | 'openshift' => (openShift(cluster).shows ? 'openshift' : 'kubernetes');

/** Where Cilium sees a DNS rule go to: the same pods as those of a NetworkPolicy, each label with its source. */
const ciliumDns = {
  kubernetes: { labels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' }, port: '53' },
  openshift: {
    labels: { 'k8s:io.kubernetes.pod.namespace': 'openshift-dns', 'k8s:dns.operator.openshift.io/daemonset-dns': 'default' },
    port: '5353',
  },
} as const;

/** An egress rule of Cilium for the cluster’s DNS; `proxied`: through its proxy, so that it sees the answers. */
export function ciliumDnsRule(platform: 'kubernetes' | 'openshift', proxied = false): Readonly<Record<string, unknown>> {
  const { labels, port } = ciliumDns[platform];
  return {
    toEndpoints: [{ matchLabels: labels }],
    toPorts: [{ ports: [{ port, protocol: 'ANY' }], ...(proxied ? { rules: { dns: [{ matchPattern: '*' }] } } : {}) }],
  };
}

/** Egress rules of Calico for the cluster’s DNS: one a protocol. */
export function calicoDnsRules(platform: 'kubernetes' | 'openshift'): readonly Readonly<Record<string, unknown>>[] {
  const [namespace, selector, port] =
    platform === 'openshift'
      ? ['openshift-dns', "dns.operator.openshift.io/daemonset-dns == 'default'", 5353]
      : ['kube-system', "k8s-app == 'kube-dns'", 53];
  return ['UDP', 'TCP'].map((protocol) => ({
    action: 'Allow',
    protocol,
    destination: { namespaceSelector: `kubernetes.io/metadata.name == '${namespace}'`, selector, ports: [port] },
  }));
}
