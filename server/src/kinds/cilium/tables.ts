import type { Direction } from '../../model/policy.ts';
import type { Field, KindTable, ListType, ObjectType } from '../fieldTypes.ts';
import { anything, apiVersionField, kindField, objectMeta, text } from '../kubernetes/meta.ts';
import { commonPeers, fqdn, fqdns, list, selector, services, texts } from './peers.ts';

/**
 * Cilium's policies: CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and the CIDR groups that they name.
 * Sources: cilium/cilium pkg/policy/api (fields, rule_validation.go), pkg/k8s/apis/cilium.io/v2 (kinds).
 */
const url = 'https://docs.cilium.io/en/stable/security/policy/';
const apiVersion = 'cilium.io/v2';

const protocols = {
  TCP: 'Transmission Control Protocol.',
  UDP: 'User Datagram Protocol.',
  SCTP: 'Stream Control Transmission Protocol.',
  ANY: 'TCP, UDP and SCTP; also the default.',
  VRRP: 'Virtual Router Redundancy Protocol, where extended protocols are on; without a port.',
  IGMP: 'Internet Group Management Protocol, where extended protocols are on; without a port.',
  GRE: 'Generic Routing Encapsulation, where extended protocols are on; without a port; from Cilium 1.20 on.',
  IPIP: 'IPv4 in IP, where extended protocols are on; without a port; from Cilium 1.20 on.',
  IPV6: 'IPv6 in IP, where extended protocols are on; without a port; from Cilium 1.20 on.',
  ESP: 'Encrypted packets of IPsec, where extended protocols are on; without a port; from Cilium 1.20 on.',
  AH: 'Authenticated packets of IPsec, where extended protocols are on; without a port; from Cilium 1.20 on.',
};

const ports: Field = {
  type: list(
    {
      is: 'object',
      name: 'a port',
      role: 'cilium-port',
      fields: {
        port: {
          type: { is: 'string', role: 'cilium-port-value' },
          doc: 'A port number as text, `"80"`, `"0"` for every port, or the name of a container port.',
        },
        endPort: { type: { is: 'integer', minimum: 0, maximum: 65535 }, doc: 'Last port of a range that begins at `port`, inclusive.' },
        protocol: { type: { is: 'string', role: 'choice', values: protocols }, doc: 'The protocol.', absent: 'any of TCP, UDP and SCTP' },
      },
    },
    { maxItems: 40, role: 'cilium-port-list' },
  ),
  doc: 'Ports of the destination, at most 40.',
  snippet: '\n  - port: "${1:80}"\n    protocol: ${2|TCP,UDP,SCTP,ANY|}',
};

const http: ObjectType = {
  is: 'object',
  name: 'an HTTP rule',
  role: 'cilium-http',
  fields: {
    method: { type: text, doc: 'The method, as a regular expression: `GET`, `GET|HEAD`.', absent: 'every method' },
    path: { type: text, doc: 'The path, as a regular expression that must match all of it: `/public/.*`.', absent: 'every path' },
    host: { type: text, doc: 'The host header, as a regular expression.', absent: 'every host' },
    headers: { type: texts, doc: 'Headers that must be there: `X-Token: secret`.' },
    headerMatches: { type: list(anything), doc: 'Headers that must have values, and what is done where they do not.' },
  },
};

const layerSeven: ObjectType = {
  is: 'object',
  name: 'rules of a protocol above',
  role: 'cilium-l7',
  fields: {
    http: {
      type: list(http),
      doc: 'HTTP requests that are allowed; every other on these ports is refused.',
      empty: 'no request is looked at',
      snippet: '\n  - method: ${1:GET}\n    path: ${2:/public/.*}',
    },
    dns: {
      type: list({ ...fqdn, name: 'a DNS rule' }),
      doc: 'Names that may be asked for; every other is refused. With it, Cilium sees the answers that `toFQDNs` needs.',
      snippet: '\n  - matchPattern: "${1:*}"',
    },
    kafka: { type: list(anything), doc: 'Kafka requests that are allowed; every other on these ports is refused. Gone from Cilium 1.20 on.' },
    l7proto: { type: text, doc: 'Name of another protocol that a proxy understands. Gone from Cilium 1.20 on.' },
    l7: { type: list(anything), doc: 'Rules of the protocol that `l7proto` names. Gone from Cilium 1.20 on.' },
  },
};

const portRule: ObjectType = {
  is: 'object',
  name: 'a port rule',
  role: 'cilium-port-rule',
  fields: {
    ports,
    rules: {
      type: layerSeven,
      doc: 'Which requests on these ports are allowed: of HTTP, DNS, Kafka or another protocol; of one of them alone.',
      absent: 'everything on these ports',
      snippet: '\n  http:\n    - method: ${1:GET}\n      path: ${2:/public/.*}',
    },
    serverNames: {
      type: { ...list({ is: 'string', role: 'server-name', maxLength: 255 }, { minItems: 1 }), unique: 'name' },
      doc: 'Names that TLS connections ask for (SNI); `*` for parts.',
      absent: 'every name',
    },
    listener: { type: anything, doc: 'A listener of Envoy that the connections are sent through.' },
    originatingTLS: { type: anything, doc: 'TLS that the proxy begins anew with the destination.' },
    terminatingTLS: { type: anything, doc: 'TLS that the proxy ends.' },
  },
};
const denyPortRule: ObjectType = { is: 'object', name: 'a port rule', role: 'cilium-port-rule', fields: { ports } };

const icmps: Field = {
  type: list({
    is: 'object',
    name: 'an ICMP rule',
    fields: {
      fields: {
        type: list(
          {
            is: 'object',
            name: 'an ICMP type',
            fields: {
              family: {
                type: { is: 'string', role: 'choice', values: { IPv4: 'ICMP of IPv4; also the default.', IPv6: 'ICMP of IPv6.' } },
                doc: 'Family of addresses.',
                absent: 'IPv4',
              },
              type: { type: { is: 'intOrString', role: 'icmp-type' }, doc: 'The type, by number or name: `8`, `EchoRequest`.', required: true },
            },
          },
          { maxItems: 40 },
        ),
        doc: 'ICMP types, at most 40.',
      },
    },
  }),
  doc: 'ICMP types. Not together with `toPorts`.',
  absent: 'ICMP passes where the rule names no ports',
  snippet: '\n  - fields:\n      - type: ${1:EchoRequest}\n        family: ${2|IPv4,IPv6|}',
};

function rules(direction: Direction, denies: boolean): ListType {
  const portsField: Field = {
    type: list(denies ? denyPortRule : portRule, { role: 'cilium-port-rules' }),
    doc: `Ports of the destination that the rule ${denies ? 'denies' : 'allows'}.`,
    absent: 'every port',
    snippet: '\n  - ports:\n      - port: "${1:80}"\n        protocol: ${2|TCP,UDP,SCTP,ANY|}',
  };
  return list(
    {
      is: 'object',
      name: `an ${direction}${denies ? ' deny' : ''} rule`,
      role: 'cilium-rule',
      fields: {
        ...commonPeers(direction),
        ...(direction === 'egress' ? { toServices: services, ...(denies ? {} : { toFQDNs: fqdns }) } : {}),
        toPorts: portsField,
        icmps,
        ...(denies
          ? {}
          : {
              authentication: {
                type: {
                  is: 'object',
                  name: 'authentication',
                  fields: {
                    mode: {
                      type: {
                        is: 'string',
                        role: 'choice',
                        values: {
                          disabled: 'None.',
                          required: 'Both ends must prove who they are.',
                          'test-always-fail': 'For tests: it always fails.',
                        },
                      },
                      doc: 'What is asked for.',
                      required: true,
                    },
                  },
                },
                doc: 'Whether both ends must prove who they are.',
              } satisfies Field,
            }),
      },
    },
    { role: 'cilium-rules' },
  );
}

const ruleSnippet = (word: string) =>
  `\n  - ${word}Endpoints:\n      - matchLabels:\n          \${1:app}: $2\n    toPorts:\n      - ports:\n          - port: "\${3:80}"\n            protocol: TCP`;

const spec: ObjectType = {
  is: 'object',
  name: 'a Cilium rule',
  role: 'cilium-spec',
  exactlyOne: ['endpointSelector', 'nodeSelector'],
  fields: {
    endpointSelector: {
      type: selector('cilium-subject', 'a selector of endpoints'),
      doc: 'The endpoints (pods) that the policy applies to, by their labels; in a CiliumNetworkPolicy, those of its own namespace.',
      empty: 'every endpoint: of the policy’s namespace, or of the cluster',
      snippet: '\n  matchLabels:\n    ${1:app}: $2',
    },
    nodeSelector: {
      type: selector('cilium-nodes', 'a selector of nodes'),
      doc: 'The nodes that the policy applies to; only in a CiliumClusterwideNetworkPolicy, with Cilium’s host firewall.',
      empty: 'every node',
    },
    ingress: {
      type: rules('ingress', false),
      doc: 'What may come in. With at least one rule everything else that comes in is denied.',
      absent: 'nothing is said of what comes in',
      empty: 'nothing is said of what comes in: an empty list does not isolate',
      snippet: ruleSnippet('from'),
    },
    ingressDeny: {
      type: rules('ingress', true),
      doc: 'What may never come in, whatever any policy allows.',
      absent: 'nothing is denied by name',
      snippet: ruleSnippet('from'),
    },
    egress: {
      type: rules('egress', false),
      doc: 'What may go out. With at least one rule everything else that goes out is denied. Remember DNS.',
      absent: 'nothing is said of what goes out',
      empty: 'nothing is said of what goes out: an empty list does not isolate',
      snippet: ruleSnippet('to'),
    },
    egressDeny: {
      type: rules('egress', true),
      doc: 'What may never go out, whatever any policy allows.',
      absent: 'nothing is denied by name',
      snippet: ruleSnippet('to'),
    },
    enableDefaultDeny: {
      type: {
        is: 'object',
        name: 'a default',
        fields: {
          ingress: {
            type: { is: 'boolean' },
            doc: 'Whether what no rule allows is denied on the way in.',
            absent: 'true once there is a rule for what comes in',
          },
          egress: {
            type: { is: 'boolean' },
            doc: 'Whether what no rule allows is denied on the way out.',
            absent: 'true once there is a rule for what goes out',
          },
        },
      },
      doc: 'Whether the policy isolates the endpoints that it selects.',
      absent: 'each direction that has rules is isolated',
      snippet: '\n  ingress: ${1|false,true|}\n  egress: ${2|false,true|}',
    },
    description: { type: text, doc: 'A note for people.' },
    labels: { type: list(anything), doc: 'Labels of the rule itself.' },
    log: {
      type: { is: 'object', name: 'a log setting', fields: { value: { type: text, doc: 'A text that stands in the logs of flows.' } } },
      doc: 'How matches are logged.',
    },
  },
};

const policy = (kind: string, namespaced: boolean, skeleton: string): KindTable => ({
  apiVersion,
  kind,
  url,
  namespaced,
  validated: true,
  skeleton,
  type: {
    is: 'object',
    name: `a ${kind}`,
    role: 'policy',
    fields: {
      apiVersion: apiVersionField,
      kind: kindField,
      metadata: {
        type: objectMeta(namespaced),
        doc: 'Name and labels of the policy itself.',
        required: true,
        snippet: namespaced ? '\n  name: ${1:name}\n  namespace: ${2:default}' : '\n  name: ${1:name}',
      },
      spec: { type: spec, doc: 'Whom the policy applies to, and what they may receive and send.', required: ['specs'] },
      specs: { type: list(spec), doc: 'Several rules in one object, each for itself.' },
      status: { type: anything, doc: 'Set by the cluster.', serverSide: true },
    },
  },
});

const skeletonOf = (kind: string, metadata: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: \${1:allow-app}\n${metadata}spec:\n  endpointSelector:\n    matchLabels:\n      \${3:app}: \${4:web}\n  ingress:\n    - fromEndpoints:\n        - matchLabels:\n            \${5:app}: \${6:client}\n      toPorts:\n        - ports:\n            - port: "\${7:8080}"\n              protocol: \${8|TCP,UDP,SCTP,ANY|}`;

const cidrGroup = (version: string): KindTable => ({
  apiVersion: version,
  kind: 'CiliumCIDRGroup',
  url,
  namespaced: false,
  validated: true,
  ...(version === apiVersion
    ? {
        skeleton: `apiVersion: ${version}\nkind: CiliumCIDRGroup\nmetadata:\n  name: \${1:offices}\nspec:\n  externalCIDRs:\n    - \${2:192.0.2.0/24}`,
      }
    : {}),
  type: {
    is: 'object',
    name: 'a CiliumCIDRGroup',
    fields: {
      apiVersion: apiVersionField,
      kind: kindField,
      metadata: { type: objectMeta(false), doc: 'Name and labels of the group.', required: true, snippet: '\n  name: ${1:name}' },
      spec: {
        type: {
          is: 'object',
          name: 'a CIDR group’s spec',
          fields: {
            externalCIDRs: {
              type: list({ is: 'string', role: 'cidr' }, { minItems: 0 }),
              doc: 'The address ranges of the group.',
              required: true,
              snippet: '\n  - ${1:192.0.2.0/24}',
            },
          },
        },
        doc: 'The ranges that policies mean by the group’s name or labels.',
        required: true,
      },
    },
  },
});

export const ciliumTables: readonly KindTable[] = [
  policy('CiliumNetworkPolicy', true, skeletonOf('CiliumNetworkPolicy', '  namespace: ${2:default}\n')),
  policy('CiliumClusterwideNetworkPolicy', false, skeletonOf('CiliumClusterwideNetworkPolicy', '')),
  cidrGroup(apiVersion),
  // Served until it is taken away, as of 1.20.
  cidrGroup('cilium.io/v2alpha1'),
];
