import * as l10n from '@vscode/l10n';
import { ownNamespace, plain } from '../explain/phrases.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { isWrittenOut } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { nearest } from '../model/nearest.ts';
import { prependEntry } from '../syntax/edits.ts';
import { entryOf, isMap } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { anchorOf } from './places.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const spec = place.node;
  if (!isMap(spec) || !isNetworkPolicy(place.resource.table) || !isWrittenOut(place)) return;
  const entry = entryOf(spec, 'podSelector');
  if (entry && !isNull(entry.value)) return;
  // A misspelt podSelector is reported where it is misspelt.
  const meant = (key: string) => key !== 'podSelector' && (/selector/i.test(key) || nearest(key, ['podSelector']) !== undefined);
  if (spec.entries.some(({ key }) => meant(key.text))) return;
  const fixes = (): readonly Fix[] => {
    if (entry)
      return [
        {
          title: l10n.t('Write {0}', '{}'),
          edits: [{ start: entry.value.start, end: entry.value.end, newText: entry.value.start > entry.key.end + 1 ? '{}' : ' {}' }],
        },
      ];
    return spec.flow || spec.entries.length > 0
      ? [{ title: l10n.t('Write {0}', 'podSelector: {}'), edits: [prependEntry(context.text, spec, 'podSelector', '{}')] }]
      : [];
  };
  context.report({
    at: entry?.key ?? anchorOf(place),
    message: `Without a podSelector this policy selects every pod of ${plain(ownNamespace(place.resource.namespace))}; write podSelector: {} where that is meant, or labels.`,
    fixes,
  });
}

export const rule: Rule = {
  id: 'implicit-pod-selector',
  severity: 'warning',
  category: 'meaning',
  summary: 'a podSelector that is left out or empty: the policy selects every pod of its namespace',
  places: { 'policy-spec': check },
};

export const page: RulePage = {
  why: 'A policy “for DNS” is written without a podSelector. It does not select nothing: it selects every pod of the namespace and isolates all of them.',
  fix: 'Where every pod is meant, write `podSelector: {}`, so that the next reader sees that it is. Otherwise write the labels.',
  ignore: 'Never; writing `{}` says the same without the doubt.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (NetworkPolicySpec.PodSelector)',
  examples: [
    {
      bad: policyWith('policyTypes: [Egress]\negress:\n  - ports:\n      - port: 53').replace(
        'spec:',
        'spec:\n#<^^^^ selects every pod of the namespace that it is applied to',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Egress]\negress:\n  - ports:\n      - port: 53'),
    },
  ],
  good: [policyWith('podSelector: {}'), policyWith('podSelector:\n  matchLabels:\n    app: web')],
};
