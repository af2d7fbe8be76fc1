import * as l10n from '@vscode/l10n';
import { workloadNames } from '../explain/names.ts';
import { anyOf, shortened } from '../explain/phrases.ts';
import { deployment, documents, flagged, intoWeb, policyNamed } from './examples.ts';
import { type PolicyInView, relatedTo } from './inView.ts';
import { declares, mistakenFor, otherProtocol, targetedPorts } from './ports.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** Most ports that are offered in place of one. */
const mostOffered = 3;

function check(found: PolicyInView, context: RuleContext): void {
  for (const target of targetedPorts(found)) {
    const { inView, targets, declared, rule: own } = target;
    const { port, protocol, endPort } = inView.port;
    // Declaring ports is a habit, not a duty: who declares none says nothing.
    if (typeof port !== 'number' || targets.some(({ ports }) => ports.length === 0)) continue;
    if (declared.some((candidate) => declares(inView.port, candidate)) || mistakenFor(target, found) || otherProtocol(target)) continue;
    // Said of the entry with the protocol that fits.
    if (declared.some((candidate) => candidate.port === port) && own.ports.some((other) => other !== inView && other.port.port === port)) continue;
    const same = declared.filter((candidate) => candidate.protocol === protocol);
    const numbers = [...new Set(same.map((candidate) => candidate.port))].sort((a, b) => Math.abs(a - port) - Math.abs(b - port));
    const who = workloadNames(targets.map(({ workload }) => workload));
    const there =
      numbers.length === 0 ? '' : `; ${targets.length === 1 ? 'it declares' : 'they declare'} ${protocol} ${shortened(numbers.map(String), anyOf)}`;
    const free = numbers.filter((number) => !own.ports.some((other) => other.port.port === number && other.port.protocol === protocol));
    context.report({
      at: inView.at,
      message: `No container of ${who} declares ${protocol} ${port}${endPort === undefined ? '' : `–${endPort}`}${there}.`,
      related: relatedTo(targets),
      fixes: () =>
        endPort === undefined
          ? free
              .slice(0, mostOffered)
              .map((number) => ({ title: l10n.t('Write port {0}', number), edits: [{ ...inView.at, newText: String(number) }] }))
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
  policy: check,
};

const base = documents(intoWeb('from: [{podSelector: {}}]\n    ports: [{port: 8081}]'), deployment('web', 'shop', '{containerPort: 8080}'));

export const page: RulePage = {
  why: 'The application moves from 8081 to 8080; the Deployment follows, the policy does not. The old port stays open for nobody, and the new one is shut.',
  fix: 'Write a port that the pods declare. If they do listen on this one, declare it: `containerPort` is documentation, and here it is read.',
  ignore: 'Where the container listens on the port without declaring it, or a sidecar that is injected later does.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/core/v1/types.go (Container.Ports)',
  examples: [
    { bad: flagged(base, '8081', 'No container of Deployment web declares TCP 8081; it declares TCP 8080'), fixed: base.replace('8081', '8080') },
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
    base.replace(/\n +ports:\n +- \{containerPort.*/, ''),
  ],
};
