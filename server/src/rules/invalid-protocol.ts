import { checkEnum } from './enum.ts';
import { policyWith } from './examples.ts';
import type { Rule, RulePage } from './rule.ts';

export const rule: Rule = {
  id: 'invalid-protocol',
  severity: 'error',
  category: 'api-server',
  summary: 'a protocol that is not TCP, UDP or SCTP, or in the wrong case',
  places: { protocol: (place, context) => checkEnum(place, context, 'a protocol of a NetworkPolicy') },
};

export const page: RulePage = {
  why: '`tcp` in lower case, `ICMP` or `ANY` are refused: the API knows TCP, UDP and SCTP and nothing else. What happens to ICMP is up to the network plugin.',
  fix: 'Write `TCP`, `UDP` or `SCTP` in capitals. For every protocol, leave `ports` out.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicyPort)',
  examples: [
    {
      bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - protocol: udp\n#                 ^^^ not a protocol\n        port: 53'),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - protocol: UDP\n        port: 53'),
    },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - ports:\n      - protocol: SCTP\n        port: 7777')],
};
