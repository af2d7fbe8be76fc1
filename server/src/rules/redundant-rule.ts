import { plain, rule as rulePhrase } from '../explain/phrases.ts';
import { readRule } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { directionOf, type Place } from '../kinds/walk.ts';
import { ruleImplies } from '../model/implication.ts';
import { policyWith } from './examples.ts';
import { reportSuperfluous } from './redundant.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const direction = directionOf(place);
  const { namespace } = place.resource;
  if (!direction) return;
  reportSuperfluous(place, context, {
    noun: 'rule',
    read: (item) => readRule(item.value, direction),
    implies: (narrow, wide) => ruleImplies(narrow, wide, namespace),
    says: (_, wider, number) => `This rule adds nothing: rule ${number} already allows ${plain(rulePhrase(wider, direction, namespace))}.`,
  });
}

export const rule: Rule = {
  id: 'redundant-rule',
  severity: 'hint',
  category: 'meaning',
  summary: 'a rule that another of the same policy already includes',
  places: { rules: check },
};

export const page: RulePage = {
  why: 'An `- {}` was added for a test and stays. All other rules of the list are now without effect, and everybody still reads them.',
  fix: 'Remove the narrower rule; or the wider one, where the narrower was meant.',
  ignore: 'Where the narrower rule is kept as documentation.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource (rules of a list are alternatives)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n#   ^^^^^^^^^^^^^^^^^^^^^^^^^ rule 2 already allows everything\n  - {}',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - {}'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports: [{port: 80}]\n  - from: [{namespaceSelector: {matchLabels: {team: a}}}]\n    ports: [{port: 443}]',
    ),
  ],
};
