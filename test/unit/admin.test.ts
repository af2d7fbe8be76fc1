import { describe, expect, test } from 'vitest';
import { completionsAt } from '../../server/src/features/completion.ts';
import { hoverAt } from '../../server/src/features/hover.ts';
import { plainSnippet } from '../../server/src/features/snippetText.ts';
import { deployment, documents, namespaceNamed } from '../../server/src/rules/examples.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';
import { atCursor } from '../support/cursor.ts';
import { idsIn } from '../support/findings.ts';
import { mended, said } from '../support/said.ts';

const indented = (spec: string) =>
  spec
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
const v1 = (kind: string, name: string) => (spec: string) =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n${indented(spec)}\n`;
const admin = v1('AdminNetworkPolicy', 'a');
const baseline = v1('BaselineAdminNetworkPolicy', 'default');
const wide = (spec: string) =>
  `apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata:\n  name: a\nspec:\n${indented(spec)}\n`;

const subject = 'subject: {namespaces: {}}';
const rule = (body: string, key = 'ingress') => admin(`priority: 1\n${subject}\n${key}: [${body}]`);
const wideRule = (body: string, key = 'ingress') => wide(`tier: Admin\npriority: 1\n${subject}\n${key}: [${body}]`);

describe('what the API server says', () => {
  test.each<[what: string, text: string, ...rules: string[]]>([
    ['a policy without rules', admin(`priority: 1\n${subject}`)],
    ['no priority', admin(subject), 'missing-field'],
    ['priority 0', admin(`priority: 0\n${subject}`)],
    ['priority 1000', admin(`priority: 1000\n${subject}`)],
    ['priority 1001', admin(`priority: 1001\n${subject}`), 'invalid-value'],
    ['priority -1', admin(`priority: -1\n${subject}`), 'invalid-value'],
    ['priority as text', admin(`priority: "1"\n${subject}`), 'wrong-type'],
    ['no subject', admin('priority: 1'), 'missing-field'],
    ['a subject with both', admin('priority: 1\nsubject: {namespaces: {}, pods: {namespaceSelector: {}, podSelector: {}}}'), 'exactly-one-field'],
    ['pods without podSelector', admin('priority: 1\nsubject: {pods: {namespaceSelector: {}}}'), 'missing-field'],
    ['podSelector as in a NetworkPolicy', admin(`priority: 1\n${subject}\npodSelector: {}`), 'unknown-field'],
    ['an allowing rule', rule('{action: Allow, from: [{namespaces: {}}]}')],
    ['Accept is of the other version', rule('{action: Accept, from: [{namespaces: {}}]}'), 'invalid-value'],
    ['no action', rule('{from: [{namespaces: {}}]}'), 'missing-field'],
    ['no from', rule('{action: Deny}'), 'missing-field'],
    ['from empty', rule('{action: Deny, from: []}'), 'invalid-value'],
    ['an empty peer', rule('{action: Deny, from: [{}]}'), 'exactly-one-field'],
    ['networks in ingress', rule('{action: Deny, from: [{networks: [10.0.0.0/8]}]}'), 'unknown-field'],
    ['networks in egress', rule('{action: Deny, to: [{networks: [10.0.0.0/8]}]}', 'egress')],
    ['a network that is no CIDR', rule('{action: Deny, to: [{networks: [10.0.0.1]}]}', 'egress'), 'invalid-cidr'],
    ['nodes and domainNames', rule('{action: Allow, to: [{nodes: {}}, {domainNames: ["*.example.com"]}]}', 'egress')],
    [
      'ports',
      rule('{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: 80}}, {namedPort: http}, {portRange: {start: 1, end: 2}}]}'),
    ],
    ['a port out of range', rule('{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: 0}}]}'), 'invalid-port'],
    ['a range that goes backwards', rule('{action: Deny, from: [{namespaces: {}}], ports: [{portRange: {start: 2, end: 1}}]}'), 'invalid-value'],
    ['a port as in a NetworkPolicy', rule('{action: Deny, from: [{namespaces: {}}], ports: [{port: 80}]}'), 'unknown-field'],
    [
      '101 rules',
      admin(`priority: 1\n${subject}\ningress: [${Array(101).fill('{action: Deny, from: [{namespaces: {}}]}').join(', ')}]`),
      'invalid-value',
    ],
    ['a baseline', baseline(`${subject}\ningress: [{action: Deny, from: [{namespaces: {}}]}]`)],
    ['a baseline that passes', baseline(`${subject}\ningress: [{action: Pass, from: [{namespaces: {}}]}]`), 'invalid-value'],
    ['a baseline with a priority', baseline(`priority: 1\n${subject}`), 'unknown-field'],
    ['a baseline of another name', v1('BaselineAdminNetworkPolicy', 'mine')(subject), 'invalid-value'],
    [
      'a ClusterNetworkPolicy',
      wideRule('{action: Accept, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}, {destinationNamedPort: http}]}'),
    ],
    ['Allow is of the older version', wideRule('{action: Allow, from: [{namespaces: {}}]}'), 'invalid-value'],
    ['an unknown tier', wide(`tier: Middle\npriority: 1\n${subject}`), 'invalid-value'],
    ['no tier', wide(`priority: 1\n${subject}`), 'missing-field'],
    [
      'two protocols in one item',
      wideRule('{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {}, udp: {}}]}'),
      'exactly-one-field',
      'missing-field',
    ],
    [
      'a number and a range',
      wideRule('{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}]}'),
      'exactly-one-field',
    ],
    [
      '26 rules',
      wide(`tier: Admin\npriority: 1\n${subject}\ningress: [${Array(26).fill('{action: Deny, from: [{namespaces: {}}]}').join(', ')}]`),
      'invalid-value',
    ],
    ['pods of all namespaces', wide('tier: Admin\npriority: 1\nsubject: {pods: {podSelector: {}}}')],
    ['pods without namespaces, before', admin('priority: 1\nsubject: {pods: {podSelector: {}}}'), 'missing-field'],
    ['the version of today', wide(`tier: Admin\npriority: 1\n${subject}`).replace('v1alpha2', 'v1beta1')],
    ['every port of a protocol', wideRule('{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {}}]}'), 'missing-field'],
    ['no protocols', wideRule('{action: Deny, from: [{namespaces: {}}], protocols: []}'), 'invalid-value'],
    ['a long name', rule(`{name: ${'ü'.repeat(100)}, action: Deny, from: [{namespaces: {}}]}`)],
    ['too long a name', rule(`{name: ${'a'.repeat(101)}, action: Deny, from: [{namespaces: {}}]}`), 'invalid-value'],
    ['an address behind its prefix, before', rule('{action: Deny, to: [{networks: [10.0.0.1/8]}]}', 'egress')],
    ['an address behind its prefix', wideRule('{action: Deny, to: [{networks: [10.0.0.1/8]}]}', 'egress'), 'invalid-cidr'],
    ['a range twice', wideRule('{action: Deny, to: [{networks: [10.0.0.0/8, "10.0.0.0/8"]}]}', 'egress'), 'duplicate-item'],
    ['a name twice', wideRule('{action: Accept, to: [{domainNames: [a.b, a.b, a.B]}]}', 'egress'), 'duplicate-item'],
    ['an empty range', wideRule('{action: Deny, to: [{networks: [10.0.0.0/8, ~]}]}', 'egress'), 'wrong-type'],
    [
      'an empty value of a condition',
      admin('priority: 1\nsubject: {namespaces: {matchExpressions: [{key: a, operator: In, values: [a, ~]}]}}'),
      'wrong-type',
    ],
    ['no names', wideRule('{action: Accept, to: [{domainNames: []}]}', 'egress'), 'invalid-value'],
    ['names', wideRule('{action: Accept, to: [{domainNames: [a.b, "*.a-b.c_d.e.", 1.b]}]}', 'egress')],
    ['one part', wideRule('{action: Accept, to: [{domainNames: [com]}]}', 'egress'), 'invalid-value'],
    ['a star within', wideRule('{action: Accept, to: [{domainNames: ["a.*.com"]}]}', 'egress'), 'invalid-value'],
    ['names in a baseline', baseline(`${subject}\negress: [{action: Allow, to: [{domainNames: [a.b]}]}]`), 'unknown-field'],
    ['a port’s name for pods', rule('{action: Deny, to: [{namespaces: {}}], ports: [{namedPort: http}]}', 'egress')],
    [
      'a port’s name for networks',
      rule('{action: Deny, to: [{namespaces: {}}, {networks: [10.0.0.0/8]}], ports: [{namedPort: http}]}', 'egress'),
      'invalid-value',
    ],
    ['a port’s name for nodes', wideRule('{action: Deny, to: [{nodes: {}}], protocols: [{destinationNamedPort: ""}]}', 'egress'), 'invalid-value'],
    ['the kind in the other version', wide(subject).replace('v1alpha2', 'v1alpha1'), 'missing-field', 'removed-api-version'],
  ])('%s', (_, text, ...rules) => {
    expect([...new Set(idsIn(text))].sort()).toEqual([...rules].sort());
  });
});

describe('hover', () => {
  const first = (marked: string) => {
    const { document, offset } = atCursor(marked);
    return hoverAt(document, offset)?.markdown.split('\n\n');
  };
  const full = admin(
    'priority: 5\nsubject:\n  pods:\n    namespaceSelector: {}\n    podSelector: {matchLabels: {app: db}}\negress:\n  - action: Deny\n    to:\n      - networks: [10.0.0.0/8]\n      - namespaces: {matchLabels: {team: a}}\n    ports:\n      - portNumber: {port: 80}\n  - action: Pass\n    to:\n      - namespaces: {}',
  );
  const on = (word: string) => full.replace(word, `${word.slice(0, 2)}$0${word.slice(2)}`);

  test('the kind tells the whole policy, in the order in which it is asked', () => {
    expect(first(on('AdminNetworkPolicy'))?.slice(0, 3)).toEqual([
      'Selects pods labelled `app=db` of every namespace.',
      'In: not restricted by this policy.',
      'Out: denies TCP 80 to addresses in `10.0.0.0/8` or every pod of namespaces labelled `team=a`; then leaves to NetworkPolicies traffic to every pod of every namespace, on every port (the first that matches decides).',
    ]);
  });

  test.each([
    ['Deny', '`Deny`: The traffic is denied, whatever NetworkPolicies say.'],
    ['networks', 'Address ranges, at most 25.'],
    ['priority', '**priority** (whole number, required)'],
    ['subject', '**subject** (mapping, required)'],
    ['ports', 'TCP 80.'],
  ])('%s', (word, expected) => {
    expect(first(on(word))?.join('\n')).toContain(expected);
  });
});

describe('completion', () => {
  const labels = (marked: string) => {
    const { document, offset } = atCursor(marked);
    return completionsAt(document.text, offset).map((completion) => completion.label);
  };

  test.each([
    ['the spec, required keys first', admin('$0'), ['priority', 'subject', 'ingress', 'egress']],
    ['actions', admin(`priority: 1\n${subject}\ningress:\n  - action: $0`), ['Allow', 'Deny', 'Pass']],
    ['actions of a baseline', baseline(`${subject}\ningress:\n  - action: $0`), ['Allow', 'Deny']],
    [
      'peers of an egress rule',
      admin(`priority: 1\n${subject}\negress:\n  - to:\n      - $0`),
      ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
    ],
    ['tiers', wide('tier: $0'), ['Admin', 'Baseline']],
    ['protocols', wide(`tier: Admin\npriority: 1\n${subject}\ningress:\n  - protocols:\n      - $0`), ['tcp', 'udp', 'sctp', 'destinationNamedPort']],
  ])('%s', (_, marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test('a whole policy of each kind, free of errors', () => {
    const { document, offset } = atCursor('$0');
    const skeletons = completionsAt(document.text, offset).filter((completion) => completion.is === 'skeleton');
    expect(skeletons.map(({ label }) => label)).toEqual([
      'NetworkPolicy',
      'AdminNetworkPolicy',
      'BaselineAdminNetworkPolicy',
      'ClusterNetworkPolicy',
      'CiliumNetworkPolicy',
      'CiliumClusterwideNetworkPolicy',
      'CiliumCIDRGroup',
      'Calico NetworkPolicy',
      'GlobalNetworkPolicy',
      'StagedNetworkPolicy',
      'StagedGlobalNetworkPolicy',
      'Tier',
      'NetworkSet',
      'GlobalNetworkSet',
    ]);
    for (const { range, snippet, label } of skeletons)
      expect(idsIn(applyEdits('', [{ ...range, newText: plainSnippet(snippet) }])), label).toEqual([]);
  });
});

describe('whom a policy means', () => {
  const shop = documents(
    namespaceNamed('shop', 'team: shop'),
    deployment('web', 'shop', '{containerPort: 8080, name: http}'),
    deployment('db', 'shop', '{containerPort: 5432, name: pg}'),
  );
  const pods = (labels: string, where = '{matchLabels: {team: shop}}') =>
    `{pods: {namespaceSelector: ${where}, podSelector: {matchLabels: {${labels}}}}}`;
  const among = (spec: string, around = shop) => documents(admin(`priority: 1\n${spec}`), around);
  const from = (peer: string) => among(`${subject}\ningress: [{action: Deny, from: [${peer}]}]`);

  test('a subject that no pod fits', () => {
    const id = 'selector-matches-nothing';
    const policy = among(`subject: ${pods('app: wep')}`);
    expect(said(id, policy)).toEqual([
      'warning [app: wep] Selects no pod that the workspace knows: namespace shop has no pods labelled app=wep; there are app=web or app=db. The policy has no effect. → Select app=web',
    ]);
    expect(mended(id, policy)).toBe(policy.replace('wep', 'web'));
    expect(said(id, among(`subject: ${pods('role: worker')}`))).toEqual([expect.stringMatching(/^information \[role: worker\]/)]);
    expect(said(id, among(`subject: ${pods('app: wep', '{}')}`))).toHaveLength(1);
    for (const fine of [
      pods('app: web'),
      pods('role: worker', '{}'),
      pods('app: x', '{matchLabels: {team: gone}}'),
      '{namespaces: {matchLabels: {team: shop}}}',
      '{pods: {namespaceSelector: {}, podSelector: {}}}',
    ])
      expect(said(id, among(`subject: ${fine}`))).toEqual([]);
    expect(
      said(id, among(`subject: ${pods('app: wep')}`, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: shop}}\n')),
    ).toEqual([]);
  });

  test('a peer that no pod fits', () => {
    const id = 'peer-matches-nothing';
    expect(said(id, from(pods('app: dbb')))).toEqual([
      'warning [app: dbb] Means no pod that the workspace knows: none of namespace shop is labelled app=dbb; there are app=web or app=db. → Select app=db',
    ]);
    expect(mended(id, from(pods('app: dbb')))).toBe(from(pods('app: db')));
    expect(said(id, from(pods('app: db')))).toEqual([]);
    expect(said(id, from(pods('k8s-app: kube-dns', '{}')))).toEqual([]);
    expect(said(id, among(`subject: ${pods('app: wep')}`))).toEqual([]);
  });

  test('namespaces that nobody declares', () => {
    const id = 'unknown-namespace';
    const gone = '{namespaces: {matchLabels: {team: shopp}}}';
    const says =
      'warning [team: shopp] Means no namespace that the workspace knows: none is labelled team=shopp; there is team=shop. → Select team=shop';
    expect(said(id, from(gone))).toEqual([says]);
    expect(said(id, among(`subject: ${gone}`))).toEqual([says]);
    expect(said(id, from(pods('app: db', '{matchLabels: {team: shopp}}')))).toEqual([says]);
    expect(said(id, from('{namespaces: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}'))).toEqual([]);
  });

  test('rules that are never asked, for one before them matches all of it', () => {
    const id = 'redundant-rule';
    const rules = (...list: readonly string[]) => admin(`priority: 1\n${subject}\ningress:\n${list.map((one) => `  - ${one}`).join('\n')}`);
    const all = '{action: Allow, from: [{namespaces: {}}]}';
    const guests = (action: string, rest = '') => `{action: ${action}, from: [{namespaces: {matchLabels: {team: guest}}}]${rest}}`;
    const never = (number: number, verb: string) =>
      `This rule is never asked: rule ${number} ${verb} all of it, and the first rule that matches decides. → Remove the rule`;
    expect(said(id, rules(all, guests('Deny')))).toEqual([`warning [${guests('Deny')}] ${never(1, 'allows')}`]);
    expect(said(id, rules(all, guests('Allow')))).toEqual([`hint [${guests('Allow')}] ${never(1, 'allows')}`]);
    expect(mended(id, rules(all, guests('Deny')))).toBe(rules(all));
    expect(said(id, rules(guests('Deny'), all))).toEqual([]);
    const port = (number: number) => `, ports: [{portNumber: {protocol: TCP, port: ${number}}}]`;
    expect(said(id, rules(guests('Pass', port(80)), guests('Deny', port(443)), guests('Allow', port(80))))).toEqual([
      `warning [${guests('Allow', port(80))}] ${never(1, 'passes on')}`,
    ]);
    expect(said(id, rules(guests('Deny', port(80)), guests('Allow')))).toEqual([]);
  });

  test('ports by names that no container has', () => {
    const id = 'named-port-unresolved';
    const into = (action: string, port: string) =>
      among(`subject: ${pods('app: web')}\ningress: [{action: ${action}, from: [{namespaces: {}}], ports: [{namedPort: ${port}}]}]`);
    expect(said(id, into('Deny', 'htpp'))).toEqual([
      'warning [htpp] No container of Deployment web has a port named htpp; there is http. The rule closes nothing by it. → Write port http',
    ]);
    expect(mended(id, into('Allow', 'htpp'))).toBe(into('Allow', 'http'));
    expect(said(id, into('Pass', 'pg'))).toEqual([expect.stringContaining('The rule passes on nothing by it.')]);
    const out = documents(
      wide(
        `tier: Admin\npriority: 1\nsubject: ${pods('app: web')}\negress: [{action: Deny, to: [${pods('app: db')}], protocols: [{destinationNamedPort: pq}]}]`,
      ),
      shop,
    );
    expect(said(id, out)).toEqual([
      'warning [pq] No container of Deployment db has a port named pq; there is pg. The rule closes nothing by it. → Write port pg',
    ]);
    expect(said(id, out.replace('pq', 'pg'))).toEqual([]);
    expect(said(id, out.replace('app: db', 'app: x'))).toEqual([]);
  });
});
