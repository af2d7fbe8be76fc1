import type { Field, KindTable, ListType, ObjectType, ScalarType } from '../fieldTypes.ts';
import { anything, apiVersionField, kindField, labelSelector, objectMeta } from '../kubernetes/meta.ts';
import { experimental, newPort, oldPort } from './ports.ts';

/**
 * The cluster-wide policies of SIG Network: AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1) and their
 * successor ClusterNetworkPolicy (v1alpha2 and v1beta1, which are alike). Source: kubernetes-sigs/network-policy-api 0.1.7 and 0.3.0:
 * apis, config/crd. Fields of the experimental channel are taken, too: which channel a cluster has, no manifest tells.
 */
const url = 'https://network-policy-api.sigs.k8s.io/api-overview/';

const selectorSnippet = '\n  matchLabels:\n    ${1:kubernetes.io/metadata.name}: $2';

const podsOf = (namespaces: Pick<Field, 'required' | 'absent'>): ObjectType => ({
  is: 'object',
  name: 'a selection of pods',
  fields: {
    namespaceSelector: {
      type: labelSelector,
      doc: 'The namespaces of the pods, by their labels.',
      ...namespaces,
      empty: 'every namespace',
      snippet: selectorSnippet,
    },
    podSelector: {
      type: labelSelector,
      doc: 'The pods of those namespaces, by their labels.',
      required: true,
      empty: 'every pod of those namespaces',
      snippet: '\n  matchLabels:\n    ${1:app}: $2',
    },
  },
});

const namespacesField: Field = {
  type: labelSelector,
  doc: 'Every pod of the namespaces with these labels.',
  empty: 'every pod of every namespace',
  snippet: selectorSnippet,
};
const podsField = (type: ObjectType): Field => ({
  type,
  doc: 'Pods by the labels of their namespace and their own; both must hold.',
  snippet: '\n  namespaceSelector:\n    matchLabels:\n      kubernetes.io/metadata.name: ${1}\n  podSelector:\n    matchLabels:\n      ${2:app}: $3',
});

const subjectOf = (pods: ObjectType): ObjectType => ({
  is: 'object',
  name: 'the subject of a policy',
  role: 'admin-subject',
  exactlyOne: ['namespaces', 'pods'],
  fields: { namespaces: namespacesField, pods: podsField(pods) },
});

/** The most ranges, and the most names, of one peer. */
const mostInPeer = 25;

const nodesField: Field = {
  type: labelSelector,
  doc: `Nodes by their labels. No manifest tells their addresses, so netpol cannot say which these are. ${experimental}`,
  empty: 'every node',
};
const networksField = (range: ScalarType): Field => ({
  type: { is: 'list', of: range, minItems: 1, maxItems: mostInPeer, unique: 'range' },
  doc: `Address ranges, at most ${mostInPeer}. Meant for what is outside the cluster; pods whose addresses lie inside match, too.`,
  snippet: '\n  - ${1:10.0.0.0/8}',
});
const domainNamesField: Field = {
  type: { is: 'list', of: { is: 'string', role: 'domain-name' }, role: 'domain-names', minItems: 1, maxItems: mostInPeer, unique: 'name' },
  doc: `Names outside the cluster, exact or \`*.\` and a suffix; at most ${mostInPeer}, and only in rules that allow. ${experimental}`,
  snippet: '\n  - ${1:example.com}',
};

interface Version {
  readonly actions: Readonly<Record<string, string>>;
  readonly portsKey: string;
  readonly port: ObjectType;
  /** Most rules of a direction. */
  readonly maxItems: number;
  /** Most peers of a rule, and most ports. */
  readonly maxPeers: number;
  readonly pods: ObjectType;
  /** Beside pods and namespaces. */
  readonly egressPeers: Readonly<Record<string, Field>>;
}

function rules(direction: 'ingress' | 'egress', { actions, portsKey, port, maxItems, maxPeers, pods, egressPeers }: Version): ListType {
  const key = direction === 'ingress' ? 'from' : 'to';
  const extra = direction === 'egress' ? egressPeers : {};
  const peer: ObjectType = {
    is: 'object',
    name: 'a peer',
    role: 'admin-peer',
    exactlyOne: ['namespaces', 'pods', ...Object.keys(extra)],
    fields: { namespaces: namespacesField, pods: podsField(pods), ...extra },
  };
  const rule: ObjectType = {
    is: 'object',
    name: `an ${direction} rule`,
    role: 'rule',
    fields: {
      action: {
        type: { is: 'string', role: 'action', values: actions },
        doc: 'What becomes of traffic that this rule matches. The first rule that matches decides.',
        required: true,
      },
      [key]: {
        type: { is: 'list', of: peer, role: 'peers', minItems: 1, maxItems: maxPeers },
        doc: `The ${direction === 'ingress' ? 'sources' : 'destinations'} that the rule matches; each item is an alternative (OR).`,
        required: true,
        snippet: '\n  - namespaces:\n      matchLabels:\n        kubernetes.io/metadata.name: $1',
      },
      [portsKey]: {
        type: { is: 'list', of: port, role: 'ports', minItems: 1, maxItems: maxPeers },
        doc: 'The ports that the rule matches; each item is an alternative.',
        absent: 'every port of every protocol',
      },
      name: { type: { is: 'string', maxLength: 100 }, doc: 'A name for people and logs, at most 100 characters.' },
    },
  };
  return {
    is: 'list',
    of: rule,
    role: 'rules',
    maxItems,
  };
}

const priority: Field = {
  type: { is: 'integer', minimum: 0, maximum: 1000 },
  doc: 'Which of several policies is asked first: the lower number. 0 to 1000; the order of two policies of the same tier and priority is undefined.',
  required: true,
};

interface Options {
  readonly apiVersion: string;
  readonly kind: string;
  readonly version: Version;
  readonly before: Readonly<Record<string, Field>>;
  readonly fixedName?: string;
  readonly skeleton?: string;
}

function table({ apiVersion, kind, version, before, fixedName, skeleton }: Options): KindTable {
  const ruleSnippet = (key: string) =>
    `\n  - action: \${1|${Object.keys(version.actions).join(',')}|}\n    ${key}:\n      - namespaces:\n          matchLabels:\n            kubernetes.io/metadata.name: $2`;
  const spec: ObjectType = {
    is: 'object',
    name: `a ${kind}’s spec`,
    fields: {
      ...before,
      subject: {
        type: subjectOf(version.pods),
        doc: 'The pods that the policy applies to, in any namespace. Pods of the host network are never among them.',
        required: true,
        snippet: '\n  namespaces: {}',
      },
      ingress: {
        type: rules('ingress', version),
        doc: 'Rules for what comes in to the subject, in order.',
        absent: 'nothing is said of what comes in',
        snippet: ruleSnippet('from'),
      },
      egress: {
        type: rules('egress', version),
        doc: 'Rules for what goes out from the subject, in order.',
        absent: 'nothing is said of what goes out',
        snippet: ruleSnippet('to'),
      },
    },
  };
  return {
    apiVersion,
    kind,
    url,
    namespaced: false,
    validated: true,
    ...(skeleton ? { skeleton } : {}),
    ...(fixedName ? { fixedName } : {}),
    type: {
      is: 'object',
      name: `${kind.startsWith('A') ? 'an' : 'a'} ${kind}`,
      role: 'policy',
      fields: {
        apiVersion: apiVersionField,
        kind: kindField,
        metadata: {
          type: objectMeta(false),
          doc: 'Name and labels of the policy itself.',
          required: true,
          snippet: `\n  name: ${fixedName ?? '${1:name}'}`,
        },
        spec: { type: spec, doc: 'Which pods the policy applies to, and what it decides for them.', required: true },
        status: { type: anything, doc: 'Set by the cluster.', serverSide: true },
      },
    },
  };
}

const skeletonOf = (apiVersion: string, kind: string, name: string, spec: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
const subjectLines = '  subject:\n    namespaces: {}\n';
const ruleLines = (action: string) =>
  `  ingress:\n    - action: ${action}\n      from:\n        - namespaces:\n            matchLabels:\n              kubernetes.io/metadata.name: \${3:monitoring}`;

const allow = 'The traffic passes, whatever NetworkPolicies say.';
const deny = 'The traffic is denied, whatever NetworkPolicies say.';
const pass = 'The rest of the tier is skipped: NetworkPolicies decide, then the baseline.';

const old = 'policy.networking.k8s.io/v1alpha1';
/** The newest first. */
const current = ['policy.networking.k8s.io/v1beta1', 'policy.networking.k8s.io/v1alpha2'] as const;

const oldNetworks = networksField({ is: 'string', role: 'cidr' });

const oldVersion = {
  portsKey: 'ports',
  port: oldPort,
  maxItems: 100,
  maxPeers: 100,
  pods: podsOf({ required: true }),
} as const satisfies Partial<Version>;

const clusterNetworkPolicy: Omit<Options, 'apiVersion' | 'skeleton'> = {
  kind: 'ClusterNetworkPolicy',
  version: {
    actions: { Accept: allow, Deny: deny, Pass: pass },
    portsKey: 'protocols',
    port: newPort,
    maxItems: 25,
    maxPeers: 25,
    pods: podsOf({ absent: 'every namespace' }),
    egressPeers: { nodes: nodesField, networks: networksField({ is: 'string', role: 'cidr', exact: true }), domainNames: domainNamesField },
  },
  before: {
    tier: {
      type: {
        is: 'string',
        role: 'tier',
        values: { Admin: 'Asked before NetworkPolicies.', Baseline: 'Asked where no NetworkPolicy isolates the pod.' },
      },
      doc: 'When the policy is asked: before NetworkPolicies or after them.',
      required: true,
    },
    priority,
  },
};

export const adminTables: readonly KindTable[] = [
  table({
    apiVersion: old,
    kind: 'AdminNetworkPolicy',
    version: {
      ...oldVersion,
      actions: { Allow: allow, Deny: deny, Pass: pass },
      egressPeers: { nodes: nodesField, networks: oldNetworks, domainNames: domainNamesField },
    },
    before: { priority },
    skeleton: skeletonOf(
      old,
      'AdminNetworkPolicy',
      '${1:allow-monitoring}',
      `  priority: \${2:50}\n${subjectLines}${ruleLines('${4|Allow,Deny,Pass|}')}`,
    ),
  }),
  table({
    apiVersion: old,
    kind: 'BaselineAdminNetworkPolicy',
    version: {
      ...oldVersion,
      actions: {
        Allow: 'The traffic passes where no NetworkPolicy selects the pod.',
        Deny: 'The traffic is denied where no NetworkPolicy selects the pod.',
      },
      egressPeers: { nodes: nodesField, networks: oldNetworks },
    },
    before: {},
    fixedName: 'default',
    skeleton: skeletonOf(old, 'BaselineAdminNetworkPolicy', 'default', `${subjectLines}${ruleLines('${4|Deny,Allow|}')}`),
  }),
  table({
    ...clusterNetworkPolicy,
    apiVersion: current[0],
    skeleton: skeletonOf(
      current[0],
      'ClusterNetworkPolicy',
      '${1:allow-monitoring}',
      `  tier: \${5|Admin,Baseline|}\n  priority: \${2:50}\n${subjectLines}${ruleLines('${4|Accept,Deny,Pass|}')}`,
    ),
  }),
  table({ ...clusterNetworkPolicy, apiVersion: current[1] }),
];
