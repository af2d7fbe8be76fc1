import type { Field, KindTable, ListType, ObjectType } from '../fieldTypes.ts';
import { apiVersionField, kindField, labelSelector, objectMeta } from './meta.ts';

/**
 * networking.k8s.io/v1 NetworkPolicy.
 * Sources: kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go (fields),
 * pkg/apis/networking/v1/defaults.go (defaults), pkg/apis/networking/validation/validation.go (what is required).
 */
const protocols = {
  TCP: 'Transmission Control Protocol; also the default.',
  UDP: 'User Datagram Protocol: DNS, QUIC, syslog.',
  SCTP: 'Stream Control Transmission Protocol: telecommunication signalling.',
};

const policyPort: ObjectType = {
  is: 'object',
  name: 'a port of a rule',
  role: 'policy-port',
  fields: {
    port: {
      type: { is: 'intOrString', role: 'port' },
      doc: 'A port of the destination pods, after Service translation: the container’s port, not the Service’s. A number from 1 to 65535, or the name of a container port.',
      absent: 'every port of the protocol',
    },
    protocol: { type: { is: 'string', role: 'protocol', values: protocols }, doc: 'The protocol: `TCP`, `UDP` or `SCTP`.', absent: 'TCP' },
    endPort: {
      type: { is: 'integer', role: 'end-port' },
      doc: 'Last port of a range that begins at `port`, inclusive. Only with a numeric `port`, and not below it.',
      absent: 'the single port of `port`',
    },
  },
};

const ipBlock: ObjectType = {
  is: 'object',
  name: 'an ipBlock',
  role: 'ip-block',
  fields: {
    cidr: {
      type: { is: 'string', role: 'cidr' },
      doc: 'The address range that is allowed, IPv4 or IPv6, such as `10.0.0.0/8` or `2001:db8::/32`.',
      required: true,
    },
    except: {
      type: { is: 'list', of: { is: 'string', role: 'except' } },
      doc: 'Ranges inside `cidr` that this peer leaves out. Another rule may still allow them: policies only add.',
      absent: 'the whole of `cidr`',
      empty: 'nothing is left out',
    },
  },
};

const peer: ObjectType = {
  is: 'object',
  name: 'a peer',
  role: 'peer',
  fields: {
    podSelector: {
      type: labelSelector,
      doc: 'Pods by their labels. Alone: pods of the policy’s own namespace. Beside `namespaceSelector` in the same list item: such pods of those namespaces (both must hold).',
      absent: 'every pod of the namespaces that `namespaceSelector` selects',
      empty: 'every pod: of the policy’s own namespace, or of the selected namespaces',
      snippet: '\n  matchLabels:\n    ${1:app}: $2',
    },
    namespaceSelector: {
      type: labelSelector,
      doc: 'Namespaces by their labels, never by name; every namespace carries the label `kubernetes.io/metadata.name`. Alone: all pods of those namespaces.',
      absent: 'the policy’s own namespace',
      empty: 'every namespace of the cluster',
      snippet: '\n  matchLabels:\n    kubernetes.io/metadata.name: $1',
    },
    ipBlock: {
      type: ipBlock,
      doc: 'An address range, meant for addresses outside the cluster. It stands alone in its list item. Whether it matches pods or Services differs by network plugin.',
      snippet: '\n  cidr: ${1:10.0.0.0/8}',
    },
  },
};

const ports: ListType = { is: 'list', of: policyPort, role: 'ports' };
const peers: ListType = { is: 'list', of: peer, role: 'peers' };

const portsField: Field = {
  type: ports,
  doc: 'The ports of the destination pods that this rule opens; each item is an alternative.',
  absent: 'every port of every protocol',
  empty: 'every port of every protocol, as if it were left out',
  snippet: '\n  - protocol: ${1|TCP,UDP,SCTP|}\n    port: ${2:80}',
};

const peerSnippet = '\n  - podSelector:\n      matchLabels:\n        ${1:app}: $2';

function rule(direction: 'ingress' | 'egress'): ObjectType {
  const [key, what] = direction === 'ingress' ? ['from', 'sources'] : ['to', 'destinations'];
  return {
    is: 'object',
    name: `an ${direction} rule`,
    role: 'rule',
    fields: {
      [key]: {
        type: peers,
        doc: `The ${what} that this rule allows; each item is an alternative (OR).`,
        absent: `every peer, inside and outside the cluster`,
        empty: 'every peer, as if it were left out',
        snippet: peerSnippet,
      },
      ports: portsField,
    },
  };
}

const policyTypes = {
  Ingress: 'Isolate the selected pods for connections that come in: only what ingress rules allow passes.',
  Egress: 'Isolate the selected pods for connections that go out: only what egress rules allow passes.',
};

const spec: ObjectType = {
  is: 'object',
  name: 'a NetworkPolicy’s spec',
  role: 'policy-spec',
  fields: {
    podSelector: {
      type: labelSelector,
      doc: 'The pods of the policy’s namespace that the policy applies to, by the labels of the pods themselves.',
      absent: 'every pod of the namespace, as if it were `{}`',
      empty: 'every pod of the namespace',
      snippet: '\n  matchLabels:\n    ${1:app}: $2',
    },
    policyTypes: {
      type: { is: 'list', of: { is: 'string', role: 'policy-type', values: policyTypes }, role: 'policy-types' },
      doc: 'The directions in which the selected pods are isolated. A direction that is listed without a rule is denied.',
      absent: '`Ingress`, and `Egress` too where there is at least one egress rule',
      empty: 'as if it were left out',
      snippet: '\n  - ${1|Ingress,Egress|}',
    },
    ingress: {
      type: { is: 'list', of: rule('ingress'), role: 'rules' },
      doc: 'What may come in to the selected pods. Each rule adds to what the others, and other policies, allow.',
      absent: 'no rule: nothing comes in, where `Ingress` is among the policy types',
      empty: 'no rule: nothing comes in, where `Ingress` is among the policy types',
      snippet:
        '\n  - from:\n      - podSelector:\n          matchLabels:\n            ${1:app}: $2\n    ports:\n      - protocol: TCP\n        port: ${3:80}',
    },
    egress: {
      type: { is: 'list', of: rule('egress'), role: 'rules' },
      doc: 'What may go out from the selected pods. Each rule adds to what the others, and other policies, allow. Remember DNS.',
      absent: 'no rule: nothing goes out, where `Egress` is among the policy types',
      empty: 'no rule: nothing goes out, where `Egress` is among the policy types',
      snippet:
        '\n  - to:\n      - podSelector:\n          matchLabels:\n            ${1:app}: $2\n    ports:\n      - protocol: TCP\n        port: ${3:80}',
    },
  },
};

export const networkPolicy: KindTable = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  namespaced: true,
  validated: true,
  url: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  skeleton: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: \${1:allow-app}
  namespace: \${2:default}
spec:
  podSelector:
    matchLabels:
      \${3:app}: \${4:web}
  policyTypes:
    - Ingress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              \${5:app}: \${6:client}
      ports:
        - protocol: \${7|TCP,UDP,SCTP|}
          port: \${8:8080}`,
  type: {
    is: 'object',
    name: 'a NetworkPolicy',
    role: 'policy',
    fields: {
      apiVersion: apiVersionField,
      kind: kindField,
      metadata: {
        type: objectMeta(true),
        doc: 'Name, namespace and labels of the policy itself.',
        required: true,
        snippet: '\n  name: ${1:name}\n  namespace: ${2:default}',
      },
      spec: {
        type: spec,
        doc: 'Which pods the policy applies to, and what they may receive and send.',
        absent: 'the policy selects every pod of its namespace and lets nothing in',
        snippet: '\n  podSelector:\n    matchLabels:\n      ${1:app}: $2',
      },
    },
  },
};
