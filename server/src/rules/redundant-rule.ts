import { plain, rule as rulePhrase } from '../explain/phrases.ts';
import { readRule } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { directionOf, type Place } from '../kinds/walk.ts';
import { ruleImplies } from '../model/implication.ts';
import { removeItem } from '../syntax/edits.ts';
import { isSeq } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { isTemplatedDocument } from './places.ts';
import { madeSuperfluousBy, sameMeaning, wholeItem } from './redundant.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const list = place.node;
  const direction = directionOf(place);
  if (!isSeq(list) || list.items.length < 2 || !direction || place.resource.table?.kind !== 'NetworkPolicy' || isTemplatedDocument(context.document))
    return;
  const { namespace } = place.resource;
  const items = list.items.map((item) => ({ item, rule: readRule(item.value, direction) }));
  for (const [i, { item }] of items.entries()) {
    const by = madeSuperfluousBy(items, i, (narrow, wide) => ruleImplies(narrow.rule, wide.rule, namespace));
    const wider = by === undefined ? undefined : items[by];
    if (by === undefined || !wider || sameMeaning(item, wider.item)) continue;
    context.report({
      at: wholeItem(item),
      message: `This rule adds nothing: rule ${by + 1} already allows ${plain(rulePhrase(wider.rule, direction, namespace))}.`,
      tag: 'unnecessary',
      fixes: () => [{ title: 'Remove the rule', edits: [removeItem(context.text, list, item)] }],
    });
  }
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
