import type { Resource } from '../kinds/resource.ts';
import { engines } from '../workspace/engine.ts';
import { flagged, policyNamed } from './examples.ts';
import { nameRange } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(resource: Resource, context: RuleContext): void {
  const { view } = context;
  if (!view.engine || !view.isFirstPolicy(resource)) return;
  context.report({
    at: nameRange(resource),
    message: `The cluster runs ${engines[view.engine]}: it stores policies and enforces none, so that all traffic stays open, here and in the whole file.`,
  });
}

export const rule: Rule = {
  id: 'engine-not-enforcing',
  severity: 'warning',
  category: 'engine',
  summary: 'policies for a cluster whose network plugin enforces none; once a file',
  scope: 'workspace',
  engines: ['none', 'flannel'],
  resource: check,
};

const base = policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]');

export const page: RulePage = {
  why: 'An AKS cluster made without a network policy engine, or a cluster with Flannel alone, takes every NetworkPolicy without a word and enforces none. The audit sees policies; the attacker sees an open network.',
  fix: 'Install a plugin that enforces policies. On AKS choose Cilium when the cluster is made or updated; beside Flannel run Calico’s policy engine (Canal). [What each network plugin does](../engines.md).',
  ignore: 'Where the policies are written for another cluster: set `netpol.engine` for the folder.',
  source:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites; https://learn.microsoft.com/azure/aks/use-network-policies',
  examples: [{ bad: flagged(base, 'web', 'enforces none'), engine: 'flannel' }],
  good: [base],
};
