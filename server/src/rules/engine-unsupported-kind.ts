import type { Resource } from '../kinds/resource.ts';
import { entryOf } from '../syntax/node.ts';
import { type Engine, engines } from '../workspace/engine.ts';
import { flagged } from './examples.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

interface Api {
  readonly pattern: RegExp;
  readonly kinds: RegExp;
  /** Engines that read these kinds. */
  readonly readBy: readonly Engine[];
  readonly owner: string;
}

/** Policy kinds beyond Kubernetes' own, and the engines that read them. Sources: the projects' documentation. */
const apis: readonly Api[] = [
  { pattern: /^cilium\.io\//, kinds: /NetworkPolicy$|^CiliumCIDRGroup$/, readBy: ['cilium'], owner: 'Cilium' },
  { pattern: /^(crd\.)?projectcalico\.org\//, kinds: /NetworkPolicy$|NetworkSet$|^Tier$/, readBy: ['calico'], owner: 'Calico' },
  { pattern: /^crd\.antrea\.io\//, kinds: /NetworkPolicy$|^Tier$|Group$/, readBy: ['antrea'], owner: 'Antrea' },
  {
    pattern: /^policy\.networking\.k8s\.io\//,
    kinds: /NetworkPolicy$/,
    readBy: ['antrea', 'ovn-kubernetes', 'calico', 'cilium', 'kube-router', 'gke-dataplane-v2', 'aws-vpc-cni'],
    owner: 'the network policy API',
  },
];

/** What enforces nothing has a rule of its own. */
const enforcing = (Object.keys(engines) as Engine[]).filter((engine) => engine !== 'none' && engine !== 'flannel');

function check({ apiVersion, kind, root }: Resource, { view, report }: RuleContext): void {
  const api = apis.find(({ pattern, kinds }) => apiVersion !== undefined && kind !== undefined && pattern.test(apiVersion) && kinds.test(kind));
  const at = entryOf(root, 'kind')?.value;
  if (!api || !at || !view.engine || api.readBy.includes(view.engine)) return;
  report({
    at,
    message: `${kind} is a kind of ${api.owner}, and the cluster runs ${engines[view.engine]}, which does not read it: nothing of this is enforced.`,
  });
}

export const rule: Rule = {
  id: 'engine-unsupported-kind',
  severity: 'error',
  category: 'engine',
  summary: 'a policy of a kind that the cluster’s network plugin does not read',
  scope: 'workspace',
  engines: enforcing,
  resource: check,
};

const base =
  'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata:\n  name: deny-telnet\nspec:\n  priority: 10\n  subject:\n    namespaces: {}\n  ingress:\n    - action: Deny\n      from:\n        - namespaces: {}\n      ports:\n        - portNumber: {protocol: TCP, port: 23}\n';

export const page: RulePage = {
  why: 'A CiliumNetworkPolicy copied from a blog is applied to a cluster with Calico. Either the kind does not exist there and the apply fails, or its definition was installed with it and the policy is stored, and read by nobody.',
  fix: 'Write the policy in a kind that the plugin reads; a NetworkPolicy is read by every one that enforces policies. [What each network plugin does](../engines.md).',
  ignore: 'Where the policies are for another cluster: set `netpol.engine` for the folder.',
  source:
    'https://network-policy-api.sigs.k8s.io/implementations/; https://docs.cilium.io/en/stable/network/kubernetes/policy/; https://docs.tigera.io/calico/latest/network-policy/',
  examples: [{ bad: flagged(base, 'AdminNetworkPolicy', 'which does not read it'), engine: 'azure-npm' }],
  good: [base],
};
