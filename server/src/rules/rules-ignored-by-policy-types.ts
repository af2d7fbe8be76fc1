import * as l10n from '@vscode/l10n';
import { isWrittenOut } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { appendItem, removeEntry } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, itemsOf, resolve } from '../syntax/node.ts';
import type { Engine } from '../workspace/engine.ts';
import { policyWith } from './examples.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

const directions = [
  ['ingress', 'Ingress', 'comes in'],
  ['egress', 'Egress', 'goes out'],
] as const;

/** Plugins that enforce the rules all the same. Source: cilium/cilium pkg/k8s/network_policy.go (ParseNetworkPolicy). */
const enforcing: ReadonlySet<Engine> = new Set(['cilium', 'gke-dataplane-v2']);

function check(place: Place, context: RuleContext): void {
  const spec = place.node;
  if (!isMap(spec) || !isWrittenOut(place)) return;
  const types = resolve(entryOf(spec, 'policyTypes')?.value);
  if (!isSeq(types) || types.items.length === 0) return;
  const written = itemsOf(types).map((item) => (item.kind === 'scalar' ? item.text : ''));
  // A misspelt type is reported where it is misspelt.
  if (written.some((type) => !directions.some(([, known]) => known === type))) return;
  for (const [key, type, what] of directions) {
    const entry = entryOf(spec, key);
    if (!entry || itemsOf(entry.value).length === 0 || written.includes(type)) continue;
    const fixes = (): readonly Fix[] => [
      { title: l10n.t('Add {0} to policyTypes', type), edits: [appendItem(context.text, types, type)] },
      { title: l10n.t('Remove the {0} rules', key), edits: spec.entries.includes(entry) ? [removeEntry(context.text, spec, entry)] : [] },
    ];
    const { engine } = context.view;
    context.report({
      at: entry.key,
      message:
        engine !== undefined && enforcing.has(engine)
          ? `policyTypes does not list ${type}, so that Kubernetes ignores these ${key} rules; Cilium enforces them all the same, and refuses everything else that ${what}.`
          : `These ${key} rules have no effect: policyTypes does not list ${type}, so this policy does not restrict what ${what}.`,
      fixes,
    });
  }
}

export const rule: Rule = {
  id: 'rules-ignored-by-policy-types',
  severity: 'warning',
  category: 'meaning',
  summary: 'rules of a direction that policyTypes does not list: they have no effect',
  places: { 'policy-spec': check },
};

export const page: RulePage = {
  why: 'Somebody adds egress rules to a policy that began with `policyTypes: [Ingress]`. The policy applies, the rules are stored, and all traffic still goes out: the direction was never isolated.',
  fix: 'Add the type, which isolates the direction: from then on only what the rules allow passes, so think of DNS. Or remove the rules.',
  ignore: 'While the rules are prepared and shall not be in force yet; not with Cilium, which enforces them.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (PolicyTypes); cilium/cilium pkg/k8s/network_policy.go',
  examples: [
    {
      bad: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\negress:\n  - {}').replace('  egress:\n', '  egress:\n# ^^^^^^ no effect\n'),
      fixed: policyWith('podSelector: {}\npolicyTypes:\n  - Ingress\n  - Egress\negress:\n  - {}'),
    },
    {
      bad: policyWith('podSelector: {}\npolicyTypes: [Egress]\ningress:\n  - from: [{podSelector: {}}]\n    ports: [{port: 80}]').replace(
        '  ingress:\n',
        '  ingress:\n# ^^^^^^^ does not restrict what comes in\n',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Egress, Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports: [{port: 80}]'),
    },
    {
      bad: policyWith('podSelector: {}\npolicyTypes: [Ingress]\negress:\n  - {}').replace(
        '  egress:\n',
        '  egress:\n# ^^^^^^ Cilium enforces them all the same\n',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress, Egress]\negress:\n  - {}'),
      engine: 'cilium',
    },
  ],
  good: [policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress: [{}]\negress: []'), policyWith('podSelector: {}\negress: [{}]')],
};
