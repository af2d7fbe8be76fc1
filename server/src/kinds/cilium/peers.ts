import type { Direction } from '../../model/policy.ts';
import type { Field, FieldType, ListType, ObjectType, ScalarType } from '../fieldTypes.ts';
import { anything, text } from '../kubernetes/meta.ts';

/** Whom rules of Cilium's policies mean: selectors, entities, ranges, Services, names. Source: cilium/cilium pkg/policy/api. */

export const list = (of: FieldType, more: Partial<ListType> = {}): ListType => ({ is: 'list', of, ...more });
export const texts = list(text);

const operators = {
  In: 'The label’s value is one of `values`.',
  NotIn: 'The label’s value is none of `values`, or the label is missing.',
  Exists: 'The label is there, whatever its value. Takes no `values`.',
  DoesNotExist: 'The label is missing. Takes no `values`.',
};

/** Labels with sources (`k8s:app`), which Kubernetes' grammar of labels does not allow. */
export const selector = (role: 'cilium-subject' | 'cilium-peer' | 'cilium-nodes' | 'cilium-sets', name: string): ObjectType => ({
  is: 'object',
  name,
  role,
  fields: {
    matchLabels: {
      type: { is: 'map', of: { is: 'string' }, role: 'cilium-labels' },
      doc: 'Labels that must all be there with exactly these values. A key may name its source: `k8s:`, `any:` or `reserved:`; without one, any source counts.',
      empty: 'no label is asked for, so everything matches',
    },
    matchExpressions: {
      type: list({
        is: 'object',
        name: 'a match expression',
        role: 'expression',
        fields: {
          key: { type: { is: 'string', role: 'cilium-label-key' }, doc: 'The label that the expression looks at.', required: true },
          operator: { type: { is: 'string', role: 'operator', values: operators }, doc: 'How the label’s value is compared.', required: true },
          values: { type: list(text, { role: 'expression-values' }), doc: 'The values to compare with. `In` and `NotIn` need at least one.' },
        },
      }),
      doc: 'Conditions on labels, all of which must hold, together with `matchLabels`.',
      empty: 'no condition is asked for, so everything matches',
      snippet: '\n  - key: ${1:app}\n    operator: ${2|In,NotIn,Exists,DoesNotExist|}\n    values: [${3}]',
    },
  },
});

const endpoints = selector('cilium-peer', 'a selector of endpoints');
const endpointsSnippet = '\n  - matchLabels:\n      ${1:app}: $2';

const cidr: ScalarType = { is: 'string', role: 'cidr' };
const cidrRule: ObjectType = {
  is: 'object',
  name: 'a CIDR rule',
  role: 'cilium-cidr-rule',
  exactlyOne: ['cidr', 'cidrGroupRef', 'cidrGroupSelector'],
  fields: {
    cidr: { type: cidr, doc: 'The address range. It never matches pods, nodes or anything else that Cilium manages.' },
    cidrGroupRef: { type: { is: 'string', role: 'subdomain-name' }, doc: 'Name of a CiliumCIDRGroup whose ranges are meant.' },
    cidrGroupSelector: { type: selector('cilium-sets', 'a selector of CIDR groups'), doc: 'The CiliumCIDRGroups with these labels.' },
    except: { type: list({ is: 'string', role: 'except' }), doc: 'Ranges inside `cidr` that are left out.' },
  },
};

/** What Cilium gives a name to. Source: cilium/cilium pkg/policy/api/entity.go. */
const entities = {
  all: 'Everything, inside and outside the cluster.',
  world: 'Every address outside the cluster.',
  cluster: 'Every endpoint and node of the cluster.',
  'cluster-mesh': 'Every endpoint and node of the cluster and of those that are meshed with it; from Cilium 1.20 on.',
  host: 'The node that the pod runs on, with all containers that use its network.',
  'remote-node': 'The other nodes of the cluster.',
  'kube-apiserver': 'The API server, wherever it runs.',
  ingress: 'Cilium’s own ingress and gateway proxies.',
  health: 'Cilium’s health checks.',
  init: 'Endpoints of which the labels are not known yet.',
  unmanaged: 'Pods that Cilium does not manage.',
  none: 'Nobody.',
};

export const commonPeers = (direction: Direction): Readonly<Record<string, Field>> => {
  const [word, what] = direction === 'ingress' ? ['from', 'sources'] : ['to', 'destinations'];
  const absent = `the rule does not ask which endpoints the ${what} are`;
  return {
    [`${word}Endpoints`]: {
      type: list(endpoints, { role: 'cilium-peers' }),
      doc: `Endpoints by their labels; each item is an alternative. In a CiliumNetworkPolicy only those of its own namespace, unless \`k8s:io.kubernetes.pod.namespace\` or a namespace’s label says otherwise.`,
      absent,
      empty: 'nobody: an empty list matches nothing',
      snippet: endpointsSnippet,
    },
    [`${word}Entities`]: {
      type: list({ is: 'string', role: 'choice', values: entities }, { role: 'cilium-peers' }),
      doc: `What Cilium gives a name to: \`world\`, \`cluster\`, \`kube-apiserver\` and others.`,
      absent,
      empty: 'nobody: an empty list matches nothing',
      snippet: '\n  - ${1|world,cluster,host,remote-node,kube-apiserver,ingress,all|}',
    },
    [`${word}CIDR`]: {
      type: list(cidr, { role: 'cilium-peers' }),
      doc: 'Address ranges outside the cluster. They never match pods or nodes.',
      absent,
      empty: 'nobody: an empty list matches nothing',
      snippet: '\n  - ${1:192.0.2.0/24}',
    },
    [`${word}CIDRSet`]: {
      type: list(cidrRule, { role: 'cilium-peers' }),
      doc: 'Address ranges outside the cluster with exceptions, or CIDR groups. They never match pods or nodes.',
      absent,
      empty: 'nobody: an empty list matches nothing',
      snippet: '\n  - cidr: ${1:10.0.0.0/8}',
    },
    [`${word}Nodes`]: {
      type: list(selector('cilium-nodes', 'a selector of nodes'), { role: 'cilium-peers' }),
      doc: 'Nodes by their labels; only where Cilium runs with node selector labels.',
      absent,
    },
    [`${word}Groups`]: { type: list(anything, { role: 'cilium-peers' }), doc: 'Groups of a cloud provider, such as AWS security groups.', absent },
    [`${word}Requires`]: {
      type: list(anything, { role: 'cilium-requires' }),
      doc: 'No longer supported, and refused from Cilium 1.19 on: a requirement that endpoints had to meet beside every other rule.',
    },
  };
};

/** Of these a rule may have one. Source: cilium/cilium pkg/policy/api/rule_validation.go. */
export const exclusivePeers = {
  ingress: ['fromEndpoints', 'fromEntities', 'fromCIDR', 'fromCIDRSet', 'fromNodes', 'fromGroups'],
  egress: ['toEndpoints', 'toEntities', 'toCIDR', 'toCIDRSet', 'toServices', 'toFQDNs', 'toNodes', 'toGroups'],
} as const;

export const services: Field = {
  type: list(
    {
      is: 'object',
      name: 'a service',
      exactlyOne: ['k8sService', 'k8sServiceSelector'],
      fields: {
        k8sService: {
          type: {
            is: 'object',
            name: 'the name of a Service',
            fields: {
              serviceName: { type: text, doc: 'Name of the Service.' },
              namespace: { type: text, doc: 'Namespace of the Service.', absent: 'any namespace' },
            },
          },
          doc: 'A Kubernetes Service by its name.',
        },
        k8sServiceSelector: {
          type: {
            is: 'object',
            name: 'a selector of Services',
            fields: {
              selector: { type: selector('cilium-sets', 'a selector of Services'), doc: 'Services by their labels.', required: true },
              namespace: { type: text, doc: 'Namespace of the Services.', absent: 'any namespace' },
            },
          },
          doc: 'Kubernetes Services by their labels.',
        },
      },
    },
    { role: 'cilium-peers' },
  ),
  doc: 'Backends of Services. Not together with `toPorts`.',
  absent: 'the rule does not ask for Services',
  snippet: '\n  - k8sService:\n      serviceName: $1\n      namespace: $2',
};

export const fqdn: ObjectType = {
  is: 'object',
  name: 'a name in DNS',
  role: 'cilium-fqdn',
  exactlyOne: ['matchName', 'matchPattern'],
  fields: {
    matchName: { type: text, doc: 'Exactly this name: `api.example.com`.' },
    matchPattern: {
      type: text,
      doc: 'Names of this form: `*` stands for any number of letters, digits, `-` and `_` inside one part of the name, a leading `**.` for any number of parts; `*` alone for every name.',
    },
  },
};

export const fqdns: Field = {
  type: list(fqdn, { role: 'cilium-peers' }),
  doc: 'Addresses that the cluster’s DNS answered for these names. Cilium must see the answers: another rule must send DNS through its proxy (`rules.dns`).',
  absent: 'the rule does not ask for names',
  empty: 'nobody: an empty list matches nothing',
  snippet: '\n  - matchName: ${1:api.example.com}',
};
