import { describe, expect, test } from 'vitest';
import { cidrOfOtherNotation } from '../../server/src/model/rangeNotations.ts';
import { adminPolicyWith, policyNamed } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { mended, said } from '../support/said.ts';

/** What people write by guess, or with the words of other APIs: beside the examples of the rules' pages. */

const spec = (...lines: readonly string[]) => policyNamed('web', 'shop', ['podSelector: {}', ...lines].join('\n'));
const begin = spec().trimEnd();
/** What stands behind the selector once the first finding is mended, without the spec's indentation. */
const after = (id: string, ...lines: readonly string[]) =>
  mended(id, spec(...lines))
    ?.slice(begin.length + 1)
    .replace(/^ {2}/gm, '')
    .trimEnd();
const told = (id: string, ...lines: readonly string[]) => said(id, spec(...lines));

describe('a field that a NetworkPolicy does not have', () => {
  test.for([
    [
      'ingress:\n  - from:\n      - namespaces: frontend',
      'ingress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: frontend',
    ],
    [
      'ingress:\n  - from:\n      - ns: frontend\n        podSelector: {}',
      'ingress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: frontend\n        podSelector: {}',
    ],
    ['ingress: [{from: [{namespace: a}]}]', 'ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: a}}}]}]'],
    ['egress:\n  - to:\n      - address: 2001:db8::1', 'egress:\n  - to:\n      - ipBlock:\n          cidr: 2001:db8::1/128'],
    ['egress:\n  - to:\n      - ips: 192.0.2.0/24', 'egress:\n  - to:\n      - ipBlock:\n          cidr: 192.0.2.0/24'],
    ['ingress:\n  - port: 80\n    protocol: TCP', 'ingress:\n  - ports:\n      - port: 80\n        protocol: TCP'],
    [
      'egress:\n  - podSelector: {}\n    namespaceSelector: {}\n    ports: [{port: 80}]',
      'egress:\n  - to:\n      - podSelector: {}\n        namespaceSelector: {}\n    ports: [{port: 80}]',
    ],
    ['ingress: [{podSelector: {}, ports: [{port: 80}]}]', 'ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]'],
    ['ingress:\n  - source:\n      - podSelector: {}', 'ingress:\n  - from:\n      - podSelector: {}'],
    ['egress:\n  - destinations:\n      - podSelector: {}', 'egress:\n  - to:\n      - podSelector: {}'],
    ['ingress:\n  - action: Allow\n    from:\n      - podSelector: {}', 'ingress:\n  - from:\n      - podSelector: {}'],
    ['ingress:\n  - from:\n      - ipBlock:\n          range: 10.0.0.0/8', 'ingress:\n  - from:\n      - ipBlock:\n          cidr: 10.0.0.0/8'],
    ['egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, exclude: []}}]}]', 'egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: []}}]}]'],
    ['ingress:\n  - ports:\n      - ports: 80', 'ingress:\n  - ports:\n      - port: 80'],
    ['ingress:\n  - ports:\n      - containerPort: 80', 'ingress:\n  - ports:\n      - port: 80'],
    ['inbound:\n  - {}', 'ingress:\n  - {}'],
  ])('is mended where it is clear what is meant: %j', ([written = '', meant]) => {
    expect(after('unknown-field', written)).toBe(meant);
  });

  test.for([
    ['egress:\n  - to:\n      - fqdn: example.com', 'a NetworkPolicy knows pods and addresses, no names of hosts.'],
    ['egress:\n  - toFQDNs:\n      - matchName: example.com', 'that is a field of a CiliumNetworkPolicy.'],
    ['ingress:\n  - from:\n      - service: web', 'a NetworkPolicy knows no Services; select the pods behind it by their labels.'],
    ['ingress:\n  - from:\n      - serviceAccount: web', 'a NetworkPolicy knows no service accounts; select pods by their labels.'],
    ['ingress:\n  - http: {path: /}', 'a NetworkPolicy knows ports, and nothing of the requests on them.'],
    ['ingress:\n  - action: Deny', 'rules of a NetworkPolicy only allow, and what none of them allows is denied.'],
    ['deny:\n  - {}', 'rules of a NetworkPolicy only allow, and what none of them allows is denied.'],
    ['namespace: shop', 'the namespace of a policy stands in its metadata.'],
  ])('is told with the reason: %j', ([written = '', why]) => {
    expect(told('unknown-field', written)).toEqual([expect.stringMatching(/has no field "\w+" \(at [^)]+\): /)]);
    expect(told('unknown-field', written)[0]).toContain(`): ${why}`);
  });

  test('labels written into a selector are labels, whatever their keys', () => {
    expect(told('unknown-field', 'ingress:', '  - from:', '      - podSelector:', '          service: web')[0]).toContain('it takes matchLabels');
  });

  test('is left alone where something else stands between, or what is meant is there already', () => {
    expect(after('unknown-field', 'ingress: [{from: [{namespace: a, namespaceSelector: {}}]}]')).toBeUndefined();
    expect(after('unknown-field', 'ingress:', '  - from:', '      - ip: not an address')).toBeUndefined();
    expect(after('unknown-field', 'ingress:', '  - from:', '      - namespace: "{{ .Values.ns }}"')).toBeUndefined();
    expect(after('unknown-field', 'ingress:', '  - podSelector: {}', '    from: []')).toBeUndefined();
    expect(after('unknown-field', 'ingress:', '  - podSelector: {}', '    ports: [{port: 80}]', '    ipBlock: {cidr: 10.0.0.0/8}')).toBeUndefined();
    expect(after('unknown-field', 'egress:', '  - to:', '      - ipBlock: {cidr: 10.0.0.0/8, except: []}', '        except: []')).toBeUndefined();
  });

  test('moves from the spec into the metadata, unless that names one', () => {
    const text = policyNamed('web', undefined, 'podSelector: {}\nnamespace: shop');
    expect(mended('unknown-field', text)).toContain('metadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector: {}\n');
    expect(after('unknown-field', 'namespace: shop')).toBeUndefined();
  });
});

describe('a word in the place of a mapping or a list', () => {
  test.for([
    ['ingress:\n  - from: 10.0.0.0/8', 'ingress:\n  - from: [{ipBlock: {cidr: 10.0.0.0/8}}]'],
    ['ingress:\n  - from:\n      - 192.0.2.7', 'ingress:\n  - from:\n      - ipBlock:\n          cidr: 192.0.2.7/32'],
    ['ingress:\n  - ports: 80', 'ingress:\n  - ports: [{port: 80}]'],
    ['ingress:\n  - ports: https', 'ingress:\n  - ports: [{port: https}]'],
    ['ingress:\n  - ports:\n      - 53/udp', 'ingress:\n  - ports:\n      - protocol: UDP\n        port: 53'],
    ['ingress:\n  - ports: [8000-8100]', 'ingress:\n  - ports: [{port: 8000, endPort: 8100}]'],
    ['ingress:\n  - from: anywhere\n    ports: [{port: 80}]', 'ingress:\n  - ports: [{port: 80}]'],
    ['ingress:\n  - from: [{podSelector: {}}]\n    ports: any', 'ingress:\n  - from: [{podSelector: {}}]'],
    ['ingress: deny', 'ingress: []'],
    ['egress: all', 'egress: [{}]'],
    ['policyTypes: Ingress,Egress', 'policyTypes: [Ingress, Egress]'],
    ['ingress:\n  - ports:\n      - port:80', 'ingress:\n  - ports:\n      - port: 80'],
    ['ingress:\n  - from:\n      -podSelector: {}', 'ingress:\n  - from:\n      - podSelector: {}'],
    [
      'ingress:\n  - from:\n      -podSelector:\n          matchLabels: {}\n      -ipBlock:\n          cidr: 10.0.0.0/8',
      'ingress:\n  - from:\n      - podSelector:\n          matchLabels: {}\n      - ipBlock:\n          cidr: 10.0.0.0/8',
    ],
    [
      'ingress:\n  - from:\n      - namespaceSelector: frontend',
      'ingress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: frontend',
    ],
  ])('becomes what is meant: %j', ([written = '', meant]) => {
    expect(after('wrong-type', written)).toBe(meant);
  });

  test('is not put into a list where no word can stand', () => {
    for (const lines of [
      ['ingress: some'],
      ['ingress:', '  - from: frontend'],
      ['ingress:', '  - from:', '      - frontend'],
      ['ingress:', '  - ports: a b'],
      // Its key would stand where what is below it begins.
      ['ingress:', '  - from:', '      -podSelector:', '        matchLabels: {}'],
    ]) {
      expect(told('wrong-type', ...lines)).toHaveLength(1);
      expect(after('wrong-type', ...lines)).toBeUndefined();
    }
  });
});

test('what cannot be read opens nothing to anyone, and makes no rule superfluous', () => {
  for (const from of ['all', '[{namespace: a}]', '[frontend]', '[{}]']) {
    expect(told('open-to-world', 'ingress:', `  - from: ${from}`)).toEqual([]);
    expect(told('all-ports-open', 'ingress:', `  - from: ${from}`)).toEqual([]);
  }
  for (const rule of ['{source: [{podSelector: {}}]}', '{from: [{host: a}]}', '{from: all}', '{ports: any}', 'word']) {
    expect(told('redundant-rule', 'ingress:', `  - ${rule}`, '  - from: [{podSelector: {}}]')).toEqual([]);
    expect(told('redundant-rule', 'ingress:', '  - {}', `  - ${rule}`)).toEqual([]);
  }
  expect(told('redundant-rule', 'ingress:', '  - {}', '  - from: [{podSelector: {}}]')).toHaveLength(1);
});

test('what belongs into the metadata or the spec moves there with its neighbours', () => {
  const flat = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nname: web\nnamespace: shop\npodSelector: {}\ningress: []\n';
  expect(mended('unknown-field', flat)).toBe(
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\npodSelector: {}\ningress: []\n',
  );
  expect(mended('unknown-field', flat.replace(/name: web\nnamespace: shop/, 'metadata:\n  name: web'))).toBe(
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress: []\n',
  );
  expect(mended('unknown-field', `${spec()}labels:\n  team: a\n`)).toContain('  namespace: shop\n  labels:\n    team: a\nspec:');
});

describe('a rule of ports beside one of peers', () => {
  const id = 'open-to-world';
  test('is told as what was mostly meant as one, and joined', () => {
    const two = ['ingress:', '  - from:', '      - podSelector: {}', '  - ports:', '      - port: 443'];
    expect(told(id, ...two)).toEqual([
      'warning [ports] This rule opens its ports to everyone, inside and outside the cluster, and rule 1 every port to its peers: a dash makes two rules of what is mostly meant as one. → Join it with rule 1 | Let in the policy’s own namespace alone',
    ]);
    expect(after(id, ...two)).toBe('ingress:\n  - from:\n      - podSelector: {}\n    ports:\n      - port: 443');
    expect(after(id, 'ingress:', '  - ports:', '      - port: 80', '  - from:', '      - podSelector: {}')).toBe(
      'ingress:\n  - ports:\n      - port: 80\n    from:\n      - podSelector: {}',
    );
  });

  test('is joined in braces, too', () => {
    expect(after(id, 'ingress: [{from: [{podSelector: {}}]}, {ports: [{port: 9000}]}]')).toBe(
      'ingress: [{from: [{podSelector: {}}], ports: [{port: 9000}]}]',
    );
    expect(after(id, 'ingress:', '  - {ports: [{port: 9000}]}', '  - {from: [{podSelector: {}}]}')).toBe(
      'ingress:\n  - {ports: [{port: 9000}], from: [{podSelector: {}}]}',
    );
  });

  test('is left as two where either has both, in two styles, and where other columns begin', () => {
    const from = '{from: [{podSelector: {}}]';
    expect(told(id, 'ingress:', `  - ${from}, ports: [{port: 1}]}`, '  - {ports: [{port: 9000}]}')[0]).toContain('Opens TCP 9000');
    expect(told(id, 'ingress:', `  - ${from}}`, '  - ports: [{port: 9000}]')[0]).not.toContain('Join');
    expect(told(id, 'ingress:', '  -   from: [{podSelector: {}}]', '  - ports: [{port: 9000}]')[0]).not.toContain('Join');
  });
});

describe('a range in another notation', () => {
  test.for([
    ['10.4.0.0/255.252.0.0', '10.4.0.0/14'],
    ['10.4.7.1/255.255.255.255', '10.4.7.1/32'],
    ['1.2.3.4/0.0.0.0', '0.0.0.0/0'],
    ['192.168.*.*', '192.168.0.0/16'],
    ['10.*.*.*', '10.0.0.0/8'],
    ['10.0.0.0-10.0.0.255', '10.0.0.0/24'],
    ['10.0.0.7 - 10.0.0.7', '10.0.0.7/32'],
    ['2001:db8::-2001:db8::ffff', '2001:db8::/112'],
  ])('%s is %s', ([text = '', cidr]) => {
    expect(cidrOfOtherNotation(text)).toBe(cidr);
    expect(told('invalid-cidr', 'ingress:', `  - from: [{ipBlock: {cidr: "${text}"}}]`)[0]).toContain(`, write ${cidr}. → Change to ${cidr}`);
  });

  test.for([
    ['10.0.0.0/255.0.255.0', 'is not a number'],
    ['10.0.0.1-10.0.0.4', 'four numbers'],
    ['10.0.0.9-10.0.0.2', 'four numbers'],
    ['10.*.0.0', 'a range is written as an address and the length of its prefix'],
    ['*', 'a range is written as an address and the length of its prefix'],
    ['localhost', 'names of hosts cannot stand here'],
    ['10.0.0.0/8, 192.168.0.0/16', 'each holds one range'],
  ])('%s is none: %s', ([text = '', why]) => {
    expect(cidrOfOtherNotation(text)).toBeUndefined();
    expect(told('invalid-cidr', 'ingress:', `  - from: [{ipBlock: {cidr: "${text}"}}]`)[0]).toContain(why);
  });
});

test('several values and ports in one are told as such', () => {
  expect(told('invalid-port', 'ingress:', '  - ports: [{port: "80,443"}]')[0]).toContain('each port is an item of its own');
  expect(told('invalid-port', 'ingress:', '  - ports: [{port: "*"}]')[0]).toContain('leave "port" out');
  expect(told('invalid-label', 'ingress:', '  - from: [{podSelector: {matchLabels: {app: "a|b"}}}]')[0]).toContain('in matchExpressions, behind In');
  expect(told('wrong-type', 'ingress:', '  - from: [{podSelector: {matchLabels: {app: [a, b]}}}]')[0]).toContain('in matchExpressions, behind In');
});

describe('fields of another API', () => {
  const names = 'endpointSelector: {}\negress:\n  - ';
  test.for<[string, string, string, string | undefined]>([
    ['unknown-field', ciliumWith('podSelector: {}\ningress: [{}]'), 'endpointSelector: {}', 'nodeSelector'],
    ['unknown-field', ciliumWith('endpointSelector:\n  app: web\ningress: [{}]'), '  endpointSelector:\n    matchLabels:\n      app: web', undefined],
    ['unknown-field', ciliumWith('endpointSelector: {}\ningress:\n  - from:\n      - {}'), '- fromEndpoints:', undefined],
    [
      'unknown-field',
      ciliumWith('endpointSelector: {}\ningress:\n  - ports:\n      - port: "80"'),
      '- toPorts:\n        - ports:\n            - port: "80"',
      undefined,
    ],
    [
      'unknown-field',
      ciliumWith('endpointSelector: {}\ningress:\n  - toPorts:\n      - port: "80"\n        protocol: TCP'),
      'toPorts:\n        - ports:\n            - port: "80"\n              protocol: TCP',
      undefined,
    ],
    ['wrong-type', ciliumWith(`${names}toFQDNs:\n      - example.com`), '- matchName: example.com', undefined],
    ['wrong-type', ciliumWith(`${names}toFQDNs: ["*.example.com"]`), 'toFQDNs: [{matchPattern: "*.example.com"}]', undefined],
    ['wrong-type', ciliumWith(`${names}toCIDRSet:\n      - 10.0.0.0/8`), '- cidr: 10.0.0.0/8', undefined],
    ['wrong-type', ciliumWith(`${names}toPorts:\n      - ports: [80-90]`), 'ports: [{port: "80", endPort: 90}]', undefined],
    ['unknown-field', calicoWith('podSelector:\n  matchLabels:\n    app: web\ntypes: [Ingress]'), "selector: app == 'web'", 'matchLabels'],
    [
      'unknown-field',
      calicoWith('types: [Ingress]\ningress:\n  - action: Allow\n    source:\n      podSelector: {matchExpressions: [{key: a, operator: Exists}]}'),
      'selector: has(a)',
      'notSelector',
    ],
    ['unknown-field', calicoWith('policyTypes: [Ingress]'), '  types: [Ingress]', undefined],
    ['unknown-field', adminPolicyWith('priority: 1\nsubject:\n  namespaceSelector: {}'), '  subject:\n    namespaces: {}', undefined],
    [
      'unknown-field',
      adminPolicyWith('priority: 1\nsubject:\n  namespaceSelector: {}\n  podSelector: {}'),
      '  subject:\n    pods:\n      namespaceSelector: {}\n      podSelector: {}',
      undefined,
    ],
    [
      'unknown-field',
      adminPolicyWith(
        'priority: 1\nsubject: {namespaces: {}}\ningress:\n  - action: Deny\n    from: [{namespaces: {}}]\n    ports:\n      - port: 80\n        protocol: TCP',
      ),
      '- portNumber:\n            port: 80\n            protocol: TCP',
      undefined,
    ],
  ])('%s: %s', ([id, text, wanted, unwanted]) => {
    const whole = mended(id, text) ?? '';
    expect(whole).toContain(wanted);
    if (unwanted !== undefined) expect(whole).not.toContain(unwanted);
  });

  test('are told with the reason', () => {
    expect(said('unknown-field', ciliumWith('endpointSelector: {}\npolicyTypes: [Ingress]\ningress: [{}]'))[0]).toContain('unless enableDefaultDeny');
    expect(said('unknown-field', calicoWith('types: [Ingress]\ningress:\n  - action: Allow\n    from: []'))[0]).toContain(
      'its source and its destination',
    );
    const ranges = 'priority: 1\nsubject: {namespaces: {}}\negress:\n  - action: Deny\n    to: [{ipBlock: {cidr: 10.0.0.0/8}}]';
    expect(said('unknown-field', adminPolicyWith(ranges))[0]).toContain('ranges stand under networks');
  });

  test('are no misspellings of what means something else', () => {
    const entity = 'types: [Ingress]\ningress:\n  - action: Allow\n    source: {podSelector: web}';
    expect(said('unknown-field', calicoWith(entity))).toEqual([expect.not.stringContaining('did you mean')]);
    expect(mended('unknown-field', calicoWith(entity))).toBeUndefined();
  });
});
