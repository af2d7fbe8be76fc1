import { enclosing, type Place } from '../kinds/walk.ts';
import { directions } from '../model/policy.ts';
import { isMap } from '../syntax/node.ts';
import { knownString, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allCompiled, calicoWith, compiledIn } from './vendor.ts';

function check(place: Place, context: RuleContext): void {
  if (knownString(place) !== 'Pass' || place.entry?.key.text !== 'action' || place.parent?.type.role !== 'calico-rule') return;
  const [own] = compiledIn(place.resource, context);
  const direction = directions.find((which) => which === enclosing(place, 'calico-rules')?.entry?.key.text);
  if (!own || !direction || !isMap(place.parent.node)) return;
  const later = allCompiled(context).some(
    ({ tier, policy }) => tier.rank > own.tier.rank && (policy.isolates[direction] || policy[direction] !== undefined),
  );
  if (later) return;
  context.report({
    at: valueRange(place),
    message: `Pass leaves the traffic to the tiers behind "${own.tier.name}", and no policy that the workspace knows stands there: it is allowed.`,
  });
}

export const rule: Rule = {
  id: 'calico-pass-last-tier',
  severity: 'warning',
  category: 'meaning',
  summary: 'Pass in the last tier that has policies: what it passes is allowed',
  apis: ['calico'],
  scope: 'workspace',
  places: { choice: check },
};

export const page: RulePage = {
  why: '`Pass` reads like “somebody else decides”. Behind the last tier nobody does: pods without a policy are open, and so is what was passed.',
  fix: 'Write `Allow` where that is meant, or `Deny`; or add policies to a later tier.',
  ignore: 'Where policies of a later tier are kept in another repository.',
  source: 'https://docs.tigera.io/calico/latest/network-policy/policy-tiers/tiered-policy',
  examples: [{ bad: calicoWith("selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Pass\n#           ^^^^ it is allowed") }],
  good: [calicoWith("selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Allow")],
};
