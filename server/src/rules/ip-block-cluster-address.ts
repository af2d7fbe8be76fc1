import * as l10n from '@vscode/l10n';
import { addressesOf, blockAddresses } from '../model/addressSet.ts';
import { difference } from '../model/intervals.ts';
import { entryOf } from '../syntax/node.ts';
import { flagged, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { ownPodsInstead } from './peerSelectors.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const kinds = [
  { key: 'pods', noun: 'pod', advice: 'pods change their addresses; select them by labels' },
  { key: 'services', noun: 'Service', advice: 'policies see the pods behind it; select those by labels' },
] as const;

function check({ rules }: PolicyInView, context: RuleContext): void {
  const { clusterCidrs, engine } = context.view;
  for (const { peers } of rules) {
    for (const { peer, node } of peers) {
      const cidr = entryOf(entryOf(node, 'ipBlock')?.value, 'cidr')?.value;
      if (peer.is !== 'addresses' || !cidr) continue;
      const range = blockAddresses(peer.cidr, peer.except);
      for (const { key, noun, advice } of kinds) {
        // Engines on which it never matches have a rule of their own.
        if (key === 'pods' && (engine === 'cilium' || engine === 'gke-dataplane-v2')) continue;
        const outer = clusterCidrs[key].find((block) => range.length > 0 && difference(range, addressesOf(block)).length === 0);
        if (outer === undefined) continue;
        context.report({
          at: cidr,
          message: `${peer.cidr} lies among the cluster's ${noun} addresses (${outer}): ${advice}. Whether an ipBlock matches them at all differs by network plugin.`,
          fixes: () => [
            {
              title: l10n.t('Select every pod of this namespace, to narrow by labels'),
              edits: [ownPodsInstead(node, context.text)],
            },
          ],
        });
        break;
      }
    }
  }
}

export const rule: Rule = {
  id: 'ip-block-cluster-address',
  severity: 'warning',
  category: 'meaning',
  summary: 'an ipBlock inside the pod or Service addresses that `netpol.clusterCidrs` names',
  scope: 'cluster',
  policy: check,
};

const base = policyNamed(
  'web',
  'shop',
  'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - ipBlock:\n          cidr: 10.96.12.7/32\n    ports:\n      - port: 80',
);

export const page: RulePage = {
  why: 'The address of a Service is copied from `kubectl get svc` into an ipBlock. Policies are applied after translation, to the pod’s address, which is another, and another again after the next restart.',
  fix: 'Select the pods by their labels. The quick fix puts a podSelector in the place of the ipBlock.',
  ignore: 'Where your network plugin documents that it matches such addresses.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors',
  examples: [
    {
      bad: flagged(base, '10.96.12.7/32', 'Service addresses (10.96.0.0/12)'),
      fixed: base.replace('ipBlock:\n            cidr: 10.96.12.7/32', 'podSelector: {}'),
      clusterCidrs: { services: ['10.96.0.0/12'] },
    },
  ],
  good: [base],
};
