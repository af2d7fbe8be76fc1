import { anyOf, namespaces as namespacesPhrase, plain, shortened } from '../explain/phrases.ts';
import { documents, flagged, namespaceNamed, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { corrections, labelTexts, speaksSameWords } from './nearestLabels.ts';
import { isSystemNamespace, type PodPeer, podPeers } from './peerSelectors.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { fixesOf, selectorAnchor } from './selectorFixes.ts';

const nameLabel = 'kubernetes.io/metadata.name';

/** Names of namespaces that a selector asks for. */
const namesAsked = ({ namespaces }: PodPeer): readonly string[] =>
  namespaces?.selector.requirements.flatMap(({ key, values }) => (key === nameLabel || key === 'name' ? values : [])) ?? [];

function check(found: PolicyInView, context: RuleContext): void {
  const { connectivity } = found;
  const known = [...connectivity.cluster.namespaces.values()];
  // A workspace that declares no namespace says nothing of which there are.
  if (!known.some(({ declared }) => declared)) return;
  for (const peer of podPeers(found)) {
    const { namespaces } = peer;
    if (!namespaces || namespaces.selector.requirements.length === 0 || connectivity.namespacesOf(namespaces.selector).length > 0) continue;
    const names = namesAsked(peer);
    if (names.some(isSystemNamespace)) continue;
    // A label `name` that a known namespace lacks has a rule of its own.
    if (names.some((name) => connectivity.cluster.namespaces.has(name))) continue;
    const labels = known.map((namespace) => namespace.labels);
    const near = corrections(namespaces.selector, namespaces.node, labels);
    if (context.view.partial && near.length === 0) continue;
    const byLabel = names.length === 0 && speaksSameWords(namespaces.selector, labels);
    const same =
      names.length > 0 ? known.map(({ name }) => name) : labelTexts(labels, new Set(namespaces.selector.requirements.map(({ key }) => key)));
    const there = same.length === 0 ? '' : `; there ${same.length === 1 ? 'is' : 'are'} ${shortened(same, anyOf)}`;
    context.report({
      at: selectorAnchor(namespaces.node),
      message: `Means no namespace that the workspace knows: none is ${plain(namespacesPhrase(namespaces.selector))
        .replace(/^namespaces labelled/, 'labelled')
        .replace(/^namespace /, 'called ')}${there}.`,
      ...(near.length > 0 || byLabel ? {} : { severity: 'information' as const }),
      fixes: () => fixesOf(near),
    });
  }
}

export const rule: Rule = {
  id: 'unknown-namespace',
  severity: 'warning',
  category: 'meaning',
  summary: 'a namespaceSelector that means no known namespace, in a workspace that declares some',
  scope: 'cluster',
  policy: check,
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
