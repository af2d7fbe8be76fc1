import type { Endpoint } from '../connectivity/endpoints.ts';
import { namespaceName, workloadNames } from '../explain/names.ts';
import { allOf, anyOf, namespaces as namespacesPhrase, plain, pods as podsPhrase, shortened } from '../explain/phrases.ts';
import type { Resource } from '../kinds/resource.ts';
import { everything, isNever, type Selector, selects, selectsAll } from '../model/selector.ts';
import { isMap, valueAt } from '../syntax/node.ts';
import { isPartialIn, mayMeanMore } from '../workspace/unknown.ts';
import { adminPolicy } from './adminPods.ts';
import { adminPolicyWith, deployment, documents, flagged, policyNamed } from './examples.ts';
import { namespaceFixes } from './implicit-namespace.ts';
import { type PolicyInView, relatedTo } from './inView.ts';
import { corrections, labelTexts, speaksSameWords } from './nearestLabels.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { fixesOf, selectorAnchor } from './selectorFixes.ts';
import { vendorPolicies } from './vendor.ts';
import { hasMisspeltWord } from './vendor-label-typo.ts';

/** "there are app=web or app=db", "its workloads are Deployment web": what could have been meant. */
function whatThereIs({ requirements }: Selector, known: readonly Endpoint[]): string {
  const same = labelTexts(
    known.map(({ labels }) => labels),
    new Set(requirements.map(({ key }) => key)),
  );
  return same.length > 0
    ? `there ${same.length === 1 ? 'is' : 'are'} ${shortened(same, anyOf)}`
    : `its workloads are ${workloadNames(known.map(({ workload }) => workload))}`;
}

function check(found: PolicyInView, context: RuleContext): void {
  const { policy, namespace, connectivity, spec, selected, assumed } = found;
  const selector = policy.subject.pods;
  const node = valueAt(spec, 'podSelector');
  if (selected.length > 0 || !selector || selector.requirements.length === 0 || !node || found.unplaced) return;
  const known = connectivity.endpointsIn(namespace);
  const labels = known.map((endpoint) => endpoint.labels);
  const asked = plain(podsPhrase(selector)).replace('pods labelled ', '');
  const elsewhere = connectivity.labelled(selector).filter((endpoint) => endpoint.namespace.name !== namespace);
  const [other] = elsewhere;
  if (other) {
    context.report({
      at: selectorAnchor(node),
      message: `Selects no pod: ${namespaceName(namespace, assumed)} has none labelled ${asked} that the workspace knows, but ${workloadNames(elsewhere.map(({ workload }) => workload))} of namespace ${other.namespace.name} is so labelled, and a policy selects pods of its own namespace alone.`,
      related: relatedTo(elsewhere),
      fixes: () => namespaceFixes(found, context, [...new Set(elsewhere.map((endpoint) => endpoint.namespace.name))]),
    });
    return;
  }
  // Nothing is known to compare with; a workload's own labels have a rule of their own.
  if (known.length === 0 || known.some(({ workload }) => selects(selector, workload.ownLabels))) return;
  const near = corrections(selector, node, labels);
  if (near.length === 0 && isPartialIn(context.view.unknown, namespace)) return;
  context.report({
    at: selectorAnchor(node),
    message: `Selects no pod that the workspace knows: ${namespaceName(namespace, assumed)} has none labelled ${asked}; ${whatThereIs(selector, known)}. The policy has no effect.`,
    ...(near.length > 0 || speaksSameWords(selector, labels) ? {} : { severity: 'information' as const }),
    fixes: () => fixesOf(near),
  });
}

/** The policies of Cilium and Calico; of words that are misspelt another rule speaks. */
function checkVendor(resource: Resource, context: RuleContext): void {
  const { connectivity } = context.observer;
  for (const { policy, spec, selected } of vendorPolicies(resource, context)) {
    const selector = policy.subject.pods;
    const node = valueAt(spec, 'endpointSelector') ?? valueAt(spec, 'selector');
    if (selected.length > 0 || !selector || selectsAll(selector) || isNever(selector) || policy.asksIdentity || !node) continue;
    if (mayMeanMore(context.view.unknown, policy.subject.namespaces, policy.namespace)) continue;
    const { namespaced, namespace, subject } = policy;
    const isMeant = ({ hostNetwork }: Endpoint) => policy.hostNetwork !== false || !hostNetwork;
    const isOwn = (endpoint: Endpoint) =>
      namespaced ? endpoint.namespace.name === namespace : !subject.namespaces || selects(subject.namespaces, endpoint.namespace.labels);
    const known = connectivity.endpoints.filter((endpoint) => isMeant(endpoint) && isOwn(endpoint));
    const elsewhere = connectivity.labelled(selector).filter(isMeant);
    const where = namespaced ? `namespace ${namespace}` : plain(namespacesPhrase(subject.namespaces ?? everything));
    const asked = plain(podsPhrase(selector));
    const at = isMap(node) ? selectorAnchor(node) : node;
    const [other] = elsewhere;
    if (other && known.length > 0) {
      context.report({
        at,
        message: `Selects no pod: ${where} has no ${asked} that the workspace knows, but ${workloadNames(elsewhere.map(({ workload }) => workload))} of namespace ${other.namespace.name} is so labelled, and this policy selects pods of ${where} alone.`,
        related: relatedTo(elsewhere),
        fixes: () => (namespaced ? namespaceFixes({ resource, policy }, context, [...new Set(elsewhere.map((one) => one.namespace.name))]) : []),
      });
      continue;
    }
    if (known.length === 0 || hasMisspeltWord(selector, context)) continue;
    const labels = known.map((endpoint) => endpoint.labels);
    context.report({
      at,
      message: `Selects no pod that the workspace knows: ${where} has no ${asked}; its workloads are ${workloadNames(known.map(({ workload }) => workload))}. The policy has no effect.`,
      ...(speaksSameWords(selector, labels) ? {} : { severity: 'information' as const }),
    });
  }
}

/** The subject of a policy of an administrator. */
function checkAdmin(resource: Resource, context: RuleContext): void {
  const { connectivity } = context.observer;
  const [subject] = adminPolicy(resource, context)?.pods ?? [];
  if (subject?.is !== 'subject' || !subject.pods || subject.means.length > 0) return;
  const { selector, node } = subject.pods;
  const known = subject.where.flatMap((name) => connectivity.endpointsIn(name));
  if (selector.requirements.length === 0 || isNever(selector) || known.length === 0) return;
  const labels = known.map((endpoint) => endpoint.labels);
  const near = corrections(selector, node, labels);
  // Every namespace holds more than the workspace knows.
  if (
    (mayMeanMore(context.view.unknown, subject.namespaces?.selector, undefined) || (subject.namespaces && selectsAll(subject.namespaces.selector))) &&
    near.length === 0
  )
    return;
  const place = subject.where.length === 1 ? `namespace ${subject.where[0]} has` : `the namespaces ${shortened(subject.where, allOf)} have`;
  context.report({
    at: selectorAnchor(node),
    message: `Selects no pod that the workspace knows: ${place} no ${plain(podsPhrase(selector))}; ${whatThereIs(selector, known)}. The policy has no effect.`,
    ...(near.length > 0 || speaksSameWords(selector, labels) ? {} : { severity: 'information' as const }),
    fixes: () => fixesOf(near),
  });
}

function checkOthers(resource: Resource, context: RuleContext): void {
  checkVendor(resource, context);
  checkAdmin(resource, context);
}

export const rule: Rule = {
  id: 'selector-matches-nothing',
  severity: 'warning',
  category: 'meaning',
  summary: 'a policy that selects no workload of its namespace, where the workspace knows some',
  scope: 'cluster',
  needsWorkloads: true,
  policy: check,
  resource: checkOthers,
};

const deny = policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');

export const page: RulePage = {
  why: 'The policy for the payment pods says `app: payments`, the pods are labelled `app: payment`. The API server accepts it, `kubectl get netpol` shows it, and the pods stay open to everybody.',
  fix: 'Take the labels of the pods, from the template of their workload. The quick fixes offer the nearest ones; where the pods are in another namespace, they offer that.',
  ignore:
    'Where the pods are made by something that the workspace does not hold: an operator, a chart from elsewhere. It is information only where the labels have nothing in common with those that are known.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
  examples: [
    {
      bad: documents(
        policyNamed(
          'payment',
          'shop',
          'podSelector:\n  matchLabels:\n    app: payments\n#   ^^^^^^^^^^^^^ none labelled app=payments; there is app=payment\npolicyTypes: [Ingress]',
        ),
        deployment('payment', 'shop'),
      ),
    },
    {
      bad: documents(
        policyNamed(
          'payment',
          'shop',
          'podSelector: {matchLabels: {app: payments}}\n#                           ^^^^^^^^^^^^^ The policy has no effect\npolicyTypes: [Ingress]',
        ),
        deployment('payment', 'shop'),
      ),
      fixed: documents(
        policyNamed('payment', 'shop', 'podSelector: {matchLabels: {app: payment}}\npolicyTypes: [Ingress]'),
        deployment('payment', 'shop'),
      ),
    },
    {
      bad: documents(
        policyNamed(
          'web',
          'default',
          'podSelector: {matchLabels: {app: web}}\n#                           ^^^^^^^^ Deployment web of namespace shop is so labelled\npolicyTypes: [Ingress]\ningress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]',
        ),
        deployment('web', 'shop'),
        deny,
      ),
      fixed: documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]',
        ),
        deployment('web', 'shop'),
        deny,
      ),
    },
    {
      bad: flagged(
        documents(
          adminPolicyWith(
            'priority: 10\nsubject:\n  pods:\n    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}\n    podSelector: {matchLabels: {app: payments}}\ningress:\n  - action: Deny\n    from: [{namespaces: {}}]',
          ),
          deployment('payment', 'shop'),
        ),
        'app: payments',
        'there is app=payment',
      ),
      fixed: documents(
        adminPolicyWith(
          'priority: 10\nsubject:\n  pods:\n    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}\n    podSelector: {matchLabels: {app: payment}}\ningress:\n  - action: Deny\n    from: [{namespaces: {}}]',
        ),
        deployment('payment', 'shop'),
      ),
    },
  ],
  good: [
    policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]'),
    documents(policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]'), deployment('web', 'shop')),
  ],
};
