import * as l10n from '@vscode/l10n';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { workloadName } from '../explain/names.ts';
import { type Selector, selects } from '../model/selector.ts';
import { type Node, valueAt } from '../syntax/node.ts';
import { isPartialIn, mayMeanMore } from '../workspace/unknown.ts';
import { policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { replaceSelector, selectorAnchor, selectorFor } from './selectorFixes.ts';

/** The keys by which people mostly select. */
const usual = new Set(['app', 'app.kubernetes.io/name', 'app.kubernetes.io/component', 'app.kubernetes.io/instance', 'k8s-app', 'component', 'tier']);

function report(selector: Selector, node: Node, endpoints: readonly Endpoint[], context: RuleContext): void {
  if (selector.requirements.length === 0 || endpoints.some(({ labels }) => selects(selector, labels))) return;
  const found = endpoints.find(({ workload }) => selects(selector, workload.ownLabels));
  if (!found) return;
  const { workload, origin } = found;
  const wanted = selectorFor(workload.podLabels, usual);
  const title = wanted.requirements.map(({ key, values }) => `${key}=${values[0]}`).join(', ');
  context.report({
    at: selectorAnchor(node),
    message: `Selects no pod: these are labels of ${workloadName(workload)} itself; its pods have those of its template${title === '' ? ', which has none' : `: ${title}`}.`,
    related: [
      {
        origin,
        message: `${workloadName(workload)} of namespace ${workload.namespace}`,
      },
    ],
    fixes: () => (title === '' ? [] : [{ title: l10n.t('Select the pods: {0}', title), edits: [replaceSelector(context.text, node, wanted)] }]),
  });
}

function check({ policy, namespace, connectivity, spec, rules }: PolicyInView, context: RuleContext): void {
  const subject = valueAt(spec, 'podSelector');
  if (policy.subject.pods && subject && !isPartialIn(context.view.unknown, namespace))
    report(policy.subject.pods, subject, connectivity.endpointsIn(namespace), context);
  for (const { peers } of rules) {
    for (const { peer, node } of peers) {
      const selector = valueAt(node, 'podSelector');
      if (peer.is !== 'pods' || !peer.pods || !selector || mayMeanMore(context.view.unknown, peer.namespaces, namespace)) continue;
      const names = peer.namespaces ? connectivity.namespacesOf(peer.namespaces) : [namespace];
      report(
        peer.pods,
        selector,
        names.flatMap((name) => connectivity.endpointsIn(name)),
        context,
      );
    }
  }
}

export const rule: Rule = {
  id: 'matches-workload-not-pods',
  severity: 'warning',
  category: 'meaning',
  summary: 'a selector that fits a workload’s own labels and not those of its pods',
  scope: 'cluster',
  needsWorkloads: true,
  policy: check,
};

const labelled = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    component: storefront
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: registry.example/web:1
`;

export const page: RulePage = {
  why: 'The author copies the labels from the top of the Deployment, where they are first seen. Policies look at pods, and pods carry what stands under `spec.template.metadata.labels`.',
  fix: 'Select by the labels of the template.',
  ignore: 'Never; if something else makes pods with these labels, it is not in the workspace, and a comment may say so.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template',
  examples: [
    {
      bad: `${policyNamed('web', 'shop', 'podSelector: {matchLabels: {component: storefront}}\n#                           ^^^^^^^^^^^^^^^^^^^^^ labels of Deployment web itself\npolicyTypes: [Ingress]')}---\n${labelled}`,
      fixed: `${policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]')}---\n${labelled}`,
    },
  ],
  good: [`${policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]')}---\n${labelled}`],
};
