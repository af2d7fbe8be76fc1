import * as l10n from '@vscode/l10n';
import { agreeing, namespaceName, workloadNames } from '../explain/names.ts';
import { plain, pods as podsPhrase } from '../explain/phrases.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { setEntry } from '../syntax/edits.ts';
import { isMap } from '../syntax/node.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { deployment, documents, policyNamed } from './examples.ts';
import { type PolicyInView, podsIn, relatedTo } from './inView.ts';
import { podPeers } from './peerSelectors.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { selectNamespace, selectorAnchor } from './selectorFixes.ts';
import { calicoWith } from './vendor.ts';
import { unmetPeers } from './vendorPeers.ts';

function check(found: PolicyInView, context: RuleContext): void {
  const { namespace, connectivity, unplaced, assumed } = found;
  if (unplaced || isPartialIn(context.view.unknown, namespace)) return;
  for (const { pods, namespaces, node, inView, previous } of podPeers(found)) {
    if (namespaces || !pods || pods.selector.requirements.length === 0 || podsIn(inView.pods, connectivity).length > 0) continue;
    // Two peers where one was meant are flagged as such.
    if (previous && isMap(previous.node) && previous.node.entries.every(({ key }) => key.text === 'namespaceSelector')) continue;
    const elsewhere = connectivity.labelled(pods.selector);
    const names = [...new Set(elsewhere.map((endpoint) => endpoint.namespace.name))];
    if (names.length === 0) continue;
    const asked = plain(podsPhrase(pods.selector)).replace('pods labelled ', '');
    context.report({
      at: selectorAnchor(pods.node),
      message: `Means pods labelled ${asked} of ${namespaceName(namespace, assumed)}, the policy's own, where the workspace knows none; ${workloadNames(elsewhere.map(({ workload }) => workload))} of namespace ${names[0]} ${agreeing(
        elsewhere.map(({ workload }) => workload),
        'needs',
        'need',
      )} a namespaceSelector beside it.`,
      related: relatedTo(elsewhere),
      fixes: () =>
        names
          .slice(0, 5)
          .map((name) => ({ title: l10n.t('Add a namespaceSelector for {0}', name), edits: [selectNamespace(context.text, node, name)] })),
    });
  }
}

/** The same of Calico's selectors. Cilium's, which need a label for it, have a rule of their own. */
function checkCalico(resource: Resource, context: RuleContext): void {
  if (apiOf(resource) !== 'calico') return;
  for (const { peer, selector, node, holder, where, elsewhere } of unmetPeers(resource, context)) {
    if (elsewhere.length === 0 || peer.namespaces) continue;
    const names = [...new Set(elsewhere.map((endpoint) => endpoint.namespace.name))];
    const workloads = elsewhere.map(({ workload }) => workload);
    context.report({
      at: node,
      message: `Means ${plain(podsPhrase(selector))} of namespace ${where[0]}, the policy's own, where the workspace knows none; ${workloadNames(workloads)} of namespace ${names[0]} ${agreeing(workloads, 'needs', 'need')} a namespaceSelector beside it.`,
      related: relatedTo(elsewhere),
      fixes: () =>
        names.slice(0, 5).map((name) => ({
          title: l10n.t('Add a namespaceSelector for {0}', name),
          edits: [setEntry(context.text, holder, 'namespaceSelector', writeYaml(`projectcalico.org/name == '${name}'`))],
        })),
    });
  }
}

export const rule: Rule = {
  id: 'pod-selector-needs-namespace',
  severity: 'warning',
  category: 'meaning',
  summary: 'a peer without a namespace whose labels exist in other namespaces alone',
  scope: 'cluster',
  needsWorkloads: true,
  policy: check,
  resource: checkCalico,
};

export const page: RulePage = {
  why: 'Prometheus runs in `monitoring`, the policy of the shop lets in `app: prometheus`. A podSelector alone means the policy’s own namespace: Prometheus stays outside, and the dashboard goes blank.',
  fix: 'Put a namespaceSelector into the same list item; in Calico’s policies, beside the selector.',
  ignore: 'Where pods of these labels will run in the policy’s own namespace too.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  examples: [
    {
      bad: documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: prometheus}}\n#                                   ^^^^^^^^^^^^^^^ Deployment prometheus of namespace monitoring needs a namespaceSelector\n    ports: [{port: 80}]',
        ),
        deployment('prometheus', 'monitoring'),
        deployment('web', 'shop', '{containerPort: 80}'),
      ),
      fixed: documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: prometheus}}\n        namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: monitoring\n    ports: [{port: 80}]',
        ),
        deployment('prometheus', 'monitoring'),
        deployment('web', 'shop', '{containerPort: 80}'),
      ),
    },
    {
      bad: documents(
        calicoWith(
          "selector: all()\ntypes: [Ingress]\ningress:\n  - action: Allow\n    source:\n      selector: app == 'prometheus'\n#               ^^^^^^^^^^^^^^^^^^^ Deployment prometheus of namespace monitoring needs a namespaceSelector",
        ),
        deployment('prometheus', 'monitoring'),
        deployment('web', 'shop'),
      ),
      fixed: documents(
        calicoWith(
          "selector: all()\ntypes: [Ingress]\ningress:\n  - action: Allow\n    source:\n      selector: app == 'prometheus'\n      namespaceSelector: projectcalico.org/name == 'monitoring'",
        ),
        deployment('prometheus', 'monitoring'),
        deployment('web', 'shop'),
      ),
    },
  ],
  good: [
    documents(
      policyNamed(
        'web',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{port: 80}]',
      ),
      deployment('web', 'shop', '{containerPort: 80}'),
      deployment('web', 'other'),
    ),
  ],
};
