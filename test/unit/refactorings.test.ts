import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { refactoringsAt } from '../../server/src/features/refactorings.ts';
import { addressesOf, formatLineAddress } from '../../server/src/model/addressSet.ts';
import { equal, union } from '../../server/src/model/intervals.ts';
import { minimalCidrs } from '../../server/src/model/minimalCidrs.ts';
import { adminPolicyWith, deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { applyEdits, areApart } from '../../server/src/syntax/textEdit.ts';
import { spotAt, workspaceWith } from '../support/at.ts';
import { findingsIn } from '../support/findings.ts';

/** What is offered at the nth occurrence of a word, and the document that it stands in. */
function offeredAt(text: string, word: string, nth = 1) {
  const workspace = workspaceWith({ 'a.yaml': text });
  const { uri, placed, offset, view } = spotAt(workspace, 'a.yaml', word, nth);
  return { placed, offered: refactoringsAt(placed, offset, { uri, documents: workspace.manifest(uri)?.documents ?? [] }, view) };
}

/** The text after a refactoring at the nth occurrence of a word; undefined where it is not offered. */
function after(text: string, word: string, title: RegExp, nth = 1): string | undefined {
  const { placed, offered } = offeredAt(text, word, nth);
  const found = offered.find((one) => title.test(one.title));
  if (!found) return undefined;
  const edits = found.file?.edits ?? found.edits.map((edit) => ({ ...edit, start: edit.start + placed.start, end: edit.end + placed.start }));
  expect(areApart(edits)).toBe(true);
  return applyEdits(text, edits);
}

const both = (types: string) =>
  policyNamed(
    'web',
    'shop',
    `podSelector:\n  matchLabels:\n    app: web\n${types}ingress:\n  # from the proxy\n  - from:\n      - podSelector:\n          matchLabels:\n            app: proxy\negress:\n  # to the database\n  - to:\n      - podSelector:\n          matchLabels:\n            app: db`,
  );
const ingressPart = policyNamed(
  'web-ingress',
  'shop',
  'podSelector:\n  matchLabels:\n    app: web\npolicyTypes:\n  - Ingress\ningress:\n  # from the proxy\n  - from:\n      - podSelector:\n          matchLabels:\n            app: proxy',
);

test('ranges are joined in lists on one line and in JSON, too', () => {
  const ranges = ['198.51.100.0/27', '198.51.100.32/27', '198.51.100.64/29', '198.51.100.72/29', '203.0.113.0/24'];
  const peers = (some: readonly string[]) => some.map((cidr) => ({ ipBlock: { cidr } }));
  const policy = (some: readonly string[]) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web' },
    spec: { podSelector: {}, ingress: [{ from: peers(some) }] },
  });
  const joined = ['198.51.100.0/26', '198.51.100.64/28', '203.0.113.0/24'];
  const flow = `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web}, spec: {podSelector: {}, ingress: [{from: [${ranges.map((cidr) => `{ipBlock: {cidr: ${cidr}}}`).join(', ')}]}]}}\n`;
  expect(parse(after(flow, ranges[0] as string, /^Join/) ?? '')).toEqual(policy(joined));
  expect(JSON.parse(after(JSON.stringify(policy(ranges), undefined, 2), ranges[0] as string, /^Join/) ?? 'null')).toEqual(policy(joined));
});

describe('a policy of both directions', () => {
  test('is split into two, comments and all', () => {
    const text = both('policyTypes:\n  - Ingress\n  - Egress\n');
    const result = after(text, 'NetworkPolicy', /^Split/);
    expect(result).toContain('  name: web-ingress\n');
    expect(result).toContain('---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web-egress\n');
    const [first = '', second = ''] = (result ?? '').split('---\n');
    expect(first).toContain('# from the proxy');
    expect(first).not.toContain('# to the database\n    - to');
    expect(first).not.toContain('egress:');
    expect(first).not.toContain('- Egress');
    expect(second).toContain('app: db');
    expect(second).not.toContain('ingress:\n');
    expect(findingsIn(result ?? '').filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('without policyTypes gets them written', () => {
    const result = after(both(''), 'name: web', /^Split/) ?? '';
    expect(result.match(/policyTypes:\n {4}- (Ingress|Egress)/g)).toHaveLength(2);
  });

  test.each([
    ['one direction', ingressPart],
    ['two policyTypes and rules of one', ingressPart.replace('    - Ingress\n', '    - Ingress\n    - Egress\n')],
  ])('is not offered for %s', (_, text) => {
    expect(after(text, 'NetworkPolicy', /^Split/)).toBeUndefined();
  });
});

test('policies of one file for the same pods are merged, and what was split comes together', () => {
  const egress = policyNamed(
    'web-egress',
    'shop',
    'podSelector:\n  matchLabels:\n    app: web\npolicyTypes:\n  - Egress\negress:\n  - to:\n      - podSelector:\n          matchLabels:\n            app: db',
  );
  const other = policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]');
  const text = documents(ingressPart, egress, other);
  const result = after(text, 'NetworkPolicy', /^Merge web-egress into/);
  expect(result).toBe(
    documents(
      policyNamed(
        'web-ingress',
        'shop',
        'podSelector:\n  matchLabels:\n    app: web\npolicyTypes:\n  - Ingress\n  - Egress\ningress:\n  # from the proxy\n  - from:\n      - podSelector:\n          matchLabels:\n            app: proxy\negress:\n  - to:\n      - podSelector:\n          matchLabels:\n            app: db',
      ),
      other,
    ),
  );
  expect(after(documents(ingressPart, other), 'NetworkPolicy', /^Merge/)).toBeUndefined();
  expect(after(documents(ingressPart, egress.replace('namespace: shop', 'namespace: other')), 'NetworkPolicy', /^Merge/)).toBeUndefined();
});

describe('selectors', () => {
  const block = (selector: string) => policyNamed('web', 'shop', `podSelector:\n${selector}\npolicyTypes: [Ingress]`);
  const labels = block('  matchLabels:\n    app: web\n    tier: front');
  const expressions = block(
    '  matchExpressions:\n    - key: app\n      operator: In\n      values:\n        - web\n    - key: tier\n      operator: In\n      values:\n        - front',
  );
  test('matchLabels as matchExpressions, and back', () => {
    expect(after(labels, 'podSelector', /as matchExpressions/)).toBe(expressions);
    expect(after(expressions, 'podSelector', /as matchLabels/)).toBe(labels);
  });
  test('in flow style', () => {
    const text = policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]');
    expect(after(text, 'app', /as matchExpressions/, 1)).toContain('podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}');
  });
  test('not where a map cannot say it', () => {
    expect(after(block('  matchExpressions:\n    - {key: app, operator: Exists}'), 'podSelector', /matchLabels/)).toBeUndefined();
  });
});

describe('ranges', () => {
  test.each([
    [['10.0.0.0/25', '10.0.0.128/25'], ['10.0.0.0/24']],
    [['10.0.0.0/8', '10.1.0.0/16'], ['10.0.0.0/8']],
    [
      ['10.0.0.1/32', '10.0.0.2/32', '10.0.0.3/32'],
      ['10.0.0.1/32', '10.0.0.2/31'],
    ],
    [['2001:db8::/33', '2001:db8:8000::/33'], ['2001:db8::/32']],
    [['0.0.0.0/1', '128.0.0.0/1'], ['0.0.0.0/0']],
    [['nonsense'], []],
  ])('%j are %j', (given, expected) => {
    expect(minimalCidrs(given)).toEqual(expected);
  });

  test('property: the fewest hold the same addresses, and no fewer would', () => {
    const cidr = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 })).map(([host, prefix]) => `192.0.2.${host}/${prefix}`);
    fc.assert(
      fc.property(fc.array(cidr, { minLength: 1, maxLength: 8 }), (given) => {
        const sum = (list: readonly string[]) => list.reduce<readonly bigint[]>((all, one) => union(all, addressesOf(one)), []);
        const fewest = minimalCidrs(given);
        expect(equal(sum(fewest), sum(given)), formatLineAddress(sum(given)[0] ?? 0n)).toBe(true);
        expect(fewest.length).toBeLessThanOrEqual(new Set(given).size);
        expect(minimalCidrs(fewest)).toEqual(fewest);
      }),
    );
  });

  test('of a list of peers are joined; those with exceptions stay', () => {
    const text = policyNamed(
      'web',
      'shop',
      'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - ipBlock: {cidr: 10.0.0.0/25}\n      - ipBlock:\n          cidr: 10.0.0.128/25\n      - ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/24]}\n      - podSelector: {}',
    );
    expect(after(text, 'from', /^Join 2 ranges to 1/)).toBe(
      text.replace('10.0.0.0/25', '10.0.0.0/24').replace('        - ipBlock:\n            cidr: 10.0.0.128/25\n', ''),
    );
  });

  // The two touch where IPv4 and IPv6 stand on one line.
  test.each([
    ['0.0.0.0/0', '::/0'],
    ['255.255.255.255/32', '::/128'],
  ])('%s and %s stay two', (four, six) => {
    const text = policyNamed(
      'web',
      'shop',
      `podSelector: {}\ningress:\n  - from:\n      - ipBlock: {cidr: ${four}}\n      - ipBlock: {cidr: "${six}"}`,
    );
    expect(after(text, 'from', /^Join/)).toBeUndefined();
  });

  test('those of both families in full swallow their parts', () => {
    const text = policyNamed(
      'web',
      'shop',
      'podSelector: {}\ningress:\n  - from:\n      - ipBlock: {cidr: "::/0"}\n      - ipBlock: {cidr: 10.0.0.0/8}\n      - ipBlock: {cidr: 0.0.0.0/0}',
    );
    expect(after(text, 'from', /^Join 3 ranges to 2/)).toBe(
      text.replace('        - ipBlock: {cidr: 0.0.0.0/0}\n', '').replace('"::/0"', '0.0.0.0/0').replace('10.0.0.0/8', '"::/0"'),
    );
  });
});

test('a List becomes documents', () => {
  const text =
    'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Namespace\n    metadata:\n      name: a # kept\n  - apiVersion: v1\n    kind: Namespace\n    metadata:\n      name: b\n';
  expect(after(text, 'kind: List', /^Write the List’s 2 items/)).toBe(
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a # kept\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: b\n',
  );
});

describe('the other side of a rule', () => {
  const egress = policyNamed(
    'web',
    'shop',
    'podSelector:\n  matchLabels:\n    app: web\npolicyTypes:\n  - Egress\negress:\n  - ports: [{port: 53, protocol: UDP}, {port: 53}]\n  - to:\n      - podSelector:\n          matchLabels:\n            app: db\n    ports:\n      - protocol: TCP\n        port: 5432',
  );
  const workloads = [deployment('web', 'shop'), deployment('db', 'shop', '{containerPort: 5432}')];
  const created = policyNamed(
    'db-from-web',
    'shop',
    'podSelector:\n  matchLabels:\n    app: db\npolicyTypes:\n  - Ingress\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: web\n    ports:\n      - protocol: TCP\n        port: 5432',
  );

  test('is written beside it', () => {
    const result = after(documents(egress, ...workloads), 'to:', /^Create the other side/);
    expect(result).toBe(documents(egress, created, ...workloads));
    expect(findingsIn(result ?? '').filter(({ severity }) => severity === 'warning')).toEqual([]);
  });

  const titlesAt = (text: string) =>
    offeredAt(text, 'app: db')
      .offered.map(({ title }) => title)
      .filter((title) => title.startsWith('Create'));

  test('says where a policy for it isolates', () => {
    expect(titlesAt(documents(egress, ...workloads))).toEqual([
      'Create the other side of this rule: policy db-from-web, which isolates the ingress of Deployment db',
    ]);
    const denied = policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]');
    expect(titlesAt(documents(egress, ...workloads, denied))).toEqual(['Create the other side of this rule: policy db-from-web']);
    // Another workload with these labels, which that policy leaves open.
    const canary = deployment('canary', 'shop').replace('app: canary\n', 'app: db\n        tier: canary\n');
    const some = denied.replace('{}', '{matchExpressions: [{key: tier, operator: DoesNotExist}]}');
    expect(titlesAt(documents(egress, ...workloads, some, canary))).toEqual([
      'Create the other side of this rule: policy db-from-web, which isolates the ingress of Deployment canary',
    ]);
  });

  test('is not offered where an administrator denies it', () => {
    const denied = adminPolicyWith('subject:\n  namespaces: {}\npriority: 1\ningress:\n  - action: Deny\n    from: [{namespaces: {}}]');
    expect(titlesAt(documents(egress, ...workloads, denied))).toEqual([]);
    expect(titlesAt(documents(egress, ...workloads, denied, policyNamed('deny', 'shop', 'podSelector: {}\npolicyTypes: [Ingress]')))).toEqual([]);
  });

  test('is not offered where it is there', () => {
    expect(after(documents(egress, created, ...workloads), 'to:', /^Create the other side/)).toBeUndefined();
  });
});

describe('a policy in another language', () => {
  const plain = policyNamed('web', 'shop', 'podSelector: {}\npolicyTypes:\n  - Ingress\ningress:\n  - ports:\n      - port: 80');

  test('takes the place of the document', () => {
    const result = after(plain, 'NetworkPolicy', /^Convert to CiliumNetworkPolicy$/) ?? '';
    expect(result).toContain('kind: CiliumNetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\n');
    expect(findingsIn(result).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(after(result, 'CiliumNetworkPolicy', /^Convert to Kubernetes NetworkPolicy$/)).toContain('policyTypes:\n    - Ingress\n');
    expect(after(plain, 'NetworkPolicy', /^Convert to Calico NetworkPolicy$/)).toContain('selector: all()');
  });

  test('without the comments inside, which the title says', () => {
    const commented = plain.replace('  podSelector', '  # all of them\n  podSelector');
    expect(after(commented, 'NetworkPolicy', /, without the comments inside$/)).not.toContain('# all');
  });

  describe('says whom of the host network only one of the languages means', () => {
    const agent = deployment('agent', 'shop').replace('      containers:', '      hostNetwork: true\n      containers:');
    const titles = (text: string, kind: string) =>
      offeredAt(text, kind)
        .offered.map(({ title }) => title)
        .filter((title) => title.startsWith('Convert'));
    const cilium = after(plain, 'NetworkPolicy', /^Convert to CiliumNetworkPolicy$/) ?? '';

    test.each([
      ['selected', plain],
      [
        'as a peer',
        plain.replace('podSelector: {}', 'podSelector: {matchLabels: {app: web}}').replace('- ports:', '- from: [{podSelector: {}}]\n      ports:'),
      ],
    ])('%s', (_, policy) => {
      expect(titles(documents(policy, agent), 'NetworkPolicy')).toEqual([
        'Convert to CiliumNetworkPolicy, not for Deployment agent, of the host network',
        'Convert to Calico NetworkPolicy, not for Deployment agent, of the host network',
      ]);
    });

    test('the other way round', () => {
      expect(titles(documents(cilium, agent), 'CiliumNetworkPolicy')).toEqual([
        'Convert to Kubernetes NetworkPolicy, which means Deployment agent of the host network, too',
        'Convert to Calico NetworkPolicy',
      ]);
    });

    test('nothing of those that neither means', () => {
      const other = documents(plain, agent.replace('namespace: shop', 'namespace: other'));
      expect(titles(other, 'NetworkPolicy')).toEqual(['Convert to CiliumNetworkPolicy', 'Convert to Calico NetworkPolicy']);
    });
  });
});

describe('policies are merged without a change of what they allow', () => {
  const policy = (name: string, spec: string) => policyNamed(name, 'shop', `podSelector: {}\n${spec}`);
  const merged = (own: string, other: string) => after(documents(policy('own', own), policy('other', other)), 'NetworkPolicy', /^Merge/);
  const types = 'policyTypes: [Ingress, Egress]\n';

  test('types that are empty are written out, those of the API server among them', () => {
    expect(merged('policyTypes: []\ningress:\n  - from: [{podSelector: {}}]', 'policyTypes: [Egress]\negress:\n  - {}')).toContain(
      '  policyTypes:\n    - Ingress\n    - Egress\n',
    );
  });

  test('rules that the types leave without effect stay so', () => {
    expect(merged('policyTypes: [Ingress]\negress:\n  - {}', `${types}ingress:\n  - {}`)).toBeUndefined();
    const result = merged(
      'policyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {}}]',
      'policyTypes: [Ingress]\ningress:\n  - {}\negress:\n  - {}',
    );
    expect(result).toContain('    - {}\n');
    expect(result).not.toContain('egress');
  });

  test('items come before keys where a list is the last of its mapping', () => {
    expect(
      merged('policyTypes: [Egress]\negress:\n  - to: [{podSelector: {}}]', `${types}ingress:\n  - {}\negress:\n  - ports: [{port: 53}]`),
    ).toContain('  egress:\n    - to: [{podSelector: {}}]\n    - ports: [{port: 53}]\n  ingress:\n    - {}\n');
  });
});

/** Titles of the refactorings at a word that cannot be made, with why. */
const refusedAt = (text: string, word: string): readonly string[] =>
  offeredAt(text, word).offered.flatMap(({ title, disabled }) => (disabled === undefined ? [] : [`${title}: ${disabled}`]));

describe('anchors', () => {
  const web = 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress, Egress]';

  test('a policy that is split has what its other half shared with it', () => {
    const text = policyNamed(
      'web',
      'shop',
      `${web}\ningress:\n  - from: &friends\n      - podSelector: {matchLabels: {app: db}}\negress:\n  - to: *friends`,
    );
    const [ingress, egress] = (after(text, 'NetworkPolicy', /^Split/) ?? '').split('---\n').map((part) => parse(part) as { spec: object });
    const friends = [{ podSelector: { matchLabels: { app: 'db' } } }];
    expect(ingress?.spec).toMatchObject({ ingress: [{ from: friends }] });
    expect(egress?.spec).toMatchObject({ egress: [{ to: friends }] });
  });

  test('do not reach into another document, and what would need it is said not to be possible', () => {
    const other = policyNamed(
      'other',
      'shop',
      `${web}\ningress:\n  - from: &friends [{podSelector: {}}]\n  - from: *friends\n    ports: [{port: 1}]`,
    );
    const says = 'Parts of them share values by an anchor (&) and aliases (*), which hold in one document alone.';
    expect(refusedAt(documents(policyNamed('own', 'shop', web), other), 'NetworkPolicy')).toEqual([
      `Merge other into this policy: the same pods: ${says}`,
    ]);
    const list = 'apiVersion: v1\nkind: List\nitems:\n  - &one\n    kind: ConfigMap\n  - *one\n';
    expect(refusedAt(list, 'List')).toEqual([`Write the List’s 2 items as documents: ${says}`]);
  });
});
