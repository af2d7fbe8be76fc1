import * as l10n from '@vscode/l10n';
import { plain, rule as rulePhrase } from '../explain/phrases.ts';
import { readAdminRule } from '../kinds/admin/readAdminPolicy.ts';
import { isRead, readRule } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import { directionOf, type Place } from '../kinds/walk.ts';
import { ruleImplies } from '../model/implication.ts';
import type { Action, Direction } from '../model/policy.ts';
import { removeItem } from '../syntax/edits.ts';
import { resolve, type SeqItem } from '../syntax/node.ts';
import { adminPolicyWith, policyWith } from './examples.ts';
import { isComparable, reportSuperfluous, standAsWritten } from './redundant.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const does: Readonly<Record<Action, string>> = { allow: 'allows', deny: 'denies', pass: 'passes on' };

/** The rules of an administrator's policy are asked in order: one is for nothing where one before it matches all that it does. */
function checkOrdered(place: Place, direction: Direction, context: RuleContext): void {
  const list = place.node;
  if (!isComparable(list)) return;
  const rules = list.items.map(({ value }) => readAdminRule(resolve(value), direction));
  for (const [i, item] of list.items.entries()) {
    const own = rules[i];
    const first = own && rules.slice(0, i).findIndex((other) => other && ruleImplies({ ...own, action: other.action }, other, undefined));
    const before = first === undefined ? undefined : rules[first];
    if (first === undefined || !own || !before || !standAsWritten(place, list.items[first] as SeqItem, item)) continue;
    context.report({
      at: item.value,
      message: `This rule is never asked: rule ${first + 1} ${does[before.action]} all of it, and the first rule that matches decides.`,
      // What was to be denied passes, or the other way round.
      ...(before.action === own.action ? {} : { severity: 'warning' as const }),
      tag: 'unnecessary',
      fixes: () => [{ title: l10n.t('Remove the {0}', 'rule'), edits: [removeItem(context.text, list, item)] }],
    });
  }
}

function check(place: Place, context: RuleContext): void {
  const direction = directionOf(place);
  const { namespace } = place.resource;
  if (!direction) return;
  if (apiOf(place.resource) === 'admin') {
    checkOrdered(place, direction, context);
    return;
  }
  reportSuperfluous(place, context, {
    noun: 'rule',
    read: (item) => (isRead(item.value, direction) ? readRule(item.value, direction) : undefined),
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
  why: 'An `- {}` was added for a test and stays. All other rules of the list are now without effect, and everybody still reads them. In a policy of an administrator the first rule that matches decides: a `Deny` behind an `Allow` for the same pods denies nothing, which is a warning.',
  fix: 'Remove the narrower rule; or the wider one, where the narrower was meant. Of an administrator’s policy, put the narrower rule before the wider one.',
  ignore: 'Where the narrower rule is kept as documentation.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource (rules of a list are alternatives)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n#   ^^^^^^^^^^^^^^^^^^^^^^^^^ rule 2 already allows everything\n  - {}',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - {}'),
    },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject: {namespaces: {}}\ningress:\n  - {action: Allow, from: [{namespaces: {}}]}\n  - {action: Deny, from: [{namespaces: {matchLabels: {team: guest}}}]}\n#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rule 1 allows all of it',
      ),
      fixed: adminPolicyWith('priority: 10\nsubject: {namespaces: {}}\ningress:\n  - {action: Allow, from: [{namespaces: {}}]}'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports: [{port: 80}]\n  - from: [{namespaceSelector: {matchLabels: {team: a}}}]\n    ports: [{port: 443}]',
    ),
    adminPolicyWith(
      'priority: 10\nsubject: {namespaces: {}}\ningress:\n  - {action: Deny, from: [{namespaces: {matchLabels: {team: guest}}}]}\n  - {action: Allow, from: [{namespaces: {}}]}',
    ),
  ],
};
