import * as l10n from '@vscode/l10n';
import { readCalicoRule } from '../kinds/calico/readCalico.ts';
import { isVerbatim } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { directions, type Rule as PolicyRule } from '../model/policy.ts';
import { removeItem } from '../syntax/edits.ts';
import { isSeq, resolve } from '../syntax/node.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith } from './vendor.ts';

/** A rule that decides about all that reaches it. */
export const matchesAll = ({ peers, ports, conditions, own }: PolicyRule): boolean => peers.length === 0 && ports.length === 0 && !conditions && !own;

function check(place: Place, context: RuleContext): void {
  const list = place.node;
  const direction = directions.find((which) => which === place.entry?.key.text);
  if (!isSeq(list) || !direction || !isVerbatim(place)) return;
  const namespaced = place.resource.table?.namespaced === true;
  const rules = list.items.map((item) => readCalicoRule(resolve(item.value), direction, namespaced));
  const last = rules.findIndex((one) => one && matchesAll(one));
  if (last < 0) return;
  for (const item of list.items.slice(last + 1)) {
    context.report({
      at: item.value,
      message: `This rule is never asked: rule ${last + 1} matches everything, and the first rule that matches decides.`,
      tag: 'unnecessary',
      fixes: () => [{ title: l10n.t('Remove the rule'), edits: [removeItem(context.text, list, item)] }],
    });
  }
}

export const rule: Rule = {
  id: 'calico-unreachable-rule',
  severity: 'warning',
  category: 'meaning',
  summary: 'a rule of Calico behind one that matches everything',
  apis: ['calico'],
  places: { 'calico-rules': check },
};

export const page: RulePage = {
  why: 'Rules are asked in order. `- action: Deny` at the top, as a default, makes all that follows dead text: it belongs at the end.',
  fix: 'Move the rule that matches everything to the end, or remove what stands behind it.',
  ignore: 'Never.',
  source: 'https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#rule',
  examples: [
    {
      bad: calicoWith(
        "selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Deny\n  - {action: Allow, protocol: TCP}\n#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rule 1 matches everything",
      ),
      fixed: calicoWith("selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Deny"),
    },
  ],
  good: [calicoWith("selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Log\n  - action: Allow\n    protocol: TCP\n  - action: Deny")],
};
