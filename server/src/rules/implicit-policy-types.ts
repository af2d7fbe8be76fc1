import * as l10n from '@vscode/l10n';
import { allOf } from '../explain/phrases.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { isWrittenOut } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { setEntry } from '../syntax/edits.ts';
import { entryOf, isMap } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { policyWith } from './examples.ts';
import { anchorOf } from './places.ts';
import { impliedTypes, writeTypes } from './policyTypes.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const spec = place.node;
  if (!isMap(spec) || !isNetworkPolicy(place.resource.table) || !isWrittenOut(place)) return;
  const types = impliedTypes(spec);
  if (!types) return;
  const written = entryOf(spec, 'policyTypes');
  const denies = types.includes('Egress') && !entryOf(spec, 'ingress') ? ', so that nothing may come in' : '';
  const edit = (): TextEdit => writeTypes(context.text, spec, types);
  context.report({
    at: written?.key ?? anchorOf(place),
    message: `policyTypes is ${written ? 'empty' : 'left out'} and means ${allOf(types)}${denies}; Egress is only among them once there is an egress rule.`,
    fixes: () =>
      denies === ''
        ? [{ title: l10n.t('Write policyTypes out'), edits: [edit()] }]
        : [
            {
              title: l10n.t('Write out policyTypes, and ingress: [] for what they deny'),
              edits: [edit(), setEntry(context.text, spec, 'ingress', '[]')],
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
    {
      bad: policyWith('podSelector: {}\npolicyTypes: []\ningress: []').replace('[]', '[]\n# ^^^^^^^^^^^ is empty and means Ingress;'),
      fixed: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\ningress: []'),
    },
  ],
  good: [policyWith('podSelector: {}\npolicyTypes: [Ingress]')],
};
