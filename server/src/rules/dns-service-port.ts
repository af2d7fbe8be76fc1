import * as l10n from '@vscode/l10n';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Peer, Policy, Rule as PolicyRule, PortRange } from '../model/policy.ts';
import { flagged, policyNamed } from './examples.ts';
import { type PolicyInView, podsIn } from './inView.ts';
import { type WrittenPort, writtenPort } from './ports.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith, ciliumWith } from './vendor.ts';
import { rulesWithPorts } from './vendorPorts.ts';

/** Where OpenShift's DNS runs, the port of its Service, and the one that its pods listen on. Source: openshift/cluster-dns-operator assets/dns. */
const namespace = 'openshift-dns';
const servicePort = 53;
const targetPort = 5353;

/** Whether a peer means pods of OpenShift's DNS namespace alone, none of which the workspace holds: of those that it holds another rule speaks. */
const isOpenShiftDns = (peer: Peer, policy: Policy, connectivity: Connectivity): boolean =>
  peer.is === 'pods' &&
  peer.namespaces?.requirements.some(({ operator, values }) => operator === 'In' && values.length === 1 && values[0] === namespace) === true &&
  podsIn(connectivity.podsOf(peer, policy), connectivity).length === 0;

const isServicePort = ({ port, endPort }: PortRange): boolean => port === servicePort && (endPort ?? port) === servicePort;

/** Whether an entry of a rule's ports lets through what another would if it named the port of the pods. */
const isTargetPort = ({ protocol, port, endPort }: PortRange, { protocol: wanted }: PortRange): boolean =>
  (protocol === wanted || protocol === 'ANY') &&
  (port === undefined || (typeof port === 'number' && port <= targetPort && (endPort ?? port) >= targetPort));

function check(rule: PolicyRule, ports: readonly WrittenPort[], policy: Policy, context: RuleContext): void {
  const mistaken = rule.action === 'allow' ? ports.filter(({ port }) => isServicePort(port)) : [];
  if (mistaken.length === 0) return;
  // What Calico selects may be sets of addresses, too.
  const peers = rule.peers.filter(({ is }) => is !== 'addressSets');
  if (peers.length === 0 || !peers.every((peer) => isOpenShiftDns(peer, policy, context.observer.connectivity))) return;
  for (const { port, at, as } of mistaken) {
    if (ports.some((other) => isTargetPort(other.port, port))) continue;
    context.report({
      at,
      message: `${servicePort} is the port of the Service of OpenShift’s DNS; its pods listen on ${targetPort}, and policies see the port after translation. No name can be resolved by this.`,
      fixes: () => [{ title: l10n.t('Write the target port {0}', targetPort), certain: true, edits: as(targetPort) }],
    });
  }
}

function checkPolicy(found: PolicyInView, context: RuleContext): void {
  for (const { direction, rule, ports } of found.rules) {
    if (direction !== 'egress' || !rule.ports.some(isServicePort)) continue;
    check(
      rule,
      ports.map((port) => writtenPort(port, found.resource)),
      found.policy,
      context,
    );
  }
}

function checkVendor(resource: Resource, context: RuleContext): void {
  // Asked of each policy with each change: most name another namespace.
  if (!context.text.includes(namespace)) return;
  for (const { direction, rule, ports, compiled } of rulesWithPorts(resource, context))
    if (direction === 'egress') check(rule.rule, ports, compiled.policy, context);
}

export const rule: Rule = {
  id: 'dns-service-port',
  severity: 'warning',
  category: 'meaning',
  summary: 'a rule for OpenShift’s DNS with the port of its Service, where the pods listen on 5353',
  scope: 'cluster',
  policy: checkPolicy,
  resource: checkVendor,
};

const egress = (port: string, more = ''): string =>
  `podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: openshift-dns\n    ports:\n      - protocol: UDP\n        port: ${port}${more}`;
const cilium = (port: string): string =>
  `endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          k8s:io.kubernetes.pod.namespace: openshift-dns\n    toPorts:\n      - ports:\n          - port: ${port}\n            protocol: ANY`;
const calico = (port: string): string =>
  `selector: all()\ntypes: [Egress]\negress:\n  - action: Allow\n    protocol: UDP\n    destination:\n      namespaceSelector: kubernetes.io/metadata.name == 'openshift-dns'\n      ports:\n        - ${port}`;
const overTcp = '\n      - {protocol: TCP, port: 5353}';
const words = 'its pods listen on 5353';

export const page: RulePage = {
  why: 'The rule is the one that every guide shows, with OpenShift’s namespace in the place of `kube-system`, and no name can be resolved. There, the Service of DNS leads port 53 to port 5353 of its pods, and the policy sees the packet after that.',
  fix: 'Write 5353, for UDP and TCP.',
  ignore: 'Where the pods of that namespace listen on 53, too.',
  source: 'https://github.com/openshift/cluster-dns-operator/blob/master/assets/dns/service.yaml',
  examples: [
    {
      bad: flagged(policyNamed('dns', 'shop', egress('53', overTcp)), '53', words),
      fixed: policyNamed('dns', 'shop', egress('5353', overTcp)),
    },
    { bad: flagged(ciliumWith(cilium('"53"')), '"53"', words), fixed: ciliumWith(cilium('"5353"')) },
    { bad: flagged(calicoWith(calico('53')), '53', words), fixed: calicoWith(calico('5353')) },
  ],
  good: [
    policyNamed('dns', 'shop', egress('53', `\n      - {protocol: UDP, port: 5353}${overTcp}`)),
    policyNamed('dns', 'shop', egress('53', '\n      - {protocol: TCP, port: 53}').replace('openshift-dns', 'kube-system')),
    ciliumWith(cilium('"5353"')),
  ],
};
