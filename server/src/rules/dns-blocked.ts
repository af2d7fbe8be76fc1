import * as l10n from '@vscode/l10n';
import type { CompiledPolicy } from '../connectivity/compile.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import type { Observer } from '../connectivity/observer.ts';
import { workloadNames } from '../explain/names.ts';
import { appendPolicies, dnsRule, writtenSelector } from '../kinds/kubernetes/writePolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Cluster } from '../model/cluster.ts';
import { selectorImplies } from '../model/implication.ts';
import type { Peer, Policy } from '../model/policy.ts';
import { everything, selectsAll } from '../model/selector.ts';
import { entryOf, isSeq, type Range, resolve } from '../syntax/node.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { addItem, freeName } from './counterparts.ts';
import { allowsDns, calicoDnsRules, ciliumDnsRule, meansDns, platformOf, servesDns } from './dns.ts';
import { documents, policyNamed } from './examples.ts';
import { directionAnchor, nameRange, type PolicyInView } from './inView.ts';
import { languageOf } from './otherSide.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { allCompiled, calicoWith, ciliumWith, clusterwideWith, covers, vendorPolicies } from './vendor.ts';

/** Policies whose egress rules hold for a pod, in the order of the manifests within a tier. */
const policiesFor = (endpoint: Endpoint, observer: Observer): readonly Policy[] =>
  observer.policiesOf(endpoint, 'egress').flatMap(([, policies]) => policies.map(({ policy }) => policy));

/** The same where no pod is known: policies of the namespace that select whatever this one selects. */
const policiesAround = ({ policy, namespace, observer }: PolicyInView): readonly Policy[] =>
  observer
    .policiesAround(namespace, policy.subject.pods ?? everything)
    .map((compiled) => compiled.policy)
    .filter((other) => other.egress !== undefined && selectorImplies(policy.subject.pods ?? everything, other.subject.pods ?? everything));

function fixesFor(found: PolicyInView, { text, view }: RuleContext): readonly Fix[] {
  const { policy, namespace, resource, rules, connectivity } = found;
  const platform = platformOf(connectivity.cluster);
  const list = rules.find(({ direction }) => direction === 'egress')?.list;
  const selector = policy.subject.pods ?? everything;
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

/** Whether none of the policies of a pod lets it ask DNS, and `policy` is the one of them to be told. */
function isBlocked(policy: Policy, policies: readonly Policy[], cluster: Cluster): boolean {
  const speaks = policies.find(({ egress, isolates }) => isolates.egress && egress?.some(({ action }) => action === 'allow'));
  if (speaks !== policy) return false;
  return !policies.some((other) => other.egress?.some((one) => (one.action === 'pass' && other.tier.calico) || allowsDns(one, other, cluster)));
}

/** Whether pods must ask: those of the host network ask as their node does, and those that answer ask servers outside. */
const asks = (endpoint: Endpoint): boolean => !endpoint.hostNetwork && !servesDns(endpoint);

/** Whether one more rule of a policy could let DNS of a pod out: no other tier shuts it in, and nothing denies it. */
const wouldHelp = (policy: Policy, endpoint: Endpoint, observer: Observer): boolean =>
  observer.policiesOf(endpoint, 'egress').every(([{ calico, unmatched }, policies]) => {
    const all = policies.map((one) => one.policy);
    const shuts = !(calico && unmatched === 'next') && all.some(({ isolates }) => isolates.egress);
    const denies = all.some((one) => one.egress?.some((rule) => rule.action === 'deny' && meansDns(rule, one, observer.connectivity.cluster)));
    return !denies && (all.includes(policy) || !shuts);
  });

/** Entities of Cilium that hold whatever has a name. */
const named = new Set(['all', 'cluster', 'world']);

/** Whether a peer is reached by its address: ranges, nodes, and what Cilium calls the host or the API server. */
const hasNoName = (peer: Peer): boolean => peer.is === 'addresses' || peer.is === 'nodes' || (peer.is === 'entity' && !named.has(peer.entity));

function report(at: Range, without: readonly Endpoint[], policy: Policy, context: RuleContext, fixes: () => readonly Fix[]): void {
  const who = without.length === 0 ? 'the selected pods' : workloadNames(without.map(({ workload }) => workload));
  const addressesOnly = policy.egress?.every(({ peers }) => peers.length > 0 && peers.every(hasNoName));
  // Those of network plugins may be for all namespaces, and are often made by a release, wherever that lands.
  const home = languageOf(policy) === 'kubernetes' ? policy.namespace : undefined;
  context.report({
    at,
    message: `Egress of ${who} is isolated here and no policy lets port 53 out: no name can be resolved, not even of what the rules allow. Allow UDP and TCP 53 to the cluster's DNS.`,
    // Whoever goes by address may get by without names; and a policy that is not known may let DNS out.
    ...(addressesOnly || isPartialIn(context.view.unknown, home) ? { severity: 'information' as const } : {}),
    fixes,
  });
}

function check(found: PolicyInView, context: RuleContext): void {
  const { policy, connectivity, observer } = found;
  const { cluster } = connectivity;
  // A policy that lets nothing out needs no names.
  if (!isBlocked(policy, [policy], cluster)) return;
  const without = found.selected.filter((endpoint) => asks(endpoint) && isBlocked(policy, policiesFor(endpoint, observer), cluster));
  if (found.selected.length === 0 ? !isBlocked(policy, policiesAround(found), cluster) : without.length === 0) return;
  report(directionAnchor(found, 'egress'), without, policy, context, () =>
    without.every((endpoint) => wouldHelp(policy, endpoint, observer)) ? fixesFor(found, context) : [],
  );
}

/** Policies that hold for whatever one selects, where no pod is known. */
function policiesLike(compiled: CompiledPolicy, context: RuleContext): readonly Policy[] {
  const { namespace } = compiled.policy;
  const beside = namespace === undefined ? [] : context.observer.policiesIn(namespace);
  const wide = allCompiled(context).filter(({ policy }) => policy.namespace === undefined);
  return [...beside, ...wide].filter((other) => covers(other, compiled)).map(({ policy }) => policy);
}

function checkVendor(resource: Resource, context: RuleContext): void {
  const { observer, text } = context;
  const { cluster } = observer.connectivity;
  for (const { compiled, policy, spec, selected } of vendorPolicies(resource, context)) {
    // Of names another rule speaks.
    if (!isBlocked(policy, [policy], cluster) || policy.egress?.some(({ peers }) => peers.some(({ is }) => is === 'domains'))) continue;
    const without = selected.filter(
      (endpoint) => asks(endpoint) && observer.isIsolated(endpoint, 'egress') && isBlocked(policy, policiesFor(endpoint, observer), cluster),
    );
    if (selected.length === 0 ? !isBlocked(policy, policiesLike(compiled, context), cluster) : without.length === 0) continue;
    const entry = entryOf(spec, 'egress');
    const list = resolve(entry?.value);
    const rules = apiOf(resource) === 'cilium' ? [ciliumDnsRule(platformOf(cluster))] : calicoDnsRules(platformOf(cluster));
    report(entry?.key ?? nameRange(resource), without, policy, context, () =>
      isSeq(list) && without.every((endpoint) => wouldHelp(policy, endpoint, observer))
        ? [{ title: l10n.t('Let DNS out by a rule of this policy'), edits: rules.map((one) => addItem(text, list, one)) }]
        : [],
    );
  }
}

export const rule: Rule = {
  id: 'dns-blocked',
  severity: 'warning',
  category: 'meaning',
  summary: 'egress rules for pods that no policy lets ask DNS',
  scope: 'cluster',
  policy: check,
  resource: checkVendor,
};

const ciliumRule = 'endpointSelector:\n  matchLabels:\n    app: web\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: db';
const calicoRule = "selector: app == 'web'\ntypes:\n  - Egress\negress:\n  - action: Allow\n    destination:\n      selector: app == 'db'";

export const page: RulePage = {
  why: 'The policy allows exactly what the application needs, TCP 5432 to the database, and the application logs “no such host”. As soon as one policy isolates a pod’s egress, DNS is shut out like everything else, and nearly every connection begins with a name. It is the most common mistake of all.',
  fix: 'Let UDP and TCP 53 out to the cluster’s DNS: by a rule of this policy, or by a policy `allow-dns` for the namespace. On OpenShift the pods of DNS listen on 5353; NodeLocal DNSCache has a link-local address, which takes an ipBlock. To Cilium the pods of DNS are behind no address: a range, `0.0.0.0/0` too, does not let it out.',
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
    {
      bad: ciliumWith(ciliumRule).replace('  egress:', '  egress:\n# ^^^^^^ no policy lets port 53 out'),
      fixed: ciliumWith(
        `${ciliumRule}\n  - toEndpoints:\n      - matchLabels:\n          k8s:io.kubernetes.pod.namespace: kube-system\n          k8s:k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY`,
      ),
    },
    {
      bad: calicoWith(calicoRule).replace('  egress:', '  egress:\n# ^^^^^^ no policy lets port 53 out'),
      fixed: calicoWith(
        `${calicoRule}${['UDP', 'TCP'].map((protocol) => `\n  - action: Allow\n    protocol: ${protocol}\n    destination:\n      namespaceSelector: kubernetes.io/metadata.name == 'kube-system'\n      selector: k8s-app == 'kube-dns'\n      ports:\n        - 53`).join('')}`,
      ),
    },
  ],
  good: [
    ciliumWith(`${ciliumRule}\n  - toEntities: [cluster]`),
    ciliumWith(`endpointSelector: {matchLabels: {app: web}}\negress:\n  - toPorts: [{ports: [{port: "53", protocol: ANY}]}]`),
    calicoWith(`${calicoRule}\n  - action: Allow\n    protocol: UDP\n    destination: {ports: [53]}`),
    documents(
      clusterwideWith(
        'endpointSelector: {}\negress:\n  - toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}]\n    toPorts: [{ports: [{port: "53"}]}]',
      ),
      ciliumWith(ciliumRule),
    ),
    policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Egress]'),
    `${policyNamed('dns', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - ports:\n      - {protocol: UDP, port: 53}\n      - {protocol: TCP, port: 53}')}---\n${policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]\n    ports: [{port: 5432}]')}`,
    policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{namespaceSelector: {}}]'),
  ],
};
