import * as l10n from '@vscode/l10n';
import { agreeing, workloadNames } from '../explain/names.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import { relatedTo } from './inView.ts';
import { otherProtocol, type TargetedPort, targetedPorts } from './ports.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith } from './vendor.ts';
import { vendorTargetedPorts } from './vendorPorts.ts';

/** What a rule of some action does with a port. */
const does = { allow: 'allows', deny: 'denies', pass: 'passes on' } as const;

function check(found: Iterable<TargetedPort>, context: RuleContext): void {
  for (const target of found) {
    const wanted = otherProtocol(target);
    if (!wanted) continue;
    const { at, protocolAt, action, targets, inVain } = target;
    const { port, protocol } = target.port;
    const workloads = targets.map(({ workload }) => workload);
    context.report({
      at: protocolAt ?? at,
      message: `${workloadNames(workloads)} ${agreeing(workloads, 'listens', 'listen')} on ${wanted} ${port}; this ${does[action]} ${protocol} ${port}${protocolAt ? '' : ', the default where no protocol is written'}. ${inVain}`,
      related: relatedTo(targets),
      fixes: () => {
        const edits = target.over(wanted);
        return edits.length > 0 ? [{ title: l10n.t('Write protocol {0}', wanted), edits }] : [];
      },
    });
  }
}

export const rule: Rule = {
  id: 'protocol-mismatch',
  severity: 'warning',
  category: 'meaning',
  summary: 'a port that the pods declare with another protocol than the rule’s, which is TCP by default',
  scope: 'cluster',
  needsWorkloads: true,
  policy: (found, context) => check(targetedPorts(found), context),
  resource: (resource, context) => check(vendorTargetedPorts(resource, context), context),
};

const base = documents(
  policyNamed(
    'statsd',
    'shop',
    'podSelector: {matchLabels: {app: statsd}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports:\n      - port: 8125',
  ),
  deployment('statsd', 'shop', '{containerPort: 8125, protocol: UDP}'),
);

const vendor = documents(
  calicoWith(
    "selector: app == 'statsd'\ntypes: [Ingress]\ningress:\n  - action: Allow\n    protocol: TCP\n    source:\n      namespaceSelector: projectcalico.org/name == 'shop'\n    destination:\n      ports: [8125]",
  ),
  deployment('statsd', 'shop', '{containerPort: 8125, protocol: UDP}'),
);

export const page: RulePage = {
  why: 'Statsd, syslog, QUIC and DNS speak UDP. A port without a protocol is TCP, and the counters stay at zero.',
  fix: 'Write the protocol that the container declares.',
  ignore: 'Where the pods listen on both and declare one.',
  source: 'kubernetes/kubernetes pkg/apis/networking/v1/defaults.go (SetDefaults_NetworkPolicyPort)',
  examples: [
    {
      bad: flagged(base, '8125', 'listens on UDP 8125; this allows TCP 8125, the default'),
      fixed: base.replace('- port: 8125', '- port: 8125\n          protocol: UDP'),
    },
    {
      bad: flagged(vendor, 'TCP', 'listens on UDP 8125; this allows TCP 8125. The rule opens nothing by it'),
      fixed: vendor.replace('TCP', 'UDP'),
    },
  ],
  good: [
    base.replace('- port: 8125', '- port: 8125\n        - port: 8125\n          protocol: UDP'),
    base.replace('- port: 8125', '- port: 8125\n          protocol: UDP'),
    base.replace(', protocol: UDP', ''),
    vendor.replace('TCP', 'UDP'),
  ],
};
