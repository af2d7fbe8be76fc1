import type { Field, FieldType, KindTable, ListType, ObjectType } from '../fieldTypes.ts';
import { anything, apiVersionField, kindField, objectMeta, text } from '../kubernetes/meta.ts';

/**
 * Calico's policies, tiers and network sets. The API server of Calico takes projectcalico.org/v3; without it the same
 * objects are stored, and may be written, as crd.projectcalico.org/v1.
 * Source: projectcalico/calico api/pkg/apis/projectcalico/v3.
 */
const url = 'https://docs.tigera.io/calico/latest/reference/resources/';
const calicoApiVersions = ['projectcalico.org/v3', 'crd.projectcalico.org/v1'] as const;

const list = (of: FieldType, more: Partial<ListType> = {}): ListType => ({ is: 'list', of, ...more });
const texts = list(text);
const selector: FieldType = { is: 'string', role: 'calico-selector' };
const nets = list({ is: 'string', role: 'net' }, { maxItems: 256 });
const ports = list({ is: 'intOrString', role: 'calico-port' }, { maxItems: 50 });

const actions = {
  Allow: 'The traffic passes: no later rule, policy or tier is asked.',
  Deny: 'The traffic is denied: no later rule, policy or tier is asked.',
  Pass: 'The rest of the tier is skipped, and the next tier decides.',
  Log: 'The traffic is logged, and the next rule is asked.',
};

const entity = (side: 'source' | 'destination'): ObjectType => ({
  is: 'object',
  name: `the ${side} of a rule`,
  role: 'calico-entity',
  fields: {
    selector: {
      type: selector,
      doc: 'Pods and network sets by their labels, in Calico’s selector language: `app == "web"`.',
      absent: 'the rule does not ask for labels',
      snippet: ' ${1:app} == "${2:web}"',
    },
    notSelector: {
      type: selector,
      doc: 'Everything but pods with these labels: traffic from outside the cluster, too.',
      absent: 'nothing is left out',
    },
    namespaceSelector: {
      type: selector,
      doc: 'The namespaces of the pods and network sets, by the labels of the namespaces; `projectcalico.org/name` is a namespace’s name. `global()` means what belongs to no namespace.',
      absent: 'in a NetworkPolicy the policy’s own namespace, in a GlobalNetworkPolicy every one',
      snippet: ' projectcalico.org/name == "${1:default}"',
    },
    nets: { type: nets, doc: 'Address ranges.', absent: 'every address', snippet: '\n  - ${1:10.0.0.0/8}' },
    notNets: { type: nets, doc: 'Address ranges that are left out.', absent: 'nothing is left out' },
    ports: {
      type: ports,
      doc: `Ports of the ${side}: numbers, ranges such as \`"8000:8080"\`, or names of container ports. The rule must have a \`protocol\` with ports.`,
      absent: 'every port',
      snippet: '\n  - ${1:80}',
    },
    notPorts: { type: ports, doc: `Ports of the ${side} that are left out.`, absent: 'nothing is left out' },
    serviceAccounts: {
      type: {
        is: 'object',
        name: 'service accounts',
        fields: {
          names: { type: texts, doc: 'Names of service accounts.' },
          selector: { type: selector, doc: 'Service accounts by their labels. No manifest that netpol reads tells these labels.' },
        },
      },
      doc: 'Pods that run under these service accounts.',
      absent: 'every service account',
      snippet: '\n  names: [${1:default}]',
    },
    services: {
      type: {
        is: 'object',
        name: 'a Service',
        fields: {
          name: { type: text, doc: 'Name of the Service.', required: true },
          namespace: { type: text, doc: 'Namespace of the Service.', absent: 'the policy’s own namespace' },
        },
      },
      doc: 'The pods behind a Service. Stands without selectors and ranges.',
      absent: 'the rule does not ask for a Service',
      snippet: '\n  name: $1\n  namespace: $2',
    },
  },
});

const protocolDoc = '`TCP`, `UDP`, `SCTP`, `ICMP`, `ICMPv6`, `UDPLite`, or a number from 1 to 255.';
const icmp: ObjectType = {
  is: 'object',
  name: 'an ICMP match',
  fields: {
    type: { type: { is: 'integer', minimum: 0, maximum: 254 }, doc: 'The ICMP type: 8 is an echo request.' },
    code: { type: { is: 'integer', minimum: 0, maximum: 255 }, doc: 'The ICMP code; only with a type.' },
  },
};

const rule = (direction: 'ingress' | 'egress'): ObjectType => ({
  is: 'object',
  name: `an ${direction} rule`,
  role: 'calico-rule',
  fields: {
    action: {
      type: { is: 'string', role: 'choice', values: actions },
      doc: 'What becomes of traffic that the rule matches. The first rule that matches decides.',
      required: true,
    },
    protocol: {
      type: { is: 'intOrString', role: 'calico-protocol' },
      doc: `The protocol: ${protocolDoc}`,
      absent: 'every protocol',
      snippet: ' ${1|TCP,UDP,SCTP,ICMP,ICMPv6|}',
    },
    notProtocol: {
      type: { is: 'intOrString', role: 'calico-protocol' },
      doc: `Every protocol but this: ${protocolDoc}`,
      absent: 'nothing is left out',
    },
    source: {
      type: entity('source'),
      doc: direction === 'ingress' ? 'Where the traffic comes from.' : 'Which of the pods that the policy selects.',
      absent: direction === 'ingress' ? 'everywhere' : 'all of them',
      snippet: '\n  selector: ${1:app} == "${2:web}"',
    },
    destination: {
      type: entity('destination'),
      doc: direction === 'ingress' ? 'Which of the pods that the policy selects, and their ports.' : 'Where the traffic goes, and the ports there.',
      absent: direction === 'ingress' ? 'all of them, on every port' : 'everywhere, on every port',
      snippet: direction === 'ingress' ? '\n  ports: [${1:80}]' : '\n  selector: ${1:app} == "${2:web}"\n  ports: [${3:80}]',
    },
    http: {
      type: {
        is: 'object',
        name: 'an HTTP match',
        fields: {
          methods: { type: list(text, { maxItems: 20 }), doc: 'Methods, each an alternative.', absent: 'every method' },
          paths: {
            type: list(
              {
                is: 'object',
                name: 'a path',
                exactlyOne: ['exact', 'prefix'],
                fields: {
                  exact: { type: text, doc: 'Exactly this path.' },
                  prefix: { type: text, doc: 'Every path that begins so.' },
                },
              },
              { maxItems: 20 },
            ),
            doc: 'Paths, each an alternative.',
            absent: 'every path',
          },
        },
      },
      doc: 'Which HTTP requests; only in rules that allow, and where Calico’s application layer policies are installed.',
      absent: 'everything, HTTP or not',
      snippet: '\n  methods: [${1:GET}]\n  paths:\n    - prefix: ${2:/public}',
    },
    icmp: { type: icmp, doc: 'Which ICMP packets; only with protocol ICMP or ICMPv6.', absent: 'all of them' },
    notICMP: { type: icmp, doc: 'ICMP packets that are left out.', absent: 'nothing is left out' },
    ipVersion: { type: { is: 'integer', minimum: 4, maximum: 6 }, doc: '4 or 6.', absent: 'both' },
    metadata: { type: anything, doc: 'Annotations of the rule.' },
  },
});

const ruleSnippet = (direction: 'ingress' | 'egress') =>
  direction === 'ingress'
    ? '\n  - action: ${1|Allow,Deny,Pass,Log|}\n    protocol: ${2|TCP,UDP,SCTP|}\n    source:\n      selector: ${3:app} == "${4:client}"\n    destination:\n      ports: [${5:80}]'
    : '\n  - action: ${1|Allow,Deny,Pass,Log|}\n    protocol: ${2|TCP,UDP,SCTP|}\n    destination:\n      selector: ${3:app} == "${4:db}"\n      ports: [${5:80}]';

function policySpec(kind: string, isGlobal: boolean, isStaged: boolean): ObjectType {
  const rules = (direction: 'ingress' | 'egress'): Field => ({
    type: list(rule(direction), { role: 'calico-rules', maxItems: 1024 }),
    doc: `Rules for what ${direction === 'ingress' ? 'comes in' : 'goes out'}, in order: the first that matches decides.`,
    absent: 'no rule: what the types list is denied at the end of the tier',
    snippet: ruleSnippet(direction),
  });
  return {
    is: 'object',
    name: `a ${kind}’s spec`,
    role: 'calico-spec',
    fields: {
      tier: {
        type: { is: 'string', role: 'calico-tier' },
        doc: 'The tier that the policy stands in. Tiers are asked one after the other.',
        absent: '`default`',
      },
      order: {
        type: { is: 'number' },
        doc: 'Place among the policies of the tier: the lower number is asked first. Kubernetes’ NetworkPolicies stand at 1000 in the tier `default`.',
        absent: 'last',
      },
      selector: {
        type: selector,
        doc: `The ${isGlobal ? 'pods and host endpoints' : 'pods of the policy’s namespace'} that the policy applies to, in Calico’s selector language.`,
        absent: isGlobal ? 'every pod and host endpoint' : 'every pod of the namespace',
        snippet: ' ${1:app} == "${2:web}"',
      },
      ...(isGlobal
        ? {
            namespaceSelector: {
              type: selector,
              doc: 'The namespaces of the pods that the policy applies to, by the labels of the namespaces.',
              absent: 'every namespace, and host endpoints',
              snippet: ' projectcalico.org/name == "${1:default}"',
            } satisfies Field,
          }
        : {}),
      serviceAccountSelector: { type: selector, doc: 'Of these pods those whose service account has these labels.', absent: 'all of them' },
      types: {
        type: list(
          {
            is: 'string',
            role: 'choice',
            values: {
              Ingress: 'What comes in: what no rule of the tier matches is denied.',
              Egress: 'What goes out: what no rule of the tier matches is denied.',
            },
          },
          { role: 'calico-types', maxItems: 2 },
        ),
        doc: 'The directions that the policy is about.',
        absent: '`Ingress`, or `Egress` where there are egress rules alone, or both where there are both',
        snippet: '\n  - ${1|Ingress,Egress|}',
      },
      ingress: rules('ingress'),
      egress: rules('egress'),
      ...(isGlobal
        ? {
            doNotTrack: {
              type: { is: 'boolean' },
              doc: 'Before connections are tracked; for host endpoints. Needs `applyOnForward`.',
              absent: 'false',
            } satisfies Field,
            preDNAT: {
              type: { is: 'boolean' },
              doc: 'Before addresses of Services are translated; for host endpoints. Needs `applyOnForward`, and no egress.',
              absent: 'false',
            } satisfies Field,
            applyOnForward: { type: { is: 'boolean' }, doc: 'Also for traffic that a host endpoint forwards.', absent: 'false' } satisfies Field,
          }
        : {}),
      performanceHints: { type: texts, doc: 'Hints that change nothing of what passes: `AssumeNeededOnEveryNode`.' },
      ...(isStaged
        ? {
            stagedAction: {
              type: {
                is: 'string',
                role: 'choice',
                values: {
                  Set: 'It shows what the policy would do if it were created.',
                  Delete: 'It shows what would happen if the policy of this name were deleted.',
                  Learn: 'It was made from recorded flows.',
                  Ignore: 'It is not looked at.',
                },
              },
              doc: 'What the staged policy stands for. It is never enforced.',
              absent: '`Set`',
            } satisfies Field,
          }
        : {}),
    },
  };
}

interface Options {
  readonly kind: string;
  readonly namespaced: boolean;
  readonly spec: ObjectType;
  readonly specDoc: string;
  readonly isPolicy: boolean;
  readonly skeleton: string;
}

const tablesOf = ({ kind, namespaced, spec, specDoc, isPolicy, skeleton }: Options): readonly KindTable[] =>
  calicoApiVersions.map((apiVersion) => ({
    apiVersion,
    kind,
    url: `${url}${kind.toLowerCase().replace(/^staged/, '')}`,
    namespaced,
    validated: true,
    ...(apiVersion === calicoApiVersions[0]
      ? {
          skeleton: `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: \${1:name}\n${namespaced ? '  namespace: ${2:default}\n' : ''}spec:\n${skeleton}`,
        }
      : {}),
    type: {
      is: 'object',
      name: kind === 'NetworkPolicy' ? 'a NetworkPolicy of Calico' : `a ${kind}`,
      ...(isPolicy ? { role: 'policy' as const } : {}),
      fields: {
        apiVersion: apiVersionField,
        kind: kindField,
        metadata: {
          type: objectMeta(namespaced),
          doc: 'Name and labels of the object itself.',
          required: true,
          snippet: namespaced ? '\n  name: ${1:name}\n  namespace: ${2:default}' : '\n  name: ${1:name}',
        },
        spec: { type: spec, doc: specDoc },
      },
    },
  }));

const policy = (kind: string, isGlobal: boolean): readonly KindTable[] => {
  const isStaged = kind.startsWith('Staged');
  return tablesOf({
    kind,
    namespaced: !isGlobal,
    spec: policySpec(kind, isGlobal, isStaged),
    specDoc: isStaged ? 'What the policy would do if it were enforced. It is not.' : 'Whom the policy applies to, and what becomes of their traffic.',
    isPolicy: true,
    skeleton:
      '  selector: ${3:app} == "${4:web}"\n  types:\n    - Ingress\n  ingress:\n    - action: Allow\n      protocol: TCP\n      source:\n        selector: ${5:app} == "${6:client}"\n      destination:\n        ports: [${7:8080}]',
  });
};

const set = (kind: string, namespaced: boolean): readonly KindTable[] =>
  tablesOf({
    kind,
    namespaced,
    isPolicy: false,
    specDoc: 'The addresses of the set.',
    spec: {
      is: 'object',
      name: `a ${kind}’s spec`,
      fields: {
        nets: {
          type: list({ is: 'string', role: 'net' }),
          doc: 'Address ranges. Policies mean them by the set’s labels.',
          snippet: '\n  - ${1:192.0.2.0/24}',
        },
        allowedEgressDomains: { type: texts, doc: 'Names in DNS; only in Calico Enterprise and Calico Cloud.' },
      },
    },
    skeleton: '  nets:\n    - ${3:192.0.2.0/24}',
  });

export const calicoTables: readonly KindTable[] = [
  ...policy('NetworkPolicy', false),
  ...policy('GlobalNetworkPolicy', true),
  ...policy('StagedNetworkPolicy', false),
  ...policy('StagedGlobalNetworkPolicy', true),
  ...tablesOf({
    kind: 'Tier',
    namespaced: false,
    isPolicy: false,
    specDoc: 'Where the tier stands.',
    spec: {
      is: 'object',
      name: 'a Tier’s spec',
      fields: {
        order: { type: { is: 'number' }, doc: 'The lower number is asked first. The tier `default` stands at 1000000.', absent: 'last' },
        defaultAction: {
          type: {
            is: 'string',
            role: 'choice',
            values: {
              Deny: 'What the tier’s policies select and no rule matches is denied.',
              Pass: 'What no rule matches is left to the next tier.',
            },
          },
          doc: 'What becomes of traffic that policies of the tier are about and no rule matches.',
          absent: '`Deny`',
        },
      },
    },
    skeleton: '  order: ${3:100}',
  }),
  ...set('NetworkSet', true),
  ...set('GlobalNetworkSet', false),
];
