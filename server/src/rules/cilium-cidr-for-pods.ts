import { apiOf } from '../kinds/readPolicy.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import { addressesOf } from '../model/addressSet.ts';
import { difference } from '../model/intervals.ts';
import { flagged } from './examples.ts';
import { knownString, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

function check(place: Place, context: RuleContext): void {
  if (apiOf(place.resource) !== 'cilium' || !enclosing(place, 'cilium-peers')) return;
  const text = knownString(place);
  if (text === undefined) return;
  const range = addressesOf(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
  const { pods, services, nodes } = context.view.clusterCidrs;
  for (const [what, blocks] of [
    ['pods', pods],
    ['Services', services],
    ['nodes', nodes],
  ] as const) {
    const outer = blocks.find((block) => range.length > 0 && difference(range, addressesOf(block)).length === 0);
    if (outer === undefined) continue;
    context.report({
      at: valueRange(place),
      message: `${text} lies among the addresses of ${what} (${outer}), and a CIDR of Cilium never matches what Cilium manages: this means nobody. Use ${what === 'nodes' ? 'the entities host and remote-node' : 'labels of endpoints'}.`,
    });
    return;
  }
}

export const rule: Rule = {
  id: 'cilium-cidr-for-pods',
  severity: 'warning',
  category: 'meaning',
  summary: 'a CIDR rule of Cilium for addresses of pods, Services or nodes',
  apis: ['cilium'],
  scope: 'workspace',
  places: { cidr: check, net: check },
};

const base = ciliumWith('endpointSelector: {}\ningress:\n  - fromCIDR:\n      - 10.244.3.0/24');

export const page: RulePage = {
  why: 'Cilium knows pods and nodes by identity, not by address. A rule for the pods’ range allows nothing, and is only noticed when connections are dropped.',
  fix: 'Select endpoints by labels; for nodes use the entities `host` and `remote-node`.',
  ignore: 'Where Cilium runs with `policy-cidr-match-mode: nodes` and the range is the nodes’.',
  source: 'https://docs.cilium.io/en/stable/security/policy/language/#cidr-based',
  examples: [
    {
      bad: flagged(base, '10.244.3.0/24', 'among the addresses of pods'),
      clusterCidrs: { pods: ['10.244.0.0/16'] },
    },
  ],
  good: [base],
};
