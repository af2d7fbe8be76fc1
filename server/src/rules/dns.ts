import { addressesOf, blockAddresses } from '../model/addressSet.ts';
import type { Cluster } from '../model/cluster.ts';
import { numbersOf } from '../model/implication.ts';
import { intersection } from '../model/intervals.ts';
import type { Peer, Policy, PortRange, Rule } from '../model/policy.ts';
import { hasPort } from '../model/portSet.ts';
import { type Selector, selects } from '../model/selector.ts';

/** Whether rules let pods ask the cluster's DNS. Facts: CoreDNS in kube-system on port 53, OpenShift's in openshift-dns on 5353, NodeLocal DNSCache on a link-local address. */
const dnsPorts = [53, 5353];
const dnsNamespaces = ['kube-system', 'openshift-dns'];

const isDnsPort = ({ port, endPort }: PortRange): boolean =>
  typeof port === 'string' ? /dns/.test(port) : port !== undefined && dnsPorts.includes(port) && (endPort ?? port) === port;

/** Where a DNS Service or a node's cache may have its address. */
const inner = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'].map(addressesOf);

/** A selector that means a DNS namespace, or may: by the name, or by a label of that value, which somebody may have set. */
function mayMeanDnsNamespace(selector: Selector, { namespaces }: Cluster): boolean {
  return dnsNamespaces.some((name) => {
    const labels = { ...namespaces.get(name)?.labels, 'kubernetes.io/metadata.name': name };
    return selects(selector, labels) || selector.requirements.some(({ values }) => values.includes(name));
  });
}

function mayBeDns(peer: Peer, policy: Policy, cluster: Cluster): boolean {
  if (peer.is === 'addresses') {
    const range = blockAddresses(peer.cidr, peer.except);
    return inner.some((block) => intersection(block, range).length > 0);
  }
  if (peer.is !== 'pods') return false;
  const namespaceFits = peer.namespaces ? mayMeanDnsNamespace(peer.namespaces, cluster) : dnsNamespaces.includes(policy.namespace ?? '');
  // Which labels its pods carry differs by platform: one that names the namespace names the pods as it finds them.
  return namespaceFits;
}

/** Whether a rule lets DNS through: by its port, wherever to, or by being wide enough. */
export function allowsDns(rule: Rule, policy: Policy, cluster: Cluster): boolean {
  if (rule.action !== 'allow') return false;
  if (rule.ports.some(isDnsPort)) return true;
  const numbers = numbersOf(rule.ports);
  if (!dnsPorts.some((port) => hasPort(numbers, 'UDP', port) || hasPort(numbers, 'TCP', port))) return false;
  return rule.peers.length === 0 || rule.peers.some((peer) => mayBeDns(peer, policy, cluster));
}

/** OpenShift shows by its own kinds. */
export const platformOf = ({ workloads, entrances }: Cluster): 'kubernetes' | 'openshift' =>
  workloads.some(({ value }) => value.kind === 'DeploymentConfig') || entrances.some(({ value }) => value.kind === 'Route')
    ? 'openshift'
    : 'kubernetes';
