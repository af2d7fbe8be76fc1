import { ruleImplies, selectorImplies } from '../model/implication.ts';
import { directions, type Policy } from '../model/policy.ts';
import { everything } from '../model/selector.ts';
import { documents, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { nameRange } from './inView.ts';
import { removeDocument } from './removeDocument.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** Whatever a policy does, another of its namespace does too: it selects no more, isolates no more and allows no more. */
function adds(narrow: Policy, wide: Policy): boolean {
  if (!selectorImplies(narrow.subject.pods ?? everything, wide.subject.pods ?? everything)) return true;
  return directions.some((direction) => {
    if (!narrow.isolates[direction]) return false;
    if (!wide.isolates[direction]) return true;
    return narrow[direction]?.some((rule) => !wide[direction]?.some((other) => ruleImplies(rule, other, narrow.namespace)));
  });
}

function check({ policy, namespace, observer, resource, located, unplaced }: PolicyInView, context: RuleContext): void {
  // A policy that only denies is kept for what others may do later.
  const allows = directions.some((direction) => (policy[direction]?.length ?? 0) > 0);
  if (unplaced || !allows || policy.name === undefined) return;
  const policies = observer.policiesAround(namespace, policy.subject.pods ?? everything);
  const own = policies.findIndex((other) => other.located === located);
  const wider = policies.find(
    ({ policy: other }, i) =>
      i !== own &&
      other.name !== policy.name &&
      // What the rules of others come to depends on their order, and on what their tier does with the rest.
      other.tier.evaluation === 'union' &&
      !adds(policy, other) &&
      (i < own || adds(other, policy)),
  );
  if (!wider) return;
  const { origin } = wider.located;
  context.report({
    at: nameRange(resource),
    message: `This policy adds nothing: ${wider.policy.name} selects the same pods or more, and already isolates and allows all that this one does.`,
    tag: 'unnecessary',
    related: [{ origin, message: `Policy ${wider.policy.name}` }],
    fixes: () => removeDocument(context.document, resource),
  });
}

export const rule: Rule = {
  id: 'redundant-policy',
  severity: 'hint',
  category: 'meaning',
  summary: 'a policy that another of its namespace already includes',
  scope: 'cluster',
  policy: check,
};

const narrow = policyNamed(
  'web',
  'shop',
  'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: api}}}]\n    ports: [{port: 80}]',
);
const wide = policyNamed('within', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]');
const flaggedNarrow = narrow.replace('name: web', 'name: web\n#       ^^^ within selects the same pods or more');

export const page: RulePage = {
  why: 'A policy “allow within the namespace” came in last month. The careful policy for the web pods, one port from one peer, is still there and without effect: policies only add to each other.',
  fix: 'Remove it; or remove or narrow the wider one, where the narrow one is what you want.',
  ignore: 'Where the wider policy is there for a while only.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation (policies are additive)',
  examples: [
    { bad: documents(wide, flaggedNarrow), fixed: wide },
    { bad: documents(`# Policies of the shop.\n\n# From the api alone.\n${flaggedNarrow}`, wide), fixed: `# Policies of the shop.\n\n---\n${wide}` },
  ],
  good: [documents(narrow, policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]'))],
};
