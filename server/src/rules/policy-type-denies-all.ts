import * as l10n from '@vscode/l10n';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { isWrittenOut } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { removeItem, setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, itemsOf, resolve } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

const sides = [
  { type: 'Ingress', key: 'ingress', other: 'egress', act: 'receive' },
  { type: 'Egress', key: 'egress', other: 'ingress', act: 'send' },
] as const;

function check(place: Place, context: RuleContext): void {
  const spec = place.node;
  const types = resolve(entryOf(spec, 'policyTypes')?.value);
  if (!isMap(spec) || !isSeq(types) || !isNetworkPolicy(place.resource.table) || !isWrittenOut(place)) return;
  for (const { type, key, other, act } of sides) {
    const item = types.items.find(({ value }) => value.kind === 'scalar' && value.text === type);
    // Where nothing is allowed in either direction, or an empty list says it, denial is what was meant.
    if (!item || entryOf(spec, key) || itemsOf(entryOf(spec, other)?.value).length === 0) continue;
    const fixes = (): readonly Fix[] => [
      { title: l10n.t('Write {0}: [] to say that it is meant', key), edits: [setEntry(context.text, spec, key, '[]')] },
      ...(types.items.length > 1 ? [{ title: l10n.t('Remove {0} from policyTypes', type), edits: [removeItem(context.text, types, item)] }] : []),
    ];
    context.report({
      at: item.value,
      message: `${type} is among the policyTypes and no ${key} rule follows: the selected pods can ${act} nothing but what other policies allow. Write ${key} rules, or ${key}: [] where that is meant.`,
      fixes,
    });
  }
}

export const rule: Rule = {
  id: 'policy-type-denies-all',
  severity: 'information',
  category: 'meaning',
  summary: 'a policy type without a rule of its direction, in a policy that allows something in the other: that direction is denied',
  places: { 'policy-spec': check },
};

export const page: RulePage = {
  why: 'A template has `policyTypes: [Ingress, Egress]`, the author fills in the ingress rules and applies it. From that moment the pods can send nothing: no DNS, no database. Nothing in the file shows it, for what denies is a rule that is not there.',
  fix: 'Remove the type, or write the rules of that direction. Where denial is meant, write the empty list (`egress: []`): then the next reader sees that it is.',
  ignore: 'Where the other direction is denied on purpose and the team’s style is to leave the empty list out.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes:\n  - Ingress\n  - Egress\n#   ^^^^^^ can send nothing but what other policies allow\ningress:\n  - ports:\n      - port: 80',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\n  - Egress\ningress:\n  - ports:\n      - port: 80\negress: []'),
    },
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Ingress, Egress]\n#             ^^^^^^^ can receive nothing\negress:\n  - ports:\n      - port: 443\n      - {port: 53, protocol: UDP}\n      - port: 53',
      ),
    },
  ],
  good: [
    policyWith('podSelector: {}\npolicyTypes: [Ingress, Egress]'),
    policyWith('podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress:\n  - ports:\n      - port: 80\negress: []'),
  ],
};
