import * as l10n from '@vscode/l10n';
import { hasGaps, mayHoldMore } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { removeItem } from '../syntax/edits.ts';
import { isSeq } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { checkEnum } from './enum.ts';
import { policyWith } from './examples.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** An entry in which nothing stands is an empty text to the API server. */
function checkNothing(place: Place, { text, report }: RuleContext): void {
  const { item, parent } = place;
  const list = parent?.node;
  if (!item || !isSeq(list) || mayHoldMore(place)) return;
  report({
    at: { start: item.start, end: Math.max(item.end, item.start + 1) },
    message: 'Nothing stands in this entry of policyTypes: write Ingress or Egress.',
    fixes: () => (list.items.length > 1 ? [{ title: l10n.t('Remove this entry'), edits: [removeItem(text, list, item)] }] : []),
  });
}

export const rule: Rule = {
  id: 'invalid-policy-type',
  severity: 'error',
  category: 'api-server',
  summary: 'a policyType in the wrong word or case, or more than two of them',
  places: {
    'policy-type': (place, context) => {
      if (isNull(place.node)) checkNothing(place, context);
      else checkEnum(place, context, 'a policy type');
    },
    'policy-types': (place, context) => {
      const list = place.node;
      if (!isSeq(list) || list.items.length <= 2 || hasGaps(place)) return;
      const extra = list.items[2];
      if (!extra) return;
      context.report({
        at: extra,
        message: 'policyTypes may not hold more than two entries: Ingress and Egress are all there are.',
        fixes: () => [{ title: l10n.t('Remove this entry'), edits: [removeItem(context.text, list, extra)] }],
      });
    },
  },
};

export const page: RulePage = {
  why: '`ingress` in lower case is the key of the rules; the policy type is `Ingress`. The API server refuses anything else, and a policy without the right type does not isolate the direction that it was written for.',
  fix: 'Write `Ingress`, `Egress` or both.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicySpec)',
  examples: [
    {
      bad: policyWith('podSelector: {}\npolicyTypes:\n  - ingress\n#   ^^^^^^^ not a policy type'),
      fixed: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress'),
    },
    {
      bad: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\n  - Egress\n  - Ingress\n# ^^^^^^^^^ more than two'),
      fixed: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\n  - Egress'),
    },
    {
      bad: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\n  - ~\n# ^^^ Nothing stands'),
      fixed: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress'),
    },
  ],
  good: [policyWith('podSelector: {}\npolicyTypes: [Ingress, Egress]')],
};
