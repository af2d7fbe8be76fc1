import { describe, expect, test } from 'vitest';
import { passesIn } from '../support/passes.ts';

/**
 * One small case for each statement of what Cilium's and Calico's policies mean. Pods: `a` (app=a, service account robot),
 * `b` (app=b, tier=back) and `h` (host network) of namespace one, `c` (app=a) of namespace two (team=x), `d` (k8s-app=kube-dns)
 * of kube-system. `b` and `c` listen on http (TCP 80); Service `svc` of one leads to `b`.
 */
const world = `
apiVersion: v1
kind: Namespace
metadata: {name: one, labels: {team: y}}
---
apiVersion: v1
kind: Namespace
metadata: {name: two, labels: {team: x}}
---
apiVersion: v1
kind: Service
metadata: {name: svc, namespace: one, labels: {kind: internal}}
spec: {selector: {app: b}, ports: [{port: 8080, targetPort: 80}]}
${[
  ['a', 'one', 'app: a', '{serviceAccountName: robot}'],
  ['b', 'one', 'app: b, tier: back', '{containers: [{ports: [{name: http, containerPort: 80}]}]}'],
  ['c', 'two', 'app: a', '{containers: [{ports: [{name: http, containerPort: 80}]}]}'],
  ['h', 'one', 'app: host', '{hostNetwork: true}'],
  ['d', 'kube-system', 'k8s-app: kube-dns', '{}'],
]
  .map(
    ([name, namespace, labels, spec]) =>
      `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {${labels}}}\nspec: ${spec}\n`,
  )
  .join('')}`;

const manifest = (apiVersion: string, kind: string, metadata: string, spec: string, key = 'spec') =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {${metadata}}\n${key}: ${spec}\n`;
const kubernetes = (spec: string, name = 'k') => manifest('networking.k8s.io/v1', 'NetworkPolicy', `name: ${name}, namespace: one`, spec);
const cilium = (spec: string, name = 'p') => manifest('cilium.io/v2', 'CiliumNetworkPolicy', `name: ${name}, namespace: one`, spec);
const clusterwide = (spec: string, name = 'w') => manifest('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', `name: ${name}`, spec);
const calico = (spec: string, name = 'p') => manifest('projectcalico.org/v3', 'NetworkPolicy', `name: ${name}, namespace: one`, spec);
const global = (spec: string, name = 'g') => manifest('projectcalico.org/v3', 'GlobalNetworkPolicy', `name: ${name}`, spec);
const tier = (name: string, spec: string) => manifest('projectcalico.org/v3', 'Tier', `name: ${name}`, spec);
const admin = (spec: string) => manifest('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'name: adm', spec);

const passes = (policies: string, from: string, to: string): string => passesIn(world + policies, from, to);

const all = 'All Connections';
type Case = readonly [statement: string, policies: string, from: string, to: string, passes: string];
const toB = (ingress: string, more = '') => cilium(`{endpointSelector: {matchLabels: {app: b}}, ingress: ${ingress}${more}}`);
const fromA = (egress: string) => cilium(`{endpointSelector: {matchLabels: {app: a}}, egress: ${egress}}`);
const denyB = (deny: string, allow = '[{fromEntities: [all]}]') =>
  cilium(`{endpointSelector: {matchLabels: {app: b}}, ingress: ${allow}, ingressDeny: ${deny}}`);
const gB = (rules: string, more = '') => calico(`{selector: app == 'b', types: [Ingress], ingress: ${rules}${more}}`);
const gA = (rules: string) => calico(`{selector: app == 'a', types: [Egress], egress: ${rules}}`);
const fromSelector = (selector: string) => gB(`[{action: Allow, source: {selector: "${selector}"}}]`);

const cases: Readonly<Record<string, readonly Case[]>> = {
  'Cilium: isolation': [
    ['an endpoint that no rule selects is open', cilium('{endpointSelector: {matchLabels: {app: z}}, ingress: [{}]}'), 'a', 'b', all],
    ['ingress: [] does not isolate', toB('[]'), 'a', 'b', all],
    ['ingress: [{}] isolates and allows nothing', toB('[{}]'), 'a', 'b', 'nothing'],
    ['…and leaves what goes out open', toB('[{}]'), 'b', 'a', all],
    ['an empty endpointSelector selects the namespace', cilium('{endpointSelector: {}, ingress: [{}]}'), 'c', 'a', 'nothing'],
    ['…and no other', cilium('{endpointSelector: {}, ingress: [{}]}'), 'a', 'c', all],
    ['enableDefaultDeny false does not isolate', toB('[{fromEndpoints: [{}]}]', ', enableDefaultDeny: {ingress: false}'), 'c', 'b', all],
    [
      'enableDefaultDeny true does not isolate without a rule',
      cilium('{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}], egress: [], enableDefaultDeny: {egress: true}}'),
      'a',
      'c',
      all,
    ],
    [
      '…but with one that denies',
      cilium('{endpointSelector: {}, egressDeny: [{toEndpoints: [{matchLabels: {app: b}}]}], enableDefaultDeny: {egress: true}}'),
      'a',
      'c',
      'nothing',
    ],
    [
      'deny rules alone isolate too',
      cilium('{endpointSelector: {matchLabels: {app: b}}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: a}}]}]}'),
      'c',
      'b',
      'nothing',
    ],
    [
      'a policy that asks for another label of its namespace than that has',
      cilium('{endpointSelector: {matchLabels: {"k8s:io.cilium.k8s.namespace.labels.team": nobody}}, ingress: [{}]}'),
      'a',
      'b',
      all,
    ],
    [
      '…for the one that it has',
      cilium('{endpointSelector: {matchLabels: {"k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name": one}}, ingress: [{}]}'),
      'c',
      'b',
      'nothing',
    ],
    [
      '…for another namespace, by Cilium’s own key: it gives way to the policy’s',
      cilium('{endpointSelector: {matchLabels: {"k8s:io.kubernetes.pod.namespace": other}}, ingress: [{}]}'),
      'c',
      'b',
      'nothing',
    ],
    [
      '…by an expression',
      cilium('{endpointSelector: {matchExpressions: [{key: "k8s:io.kubernetes.pod.namespace", operator: In, values: [other]}]}, ingress: [{}]}'),
      'c',
      'b',
      all,
    ],
    ['pods of the host network are not selected', cilium('{endpointSelector: {}, ingress: [{}]}'), 'a', 'h', all],
    ['a policy for nodes selects no pod', clusterwide('{nodeSelector: {}, ingress: [{}]}'), 'a', 'b', all],
    [
      'of specs each counts for itself',
      manifest(
        'cilium.io/v2',
        'CiliumNetworkPolicy',
        'name: s, namespace: one',
        '[{endpointSelector: {matchLabels: {app: z}}, ingress: [{}]}, {endpointSelector: {matchLabels: {app: b}}, ingress: [{}]}]',
        'specs',
      ),
      'a',
      'b',
      'nothing',
    ],
  ],
  'Cilium: peers': [
    ['fromEndpoints means the own namespace', toB('[{fromEndpoints: [{matchLabels: {app: a}}]}]'), 'a', 'b', all],
    ['…and no other', toB('[{fromEndpoints: [{matchLabels: {app: a}}]}]'), 'c', 'b', 'nothing'],
    ['an empty selector means all of the own namespace', toB('[{fromEndpoints: [{}]}]'), 'a', 'b', all],
    ['…and nobody beyond', toB('[{fromEndpoints: [{}]}]'), 'c', 'b', 'nothing'],
    ['another namespace by its label', toB('[{fromEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: two}}]}]'), 'c', 'b', all],
    ['…which then leaves the own out', toB('[{fromEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: two}}]}]'), 'a', 'b', 'nothing'],
    ['namespaces by their labels', toB('[{fromEndpoints: [{matchLabels: {k8s:io.cilium.k8s.namespace.labels.team: x}}]}]'), 'c', 'b', all],
    ['…that do not fit', toB('[{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: z}}]}]'), 'c', 'b', 'nothing'],
    [
      'every namespace by an expression',
      toB('[{fromEndpoints: [{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]}]}]'),
      'c',
      'b',
      all,
    ],
    ['the same label as Cilium has it inside', toB('[{fromEndpoints: [{matchLabels: {k8s.io.kubernetes.pod.namespace: two}}]}]'), 'c', 'b', all],
    ['the source k8s: is the label itself', toB('[{fromEndpoints: [{matchLabels: {k8s:app: a}}]}]'), 'a', 'b', all],
    ['the source any: too', toB('[{fromEndpoints: [{matchLabels: {any:app: a}}]}]'), 'a', 'b', all],
    ['reserved: labels are on no pod', toB('[{fromEndpoints: [{matchLabels: {reserved:host: ""}}]}]'), 'a', 'b', 'nothing'],
    ['a service account by its label', toB('[{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: robot}}]}]'), 'a', 'b', all],
    ['…that is another', toB('[{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: other}}]}]'), 'a', 'b', 'nothing'],
    ['an empty list matches nobody', toB('[{fromEndpoints: []}]'), 'a', 'b', 'nothing'],
    ['an absent list beside ports matches everybody', toB('[{toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]'), 'c', 'b', 'TCP 80'],
    ['…and addresses', toB('[{toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]'), '1.1.1.1', 'b', 'TCP 80'],
    ['the entity world is every address outside', toB('[{fromEntities: [world]}]'), '1.1.1.1', 'b', all],
    ['…of IPv6, too', toB('[{fromEntities: [world]}]'), '2001:db8::1', 'b', all],
    ['…and no pod', toB('[{fromEntities: [world]}]'), 'a', 'b', 'nothing'],
    ['the entity cluster is every pod', toB('[{fromEntities: [cluster]}]'), 'c', 'b', all],
    ['…among those that are meshed, too', toB('[{fromEntities: [cluster-mesh]}]'), 'c', 'b', all],
    ['…and no address', toB('[{fromEntities: [cluster-mesh]}]'), '1.1.1.1', 'b', 'nothing'],
    ['…and no address outside', toB('[{fromEntities: [cluster]}]'), '1.1.1.1', 'b', 'nothing'],
    ['the entity all is everything', toB('[{fromEntities: [all]}]'), '1.1.1.1', 'b', all],
    ['the entity none is nobody', toB('[{fromEntities: [none]}]'), 'a', 'b', 'nothing'],
    ['other entities no manifest holds', toB('[{fromEntities: [kube-apiserver]}]'), 'a', 'b', 'nothing'],
    ['a CIDR is for addresses', toB('[{fromCIDR: [192.0.2.0/24]}]'), '192.0.2.7', 'b', all],
    ['a single address needs no length', toB('[{fromCIDR: [192.0.2.7]}]'), '192.0.2.8', 'b', 'nothing'],
    ['a CIDR never matches pods', toB('[{fromCIDR: [0.0.0.0/0]}]'), 'a', 'b', 'nothing'],
    ['exceptions are left out', toB('[{fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}]}]'), '10.1.2.3', 'b', 'nothing'],
    [
      'a CIDR group by its name',
      `${manifest('cilium.io/v2', 'CiliumCIDRGroup', 'name: offices', '{externalCIDRs: [192.0.2.0/24]}')}${toB('[{fromCIDRSet: [{cidrGroupRef: offices}]}]')}`,
      '192.0.2.7',
      'b',
      all,
    ],
    [
      '…in the version of before',
      `${manifest('cilium.io/v2alpha1', 'CiliumCIDRGroup', 'name: offices', '{externalCIDRs: [192.0.2.0/24]}')}${toB('[{fromCIDRSet: [{cidrGroupRef: offices}]}]')}`,
      '192.0.2.7',
      'b',
      all,
    ],
    [
      '…that is another',
      `${manifest('cilium.io/v2', 'CiliumCIDRGroup', 'name: offices', '{externalCIDRs: [192.0.2.0/24]}')}${toB('[{fromCIDRSet: [{cidrGroupRef: others}]}]')}`,
      '192.0.2.7',
      'b',
      'nothing',
    ],
    [
      'CIDR groups by their labels',
      `${manifest('cilium.io/v2', 'CiliumCIDRGroup', 'name: offices, labels: {site: x}', '{externalCIDRs: [192.0.2.0/24]}')}${toB('[{fromCIDRSet: [{cidrGroupSelector: {matchLabels: {site: x}}}]}]')}`,
      '192.0.2.7',
      'b',
      all,
    ],
    ['a Service is the pods behind it', fromA('[{toServices: [{k8sService: {serviceName: svc, namespace: one}}]}]'), 'a', 'b', all],
    ['…of any namespace where it names none', fromA('[{toServices: [{k8sService: {serviceName: svc}}]}]'), 'a', 'b', all],
    ['…and of none where it names another', fromA('[{toServices: [{k8sService: {serviceName: svc, namespace: two}}]}]'), 'a', 'b', 'nothing'],
    ['Services by their labels', fromA('[{toServices: [{k8sServiceSelector: {selector: {matchLabels: {kind: internal}}}}]}]'), 'a', 'b', all],
    [
      '…of a namespace',
      fromA('[{toServices: [{k8sServiceSelector: {selector: {matchLabels: {kind: internal}}, namespace: two}}]}]'),
      'a',
      'b',
      'nothing',
    ],
    ['…that none has', fromA('[{toServices: [{k8sServiceSelector: {selector: {matchLabels: {kind: other}}}}]}]'), 'a', 'b', 'nothing'],
    ['…and no others', fromA('[{toServices: [{k8sService: {serviceName: svc, namespace: one}}]}]'), 'a', 'c', 'nothing'],
    ['a name in DNS is no pod', fromA('[{toFQDNs: [{matchName: api.example.com}]}]'), 'a', 'b', 'nothing'],
    [
      'clusterwide, endpoints are of every namespace',
      clusterwide('{endpointSelector: {matchLabels: {app: b}}, ingress: [{fromEndpoints: [{matchLabels: {app: a}}]}]}'),
      'c',
      'b',
      all,
    ],
    [
      'clusterwide, the subject is of every namespace',
      clusterwide('{endpointSelector: {matchLabels: {app: a}}, ingress: [{}]}'),
      'a',
      'c',
      'nothing',
    ],
    ['pods of the host network are no endpoints', toB('[{fromEndpoints: [{}]}]'), 'h', 'b', 'nothing'],
  ],
  'Cilium: ports and requests': [
    ['a port of one protocol', toB('[{toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]'), 'a', 'b', 'TCP 80'],
    ['ANY, by default, is TCP, UDP and SCTP', toB('[{toPorts: [{ports: [{port: "80"}]}]}]'), 'a', 'b', 'SCTP 80,TCP 80,UDP 80'],
    ['port 0 is every port', toB('[{toPorts: [{ports: [{port: "0", protocol: UDP}]}]}]'), 'a', 'b', 'UDP 1-65535'],
    ['a range', toB('[{toPorts: [{ports: [{port: "80", endPort: 90, protocol: TCP}]}]}]'), 'a', 'b', 'TCP 80-90'],
    ['the name of a container port', toB('[{toPorts: [{ports: [{port: http, protocol: TCP}]}]}]'), 'a', 'b', 'TCP 80'],
    [
      'peers and ports must both fit',
      toB('[{fromEndpoints: [{matchLabels: {app: z}}], toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]'),
      'a',
      'b',
      'nothing',
    ],
    [
      'requests are carried by their port',
      toB('[{toPorts: [{ports: [{port: "80", protocol: TCP}], rules: {http: [{method: GET}]}}]}]'),
      'a',
      'b',
      'TCP 80',
    ],
    ['a protocol without ports opens none', toB('[{toPorts: [{ports: [{protocol: VRRP}]}]}]'), 'a', 'b', 'nothing'],
    ['an ICMP type opens no port', toB('[{icmps: [{fields: [{type: 8}]}]}]'), 'a', 'b', 'nothing'],
  ],
  'Cilium: denial': [
    ['denied peers are denied', denyB('[{fromEndpoints: [{matchLabels: {app: a}}]}]'), 'a', 'b', 'nothing'],
    ['…and others are not', denyB('[{fromEndpoints: [{matchLabels: {app: a}}]}]'), 'c', 'b', all],
    [
      'denied ports leave the others',
      denyB('[{fromEntities: [all], toPorts: [{ports: [{port: "22", protocol: TCP}]}]}]'),
      'a',
      'b',
      'SCTP 1-65535,TCP 1-21,23-65535,UDP 1-65535',
    ],
    [
      'denial wins over another policy',
      denyB('[{fromEndpoints: [{matchLabels: {app: a}}]}]', '[]') + toB('[{fromEntities: [all]}]').replace('name: p', 'name: q'),
      'a',
      'b',
      'nothing',
    ],
    [
      'denial wins over a clusterwide policy',
      denyB('[{fromEndpoints: [{}]}]', '[]') + clusterwide('{endpointSelector: {}, ingress: [{fromEntities: [all]}]}'),
      'a',
      'b',
      'nothing',
    ],
    [
      'denial without isolation leaves the rest open',
      cilium(
        '{endpointSelector: {matchLabels: {app: b}}, enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: a}}]}]}',
      ),
      'c',
      'b',
      all,
    ],
    ['denial of addresses', denyB('[{fromCIDR: [192.0.2.0/24]}]'), '192.0.2.7', 'b', 'nothing'],
  ],
  'Cilium beside others': [
    [
      'Kubernetes’ and Cilium’s policies are united',
      kubernetes('{podSelector: {matchLabels: {app: b}}, ingress: [{ports: [{port: 81}]}]}') +
        toB('[{toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]'),
      'a',
      'b',
      'TCP 80-81',
    ],
    [
      'Cilium’s denial wins over Kubernetes’ policies',
      kubernetes('{podSelector: {}, ingress: [{}]}') + denyB('[{fromEndpoints: [{matchLabels: {app: a}}]}]', '[]'),
      'a',
      'b',
      'nothing',
    ],
    ['Kubernetes’ isolation holds without Cilium’s', kubernetes('{podSelector: {matchLabels: {app: b}}}') + toB('[]'), 'a', 'b', 'nothing'],
    [
      'the admin tier comes before',
      admin('{priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}') + toB('[{}]'),
      'a',
      'b',
      all,
    ],
  ],
  'Calico: whom and when': [
    ['a pod that no policy selects is open', calico("{selector: app == 'z', types: [Ingress]}"), 'a', 'b', all],
    ['types alone deny', calico("{selector: app == 'b', types: [Ingress]}"), 'a', 'b', 'nothing'],
    ['types absent: Ingress', calico("{selector: app == 'b'}"), 'a', 'b', 'nothing'],
    ['types absent, with egress rules alone: not Ingress', calico("{selector: app == 'b', egress: [{action: Allow}]}"), 'a', 'b', all],
    ['…but Egress', calico("{selector: app == 'a', egress: [{action: Deny}]}"), 'a', 'b', 'nothing'],
    ['a selector left out selects the namespace', calico('{types: [Ingress]}'), 'c', 'a', 'nothing'],
    ['…and no other', calico('{types: [Ingress]}'), 'a', 'c', all],
    ['global, it selects all', global('{types: [Ingress]}'), 'a', 'c', 'nothing'],
    ['global, namespaces by their labels', global("{namespaceSelector: team == 'x', types: [Ingress]}"), 'a', 'b', all],
    ['…by name', global("{namespaceSelector: projectcalico.org/name == 'two', types: [Ingress]}"), 'a', 'c', 'nothing'],
    [
      'crd.projectcalico.org/v1 is the same',
      calico("{selector: app == 'b', types: [Ingress]}").replace('projectcalico.org/v3', 'crd.projectcalico.org/v1'),
      'a',
      'b',
      'nothing',
    ],
    [
      'a staged policy does nothing',
      calico("{selector: app == 'b', types: [Ingress]}").replace('kind: NetworkPolicy', 'kind: StagedNetworkPolicy'),
      'a',
      'b',
      all,
    ],
    ['preDNAT is for host endpoints', global('{preDNAT: true, applyOnForward: true, types: [Ingress]}'), 'a', 'b', all],
    ['a selector that cannot be read selects nobody', calico("{selector: app = 'b', types: [Ingress]}"), 'a', 'b', all],
    ['pods of the host network are not selected', calico('{types: [Ingress]}'), 'a', 'h', all],
  ],
  'Calico: selectors': [
    ['equality', fromSelector("app == 'a'"), 'a', 'b', all],
    ['…in the own namespace alone', fromSelector("app == 'a'"), 'c', 'b', 'nothing'],
    ['inequality, also without the label', fromSelector("tier != 'back'"), 'a', 'b', all],
    ['in a set', fromSelector("app in {'x', 'a'}"), 'a', 'b', all],
    ['not in a set', fromSelector("app not in {'x', 'a'}"), 'a', 'b', 'nothing'],
    ['has', fromSelector('has(app)'), 'a', 'b', all],
    ['not has', fromSelector('!has(tier)'), 'a', 'b', all],
    ['contains, starts and ends', fromSelector("app contains 'a' && app starts with 'a' && app ends with 'a'"), 'a', 'b', all],
    ['or', fromSelector("app == 'x' || app == 'a'"), 'a', 'b', all],
    ['and binds closer than or', fromSelector("app == 'a' || app == 'x' && app == 'y'"), 'a', 'b', all],
    ['brackets', fromSelector("(app == 'a' || app == 'x') && app == 'y'"), 'a', 'b', 'nothing'],
    ['the opposite of or', fromSelector("!(app == 'a' || has(tier))"), 'a', 'b', 'nothing'],
    ['all()', fromSelector('all()'), 'a', 'b', all],
    [
      'a Service as destination stands for the ports that it leads to',
      gA('[{action: Allow, destination: {services: {name: svc, namespace: one}}}]'),
      'a',
      'b',
      'TCP 80',
    ],
    ['…of its own namespace where it names none', gA('[{action: Allow, destination: {services: {name: svc}}}]'), 'a', 'b', 'TCP 80'],
    ['…and for no other pods', gA('[{action: Allow, destination: {services: {name: svc, namespace: one}}}]'), 'a', 'c', 'nothing'],
    ['a Service that there is not', gA('[{action: Allow, destination: {services: {name: none, namespace: one}}}]'), 'a', 'b', 'nothing'],
    [
      'a Service as source is the pods behind it, on any port',
      calico("{selector: app == 'a', types: [Ingress], ingress: [{action: Allow, source: {services: {name: svc, namespace: one}}}]}"),
      'b',
      'a',
      all,
    ],
    ['global() is no pod', gB('[{action: Allow, source: {namespaceSelector: global()}}]'), 'a', 'b', 'nothing'],
    ['a namespace among the labels of a pod', fromSelector("projectcalico.org/namespace == 'one'"), 'a', 'b', all],
    ['a service account among them', fromSelector("projectcalico.org/serviceaccount == 'robot'"), 'a', 'b', all],
    ['a namespaceSelector alone', gB("[{action: Allow, source: {namespaceSelector: team == 'x'}}]"), 'c', 'b', all],
    ['…beside a selector: both', gB("[{action: Allow, source: {namespaceSelector: team == 'x', selector: app == 'z'}}]"), 'c', 'b', 'nothing'],
    ['a notSelector leaves out', gB("[{action: Allow, source: {notSelector: app == 'a'}}]"), 'a', 'b', 'nothing'],
    ['…and lets addresses in', gB("[{action: Allow, source: {notSelector: app == 'a'}}]"), '1.1.1.1', 'b', all],
    ['service accounts by name', gB('[{action: Allow, source: {serviceAccounts: {names: [robot]}}}]'), 'a', 'b', all],
    ['…others', gB('[{action: Allow, source: {serviceAccounts: {names: [other]}}}]'), 'a', 'b', 'nothing'],
    [
      'global, a selector means all namespaces',
      global("{selector: app == 'b', ingress: [{action: Allow, source: {selector: app == 'a'}}]}"),
      'c',
      'b',
      all,
    ],
  ],
  'Calico: ranges, sets and ports': [
    ['nets', gB('[{action: Allow, source: {nets: [192.0.2.0/24]}}]'), '192.0.2.7', 'b', all],
    ['notNets', gB('[{action: Allow, source: {nets: [192.0.2.0/24], notNets: [192.0.2.7/32]}}]'), '192.0.2.7', 'b', 'nothing'],
    ['notNets alone', gB('[{action: Allow, source: {notNets: [192.0.2.0/24]}}]'), '1.1.1.1', 'b', all],
    [
      'a network set by its labels',
      manifest('projectcalico.org/v3', 'NetworkSet', 'name: s, namespace: one, labels: {site: x}', '{nets: [192.0.2.0/24]}') +
        fromSelector("site == 'x'"),
      '192.0.2.7',
      'b',
      all,
    ],
    [
      '…of another namespace',
      manifest('projectcalico.org/v3', 'NetworkSet', 'name: s, namespace: two, labels: {site: x}', '{nets: [192.0.2.0/24]}') +
        fromSelector("site == 'x'"),
      '192.0.2.7',
      'b',
      'nothing',
    ],
    [
      'a global one by global()',
      manifest('projectcalico.org/v3', 'GlobalNetworkSet', 'name: s, labels: {site: x}', '{nets: [192.0.2.0/24]}') +
        gB("[{action: Allow, source: {namespaceSelector: global(), selector: site == 'x'}}]"),
      '192.0.2.7',
      'b',
      all,
    ],
    [
      '…and not without',
      manifest('projectcalico.org/v3', 'GlobalNetworkSet', 'name: s, labels: {site: x}', '{nets: [192.0.2.0/24]}') + fromSelector("site == 'x'"),
      '192.0.2.7',
      'b',
      'nothing',
    ],
    [
      '…but in a global policy',
      manifest('projectcalico.org/v3', 'GlobalNetworkSet', 'name: s, labels: {site: x}', '{nets: [192.0.2.0/24]}') +
        global("{selector: app == 'b', ingress: [{action: Allow, source: {selector: site == 'x'}}]}"),
      '192.0.2.7',
      'b',
      all,
    ],
    ['ports of the destination', gB('[{action: Allow, protocol: TCP, destination: {ports: [80, "90:91"]}}]'), 'a', 'b', 'TCP 80,90-91'],
    ['the name of a port', gB('[{action: Allow, protocol: TCP, destination: {ports: [http]}}]'), 'a', 'b', 'TCP 80'],
    ['notPorts', gB('[{action: Allow, protocol: TCP, destination: {notPorts: [80]}}]'), 'a', 'b', 'TCP 1-79,81-65535'],
    ['a protocol alone', gB('[{action: Allow, protocol: UDP}]'), 'a', 'b', 'UDP 1-65535'],
    ['a protocol by number', gB('[{action: Allow, protocol: 17}]'), 'a', 'b', 'UDP 1-65535'],
    ['every protocol but one', gB('[{action: Allow, notProtocol: UDP}]'), 'a', 'b', 'SCTP 1-65535,TCP 1-65535'],
    ['ICMP opens no port', gB('[{action: Allow, protocol: ICMP}]'), 'a', 'b', 'nothing'],
    [
      'the destination of an ingress rule is the pod itself',
      calico("{selector: all(), types: [Ingress], ingress: [{action: Allow, destination: {selector: app == 'b'}}]}"),
      'c',
      'b',
      all,
    ],
    [
      '…and not the others',
      calico("{selector: all(), types: [Ingress], ingress: [{action: Allow, destination: {selector: app == 'b'}}]}"),
      'c',
      'a',
      'nothing',
    ],
  ],
  'Calico: order, tiers and actions': [
    ['the first rule decides', gB("[{action: Deny, source: {selector: app == 'a'}}, {action: Allow}]"), 'a', 'b', 'nothing'],
    ['Log decides nothing', gB('[{action: Log}, {action: Allow}]'), 'a', 'b', all],
    [
      'the lower order is asked first',
      gB('[{action: Deny}]', ', order: 2') + gB('[{action: Allow}]', ', order: 1').replace('name: p', 'name: q'),
      'a',
      'b',
      all,
    ],
    ['without an order, last', gB('[{action: Deny}]') + gB('[{action: Allow}]', ', order: 5000').replace('name: p', 'name: q'), 'a', 'b', all],
    ['Pass of the last tier leaves it open', gB('[{action: Pass}]'), 'a', 'b', all],
    [
      'a tier with a lower order is asked first',
      tier('first', '{order: 10}') + gB('[{action: Deny}]', ', tier: first') + gB('[{action: Allow}]').replace('name: p', 'name: q'),
      'a',
      'b',
      'nothing',
    ],
    [
      'Pass goes to the next tier',
      tier('first', '{order: 10}') + gB('[{action: Pass}]', ', tier: first') + gB('[{action: Deny}]').replace('name: p', 'name: q'),
      'a',
      'b',
      'nothing',
    ],
    [
      'what no rule of a tier matches is denied there',
      tier('first', '{order: 10}') +
        gB("[{action: Allow, source: {selector: app == 'z'}}]", ', tier: first') +
        gB('[{action: Allow}]').replace('name: p', 'name: q'),
      'a',
      'b',
      'nothing',
    ],
    [
      '…unless the tier passes',
      tier('first', '{order: 10, defaultAction: Pass}') +
        gB("[{action: Allow, source: {selector: app == 'z'}}]", ', tier: first') +
        gB('[{action: Allow}]').replace('name: p', 'name: q'),
      'a',
      'b',
      all,
    ],
    [
      'a tier after default',
      tier('last', '{order: 2000000}') + gB('[{action: Allow}]', ', tier: last') + gB('[{action: Deny}]').replace('name: p', 'name: q'),
      'a',
      'b',
      'nothing',
    ],
    [
      'HTTP leaves what does not fit to the next rule',
      gB('[{action: Allow, protocol: TCP, http: {methods: [GET]}, destination: {ports: [80]}}, {action: Deny}]'),
      'a',
      'b',
      'TCP 80',
    ],
    [
      'a denial from certain source ports is not known to hold',
      gB('[{action: Deny, protocol: TCP, source: {ports: [1]}}, {action: Allow}]'),
      'a',
      'b',
      all,
    ],
  ],
  'Calico beside others': [
    [
      'Kubernetes’ policies stand at 1000: denied before',
      kubernetes('{podSelector: {matchLabels: {app: b}}, ingress: [{}]}') + gB('[{action: Deny}]', ', order: 10'),
      'a',
      'b',
      'nothing',
    ],
    [
      '…and allowed before what stands behind',
      kubernetes('{podSelector: {matchLabels: {app: b}}, ingress: [{}]}') + gB('[{action: Deny}]', ', order: 2000'),
      'a',
      'b',
      all,
    ],
    [
      'what Kubernetes’ policies do not allow later ones may',
      kubernetes('{podSelector: {matchLabels: {app: b}}}') + gB('[{action: Allow}]', ', order: 2000'),
      'a',
      'b',
      all,
    ],
    [
      'nothing matches: denied at the end of the tier',
      kubernetes('{podSelector: {matchLabels: {app: b}}}') + gB("[{action: Allow, source: {selector: app == 'z'}}]", ', order: 2000'),
      'a',
      'b',
      'nothing',
    ],
    [
      'the admin tier comes before default',
      admin('{priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}') + gB('[{action: Deny}]'),
      'a',
      'b',
      all,
    ],
    [
      '…and after a tier of a lower order',
      tier('first', '{order: 10}') +
        admin('{priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}') +
        gB('[{action: Deny}]', ', tier: first'),
      'a',
      'b',
      'nothing',
    ],
  ],
};

describe.each(Object.entries(cases))('%s', (_, list) => {
  test.each(list.map(([statement, ...rest]) => ({ statement, rest })))('$statement', ({ rest: [policies, from, to, expected] }) => {
    expect(passes(policies, from, to)).toBe(expected);
  });
});
