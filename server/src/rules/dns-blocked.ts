import * as l10n from '@vscode/l10n';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { workloadNames } from '../explain/names.ts';
import { appendPolicies, dnsRule, writtenSelector } from '../kinds/kubernetes/writePolicy.ts';
import { selectorImplies } from '../model/implication.ts';
import type { Policy } from '../model/policy.ts';
import { selectsAll } from '../model/selector.ts';
import { addItem, freeName } from './counterparts.ts';
import { allowsDns, platformOf } from './dns.ts';
import { policyNamed } from './examples.ts';
import { directionAnchor, type PolicyInView } from './inView.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

const everyPod = { requirements: [] };

/** Policies whose egress rules hold for a pod, in the order of the manifests within a tier. */
const policiesFor = (endpoint: Endpoint, { observer }: PolicyInView): readonly Policy[] =>
  observer.policiesOf(endpoint, 'egress').flatMap(([, policies]) => policies.map(({ policy }) => policy));

/** The same where no pod is known: policies of the namespace that select whatever this one selects. */
const policiesAround = ({ policy, namespace, observer }: PolicyInView): readonly Policy[] =>
  observer
    .policiesAround(namespace, policy.subject.pods ?? everyPod)
    .map((compiled) => compiled.policy)
    .filter((other) => other.egress !== undefined && selectorImplies(policy.subject.pods ?? everyPod, other.subject.pods ?? everyPod));

function fixesFor(found: PolicyInView, { text, view }: RuleContext): readonly Fix[] {
  const { policy, namespace, resource, rules, connectivity } = found;
  const platform = platformOf(connectivity.cluster);
  const list = rules.find(({ direction }) => direction === 'egress')?.list;
  const selector = policy.subject.pods ?? everyPod;
  const isolatesAll = found.observer.policiesIn(namespace).some(({ policy: other }) => other.isolates.egress && selectsAll(other.subject.pods));
  // A policy for every pod would isolate those that nothing isolates yet.
  const forAll = isolatesAll || selector.requirements.length === 0;
  const name = freeName(forAll ? 'allow-dns' : `${policy.name ?? 'policy'}-dns`, namespace, view);
  const spec = { podSelector: forAll ? {} : writtenSelector(selector), policyTypes: ['Egress'], egress: [dnsRule(platform)] };
  const created = appendPolicies(text, [{ name, namespace: resource.namespace === undefined ? undefined : namespace, spec }]);
  return [
    ...(list ? [{ title: l10n.t('Let DNS out by a rule of this policy'), edits: [addItem(text, list, dnsRule(platform))] }] : []),
    ...(created.length > 0
      ? [
          {
            title: forAll ? `Create the policy ${name} for every pod of the namespace` : `Create the policy ${name} for the same pods`,
            edits: created,
          },
        ]
      : []),
  ];
}

function check(found: PolicyInView, context: RuleContext): void {
  const { policy, connectivity } = found;
  const own = policy.egress ?? [];
  // A policy that lets nothing out needs no names.
  if (!policy.isolates.egress || own.length === 0) return;
  const { cluster } = connectivity;
  const blocked = (policies: readonly Policy[]): boolean => !policies.some((other) => other.egress?.some((one) => allowsDns(one, other, cluster)));
  const first = (policies: readonly Policy[]): boolean => policies.find((other) => (other.egress?.length ?? 0) > 0) === policy;
  if (!blocked([policy])) return;
  const pods = found.selected.filter(({ hostNetwork }) => !hostNetwork);
  const without = pods.filter((endpoint) => {
    const policies = policiesFor(endpoint, found);
    return first(policies) && blocked(policies);
  });
  const around = found.selected.length === 0 ? policiesAround(found) : [];
  if (found.selected.length === 0 ? !(first(around) && blocked(around)) : without.length === 0) return;
  const who = without.length === 0 ? 'the selected pods' : workloadNames(without.map(({ workload }) => workload));
  const addressesOnly = own.every(({ peers }) => peers.length > 0 && peers.every(({ is }) => is === 'addresses'));
  context.report({
    at: directionAnchor(found, 'egress'),
    message: `Egress of ${who} is isolated here and no policy lets port 53 out: no name can be resolved, not even of what the rules allow. Allow UDP and TCP 53 to the cluster's DNS.`,
    // Whoever goes by address may get by without names; and a policy that is not known may let DNS out.
    ...(addressesOnly || context.view.partial ? { severity: 'information' as const } : {}),
    fixes: () => fixesFor(found, context),
  });
}

export const rule: Rule = {
  id: 'dns-blocked',
  severity: 'warning',
  category: 'meaning',
  summary: 'egress rules for pods that no policy lets ask DNS',
  scope: 'cluster',
  policy: check,
};

export const page: RulePage = {
  why: 'The policy allows exactly what the application needs, TCP 5432 to the database, and the application logs “no such host”. As soon as one policy isolates a pod’s egress, DNS is shut out like everything else, and nearly every connection begins with a name. It is the most common mistake of all.',
  fix: 'Let UDP and TCP 53 out to the cluster’s DNS: by a rule of this policy, or by a policy `allow-dns` for the namespace. On OpenShift the pods of DNS listen on 5353; NodeLocal DNSCache has a link-local address, which takes an ipBlock.',
  ignore: 'Where the pods go by addresses alone, or have their own resolver.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/; kubernetes/kubernetes cluster/addons/dns/coredns',
  examples: [
    {
      bad: policyNamed(
        'web',
        'shop',
        'podSelector:\n  matchLabels:\n    app: web\npolicyTypes:\n  - Egress\n#   ^^^^^^ no policy lets port 53 out\negress:\n  - to:\n      - podSelector:\n          matchLabels:\n            app: db\n    ports:\n      - port: 5432',
      ),
      fixed: policyNamed(
        'web',
        'shop',
        'podSelector:\n  matchLabels:\n    app: web\npolicyTypes:\n  - Egress\negress:\n  - to:\n      - podSelector:\n          matchLabels:\n            app: db\n    ports:\n      - port: 5432\n  - to:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: kube-system\n        podSelector:\n          matchLabels:\n            k8s-app: kube-dns\n    ports:\n      - protocol: UDP\n        port: 53\n      - protocol: TCP\n        port: 53',
      ),
    },
  ],
  good: [
    policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Egress]'),
    `${policyNamed('dns', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - ports:\n      - {protocol: UDP, port: 53}\n      - {protocol: TCP, port: 53}')}---\n${policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]')}`,
    policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{namespaceSelector: {}}]'),
  ],
};
