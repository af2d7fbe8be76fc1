import * as l10n from '@vscode/l10n';
import { workloadNames } from '../explain/names.ts';
import { allOf, shortened } from '../explain/phrases.ts';
import { nearest } from '../model/nearest.ts';
import { isAmongPorts } from '../model/workload.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { deployment, documents, flagged, intoWeb } from './examples.ts';
import { relatedTo } from './inView.ts';
import { alikeDeclared, otherProtocol, servedPorts, type TargetedPort, targetedPorts } from './ports.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';
import { vendorTargetedPorts } from './vendorPorts.ts';

function check(found: Iterable<TargetedPort>, context: RuleContext): void {
  for (const target of found) {
    const { at, port: own, amongOthers, targets, declared } = target;
    const { port, protocol } = own;
    // A number in quotes is no name, and flagged as such.
    if (typeof port !== 'string' || !/[a-z]/i.test(port) || declared.some((candidate) => isAmongPorts(candidate, own))) continue;
    if (amongOthers || targets.some(({ namespace }) => isPartialIn(context.view.unknown, namespace.name)) || otherProtocol(target)) continue;
    const names = [...new Set(alikeDeclared(target).flatMap(({ name }) => name ?? []))];
    const byService = servedPorts(target).find((served) => served.port.name === port);
    const meant = byService?.port.targetPort ?? nearest(port, names) ?? (names.length === 1 ? names[0] : undefined);
    const who = workloadNames(targets.map(({ workload }) => workload));
    const there = names.length > 0 ? `; there ${names.length === 1 ? 'is' : 'are'} ${shortened(names, allOf)}` : '';
    const hint = byService
      ? `; it is the name of a port of Service ${byService.service.value.name}, which leads to ${byService.port.targetPort}`
      : there;
    context.report({
      at,
      message: `No container of ${who} has a ${protocol === 'ANY' ? '' : `${protocol} `}port named ${port}${hint}. ${target.inVain}`,
      related: byService
        ? [{ origin: byService.service.origin, message: `Service ${byService.service.value.name} has a port of that name` }]
        : relatedTo(targets),
      fixes: () => {
        const edits = meant === undefined ? [] : target.as(meant);
        return edits.length > 0 ? [{ title: l10n.t('Write port {0}', meant ?? ''), edits }] : [];
      },
    });
  }
}

export const rule: Rule = {
  id: 'named-port-unresolved',
  severity: 'warning',
  category: 'meaning',
  summary: 'a port name that no container of the pods declares with that protocol',
  scope: 'cluster',
  needsWorkloads: true,
  policy: (found, context) => check(targetedPorts(found), context),
  resource: (resource, context) => check(vendorTargetedPorts(resource, context), context),
};

const base = documents(
  intoWeb('from: [{podSelector: {}}]\n    ports: [{port: htpp}]'),
  deployment('web', 'shop', '{name: http, containerPort: 8080}'),
);

const vendor = documents(
  ciliumWith(
    'endpointSelector:\n  matchLabels:\n    app: web\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: htpp',
  ),
  deployment('web', 'shop', '{name: http, containerPort: 8080}'),
);

export const page: RulePage = {
  why: 'A name is looked up among the container ports of each pod. Where none has it, the rule opens nothing there, and no message tells.',
  fix: 'Write the name of a container port, or its number.',
  ignore: 'Where the port is declared by a container that is injected later.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (NetworkPolicyPort.Port)',
  examples: [
    { bad: flagged(base, 'htpp', 'there is http'), fixed: base.replace('htpp', 'http') },
    { bad: flagged(vendor, 'htpp', 'there is http. The rule opens nothing by it'), fixed: vendor.replace('htpp', 'http') },
  ],
  good: [base.replace('htpp', 'http'), vendor.replace('htpp', 'http')],
};
