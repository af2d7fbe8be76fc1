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

describe('peers of which no pod is known', () => {
  const [meansNothing, needsNamespace] = ['peer-matches-nothing', 'pod-selector-needs-namespace'] as const;
  const cache = deployment('cache', 'other');
  const cilium = (peer: string, key = 'ingress') => ciliumWith(`endpointSelector: {}\n${key}:\n  - fromEndpoints: [${peer}]`);
  const calico = (source: string) => calicoWith(`selector: all()\ntypes: [Ingress]\ningress:\n  - action: Allow\n    source: {${source}}`);

  test('those of another namespace need its name', () => {
    const says =
      "Means pods labelled app=cache of namespace shop, the policy's own, where the workspace knows none; Deployment cache of namespace other needs a namespaceSelector beside it. → Add a namespaceSelector for other";
    const text = calico(`selector: "app == 'cache'"`);
    for (const known of [web, '']) {
      const given = documents(text, cache, ...(known ? [known] : []));
      expect(said(needsNamespace, given)).toEqual([`warning ["app == 'cache'"] ${says}`]);
      expect(said(meansNothing, given)).toEqual([]);
      const named = given.replace("'cache'\"", "'cache'\", namespaceSelector: projectcalico.org/name == 'other'");
      expect(mended(needsNamespace, given)).toEqual(named);
      expect(said(needsNamespace, named)).toEqual([]);
    }
    // A rule of Cilium's own tells of its peers, of denials too.
    for (const key of ['ingress', 'ingressDeny']) {
      const given = documents(cilium('{matchLabels: {app: cache}}', key), web, cache.replace('namespace: other', 'namespace: "on"'));
      for (const id of [meansNothing, needsNamespace]) expect(said(id, given)).toEqual([]);
      expect(mended('cilium-own-namespace', given)).toContain('{app: cache, k8s:io.kubernetes.pod.namespace: "on"}');
    }
  });

  test('those of a namespace that is named, and pods that are labelled otherwise', () => {
    const elsewhere =
      'Means no pod that the workspace knows: namespace shop has no pods labelled app=cache; Deployment cache of namespace other is so labelled.';
    expect(said(meansNothing, documents(cilium('{matchLabels: {app: cache, k8s:io.kubernetes.pod.namespace: shop}}'), web, cache))).toEqual([
      `warning [matchLabels] ${elsewhere}`,
    ]);
    expect(
      said(meansNothing, documents(calico(`selector: "app == 'cache'", namespaceSelector: projectcalico.org/name == 'shop'`), web, cache)),
    ).toEqual([`warning ["app == 'cache'"] ${elsewhere}`]);
    expect(said(meansNothing, documents(cilium('{matchLabels: {app: x}}'), web))).toEqual([
      'warning [app: x] Means no pod that the workspace knows: namespace shop has no pods labelled app=x; there is Deployment web, labelled otherwise.',
    ]);
    expect(said(meansNothing, documents(cilium('{matchLabels: {role: worker}}'), web))).toEqual([
      expect.stringMatching(/^information \[role: worker\]/),
    ]);
  });

  test('nothing of words that are misspelt, of everybody, of DNS, of sets of addresses, of identities, or where no pod is known', () => {
    const set =
      'apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: {name: nets, namespace: shop, labels: {app: x}}\nspec: {nets: [10.0.0.0/8]}\n';
    for (const text of [
      documents(cilium('{matchLabels: {app: wep}}'), web),
      documents(cilium('{}'), web),
      documents(cilium('{matchLabels: {k8s-app: kube-dns}}'), web),
      documents(calico(`selector: "app == 'x'"`), set, web),
      documents(cilium('{matchLabels: {io.cilium.k8s.policy.serviceaccount: robot}}'), web),
      documents(cilium('{matchLabels: {app: x}}'), cache),
      documents(cilium('{matchLabels: {app: web}}'), web),
      documents(clusterwideWith('endpointSelector: {}\ningress:\n  - fromEndpoints: [{matchLabels: {app: x}}]'), web),
    ])
      for (const id of [meansNothing, needsNamespace]) expect(said(id, text)).toEqual([]);
  });
});

describe('selector-matches-nothing', () => {
  const id = 'selector-matches-nothing';
  const cache = deployment('cache', 'other');
  const cilium = (labels: string) => ciliumWith(`endpointSelector: {matchLabels: {${labels}}}\ningress: [{}]`);
  const calico = (selector: string) => calicoWith(`selector: ${selector}\ntypes: [Ingress]`);

  test('labels of another namespace', () => {
    const says =
      'Selects no pod: namespace shop has no pods labelled app=cache that the workspace knows, but Deployment cache of namespace other is so labelled, and this policy selects pods of namespace shop alone.';
    for (const [policy, at] of [
      [cilium('app: cache'), 'app: cache'],
      [calico("app == 'cache'"), "app == 'cache'"],
    ] as const) {
      expect(said(id, documents(policy, web, cache))).toEqual([`warning [${at}] ${says} → Write namespace: other`]);
      expect(mended(id, documents(policy, web, cache))).toBe(documents(policy.replace('namespace: shop', 'namespace: other'), web, cache));
    }
  });

  test('words that pods have, together that none has', () => {
    const tiered = web
      .replaceAll('app: web\n', 'app: web\n        tier: front\n')
      .replace('matchLabels: {app: web\n        tier: front\n}', 'matchLabels: {app: web}');
    expect(said(id, documents(cilium('app: db, tier: front'), tiered, db))).toEqual([
      'warning [matchLabels] Selects no pod that the workspace knows: namespace shop has no pods labelled app=db and tier=front; its workloads are Deployment web and Deployment db. The policy has no effect.',
    ]);
    expect(said(id, documents(calico("app == 'db' && tier == 'front'"), tiered, db))).toHaveLength(1);
    expect(said(id, documents(calico("(app == 'db' || app == 'cache') && tier == 'front'"), tiered, db))).toHaveLength(1);
  });

  test('words that nobody knows are information, and misspelt ones another rule’s', () => {
    expect(said(id, documents(cilium('role: worker'), web))).toEqual([
      expect.stringMatching(/^information \[role: worker\] Selects no pod that the workspace knows/),
    ]);
    expect(said(id, documents(cilium('app: wep'), web))).toEqual([]);
    expect(found('vendor-label-typo', { text: documents(cilium('app: wep'), web) })).toHaveLength(1);
    expect(said(id, documents(calico("app == 'wep' || app == 'x'"), web))).toEqual([]);
  });

  test('nothing where it selects, selects everything or nothing on purpose, or where no pod is known', () => {
    for (const text of [cilium('app: web'), ciliumWith('endpointSelector: {}\ningress: [{}]'), calico('all()'), calico("app == 'web' || app == 'x'")])
      expect(said(id, documents(text, web))).toEqual([]);
    expect(said(id, documents(cilium('app: x'), cache))).toEqual([]);
    expect(said(id, documents(cilium('io.cilium.k8s.policy.serviceaccount: robot'), web))).toEqual([]);
    expect(said(id, documents(clusterwideWith('endpointSelector: {matchLabels: {app: db}}\ningress: [{}]'), web, db))).toEqual([]);
  });

  test('cluster-wide policies look at the namespaces that they are for', () => {
    const global = globalWith("selector: app == 'cache'\nnamespaceSelector: kubernetes.io/metadata.name == 'shop'\ntypes: [Ingress]");
    expect(said(id, documents(global, web, cache))).toEqual([expect.stringMatching(/Deployment cache of namespace other is so labelled[^→]*$/)]);
  });
});

describe('open-to-world', () => {
  const id = 'open-to-world';
  const cilium = (rule: string) => ciliumWith(`endpointSelector: {matchLabels: {app: db}}\ningress:\n  - ${rule}`);
  const calico = (...rules: readonly string[]) =>
    calicoWith(`selector: app == 'db'\ntypes: [Ingress]\ningress:${rules.map((rule) => `\n  - ${rule}`).join('')}`);
  const port = 'toPorts: [{ports: [{port: "5432", protocol: TCP}]}]';

  test('by name, by range, by asking nobody', () => {
    const says = (whom: string) => `Opens TCP 5432 of Deployment db to ${whom}; name who may come, unless the world may.`;
    const told = (rule: string) => said(id, documents(cilium(rule), db));
    expect(told(`{fromEntities: [world], ${port}}`)).toEqual([`warning [fromEntities] ${says('every address outside the cluster')}`]);
    expect(told(`{fromCIDR: [0.0.0.0/0], ${port}}`)).toEqual([`warning [fromCIDR] ${says('every address in 0.0.0.0/0')}`]);
    expect(told(`{fromCIDRSet: [{cidr: "::/0"}], ${port}}`)).toEqual([`warning [fromCIDRSet] ${says('every address in ::/0')}`]);
    expect(told(`{${port}}`)).toEqual([
      `warning [toPorts] ${says('everyone, inside and outside the cluster')} → Let in the policy’s own namespace alone`,
    ]);
    expect(told(`{fromEntities: [cluster], ${port}}`)).toEqual([]);
    expect(told('{fromEntities: [world], toPorts: [{ports: [{port: "443"}]}]}')).toEqual([expect.stringMatching(/^information/)]);
    expect(mended(id, documents(cilium(`${port}`), db))).toContain(
      '- toPorts: [{ports: [{port: "5432", protocol: TCP}]}]\n      fromEndpoints:\n        - {}\n',
    );
  });

  test('of Calico, what is asked counts', () => {
    const allow = '{action: Allow, protocol: TCP, destination: {ports: [5432]}}';
    expect(said(id, documents(calico(allow), db))).toEqual([
      'warning [action] Opens TCP 5432 of Deployment db to everyone, inside and outside the cluster; name who may come, unless the world may.',
    ]);
    expect(said(id, documents(calico('{action: Allow, source: {nets: [0.0.0.0/0]}}'), db))).toEqual([expect.stringMatching(/^warning \[source\]/)]);
    expect(said(id, documents(calico('{action: Deny}', allow), db))).toEqual([]);
    expect(said(id, documents(calico('{action: Deny, source: {nets: [203.0.113.0/24, "2001:db8::/32"]}}', allow), db))).toEqual([]);
    expect(said(id, documents(calico("{action: Allow, source: {selector: app == 'web'}}"), db))).toEqual([]);
  });

  test('is silent for entrances, without pods, and where an administrator denies it', () => {
    const rule = cilium(`{fromEntities: [world], ${port}}`);
    const service =
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  type: LoadBalancer\n  selector: {app: db}\n  ports: [{port: 5432}]\n';
    expect(said(id, documents(rule, db, service))).toEqual([]);
    expect(said(id, rule)).toEqual([]);
    const walls = adminPolicyWith('subject:\n  namespaces: {}\npriority: 1\ningress:\n  - action: Deny\n    from: [{namespaces: {}}]');
    const plain = policyNamed(
      'db',
      'shop',
      'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{ipBlock: {cidr: 0.0.0.0/0}}]\n    ports: [{port: 5432}]',
    );
    expect(said(id, documents(plain, db, walls))).toHaveLength(1);
    const denies = ciliumWith('endpointSelector: {matchLabels: {app: db}}\ningressDeny:\n  - fromEntities: [world]');
    expect(said(id, documents(plain, db, denies))).toEqual([]);
    expect(said(id, documents(rule, db, denies))).toEqual([]);
  });
});

describe('one-sided-flow', () => {
  const id = 'one-sided-flow';
  const dns = '\n  - toPorts: [{ports: [{port: "53", protocol: ANY}]}]';
  const cilium = `endpointSelector: {matchLabels: {app: web}}\negress:${dns}\n  - toEndpoints: [{matchLabels: {app: db}}]\n    toPorts: [{ports: [{port: "5432", protocol: TCP}]}]`;
  const calico =
    "selector: app == 'web'\ntypes: [Egress]\negress:\n  - {action: Allow, protocol: TCP, destination: {selector: app == 'db', ports: [5432]}}";
  const shut = policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]');

  test('what a policy of a plugin lets out and another does not let in', () => {
    const says = (what: string) =>
      `Lets ${what} out to Deployment db, which does not let it in: its ingress is isolated by NetworkPolicy db, and no rule there allows Deployment web. Nothing gets through. → Create the policy db-from-web`;
    expect(said(id, documents(ciliumWith(cilium), shut, web, db))).toEqual([`warning [toEndpoints] ${says('TCP 5432')}`]);
    expect(said(id, documents(calicoWith(calico), shut, web, db))).toEqual([`warning [destination] ${says('TCP 5432')}`]);
    expect(said(id, documents(ciliumWith(cilium), web, db))).toEqual([]);
  });

  test('what one lets in and another does not let out', () => {
    const rule = ciliumWith('endpointSelector: {matchLabels: {app: db}}\ningress:\n  - fromEndpoints: [{matchLabels: {app: web}}]');
    expect(said(id, documents(rule, shut.replace('app: db', 'app: web').replace('Ingress', 'Egress'), web, db))).toEqual([
      'warning [fromEndpoints] Lets anything in from Deployment web, which does not let it out: its egress is isolated by NetworkPolicy db, and no rule there allows Deployment db. Nothing gets through. → Create the policy web-to-db',
    ]);
  });

  test('what the other side allows instead is told', () => {
    const other = shut.replace(/\n$/, `\n  ingress:\n    - from: [{podSelector: {matchLabels: {app: web}}}]\n      ports: [{port: 80}]\n`);
    expect(said(id, documents(ciliumWith(cilium), other, web, db))).toEqual([
      'warning [toEndpoints] Lets TCP 5432 out to Deployment db, which does not let it in: its ingress is isolated by NetworkPolicy db, and the rules there allow Deployment web TCP 80 alone. Nothing gets through. → Create the policy db-from-web',
      'warning [app: web] Lets TCP 80 in from Deployment web, which does not let it out: its egress is isolated by CiliumNetworkPolicy web, and the rules there allow Deployment db SCTP 53, TCP 53, 5432, UDP 53 alone. Nothing gets through. → Create the policy web-to-db',
    ]);
  });

  test('who denies it is named', () => {
    const denies = ciliumWith('endpointSelector: {matchLabels: {app: db}}\ningressDeny:\n  - fromEndpoints: [{matchLabels: {app: web}}]');
    expect(said(id, documents(ciliumWith(cilium), denies.replace('name: web', 'name: walls'), web, db))).toEqual([
      'warning [toEndpoints] Lets TCP 5432 out to Deployment db, which does not let it in: ingressDeny rule 1 of CiliumNetworkPolicy shop/walls denies it. Nothing gets through.',
    ]);
    const plain = policyNamed(
      'web',
      'shop',
      'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: db}}}]',
    );
    const admin = adminPolicyWith(
      'subject:\n  pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}\npriority: 1\ningress:\n  - action: Deny\n    from: [{namespaces: {}}]',
    );
    expect(said(id, documents(plain, admin.replace('name: web', 'name: walls'), web, db))).toEqual([
      'warning [app: db] Lets anything out to Deployment db, which does not let it in: ingress rule 1 of AdminNetworkPolicy walls denies it. Nothing gets through.',
    ]);
  });

  test('a rule that another policy of its own side denies lets nothing out', () => {
    const denies = ciliumWith('endpointSelector: {matchLabels: {app: web}}\negressDeny:\n  - toEndpoints: [{matchLabels: {app: db}}]');
    expect(said(id, documents(ciliumWith(cilium), denies, shut, web, db))).toEqual([]);
  });

  test('is silent for everyone, for identities that no manifest holds, and for pods of the policy itself', () => {
    for (const peer of [
      'toEntities: [cluster]',
      'toEndpoints: [{}]',
      'toEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: robot}}]',
      'toEndpoints: [{matchLabels: {app: web}}]',
    ])
      expect(said(id, documents(ciliumWith(`endpointSelector: {matchLabels: {app: web}}\negress:${dns}\n  - ${peer}`), shut, web, db))).toEqual([]);
  });
});

describe('metadata-service-reachable', () => {
  const id = 'metadata-service-reachable';
  const cilium = (rule: string) => ciliumWith(`endpointSelector: {matchLabels: {app: web}}\negress:\n  - ${rule}`);
  const calico = (destination: string, more = '') =>
    calicoWith(`selector: app == 'web'\ntypes: [Egress]\negress:\n  - {action: Allow, ${more}destination: {${destination}}}`);
  const says = (range: string, how: string, address = '169.254.169.254') =>
    `${range} includes ${address}, where clouds hand out an instance's credentials to whoever asks; ${how} unless these pods need it.`;

  test('a list that an alias repeats elsewhere is not narrowed', () => {
    const list = (denied: string) =>
      calicoWith(
        `selector: all()\ntypes: [Egress]\negress:\n  - {action: Allow, destination: {nets: [0.0.0.0/0], notNets: &own [10.0.0.0/8]}}\n  - {action: Deny, destination: {nets: [192.0.0.0/8], notNets: ${denied}}}`,
      );
    expect(said(id, list('[10.0.0.0/8]'))).toEqual([expect.stringContaining('→ Leave out 169.254.169.254')]);
    expect(said(id, list('*own'))).toEqual([expect.not.stringContaining('→')]);
  });

  test('ranges of Cilium', () => {
    expect(said(id, cilium('toCIDRSet: [{cidr: 0.0.0.0/0, except: [10.0.0.0/8]}]'))).toEqual([
      `warning [toCIDRSet] ${says('0.0.0.0/0', 'leave it out with "except"')} → Leave out 169.254.169.254`,
    ]);
    expect(mended(id, cilium('toCIDRSet: [{cidr: 0.0.0.0/0, except: [10.0.0.0/8]}]'))).toContain('except: [10.0.0.0/8, 169.254.169.254/32]}]');
    expect(mended(id, cilium('toCIDRSet:\n      - cidr: "::/0"'))).toContain(
      '        - cidr: "::/0"\n          except:\n            - fd00:ec2::254/128\n',
    );
    expect(said(id, cilium('toCIDR: [0.0.0.0/0]'))).toEqual([
      `warning [toCIDR] ${says('0.0.0.0/0', 'name ranges by toCIDRSet, and leave it out with "except",')}`,
    ]);
    expect(said(id, cilium('toEntities: [world]'))).toEqual([
      `information [toEntities] ${says('every address outside the cluster', 'name ranges by toCIDRSet, and leave it out with "except",')}`,
    ]);
  });

  test('nets of Calico', () => {
    expect(said(id, calico('nets: [0.0.0.0/0]'))).toEqual([
      `warning [destination] ${says('0.0.0.0/0', 'leave it out with "notNets"')} → Leave out 169.254.169.254`,
    ]);
    expect(mended(id, calico('nets: [0.0.0.0/0]'))).toContain('destination: {nets: [0.0.0.0/0], notNets: [169.254.169.254/32]}');
    expect(mended(id, calico('nets: [0.0.0.0/0], notNets: [10.0.0.0/8]'))).toContain('notNets: [10.0.0.0/8, 169.254.169.254/32]');
  });

  test('nothing of what leaves it out, is for other ports, denies, or comes in', () => {
    for (const text of [
      cilium('toCIDRSet: [{cidr: 0.0.0.0/0, except: [169.254.0.0/16]}]'),
      cilium('{toCIDR: [0.0.0.0/0], toPorts: [{ports: [{port: "443", protocol: TCP}]}]}'),
      cilium('toCIDR: [10.0.0.0/8]'),
      cilium('toEntities: [cluster]'),
      ciliumWith('endpointSelector: {}\negressDeny:\n  - toCIDR: [0.0.0.0/0]'),
      ciliumWith('endpointSelector: {}\ningress:\n  - fromCIDR: [0.0.0.0/0]'),
      calico('nets: [0.0.0.0/0], ports: [443]', 'protocol: TCP, '),
      calico('nets: [0.0.0.0/0]').replace('Allow', 'Deny'),
    ])
      expect(said(id, text)).toEqual([]);
  });
});

describe('egress-to-world', () => {
  const id = 'egress-to-world';
  test('on every port, by range or by name', () => {
    const cilium = (rule: string) => said(id, ciliumWith(`endpointSelector: {matchLabels: {app: web}}\negress:\n  - ${rule}`));
    const says = (whom: string) => `Lets everything out to ${whom}, on every port; what calls the internet mostly needs TCP 443 alone.`;
    expect(cilium('toCIDR: [0.0.0.0/0]')).toEqual([`information [toCIDR] ${says('0.0.0.0/0')} → Allow TCP 443 alone`]);
    expect(cilium('toEntities: [world]')).toEqual([`information [toEntities] ${says('every address outside the cluster')} → Allow TCP 443 alone`]);
    expect(cilium('toEntities: [all]')).toEqual([`information [toEntities] ${says('everything, inside and outside the cluster')}`]);
    expect(cilium('{toEntities: [world], toPorts: [{ports: [{port: "443"}]}]}')).toEqual([]);
    expect(said(id, calicoWith("selector: app == 'web'\ntypes: [Egress]\negress:\n  - {action: Allow, destination: {nets: [0.0.0.0/0]}}"))).toEqual([
      `information [destination] ${says('0.0.0.0/0')}`,
    ]);
    expect(mended(id, ciliumWith('endpointSelector: {}\negress:\n  - toEntities:\n      - world'))).toContain(
      '      - world\n      toPorts:\n        - ports:\n            - port: "443"\n              protocol: TCP\n',
    );
  });
});

describe('sensitive-port-open', () => {
  const id = 'sensitive-port-open';
  const port = 'toPorts: [{ports: [{port: "5432", protocol: TCP}]}]';
  const rule = (peer: string) => `endpointSelector: {matchLabels: {app: db}}\ningress:\n  - {${peer}${port}}`;

  test('to the world, to everyone, to every pod', () => {
    const says = (whom: string) => `Opens TCP 5432 (PostgreSQL) of Deployment db to ${whom}; let in those who need it, by their labels.`;
    expect(said(id, documents(ciliumWith(rule('fromEntities: [world], ')), db))).toEqual([`warning [fromEntities] ${says('the world')}`]);
    expect(said(id, documents(ciliumWith(rule('')), db))).toEqual([`warning [toPorts] ${says('everyone')}`]);
    expect(said(id, documents(ciliumWith(rule('fromEntities: [cluster], ')), db))).toEqual([`warning [fromEntities] ${says('every namespace')}`]);
    expect(said(id, documents(clusterwideWith(rule('fromEndpoints: [{}], ')), db))).toEqual([`warning [fromEndpoints] ${says('every namespace')}`]);
    expect(said(id, documents(ciliumWith(rule('fromEndpoints: [{}], ')), db))).toEqual([]);
    expect(said(id, documents(ciliumWith(rule('fromEntities: [world], ').replace('5432', '80')), db))).toEqual([]);
    expect(
      said(
        id,
        documents(
          calicoWith("selector: app == 'db'\ntypes: [Ingress]\ningress:\n  - {action: Allow, protocol: TCP, destination: {ports: [5432]}}"),
          db,
        ),
      ),
    ).toEqual([`warning [action] ${says('everyone')}`]);
  });
});

describe('redundant-policy', () => {
  const own = policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{port: 80}]');
  const wider = (rule: string, tier = '') =>
    `${calicoWith(`${tier}selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - ${rule}`).replace('name: web', 'name: wider')}`;
  const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: first}\nspec: {order: 10, defaultAction: Pass}\n';

  test('a policy of Calico makes none of Kubernetes needless: it may be asked before, and hand on the rest', () => {
    expect(said('redundant-policy', documents(own, wider('action: Allow', 'tier: first\n'), tier, web))).toEqual([]);
    expect(said('redundant-policy', documents(own, wider("{action: Allow, destination: {selector: app == 'db'}}"), web))).toEqual([]);
  });

  test('one of Cilium does', () => {
    const all = ciliumWith('endpointSelector: {}\ningress:\n  - toPorts: [{ports: [{port: "80"}]}]').replace('name: web', 'name: all');
    expect(said('redundant-policy', documents(own, all, web))).toHaveLength(1);
  });
});

describe('what a policy of the whole cluster denies is not told of the others', () => {
  const everywhere = (direction: string, rule: string) => ciliumWith(`endpointSelector: {matchLabels: {app: web}}\n${direction}:\n  - ${rule}`);
  const denial = (spec: string) => clusterwideWith(`endpointSelector: {}\n${spec}`).replace('name: web', 'name: walls');

  test.each([
    ['metadata-service-reachable', everywhere('egress', 'toCIDR: [0.0.0.0/0]'), denial('egressDeny:\n  - toCIDR: [169.254.169.254/32]')],
    ['egress-to-world', everywhere('egress', 'toCIDR: [0.0.0.0/0]'), denial('egressDeny:\n  - toEntities: [world]')],
    ['open-to-world', everywhere('ingress', 'toPorts: [{ports: [{port: "5432"}]}]'), denial('ingressDeny:\n  - fromEntities: [world]')],
    [
      'metadata-service-reachable',
      policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{ipBlock: {cidr: 0.0.0.0/0}}]'),
      denial('egressDeny:\n  - toCIDR: [169.254.169.254/32]'),
    ],
    ...['open-to-world', 'sensitive-port-open'].map((id) => [
      id,
      policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{port: 5432}]'),
      denial('ingressDeny:\n  - fromEntities: [world]'),
    ]),
  ])('%s', (id, policy, walls) => {
    expect(said(id, documents(policy, web))).toHaveLength(1);
    expect(said(id, documents(policy, web, walls))).toEqual([]);
  });

  test('a port of Cilium without a protocol is one of TCP, too', () => {
    const policy = ciliumWith('endpointSelector: {matchLabels: {app: db}}\ningress:\n  - toPorts: [{ports: [{port: "5432"}]}]');
    expect(said('sensitive-port-open', documents(policy, db))).toHaveLength(1);
  });

  test('a name that no pod gives to a port opens none', () => {
    const policy = policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - ports: [{port: admin}]');
    expect(said('open-to-world', documents(policy, web))).toEqual([]);
    expect(said('open-to-world', documents(policy, deployment('web', 'shop', '{containerPort: 9000, name: admin}')))).toHaveLength(1);
  });
});

describe('what is superfluous in a list', () => {
  const cilium = (rule: string) => ciliumWith(`endpointSelector: {}\ningress: [{${rule}}]\negress: [{${rule.replaceAll('from', 'to')}}]`);
  const admin = (rest: string) => adminPolicyWith(`priority: 1\nsubject: {namespaces: {}}\ningress: [{action: Allow, ${rest}}]`);
  const all = 'from: [{namespaces: {}}]';

  test.each([
    ['endpoints', cilium('fromEndpoints: [{matchLabels: {app: a, tier: x}}, {matchLabels: {app: a}}]'), '{matchLabels: {app: a, tier: x}}', 2],
    ['every endpoint', cilium('fromEndpoints: [{matchLabels: {app: a}}, {}]'), '{matchLabels: {app: a}}', 2],
    ['ranges', cilium('fromCIDR: [10.1.0.0/16, 10.0.0.0/8]'), '10.1.0.0/16', 2],
    ['ranges with exceptions', cilium('fromCIDRSet: [{cidr: 10.1.0.0/16}, {cidr: 10.0.0.0/8, except: [10.2.0.0/16]}]'), '{cidr: 10.1.0.0/16}', 2],
    [
      'namespaces of an administrator',
      admin('from: [{namespaces: {matchLabels: {team: a}}}, {namespaces: {}}]'),
      '{namespaces: {matchLabels: {team: a}}}',
      1,
    ],
  ])('peers: %s', (_, text, part, times) => {
    const found = said('redundant-peer', text);
    expect(found).toHaveLength(times);
    for (const one of found) expect(one.startsWith(`hint [${part}] This peer adds nothing: another of the list already means `)).toBe(true);
    expect(mended('redundant-peer', text)).toBe(text.replace(`${part}, `, ''));
  });

  test.each([
    [
      'a range',
      cilium('toPorts: [{ports: [{port: "80", protocol: TCP}, {port: "79", endPort: 90, protocol: TCP}]}]'),
      '{port: "80", protocol: TCP}',
      2,
    ],
    ['any protocol', cilium('toPorts: [{ports: [{port: http, protocol: TCP}, {port: http}]}]'), '{port: http, protocol: TCP}', 2],
    ['every port', cilium('toPorts: [{ports: [{port: "80", protocol: UDP}, {port: "0", protocol: ANY}]}]'), '{port: "80", protocol: UDP}', 2],
    ['of an administrator', admin(`${all}, ports: [{portNumber: {port: 80}}, {portRange: {start: 79, end: 90}}]`), '{portNumber: {port: 80}}', 1],
  ])('ports: %s', (_, text, part, times) => {
    const found = said('redundant-port', text);
    expect(found).toHaveLength(times);
    for (const one of found) expect(one.startsWith(`hint [${part}] `)).toBe(true);
    expect(mended('redundant-port', text)).toBe(text.replace(`${part}, `, ''));
  });

  test.each([
    [
      'endpoints of different labels, and of different namespaces',
      cilium('fromEndpoints: [{matchLabels: {app: a}}, {matchLabels: {app: b}}, {matchLabels: {app: a, k8s:io.kubernetes.pod.namespace: other}}]'),
    ],
    ['ranges that overlap', cilium('fromCIDRSet: [{cidr: 10.2.0.0/16}, {cidr: 10.0.0.0/8, except: [10.2.0.0/16]}]')],
    ['entities and names', cilium('fromEntities: [world, cluster]')],
    ['ports of other protocols', cilium('toPorts: [{ports: [{port: "80", protocol: TCP}, {port: "80", protocol: UDP}]}]')],
    ['ports of other rules', cilium('toPorts: [{ports: [{port: "80"}]}, {ports: [{port: "80"}, {port: "81"}]}]')],
    [
      'several ranges of one item',
      admin('from: [{networks: [10.0.0.0/8, 192.168.0.0/16]}, {networks: [10.0.0.0/7]}]').replace('ingress', 'egress').replace('from', 'to'),
    ],
  ])('nothing: %s', (_, text) => {
    expect([...said('redundant-peer', text), ...said('redundant-port', text), ...said('duplicate-item', text)]).toEqual([]);
  });

  test.each([
    ['a peer', cilium('fromEndpoints: [{matchLabels: {app: a}}, {matchLabels: {app: a}}]'), 'peer'],
    ['an entity', cilium('fromEntities: [world, world]'), 'peer'],
    ['a port', cilium('toPorts: [{ports: [{port: "80"}, {"port": "80"}]}]'), 'port'],
    [
      'a rule',
      ciliumWith(
        'endpointSelector: {}\ningress: [{fromEntities: [world]}, {fromEntities: [world]}]\negressDeny: [{toEntities: [world]}, {toEntities: [world]}]',
      ),
      'rule',
    ],
  ])('twice: %s of Cilium', (_, text, noun) => {
    const found = said('duplicate-item', text);
    expect(found).toHaveLength(2);
    for (const one of found) expect(one).toContain(`The same ${noun} as number 1 of this list; it adds nothing. → Remove the second ${noun}`);
    expect(said('redundant-peer', text)).toEqual([]);
  });
});
