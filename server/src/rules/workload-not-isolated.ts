import * as l10n from '@vscode/l10n';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { workloadName, workloadNames } from '../explain/names.ts';
import { allOf } from '../explain/phrases.ts';
import { appendPolicies, dnsRule, writtenSelector } from '../kinds/kubernetes/writePolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { type Direction, directions, tiers } from '../model/policy.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { freeName } from './counterparts.ts';
import { platformOf } from './dns.ts';
import { deployment, documents, flagged, policyNamed } from './examples.ts';
import { nameRange } from './inView.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { alsoSelected, selectorFor } from './selectorFixes.ts';

/** A policy for the pods of a workload that opens the ports which they declare to their own namespace, and lets them ask DNS. */
function fixesFor(endpoint: Endpoint, open: readonly Direction[], resource: Resource, { view, text, observer }: RuleContext): readonly Fix[] {
  const { workload } = endpoint;
  const selector = selectorFor(workload.podLabels);
  if (selector.requirements.length === 0) return [];
  const name = freeName(workload.name, workload.namespace, view);
  const ports = workload.ports.map(({ port, protocol }) => ({ protocol, port }));
  const spec = {
    podSelector: writtenSelector(selector),
    policyTypes: open.map((direction) => (direction === 'ingress' ? 'Ingress' : 'Egress')),
    ...(open.includes('ingress') ? { ingress: ports.length > 0 ? [{ from: [{ podSelector: {} }], ports }] : [] } : {}),
    ...(open.includes('egress') ? { egress: [dnsRule(platformOf(observer.connectivity.cluster))] } : {}),
  };
  const edits = appendPolicies(text, [{ name, namespace: resource.namespace === undefined ? undefined : workload.namespace, spec }]);
  if (edits.length === 0) return [];
  const what = !open.includes('ingress') ? 'DNS out alone' : ports.length > 0 ? 'its ports open to the namespace' : 'nothing let in';
  const others = alsoSelected(selector, endpoint, observer.connectivity);
  const title = l10n.t('Create the policy {0}: {1}', name, what);
  return [{ title: others.length > 0 ? l10n.t('{0}; it selects {1} too', title, workloadNames(others)) : title, edits }];
}

function check(resource: Resource, context: RuleContext): void {
  const workload = context.view.readingOf(resource)?.workload;
  const { observer, view } = context;
  const { cluster } = observer.connectivity;
  // A workspace without any policy is one whose policies live elsewhere.
  if (!workload || cluster.policies.length === 0 || isPartialIn(view.unknown, workload.value.namespace) || workload.value.hostNetwork) return;
  const endpoint = observer.connectivity.endpointOf(workload.value);
  if (!endpoint) return;
  observer.policiesIn(workload.value.namespace);
  const open = directions.filter(
    (direction) =>
      !observer.isIsolated(endpoint, direction) && !observer.policiesOf(endpoint, direction).some(([tier]) => tier.rank !== tiers.namespace.rank),
  );
  if (open.length === 0) return;
  context.report({
    at: nameRange(resource),
    message: `No policy isolates the ${allOf(open)} of ${workloadName(workload.value)}: ${open.includes('ingress') ? 'everyone in the cluster may reach its pods' : 'its pods may send to everywhere'}${open.length === 2 ? ', and they may send to everywhere' : ''}.`,
    fixes: () => fixesFor(endpoint, open, resource, context),
  });
}

export const rule: Rule = {
  id: 'workload-not-isolated',
  severity: 'information',
  category: 'posture',
  summary: 'a workload that no policy isolates, in a workspace that has policies',
  scope: 'cluster',
  resource: check,
};

const base = documents(
  deployment('web', 'shop', '{containerPort: 80}'),
  policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress, Egress]'),
  deployment('db', 'shop'),
);

export const page: RulePage = {
  why: 'Policies were written for the database and forgotten for the cache beside it. Whatever is not selected by any policy is open, and holds the same data.',
  fix: 'Write a policy for its pods. The quick fix writes one from the ports that they declare: open to the namespace, with DNS out; narrow it to those who need it.',
  ignore: 'Where the workload shall be open: an ingress controller in a namespace of its own, a job that reaches out everywhere.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  examples: [
    {
      bad: flagged(
        flagged(base, 'web', 'No policy isolates the ingress and egress of Deployment web'),
        'name: db\n  namespace: shop\nspec:\n  selector',
        'x',
      )
        .replace(/#.*x\n/, '')
        .replace(/\n# {2}\^+ x/, ''),
    },
  ],
  good: [
    deployment('web', 'shop'),
    documents(deployment('web', 'shop'), policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress, Egress]')),
  ],
};
