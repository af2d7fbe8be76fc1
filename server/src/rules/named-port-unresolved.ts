import * as l10n from '@vscode/l10n';
import { workloadNames } from '../explain/names.ts';
import { anyOf, shortened } from '../explain/phrases.ts';
import type { Resource } from '../kinds/resource.ts';
import { nearest } from '../model/nearest.ts';
import { isScalar, itemsOf, valueAt } from '../syntax/node.ts';
import { adminPolicy } from './adminPods.ts';
import { deployment, documents, flagged, intoWeb } from './examples.ts';
import { type PolicyInView, relatedTo } from './inView.ts';
import { scalarLike } from './nearestLabels.ts';
import { otherProtocol, servedPorts, targetedPorts } from './ports.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

function check(found: PolicyInView, context: RuleContext): void {
  if (context.view.partial) return;
  for (const target of targetedPorts(found)) {
    const { inView, targets, declared } = target;
    const { port, protocol } = inView.port;
    // A number in quotes is no name, and flagged as such.
    if (typeof port !== 'string' || !/[a-z]/i.test(port) || declared.some((own) => own.name === port && own.protocol === protocol)) continue;
    if (otherProtocol(target)) continue;
    const names = [...new Set(declared.flatMap((own) => (own.name !== undefined && own.protocol === protocol ? [own.name] : [])))];
    const byService = servedPorts(targets, found).find((served) => served.port.name === port && served.port.protocol === protocol);
    const meant = byService?.port.targetPort ?? nearest(port, names) ?? (names.length === 1 ? names[0] : undefined);
    const who = workloadNames(targets.map(({ workload }) => workload));
    const there = names.length > 0 ? `; there ${names.length === 1 ? 'is' : 'are'} ${shortened(names, anyOf)}` : '';
    const hint = byService
      ? `; it is the name of a port of Service ${byService.service.value.name}, which leads to ${byService.port.targetPort}`
      : there;
    const fix: readonly Fix[] =
      meant === undefined ? [] : [{ title: l10n.t('Write port {0}', meant), edits: [{ ...inView.at, newText: String(meant) }] }];
    context.report({
      at: inView.at,
      message: `No container of ${who} has a ${protocol} port named ${port}${hint}. The name means nothing there, and nothing gets through.`,
      related: byService
        ? [{ origin: byService.service.origin, message: `Service ${byService.service.value.name} has a port of that name` }]
        : relatedTo(targets),
      fixes: () => fix,
    });
  }
}

const effects: Readonly<Record<string, string>> = { allow: 'opens', deny: 'closes', pass: 'passes on' };

/** The ports of a policy of an administrator: their names count with whatever protocol the container gives them. */
function checkAdmin(resource: Resource, context: RuleContext): void {
  const policy = context.view.partial ? undefined : adminPolicy(resource, context);
  for (const { node, destinations, action } of policy?.rules ?? []) {
    const names = [...new Set(destinations.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? [])))];
    for (const item of ['ports', 'protocols'].flatMap((key) => itemsOf(valueAt(node, key)))) {
      const at = valueAt(item, 'namedPort') ?? valueAt(item, 'destinationNamedPort');
      if (!isScalar(at) || at.text === '' || destinations.length === 0 || names.includes(at.text)) continue;
      const meant = nearest(at.text, names) ?? (names.length === 1 ? names[0] : undefined);
      const there = names.length > 0 ? `; there ${names.length === 1 ? 'is' : 'are'} ${shortened(names, anyOf)}` : '';
      context.report({
        at,
        message: `No container of ${workloadNames(destinations.map(({ workload }) => workload))} has a port named ${at.text}${there}. The rule ${effects[action]} nothing by it.`,
        related: relatedTo(destinations),
        fixes: () => (meant === undefined ? [] : [{ title: l10n.t('Write port {0}', meant), edits: [scalarLike(at, meant)] }]),
      });
    }
  }
}

export const rule: Rule = {
  id: 'named-port-unresolved',
  severity: 'warning',
  category: 'meaning',
  summary: 'a port name that no container of the pods declares with that protocol',
  scope: 'cluster',
  needsWorkloads: true,
  policy: check,
  resource: checkAdmin,
};

const base = documents(
  intoWeb('from: [{podSelector: {}}]\n    ports: [{port: htpp}]'),
  deployment('web', 'shop', '{name: http, containerPort: 8080}'),
);

export const page: RulePage = {
  why: 'A name is looked up among the container ports of each pod. Where none has it, the rule opens nothing there, and no message tells.',
  fix: 'Write the name of a container port, or its number.',
  ignore: 'Where the port is declared by a container that is injected later.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (NetworkPolicyPort.Port)',
  examples: [{ bad: flagged(base, 'htpp', 'there is http'), fixed: base.replace('htpp', 'http') }],
  good: [base.replace('htpp', 'http')],
};
