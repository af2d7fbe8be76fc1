import { describe, expect, test } from 'vitest';
import { codeLensAt, codeLensPlaces } from '../../server/src/features/codeLens.ts';
import { hoverAt } from '../../server/src/features/hover.ts';
import { adminPolicyWith, deployment, documents, policyNamed, service } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { spotAt, workspaceWith } from '../support/at.ts';

const web = deployment('web', 'shop', '{containerPort: 8080}');
const db = deployment('db', 'shop');

/** The paragraphs of a hover, links without their targets. */
function hover(text: string, at: string): readonly string[] {
  const { placed, offset, view } = spotAt(workspaceWith({ 'a.yaml': text }), 'a.yaml', at);
  return (hoverAt(placed.document, offset, { fieldHelp: false }, view)?.markdown ?? '').replace(/\]\([^)]*\)/g, ']').split('\n\n');
}

/** The lines "In: …" and "Out: …" of Deployment web among some policies. */
const sides = (...policies: readonly string[]) => hover(documents(web, db, ...policies), 'Deployment').filter((line) => /^(?:In|Out): /.test(line));

const ingress = (from: string) =>
  policyNamed('web', 'shop', `podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - from: ${from}`);
const open = 'not isolated; everything passes that the other side lets through.';
const admin = (spec: string) => adminPolicyWith(`priority: 1\nsubject: {namespaces: {}}\n${spec}`).replace('name: web', 'name: guard');
const baseline = (spec: string) =>
  adminPolicyWith(`subject: {namespaces: {}}\n${spec}`)
    .replace('AdminNetworkPolicy', 'BaselineAdminNetworkPolicy')
    .replace('name: web', 'name: default');

/** The lenses of Deployment web and of some policies. */
const lenses = (...texts: readonly string[]) => {
  const workspace = workspaceWith({ 'a.yaml': documents(web, ...texts) });
  const view = workspace.viewFor('file:///work/a.yaml');
  return (workspace.manifest('file:///work/a.yaml')?.documents ?? []).flatMap(({ document }) =>
    codeLensPlaces(document, view).map(({ start }) => codeLensAt(document, start, view)?.title),
  );
};

describe('whom a workload may have to do with', () => {
  test.each([
    ['addresses of IPv6', [ingress("[{ipBlock: {cidr: '2001:db8::/32'}}]")], 'In: isolated; from 2001:db8::/32 on every port.'],
    [
      'a range that is no block',
      [ingress('[{ipBlock: {cidr: 10.0.0.0/30, except: [10.0.0.0/32]}}]')],
      'In: isolated; from 10.0.0.1–10.0.0.3 on every port.',
    ],
    ['all of IPv4 alone', [ingress('[{ipBlock: {cidr: 0.0.0.0/0}}]')], 'In: isolated; from every IPv4 address on every port.'],
    [
      'both families, unlike each other',
      [ingress("[{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0', except: ['::/1']}}]")],
      'In: isolated; from every IPv4 address on every port and 8000::/1 on every port.',
    ],
    ['everybody', [ingress('[]')], 'In: isolated; from [Deployment db] (every port); every address outside on every port.'],
    [
      'names in DNS and what Cilium names',
      [ciliumWith('endpointSelector: {}\negress:\n  - toFQDNs: [{matchName: api.example.com}]\n  - toEntities: [kube-apiserver]')],
      'Out: isolated; to whom the workspace does not hold, `api.example.com` (every port) and the API server (every port).',
    ],
    [
      'a denial alone',
      [admin('ingress:\n  - {action: Deny, from: [{namespaces: {}}]}')],
      'In: not isolated, but denied in part; from every address outside on every port.',
    ],
    ['an administrator who only allows', [admin('ingress:\n  - {action: Allow, from: [{namespaces: {}}]}')], `In: ${open}`],
  ])('%s', (_, given, expected) => {
    expect(sides(...given)).toContain(expected);
  });

  test('strangers are told only of rules that are asked', () => {
    const stranger = 'podSelector: {}\npolicyTypes: [Egress]\negress:\n  - to: [{podSelector: {matchLabels: {app: gone}}}]';
    const told = (...more: readonly string[]) => sides(policyNamed('web', 'shop', stranger), ...more).at(-1);
    expect(told()).toBe('Out: isolated; to whom the workspace does not hold, pods labelled `app=gone` of namespace `shop` (every port).');
    expect(told(ciliumWith('endpointSelector: {}\negressDeny:\n  - toEntities: [all]'))).toBe('Out: isolated; to nobody.');
    const first = (action: string) => calicoWith(`order: 1\nselector: all()\ntypes: [Egress]\negress:\n  - action: ${action}`);
    expect(told(first('Deny'))).toBe('Out: isolated; to nobody.');
    expect(told(first('Log'))).toContain('app=gone');
    // What is isolated does not come to the baseline.
    const later = baseline('egress:\n  - {action: Allow, to: [{namespaces: {matchLabels: {team: gone}}}]}');
    expect(told(later)).toBe(told());
    expect(sides(later).at(-1)).toBe(`Out: ${open}`);
  });
});

describe('what stands beside a policy', () => {
  const own = policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}');
  const beside = (...others: readonly string[]) =>
    hover(documents(web, own, ...others), 'kind: NetworkPolicy')
      .at(-1)
      ?.replace(/^.*?\. /, '');
  test.each([
    [
      'another that allows',
      [policyNamed('deny', 'shop', 'podSelector: {}')],
      'Beside it, [deny] selects these pods too; what any of them allows passes.',
    ],
    [
      'an administrator’s and a default',
      [admin('ingress:\n  - {action: Deny, from: [{namespaces: {}}]}'), baseline('ingress:\n  - {action: Deny, from: [{namespaces: {}}]}')],
      'Beside it, [guard] and [default] select these pods too. Before it, [guard] is asked. After it, [default] is asked.',
    ],
    [
      'Cilium’s, which denies',
      [ciliumWith('endpointSelector: {}\ningressDeny:\n  - fromEntities: [all]').replace('name: web', 'name: c')],
      'Beside it, [c] selects these pods too. What [c] denies does not pass.',
    ],
    [
      'Calico’s, by their orders',
      [1, 2000].map((order) =>
        calicoWith(`order: ${order}\nselector: all()\ntypes: [Ingress]\ningress:\n  - action: Deny`).replace('name: web', `name: at-${order}`),
      ),
      'Beside it, [at-1] and [at-2000] select these pods too. Before it, [at-1] is asked. After it, [at-2000] is asked.',
    ],
  ])('%s', (_, others, expected) => {
    expect(beside(...others)).toBe(expected);
  });
});

describe('who may call a Service', () => {
  const callers = (...policies: readonly string[]) =>
    hover(documents(service('web', 'shop', '{port: 80, targetPort: 8080}'), web, db, ...policies), 'Service').at(-1);
  test.each([
    ['addresses alone', [ingress('[{ipBlock: {cidr: 10.0.0.0/8}}]')], '10.0.0.0/8'],
    ['pods and addresses', [ingress('[{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]')], '[Deployment db]; 10.0.0.0/8'],
    ['all that a denial leaves', [admin('ingress:\n  - {action: Deny, from: [{namespaces: {}}]}')], 'every address outside'],
    [
      'everyone, beside an administrator who only allows',
      [admin('ingress:\n  - {action: Allow, from: [{namespaces: {}}]}')],
      'everyone whose own policies allow it',
    ],
  ])('%s', (_, policies, expected) => {
    expect(callers(...policies)).toBe(`- TCP 80 → 8080: may be called by ${expected}`);
  });
});

test('sets of addresses, which every selector of Calico means, are told where there are some', () => {
  const policy = calicoWith("selector: app == 'web'\ntypes: [Ingress]\ningress:\n  - {action: Allow, source: {selector: app == 'db'}}");
  const set =
    'apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: {name: nets, namespace: shop, labels: {app: db}}\nspec: {nets: [10.0.0.0/8]}\n';
  const lens = (...texts: readonly string[]) => lenses(policy, ...texts).at(1);
  expect(sides(policy)).toContain('In: isolated; from [Deployment db] (every port).');
  expect(lens()).toBe('1 pod · in from no known workload · enforced by Calico only');
  expect(lens(set)).toBe('1 pod · in from no known workload and addresses · enforced by Calico only');
  const outside = policy.replace("app == 'db'", "app == 'x', namespaceSelector: global()");
  expect(sides(outside)).toContain(
    'In: isolated; from whom the workspace does not hold, network sets labelled `app=x` of no namespace (every port).',
  );
});

test('lenses tell denials apart from isolation, and what is passed on from what is allowed', () => {
  expect(lenses(admin('egress:\n  - {action: Deny, to: [{namespaces: {}}]}'))).toEqual([
    '1 policy · ingress open · egress denied in part',
    '1 pod · denies out to 1 workload',
  ]);
  const rules = `ingress:\n  - {action: Allow, from: [{namespaces: {matchLabels: {a: b}}}]}\n  - {action: Pass, from: [{namespaces: {}}]}\negress:\n  - {action: Deny, to: [{networks: [10.0.0.0/8]}, {nodes: {}}, {namespaces: {}}]}`;
  expect(lenses(admin(rules)).at(-1)).toBe(
    '1 pod · allows in from no known workload · passes on in from 1 workload · denies out to 1 workload, addresses, and the node or others',
  );
  expect(lenses(calicoWith('selector: all()\ntypes: [Ingress]\ningress:\n  - action: Pass'))).toEqual([
    '1 policy · ingress isolated · egress open',
    '1 pod · in from whom later tiers allow · enforced by Calico only',
  ]);
});
