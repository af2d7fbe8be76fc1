import { describe, expect, test } from 'vitest';
import { adminPolicyWith, deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith, clusterwideWith, globalWith } from '../../server/src/rules/vendor.ts';
import { found, mended, said } from '../support/said.ts';

/** What rules about meaning say of the policies of Cilium and Calico, beside the examples of their pages. */

const web = deployment('web', 'shop', '{containerPort: 80}');
const db = deployment('db', 'shop', '{containerPort: 5432}');
const titles = (id: string, text: string) => found(id, { text }).map(({ finding }) => (finding.fixes?.() ?? []).map(({ title }) => title));

describe('dns-blocked', () => {
  const id = 'dns-blocked';
  const cilium = 'endpointSelector: {matchLabels: {app: web}}\negress:\n  - toEndpoints: [{matchLabels: {app: db}}]';
  const calico = "selector: app == 'web'\ntypes: [Egress]\negress:\n  - {action: Allow, destination: {selector: app == 'db'}}";

  test('tells whose names are not resolved', () => {
    const says = [
      "warning [egress] Egress of Deployment web is isolated here and no policy lets port 53 out: no name can be resolved, not even of what the rules allow. Allow UDP and TCP 53 to the cluster's DNS. → Let DNS out by a rule of this policy",
    ];
    expect(said(id, documents(ciliumWith(cilium), web, db))).toEqual(says);
    expect(said(id, documents(calicoWith(calico), web, db))).toEqual(says);
    expect(said(id, documents(globalWith(calico), web, db))).toEqual(says);
    expect(said(id, documents(clusterwideWith(cilium), web, db))).toEqual(says);
  });

  test('each spec of several is looked at by itself', () => {
    const specs = ciliumWith(cilium)
      .replace('spec:\n', 'specs:\n  - endpointSelector: {matchLabels: {app: db}}\n    ingress: [{}]\n  -')
      .replace('-  endpoint', '- endpoint')
      .replace('\n  egress', '\n    egress')
      .replace('\n    - toEnd', '\n      - toEnd');
    expect(mended(id, documents(specs, web, db))).toContain(
      '      - toEndpoints:\n          - matchLabels:\n              k8s:io.kubernetes.pod.namespace: kube-system',
    );
  });

  test('ranges let DNS out of Calico’s policies, and not of Cilium’s, to which no pod is behind an address', () => {
    const range = (spec: string) => `endpointSelector: {matchLabels: {app: web}}\negress:\n  - ${spec}`;
    expect(said(id, documents(ciliumWith(range('toCIDR: [0.0.0.0/0]')), web))).toEqual([expect.stringMatching(/^information/)]);
    expect(said(id, documents(ciliumWith(range('toEntities: [kube-apiserver, host]')), web))).toEqual([expect.stringMatching(/^information/)]);
    expect(said(id, documents(ciliumWith(range('toEntities: [world]')), web))).toEqual([expect.stringMatching(/^warning/)]);
    for (const entity of ['cluster', 'all']) expect(said(id, documents(ciliumWith(range(`toEntities: [${entity}]`)), web))).toEqual([]);
    expect(
      said(id, documents(calicoWith("selector: app == 'web'\ntypes: [Egress]\negress:\n  - {action: Allow, destination: {nets: [0.0.0.0/0]}}"), web)),
    ).toEqual([]);
  });

  test('is silent where another policy lets it out, whatever its language, where Calico leaves it to what follows, and for DNS itself', () => {
    const allow = policyNamed('dns', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]');
    expect(said(id, documents(ciliumWith(cilium), allow, web))).toEqual([]);
    expect(said(id, documents(calicoWith(calico), allow, web))).toEqual([]);
    expect(said(id, documents(ciliumWith(cilium), allow.replace('namespace: shop', 'namespace: other'), web))).toHaveLength(1);
    expect(said(id, documents(ciliumWith(cilium), allow))).toEqual([]);
    expect(said(id, documents(calicoWith(`${calico}\n  - {action: Pass}`), web))).toEqual([]);
    const coredns = deployment('coredns', 'kube-system', '{containerPort: 53}').replaceAll('app: coredns', 'k8s-app: kube-dns');
    const own = ciliumWith('endpointSelector: {matchLabels: {k8s-app: kube-dns}}\negress:\n  - toEndpoints: [{matchLabels: {app: api}}]');
    expect(said(id, documents(own.replace('namespace: shop', 'namespace: kube-system'), coredns))).toEqual([]);
  });

  test('of several policies for a pod one is told of, be the first of them one of an administrator', () => {
    const plain = policyNamed(
      'web',
      'shop',
      'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]',
    );
    expect(found(id, { text: documents(plain, ciliumWith(cilium), web) })).toHaveLength(1);
    const admin = adminPolicyWith('subject:\n  namespaces: {}\npriority: 1\negress:\n  - action: Deny\n    to: [{networks: [203.0.113.0/24]}]');
    expect(titles(id, documents(plain, web, admin))).toEqual([
      ['Let DNS out by a rule of this policy', 'Create the policy web-dns for the same pods'],
    ]);
  });

  test('offers no rule where one would not help', () => {
    const denies = ciliumWith(`${cilium}\negressDeny:\n  - toPorts: [{ports: [{port: "53"}]}]`);
    expect(titles(id, documents(denies, web))).toEqual([[]]);
    const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: first\nspec:\n  order: 1\n  defaultAction: Deny\n';
    const shut = globalWith("tier: first\nselector: app == 'web'\ntypes: [Egress]");
    expect(titles(id, documents(tier, shut, calicoWith(calico), web))).toEqual([[]]);
    expect(titles(id, documents(tier.replace('Deny', 'Pass'), shut, calicoWith(calico), web))).toEqual([['Let DNS out by a rule of this policy']]);
  });

  test('OpenShift’s DNS is elsewhere', () => {
    const route =
      'apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  to: {kind: Service, name: web}\n';
    expect(mended(id, documents(ciliumWith(cilium), web, route))).toContain(
      'k8s:dns.operator.openshift.io/daemonset-dns: default\n      toPorts:\n        - ports:\n            - port: "5353"',
    );
    expect(mended(id, documents(calicoWith(calico), web, route))).toContain(
      "selector: dns.operator.openshift.io/daemonset-dns == 'default'\n        ports:\n          - 5353\n",
    );
  });
});
