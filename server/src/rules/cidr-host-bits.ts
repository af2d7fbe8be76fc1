import type { ScalarType } from '../kinds/fieldTypes.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Place } from '../kinds/walk.ts';
import { parseCidr } from '../model/cidr.ts';
import { policyWith } from './examples.ts';
import { hasHostBits, reportHostBits } from './hostBits.ts';
import { knownString } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const text = knownString(place);
  const parsed = text === undefined ? undefined : parseCidr(text);
  // Where it is refused, invalid-cidr says so.
  if (!parsed || !('cidr' in parsed) || !hasHostBits(parsed.cidr) || (place.type as ScalarType).exact) return;
  reportHostBits(place, parsed.cidr, context, isNetworkPolicy(place.resource.table) ? 'Kubernetes from 1.36 on refuses it' : undefined);
}

export const rule: Rule = {
  id: 'cidr-host-bits',
  severity: 'warning',
  category: 'meaning',
  summary: 'a CIDR whose address is not the first of its network, such as 10.0.0.5/16',
  places: { cidr: check, except: check },
};

export const page: RulePage = {
  why: '`10.0.0.5/16` looks like one host and allows 65,536. What was meant, the host or the network, only its author knows.',
  fix: 'For the network, write its first address, as the quick fix does. For the one host, write `/32` (or `/128`).',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go (IsValidCIDRForLegacyField)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.5/16\n#               ^^^^^^^^^^^ means 10.0.0.0/16',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.0/16'),
    },
  ],
  good: [policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 10.0.0.5/32}\n      - ipBlock: {cidr: "2001:db8::/32"}')],
};
