import * as l10n from '@vscode/l10n';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Place } from '../kinds/walk.ts';
import { addressesOf, allIPv4, blockAddresses } from '../model/addressSet.ts';
import { difference } from '../model/intervals.ts';
import { entryOf } from '../syntax/node.ts';
import { adminPolicyWith, flagged, policyNamed } from './examples.ts';
import type { PolicyInView } from './inView.ts';
import { ownPodsInstead } from './peerSelectors.ts';
import { knownString, valueRange } from './places.ts';
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

/** Ranges of administrators' policies mean pods, too: those of labels are better, and the others should be known. */
function checkNetworks(place: Place, context: RuleContext): void {
  const text = apiOf(place.resource) === 'admin' ? knownString(place) : undefined;
  const range = text === undefined ? [] : addressesOf(text);
  // Every address: what that means is no surprise.
  if (range.length === 0 || difference(allIPv4, range).length === 0) return;
  const { clusterCidrs } = context.view;
  for (const { key, noun, advice } of kinds) {
    const outer = clusterCidrs[key].find((block) => difference(range, addressesOf(block)).length === 0);
    const inner = key === 'pods' ? clusterCidrs[key].find((block) => difference(addressesOf(block), range).length === 0) : undefined;
    if (outer !== undefined)
      context.report({ at: valueRange(place), message: `${text} lies among the cluster's ${noun} addresses (${outer}): ${advice}.` });
    else if (inner !== undefined)
      context.report({
        at: valueRange(place),
        message: `${text} holds the addresses of the cluster's pods (${inner}): what this rule decides, it decides between pods, too.`,
        severity: 'information',
      });
    if (outer !== undefined || inner !== undefined) return;
  }
}

export const rule: Rule = {
  id: 'ip-block-cluster-address',
  severity: 'warning',
  category: 'meaning',
  summary: 'an ipBlock, or a range of an administrator’s policy, among the pod or Service addresses that `netpol.clusterCidrs` names',
  scope: 'cluster',
  policy: check,
  places: { cidr: checkNetworks },
};

const base = policyNamed(
  'web',
  'shop',
  'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - ipBlock:\n          cidr: 10.96.12.7/32\n    ports:\n      - port: 80',
);

export const page: RulePage = {
  why: 'The address of a Service is copied from `kubectl get svc` into an ipBlock. Policies are applied after translation, to the pod’s address, which is another, and another again after the next restart.',
  fix: 'Select the pods by their labels. The quick fix puts a podSelector in the place of the ipBlock. In administrators’ policies, pass what goes to pods in a rule before one that denies a range with their addresses.',
  ignore: 'Where your network plugin documents that it matches such addresses.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors',
  examples: [
    {
      bad: flagged(base, '10.96.12.7/32', 'Service addresses (10.96.0.0/12)'),
      fixed: base.replace('ipBlock:\n            cidr: 10.96.12.7/32', 'podSelector: {}'),
      clusterCidrs: { services: ['10.96.0.0/12'] },
    },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Deny\n    to:\n      - networks:\n          - 10.0.0.0/8\n#           ^^^^^^^^^^ decides between pods, too',
      ),
      clusterCidrs: { pods: ['10.244.0.0/16'] },
    },
  ],
  good: [base],
};
