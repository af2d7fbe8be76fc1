import { agreeing, workloadName, workloadNames } from '../explain/names.ts';
import { valueAt } from '../syntax/node.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { nameRange } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { selectorAnchor } from './selectorFixes.ts';

function check({ selected, policy, resource, spec }: PolicyInView, context: RuleContext): void {
  const onHost = selected.filter(({ hostNetwork }) => hostNetwork);
  const [first] = onHost;
  // A policy for every pod of a namespace is not about them.
  if (!first || (policy.subject.pods?.requirements.length ?? 0) === 0) return;
  const workloads = onHost.map(({ workload }) => workload);
  const selector = valueAt(spec, 'podSelector');
  context.report({
    at: selector ? selectorAnchor(selector) : nameRange(resource),
    message: `${workloadNames(workloads)} ${agreeing(workloads, "uses its node's", "use their node's")} network: in most network plugins a policy has no effect on such pods.`,
    ...(onHost.length < selected.length ? { severity: 'information' as const } : {}),
    related: [
      {
        origin: first.origin,
        message: `${workloadName(first.workload)} has hostNetwork: true`,
      },
    ],
  });
}

export const rule: Rule = {
  id: 'host-network-pod',
  severity: 'warning',
  category: 'meaning',
  summary: 'a policy for pods that use their node’s network, on which it mostly has no effect',
  scope: 'cluster',
  needsWorkloads: true,
  policy: check,
};

const base = documents(
  policyNamed('exporter', 'monitoring', 'podSelector: {matchLabels: {app: exporter}}\npolicyTypes: [Ingress]'),
  deployment('exporter', 'monitoring').replace('      containers:', '      hostNetwork: true\n      containers:'),
);

export const page: RulePage = {
  why: 'A node exporter runs with `hostNetwork: true`. Its packets are the node’s own, and most plugins cannot tell them from those of the kubelet: the policy is stored and does nothing.',
  fix: 'Take the pods off the host network, or protect the node’s ports by other means: a host firewall, or the plugin’s own host policies.',
  ignore: 'Where your plugin does enforce policies on such pods.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods',
  examples: [{ bad: flagged(base, 'app: exporter', 'has no effect') }],
  good: [base.replace('      hostNetwork: true\n', ''), base.replace('podSelector: {matchLabels: {app: exporter}}', 'podSelector: {}')],
};
