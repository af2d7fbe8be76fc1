import { plain, port as portPhrase } from '../explain/phrases.ts';
import { readAdminPorts } from '../kinds/admin/readAdminPolicy.ts';
import { readCiliumPort } from '../kinds/cilium/readCilium.ts';
import { readPort } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Place } from '../kinds/walk.ts';
import { portImplied } from '../model/implication.ts';
import type { PortRange } from '../model/policy.ts';
import type { Node } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { reportSuperfluous } from './redundant.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function portOf(item: Node, place: Place): PortRange | undefined {
  const api = apiOf(place.resource);
  return api === 'kubernetes' ? readPort(item) : api === 'admin' ? readAdminPorts(item)[0] : readCiliumPort(item);
}

function check(place: Place, context: RuleContext): void {
  reportSuperfluous(place, context, {
    noun: 'port',
    read: (item) => portOf(item.value, place),
    implies: (narrow, wide) => portImplied(narrow, [wide]),
    says: (own, wider) => `${plain(portPhrase(own))} adds nothing: ${plain(portPhrase(wider))} of the same list includes it.`,
  });
}

export const rule: Rule = {
  id: 'redundant-port',
  severity: 'hint',
  category: 'meaning',
  summary: 'a port that another entry of the same list already includes',
  places: { ports: check, 'cilium-port-list': check },
};

export const page: RulePage = {
  why: 'A range is added for a new component and the single ports inside it stay. The list looks like it lets seven ports through and lets a hundred.',
  fix: 'Remove the port that is inside the range, or, where it alone was meant, the range.',
  ignore: 'Where the single port is kept as documentation.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (NetworkPolicyPort)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports:\n      - port: 8080\n#       ^^^^^^^^^^ TCP 8080 adds nothing: TCP 8000–8999\n      - port: 8000\n        endPort: 8999',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports:\n      - port: 8000\n        endPort: 8999'),
    },
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{protocol: TCP}, {port: http}]\n#                            ^^^^^^^^^^^^ every TCP port',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{protocol: TCP}]'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports:\n      - port: 8080\n      - {port: 8080, protocol: UDP}\n      - port: http',
    ),
  ],
};
