import * as l10n from '@vscode/l10n';
import { anyOf } from '../explain/phrases.ts';
import type { Place } from '../kinds/walk.ts';
import { nearest } from '../model/nearest.ts';
import { calicoDefaultTier } from '../model/policy.ts';
import { isPartial } from '../workspace/unknown.ts';
import { documents } from './examples.ts';
import { scalarLike } from './nearestLabels.ts';
import { knownScalar, knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith } from './vendor.ts';

/** Tiers that Calico makes itself. Source: projectcalico/calico api/pkg/apis/projectcalico/v3/tier.go. */
const builtIn = [calicoDefaultTier.name, 'adminnetworkpolicy', 'baselineadminnetworkpolicy', 'kube-admin', 'kube-baseline'];

function check(place: Place, context: RuleContext): void {
  const [name, scalar] = [knownString(place), knownScalar(place)];
  const known = (context.view.cluster.tiers ?? []).map(({ value }) => value.name);
  // Where no manifest makes a tier, all of them are made elsewhere.
  if (!name || !scalar || isPartial(context.view.unknown) || known.length === 0 || builtIn.includes(name) || known.includes(name)) return;
  const near = nearest(name, known);
  context.report({
    at: valueRange(place),
    message: `There is no Tier ${quoted(name)}; the workspace has ${anyOf(known)}. Calico refuses a policy of a tier that does not exist.`,
    fixes: () => (near ? [{ title: l10n.t('Change to {0}', near), edits: [scalarLike(scalar, near)] }] : []),
  });
}

export const rule: Rule = {
  id: 'calico-unknown-tier',
  severity: 'warning',
  category: 'meaning',
  summary: 'a policy of a tier that no manifest makes, where others are made',
  apis: ['calico'],
  scope: 'workspace',
  places: { 'calico-tier': check },
};

const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: security\nspec:\n  order: 100\n';
const inTier = (name: string): string => calicoWith(`tier: ${name}\nselector: app == 'web'\ntypes: [Ingress]`);

export const page: RulePage = {
  why: 'A tier must exist before a policy can stand in it. A misspelt one is refused by Calico’s API server; past it, the policy is stored and asked last.',
  fix: 'Take the name of a Tier, or make one.',
  ignore: 'Where the tier is made in another repository.',
  source: 'projectcalico/calico api/pkg/apis/projectcalico/v3/globalnetworkpolicy.go (Tier)',
  examples: [{ bad: documents(tier, inTier('secruity\n#     ^^^^^^^^ no Tier')), fixed: documents(tier, inTier('security')) }],
  good: [documents(tier, inTier('security')), inTier('elsewhere')],
};
