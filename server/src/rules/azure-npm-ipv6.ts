import type { Place } from '../kinds/walk.ts';
import { flagged, policyNamed } from './examples.ts';
import { knownString } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const cidr = knownString(place);
  if (cidr === undefined || !cidr.includes(':')) return;
  context.report({
    at: place.written,
    message: `${cidr} is IPv6, which Azure Network Policy Manager does not support: such a policy is not applied rightly. Use Cilium for IPv6.`,
  });
}

export const rule: Rule = {
  id: 'azure-npm-ipv6',
  severity: 'error',
  category: 'engine',
  summary: 'an IPv6 range on Azure NPM, which knows IPv4 alone',
  scope: 'workspace',
  engines: ['azure-npm', 'azure-npm-windows'],
  places: { cidr: check, except: check },
};

const base = policyNamed(
  'web',
  'shop',
  'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - ipBlock:\n          cidr: 2001:db8::/32\n    ports:\n      - port: 80',
);

export const page: RulePage = {
  why: 'The cluster becomes dual-stack, the policies get IPv6 ranges, and Azure NPM, which translates policies into IPv4 rules, cannot follow.',
  fix: 'Take the IPv6 range out, or move the cluster to Azure CNI Powered by Cilium. [What each network plugin does](../engines.md).',
  ignore: 'Never on that engine; where the policies are for another cluster, set `netpol.engine` for the folder.',
  source: 'MicrosoftDocs/azure-aks-docs articles/aks/use-network-policies.md',
  examples: [{ bad: flagged(base, '2001:db8::/32', 'does not support'), engine: 'azure-npm' }],
  good: [base],
};
