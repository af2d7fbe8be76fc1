import { describe, expect, test } from 'vitest';
import { adminPolicyWith, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { ciliumWith } from '../../server/src/rules/vendor.ts';
import { mended, said } from '../support/said.ts';

/** Beside the examples of their pages: values out of bounds, and what Cilium makes of denials, names in DNS and empty lists. */

describe('invalid-value', () => {
  const id = 'invalid-value';
  const admin = (priority: string, ingress = '') =>
    adminPolicyWith(`priority: ${priority}\nsubject: {namespaces: {}}${ingress === '' ? '' : `\ningress:\n  - ${ingress}`}`);
  const ports = (range: string) => admin('5', `{action: Allow, from: [{namespaces: {}}], ports: [{portRange: ${range}}]}`);

  test('bounds are inclusive', () => {
    for (const priority of ['0', '1000']) expect(said(id, admin(priority))).toEqual([]);
    expect(said(id, admin('1001'))).toMatchInlineSnapshot(`
      [
        "error [1001] spec.priority is 1001; it must be between 0 and 1000, inclusive.",
      ]
    `);
    expect(said(id, admin('-1'))).toMatchInlineSnapshot(`
      [
        "error [-1] spec.priority is -1; it must be between 0 and 1000, inclusive.",
      ]
    `);
    expect(said(id, admin('{{ .Values.priority }}'))).toEqual([]);
  });

  test('a range of ports ends above its start', () => {
    expect(said(id, ports('{start: 80, end: 90}'))).toEqual([]);
    expect(said(id, ports('{start: 90, end: 80}'))).toMatchInlineSnapshot(`
      [
        "error [80] end 80 must be greater than start 90. → Swap: start 80, end 90",
      ]
    `);
    expect(mended(id, ports('{start: 90, end: 80}'))).toContain('{start: 80, end: 90}');
    expect(said(id, ports('{start: 80, end: 80}'))).toMatchInlineSnapshot(`
      [
        "error [80] end 80 must be greater than start 80.",
      ]
    `);
    expect(said(id, ports('{start: 80}'))).toEqual([]);
  });

  test('how many there may be', () => {
    const rules = (count: number) =>
      adminPolicyWith(
        `priority: 5\nsubject: {namespaces: {}}\ningress:\n${Array.from({ length: count }, (_, i) => `  - {name: r${i}, action: Allow, from: [{namespaces: {}}]}`).join('\n')}`,
      );
    expect(said(id, rules(100))).toEqual([]);
    expect(said(id, rules(101)).map((line) => line.slice(0, 100))).toMatchInlineSnapshot(`
      [
        "error [ingress] spec.ingress has 101 items, and at most 100 are allowed.",
      ]
    `);
    expect(said(id, admin('5', '{action: Allow, from: []}'))).toMatchInlineSnapshot(`
      [
        "error [from] spec.ingress[0].from must have at least one item; an empty list is refused.",
      ]
    `);
  });

  test('words', () => {
    expect(said(id, admin('5', '{action: allow, from: [{namespaces: {}}]}'))).toMatchInlineSnapshot(`
      [
        "error [allow] "allow" is not an action of an AdminNetworkPolicy; use Allow, Deny or Pass. → Change to Allow",
      ]
    `);
    expect(said(id, admin('5', '{action: Log, from: [{namespaces: {}}]}'))).toMatchInlineSnapshot(`
      [
        "error [Log] "Log" is not an action of an AdminNetworkPolicy; use Allow, Deny or Pass. → Change to Allow | Change to Deny | Change to Pass",
      ]
    `);
    const baseline = (name: string) =>
      `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata:\n  name: ${name}\nspec:\n  subject: {namespaces: {}}\n`;
    expect(said(id, baseline('default'))).toEqual([]);
    expect(said(id, baseline('other'))).toMatchInlineSnapshot(`
      [
        "error [other] "other" is not allowed here: the only BaselineAdminNetworkPolicy of a cluster is named "default". → Change to "default"",
      ]
    `);
    expect(mended(id, baseline('other'))).toBe(baseline('default'));
  });
});

describe('ip-block-not-alone', () => {
  const id = 'ip-block-not-alone';
  const peers = (text: string) => policyNamed('web', 'shop', `podSelector: {}\ningress:\n  - from:\n${text}`);

  test('two peers are made of one, in its style', () => {
    expect(mended(id, peers('      - ipBlock:\n          cidr: 10.0.0.0/8\n        podSelector: {}'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from:
              - ipBlock:
                  cidr: 10.0.0.0/8
              - podSelector: {}
      "
    `);
    expect(mended(id, peers('      - namespaceSelector: {}\n        ipBlock:\n          cidr: 10.0.0.0/8'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from:
              - ipBlock:
                  cidr: 10.0.0.0/8
              - namespaceSelector: {}
      "
    `);
    expect(mended(id, peers('      [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from:
              [{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {}}]
      "
    `);
    expect(said(id, peers('      - {ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}'))).toMatchInlineSnapshot(`
      [
        "error [ipBlock] ipBlock may not stand beside podSelector in one peer, since an address has no labels; make them two peers, which allows either. → Split into two peers",
      ]
    `);
  });

  test('what is null stands beside nothing', () => {
    for (const peer of [
      '{ipBlock: {cidr: 10.0.0.0/8}, podSelector: }',
      '{ipBlock: ~, podSelector: {}}',
      '{ipBlock: {cidr: 10.0.0.0/8}}',
      '{namespaceSelector: {}, podSelector: {}}',
    ])
      expect(said(id, peers(`      - ${peer}`)), peer).toEqual([]);
  });
});

describe('invalid-end-port', () => {
  const id = 'invalid-end-port';
  const port = (text: string) => policyNamed('web', 'shop', `podSelector: {}\ningress:\n  - ports:\n      - ${text}`);

  test('what a range lacks', () => {
    for (const text of ['{port: 80, endPort: 80}', '{port: 80, endPort: 65535}', '{port: 80}', '{port: 80, endPort: }'])
      expect(said(id, port(text)), text).toEqual([]);
    expect(said(id, port('{endPort: 90}'))).toMatchInlineSnapshot(`
      [
        "error [endPort] endPort may not be specified when "port" is not specified: a range needs its first port. → Remove endPort",
      ]
    `);
    expect(said(id, port('{port: , endPort: 90}'))).toMatchInlineSnapshot(`
      [
        "error [endPort] endPort may not be specified when "port" is not specified: a range needs its first port. → Remove endPort",
      ]
    `);
    expect(said(id, port('{port: http, endPort: 90}'))).toMatchInlineSnapshot(`
      [
        "error [endPort] endPort may not be specified when "port" is a name: a range needs a number as its first port. → Remove endPort",
      ]
    `);
    expect(said(id, port('{port: 90, endPort: 80}'))).toMatchInlineSnapshot(`
      [
        "error [80] endPort 80 must be greater than or equal to "port" 90. → Swap: port 80, endPort 90 | Remove endPort",
      ]
    `);
    expect(said(id, port('{port: 90, endPort: 65536}'))).toMatchInlineSnapshot(`
      [
        "error [65536] endPort 65536 is out of range: it must be between 1 and 65535, inclusive.",
      ]
    `);
    expect(mended(id, port('{port: 90, endPort: 80}'))).toContain('{port: 80, endPort: 90}');
    expect(mended(id, port('{port: 90, endPort: 80}'), 1)).toContain('{port: 90}');
  });
});

describe('except-not-inside', () => {
  const id = 'except-not-inside';
  const block = (cidr: string, ...except: readonly string[]) =>
    policyNamed('web', 'shop', `podSelector: {}\ningress:\n  - from: [{ipBlock: {cidr: ${cidr}, except: [${except.join(', ')}]}}]`);

  test('part of it, all of it, beside it, of the other family', () => {
    expect(said(id, block('10.0.0.0/8', '10.1.0.0/16', '10.0.0.0/9'))).toEqual([]);
    expect(said(id, block('10.0.0.0/8', '10.0.0.0/8'))).toMatchInlineSnapshot(`
      [
        "error [10.0.0.0/8] "10.0.0.0/8" must be a strict subset of cidr "10.0.0.0/8": an exception can only take away part of the range that it belongs to. → Remove this exception",
      ]
    `);
    expect(said(id, block('10.0.0.0/8', '10.0.0.0/7'))).toHaveLength(1);
    expect(said(id, block('10.0.0.0/8', '11.0.0.0/16', '10.1.0.0/16'))).toHaveLength(1);
    expect(said(id, block('10.0.0.0/8', '"fd00::/16"'))).toMatchInlineSnapshot(`
      [
        "error ["fd00::/16"] "fd00::/16" is of another address family than cidr "10.0.0.0/8": an exception can only take away part of the range that it belongs to. → Remove this exception",
      ]
    `);
    expect(said(id, block('"fd00::/8"', '"fd00:1::/32"'))).toEqual([]);
    expect(said(id, block('rubbish', '10.0.0.0/8'))).toEqual([]);
    expect(said(id, block('10.0.0.0/8', 'rubbish'))).toEqual([]);
    expect(mended(id, block('10.0.0.0/8', '10.1.0.0/16', '11.0.0.0/16'))).toContain('except: [10.1.0.0/16]');
  });
});

describe('exactly-one-field', () => {
  const id = 'exactly-one-field';
  const subject = (text: string) => adminPolicyWith(`priority: 5\nsubject: ${text}`);

  test('none, one, several', () => {
    expect(said(id, subject('{namespaces: {}}'))).toEqual([]);
    expect(said(id, subject('{namespaces: {}, pods: ~}'))).toEqual([]);
    expect(said(id, subject('{}'))).toMatchInlineSnapshot(`
      [
        "error [subject] spec.subject must have exactly one of namespaces or pods, and has none.",
      ]
    `);
    expect(said(id, subject('{namespaces: {}, pods: {namespaceSelector: {}, podSelector: {}}}'))).toMatchInlineSnapshot(`
      [
        "error [pods] spec.subject must have exactly one of namespaces or pods, and has namespaces and pods; make an item of its own for each. → Remove "pods"",
      ]
    `);
    expect(mended(id, subject('{namespaces: {}, pods: {namespaceSelector: {}, podSelector: {}}}'))).toContain('subject: {namespaces: {}}');
    expect(said(id, subject('{namespace: {}}'))).toEqual([]);
    expect(said(id, subject('{{ .Values.subject }}'))).toEqual([]);
  });
});

describe('deny-voids-allow', () => {
  const id = 'deny-voids-allow';
  const web = '{matchLabels: {app: web}}';
  const policy = (name: string, selector: string, ...rules: readonly string[]) =>
    ciliumWith(`endpointSelector: ${selector}\n${rules.join('\n')}`).replace('name: web', `name: ${name}`);
  const allow =
    'ingress:\n  - fromEndpoints: [{matchLabels: {app: api}}]\n    toPorts: [{ports: [{port: "80", protocol: TCP}]}]\n  - fromEntities: [host]';
  const denial = (rule: string) => `ingressDeny:\n  - ${rule}`;

  test('what denies all that a rule allows, here or in another policy that selects the same or more', () => {
    const all = 'fromEndpoints: [{}]';
    expect(said(id, policy('a', web, allow, denial(all)))).toMatchInlineSnapshot(`
      [
        "warning [fromEndpoints: [{matchLabels: {app: api}}]
            toPorts: [{ports: [{port: "80", protocol: TCP}]}]] This rule has no effect: ingressDeny rule 1 of CiliumNetworkPolicy shop/a denies all that it allows, and a denial wins over every policy. → Remove the rule",
      ]
    `);
    expect(mended(id, policy('a', web, allow, denial(all)))).toMatchInlineSnapshot(`
      "apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata:
        name: a
        namespace: shop
      spec:
        endpointSelector: {matchLabels: {app: web}}
        ingress:
          - fromEntities: [host]
        ingressDeny:
          - fromEndpoints: [{}]
      "
    `);
    expect(said(id, { text: policy('a', web, allow), files: { 'b.yaml': policy('b', '{}', denial(all)) } })).toMatchInlineSnapshot(`
      [
        "warning [fromEndpoints: [{matchLabels: {app: api}}]
            toPorts: [{ports: [{port: "80", protocol: TCP}]}]] This rule has no effect: ingressDeny rule 1 of CiliumNetworkPolicy shop/b denies all that it allows, and a denial wins over every policy. → Remove the rule",
      ]
    `);
    expect(said(id, { text: policy('a', '{}', allow), files: { 'b.yaml': policy('b', web, denial(all)) } })).toEqual([]);
  });

  test('not what leaves something', () => {
    for (const rule of [
      'fromEndpoints: [{matchLabels: {app: db}}]',
      'fromEndpoints: [{}]\n    toPorts: [{ports: [{port: "81", protocol: TCP}]}]',
      'fromEndpoints: [{}]\n    toPorts: [{ports: [{port: "80", protocol: UDP}]}]',
    ])
      expect(said(id, policy('a', web, allow, denial(rule))), rule).toEqual([]);
    expect(said(id, policy('a', web, allow, denial('fromEndpoints: [{}]\n    toPorts: [{ports: [{port: "80", protocol: TCP}]}]')))).toHaveLength(1);
    expect(said(id, policy('a', web, allow, denial('fromEndpoints: [{}]').replace('ingressDeny', 'egressDeny').replace('from', 'to')))).toEqual([]);
  });

  test('of the only rule the removal is not offered', () => {
    const only = 'ingress:\n  - fromEndpoints: [{matchLabels: {app: api}}]';
    expect(said(id, policy('a', web, only, denial('fromEndpoints: [{}]')))).toMatchInlineSnapshot(`
      [
        "warning [fromEndpoints: [{matchLabels: {app: api}}]] This rule has no effect: ingressDeny rule 1 of CiliumNetworkPolicy shop/a denies all that it allows, and a denial wins over every policy.",
      ]
    `);
  });
});

describe('cilium-fqdn-without-dns', () => {
  const id = 'cilium-fqdn-without-dns';
  const names = '  - toFQDNs: [{matchName: example.org}]';
  const dns = (more = 'dns: [{matchPattern: "*"}]', port = '"53"') =>
    `  - toEndpoints: [{}]\n    toPorts: [{ports: [{port: ${port}, protocol: ANY}], rules: {${more}}}]`;
  const policy = (selector: string, ...rules: readonly string[]) => ciliumWith(`endpointSelector: ${selector}\negress:\n${rules.join('\n')}`);

  test('DNS has to go through the proxy, of the same pods', () => {
    const web = '{matchLabels: {app: web}}';
    expect(said(id, policy(web, names))).toMatchInlineSnapshot(`
      [
        "warning [toFQDNs] toFQDNs allows addresses that Cilium has seen in answers of DNS, and no policy for these pods sends their DNS through its proxy: it sees none, and nothing is allowed. Add a rule for port 53 with rules.dns. → Add a DNS rule that Cilium can see",
      ]
    `);
    expect(mended(id, policy(web, names))).toMatchInlineSnapshot(`
      "apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        endpointSelector: {matchLabels: {app: web}}
        egress:
          - toFQDNs: [{matchName: example.org}]
          - toEndpoints:
              - matchLabels:
                  k8s:io.kubernetes.pod.namespace: kube-system
                  k8s:k8s-app: kube-dns
            toPorts:
              - ports:
                  - port: "53"
                    protocol: ANY
                rules:
                  dns:
                    - matchPattern: "*"
      "
    `);
    expect(said(id, policy(web, names, dns()))).toEqual([]);
    expect(said(id, policy(web, names, dns('dns: []')))).toHaveLength(1);
    expect(said(id, policy(web, names, dns('dns: [{matchPattern: "*"}]', '"54"')))).toHaveLength(1);
    const other = (selector: string) => ({
      text: policy(web, names),
      files: { 'b.yaml': policy(selector, dns()).replace('name: web', 'name: dns') },
    });
    expect(said(id, other('{}'))).toEqual([]);
    expect(said(id, other(web))).toEqual([]);
    expect(said(id, other('{matchLabels: {app: db}}'))).toHaveLength(1);
  });

  test('an empty list asks for nothing', () => {
    expect(said(id, policy('{}', '  - toFQDNs: []'))).toEqual([]);
  });
});

describe('cilium-empty-list', () => {
  const id = 'cilium-empty-list';

  test('of peers, and of rules', () => {
    expect(
      said(id, ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: []\n    toPorts: [{ports: [{port: "80"}]}]')),
    ).toMatchInlineSnapshot(`
      [
        "warning [fromEndpoints] fromEndpoints is an empty list and matches nobody, so that the rule has no effect; left out, it would not ask who sends. → Every endpoint of the namespace | Remove fromEndpoints",
      ]
    `);
    expect(mended(id, ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: []\n    toPorts: [{ports: [{port: "80"}]}]'))).toContain(
      'fromEndpoints: [{}]',
    );
    expect(mended(id, ciliumWith('endpointSelector: {}\ningress:\n  - fromEndpoints: []\n    toPorts: [{ports: [{port: "80"}]}]'), 1)).toContain(
      '  - toPorts: [{ports',
    );
    expect(said(id, ciliumWith('endpointSelector: {}\negress:\n  - toCIDR: []'))).toMatchInlineSnapshot(`
      [
        "warning [toCIDR] toCIDR is an empty list and matches nobody, so that the rule has no effect; left out, it would not ask who receives.",
      ]
    `);
    expect(said(id, ciliumWith('endpointSelector: {}\ningress: []'))).toMatchInlineSnapshot(`
      [
        "warning [ingress] ingress is an empty list, which says nothing in Cilium: the endpoints stay open. An empty rule, [{}], denies everything. → Deny everything: [{}]",
      ]
    `);
    expect(mended(id, ciliumWith('endpointSelector: {}\ningress: []'))).toContain('ingress: [{}]');
    for (const spec of [
      'ingressDeny: []',
      'ingress: []\ningressDeny: [{fromEndpoints: [{}]}]',
      'ingress: [{}]\nenableDefaultDeny: {ingress: true, egress: false}',
      'ingressDeny: [{}]\nenableDefaultDeny: {ingress: true}',
      'egress: [{}]\nenableDefaultDeny: {ingress: "{{ .deny }}"}',
      'ingress: [{}]',
      'ingress: {{ .Values.ingress }}',
    ])
      expect(said(id, ciliumWith(`endpointSelector: {}\n${spec}`)), spec).toEqual([]);
    for (const spec of ['ingress: []\negress: [{}]', 'egress: [{}]', 'ingressDeny: []\negress: [{}]'])
      expect(said(id, ciliumWith(`endpointSelector: {}\n${spec}\nenableDefaultDeny: {ingress: true}`)), spec).toHaveLength(1);
    expect(said(id, documents(ciliumWith('endpointSelector: {}\ningress: []\negressDeny: [{toEndpoints: [{}]}]')))).toHaveLength(1);
  });
});

describe('values of Cilium', () => {
  const says = (rule: string) => said('invalid-value', ciliumWith(`endpointSelector: {}\ningress: [${rule}]`));
  const icmp = (field: string) => says(`{icmps: [{fields: [{${field}}]}]}`);
  const names = (list: string) => [
    ...says(`{toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: ${list}}]}`),
    ...said('duplicate-item', ciliumWith(`endpointSelector: {}\ningress: [{toPorts: [{serverNames: ${list}}]}]`)),
  ];

  test('types of ICMP', () => {
    for (const fine of ['8', '"8"', '0', '"255"', 'EchoRequest', 'Photuris', '~', '"{{ .type }}"'])
      expect([fine, icmp(`type: ${fine}`)]).toEqual([fine, []]);
    expect(icmp('type: PacketTooBig, family: IPv6')).toEqual([]);
    expect(icmp('type: PacketTooBig, family: "{{ .family }}"')).toEqual([]);
    expect(
      ['PacketTooBig', 'echoreply', '"256"', '"08"', '""', 'ExtendedEchoReply', '256', '-1'].flatMap((type) => icmp(`type: ${type}`)),
    ).toMatchInlineSnapshot(`
      [
        "error [PacketTooBig] "PacketTooBig" is no type of ICMP for IPv4: write a number from 0 to 255, or a name such as EchoRequest.",
        "error [echoreply] "echoreply" is no type of ICMP for IPv4: write a number from 0 to 255, or a name such as EchoReply. → Change to EchoReply",
        "error ["256"] "256" is no type of ICMP for IPv4: write a number from 0 to 255, or a name such as EchoRequest.",
        "error ["08"] "08" is no type of ICMP for IPv4: write a number from 0 to 255, or a name such as EchoRequest.",
        "error [""] "" is no type of ICMP for IPv4: write a number from 0 to 255, or a name such as EchoRequest.",
        "error [ExtendedEchoReply] "ExtendedEchoReply" is no type of ICMP for IPv4: write a number from 0 to 255, or a name such as ExtendedEchoRequest. → Change to ExtendedEchoRequest",
        "warning [256] 256 is no type of ICMP: they go from 0 to 255.",
        "warning [-1] -1 is no type of ICMP: they go from 0 to 255.",
      ]
    `);
  });

  test('names that TLS connections ask for', () => {
    for (const fine of ['[example.com]', '["*.example.com", "**.a_b", "*", a.]']) expect([fine, names(fine)]).toEqual([fine, []]);
    expect(['[]', '[""]', '[a..b]', '["a b"]', '[.a]', '[a, a]', `[${'a'.repeat(256)}]`].flatMap((list) => names(list))).toMatchInlineSnapshot(`
      [
        "error [serverNames] spec.ingress[0].toPorts[0].serverNames must have at least one item; an empty list is refused.",
        "error [""] "" is no name that TLS connections ask for: letters, digits, -, _ and * in parts with one dot between them.",
        "error [a..b] "a..b" is no name that TLS connections ask for: letters, digits, -, _ and * in parts with one dot between them.",
        "error ["a b"] "a b" is no name that TLS connections ask for: letters, digits, -, _ and * in parts with one dot between them.",
        "error [.a] ".a" is no name that TLS connections ask for: letters, digits, -, _ and * in parts with one dot between them.",
        "error [a] The same name as number 1 of this list; the API server refuses the policy. → Remove the second name",
        "error [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa] spec.ingress[0].toPorts[0].serverNames[0] has 256 characters, and at most 255 are allowed.",
      ]
    `);
  });
});
