import * as l10n from '@vscode/l10n';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { isWrittenOut } from '../kinds/templates.ts';
import { directionOf, type Place } from '../kinds/walk.ts';
import { isSeq } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { removeRules } from './policyTypes.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const { node, item, parent } = place;
  if (!item || !isNull(node) || !isNetworkPolicy(place.resource.table) || !isWrittenOut(place)) return;
  const list = parent?.node;
  const what = directionOf(place) === 'egress' ? 'to every destination' : 'from every source';
  const at = { start: item.start, end: Math.max(item.end, item.start + 1) };
  const fixes = (): readonly Fix[] =>
    isSeq(list)
      ? [
          { title: l10n.t('Remove the empty rule'), edits: removeRules(context.text, parent?.parent?.node, list, [item]) },
          { title: l10n.t('Write {0}: allow everything', '{}'), edits: [{ ...at, newText: list.flow ? '{}' : '- {}' }] },
        ]
      : [];
  const message = `This empty rule allows everything ${what}, inside and outside the cluster; remove it, or write {} where that is meant.`;
  context.report({ at, message, fixes });
}

export const rule: Rule = {
  id: 'null-rule-allows-all',
  severity: 'warning',
  category: 'meaning',
  summary: 'a dash with nothing behind it under ingress or egress: a rule that allows everything',
  places: { rule: check },
};

export const page: RulePage = {
  why: 'A rule is deleted and its dash is left behind. What remains is an empty rule, and an empty rule allows everything.',
  fix: 'Remove the dash. Where everything shall be allowed, write `- {}`, which says so.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go',
  examples: [
    {
      bad: policyWith('podSelector: {}\ningress:\n  - from:\n      - podSelector: {}\n  -\n# ^ allows everything from every source'),
      fixed: policyWith('podSelector: {}\ningress:\n  - from:\n      - podSelector: {}'),
    },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - {}')],
};
