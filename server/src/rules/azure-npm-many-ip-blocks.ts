import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Resource } from '../kinds/resource.ts';
import { itemsOf, valueAt } from '../syntax/node.ts';
import { flagged, policyNamed } from './examples.ts';
import { nameRange } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** Number of ipBlock sections up to which the engine's rule updates are said to be safe. */
const safe = 4;

function check(resource: Resource, context: RuleContext): void {
  if (!isNetworkPolicy(resource.table)) return;
  const spec = valueAt(resource.root, 'spec');
  const peers = [
    ...itemsOf(valueAt(spec, 'ingress')).flatMap((rule) => itemsOf(valueAt(rule, 'from'))),
    ...itemsOf(valueAt(spec, 'egress')).flatMap((rule) => itemsOf(valueAt(rule, 'to'))),
  ];
  const count = peers.filter((peer) => valueAt(peer, 'ipBlock') !== undefined).length;
  if (count <= safe) return;
  context.report({
    at: nameRange(resource),
    message: `${count} ipBlock sections: from the fifth on, Azure Network Policy Manager is likelier to let connections fail while it updates its rules. Join ranges, or split the policy.`,
  });
}

export const rule: Rule = {
  id: 'azure-npm-many-ip-blocks',
  severity: 'information',
  category: 'engine',
  summary: 'more than four ipBlock sections in a policy on Azure NPM',
  scope: 'workspace',
  engines: ['azure-npm', 'azure-npm-windows'],
  resource: check,
};

const blocks = (count: number) => Array.from({ length: count }, (_, i) => `\n      - ipBlock: {cidr: 198.51.100.${i * 16}/28}`).join('');
const base = policyNamed('web', 'shop', `podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:${blocks(5)}\n    ports:\n      - port: 80`);

export const page: RulePage = {
  why: 'Azure NPM updates its rules in steps. With many ipBlock sections in one policy, a race between them can drop connections that are allowed.',
  fix: 'Join neighbouring ranges into a wider one, or split the policy into several. [What each network plugin does](../engines.md).',
  ignore: 'Where the policy hardly ever changes and nothing was seen.',
  source: 'MicrosoftDocs/azure-aks-docs articles/aks/use-network-policies.md',
  examples: [{ bad: flagged(base, 'web', '5 ipBlock sections'), engine: 'azure-npm' }],
  good: [base],
};
