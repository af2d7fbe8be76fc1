import * as l10n from '@vscode/l10n';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import { removeEntry } from '../syntax/edits.ts';
import { isMap, isSeq } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { removeRules } from './policyTypes.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

const meanings: Readonly<Record<string, string>> = {
  from: 'every source, inside and outside the cluster',
  to: 'every destination, inside and outside the cluster',
  ports: 'every port of every protocol',
};

function check(place: Place, { text, report }: RuleContext): void {
  const { node, entry, parent } = place;
  const meaning = meanings[entry?.key.text ?? ''];
  if (!isSeq(node) || node.items.length > 0 || !entry || !meaning || !isNetworkPolicy(place.resource.table)) return;
  const fixes = (): readonly Fix[] => {
    const rule = enclosing(place, 'rule');
    const rules = rule?.parent?.node;
    return [
      {
        title: l10n.t('Remove "{0}": it means the same', entry.key.text),
        edits: isMap(parent?.node) && parent.node.entries.includes(entry) ? [removeEntry(text, parent.node, entry)] : [],
      },
      {
        title: l10n.t('Remove the rule: allow nothing by it'),
        edits: isSeq(rules) && rule?.item ? removeRules(text, rule.parent?.parent?.node, rules, [rule.item]) : [],
      },
    ];
  };
  report({
    at: entry,
    message: `An empty "${entry.key.text}" allows ${meaning}, as if it were left out; to allow nothing, remove the whole rule.`,
    fixes,
  });
}

export const rule: Rule = {
  id: 'empty-list-allows-all',
  severity: 'warning',
  category: 'meaning',
  summary: '`from: []`, `to: []` or `ports: []`: reads like nothing and allows everything',
  places: { peers: check, ports: check },
};

export const page: RulePage = {
  why: '`from: []` reads like “from nobody”. To Kubernetes an empty list is a list that was left out, and a rule without `from` allows everybody. A chart that renders an empty list of allowed clients opens the application to the world.',
  fix: 'For nobody, write no rule at all (`ingress: []`). For everybody, leave the key out, so that the next reader is not misled.',
  ignore: 'Never; leaving the key out says the same without the trap.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (NetworkPolicyIngressRule)',
  examples: [
    {
      bad: policyWith('podSelector: {}\ningress:\n  - from: []\n#   ^^^^^^^^ every source\n    ports:\n      - port: 80'),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 80'),
    },
    {
      bad: policyWith('podSelector: {}\negress:\n  - to:\n      - podSelector: {}\n    ports: []\n#   ^^^^^^^^^ every port'),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - podSelector: {}'),
    },
  ],
  good: [policyWith('podSelector: {}\ningress: []\negress:\n  - {}')],
};
