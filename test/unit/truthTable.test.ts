import { describe, expect, test } from 'vitest';
import { passesIn } from '../support/passes.ts';

/**
 * One small case for each statement of what a policy means. Pods: `a` and `b` (app=a, app=b) of namespace one, `c`
 * (app=a) of namespace two (team=x), `h` of the host network. `b` and `c` listen on http (TCP 80) and dns (UDP 53).
 */
const world = `
apiVersion: v1
kind: Namespace
metadata: {name: one, labels: {team: y, name: one}}
---
apiVersion: v1
kind: Namespace
metadata: {name: two, labels: {team: x}}
${[
  ['a', 'one', 'app: a', '{}'],
  ['b', 'one', 'app: b', '{containers: [{ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}]}'],
  ['c', 'two', 'app: a', '{containers: [{ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}]}'],
  ['h', 'two', 'app: host', '{hostNetwork: true}'],
]
  .map(
    ([name, namespace, labels, spec]) =>
      `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {${labels}}}\nspec: ${spec}\n`,
  )
  .join('')}`;

const policy = (spec: string, namespace = 'one', name = 'p') =>
  `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;
const admin = (spec: string, name = 'adm') =>
  `---\napiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const baseline = (spec: string) =>
  `---\napiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec: ${spec}\n`;
const wide = (spec: string, name = 'wide') =>
  `---\napiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

const passes = (policies: string, from: string, to: string): string => passesIn(world + policies, from, to);

const all = 'All Connections';
type Case = readonly [statement: string, policies: string, from: string, to: string, passes: string];
const toB = (rules: string) => policy(`{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: ${rules}}`);
const fromA = (rules: string) => policy(`{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: ${rules}}`);
const everyone = '{namespaces: {}}';
const onA = '{pods: {namespaceSelector: {matchLabels: {team: y}}, podSelector: {matchLabels: {app: a}}}}';

const cases: Readonly<Record<string, readonly Case[]>> = {
  isolation: [
    ['a pod that no policy selects is open', '', 'a', 'b', all],
    ['a policy of another namespace does not select it', policy('{podSelector: {}}', 'two'), 'a', 'b', all],
    ['selected for ingress, nothing comes in without a rule', toB('[]'), 'a', 'b', 'nothing'],
    ['…and what goes out of it stays open', toB('[]'), 'b', 'a', all],
    ['selected for egress, nothing goes out without a rule', fromA('[]'), 'a', 'b', 'nothing'],
    ['…and what comes in stays open', fromA('[]'), 'b', 'a', all],
    ['an absent podSelector selects every pod', policy('{policyTypes: [Ingress]}'), 'a', 'b', 'nothing'],
    ['an empty podSelector selects every pod', policy('{podSelector: {}}'), 'a', 'b', 'nothing'],
    ['a podSelector that does not fit leaves the pod open', policy('{podSelector: {matchLabels: {app: z}}}'), 'a', 'b', all],
    [
      'the union of policies is allowed',
      toB('[{ports: [{port: 80}]}]') + policy('{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 81}]}]}', 'one', 'q'),
      'a',
      'b',
      'TCP 80-81',
    ],
    ['no policy takes anything away from another', toB('[{}]') + policy('{podSelector: {}, policyTypes: [Ingress]}', 'one', 'q'), 'a', 'b', all],
    [
      'both sides must allow',
      toB('[{ports: [{port: 80}, {port: 81}]}]') +
        policy('{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{ports: [{port: 81}, {port: 82}]}]}', 'one', 'q'),
      'a',
      'b',
      'TCP 81',
    ],
    ['one side allows, the other is open', toB('[{ports: [{port: 80}]}]'), 'a', 'b', 'TCP 80'],
    ['a policy without a namespace is of default', policy('{podSelector: {}}').replace(', namespace: one', ''), 'a', 'b', all],
    ['host network pods are selected like others', policy('{podSelector: {matchLabels: {app: host}}}', 'two'), 'a', 'h', 'nothing'],
  ],
  'policy types': [
    ['absent: Ingress', policy('{podSelector: {}}'), 'a', 'b', 'nothing'],
    ['absent: not Egress without egress rules', policy('{podSelector: {}}'), 'a', 'c', all],
    ['absent, with an egress rule: Egress too', policy('{podSelector: {}, egress: [{ports: [{port: 1}]}]}'), 'a', 'c', 'TCP 1'],
    ['absent, with empty egress: not Egress', policy('{podSelector: {}, egress: []}'), 'a', 'c', all],
    ['[Ingress]: egress rules have no effect', policy('{podSelector: {}, policyTypes: [Ingress], egress: [{ports: [{port: 1}]}]}'), 'a', 'c', all],
    ['[Egress]: ingress rules have no effect', policy('{podSelector: {}, policyTypes: [Egress], ingress: []}'), 'c', 'a', all],
    [
      '[Ingress, Egress] with ingress rules alone denies egress',
      policy('{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}]}'),
      'a',
      'c',
      'nothing',
    ],
    ['an empty list is as if it were absent', policy('{podSelector: {}, policyTypes: []}'), 'a', 'b', 'nothing'],
  ],
  'rules and emptiness': [
    ['an empty rule allows everything', toB('[{}]'), 'c', 'b', all],
    ['a null rule allows everything', toB('[null]'), 'c', 'b', all],
    ['from: [] is every peer', toB('[{from: []}]'), 'c', 'b', all],
    ['from absent is every peer', toB('[{ports: [{port: 80}]}]'), 'c', 'b', 'TCP 80'],
    ['ports: [] is every port', toB('[{ports: [], from: [{podSelector: {}}]}]'), 'a', 'b', all],
    ['every peer includes addresses outside', toB('[{}]'), '192.0.2.1', 'b', all],
    ['no rule lets no address in', toB('[]'), '192.0.2.1', 'b', 'nothing'],
  ],
  peers: [
    ['podSelector alone: of the policy’s namespace', toB('[{from: [{podSelector: {matchLabels: {app: a}}}]}]'), 'a', 'b', all],
    ['…and not of another', toB('[{from: [{podSelector: {matchLabels: {app: a}}}]}]'), 'c', 'b', 'nothing'],
    ['podSelector {}: every pod of the namespace', toB('[{from: [{podSelector: {}}]}]'), 'a', 'b', all],
    ['…and none of another', toB('[{from: [{podSelector: {}}]}]'), 'c', 'b', 'nothing'],
    ['namespaceSelector alone: every pod of those namespaces', toB('[{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]'), 'c', 'b', all],
    ['…and not the policy’s own where its labels do not fit', toB('[{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]'), 'a', 'b', 'nothing'],
    ['namespaceSelector {}: every namespace', toB('[{from: [{namespaceSelector: {}}]}]'), 'c', 'b', all],
    ['…and no address outside', toB('[{from: [{namespaceSelector: {}}]}]'), '192.0.2.1', 'b', 'nothing'],
    [
      'both selectors: both must hold',
      toB('[{from: [{namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {app: b}}}]}]'),
      'c',
      'b',
      'nothing',
    ],
    [
      '…and let in what fits both',
      toB('[{from: [{namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {app: a}}}]}]'),
      'c',
      'b',
      all,
    ],
    [
      'two peers: either is enough',
      toB('[{from: [{namespaceSelector: {matchLabels: {team: x}}}, {podSelector: {matchLabels: {app: z}}}]}]'),
      'c',
      'b',
      all,
    ],
    [
      'kubernetes.io/metadata.name is on every namespace',
      toB('[{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: two}}}]}]'),
      'c',
      'b',
      all,
    ],
    ['a label name is not, where nobody sets it', toB('[{from: [{namespaceSelector: {matchLabels: {name: two}}}]}]'), 'c', 'b', 'nothing'],
    [
      'NotIn holds where the label is missing',
      toB('[{from: [{podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [x]}]}}]}]'),
      'a',
      'b',
      all,
    ],
    ['Exists', toB('[{from: [{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}]}]'), 'a', 'b', all],
    ['DoesNotExist', toB('[{from: [{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}]}]'), 'a', 'b', 'nothing'],
  ],
  addresses: [
    ['inside the range', fromA('[{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]'), 'a', '10.1.2.3', all],
    ['outside it', fromA('[{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]'), 'a', '11.0.0.1', 'nothing'],
    ['except leaves out', fromA('[{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]'), 'a', '10.1.2.3', 'nothing'],
    [
      '…unless another peer allows it',
      fromA('[{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {ipBlock: {cidr: 10.1.2.0/24}}]}]'),
      'a',
      '10.1.2.3',
      all,
    ],
    ['host bits do not matter', fromA('[{to: [{ipBlock: {cidr: 10.0.0.5/16}}]}]'), 'a', '10.0.255.1', all],
    ['IPv6', fromA('[{to: [{ipBlock: {cidr: "2001:db8::/32"}}]}]'), 'a', '2001:db8::1', all],
    ['0.0.0.0/0 is not IPv6', fromA('[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]'), 'a', '2001:db8::1', 'nothing'],
    ['an address range means no pod', fromA('[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]'), 'a', 'b', 'nothing'],
    ['a named port means nothing at an address', fromA('[{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: http}]}]'), 'a', '10.1.2.3', 'nothing'],
  ],
  ports: [
    ['TCP where protocol is absent', toB('[{ports: [{port: 53}]}]'), 'a', 'b', 'TCP 53'],
    ['a protocol without a port: all of its ports', toB('[{ports: [{protocol: UDP}]}]'), 'a', 'b', 'UDP 1-65535'],
    ['an empty port: every TCP port', toB('[{ports: [{}]}]'), 'a', 'b', 'TCP 1-65535'],
    ['endPort is inclusive', toB('[{ports: [{port: 80, endPort: 82}]}]'), 'a', 'b', 'TCP 80-82'],
    ['a name is looked up at the destination', toB('[{ports: [{port: http}]}]'), 'a', 'b', 'TCP 80'],
    ['…at each with its own number', fromA('[{ports: [{port: http}], to: [{namespaceSelector: {}}]}]'), 'a', 'c', 'TCP 8080'],
    ['…with its protocol', toB('[{ports: [{port: dns}]}]'), 'a', 'b', 'nothing'],
    ['…which may be UDP', toB('[{ports: [{port: dns, protocol: UDP}]}]'), 'a', 'b', 'UDP 53'],
    ['a name that nobody declares matches nothing', toB('[{ports: [{port: https}]}]'), 'a', 'b', 'nothing'],
    ['SCTP', toB('[{ports: [{port: 7777, protocol: SCTP}]}]'), 'a', 'b', 'SCTP 7777'],
  ],
  'the tiers': [
    [
      'Deny before NetworkPolicies',
      admin(`{priority: 1, subject: ${everyone}, ingress: [{action: Deny, from: [${everyone}]}]}`) + toB('[{}]'),
      'a',
      'b',
      'nothing',
    ],
    [
      'Allow before NetworkPolicies',
      admin(`{priority: 1, subject: ${everyone}, ingress: [{action: Allow, from: [${everyone}]}]}`) + toB('[]'),
      'a',
      'b',
      all,
    ],
    [
      'Pass leaves it to NetworkPolicies',
      admin(`{priority: 1, subject: ${everyone}, ingress: [{action: Pass, from: [${everyone}]}, {action: Deny, from: [${everyone}]}]}`) +
        toB('[{ports: [{port: 80}]}]'),
      'a',
      'b',
      'TCP 80',
    ],
    [
      'Pass without a NetworkPolicy leaves it to the baseline',
      admin(`{priority: 1, subject: ${everyone}, ingress: [{action: Pass, from: [${everyone}]}]}`) +
        baseline(`{subject: ${everyone}, ingress: [{action: Deny, from: [${everyone}]}]}`),
      'a',
      'b',
      'nothing',
    ],
    [
      'the lower priority number is asked first',
      admin(`{priority: 2, subject: ${everyone}, ingress: [{action: Deny, from: [${everyone}]}]}`) +
        admin(`{priority: 1, subject: ${everyone}, ingress: [{action: Allow, from: [${everyone}]}]}`, 'first'),
      'a',
      'b',
      all,
    ],
    [
      'the first rule that matches decides',
      admin(
        `{priority: 1, subject: ${everyone}, ingress: [{action: Deny, from: [${everyone}], ports: [{portNumber: {port: 80}}]}, {action: Allow, from: [${everyone}]}]}`,
      ),
      'a',
      'b',
      'SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535',
    ],
    [
      'what no rule matches goes to the next tier',
      admin(`{priority: 1, subject: ${everyone}, ingress: [{action: Allow, from: [${everyone}], ports: [{portNumber: {port: 80}}]}]}`) + toB('[]'),
      'a',
      'b',
      'TCP 80',
    ],
    [
      'a NetworkPolicy that isolates keeps the baseline out',
      baseline(`{subject: ${everyone}, ingress: [{action: Allow, from: [${everyone}]}]}`) + toB('[]'),
      'a',
      'b',
      'nothing',
    ],
    [
      'the baseline denies where nothing isolates',
      baseline(`{subject: ${everyone}, ingress: [{action: Deny, from: [${everyone}]}]}`),
      'a',
      'b',
      'nothing',
    ],
    ['the directions are decided apart', admin(`{priority: 1, subject: ${onA}, egress: [{action: Deny, to: [${everyone}]}]}`), 'b', 'a', all],
    [
      'the subject by namespace and pod labels',
      admin(`{priority: 1, subject: ${onA}, egress: [{action: Deny, to: [${everyone}]}]}`),
      'a',
      'b',
      'nothing',
    ],
    ['…and none beside it', admin(`{priority: 1, subject: ${onA}, egress: [{action: Deny, to: [${everyone}]}]}`), 'c', 'b', all],
    ['host network pods are no subject', admin(`{priority: 1, subject: ${everyone}, egress: [{action: Deny, to: [${everyone}]}]}`), 'h', 'b', all],
    ['…and no peer', admin(`{priority: 1, subject: ${everyone}, egress: [{action: Deny, to: [${everyone}]}]}`), 'a', 'h', all],
    [
      'networks of an egress rule',
      admin(`{priority: 1, subject: ${everyone}, egress: [{action: Deny, to: [{networks: [10.0.0.0/8]}]}]}`),
      'a',
      '10.1.2.3',
      'nothing',
    ],
    [
      'a named port, whatever its protocol',
      admin(`{priority: 1, subject: ${everyone}, ingress: [{action: Allow, from: [${everyone}], ports: [{namedPort: dns}]}]}`) + toB('[]'),
      'a',
      'b',
      'UDP 53',
    ],
    [
      'a port range',
      admin(
        `{priority: 1, subject: ${everyone}, ingress: [{action: Allow, from: [${everyone}], ports: [{portRange: {start: 80, end: 82, protocol: UDP}}]}]}`,
      ) + toB('[]'),
      'a',
      'b',
      'UDP 80-82',
    ],
    [
      'ClusterNetworkPolicy, tier Admin',
      wide(
        `{tier: Admin, priority: 1, subject: ${everyone}, ingress: [{action: Accept, from: [${everyone}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]}`,
      ) + toB('[]'),
      'a',
      'b',
      'TCP 80',
    ],
    [
      '…in the version of today, for pods of all namespaces',
      wide(
        `{tier: Admin, priority: 1, subject: {pods: {podSelector: {}}}, ingress: [{action: Accept, from: [{pods: {podSelector: {}}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]}`,
      ).replace('v1alpha2', 'v1beta1') + toB('[]'),
      'a',
      'b',
      'TCP 80',
    ],
    [
      'ClusterNetworkPolicy, tier Baseline',
      wide(`{tier: Baseline, priority: 1, subject: ${everyone}, ingress: [{action: Deny, from: [${everyone}], protocols: [{udp: {}}]}]}`),
      'a',
      'b',
      'SCTP 1-65535,TCP 1-65535',
    ],
    [
      '…with a range, and a named port',
      wide(
        `{tier: Admin, priority: 1, subject: ${everyone}, ingress: [{action: Accept, from: [${everyone}], protocols: [{tcp: {destinationPort: {range: {start: 1, end: 2}}}}, {destinationNamedPort: http}]}]}`,
      ) + toB('[]'),
      'a',
      'b',
      'TCP 1-2,80',
    ],
  ],
};

const count = Object.values(cases).reduce((sum, list) => sum + list.length, 0);

test(`there are at least 60 statements (${count})`, () => {
  expect(count).toBeGreaterThanOrEqual(60);
});

describe.each(Object.entries(cases))('%s', (_, list) => {
  test.each(list.map(([statement, policies, from, to, expected]) => ({ statement, policies, from, to, expected })))(
    '$statement',
    ({ policies, from, to, expected }) => {
      expect(passes(policies, from, to)).toBe(expected);
    },
  );
});
