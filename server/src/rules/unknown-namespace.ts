import type { Connectivity } from '../connectivity/connectivity.ts';
import { anyOf, namespaces as namespacesPhrase, plain, shortened } from '../explain/phrases.ts';
import type { Resource } from '../kinds/resource.ts';
import { nameLabel } from '../model/selector.ts';
import { isPartial } from '../workspace/unknown.ts';
import { adminPolicy, type WrittenSelector } from './adminPods.ts';
import { adminPolicyWith, documents, flagged, namespaceNamed, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { corrections, labelTexts, speaksSameWords } from './nearestLabels.ts';
import { isSystemNamespace, podPeers } from './peerSelectors.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { fixesOf, selectorAnchor } from './selectorFixes.ts';

/** Names of namespaces that a selector asks for. */
const namesAsked = ({ selector }: WrittenSelector): readonly string[] =>
  selector.requirements.flatMap(({ key, values }) => (key === nameLabel || key === 'name' ? values : []));

function checkSelector(asked: WrittenSelector, connectivity: Connectivity, context: RuleContext): void {
  const { selector, node } = asked;
  if (selector.requirements.length === 0 || connectivity.namespacesOf(selector).length > 0) return;
  const names = namesAsked(asked);
  if (names.some(isSystemNamespace)) return;
  // A label `name` that a known namespace lacks has a rule of its own.
  if (names.some((name) => connectivity.cluster.namespaces.has(name))) return;
  const known = [...connectivity.cluster.namespaces.values()];
  const labels = known.map((namespace) => namespace.labels);
  const near = corrections(selector, node, labels);
  if (isPartial(context.view.unknown) && near.length === 0) return;
  const byLabel = names.length === 0 && speaksSameWords(selector, labels);
  const same = names.length > 0 ? known.map(({ name }) => name) : labelTexts(labels, new Set(selector.requirements.map(({ key }) => key)));
  const there = same.length === 0 ? '' : `; there ${same.length === 1 ? 'is' : 'are'} ${shortened(same, anyOf)}`;
  context.report({
    at: selectorAnchor(node),
    message: `Means no namespace that the workspace knows: none is ${plain(namespacesPhrase(selector))
      .replace(/^namespaces labelled/, 'labelled')
      .replace(/^namespace /, 'called ')}${there}.`,
    ...(near.length > 0 || byLabel ? {} : { severity: 'information' as const }),
    fixes: () => fixesOf(near),
  });
}

/** A workspace that declares no namespace says nothing of which there are. */
function declaresSome({ cluster }: Connectivity): boolean {
  for (const { declared } of cluster.namespaces.values()) if (declared) return true;
  return false;
}

function check(found: PolicyInView, context: RuleContext): void {
  if (!declaresSome(found.connectivity)) return;
  for (const { namespaces } of podPeers(found)) if (namespaces) checkSelector(namespaces, found.connectivity, context);
}

function checkAdmin(resource: Resource, context: RuleContext): void {
  const { connectivity } = context.observer;
  const policy = declaresSome(connectivity) ? adminPolicy(resource, context) : undefined;
  for (const { namespaces } of policy?.pods ?? []) if (namespaces) checkSelector(namespaces, connectivity, context);
}

export const rule: Rule = {
  id: 'unknown-namespace',
  severity: 'warning',
  category: 'meaning',
  summary: 'a namespaceSelector that means no known namespace, in a workspace that declares some',
  scope: 'cluster',
  policy: check,
  resource: checkAdmin,
};

export const page: RulePage = {
  why: 'The namespace is called `ingress-nginx`, the policy says `nginx-ingress`. Both sound right, and only one exists.',
  fix: 'Correct the name or the label; the quick fixes offer the nearest of those that are known.',
  ignore:
    'Where the namespace belongs to another team’s repository. Without a similar name it is information only, and of the namespaces that every cluster has nothing is said.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  examples: [
    {
      bad: flagged(
        documents(
          policyNamed(
            'web',
            'shop',
            'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingres}}\n    ports: [{port: 80}]',
          ),
          namespaceNamed('ingress'),
        ),
        'kubernetes.io/metadata.name: ingres',
        'none is called ingres; there are',
      ),
      fixed: documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress}}\n    ports: [{port: 80}]',
        ),
        namespaceNamed('ingress'),
      ),
    },
    {
      bad: flagged(
        documents(
          adminPolicyWith(
            'priority: 10\nsubject: {namespaces: {}}\ningress:\n  - action: Deny\n    from:\n      - namespaces: {matchLabels: {team: gest}}',
          ),
          namespaceNamed('guest', 'team: guest'),
        ),
        'team: gest',
        'there is team=guest',
      ),
      fixed: documents(
        adminPolicyWith(
          'priority: 10\nsubject: {namespaces: {}}\ningress:\n  - action: Deny\n    from:\n      - namespaces: {matchLabels: {team: guest}}',
        ),
        namespaceNamed('guest', 'team: guest'),
      ),
    },
  ],
  good: [
    policyNamed(
      'web',
      'shop',
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingres}}}]\n    ports: [{port: 80}]',
    ),
    documents(
      policyNamed(
        'web',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]\n    ports: [{port: 80}]',
      ),
      namespaceNamed('shop'),
    ),
  ],
};
