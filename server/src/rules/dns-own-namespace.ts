import * as l10n from '@vscode/l10n';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Peer, Policy } from '../model/policy.ts';
import type { Selector } from '../model/selector.ts';
import { setEntry } from '../syntax/edits.ts';
import { isMap, type Range, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { policyNamed } from './examples.ts';
import { type PolicyInView, podsIn } from './inView.ts';
import { podPeers } from './peerSelectors.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { selectNamespace, selectorAnchor } from './selectorFixes.ts';
import { calicoWith, ciliumWith, clusterwideWith, globalWith } from './vendor.ts';
import { writtenPodPeers } from './vendorPeers.ts';

/** Labels of the cluster's DNS, and where its pods run. Sources: kubernetes cluster/addons/dns/coredns, openshift/cluster-dns-operator. */
const dnsPods = [
  { key: 'k8s-app', value: 'kube-dns', namespace: 'kube-system' },
  { key: 'dns.operator.openshift.io/daemonset-dns', value: undefined, namespace: 'openshift-dns' },
] as const;

type Mistake = (typeof dnsPods)[number];

/** Which of these a selector asks for among pods of the policy's own namespace, where none of them is. */
function mistakeOf(selector: Selector, peer: Extract<Peer, { is: 'pods' }>, policy: Policy, context: RuleContext): Mistake | undefined {
  if (peer.namespaces || !policy.namespaced) return undefined;
  const asked = dnsPods.find(({ key, value }) =>
    selector.requirements.some(
      (one) => one.key === key && (value === undefined ? one.operator !== 'DoesNotExist' : one.values.includes(value) && one.operator === 'In'),
    ),
  );
  const { connectivity } = context.observer;
  if (!asked || policy.namespace === asked.namespace || podsIn(connectivity.podsOf(peer, policy), connectivity).length > 0) return undefined;
  // Where the pods are known, another rule says where.
  return !isPartialIn(context.view.unknown, policy.namespace) && connectivity.labelled(selector).length > 0 ? undefined : asked;
}

function report(
  { key, value, namespace }: Mistake,
  at: Range,
  cure: string,
  title: string,
  edit: () => TextEdit | undefined,
  context: RuleContext,
): void {
  const label = value === undefined ? key : `${key}=${value}`;
  context.report({
    at,
    message: `Asks for the cluster’s DNS (${label}) among the pods of the policy’s own namespace; it runs in ${namespace}, which this does not mean. ${cure}`,
    fixes: () => {
      const found = edit();
      return found ? [{ title, edits: [found] }] : [];
    },
  });
}

function check(found: PolicyInView, context: RuleContext): void {
  for (const { peer, pods, node, previous } of podPeers(found)) {
    const mistake = pods && mistakeOf(pods.selector, peer, found.policy, context);
    // Two peers where one was meant are flagged as such.
    if (!mistake || (previous && isMap(previous.node) && previous.node.entries.every(({ key }) => key.text === 'namespaceSelector'))) continue;
    const { namespace } = mistake;
    const title = l10n.t('Add a namespaceSelector for {0}', namespace);
    const edit = () => selectNamespace(context.text, node, namespace);
    report(mistake, selectorAnchor(pods.node), 'Put a namespaceSelector beside it.', title, edit, context);
  }
}

function checkVendor(resource: Resource, context: RuleContext): void {
  const isCilium = apiOf(resource) === 'cilium';
  for (const { peer, selector, policy, node, holder } of writtenPodPeers(resource, context)) {
    const mistake = mistakeOf(selector, peer, policy, context);
    if (!mistake) continue;
    const { namespace } = mistake;
    const labels = valueAt(holder, 'matchLabels');
    const edit = (): TextEdit | undefined => {
      if (!isCilium) return setEntry(context.text, holder, 'namespaceSelector', writeYaml(`kubernetes.io/metadata.name == '${namespace}'`));
      return isMap(labels) ? setEntry(context.text, labels, 'k8s:io.kubernetes.pod.namespace', writeYaml(namespace)) : undefined;
    };
    const cure = isCilium ? 'Name the namespace by k8s:io.kubernetes.pod.namespace.' : 'Put a namespaceSelector beside it.';
    const title = isCilium ? l10n.t('Of namespace {0}', namespace) : l10n.t('Add a namespaceSelector for {0}', namespace);
    report(mistake, selectorAnchor(node), cure, title, edit, context);
  }
}

export const rule: Rule = {
  id: 'dns-own-namespace',
  severity: 'warning',
  category: 'meaning',
  summary: 'a peer for the cluster’s DNS without its namespace: it means pods of the policy’s own',
  scope: 'cluster',
  policy: check,
  resource: checkVendor,
};

const ports = 'ports:\n      - {protocol: UDP, port: 53}\n      - {protocol: TCP, port: 53}';
const egress = (peer: string): string => `podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to:\n      - ${peer}\n    ${ports}`;
const cilium = (more: string): string =>
  `endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          k8s-app: kube-dns${more}\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY`;
const calico = (more: string): string =>
  `selector: all()\ntypes: [Egress]\negress:\n  - action: Allow\n    destination:\n      selector: k8s-app == 'kube-dns'${more}`;

export const page: RulePage = {
  why: 'The rule for port 53 is there, and no name can be resolved. A podSelector alone means the policy’s own namespace, and the pods of DNS are in `kube-system`: the rule allows nothing.',
  fix: 'Put a namespaceSelector for `kube-system` into the same list item; on OpenShift it is `openshift-dns`. In Cilium’s policies the namespace is a label among the others.',
  ignore: 'Where the namespace has a DNS of its own, labelled like the cluster’s.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  examples: [
    {
      bad: policyNamed(
        'dns',
        'shop',
        egress('podSelector: {matchLabels: {k8s-app: kube-dns}}\n#                                   ^^^^^^^^^^^^^^^^^ it runs in kube-system'),
      ),
      fixed: policyNamed(
        'dns',
        'shop',
        egress(
          'podSelector: {matchLabels: {k8s-app: kube-dns}}\n        namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: kube-system',
        ),
      ),
    },
    {
      bad: ciliumWith(cilium('\n#         ^^^^^^^^^^^^^^^^^ Name the namespace')),
      fixed: ciliumWith(cilium('\n          k8s:io.kubernetes.pod.namespace: kube-system')),
    },
    {
      bad: calicoWith(calico('\n#               ^^^^^^^^^^^^^^^^^^^^^ it runs in kube-system')),
      fixed: calicoWith(calico("\n      namespaceSelector: kubernetes.io/metadata.name == 'kube-system'")),
    },
  ],
  good: [
    policyNamed('dns', 'kube-system', egress('podSelector: {matchLabels: {k8s-app: kube-dns}}')),
    policyNamed('dns', 'shop', egress('{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}')),
    clusterwideWith(cilium('')),
    globalWith(calico('')),
  ],
};
