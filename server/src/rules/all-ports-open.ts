import * as l10n from '@vscode/l10n';
import { workloadNames } from '../explain/names.ts';
import { allOf, anyOf, peer as peerPhrase, plain, shortened } from '../explain/phrases.ts';
import { isMap } from '../syntax/node.ts';
import { addEntry } from './counterparts.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import { type PolicyInView, podsIn, type RuleInView } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { isWorld } from './worldwide.ts';

/** Most ports that are written into a rule. */
const mostPorts = 10;

/** The pods on whose ports a rule opens. */
const destinations = ({ direction, peers }: RuleInView, { selected, connectivity }: PolicyInView) =>
  direction === 'ingress' ? selected : peers.flatMap(({ pods }) => podsIn(pods, connectivity));

function check(found: PolicyInView, context: RuleContext): void {
  for (const rule of found.rules) {
    const { node, rule: meant, direction, peers } = rule;
    // A rule without peers is for everyone, which says more, or holds none that can be read; the world on every port has a rule of its own.
    if (meant.ports.length > 0 || peers.length === 0 || !isMap(node) || meant.peers.some(isWorld)) continue;
    const key = node.entries.find((entry) => entry.key.text === 'from' || entry.key.text === 'to')?.key;
    if (!key) continue;
    const pods = destinations(rule, found);
    const ports = [...new Map(pods.flatMap((pod) => pod.ports).map(({ protocol, port }) => [`${protocol} ${port}`, { protocol, port }])).values()];
    const whose = pods.length > 0 ? ` of ${workloadNames(pods.map(({ workload }) => workload))}` : '';
    const listening =
      ports.length > 0
        ? `; ${pods.length > 1 ? 'they declare' : 'it declares'} ${shortened(
            [...ports].map(({ protocol, port }) => `${protocol} ${port}`),
            allOf,
          )}`
        : '';
    const who = plain(
      shortened(
        meant.peers.map((peer) => peerPhrase(peer, found.resource.namespace)),
        anyOf,
      ),
    );
    context.report({
      at: key,
      message: `Opens every port${whose} ${direction === 'ingress' ? 'to' : 'for traffic to'} ${who}${listening}.`,
      fixes: () =>
        ports.length === 0 || ports.length > mostPorts
          ? []
          : [
              {
                title: l10n.t(
                  'Allow {0} alone',
                  shortened(
                    ports.map(({ protocol, port }) => `${protocol} ${port}`),
                    allOf,
                  ),
                ),
                edits: [addEntry(context.text, node, 'ports', ports)],
              },
            ],
    });
  }
}

export const rule: Rule = {
  id: 'all-ports-open',
  severity: 'information',
  category: 'posture',
  summary: 'a rule with peers and without ports: every port is open to them',
  scope: 'cluster',
  policy: check,
};

const base = documents(
  policyNamed(
    'db',
    'shop',
    'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: db}}',
  ),
  deployment('db', 'shop', '{containerPort: 5432}'),
);

export const page: RulePage = {
  why: 'The web pods need the database’s port. Without `ports` they also get its debug endpoint, the exporter’s port and whatever a sidecar opens tomorrow.',
  fix: 'List the ports. The quick fix takes those that the pods declare.',
  ignore: 'Where the peers are to reach everything: the same application, a monitoring agent.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (NetworkPolicyIngressRule.Ports)',
  examples: [
    {
      bad: flagged(base, 'from', 'every port of Deployment db to pods labelled app=db of namespace shop; it declares TCP 5432'),
      fixed: base
        .replace('{app: db}}\n---', '{app: db}}\n    ports:\n      - protocol: TCP\n        port: 5432\n---')
        .replace('    ports:\n      - protocol: TCP\n        port: 5432\n---', '      ports:\n        - protocol: TCP\n          port: 5432\n---'),
    },
  ],
  good: [base.replace('{app: db}}\n---', '{app: db}}\n      ports:\n        - port: 5432\n---')],
};
