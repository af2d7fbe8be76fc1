import * as l10n from '@vscode/l10n';
import { agreeing, workloadNames } from '../explain/names.ts';
import { deployment, documents, flagged, intoWeb, service } from './examples.ts';
import { mistakenFor, type TargetedPort, targetedPorts } from './ports.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';
import { vendorTargetedPorts } from './vendorPorts.ts';

function check(found: Iterable<TargetedPort>, context: RuleContext): void {
  for (const target of found) {
    const served = mistakenFor(target);
    if (!served) continue;
    const { service: located, port } = served;
    const workloads = target.targets.map(({ workload }) => workload);
    const inTheWay = target.beside.some((other) => other.port === port.targetPort && other.protocol === port.protocol);
    context.report({
      at: target.at,
      message: `${port.port} is the port of Service ${located.value.name}; ${workloadNames(workloads)} ${agreeing(workloads, 'listens', 'listen')} on ${port.targetPort}, and policies see the port after translation. ${target.inVain}`,
      related: [
        {
          origin: located.origin,
          message: `Service ${located.value.name}: port ${port.port} leads to ${port.targetPort}`,
        },
      ],
      fixes: () => {
        const edits = inTheWay ? [] : target.as(port.targetPort);
        return edits.length > 0 ? [{ title: l10n.t('Write the target port {0}', port.targetPort), certain: true, edits }] : [];
      },
    });
  }
}

export const rule: Rule = {
  id: 'service-port-not-target-port',
  severity: 'warning',
  category: 'meaning',
  summary: 'a port that is a Service’s, where the pods listen on its targetPort',
  scope: 'cluster',
  needsWorkloads: true,
  policy: (found, context) => check(targetedPorts(found), context),
  resource: (resource, context) => check(vendorTargetedPorts(resource, context), context),
};

const base = documents(
  intoWeb('from: [{podSelector: {}}]\n    ports: [{port: 80}]'),
  deployment('web', 'shop', '{containerPort: 8080}'),
  service('web', 'shop', '{port: 80, targetPort: 8080}'),
);

const vendor = documents(
  ciliumWith(
    'endpointSelector:\n  matchLabels:\n    app: web\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "80"\n            protocol: TCP',
  ),
  deployment('web', 'shop', '{containerPort: 8080}'),
  service('web', 'shop', '{port: 80, targetPort: 8080}'),
);

export const page: RulePage = {
  why: 'Everybody calls `http://web`, which is port 80, so the policy opens 80. The Service translates before any policy looks: the packet arrives for 8080, and is dropped.',
  fix: 'Write the container’s port, the `targetPort` of the Service, or its name.',
  ignore: 'Where the pods listen on the Service’s port too, without declaring it.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  examples: [
    {
      bad: flagged(base, '80}]', 'listens on 8080').replace('^^^^ listens', '^^ listens'),
      fixed: base.replace('ports: [{port: 80}]', 'ports: [{port: 8080}]'),
    },
    { bad: flagged(vendor, '"80"', 'listens on 8080, and policies see'), fixed: vendor.replace('"80"', '"8080"') },
  ],
  good: [base.replace('ports: [{port: 80}]', 'ports: [{port: 8080}]'), vendor.replace('"80"', '"8080"')],
};
