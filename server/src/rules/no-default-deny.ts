import * as l10n from '@vscode/l10n';
import { namespaceName } from '../explain/names.ts';
import { allOf } from '../explain/phrases.ts';
import { allowDns, appendPolicies, defaultDeny } from '../kinds/kubernetes/writePolicy.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { type Direction, directions, tiers } from '../model/policy.ts';
import { everything, selects, selectsAll } from '../model/selector.ts';
import type { Range } from '../syntax/node.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { freeName } from './counterparts.ts';
import { allowsDns, platformOf } from './dns.ts';
import { deployment, documents, flagged, namespaceNamed, policyNamed } from './examples.ts';
import { nameRange } from './inView.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { globalWith } from './vendor.ts';

const words: Readonly<Record<Direction, 'Ingress' | 'Egress'>> = { ingress: 'Ingress', egress: 'Egress' };
/** Directions in which a pod of the namespace that no other policy selects is open. */
function openDirections(namespace: string, { observer }: RuleContext): readonly Direction[] {
  const policies = observer.policiesIn(namespace);
  const { cluster } = observer.connectivity;
  const labels = cluster.namespaces.get(namespace)?.labels ?? {};
  return directions.filter((direction) => {
    const denied = policies.some(({ policy }) => policy.isolates[direction] && selectsAll(policy.subject.pods));
    // A baseline that denies to all of a namespace's pods is a default too, and so is a cluster-wide policy that isolates them.
    const everywhere = cluster.policies.some(
      ({ value }) =>
        !value.namespaced &&
        selectsAll(value.subject.pods) &&
        selects(value.subject.namespaces ?? everything, labels) &&
        (value.isolates[direction] || (value.tier.rank === tiers.baseline.rank && value[direction]?.some(({ action }) => action === 'deny'))),
    );
    return !denied && !everywhere;
  });
}

function fixesFor(namespace: string, open: readonly Direction[], resource: Resource, context: RuleContext): readonly Fix[] {
  const { view, text, observer } = context;
  const { cluster } = observer.connectivity;
  const policies = observer.policiesIn(namespace);
  const anchor = policies[0];
  // Beside the policies of the namespace, or beside its manifest where it has none.
  const placed = (anchor && view.documentAt(anchor.located.origin)) ?? undefined;
  const target = placed?.document.text ?? text;
  const unnamed = placed ? resourcesOf(placed.document).every((other) => other.namespace === undefined) && resource.kind !== 'Namespace' : false;
  const where = unnamed ? undefined : namespace;
  const types = open.map((direction) => words[direction]);
  const deny = { ...defaultDeny(where, types), name: freeName(defaultDeny(where, types).name, namespace, view) };
  const dns = { ...allowDns(where, platformOf(cluster)), name: freeName('allow-dns', namespace, view) };
  const hasDns = policies.some(({ policy }) => selectsAll(policy.subject.pods) && policy.egress?.some((one) => allowsDns(one, policy, cluster)));
  const wanted = types.includes('Egress') && !hasDns ? [deny, dns] : [deny];
  const edits = appendPolicies(target, wanted);
  if (edits.length === 0) return [];
  const title = l10n.t('Create {0} for {1}', allOf(wanted.map(({ name }) => name)), namespace);
  if (!placed || placed.document === context.document) return [{ title, edits }];
  const file = anchor?.located.origin.file ?? '';
  return [
    {
      title,
      edits: [],
      elsewhere: [{ file, edits: edits.map((one) => ({ ...one, start: one.start + placed.start, end: one.end + placed.start })) }],
    },
  ];
}

function report(namespace: string, resource: Resource, at: Range, context: RuleContext): void {
  const { connectivity } = context.observer;
  if (isPartialIn(context.view.unknown, namespace)) return;
  if (connectivity.endpointsIn(namespace).length === 0 || context.observer.policiesIn(namespace).length === 0) return;
  const open = openDirections(namespace, context);
  if (open.length === 0) return;
  const assumed = !connectivity.cluster.namespaces.get(namespace)?.declared;
  const name = namespaceName(namespace, assumed);
  context.report({
    at,
    message: `${name.charAt(0).toUpperCase()}${name.slice(1)} has policies and no default deny for ${allOf(open)}: every pod that none of them selects, a new one as well, is open.`,
    fixes: () => fixesFor(namespace, open, resource, context),
  });
}

function check(resource: Resource, context: RuleContext): void {
  const reading = context.view.readingOf(resource);
  if (!reading || resource.document.parsed.templated) return;
  if (reading.namespace) report(reading.namespace.name, resource, nameRange(resource), context);
  const { policy } = reading;
  const namespace = policy?.value.namespace;
  if (!policy || namespace === undefined || context.observer.connectivity.cluster.namespaces.get(namespace)?.declared) return;
  // Where no manifest declares the namespace, the first of its policies stands for it.
  if (context.observer.policiesIn(namespace)[0]?.located === policy) report(namespace, resource, nameRange(resource), context);
}

export const rule: Rule = {
  id: 'no-default-deny',
  severity: 'information',
  category: 'posture',
  summary: 'a namespace with workloads and policies, and without a policy that denies a direction by default',
  scope: 'cluster',
  resource: check,
};

const base = documents(
  namespaceNamed('shop'),
  deployment('web', 'shop', '{containerPort: 80}'),
  policyNamed(
    'web',
    'shop',
    'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{port: 80}]',
  ),
);

export const page: RulePage = {
  why: 'Each of the twelve components has its policy. The thirteenth is deployed on a Friday without one, and is the only one that everybody in the cluster can reach: a pod that no policy selects is open in both directions.',
  fix: 'Add a policy that selects every pod (`podSelector: {}`) and has the direction among its policyTypes, without rules. With egress comes DNS: let it out for every pod, or nothing resolves names any more.',
  ignore: 'Where something else closes the namespace: an admin policy, a policy of the network plugin, a mesh.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies',
  examples: [{ bad: flagged(base, 'shop', 'no default deny for ingress and egress') }],
  good: [
    documents(
      deployment('web', 'shop'),
      policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]'),
      globalWith("namespaceSelector: projectcalico.org/name != 'kube-system'\ntypes: [Ingress, Egress]"),
    ),
    documents(base, policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress, Egress]')),
    documents(namespaceNamed('shop'), deployment('web', 'shop')),
  ],
};
