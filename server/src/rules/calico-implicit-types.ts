import * as l10n from '@vscode/l10n';
import { allOf } from '../explain/phrases.ts';
import { calicoTypes } from '../kinds/calico/readCalico.ts';
import { hasGaps } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { setEntry } from '../syntax/edits.ts';
import { entryOf, isMap } from '../syntax/node.ts';
import { anchorOf } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith } from './vendor.ts';

function check(place: Place, context: RuleContext): void {
  const { node } = place;
  if (!isMap(node) || entryOf(node, 'types') || hasGaps(place)) return;
  const types = calicoTypes(node).map((which) => (which === 'ingress' ? 'Ingress' : 'Egress'));
  const left = types.length === 1 ? ` What ${types[0] === 'Ingress' ? 'goes out' : 'comes in'} is not restricted.` : '';
  context.report({
    at: anchorOf(place),
    message: `types is left out and means ${allOf(types)}, after the rules that are there.${left}`,
    fixes: () => [{ title: l10n.t('Write it out'), certain: true, edits: [setEntry(context.text, node, 'types', `[${types.join(', ')}]`)] }],
  });
}

export const rule: Rule = {
  id: 'calico-implicit-types',
  severity: 'hint',
  category: 'meaning',
  summary: 'types left out of a Calico policy: what Calico makes of it',
  apis: ['calico'],
  places: { 'calico-spec': check },
};

export const page: RulePage = {
  why: 'Calico decides by the rules that are written: with egress rules alone the policy says nothing of what comes in, unlike Kubernetes’ policyTypes, among which Ingress always is. Who adds one rule later changes what is denied.',
  fix: 'Write `types`.',
  ignore: 'Where the defaults are known to everybody who reads the file.',
  source: 'projectcalico/calico api/pkg/apis/projectcalico/v3/networkpolicy.go (Types)',
  examples: [
    {
      bad: calicoWith("selector: app == 'web'\negress:\n  - action: Allow").replace('spec:\n', 'spec:\n#<^^^^ means Egress\n'),
      fixed: calicoWith("selector: app == 'web'\negress:\n  - action: Allow\ntypes: [Egress]"),
    },
  ],
  good: [calicoWith("selector: app == 'web'\ntypes: [Ingress]")],
};
