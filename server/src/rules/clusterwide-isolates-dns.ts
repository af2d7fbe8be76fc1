import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { numbersOf } from '../model/implication.ts';
import { type Direction, directions, type Policy } from '../model/policy.ts';
import { hasPort } from '../model/portSet.ts';
import { everything, nameLabel, type Selector, selects } from '../model/selector.ts';
import { isPartialIn } from '../workspace/unknown.ts';
import { documents, policyNamed } from './examples.ts';
import { nameRange } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allCompiled, clusterwideWith, compiledIn, globalWith } from './vendor.ts';

const dnsPods = { 'k8s-app': 'kube-dns' };
const dnsNamespace = { [nameLabel]: 'kube-system' };

/** Whether a peer's selector of namespaces means all of them; without one the namespace of the policy is meant, if it has one. */
const isEveryNamespace = (namespaces: Selector | undefined, { namespaced }: Policy): boolean =>
  namespaces ? namespaces.requirements.length === 0 : !namespaced;

const selectsDns = ({ namespaced, namespace, subject: { pods = everything, namespaces = everything } }: Policy): boolean =>
  selects(pods, dnsPods) && (namespaced ? namespace === 'kube-system' : selects(namespaces, dnsNamespace));

/** Whether a policy lets DNS pass for the pods that serve it: in from everybody who asks, or out to where they ask themselves. */
function letsDnsPass(policy: Policy, direction: Direction): boolean {
  return (policy[direction] ?? []).some((rule) => {
    if (rule.action !== 'allow') return rule.action === 'pass';
    const ports = numbersOf(rule.ports);
    const isWide =
      rule.peers.length === 0 ||
      rule.peers.some(
        (peer) =>
          (peer.is === 'entity' && (peer.entity === 'all' || peer.entity === 'cluster')) ||
          (peer.is === 'pods' && !peer.pods?.requirements.length && isEveryNamespace(peer.namespaces, policy)) ||
          direction === 'egress',
      );
    return isWide && (hasPort(ports, 'UDP', 53) || hasPort(ports, 'UDP', 5353));
  });
}

function check(resource: Resource, context: RuleContext): void {
  const api = apiOf(resource);
  if ((api !== 'cilium' && api !== 'calico') || resource.table?.namespaced) return;
  for (const { policy } of compiledIn(resource, context)) {
    if (!selectsDns(policy)) continue;
    const shut = directions.filter((direction) => policy.isolates[direction] && !letsDnsPass(policy, direction));
    // What one policy isolates another may open.
    const others = shut.length > 0 ? allCompiled(context).filter((other) => selectsDns(other.policy)) : [];
    const left = shut.filter((direction) => !others.some((other) => letsDnsPass(other.policy, direction)));
    if (left.length === 0) continue;
    const what = left.includes('ingress') ? 'no pod of the cluster can resolve names any more' : 'it can no longer ask the servers above it';
    context.report({
      at: nameRange(resource),
      message: `This cluster-wide policy also selects the cluster’s DNS in kube-system and isolates its ${left.join(' and ')} without a rule for port 53, and no other policy here lets it pass: ${what}. Leave kube-system out, or allow DNS.`,
      // A policy that is not known may let it pass.
      ...(isPartialIn(context.view.unknown, 'kube-system') ? { severity: 'information' as const } : {}),
    });
    return;
  }
}

export const rule: Rule = {
  id: 'clusterwide-isolates-dns',
  severity: 'warning',
  category: 'meaning',
  summary: 'a cluster-wide policy that isolates kube-system, and the cluster’s DNS with it',
  apis: ['cilium', 'calico'],
  scope: 'workspace',
  resource: check,
};

const narrow =
  'endpointSelector:\n  matchExpressions:\n    - key: k8s:io.kubernetes.pod.namespace\n      operator: NotIn\n      values: [kube-system]\ningress:\n  - fromEndpoints: [{}]';

export const page: RulePage = {
  why: 'A default deny for the whole cluster is applied, and a minute later nothing resolves: kube-system was part of the cluster. The API server’s webhooks, metrics and the network plugin’s own pods go the same way.',
  fix: 'Leave `kube-system` out of the selector, or write the rules that its pods need first.',
  ignore: 'Where policies of kube-system are kept elsewhere.',
  source:
    'https://docs.cilium.io/en/stable/network/kubernetes/policy/#ciliumclusterwidenetworkpolicy; https://docs.tigera.io/calico/latest/network-policy/get-started/kubernetes-default-deny',
  examples: [
    {
      bad: clusterwideWith('endpointSelector: {}\ningress:\n  - {}').replace(
        'name: web\n',
        'name: web\n#       ^^^ no pod of the cluster can resolve names\n',
      ),
    },
    { bad: globalWith('types: [Ingress, Egress]').replace('name: web\n', 'name: web\n#       ^^^ isolates its ingress and egress\n') },
  ],
  good: [
    clusterwideWith(narrow),
    globalWith("namespaceSelector: projectcalico.org/name != 'kube-system'\ntypes: [Ingress, Egress]"),
    documents(
      clusterwideWith('endpointSelector: {}\ningress:\n  - {}'),
      policyNamed(
        'dns',
        'kube-system',
        'podSelector: {matchLabels: {k8s-app: kube-dns}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{namespaceSelector: {}}]\n    ports: [{port: 53, protocol: UDP}, {port: 53}]',
      ),
    ),
  ],
};
