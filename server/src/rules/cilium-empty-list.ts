import * as l10n from '@vscode/l10n';
import type { Place } from '../kinds/walk.ts';
import { removeEntry } from '../syntax/edits.ts';
import { isMap, isSeq } from '../syntax/node.ts';
import { flagged } from './examples.ts';
import { anchorOf, isTemplatedDocument } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

function checkPeers(place: Place, context: RuleContext): void {
  const { node, entry, parent } = place;
  const map = parent?.node;
  if (!isSeq(node) || node.items.length > 0 || !entry || !isMap(map) || isTemplatedDocument(context.document)) return;
  const key = entry.key.text;
  const all = key.endsWith('Endpoints')
    ? [{ title: l10n.t('Every endpoint of the namespace'), edits: [{ start: node.start, end: node.end, newText: '[{}]' }] }]
    : [];
  const others = map.entries.length > 1 ? [{ title: l10n.t('Remove {0}', key), edits: [removeEntry(context.text, map, entry)] }] : [];
  context.report({
    at: anchorOf(place),
    message: `${key} is an empty list and matches nobody, so that the rule has no effect; left out, it would not ask ${key.startsWith('from') ? 'who sends' : 'who receives'}.`,
    fixes: () => [...all, ...others],
  });
}

function checkRules(place: Place, context: RuleContext): void {
  const { node, entry } = place;
  if (!isSeq(node) || node.items.length > 0 || !entry || entry.key.text.endsWith('Deny') || isTemplatedDocument(context.document)) return;
  const spec = place.parent?.node;
  const isSet = isMap(spec) && spec.entries.some(({ key }) => key.text === 'enableDefaultDeny' || key.text === `${entry.key.text}Deny`);
  if (isSet) return;
  context.report({
    at: anchorOf(place),
    message: `${entry.key.text} is an empty list, which says nothing in Cilium: the endpoints stay open. An empty rule, [{}], denies everything.`,
    fixes: () => [{ title: l10n.t('Deny everything: [{}]'), edits: [{ start: node.start, end: node.end, newText: '[{}]' }] }],
  });
}

export const rule: Rule = {
  id: 'cilium-empty-list',
  severity: 'warning',
  category: 'meaning',
  summary: 'an empty list in a Cilium policy: of peers it matches nobody, of rules it denies nothing',
  apis: ['cilium'],
  places: { 'cilium-peers': checkPeers, 'cilium-rules': checkRules },
};

export const page: RulePage = {
  why: 'Empty lists mean the opposite of what they do in a NetworkPolicy. There `from: []` is everybody and `ingress: []` denies; in a CiliumNetworkPolicy `fromEndpoints: []` is nobody and `ingress: []` leaves the endpoints open.',
  fix: 'To deny everything write `ingress: [{}]`; to let every endpoint of the namespace in write `fromEndpoints: [{}]`; to ask for nobody in particular leave the key out.',
  ignore: 'Never.',
  source: 'cilium/cilium pkg/policy/api/rule_validation.go (EnableDefaultDeny), pkg/policy/api/ingress.go',
  examples: [
    {
      bad: flagged(ciliumWith('endpointSelector: {}\ningress: []'), 'ingress', 'denies everything'),
      fixed: ciliumWith('endpointSelector: {}\ningress: [{}]'),
    },
    {
      bad: ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: []\n#   ^^^^^^^^^^^^^ matches nobody'),
      fixed: ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]'),
    },
  ],
  good: [ciliumWith('endpointSelector: {}\ningress: [{}]')],
};
