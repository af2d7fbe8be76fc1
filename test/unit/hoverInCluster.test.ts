import { describe, expect, test } from 'vitest';
import { hoverAt } from '../../server/src/features/hover.ts';
import { adminPolicyWith, deployment, documents, namespaceNamed, policyNamed, service } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith } from '../../server/src/rules/vendor.ts';
import { filesOf, spotAt, workspaceWith } from '../support/at.ts';

const fixed = workspaceWith(filesOf('examples/fixed'));

/** The hover's paragraphs, links without their targets. */
function hover(workspace: ReturnType<typeof workspaceWith>, name: string, text: string, nth = 1): readonly string[] {
  const { placed, offset, view } = spotAt(workspace, name, text, nth);
  const found = hoverAt(placed.document, offset, { fieldHelp: false }, view);
  return (found?.markdown ?? '').replace(/\]\([^)]*\)/g, ']').split('\n\n');
}

const policies = 'network-policies.yaml';

describe('in the example as it should be', () => {
  test.each([
    [
      'a policy: whom it selects, what passes, what stands beside it',
      policies,
      'name: frontend',
      [
        'Selects pods labelled `app=frontend` of namespace `app-namespace`.',
        'In: only TCP 8443 from pods labelled `app=ingress-controller` of namespace `ingress-namespace`.',
        'Out: only TCP 8080 to pods labelled `app=backend` of namespace `app-namespace`.',
        'Now: 2 pods of `app-namespace` ([Deployment frontend]). Beside it, [default-deny-all] and [allow-dns] select these pods too; what any of them allows passes.',
      ],
    ],
    [
      'a selector',
      policies,
      'podSelector:\n    matchLabels:\n      app: frontend',
      [
        'Selects pods labelled `app=frontend` of namespace `app-namespace`.',
        'Now: 2 pods of `app-namespace` ([Deployment frontend]). Not [Deployment backend].',
      ],
    ],
    [
      'a peer whose pods nobody knows',
      policies,
      'k8s-app: kube-dns',
      ['Matches pods labelled `k8s-app=kube-dns`.', 'Now: no pod that the workspace knows.'],
    ],
    ['a port', policies, 'port: 8443', ['TCP 8443 of the destination pods.', 'Container port `https`, TCP 8443 of [Deployment frontend].']],
    [
      'a Deployment’s pod labels',
      'frontend.yaml',
      'labels:\n        app',
      [
        'Selected by [default-deny-all], [frontend], and [allow-dns].',
        'In: isolated; from [Deployment ingress-controller] (TCP 8443).',
        'Out: isolated; to [Deployment backend] (TCP 8080); whom the workspace does not hold, pods labelled `k8s-app=kube-dns` of namespace `kube-system` (UDP 53 and TCP 53).',
      ],
    ],
    [
      'a workload with the world before it',
      'ingress-controller.yaml',
      'Deployment',
      [
        'Makes pods labelled `app=ingress-controller` in namespace `ingress-namespace`, which listen on TCP 443 (`https`).',
        'Selected by [default-deny-all], [ingress-controller], and [allow-dns].',
        'In: isolated; from every IPv4 address on TCP 443.',
        'Out: isolated; to [Deployment frontend] (TCP 8443); whom the workspace does not hold, pods labelled `k8s-app=kube-dns` of namespace `kube-system` (UDP 53 and TCP 53).',
      ],
    ],
    [
      'a Service’s port',
      'backend.yaml',
      'targetPort',
      ['Behind it: [Deployment backend].', '- TCP 80 → http: may be called by [Deployment frontend]'],
    ],
  ])('%s', (_, name, text, expected) => {
    expect(hover(fixed, name, text)).toEqual(expected);
  });

  test('links lead to the line of the name', () => {
    const { placed, offset, view } = spotAt(fixed, policies, 'name: frontend');
    expect(hoverAt(placed.document, offset, { fieldHelp: false }, view)?.markdown).toContain('[Deployment frontend](file:///work/frontend.yaml#L4)');
  });
});

test('namespaces, with those that are assumed; several workloads and unknown numbers', () => {
  const workspace = workspaceWith({
    'a.yaml': documents(
      policyNamed(
        'web',
        'shop',
        'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - namespaceSelector: {matchLabels: {team: edge}}\n      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab}}',
      ),
      namespaceNamed('edge', 'team: edge'),
      deployment('proxy', 'edge'),
      deployment('probe', 'edge').replace('Deployment', 'DaemonSet'),
      deployment('test', 'lab'),
      deployment('web', 'shop'),
    ),
  });
  expect(hover(workspace, 'a.yaml', 'namespaceSelector', 1)).toContain(
    'Now: namespace `edge`. There: the pods of `edge` ([Deployment proxy] and [DaemonSet probe]).',
  );
  expect(hover(workspace, 'a.yaml', 'namespaceSelector', 2)).toContain('Now: namespace `lab` (assumed). There: 1 pod of `lab` ([Deployment test]).');
  expect(hover(workspace, 'a.yaml', 'from')).toContain(
    'Now: the pods ([Deployment proxy] of edge, [DaemonSet probe] of edge, and [Deployment test] of lab).',
  );
  expect(hover(workspace, 'a.yaml', 'NetworkPolicy').at(-1)).toBe('Now: 1 pod of `shop` ([Deployment web]). No other policy selects these pods.');
});

test('where no workload is in sight, nothing is said of now', () => {
  const workspace = workspaceWith({ 'a.yaml': policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]') });
  expect(hover(workspace, 'a.yaml', 'NetworkPolicy').join()).not.toContain('Now');
});

test('an open workload and a Service in front of it', () => {
  const workspace = workspaceWith({
    'a.yaml': documents(
      deployment('web', 'shop', '{containerPort: 80}'),
      deployment('db', 'shop'),
      service('web', 'shop', '{port: 80}'),
      policyNamed('db', 'shop', 'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]'),
    ),
  });
  expect(hover(workspace, 'a.yaml', 'Deployment', 1)).toContain('No policy selects these pods.');
  expect(hover(workspace, 'a.yaml', 'kind: Service').at(-1)).toBe('- TCP 80 → 80: may be called by everyone whose own policies allow it');
  expect(hover(workspace, 'a.yaml', 'Deployment', 2)).toEqual(
    expect.arrayContaining(['In: isolated; from nobody.', 'Out: not isolated; everything passes that the other side lets through.']),
  );
});

describe('what is not meant', () => {
  const workspace = workspaceWith({
    'a.yaml': documents(
      policyNamed(
        'web',
        'shop',
        'podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: api}}\n    ports:\n      - port: 80\n      - {protocol: UDP, port: 53}',
      ),
      deployment('web', 'shop', '{containerPort: 80}', '{containerPort: 9090}', '{containerPort: 53, protocol: UDP}'),
      deployment('api', 'shop'),
      deployment('api', 'edge'),
    ),
  });

  test('by a peer: the others of the namespace, and pods so labelled of other namespaces', () => {
    expect(hover(workspace, 'a.yaml', 'app: api').at(-1)).toBe(
      'Now: 1 pod of `shop` ([Deployment api]). Not [Deployment web]. Nor [Deployment api] of `edge`, so labelled too: a podSelector alone means pods of the policy’s own namespace.',
    );
  });

  test('by a rule’s ports: what else the containers listen on', () => {
    expect(hover(workspace, 'a.yaml', 'port: 80').at(-1)).toBe(
      'Container port TCP 80 of [Deployment web]. This rule does not open TCP 9090 of [Deployment web].',
    );
  });

  test('nothing is said where all is meant', () => {
    const all = workspaceWith({
      'a.yaml': documents(
        policyNamed(
          'web',
          'shop',
          'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {}\n    ports:\n      - port: http',
        ),
        deployment('web', 'shop', '{name: http, containerPort: 80}'),
      ),
    });
    for (const text of ['podSelector', 'port: http']) expect(hover(all, 'a.yaml', text).join(' ')).not.toMatch(/\b(Not|Nor)\b|not open/);
  });
});

test('whom a policy of an administrator means now, its peers and its rules', () => {
  const workspace = workspaceWith({
    'a.yaml': documents(
      adminPolicyWith(
        'subject:\n  namespaces:\n    matchLabels: {kubernetes.io/metadata.name: shop}\npriority: 1\ningress:\n  - action: Deny\n    from:\n      - pods:\n          namespaceSelector: {}\n          podSelector: {matchLabels: {app: api}}\negress:\n  - action: Deny\n    to: [{networks: [10.0.0.0/8]}]',
      ),
      deployment('web', 'shop'),
      deployment('api', 'edge'),
    ),
  });
  const [web, api] = ['Now: 1 pod of `shop` ([Deployment web]).', 'Now: 1 pod of `edge` ([Deployment api]).'];
  for (const [text, expected] of [
    ['AdminNetworkPolicy', web],
    ['subject', web],
    ['matchLabels: {kube', web],
    ['podSelector', api],
    ['app: api', api],
    ['- action', api],
  ] as const)
    expect(hover(workspace, 'a.yaml', text).at(-1), text).toBe(expected);
  expect(hover(workspace, 'a.yaml', 'networks').join(' ')).not.toContain('Now');
  expect(hover(workspace, 'a.yaml', 'kubernetes.io/metadata.name: shop')[0]).toBe('Matches namespace `shop`.');
});

test('of a rule of Calico each end means its own pods', () => {
  const workspace = workspaceWith({
    'a.yaml': documents(
      calicoWith(
        "selector: all()\ntypes: [Ingress, Egress]\ningress:\n  - action: Allow\n    source: {selector: app == 'web'}\n    destination: {selector: app == 'db'}\negress:\n  - action: Allow\n    source: {selector: app == 'api'}\n    destination: {ports: [80]}",
      ),
      ...['web', 'db', 'api'].map((name) => deployment(name, 'shop')),
    ),
  });
  for (const name of ['web', 'db', 'api'])
    expect(hover(workspace, 'a.yaml', `app == '${name}'`).at(-1)).toBe(`Now: 1 pod of \`shop\` ([Deployment ${name}]).`);
  expect(hover(workspace, 'a.yaml', 'destination', 2).join(' ')).not.toContain('Now');
});

describe('ports of rules', () => {
  const pods = documents(
    deployment('web', 'shop', '{name: http, containerPort: 8080}', '{name: dns, containerPort: 53, protocol: UDP}'),
    deployment('db', 'shop', '{containerPort: 5432}'),
  );
  const calico = (rule: string) => calicoWith(`selector: app == 'web'\ningress: [{action: Allow, protocol: TCP, ${rule}}]`);
  const wide = (item: string) =>
    adminPolicyWith(`priority: 1\nsubject: {namespaces: {}}\negress: [{action: Allow, to: [{namespaces: {}}], ports: [${item}]}]`);
  const cilium = 'endpointSelector: {matchLabels: {app: web}}\n';
  const none = 'No container of [Deployment web] declares it.';
  test.each([
    [
      'NetworkPolicy, a range',
      policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 8000, endPort: 8999}]}]'),
      'port: 8000',
      'Container port `http`, TCP 8080 of [Deployment web].',
    ],
    [
      'Cilium',
      ciliumWith(`${cilium}ingress: [{toPorts: [{ports: [{port: "8080"}]}]}]`),
      '"8080"',
      'Container port `http`, TCP 8080 of [Deployment web].',
    ],
    [
      'Cilium, by name',
      ciliumWith(`${cilium}ingress: [{toPorts: [{ports: [{port: dns}]}]}]`),
      'port: dns',
      'Container port `dns`, UDP 53 of [Deployment web].',
    ],
    ['Cilium, its protocol', ciliumWith(`${cilium}ingress: [{toPorts: [{ports: [{port: "53", protocol: TCP}]}]}]`), 'protocol: TCP', none],
    [
      'Cilium, out',
      ciliumWith(`${cilium}egress: [{toEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: "5432"}]}]}]`),
      '"5432"',
      'Container port TCP 5432 of [Deployment db].',
    ],
    ['Calico', calico('destination: {ports: ["8000:9000"]}'), '"8000:9000"', 'Container port `http`, TCP 8080 of [Deployment web].'],
    [
      'Calico, of some of its pods',
      calico("destination: {selector: app == 'db', ports: [5432]}").replace("app == 'web'", 'all()'),
      '5432',
      'Container port TCP 5432 of [Deployment db].',
    ],
    ['an administrator', wide('{portNumber: {port: 5432}}'), 'port: 5432', 'Container port TCP 5432 of [Deployment db].'],
    ['an administrator, by name', wide('{namedPort: http}'), 'namedPort', 'Container port `http`, TCP 8080 of [Deployment web].'],
  ])('%s', (_, policy, at, expected) => {
    expect(hover(workspaceWith({ 'a.yaml': documents(policy, pods) }), 'a.yaml', at).join('\n')).toContain(expected);
  });

  test('who sends from a port is not asked for it', () => {
    const said = hover(workspaceWith({ 'a.yaml': documents(calico('source: {ports: [8080]}'), pods) }), 'a.yaml', '8080');
    expect(said.join(' ')).not.toContain('ontainer');
  });
});
