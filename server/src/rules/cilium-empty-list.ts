import * as l10n from '@vscode/l10n';
import { hasGaps } from '../kinds/templates.ts';
import { childAt, type Place } from '../kinds/walk.ts';
import { directions } from '../model/policy.ts';
import { removeEntry, setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, itemsOf, valueAt } from '../syntax/node.ts';
import { booleanOf } from '../syntax/scalar.ts';
import { flagged } from './examples.ts';
import { anchorOf } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

function checkPeers(place: Place, context: RuleContext): void {
  const { node, entry, parent } = place;
  const map = parent?.node;
  if (!isSeq(node) || node.items.length > 0 || !entry || !isMap(map) || hasGaps(place)) return;
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
  if (!isSeq(node) || node.items.length > 0 || !entry || entry.key.text.endsWith('Deny') || hasGaps(place.parent ?? place)) return;
  const spec = place.parent?.node;
  if (itemsOf(valueAt(spec, `${entry.key.text}Deny`)).length > 0) return;
  context.report({
    at: anchorOf(place),
    message: `${entry.key.text} is an empty list, which says nothing in Cilium: the endpoints stay open. An empty rule, [{}], denies everything.`,
    fixes: () => [{ title: l10n.t('Deny everything: [{}]'), edits: [{ start: node.start, end: node.end, newText: '[{}]' }] }],
  });
}

/** Source: cilium/cilium pkg/policy/utils/parserules.go: a direction without rules makes no entry that could deny. */
function checkDefaultDeny(place: Place, { text, report }: RuleContext): void {
  const { node } = place;
  const asked = childAt(place, 'enableDefaultDeny');
  if (!isMap(node) || !asked || hasGaps(place)) return;
  for (const direction of directions) {
    const entry = entryOf(asked.node, direction);
    const lists = [direction, `${direction}Deny`].map((key) => entryOf(node, key));
    // An empty list is told of where it stands.
    if (!entry || booleanOf(entry.value) !== true || lists[0] || itemsOf(lists[1]?.value).length > 0) continue;
    report({
      at: entry.key,
      message: `enableDefaultDeny has no effect for a direction without rules: nothing of ${direction} is denied. An empty rule, ${direction}: [{}], denies everything.`,
      fixes: () => [{ title: l10n.t('Deny everything: {0}', `${direction}: [{}]`), edits: [setEntry(text, node, direction, '[{}]')] }],
    });
  }
}

export const rule: Rule = {
  id: 'cilium-empty-list',
  severity: 'warning',
  category: 'meaning',
  summary: 'an empty list in a Cilium policy: of peers it matches nobody, of rules it denies nothing; enableDefaultDeny without a rule',
  apis: ['cilium'],
  places: { 'cilium-peers': checkPeers, 'cilium-rules': checkRules, 'cilium-spec': checkDefaultDeny },
};

export const page: RulePage = {
  why: 'Empty lists mean the opposite of what they do in a NetworkPolicy. There `from: []` is everybody and `ingress: []` denies; in a CiliumNetworkPolicy `fromEndpoints: []` is nobody and `ingress: []` leaves the endpoints open.',
  fix: 'To deny everything write `ingress: [{}]`; to let every endpoint of the namespace in write `fromEndpoints: [{}]`; to ask for nobody in particular leave the key out.',
  ignore: 'Never.',
  source: 'cilium/cilium pkg/policy/utils/parserules.go, pkg/policy/api/ingress.go',
  examples: [
    {
      bad: flagged(ciliumWith('endpointSelector: {}\ningress: []'), 'ingress', 'denies everything'),
      fixed: ciliumWith('endpointSelector: {}\ningress: [{}]'),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\negress: [{}]\nenableDefaultDeny:\n  ingress: true\n# ^^^^^^^ has no effect for a direction without rules',
      ),
      fixed: ciliumWith('endpointSelector: {}\negress: [{}]\nenableDefaultDeny:\n  ingress: true\ningress: [{}]'),
    },
    {
      bad: ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: []\n#   ^^^^^^^^^^^^^ matches nobody'),
      fixed: ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]'),
    },
  ],
  good: [ciliumWith('endpointSelector: {}\ningress: [{}]')],
};
