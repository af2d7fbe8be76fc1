import * as l10n from '@vscode/l10n';
import { namespaceName } from '../explain/names.ts';
import { nameLabel } from '../model/selector.ts';
import { entriesOf, entryOf, isMap, resolve, valueAt } from '../syntax/node.ts';
import { holdsVariable } from '../syntax/variables.ts';
import { deployment, documents, namespaceNamed, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { isSystemNamespace, podPeers } from './peerSelectors.ts';
import { quoted } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(found: PolicyInView, context: RuleContext): void {
  const { connectivity } = found;
  const { namespaces: known } = connectivity.cluster;
  for (const { namespaces } of podPeers(found)) {
    const labels = valueAt(namespaces?.node, 'matchLabels');
    if (!namespaces || !isMap(labels) || !entryOf(labels, 'name') || connectivity.namespacesOf(namespaces.selector).length > 0) continue;
    for (const { key, value } of entriesOf(labels)) {
      const wanted = resolve(value);
      if (key.text !== 'name' || wanted?.kind !== 'scalar') continue;
      const namespace = known.get(wanted.text);
      if (!namespace && !isSystemNamespace(wanted.text)) continue;
      // Labels of a namespace that no manifest declares are not known.
      const sure = namespace?.declared === true;
      const own = namespace?.labels.name;
      if (own !== undefined && holdsVariable(own)) continue;
      const has = own === undefined ? 'has no label "name"' : `has ${quoted(own)} for its label "name"`;
      context.report({
        at: key,
        message: sure
          ? `${namespaceName(wanted.text, false)} ${has}, so that this means no namespace; Kubernetes sets kubernetes.io/metadata.name on every one.`.replace(
              /^n/,
              'N',
            )
          : `Nobody sets a label "name" on ${namespaceName(wanted.text, namespace !== undefined)} unless you do; Kubernetes sets kubernetes.io/metadata.name on every one.`,
        ...(sure ? {} : { severity: 'information' as const }),
        fixes: () => [
          {
            title: l10n.t('Select by kubernetes.io/metadata.name'),
            certain: sure,
            edits: [{ start: key.start, end: key.end, newText: key.style === 'plain' ? nameLabel : `"${nameLabel}"` }],
          },
        ],
      });
    }
  }
}

export const rule: Rule = {
  id: 'namespace-name-label',
  severity: 'warning',
  category: 'meaning',
  summary: 'a namespace selected by a label `name` that it does not have',
  scope: 'cluster',
  policy: check,
};

export const page: RulePage = {
  why: 'Old tutorials label their namespaces `name: …` by hand and select by that. Copied without the step, the policy means no namespace at all, and everything that it should let in stays out.',
  fix: 'Select by `kubernetes.io/metadata.name`, which the API server sets on every namespace (since Kubernetes 1.21).',
  ignore: 'Where something outside the workspace sets the label.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name',
  examples: [
    {
      bad: documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            name: edge\n#           ^^^^ Namespace edge has no label "name"\n    ports: [{port: 80}]',
        ),
        namespaceNamed('edge'),
        deployment('web', 'shop', '{containerPort: 80}'),
      ),
      fixed: documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: edge\n    ports: [{port: 80}]',
        ),
        namespaceNamed('edge'),
        deployment('web', 'shop', '{containerPort: 80}'),
      ),
    },
  ],
  good: [
    documents(
      policyNamed(
        'web',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from: [{namespaceSelector: {matchLabels: {name: edge}}}]\n    ports: [{port: 80}]',
      ),
      namespaceNamed('edge', 'name: edge'),
    ),
  ],
};
