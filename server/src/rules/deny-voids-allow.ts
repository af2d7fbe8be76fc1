import * as l10n from '@vscode/l10n';
import type { CompiledPolicy } from '../connectivity/compile.ts';
import { ruleName } from '../explain/reasons.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import { ruleImplies } from '../model/implication.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { directions, type Rule as PolicyRule } from '../model/policy.ts';
import { removeItem } from '../syntax/edits.ts';
import { isSeq } from '../syntax/node.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allCompiled, ciliumWith, compiledIn, covers } from './vendor.ts';

/** A denial that leaves nothing of what a rule allows. */
const voids = (denial: PolicyRule, allowed: PolicyRule, own: string | undefined): boolean =>
  denial.action === 'deny' && !denial.conditions && ruleImplies({ ...allowed, action: 'deny' }, { ...denial, action: 'deny' }, own);

/** The policies that deny something. */
const denying = memoizedByObject((policies: readonly CompiledPolicy[]) =>
  policies.filter(({ rules }) => directions.some((direction) => rules[direction].some(({ rule }) => rule.action === 'deny'))),
);

function check(place: Place, context: RuleContext): void {
  const list = enclosing(place, 'cilium-rules');
  const direction = directions.find((which) => which === list?.entry?.key.text);
  if (!direction || !list) return;
  const at = place.node;
  for (const own of compiledIn(place.resource, context)) {
    const allowed = own.rules[direction].filter(
      ({ rule }) => rule.action === 'allow' && rule.source.start === at.start && rule.source.end === at.end,
    );
    if (allowed.length === 0) continue;
    const denials = denying(allCompiled(context))
      .filter((other) => covers(other, own))
      .flatMap((other) => other.rules[direction].filter(({ rule }) => rule.action === 'deny').map((rule) => ({ rule, other })));
    const found = allowed.map(({ rule }) => denials.find(({ rule: { rule: denial } }) => voids(denial, rule, own.policy.namespace)));
    const [first] = found;
    if (!first || found.some((one) => !one)) return;
    const seq = list.node;
    const item = place.item;
    context.report({
      at: place.entry?.key ?? { start: at.start, end: at.end },
      message: `This rule has no effect: ${ruleName(first.rule, direction)} denies all that it allows, and a denial wins over every policy.`,
      tag: 'unnecessary',
      related: [{ origin: { ...first.other.located.origin, at: first.rule.rule.source }, message: ruleName(first.rule, direction) }],
      fixes: () =>
        isSeq(seq) && item && seq.items.length > 1 ? [{ title: l10n.t('Remove the rule'), edits: [removeItem(context.text, seq, item)] }] : [],
    });
    return;
  }
}

export const rule: Rule = {
  id: 'deny-voids-allow',
  severity: 'warning',
  category: 'meaning',
  summary: 'a rule of Cilium that allows what a denial takes away',
  apis: ['cilium'],
  scope: 'workspace',
  places: { 'cilium-rule': check },
};

export const page: RulePage = {
  why: 'Unlike in firewalls, order does not matter in Cilium: what one `ingressDeny` denies no rule of any policy lets in again. An exception to a denial must be written into the denial.',
  fix: 'Narrow the denial, or remove the rule.',
  ignore: 'Where the denial is for a while only.',
  source: 'https://docs.cilium.io/en/stable/security/policy/language/#deny-policies',
  examples: [
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]\n  - fromCIDR: [192.0.2.7/32]\n#   ^^^^^^^^^^^^^^^^^^^^^^^^ ingressDeny rule 1 of CiliumNetworkPolicy shop/web denies all\ningressDeny:\n  - fromCIDR: [192.0.2.0/24]',
      ),
      fixed: ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]\ningressDeny:\n  - fromCIDR: [192.0.2.0/24]'),
    },
  ],
  good: [ciliumWith('endpointSelector: {}\ningress:\n  - fromCIDR: [192.0.2.0/24]\ningressDeny:\n  - fromCIDR: [192.0.2.7/32]')],
};
