import { describe, expect, test } from 'vitest';
import { policy } from '../../server/src/explain/policy.ts';
import { readPolicies } from '../../server/src/kinds/readPolicy.ts';
import { resourcesOf } from '../../server/src/kinds/resource.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { findingsIn } from '../support/findings.ts';

/** What the guides of both projects show, in our own words: each is free of errors and warnings, and explained as meant. */
const cilium = (spec: string, kind = 'CiliumNetworkPolicy') =>
  `apiVersion: cilium.io/v2\nkind: ${kind}\nmetadata:\n  name: guide\n${kind === 'CiliumNetworkPolicy' ? '  namespace: shop\n' : ''}spec:\n${spec.trimEnd().replace(/^\n/, '')}\n`;
const calico = (spec: string, kind = 'NetworkPolicy') =>
  `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata:\n  name: guide\n${kind === 'NetworkPolicy' ? '  namespace: shop\n' : ''}spec:\n${spec.trimEnd().replace(/^\n/, '')}\n`;

const dns = `
    - toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s:k8s-app: kube-dns}}]
      toPorts:
        - ports: [{port: "53", protocol: ANY}]
          rules: {dns: [{matchPattern: "*"}]}`;

type Example = readonly [what: string, text: string, says: readonly string[]];

const examples: Readonly<Record<string, readonly Example[]>> = {
  Cilium: [
    [
      'a default deny',
      cilium('\n  endpointSelector: {}\n  ingress: [{}]\n  egress: [{}]'),
      ['Selects every pod of namespace `shop`.', 'In: nothing.', 'Out: nothing.'],
    ],
    [
      'layer 3 by labels',
      cilium('\n  endpointSelector: {matchLabels: {role: backend}}\n  ingress:\n    - fromEndpoints: [{matchLabels: {role: frontend}}]'),
      ['traffic from pods labelled `role=frontend` of namespace `shop`, on every port'],
    ],
    [
      'all endpoints of the namespace',
      cilium('\n  endpointSelector: {matchLabels: {role: victim}}\n  ingress:\n    - fromEndpoints: [{}]'),
      ['traffic from every pod of namespace `shop`, on every port'],
    ],
    [
      'another namespace',
      cilium(
        '\n  endpointSelector: {matchLabels: {name: leia}}\n  ingress:\n    - fromEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: ns1, name: luke}}]',
      ),
      ['pods labelled `name=luke` of namespace `ns1`'],
    ],
    [
      'entities',
      cilium('\n  endpointSelector: {matchLabels: {env: dev}}\n  egress:\n    - toEntities: [host, kube-apiserver]'),
      ['to the node that the pod runs on or the API server'],
    ],
    [
      'address ranges',
      cilium(
        '\n  endpointSelector: {matchLabels: {app: service}}\n  egress:\n    - toCIDR: [192.0.2.1/32]\n    - toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.96.0.0/12]}]',
      ),
      ['addresses in `192.0.2.1/32`', 'addresses in `10.0.0.0/8` except `10.96.0.0/12`'],
    ],
    [
      'names in DNS',
      cilium(
        `\n  endpointSelector: {matchLabels: {app: test-app}}\n  egress:${dns}\n    - toFQDNs: [{matchName: my-service.example.org}]\n      toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
      ),
      ['TCP 443 to `my-service.example.org`', 'only `DNS *`'],
    ],
    [
      'ports',
      cilium(
        `\n  endpointSelector: {matchLabels: {app: app}}\n  egress:${dns}\n    - toPorts: [{ports: [{port: "80", endPort: 444, protocol: TCP}]}]`,
      ),
      ['TCP 80–444 to anyone'],
    ],
    [
      'ICMP',
      cilium(
        `\n  endpointSelector: {matchLabels: {app: app}}\n  egress:${dns}\n    - icmps: [{fields: [{type: 8, family: IPv4}, {type: EchoRequest, family: IPv6}]}]`,
      ),
      ['ICMP type 8 and ICMPv6 type EchoRequest'],
    ],
    [
      'HTTP',
      cilium(
        '\n  endpointSelector: {matchLabels: {app: service}}\n  ingress:\n    - fromEndpoints: [{matchLabels: {env: prod}}]\n      toPorts:\n        - ports: [{port: "80", protocol: TCP}]\n          rules: {http: [{method: GET, path: /public}]}',
      ),
      ['and of that only `HTTP GET /public`'],
    ],
    [
      'a denial',
      cilium(
        '\n  endpointSelector: {}\n  ingress:\n    - fromEntities: [all]\n  ingressDeny:\n    - toPorts: [{ports: [{port: "23", protocol: TCP}]}]',
      ),
      ['and never TCP 23 from anyone, inside and outside the cluster'],
    ],
    [
      'without a default deny',
      cilium('\n  endpointSelector: {}\n  enableDefaultDeny: {egress: false}\n  egress:\n    - toEntities: [world]'),
      ['Out: not isolated by this policy. Allows traffic to every address outside the cluster'],
    ],
    [
      'a Service',
      cilium(
        '\n  endpointSelector: {matchLabels: {id: app2}}\n  egress:\n    - toServices: [{k8sService: {serviceName: myservice, namespace: default}}]',
      ),
      ['the pods behind Service `default/myservice`'],
    ],
    [
      'clusterwide',
      cilium(
        '\n  endpointSelector: {matchLabels: {name: leia}}\n  ingress:\n    - fromEndpoints: [{matchLabels: {name: luke}}]',
        'CiliumClusterwideNetworkPolicy',
      ),
      ['Selects pods labelled `name=leia` of every namespace.', 'pods labelled `name=luke` of every namespace'],
    ],
    [
      'for nodes',
      cilium(
        '\n  nodeSelector: {matchLabels: {type: ingress-worker}}\n  ingress:\n    - fromEntities: [remote-node, health]',
        'CiliumClusterwideNetworkPolicy',
      ),
      ['Selects no pod: it is for nodes or host endpoints.'],
    ],
  ],
  Calico: [
    [
      'one application from another',
      calico(
        "\n  selector: role == 'database'\n  types: [Ingress, Egress]\n  ingress:\n    - action: Allow\n      protocol: TCP\n      source: {selector: role == 'frontend'}\n      destination: {ports: [6379]}\n  egress:\n    - action: Allow",
      ),
      ['allows TCP 6379 from pods labelled `role=frontend` of namespace `shop`'],
    ],
    [
      'another namespace',
      calico(
        "\n  selector: color == 'red'\n  types: [Ingress]\n  ingress:\n    - action: Allow\n      protocol: TCP\n      source:\n        selector: shape == 'square'\n        namespaceSelector: shape == 'circle'\n      destination: {ports: [80]}",
      ),
      ['of namespaces labelled `shape=circle`'],
    ],
    [
      'a global default deny',
      calico(
        "\n  namespaceSelector: kubernetes.io/metadata.name not in {'calico-system', 'kube-system'}\n  types: [Ingress, Egress]",
        'GlobalNetworkPolicy',
      ),
      [
        'every pod of namespaces labelled `kubernetes.io/metadata.name` not `calico-system` or `kube-system`',
        'what no rule of tier `default` matches is denied',
      ],
    ],
    [
      'service accounts',
      calico(
        '\n  selector: all()\n  types: [Ingress]\n  ingress:\n    - action: Allow\n      source: {serviceAccounts: {names: [api-service, user-auth]}}',
      ),
      ['of service account `api-service` or `user-auth`'],
    ],
    [
      'a Service',
      calico(
        '\n  selector: all()\n  types: [Egress]\n  egress:\n    - action: Allow\n      destination: {services: {name: kube-dns, namespace: kube-system}}',
      ),
      ['the pods behind Service `kube-system/kube-dns`'],
    ],
    [
      'ICMP',
      calico(
        '\n  selector: all()\n  types: [Ingress]\n  ingress:\n    - {action: Deny, protocol: ICMP}\n    - action: Allow',
        'GlobalNetworkPolicy',
      ).replace('selector: all()', "selector: all()\n  namespaceSelector: projectcalico.org/name != 'kube-system'"),
      ['denies ICMP from anyone'],
    ],
    [
      'HTTP',
      calico(
        "\n  selector: app == 'summary'\n  types: [Ingress]\n  ingress:\n    - action: Allow\n      http: {methods: [GET], paths: [{prefix: /v1}]}\n      source: {serviceAccounts: {names: [customer]}}",
      ),
      ['and of that only `HTTP GET /v1*`'],
    ],
    [
      'a port range',
      calico(
        '\n  selector: app == \'web\'\n  types: [Ingress]\n  ingress:\n    - {action: Allow, protocol: TCP, destination: {ports: [80, "8000:8100"]}}',
      ),
      ['allows TCP 80 and TCP 8000–8100'],
    ],
  ],
};

describe.each(Object.entries(examples))('guides of %s', (_, list) => {
  test.each(list.map(([what, text, says]) => ({ what, text, says })))('$what', ({ text, says }) => {
    const found = findingsIn(text).filter(({ severity }) => severity === 'error' || severity === 'warning');
    expect(found.map(({ id, message }) => `${id}: ${message}`)).toEqual([]);
    const [resource] = resourcesOf(new DocumentText(text));
    const explained = readPolicies(resource as NonNullable<typeof resource>)
      .map(policy)
      .join('\n');
    for (const part of says) expect(explained).toContain(part);
  });
});
