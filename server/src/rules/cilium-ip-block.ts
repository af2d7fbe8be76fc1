import * as l10n from '@vscode/l10n';
import { addressesOf, blockAddresses } from '../model/addressSet.ts';
import { difference } from '../model/intervals.ts';
import { entryOf } from '../syntax/node.ts';
import { engines } from '../workspace/engine.ts';
import { flagged, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { ownPodsInstead } from './peerSelectors.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check({ rules }: PolicyInView, context: RuleContext): void {
  const { clusterCidrs, engine } = context.view;
  const inner = [...clusterCidrs.pods, ...clusterCidrs.nodes];
  for (const { peers } of rules) {
    for (const { peer, node } of peers) {
      const cidr = entryOf(entryOf(node, 'ipBlock')?.value, 'cidr')?.value;
      if (peer.is !== 'addresses' || !cidr) continue;
      const range = blockAddresses(peer.cidr, peer.except);
      const outer = inner.find((block) => range.length > 0 && difference(range, addressesOf(block)).length === 0);
      if (outer === undefined) continue;
      context.report({
        at: cidr,
        message: `${peer.cidr} lies among the addresses of pods or nodes (${outer}); ${engines[engine ?? 'cilium']} never matches those by address, so that this allows nothing. Select pods by labels.`,
        fixes: () => [
          {
            title: l10n.t('Select every pod of this namespace, to narrow by labels'),
            edits: [ownPodsInstead(node, context.text)],
          },
        ],
      });
    }
  }
}

export const rule: Rule = {
  id: 'cilium-ip-block',
  severity: 'warning',
  category: 'engine',
  summary: 'an ipBlock for pods or nodes, which Cilium and Dataplane V2 never match by address',
  scope: 'cluster',
  engines: ['cilium', 'gke-dataplane-v2'],
  policy: check,
};

const base = policyNamed(
  'web',
  'shop',
  'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - ipBlock:\n          cidr: 10.244.3.0/24\n    ports:\n      - port: 80',
);

export const page: RulePage = {
  why: 'The policies worked with the old plugin and are moved to Cilium as they are. Cilium knows pods and nodes by identity; a CIDR is for the world outside only, and the rule for the node’s range lets nothing in any more.',
  fix: 'Select pods by labels. For nodes, Cilium has entities (`host`, `remote-node`) in its own policies. [What each network plugin does](../engines.md).',
  ignore: 'Where Cilium runs with `policy-cidr-match-mode: nodes` and the range is the nodes’.',
  source: 'https://docs.cilium.io/en/stable/security/policy/language/#cidr-based',
  examples: [
    {
      bad: flagged(base, '10.244.3.0/24', 'Cilium never matches those by address'),
      fixed: base.replace('ipBlock:\n            cidr: 10.244.3.0/24', 'podSelector: {}'),
      engine: 'cilium',
      clusterCidrs: { pods: ['10.244.0.0/16'] },
    },
  ],
  good: [base],
};
