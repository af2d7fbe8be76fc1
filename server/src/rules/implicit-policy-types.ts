import * as l10n from '@vscode/l10n';
import { allOf } from '../explain/phrases.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Place } from '../kinds/walk.ts';
import { appendEntry } from '../syntax/edits.ts';
import { entryOf, isMap, itemsOf } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { policyWith } from './examples.ts';
import { anchorOf, isTemplatedDocument } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const spec = place.node;
  if (!isMap(spec) || entryOf(spec, 'policyTypes') || !isNetworkPolicy(place.resource.table) || isTemplatedDocument(context.document)) return;
  const hasEgress = itemsOf(entryOf(spec, 'egress')?.value).length > 0;
  const types = hasEgress ? ['Ingress', 'Egress'] : ['Ingress'];
  const denies = hasEgress && !entryOf(spec, 'ingress') ? ', so that nothing may come in' : '';
  const edit = (): TextEdit => {
    const selector = entryOf(spec, 'podSelector');
    const value = spec.flow ? `[${types.join(', ')}]` : `\n${types.map((type) => `  - ${type}`).join('\n')}`;
    // Behind the podSelector, where nearly everybody has it.
    const before = selector && !spec.flow ? { ...spec, entries: [selector], end: selector.end } : spec;
    return appendEntry(context.text, before, 'policyTypes', value);
  };
  context.report({
    at: anchorOf(place),
    message: `policyTypes is left out and means ${allOf(types)}${denies}; Egress is only among them once there is an egress rule.`,
    fixes: () =>
      denies === ''
        ? [{ title: l10n.t('Write policyTypes out'), edits: [edit()] }]
        : [
            {
              title: l10n.t('Write out policyTypes, and ingress: [] for what they deny'),
              edits: [edit(), appendEntry(context.text, spec, 'ingress', '[]')],
            },
          ],
  });
}

export const rule: Rule = {
  id: 'implicit-policy-types',
  severity: 'hint',
  category: 'meaning',
  summary: 'policyTypes left out: what the API server makes of it',
  places: { 'policy-spec': check },
};

export const page: RulePage = {
  why: 'An author who wants to restrict egress alone writes only `egress` rules and no `policyTypes`. The default adds Ingress whatever the rules are: now nothing may come in either.',
  fix: 'Write the types out. Ingress is always among the default, Egress where there is at least one egress rule.',
  ignore: 'Where your team knows the default by heart.',
  source: 'kubernetes/kubernetes pkg/apis/networking/v1/defaults.go (SetDefaults_NetworkPolicy)',
  examples: [
    {
      bad: policyWith('podSelector: {}\negress:\n  - ports:\n      - port: 443').replace(
        'spec:',
        'spec:\n#<^^^^ means Ingress and Egress, so that nothing may come in',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\n  - Egress\negress:\n  - ports:\n      - port: 443\ningress: []'),
    },
    {
      bad: policyWith('podSelector:\n  matchLabels:\n    app: db\ningress: []').replace('spec:', 'spec:\n#<^^^^ means Ingress;'),
      fixed: policyWith('podSelector:\n  matchLabels:\n    app: db\npolicyTypes:\n  - Ingress\ningress: []'),
    },
  ],
  good: [policyWith('podSelector: {}\npolicyTypes: [Ingress]')],
};
