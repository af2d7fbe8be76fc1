import * as l10n from '@vscode/l10n';
import { workloadNames } from '../explain/names.ts';
import { anyOf, shortened } from '../explain/phrases.ts';
import { isAmongPorts } from '../model/workload.ts';
import { deployment, documents, flagged, intoWeb, policyNamed } from './examples.ts';
import { relatedTo } from './inView.ts';
import { alikeDeclared, mistakenFor, otherProtocol, type TargetedPort, targetedPorts } from './ports.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';
import { vendorTargetedPorts } from './vendorPorts.ts';

/** Most ports that are offered in place of one. */
const mostOffered = 3;

function check(found: Iterable<TargetedPort>, context: RuleContext): void {
  for (const target of found) {
    const { at, port: own, beside, action, amongOthers, targets, declared } = target;
    const { port, protocol, endPort } = own;
    // Declaring ports is a habit, not a duty: who declares none says nothing. To deny what nobody listens on is caution.
    if (
      typeof port !== 'number' ||
      action !== 'allow' ||
      amongOthers ||
      targets.some(({ ports, workload }) => ports.length === 0 || workload.morePorts)
    )
      continue;
    if (declared.some((candidate) => isAmongPorts(candidate, own)) || mistakenFor(target) || otherProtocol(target)) continue;
    // Said of the entry with the protocol that fits.
    if (declared.some((candidate) => candidate.port === port) && beside.some((other) => other !== own && other.port === port)) continue;
    const numbers = [...new Set(alikeDeclared(target).map((candidate) => candidate.port))].sort((a, b) => Math.abs(a - port) - Math.abs(b - port));
    const word = protocol === 'ANY' ? 'port' : protocol;
    const who = workloadNames(targets.map(({ workload }) => workload));
    const there =
      numbers.length === 0 ? '' : `; ${targets.length === 1 ? 'it declares' : 'they declare'} ${word} ${shortened(numbers.map(String), anyOf)}`;
    const free = numbers.filter((number) => !beside.some((other) => other.port === number && other.protocol === protocol));
    context.report({
      at,
      message: `No container of ${who} declares ${word} ${port}${endPort === undefined ? '' : `–${endPort}`}${there}.`,
      related: relatedTo(targets),
      fixes: () =>
        endPort === undefined
          ? free.slice(0, mostOffered).map((number) => ({ title: l10n.t('Write port {0}', number), edits: target.as(number) }))
          : [],
    });
  }
}

export const rule: Rule = {
  id: 'port-not-exposed',
  severity: 'information',
  category: 'meaning',
  summary: 'a port that no container of the pods declares, where all of them declare some',
  scope: 'cluster',
  needsWorkloads: true,
  policy: (found, context) => check(targetedPorts(found), context),
  resource: (resource, context) => check(vendorTargetedPorts(resource, context), context),
};

const base = documents(intoWeb('from: [{podSelector: {}}]\n    ports: [{port: 8081}]'), deployment('web', 'shop', '{containerPort: 8080}'));

const vendor = documents(
  ciliumWith(
    'endpointSelector:\n  matchLabels:\n    app: web\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "8081"',
  ),
  deployment('web', 'shop', '{containerPort: 8080}'),
);

export const page: RulePage = {
  why: 'The application moves from 8081 to 8080; the Deployment follows, the policy does not. The old port stays open for nobody, and the new one is shut.',
  fix: 'Write a port that the pods declare. If they do listen on this one, declare it: `containerPort` is documentation, and here it is read.',
  ignore: 'Where the container listens on the port without declaring it, or a sidecar that is injected later does.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/core/v1/types.go (Container.Ports)',
  examples: [
    { bad: flagged(base, '8081', 'No container of Deployment web declares TCP 8081; it declares TCP 8080'), fixed: base.replace('8081', '8080') },
    {
      bad: flagged(vendor, '"8081"', 'No container of Deployment web declares port 8081; it declares port 8080'),
      fixed: vendor.replace('8081', '8080'),
    },
  ],
  good: [
    documents(
      policyNamed(
        'web',
        'shop',
        'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]\n  - to: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {team: unknown}}}]\n    ports: [{port: 9999}]',
      ),
      deployment('web', 'shop', '{containerPort: 8080}'),
    ),
    base.replace('8081', '8080'),
    base.replace('8081}', '8000, endPort: 9000}'),
    // To deny what nobody listens on is caution.
    vendor.replace('ingress:', 'ingressDeny:'),
    base.replace(/\n +ports:\n +- \{containerPort.*/, ''),
  ],
};
