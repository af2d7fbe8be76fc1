import * as l10n from '@vscode/l10n';
import { readCalicoRule } from '../kinds/calico/readCalico.ts';
import { readCiliumPort, readCiliumRule } from '../kinds/cilium/readCilium.ts';
import { readPort, readRule } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { hasGaps, hasHoles, isVerbatim } from '../kinds/templates.ts';
import { childrenOf, directionOf, enclosing, type Place } from '../kinds/walk.ts';
import { peerImplies } from '../model/implication.ts';
import { memoizedByObject } from '../model/memoized.ts';
import type { Peer, Rule as PolicyRule, PortRange } from '../model/policy.ts';
import { appendItem, outdentedText } from '../syntax/edits.ts';
import { entryOf, isScalar, isSeq, itemsOf, type Node, type Range, type SeqItem, type SeqNode, valueAt } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith, ciliumWith, keyOf } from './vendor.ts';

/** Ports of cluster DNS: 53, and 5353 in OpenShift's pods. */
const dnsPorts: readonly number[] = [53, 5353];

/** The port of DNS that an entry of a rule's ports means over UDP; undefined where it means another, or more. */
function dnsOverUdp({ protocol, port, endPort }: PortRange): number | undefined {
  return protocol === 'UDP' && typeof port === 'number' && dnsPorts.includes(port) && (endPort ?? port) === port ? port : undefined;
}

/** Whether an entry of a rule's ports means a port of DNS over TCP. */
const isOverTcp = ({ protocol, port: first, endPort }: PortRange, port: number): boolean =>
  (protocol === 'TCP' || protocol === 'ANY') && (first === undefined || (typeof first === 'number' && first <= port && (endPort ?? first) >= port));

/** Whether what one of a rule's peers means another rule of the policy means too. */
const isAmong = (peer: Peer, { peers }: PolicyRule, namespace: string | undefined): boolean =>
  peers.some((other) => peerImplies(peer, other, namespace) || JSON.stringify(peer) === JSON.stringify(other));

/** Whether some rule lets TCP out to a port of the peers of another. What it hands on may be let out by others. */
const letsTcpOut = (rules: readonly PolicyRule[], { peers }: Pick<PolicyRule, 'peers'>, port: number, namespace: string | undefined): boolean =>
  rules.some(
    (rule) =>
      rule.action !== 'deny' &&
      (rule.ports.length === 0 || rule.ports.some((one) => isOverTcp(one, port))) &&
      (rule.peers.length === 0 || (peers.length > 0 && peers.every((peer) => isAmong(peer, rule, namespace)))),
  );

/** Whether some rule lets DNS out over TCP, too; `udp` are the ports of DNS that a rule lets out over UDP. What listens on 5353 is not asked on 53. */
const letsDnsOut = (
  rules: readonly PolicyRule[],
  rule: Pick<PolicyRule, 'peers'>,
  port: number,
  udp: readonly unknown[],
  namespace: string | undefined,
) => letsTcpOut(rules, rule, port, namespace) || (udp.includes(5353) && letsTcpOut(rules, rule, 5353, namespace));

/** An item that names UDP, port or rule, again behind itself with TCP. */
function sameOverTcp(text: string, list: SeqNode, item: SeqItem): Fix['edits'] {
  const protocol = entryOf(item.value, 'protocol')?.value;
  const { value } = item;
  // An anchor would be written a second time.
  if (!isScalar(protocol) || value.kind === 'alias' || /[&*]\w/.test(text.slice(item.start, value.end))) return [];
  const [before, after] = [text.slice(0, protocol.start), text.slice(protocol.end)];
  const grown = 'TCP'.length - (protocol.end - protocol.start);
  return [appendItem(text, list, outdentedText(`${before}TCP${after}`, { start: value.start, end: value.end + grown }), item)];
}

function report(at: Range | undefined, port: number, list: SeqNode, item: SeqItem, context: RuleContext): void {
  context.report({
    at: at ?? item,
    message: `DNS is let out over UDP alone; answers that do not fit come over TCP ${port}, and those will fail.`,
    fixes: () => {
      const edits = sameOverTcp(context.text, list, item);
      return edits.length === 0 ? [] : [{ title: l10n.t('Add TCP {0}', port), edits }];
    },
  });
}

/** Looks at the ports that stand in a list of a rule; `own` gives what that rule says, `rules` what all of its list do. */
function checkPorts(
  list: SeqNode,
  own: () => Pick<PolicyRule, 'peers'> | undefined,
  read: (item: Node) => PortRange | undefined,
  rules: () => readonly PolicyRule[],
  { resource }: Place,
  context: RuleContext,
): void {
  // What is not known may be TCP.
  if (resource.document.parsed.templated && hasHoles(list)) return;
  const meant = list.items.map((item) => ({ item, ports: read(item.value) }));
  for (const { item, ports } of meant) {
    const port = ports && dnsOverUdp(ports);
    // Thousands name both side by side: no rule is read for them.
    if (port === undefined || meant.some((other) => other.ports && isOverTcp(other.ports, port))) continue;
    const rule = own();
    const udp = meant.map((other) => other.ports && dnsOverUdp(other.ports));
    if (!rule || letsDnsOut(rules(), rule, port, udp, resource.namespace)) continue;
    report(valueAt(item.value, 'port'), port, list, item, context);
  }
}

/** A rule, of which whatever is not known may be anything. */
function readWidest(node: Node): PolicyRule {
  const rule = readRule(node, 'egress');
  return { ...rule, peers: hasHoles(valueAt(node, 'to')) ? [] : rule.peers, ports: hasHoles(valueAt(node, 'ports')) ? [] : rule.ports };
}

/** All rules of a list. Each of them asks, so that they are read once. */
const widestOf = memoizedByObject((all: Node) => itemsOf(all).map(readWidest));

const ciliumRulesOf = memoizedByObject(({ node, resource }: Place) =>
  itemsOf(node).flatMap((one) => readCiliumRule(one, 'egress', resource.table?.namespaced === true)),
);

function check(place: Place, context: RuleContext): void {
  const list = place.node;
  if (!isSeq(list) || directionOf(place) !== 'egress' || !isNetworkPolicy(place.resource.table)) return;
  const all = enclosing(place, 'rules');
  if (!all || hasGaps(all)) return;
  checkPorts(
    list,
    () => place.parent && readRule(place.parent.node, 'egress'),
    readPort,
    () => widestOf(all.node),
    place,
    context,
  );
}

function checkCilium(place: Place, context: RuleContext): void {
  const list = place.node;
  const all = enclosing(place, 'cilium-rules');
  const own = enclosing(place, 'cilium-rule');
  if (!isSeq(list) || !all || !own || keyOf(all) !== 'egress' || !isVerbatim(all)) return;
  const read = () => readCiliumRule(own.node, 'egress', place.resource.table?.namespaced === true)[0];
  checkPorts(list, read, readCiliumPort, () => ciliumRulesOf(all), place, context);
}

function checkCalico(place: Place, context: RuleContext): void {
  const list = place.node;
  if (!isSeq(list) || keyOf(place) !== 'egress' || !isVerbatim(place)) return;
  const { resource } = place;
  const rules = childrenOf(place).map(({ node, item }) => ({
    node,
    item,
    rule: readCalicoRule(node, 'egress', resource.table?.namespaced === true),
  }));
  const said = rules.flatMap(({ rule }) => rule ?? []);
  for (const { node, item, rule } of rules) {
    if (!item || rule?.action !== 'allow') continue;
    const ports = rule.ports.map(dnsOverUdp);
    const port = ports.find((one) => one !== undefined);
    // With other ports beside it more would be let out over TCP than DNS.
    if (port === undefined || ports.includes(undefined) || letsDnsOut(said, rule, port, ports, resource.namespace)) continue;
    report(itemsOf(valueAt(node, 'destination', 'ports'))[0], port, list, item, context);
  }
}

export const rule: Rule = {
  id: 'dns-udp-only',
  severity: 'information',
  category: 'meaning',
  summary: 'egress to DNS over UDP without TCP: long answers fail',
  places: { ports: check, 'cilium-port-list': checkCilium, 'calico-rules': checkCalico },
};

const ciliumDns =
  'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          k8s:io.kubernetes.pod.namespace: kube-system\n          k8s:k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"';
const calicoDns = (protocol: string): string =>
  `action: Allow\n    protocol: ${protocol}\n    destination:\n      namespaceSelector: kubernetes.io/metadata.name == 'kube-system'\n      selector: k8s-app == 'kube-dns'\n      ports:\n        - 53`;

export const page: RulePage = {
  why: 'Names resolve, for months. Then a service grows to thirty pods, the answer for its headless Service no longer fits a UDP packet, the resolver asks again over TCP, and the policy drops it.',
  fix: 'Allow TCP on the same port beside UDP. A rule of Calico is of one protocol, so that it takes a second one; in Cilium’s, `protocol: ANY` means both.',
  ignore: 'Where another policy allows TCP for the same pods.',
  source: 'RFC 7766 (DNS over TCP is required)',
  examples: [
    {
      bad: policyWith('podSelector: {}\negress:\n  - ports:\n      - protocol: UDP\n        port: 53\n#             ^^ over UDP alone'),
      fixed: policyWith('podSelector: {}\negress:\n  - ports:\n      - protocol: UDP\n        port: 53\n      - protocol: TCP\n        port: 53'),
    },
    {
      bad: policyWith('podSelector: {}\negress:\n  - ports: [{port: 53, protocol: UDP}]\n#                  ^^ TCP 53'),
      fixed: policyWith('podSelector: {}\negress:\n  - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]'),
    },
    {
      bad: ciliumWith(
        `${ciliumDns}\n            protocol: UDP\n        rules:\n          dns:\n            - matchPattern: "*"`.replace(
          '"53"',
          '"53"\n#                 ^^^^ over UDP alone',
        ),
      ),
      fixed: ciliumWith(
        `${ciliumDns}\n            protocol: UDP\n          - port: "53"\n            protocol: TCP\n        rules:\n          dns:\n            - matchPattern: "*"`,
      ),
    },
    {
      bad: calicoWith(`selector: all()\ntypes: [Egress]\negress:\n  - ${calicoDns('UDP')}\n#         ^^ over UDP alone\n  - action: Deny`),
      fixed: calicoWith(`selector: all()\ntypes: [Egress]\negress:\n  - ${calicoDns('UDP')}\n  - ${calicoDns('TCP')}\n  - action: Deny`),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\negress:\n  - to: [{namespaceSelector: {}}]\n    ports: [{protocol: UDP, port: 53}]\n  - to: [{namespaceSelector: {}}]\n    ports: [{protocol: TCP, port: 1, endPort: 100}]',
    ),
    policyWith('podSelector: {}\negress:\n  - ports: [{port: 53, protocol: UDP}, {port: 5353, protocol: UDP}, {port: 5353, protocol: TCP}]'),
    ciliumWith(`${ciliumDns}\n            protocol: ANY`),
    ciliumWith(`${ciliumDns}\n            protocol: UDP\n      - ports: [{port: "53", protocol: TCP}]`),
    ciliumWith('endpointSelector: {}\negressDeny:\n  - toPorts: [{ports: [{port: "53", protocol: UDP}]}]'),
    calicoWith(`selector: all()\ntypes: [Egress]\negress:\n  - ${calicoDns('UDP')}\n  - ${calicoDns('TCP')}`),
    calicoWith(`selector: all()\ntypes: [Egress]\negress:\n  - ${calicoDns('UDP')}\n  - action: Allow`),
    calicoWith(`selector: all()\ntypes: [Ingress]\ningress:\n  - ${calicoDns('UDP')}`),
    policyWith(
      'podSelector: {}\negress:\n  - ports:\n      - {protocol: UDP, port: 53}\n      - {protocol: TCP, port: 53}\ningress:\n  - ports:\n      - {protocol: UDP, port: 53}',
    ),
  ],
};
