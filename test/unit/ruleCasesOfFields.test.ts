import { describe, expect, test } from 'vitest';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed, policyWith } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { mended, said } from '../support/said.ts';

/** Beside the examples of their pages: fields in the wrong place and of the wrong type, words that are nearly right, and a namespace's default. */

describe('unknown-field', () => {
  const id = 'unknown-field';
  const spec = (...lines: readonly string[]) => policyNamed('web', 'shop', lines.join('\n'));

  test('ports, from and to beside the directions move into the rule of the section before them', () => {
    const rules = ['podSelector: {}', 'ingress:', '  - from: [{podSelector: {}}]', 'egress:', '  - to: [{podSelector: {}}]'];
    expect(said(id, spec(...rules, 'ports:', '  - port: 80'))).toMatchInlineSnapshot(`
      [
        "error [ports] A NetworkPolicy’s spec has no field "ports" (at spec); a field of that name belongs at spec.ingress[].ports or spec.egress[].ports. → Move "ports" into the egress rule",
      ]
    `);
    expect(mended(id, spec(...rules, 'ports:', '  - port: 80'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from: [{podSelector: {}}]
        egress:
          - to: [{podSelector: {}}]
            ports:
              - port: 80
      "
    `);
    expect(mended(id, spec(...rules.slice(0, 3), 'ports: [{port: 80}]', ...rules.slice(3)))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from: [{podSelector: {}}]
            ports: [{port: 80}]
        egress:
          - to: [{podSelector: {}}]
      "
    `);
    expect(said(id, spec('podSelector: {}', 'ports: [{port: 80}]', 'ingress:', '  - {from: [{podSelector: {}}]}'))).toMatchInlineSnapshot(`
      [
        "error [ports] A NetworkPolicy’s spec has no field "ports" (at spec); a field of that name belongs at spec.ingress[].ports or spec.egress[].ports. → Move "ports" into the ingress rule",
      ]
    `);
    const two = [
      'podSelector: {}',
      'ingress:',
      '  - from: [{podSelector: {}}]',
      '  - from: [{ipBlock: {cidr: 10.0.0.0/8}}]',
      '    ports: [{port: 1}]',
      '  - {}',
      '  - from: []',
    ];
    expect(said(id, spec(...two, 'ports: [{port: 80}]'))).toMatchInlineSnapshot(`
      [
        "error [ports] A NetworkPolicy’s spec has no field "ports" (at spec); a field of that name belongs at spec.ingress[].ports or spec.egress[].ports. → Move "ports" into ingress rule 1 | Move "ports" into ingress rule 3 | Move "ports" into ingress rule 4",
      ]
    `);
    expect(mended(id, spec(...two, 'ports: [{port: 80}]'), 1)).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from: [{podSelector: {}}]
          - from: [{ipBlock: {cidr: 10.0.0.0/8}}]
            ports: [{port: 1}]
          - {ports: [{port: 80}]}
          - from: []
      "
    `);
  });

  test('from and to without a direction become one', () => {
    expect(said(id, spec('podSelector: {}', 'from:', '  - podSelector: {}'))).toMatchInlineSnapshot(`
      [
        "error [from] A NetworkPolicy’s spec has no field "from" (at spec); a field of that name belongs at spec.ingress[].from. → Make it a rule under "ingress"",
      ]
    `);
    expect(mended(id, spec('podSelector: {}', 'from:', '  - podSelector: {}'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from:
              - podSelector: {}
      "
    `);
    expect(mended(id, spec('podSelector: {}', 'to:', '- podSelector: {}', 'policyTypes:', '- Egress'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        egress:
        - to:
          - podSelector: {}
        policyTypes:
        - Egress
      "
    `);
    expect(said(id, spec('podSelector: {}', 'egress: []', 'from: [{podSelector: {}}]'))).toMatchInlineSnapshot(`
      [
        "error [from] A NetworkPolicy’s spec has no field "from" (at spec); a field of that name belongs at spec.ingress[].from. → Make it a rule under "ingress"",
      ]
    `);
    expect(said(id, spec('podSelector: {}', 'egress: [{}]', 'to: [{podSelector: {}}]'))).toMatchInlineSnapshot(`
      [
        "error [to] A NetworkPolicy’s spec has no field "to" (at spec); a field of that name belongs at spec.egress[].to. → Move "to" into the egress rule",
      ]
    `);
    expect(said(id, spec('podSelector: {}', 'ports: [{port: 80}]'))).toMatchInlineSnapshot(`
      [
        "error [ports] A NetworkPolicy’s spec has no field "ports" (at spec); a field of that name belongs at spec.ingress[].ports or spec.egress[].ports.",
      ]
    `);
  });

  test('what belongs into spec', () => {
    const root = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n';
    expect(said(id, `${root}podSelector: {}\nspec:\n  policyTypes: [Ingress]\n`)).toMatchInlineSnapshot(`
      [
        "error [podSelector] A NetworkPolicy has no field "podSelector"; a field of that name belongs at spec.podSelector or spec.ingress[].from[].podSelector. → Move "podSelector" into "spec"",
      ]
    `);
    expect(mended(id, `${root}podSelector:\n  matchLabels:\n    app: web\nspec:\n  policyTypes: [Ingress]\n`)).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        policyTypes: [Ingress]
        podSelector:
          matchLabels:
            app: web
      "
    `);
    expect(mended(id, `${root}podSelector: {}\n`)).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        podSelector: {}
      "
    `);
    expect(said(id, `${root}podSelector: {}\nspec:\n  podSelector: {}\n`)).toMatchInlineSnapshot(`
      [
        "error [podSelector] A NetworkPolicy has no field "podSelector"; a field of that name belongs at spec.podSelector or spec.ingress[].from[].podSelector.",
      ]
    `);
    expect(said(id, `${root}podSelector: {}\nspec: {policyTypes: [Ingress]}\n`)).toMatchInlineSnapshot(`
      [
        "error [podSelector] A NetworkPolicy has no field "podSelector"; a field of that name belongs at spec.podSelector or spec.ingress[].from[].podSelector. → Move "podSelector" into "spec"",
      ]
    `);
  });

  test('what is not of a peer', () => {
    const peer = (...lines: readonly string[]) => spec('podSelector: {}', 'ingress:', '  - from:', `      - ${lines.join('\n        ')}`);
    expect(mended(id, peer('podSelector: {}', 'ports:', '  - port: 80'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from:
              - podSelector: {}
            ports:
              - port: 80
      "
    `);
    expect(said(id, `${peer('podSelector: {}', 'ports: [{port: 80}]')}      ports: [{port: 81}]\n`)).toMatchInlineSnapshot(`
      [
        "error [ports] A peer has no field "ports" (at spec.ingress[0].from[0]); a field of that name belongs at spec.ingress[].ports or spec.egress[].ports.",
      ]
    `);
    expect(mended(id, peer('cidr: 10.0.0.0/8', 'except: [10.1.0.0/16]'))).toMatchInlineSnapshot(`
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
                  except: [10.1.0.0/16]
      "
    `);
    expect(said(id, peer('cidr: 10.0.0.0/8', 'podSelector: {}', 'except: [10.1.0.0/16]'))).toMatchInlineSnapshot(`
      [
        "error [cidr] A peer has no field "cidr" (at spec.ingress[0].from[0]); a field of that name belongs at spec.ingress[].from[].ipBlock.cidr or spec.egress[].to[].ipBlock.cidr.",
        "error [except] A peer has no field "except" (at spec.ingress[0].from[0]); a field of that name belongs at spec.ingress[].from[].ipBlock.except or spec.egress[].to[].ipBlock.except.",
      ]
    `);
    expect(said(id, peer('matchLabels: {app: web}'))).toMatchInlineSnapshot(`
      [
        "error [matchLabels] A peer has no field "matchLabels" (at spec.ingress[0].from[0]); it takes podSelector, namespaceSelector, ipBlock. → Put it under "podSelector" | Put it under "namespaceSelector"",
      ]
    `);
    expect(mended(id, peer('matchLabels: {app: web}'), 1)).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from:
              - namespaceSelector:
                  matchLabels: {app: web}
      "
    `);
    expect(said(id, peer('podSelector: {}', 'matchLabels: {app: web}'))).toMatchInlineSnapshot(`
      [
        "error [matchLabels] A peer has no field "matchLabels" (at spec.ingress[0].from[0]); it takes podSelector, namespaceSelector, ipBlock. → Put it under "namespaceSelector"",
      ]
    `);
  });

  test('the wrong direction’s word', () => {
    expect(mended(id, spec('podSelector: {}', 'ingress:', '  - to: [{podSelector: {}}]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - from: [{podSelector: {}}]
      "
    `);
    expect(said(id, spec('podSelector: {}', 'egress:', '  - from: [{podSelector: {}}]'))).toMatchInlineSnapshot(`
      [
        "error [from] An egress rule has no field "from" (at spec.egress[0]); a field of that name belongs at spec.ingress[].from. → Rename to "to"",
      ]
    `);
    expect(said(id, spec('podSelector: {}', 'egress:', '  - from: [{podSelector: {}}]', '    to: []'))).toMatchInlineSnapshot(`
      [
        "error [from] An egress rule has no field "from" (at spec.egress[0]); a field of that name belongs at spec.ingress[].from.",
      ]
    `);
  });

  test('nearly right, and right nowhere', () => {
    expect(said(id, spec('podSelector: {}', 'polcyTypes: [Ingress]'))).toMatchInlineSnapshot(`
      [
        "error [polcyTypes] A NetworkPolicy’s spec has no field "polcyTypes" (at spec); did you mean "policyTypes"? → Rename to "policyTypes"",
      ]
    `);
    expect(said(id, spec('podSelector: {}', 'polcyTypes: [Ingress]', 'policyTypes: [Ingress]'))).toMatchInlineSnapshot(`
      [
        "error [polcyTypes] A NetworkPolicy’s spec has no field "polcyTypes" (at spec); did you mean "policyTypes"?",
      ]
    `);
    expect(said(id, spec('podSelector: {}', 'rubbish: 1'))).toMatchInlineSnapshot(`
      [
        "error [rubbish] A NetworkPolicy’s spec has no field "rubbish" (at spec); it takes podSelector, policyTypes, ingress, egress.",
      ]
    `);
    expect(said(id, spec('podSelector:', '  app: web', '  tier: a'))).toMatchInlineSnapshot(`
      [
        "error [app] A label selector has no field "app" (at spec.podSelector); it takes matchLabels, matchExpressions. → Put the labels under "matchLabels"",
        "error [tier] A label selector has no field "tier" (at spec.podSelector); it takes matchLabels, matchExpressions. → Put the labels under "matchLabels"",
      ]
    `);
    expect(mended(id, spec('podSelector:', '  app: web', '  tier: a'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector:
          matchLabels:
            app: web
            tier: a
      "
    `);
    expect(said(id, spec('podSelector:', '  app: web', '  matchExpressions: []'))).toMatchInlineSnapshot(`
      [
        "error [app] A label selector has no field "app" (at spec.podSelector); it takes matchLabels, matchExpressions.",
      ]
    `);
    expect(said(id, spec('podSelector: {app: web}'))).toMatchInlineSnapshot(`
      [
        "error [app] A label selector has no field "app" (at spec.podSelector); it takes matchLabels, matchExpressions. → Put the labels under "matchLabels"",
      ]
    `);
    expect(said(id, spec('podSelector:', '  app: {a: b}'))).toMatchInlineSnapshot(`
      [
        "error [app] A label selector has no field "app" (at spec.podSelector); it takes matchLabels, matchExpressions.",
      ]
    `);
  });
});

describe('wrong-type', () => {
  const id = 'wrong-type';
  const ports = (port: string) => policyNamed('web', 'shop', `podSelector: {}\ningress:\n  - ports:\n      - ${port}`);

  test.each([
    ['port: 80', []],
    ['port: "80"', []],
    ['port: http', []],
    ['port: 1.5', ['port must be a whole number or a name, and this is a number with a fraction']],
    ['port: true', ['port must be a whole number or a name, and this is a boolean']],
    ['port: [80]', ['port must be a whole number or a name, and this is a list']],
    ['port: {a: b}', ['port must be a whole number or a name, and this is a mapping']],
    ['{port: 80, endPort: "90"}', ['endPort must be a whole number, and this is a string']],
    ['{port: 80, endPort: 90}', []],
    ['{port: 80, endPort: 9223372036854775808}', ['endPort must be a whole number that fits 64 bits, and this is a number']],
    ['{port: 80, protocol: 6}', ['protocol must be a string, and this is a number']],
    ['{port: 80, protocol: {{ .Values.protocol }}}', []],
    ['port: ~', []],
  ])('%s', (port, expected) => {
    expect(said(id, ports(port)).map((line) => line.replace(/^error \[.*?\] spec\.ingress\[0\]\.ports\[0\]\.|\. → .*$|\.$/g, ''))).toEqual(expected);
  });

  test('what is offered', () => {
    expect(mended(id, ports('{port: 80, endPort: " 90 "}'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - ports:
              - {port: 80, endPort: 90}
      "
    `);
    expect(mended(id, ports('{port: 80, protocol: 6}'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - ports:
              - {port: 80, protocol: "6"}
      "
    `);
    expect(mended(id, ports('port: [80]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        podSelector: {}
        ingress:
          - ports:
              - port: 80
      "
    `);
    expect(said(id, policyWith('podSelector: [{matchLabels: {app: web}}]'))).toMatchInlineSnapshot(`
      [
        "error [podSelector] spec.podSelector must be a mapping, and this is a list. → Take it out of the list",
      ]
    `);
    expect(mended(id, policyWith('podSelector: [{matchLabels: {app: web}}]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        podSelector: {matchLabels: {app: web}}
      "
    `);
    expect(said(id, policyWith('podSelector: [a]'))).toMatchInlineSnapshot(`
      [
        "error [podSelector] spec.podSelector must be a mapping, and this is a list.",
      ]
    `);
    expect(mended(id, policyWith('podSelector: {}\npolicyTypes: Ingress'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        podSelector: {}
        policyTypes: [Ingress]
      "
    `);
    expect(mended(id, policyWith('podSelector: {}\ningress:\n  from: [{podSelector: {}}]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        podSelector: {}
        ingress:
          - from: [{podSelector: {}}]
      "
    `);
    expect(said(id, policyWith('podSelector: {}\ningress: 5'))).toMatchInlineSnapshot(`
      [
        "error [5] spec.ingress must be a list, and this is a number.",
      ]
    `);
    expect(said(id, policyWith('podSelector: {}\ningress:\n  - - {}'))).toMatchInlineSnapshot(`
      [
        "error [- {}] spec.ingress[0] must be a mapping, and this is a list. → Take it out of the list",
      ]
    `);
    expect(said(id, policyWith('podSelector: &a [b]\ningress: [{from: [{podSelector: *a}]}]'))).toMatchInlineSnapshot(`
      [
        "error [podSelector] spec.podSelector must be a mapping, and this is a list.",
      ]
    `);
  });

  test('what others judge, and what nobody does', () => {
    expect(said(id, policyWith('podSelector: {matchLabels: {a: 1}}'))).toEqual([]);
    expect(said(id, policyWith('podSelector: {matchLabels: {a: [1]}}'))).toHaveLength(1);
    expect(said(id, policyWith('podSelector: {}').replace('name: web', 'name: web\n  annotations: {a: 1}'))).toEqual([]);
    expect(said(id, deployment('web', 'shop').replace('app: web\n', 'app: [web]\n'))).toEqual([]);
  });
});

describe('invalid-cidr', () => {
  const id = 'invalid-cidr';
  const block = (cidr: string) => policyNamed('web', 'shop', `podSelector: {}\ningress:\n  - from: [{ipBlock: ${cidr}}]`);

  test('what is wrong, and what is offered', () => {
    expect(said(id, block('{cidr: 10.0.0.1}'))).toMatchInlineSnapshot(`
      [
        "error [10.0.0.1] "10.0.0.1" is not a valid CIDR: the prefix length is missing; for this one address, write 10.0.0.1/32. → Add /32",
      ]
    `);
    expect(said(id, block('{cidr: "fd00::1"}'))).toMatchInlineSnapshot(`
      [
        "error ["fd00::1"] "fd00::1" is not a valid CIDR: the prefix length is missing; for this one address, write fd00::1/128. → Add /128",
      ]
    `);
    expect(mended(id, block('{cidr: "fd00::1"}'))).toContain('cidr: "fd00::1/128"');
    expect(mended(id, block("{cidr: '10.0.0.1'}"))).toContain("cidr: '10.0.0.1/32'");
    expect(mended(id, block('{cidr: 10.0.0.1}'))).toContain('cidr: 10.0.0.1/32}');
    expect(said(id, block('{cidr: 10.0.0.0/33}'))).toMatchInlineSnapshot(`
      [
        "error [10.0.0.0/33] "10.0.0.0/33" is not a valid CIDR: the prefix length 33 is more than 32.",
      ]
    `);
    expect(said(id, block('{cidr: 10.0.0.0/8, except: [10.1.0.0, ""]}'))).toMatchInlineSnapshot(`
      [
        "error [10.1.0.0] "10.1.0.0" is not a valid CIDR: the prefix length is missing; for this one address, write 10.1.0.0/32. → Add /32",
        "error [""] "" is not a valid CIDR: an IPv4 address has four numbers, not 1.",
      ]
    `);
    expect(said(id, block('{cidr: ""}'))).toEqual([]);
    expect(said(id, block('{cidr: rubbish}'))).toMatchInlineSnapshot(`
      [
        "error [rubbish] "rubbish" is not a valid CIDR: names of hosts cannot stand here.",
      ]
    `);
  });

  test.each([
    ['10.0.0.0/8', 0],
    ['10.0.0.1', 1],
    ['10.0.0.0/99', 1],
    ['""', 1],
  ])('Cilium’s schema wants a range: %s', (cidr, count) => {
    for (const rule of [`fromCIDR: [${cidr}]`, `fromCIDRSet: [{cidr: ${cidr}}]`])
      expect(said(id, ciliumWith(`endpointSelector: {}\ningress:\n  - ${rule}`))).toHaveLength(count);
  });

  test('Calico takes a single address', () => {
    const from = (cidr: string) => calicoWith(`ingress:\n  - action: Allow\n    source: {nets: [${cidr}]}`);
    expect(said(id, from('10.0.0.1'))).toEqual([]);
    expect(said(id, from('10.0.0.0/8'))).toEqual([]);
    expect(said(id, from('10.0.0.0/99'))).toHaveLength(1);
  });
});

describe('cidr-ambiguous and cidr-host-bits', () => {
  const says = (text: string) => ['cidr-ambiguous', 'cidr-host-bits', 'invalid-cidr'].flatMap((id) => said(id, text).map((one) => `${id}: ${one}`));
  const cilium = (cidr: string) => ciliumWith(`endpointSelector: {}\negress:\n  - toCIDR: [${cidr}]`);
  const admin = (version: string) => (cidr: string) =>
    `apiVersion: policy.networking.k8s.io/${version}\nkind: ${version === 'v1alpha1' ? 'AdminNetworkPolicy' : 'ClusterNetworkPolicy'}\nmetadata: {name: a}\nspec:\n  ${version === 'v1alpha1' ? '' : 'tier: Admin\n  '}priority: 1\n  subject: {namespaces: {}}\n  egress: [{action: Deny, to: [{networks: [${cidr}]}]}]\n`;

  test('each API has its own word for them', () => {
    const written = ['010.0.0.0/8', '"::ffff:10.0.0.0/104"', '10.0.0.1/8'];
    expect([cilium, admin('v1alpha1'), admin('v1beta1')].map((policy) => written.flatMap((cidr) => says(policy(cidr))))).toMatchInlineSnapshot(`
      [
        [
          "cidr-ambiguous: error [010.0.0.0/8] "010.0.0.0/8" has leading zeros, which some programs read as octal; Cilium refuses it. Write 10.0.0.0/8. → Change to 10.0.0.0/8",
          "cidr-ambiguous: warning ["::ffff:10.0.0.0/104"] "::ffff:10.0.0.0/104" is an IPv4 range written as IPv6, which Cilium takes for IPv6. Write 10.0.0.0/8. → Change to 10.0.0.0/8",
          "cidr-host-bits: warning [10.0.0.1/8] "10.0.0.1/8" has bits set behind its prefix length and means 10.0.0.0/8, the whole network. → Change to 10.0.0.0/8",
        ],
        [
          "cidr-ambiguous: error [010.0.0.0/8] "010.0.0.0/8" has leading zeros, which some programs read as octal; the API server refuses it. Write 10.0.0.0/8. → Change to 10.0.0.0/8",
          "cidr-ambiguous: error ["::ffff:10.0.0.0/104"] "::ffff:10.0.0.0/104" is an IPv4 range written as IPv6, which some programs take for another family; the API server refuses it. Write 10.0.0.0/8. → Change to 10.0.0.0/8",
          "cidr-host-bits: warning [10.0.0.1/8] "10.0.0.1/8" has bits set behind its prefix length and means 10.0.0.0/8, the whole network. → Change to 10.0.0.0/8",
        ],
        [
          "cidr-ambiguous: error [010.0.0.0/8] "010.0.0.0/8" has leading zeros, which some programs read as octal; the API server refuses it. Write 10.0.0.0/8. → Change to 10.0.0.0/8",
          "cidr-ambiguous: error ["::ffff:10.0.0.0/104"] "::ffff:10.0.0.0/104" is an IPv4 range written as IPv6, which some programs take for another family; the API server refuses it. Write 10.0.0.0/8. → Change to 10.0.0.0/8",
          "invalid-cidr: error [10.0.0.1/8] "10.0.0.1/8" has bits set behind its prefix length and means 10.0.0.0/8, the whole network; the API server refuses it. → Change to 10.0.0.0/8",
        ],
      ]
    `);
  });
});

describe('ip-block-cluster-address', () => {
  const networks = (cidr: string) =>
    adminPolicyWith(`priority: 1\nsubject: {namespaces: {}}\negress: [{action: Deny, to: [{networks: ["${cidr}"]}]}]`);
  const says = (cidr: string) =>
    said('ip-block-cluster-address', { text: networks(cidr), clusterCidrs: { pods: ['10.244.0.0/16', 'fd00::/64'], services: ['10.96.0.0/12'] } });

  test('ranges of administrators’ policies, as they lie to the cluster’s', () => {
    for (const fine of ['0.0.0.0/0', '192.0.2.0/24', 'rubbish', '2001:db8::/32']) expect([fine, says(fine)]).toEqual([fine, []]);
    expect(said('ip-block-cluster-address', networks('10.0.0.0/8'))).toEqual([]);
    expect(['10.0.0.0/8', '10.244.0.0/16', '10.244.3.0/24', '10.96.1.1/32', 'fd00::/8'].flatMap((cidr) => says(cidr))).toMatchInlineSnapshot(`
      [
        "information ["10.0.0.0/8"] 10.0.0.0/8 holds the addresses of the cluster's pods (10.244.0.0/16): what this rule decides, it decides between pods, too.",
        "warning ["10.244.0.0/16"] 10.244.0.0/16 lies among the cluster's pod addresses (10.244.0.0/16): pods change their addresses; select them by labels.",
        "warning ["10.244.3.0/24"] 10.244.3.0/24 lies among the cluster's pod addresses (10.244.0.0/16): pods change their addresses; select them by labels.",
        "warning ["10.96.1.1/32"] 10.96.1.1/32 lies among the cluster's Service addresses (10.96.0.0/12): policies see the pods behind it; select those by labels.",
        "information ["fd00::/8"] fd00::/8 holds the addresses of the cluster's pods (fd00::/64): what this rule decides, it decides between pods, too.",
      ]
    `);
  });
});

describe('implicit-pod-selector', () => {
  const id = 'implicit-pod-selector';

  test('what is offered depends on what is there', () => {
    expect(said(id, policyWith('policyTypes: [Ingress]'))).toMatchInlineSnapshot(`
      [
        "warning [spec] Without a podSelector this policy selects every pod of the namespace that it is applied to; write podSelector: {} where that is meant, or labels. → Write podSelector: {}",
      ]
    `);
    expect(mended(id, policyWith('policyTypes: [Ingress]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        podSelector: {}
        policyTypes: [Ingress]
      "
    `);
    expect(mended(id, policyWith('podSelector:\npolicyTypes: [Ingress]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        podSelector: {}
        policyTypes: [Ingress]
      "
    `);
    expect(mended(id, policyWith('podSelector: ~\npolicyTypes: [Ingress]'))).toMatchInlineSnapshot(`
      "apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: web
      spec:
        podSelector: {}
        policyTypes: [Ingress]
      "
    `);
    expect(said(id, policyNamed('web', 'shop', 'policyTypes: [Ingress]'))).toMatchInlineSnapshot(`
      [
        "warning [spec] Without a podSelector this policy selects every pod of namespace shop; write podSelector: {} where that is meant, or labels. → Write podSelector: {}",
      ]
    `);
    expect(said(id, policyWith('{}').replace('spec:\n  {}', 'spec: {policyTypes: [Ingress]}'))).toMatchInlineSnapshot(`
      [
        "warning [spec] Without a podSelector this policy selects every pod of the namespace that it is applied to; write podSelector: {} where that is meant, or labels. → Write podSelector: {}",
      ]
    `);
  });

  test('nothing of a misspelt one, of other kinds and of templates', () => {
    for (const spec of ['podselector: {}', 'podSelectr: {}', 'selector: {}', 'podSelector: {}', 'podSelector: {matchLabels: {a: b}}'])
      expect(said(id, policyWith(`${spec}\npolicyTypes: [Ingress]`)), spec).toEqual([]);
    expect(said(id, policyWith('policyTypes: [{{ .Values.type }}]'))).toEqual([]);
    expect(said(id, ciliumWith('ingress: [{}]'))).toEqual([]);
  });
});

describe('controller-label', () => {
  const id = 'controller-label';

  test('in labels and in expressions; the last one stays', () => {
    expect(said(id, policyWith('podSelector: {matchLabels: {app: web, pod-template-hash: abc}}'))).toMatchInlineSnapshot(`
      [
        "warning [pod-template-hash] "pod-template-hash" is set by a controller and changes with every roll-out: from the next one on, this selector matches no pod. → Remove "pod-template-hash"",
      ]
    `);
    expect(mended(id, policyWith('podSelector: {matchLabels: {app: web, pod-template-hash: abc}}'))).toContain(
      'podSelector: {matchLabels: {app: web}}',
    );
    expect(said(id, policyWith('podSelector: {matchLabels: {controller-uid: abc}}'))).toMatchInlineSnapshot(`
      [
        "warning [controller-uid] "controller-uid" is set by a controller and changes with every roll-out: from the next one on, this selector matches no pod.",
      ]
    `);
    expect(
      said(id, policyWith('podSelector: {matchExpressions: [{key: rollouts-pod-template-hash, operator: Exists}, {key: app, operator: Exists}]}')),
    ).toMatchInlineSnapshot(`
      [
        "warning [rollouts-pod-template-hash] "rollouts-pod-template-hash" is set by a controller and changes with every roll-out: from the next one on, this selector matches no pod.",
      ]
    `);
    for (const key of ['controller-revision-hash', 'pod-template-generation', 'batch.kubernetes.io/controller-uid'])
      expect(said(id, policyWith(`podSelector: {matchLabels: {${key}: a}}`))).toHaveLength(1);
  });

  test('not in what is no selector, nor in workloads', () => {
    expect(said(id, policyWith('podSelector: {}').replace('name: web', 'name: web\n  labels: {pod-template-hash: a}'))).toEqual([]);
    expect(said(id, deployment('web', 'shop').replace('{app: web}', '{pod-template-hash: a}'))).toEqual([]);
  });
});

describe('selector-matches-nothing: words that are nearly right', () => {
  const id = 'selector-matches-nothing';
  const selecting = (selector: string, ...labels: readonly string[]) => ({
    text: policyNamed('p', 'shop', `podSelector: ${selector}`),
    files: { 'a.yaml': documents(...labels.map((label, i) => deployment(`w${i}`, 'shop').replaceAll(`app: w${i}`, label))) },
  });

  test('a value, a key, a key by its last part, an expression', () => {
    expect(said(id, selecting('{matchLabels: {app: webb}}', 'app: web'))).toMatchInlineSnapshot(`
      [
        "warning [app: webb] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled app=webb; there is app=web. The policy has no effect. → Select app=web",
      ]
    `);
    expect(mended(id, selecting('{matchLabels: {app: "webb"}}', 'app: web'))).toContain('{app: "web"}');
    expect(mended(id, selecting("{matchLabels: {app: 'webb'}}", 'app: web'))).toContain("{app: 'web'}");
    expect(mended(id, selecting('{matchLabels: {app: onn}}', 'app: "on"'))).toContain('{app: "on"}');
    expect(said(id, selecting('{matchLabels: {app: front_end}}', 'app: Front-End'))).toMatchInlineSnapshot(`
      [
        "warning [app: front_end] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled app=front_end; there is app=Front-End. The policy has no effect. → Select app=Front-End",
      ]
    `);
    expect(said(id, selecting('{matchLabels: {ap: web}}', 'app: web'))).toMatchInlineSnapshot(`
      [
        "warning [ap: web] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled ap=web; its workloads are Deployment w0. The policy has no effect. → Select app=web",
      ]
    `);
    expect(said(id, selecting('{matchLabels: {app: web}}', 'app.kubernetes.io/name: web'))).toMatchInlineSnapshot(`
      [
        "warning [app: web] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled app=web; its workloads are Deployment w0. The policy has no effect. → Select app.kubernetes.io/name=web",
      ]
    `);
    expect(mended(id, selecting('{matchLabels: {app: web}}', 'app.kubernetes.io/name: web'))).toContain('{app.kubernetes.io/name: web}');
    expect(said(id, selecting('{matchExpressions: [{key: app, operator: In, values: [webb, other]}]}', 'app: web'))).toMatchInlineSnapshot(`
      [
        "warning [matchExpressions] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled app one of webb or other; there is app=web. The policy has no effect. → Select app=web",
      ]
    `);
    expect(said(id, selecting('{matchExpressions: [{key: app, operator: Exists}]}', 'tier: web'))).toMatchInlineSnapshot(`
      [
        "information [matchExpressions] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled app of any value; its workloads are Deployment w0. The policy has no effect.",
      ]
    `);
  });

  test('nothing is offered that would still select nothing', () => {
    expect(said(id, selecting('{matchLabels: {app: webb, tier: b}}', 'app: web'))).toMatchInlineSnapshot(`
      [
        "information [matchLabels] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled app=webb and tier=b; there is app=web. The policy has no effect.",
      ]
    `);
    expect(said(id, selecting('{matchLabels: {app: elephant}}', 'app: web', 'app: db'))).toMatchInlineSnapshot(`
      [
        "warning [app: elephant] Selects no pod that the workspace knows: namespace shop (assumed: no manifest declares it) has none labelled app=elephant; there are app=web or app=db. The policy has no effect.",
      ]
    `);
  });
});

describe('no-default-deny', () => {
  const id = 'no-default-deny';
  const shop = namespaceNamed('shop');
  const web = deployment('web', 'shop');
  const one = policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]');
  const deny = (types: string, name = 'deny') => policyNamed(name, 'shop', `podSelector: {}\npolicyTypes: [${types}]`);

  test('by direction', () => {
    expect(said(id, documents(shop, web, one))).toMatchInlineSnapshot(`
      [
        "information [shop] Namespace shop has policies and no default deny for ingress and egress: every pod that none of them selects, a new one as well, is open. → Create default-deny-all and allow-dns for shop",
      ]
    `);
    expect(said(id, documents(shop, web, one, deny('Ingress')))).toMatchInlineSnapshot(`
      [
        "information [shop] Namespace shop has policies and no default deny for egress: every pod that none of them selects, a new one as well, is open. → Create default-deny-egress and allow-dns for shop",
      ]
    `);
    expect(said(id, documents(shop, web, one, deny('Egress')))).toMatchInlineSnapshot(`
      [
        "information [shop] Namespace shop has policies and no default deny for ingress: every pod that none of them selects, a new one as well, is open. → Create default-deny-ingress for shop",
      ]
    `);
    expect(said(id, documents(shop, web, deny('Ingress, Egress')))).toEqual([]);
  });

  test('names that are taken, and DNS that is let out already', () => {
    expect(
      said(
        id,
        documents(
          shop,
          web,
          one,
          deny('Ingress', 'default-deny-egress'),
          policyNamed('dns', 'shop', 'podSelector: {matchLabels: {a: b}}\npolicyTypes: [Egress]\negress: [{ports: [{port: 53}]}]'),
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "information [shop] Namespace shop has policies and no default deny for egress: every pod that none of them selects, a new one as well, is open. → Create default-deny-egress-2 and allow-dns for shop",
      ]
    `);
    expect(
      said(id, documents(web, one, policyNamed('allow-dns', 'shop', 'podSelector: {matchLabels: {a: b}}\npolicyTypes: [Egress]\negress: [{}]'))),
    ).toMatchInlineSnapshot(`
      [
        "information [web] Namespace shop (assumed: no manifest declares it) has policies and no default deny for ingress and egress: every pod that none of them selects, a new one as well, is open. → Create default-deny-all and allow-dns-2 for shop",
      ]
    `);
  });

  test('written beside the policies of the namespace', () => {
    expect(mended(id, documents(shop, web, one, deny('Egress')))).toMatchInlineSnapshot(`undefined`);
    expect(said(id, { text: shop, files: { 'b.yaml': documents(web, one) } })).toMatchInlineSnapshot(`
      [
        "information [shop] Namespace shop has policies and no default deny for ingress and egress: every pod that none of them selects, a new one as well, is open. → Create default-deny-all and allow-dns for shop",
      ]
    `);
    expect(said(id, { text: documents(web, one), files: { 'shop/other.yaml': one.replace('name: web', 'name: other') } })).toMatchInlineSnapshot(`
      [
        "information [web] Namespace shop (assumed: no manifest declares it) has policies and no default deny for ingress and egress: every pod that none of them selects, a new one as well, is open. → Create default-deny-all and allow-dns for shop",
      ]
    `);
  });

  test('not where there are no workloads, no policies, or where not all is known', () => {
    expect(said(id, documents(shop, one))).toEqual([]);
    expect(said(id, documents(shop, web))).toEqual([]);
    expect(said(id, { text: documents(shop, web, one), files: { 'b.yaml': `${one.replace('name: web', 'name: {{ .a }}')}` } })).toEqual([]);
  });

  test('a cluster-wide denial is a default', () => {
    const baseline = (action: string, namespaces = '{}') =>
      `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata:\n  name: default\nspec:\n  subject:\n    namespaces: ${namespaces}\n  ingress:\n    - action: ${action}\n      from: [{namespaces: {}}]\n  egress:\n    - action: ${action}\n      to: [{namespaces: {}}]\n`;
    expect(said(id, documents(shop, web, one, baseline('Deny')))).toEqual([]);
    expect(said(id, documents(shop, web, one, baseline('Allow')))).toHaveLength(1);
    expect(said(id, documents(shop, web, one, baseline('Deny', '{matchLabels: {a: b}}')))).toHaveLength(1);
  });
});
