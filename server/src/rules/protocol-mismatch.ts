import * as l10n from '@vscode/l10n';
import { agreeing, workloadNames } from '../explain/names.ts';
import { setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, resolve } from '../syntax/node.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import { type PolicyInView, relatedTo } from './inView.ts';
import { otherProtocol, targetedPorts } from './ports.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(found: PolicyInView, context: RuleContext): void {
  for (const target of targetedPorts(found)) {
    const wanted = otherProtocol(target);
    if (!wanted) continue;
    const { inView, targets } = target;
    const { port, protocol } = inView.port;
    const workloads = targets.map(({ workload }) => workload);
    const written = entryOf(inView.node, 'protocol')?.value;
    const map = resolve(inView.node);
    const edit = isMap(map) ? setEntry(context.text, map, 'protocol', wanted) : undefined;
    context.report({
      at: written ?? inView.at,
      message: `${workloadNames(workloads)} ${agreeing(workloads, 'listens', 'listen')} on ${wanted} ${port}; this allows ${protocol} ${port}${written ? '' : ', the default where no protocol is written'}. Nothing gets through.`,
      related: relatedTo(targets),
      fixes: () => (edit ? [{ title: l10n.t('Write protocol {0}', wanted), edits: [edit] }] : []),
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
  policy: check,
};

const base = documents(
  policyNamed(
    'statsd',
    'shop',
    'podSelector: {matchLabels: {app: statsd}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]\n    ports:\n      - port: 8125',
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
  ],
  good: [
    base.replace('- port: 8125', '- port: 8125\n        - port: 8125\n          protocol: UDP'),
    base.replace('- port: 8125', '- port: 8125\n          protocol: UDP'),
    base.replace(', protocol: UDP', ''),
  ],
};
