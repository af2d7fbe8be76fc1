import { peer as peerPhrase, plain } from '../explain/phrases.ts';
import { readAdminPeers } from '../kinds/admin/readAdminPolicy.ts';
import { readCiliumPeer } from '../kinds/cilium/readCilium.ts';
import { readPeer } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Place } from '../kinds/walk.ts';
import { peerImplies } from '../model/implication.ts';
import type { Peer } from '../model/policy.ts';
import type { Node } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { reportSuperfluous } from './redundant.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith, keyOf } from './vendor.ts';

/** The peer that an item stands for; undefined for one that says nothing yet, or stands for several. */
function peerOf(item: Node, place: Place): Peer | undefined {
  const api = apiOf(place.resource);
  if (api === 'kubernetes') return readPeer(item);
  const peers = api === 'admin' ? readAdminPeers(item) : readCiliumPeer(item, keyOf(place) ?? '', place.resource.table?.namespaced === true);
  return peers.length === 1 ? peers[0] : undefined;
}

function check(place: Place, context: RuleContext): void {
  const { namespace } = place.resource;
  reportSuperfluous(place, context, {
    noun: 'peer',
    read: (item) => peerOf(item.value, place),
    implies: (narrow, wide) => peerImplies(narrow, wide, namespace),
    says: (_, wider) => `This peer adds nothing: another of the list already means ${plain(peerPhrase(wider, namespace))}.`,
  });
}

export const rule: Rule = {
  id: 'redundant-peer',
  severity: 'hint',
  category: 'meaning',
  summary: 'a peer that another of the same list already includes',
  places: { peers: check, 'cilium-peers': check },
};

export const page: RulePage = {
  why: 'The list names `app: web` and, two lines below, the whole namespace. Whoever tightens the first believes to have closed something.',
  fix: 'Remove the narrower peer, or, where it alone was meant, the wider one.',
  ignore: 'Where the narrower peer is kept as documentation.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource (peers of a list are alternatives)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: web}}\n#       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ adds nothing\n      - podSelector: {}',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {}'),
    },
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: 10.1.0.0/16}}]\n#                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ already means addresses in 10.0.0.0/8',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{ipBlock: {cidr: 10.0.0.0/8}}]'),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels: {app: web, tier: front}\n#       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ adds nothing\n      - matchLabels: {app: web}',
      ),
      fixed: ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels: {app: web}'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: web}}\n      - podSelector: {matchLabels: {app: api}}\n      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n      - ipBlock: {cidr: 10.1.0.0/24}\n    ports:\n      - port: 80',
    ),
  ],
};
