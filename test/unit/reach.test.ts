import { describe, expect, test } from 'vitest';
import { flowsOf } from '../../server/src/connectivity/flows.ts';
import { explainSide } from '../../server/src/connectivity/reasons.ts';
import { endpointsNamed, TargetError, targetOf } from '../../server/src/connectivity/targets.ts';
import { parseWanted, portName, reach } from '../../server/src/explain/reach.ts';
import { formatPorts } from '../../server/src/model/portSet.ts';
import { targetPortAt } from '../../server/src/model/workload.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { connectivityOf, endpointOf } from '../support/manifestCluster.ts';

const adminPolicy = (name: string, priority: number, rules: string) =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata:\n  name: ${name}\nspec:\n  priority: ${priority}\n  subject: {namespaces: {}}\n${rules}\n`;
const serviceOf = (name: string, spec: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  ${spec}\n`;

const shop = [
  deployment('web', 'shop', '{name: http, containerPort: 8080}'),
  deployment('db', 'shop', '{containerPort: 5432}'),
  deployment('job', 'lab'),
  deployment('bare', 'default'),
  serviceOf('db', 'selector: {app: db}\n  ports: [{port: 80, targetPort: 5432}]'),
  serviceOf('front', 'selector: {app: web}\n  ports: [{port: 80, targetPort: http}, {name: lost, port: 81, targetPort: nowhere}]'),
  serviceOf('outside', 'type: ExternalName\n  externalName: example.org'),
  serviceOf('empty', 'selector: {app: none}\n  ports: [{port: 80}]'),
  policyNamed(
    'db',
    'shop',
    'podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{port: 5432}]\n  - from: [{podSelector: {matchLabels: {app: ghost}}}]\n    ports: [{port: 9999}]\n  - from: [{podSelector: {matchLabels: {app: ghost}}}]\n    ports: [{port: 5432}]',
  ),
];
const connectivity = connectivityOf(documents(...shop));
const target = (name: string) => targetOf(connectivity, name);
const thrown = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof TargetError) return error.message;
    throw error;
  }
  return '';
};

describe('what a question may name', () => {
  test.each([
    ['shop/web', 'endpoints', 'shop/web', 1],
    ['bare', 'endpoints', 'default/bare', 1],
    ['svc/shop/front', 'endpoints', 'Service shop/front', 1],
    // A workload comes before a Service of its name.
    ['shop/db', 'endpoints', 'shop/db', 1],
    ['shop/front', 'endpoints', 'Service shop/front', 1],
    ['svc/shop/empty', 'endpoints', 'Service shop/empty', 0],
  ])('%s', (wanted, is, name, count) => {
    const found = target(wanted);
    expect([found.is, found.name]).toEqual([is, name]);
    expect(found.is === 'endpoints' && found.endpoints.length).toBe(count);
  });

  test.each([
    // IPv4 comes first on the line of addresses, IPv6 behind it.
    ['internet', 'the internet', 0xcb00_7101n],
    ['10.0.0.7', '10.0.0.7', 0x0a00_0007n],
    ['2001:db8::1', '2001:db8::1', (0x2001_0db8n << 96n) + 1n + 2n ** 32n],
  ])('%s, an address', (wanted, name, address) => {
    expect(target(wanted)).toEqual({ is: 'address', name, address });
  });

  test.each([
    ['shop/nobody', 'There is no workload shop/nobody in these manifests; there are shop/web, shop/db, lab/job, default/bare.'],
    ['nobody', 'There is no workload default/nobody in these manifests; there are shop/web, shop/db, lab/job, default/bare.'],
    ['svc/shop/nobody', 'There is no Service shop/nobody in these manifests.'],
    ['svc/shop/outside', 'The Service shop/outside selects no pods, so that no manifest tells where it leads.'],
    ['shop/outside', 'The Service shop/outside selects no pods, so that no manifest tells where it leads.'],
  ])('%s is none', (wanted, message) => {
    expect(thrown(() => target(wanted))).toBe(message);
  });

  test('no more than five are named, and none where there are none', () => {
    const many = connectivityOf(documents(...Array.from({ length: 6 }, (_, i) => deployment(`w${i}`, 'x'))));
    expect(thrown(() => endpointsNamed(many, 'x/none'))).toMatch(/; there are x\/w0, x\/w1, x\/w2, x\/w3, x\/w4 and more\.$/);
    expect(thrown(() => endpointsNamed(connectivityOf(''), 'x/none'))).toBe('There is no workload x/none in these manifests.');
  });

  test('a pod by its owner', () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-1\n  namespace: shop\n  ownerReferences: [{kind: ReplicaSet, name: web}]\n  labels: {app: web}\nspec: {containers: [{name: c}]}\n';
    const own = connectivityOf(pod);
    expect(endpointsNamed(own, 'shop/web-1')).toHaveLength(1);
    expect(endpointsNamed(own, 'shop/web')).toHaveLength(1);
    expect(targetOf(own, 'shop/web').name).toBe('shop/web');
  });
});

test.each([
  ['8080', 'TCP 8080'],
  ['53/udp', 'UDP 53'],
  ['7/SCTP', 'SCTP 7'],
  ['65535', 'TCP 65535'],
  ['0', undefined],
  ['65536', undefined],
  ['80/icmp', undefined],
  ['a', undefined],
  ['80 ', undefined],
])('a port written %j', (text, name) => {
  expect(portName(parseWanted(text))).toBe(name);
});

describe('an answer', () => {
  const ask = (from: string, to: string, port = '') =>
    reach(connectivity, target(from), target(to), port === '' ? undefined : parseWanted(port)).map(
      (one) => `${one.from} ${one.to} ${one.port ?? 'any'} ${one.allowed ? 'yes' : 'no'}`,
    );

  test.each([
    ['shop/web', 'shop/db', '5432', 'shop/web[Deployment] shop/db[Deployment] TCP 5432 yes'],
    ['shop/web', 'shop/db', '80', 'shop/web[Deployment] shop/db[Deployment] TCP 80 no'],
    ['shop/web', 'shop/db', '', 'shop/web[Deployment] shop/db[Deployment] any yes'],
    ['lab/job', 'shop/db', '5432', 'lab/job[Deployment] shop/db[Deployment] TCP 5432 no'],
    // The Service's port, not the pod's.
    ['shop/web', 'svc/shop/db', '80', 'shop/web[Deployment] shop/db[Deployment] TCP 5432 yes'],
    ['lab/job', 'svc/shop/front', '80', 'lab/job[Deployment] shop/web[Deployment] TCP 8080 yes'],
    ['internet', 'shop/db', '5432', 'the internet shop/db[Deployment] TCP 5432 no'],
    ['shop/db', '10.0.0.7', '443', 'shop/db[Deployment] 10.0.0.7 TCP 443 yes'],
  ])('%s to %s %s', (from, to, port, answer) => {
    expect(ask(from, to, port)).toEqual([answer]);
  });

  describe('to whether anything passes', () => {
    const pods = documents(deployment('web', 'shop'), deployment('db', 'shop'));
    const anything = (...policies: readonly string[]) => {
      const cluster = connectivityOf(documents(pods, ...policies));
      const [found] = reach(cluster, targetOf(cluster, 'shop/web'), targetOf(cluster, 'shop/db'), undefined);
      return [found?.allowed, ...(found?.reasons ?? []).map(({ text }) => text)];
    };
    const open = (name: string, direction: 'ingress' | 'egress', port: number) =>
      policyNamed(
        name,
        'shop',
        `podSelector: {matchLabels: {app: ${name}}}\npolicyTypes: [${direction === 'ingress' ? 'Ingress' : 'Egress'}]\n${direction}: [{ports: [{port: ${port}}]}]`,
      );

    test('a port that is denied is not all of them', () => {
      const denied = adminPolicy(
        'no-ssh',
        1,
        '  ingress:\n  - action: Deny\n    from: [{namespaces: {}}]\n    ports: [{portNumber: {protocol: TCP, port: 22}}]',
      );
      expect(anything(denied)).toEqual([
        true,
        'No policy isolates its egress: everything passes.',
        'No policy isolates its ingress: everything passes.',
      ]);
    });

    test('sides that open different ports let nothing through', () => {
      const found = anything(open('web', 'egress', 80), open('db', 'ingress', 5432));
      expect([found[0], found.at(-1)]).toEqual([false, 'No port is let through by both sides: out TCP 80, in TCP 5432.']);
      expect(anything(open('web', 'egress', 80), open('db', 'ingress', 80))[0]).toBe(true);
    });

    test('tiers that let different ports through let nothing through', () => {
      const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: first}\nspec: {order: 1}\n';
      const passed =
        "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: first.own, namespace: shop}\nspec: {tier: first, selector: app == 'db', types: [Ingress], ingress: [{action: Pass, protocol: UDP}]}\n";
      expect(anything(tier, passed, open('db', 'ingress', 5432))).toEqual([
        false,
        'No policy isolates its egress: everything passes.',
        'Isolated by Calico NetworkPolicy shop/first.own.',
        'No ingress rule allows anything.',
      ]);
    });

    test('an explanation speaks of a port that both sides let through', () => {
      const two = [open('web', 'egress', 80), open('web', 'egress', 5432).replace('name: web', 'name: web-2'), open('db', 'ingress', 5432)];
      expect(anything(...two).slice(0, 3)).toEqual([true, 'Isolated by NetworkPolicy shop/web.', 'Isolated by NetworkPolicy shop/web-2.']);
      expect(anything(...two).join(' ')).not.toContain('egress rule 1 of NetworkPolicy shop/web:');
    });
  });

  test('a name that two ports of a pod have means that of the Service’s protocol', () => {
    const names = deployment('dns', 'shop', '{name: dns, containerPort: 1053, protocol: UDP}', '{name: dns, containerPort: 53}');
    const two = 'selector: {app: dns}\n  ports: [{name: a, port: 53, targetPort: dns, protocol: UDP}, {name: b, port: 53, targetPort: dns}]';
    const cluster = connectivityOf(documents(names, deployment('web', 'shop'), serviceOf('dns', two)));
    const asked = (port: string) =>
      reach(cluster, targetOf(cluster, 'shop/web'), targetOf(cluster, 'svc/shop/dns'), parseWanted(port)).map((one) => one.port);
    expect([asked('53'), asked('53/udp')]).toEqual([['TCP 53'], ['UDP 1053']]);
    const service = cluster.cluster.services[0]?.value;
    expect(service?.ports.map((port) => targetPortAt(port, endpointOf(cluster, 'dns').ports))).toEqual([1053, 53]);
    expect(service?.ports.map((port) => targetPortAt({ ...port, protocol: 'SCTP' }, endpointOf(cluster, 'dns').ports))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('a pod to itself', () => {
    const [self] = reach(connectivity, target('shop/db'), target('shop/db'), parseWanted('1'));
    expect(self).toMatchObject({ allowed: true, reasons: [{ side: 'egress', text: 'A pod may always reach itself.' }] });
  });

  test.each([
    ['10.0.0.1', 'internet', '', 'Two addresses outside the cluster: no policy of it says anything of them.'],
    ['shop/web', 'svc/shop/db', '5432', 'Service shop/db has no port TCP 5432; it has TCP 80.'],
    ['shop/web', 'svc/shop/db', '80/udp', 'Service shop/db has no port UDP 80; it has TCP 80.'],
    [
      'lab/job',
      'svc/shop/front',
      '81',
      'Service shop/front leads to the port "nowhere", and no container of shop/web[Deployment] has one of that name for TCP.',
    ],
    ['lab/job', 'svc/shop/empty', '80', 'Service shop/empty leads to no pods in these manifests.'],
    ['svc/shop/empty', 'lab/job', '80', 'Service shop/empty leads to no pods in these manifests.'],
  ])('%s to %s %s has none', (from, to, port, message) => {
    expect(thrown(() => ask(from, to, port))).toBe(message);
  });

  test('its reasons lead to rules', () => {
    const [allowed] = reach(connectivity, target('shop/web'), target('shop/db'), parseWanted('5432'));
    expect(allowed?.reasons.map(({ side, origin }) => [side, origin?.file])).toEqual([
      // Nothing isolates the source; the destination is isolated by a policy, and a rule of it allows.
      ['egress', undefined],
      ['ingress', 'cluster.yaml'],
      ['ingress', 'cluster.yaml'],
    ]);
  });
});

describe('what decides at one side', () => {
  const db = endpointOf(connectivity, 'db');
  const web = endpointOf(connectivity, 'web');
  const side = (peer: typeof web | bigint, port: string) => explainSide(connectivity, db, 'ingress', peer, parseWanted(port));

  test('a rule that allows', () => {
    const { allowed, decidedBy, isolatedBy, near } = side(web, '5432');
    expect([allowed, decidedBy.length, isolatedBy.length, near.length]).toEqual([true, 1, 1, 0]);
  });

  test('none, and the nearest first: whom it lets in counts before the port', () => {
    const { allowed, decidedBy, near } = side(web, '9999');
    expect([allowed, decidedBy]).toEqual([false, []]);
    expect(near.map(({ peerFits, portFits }) => [peerFits, portFits])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
    expect(side(1n, '1').near.map(({ peerFits, portFits }) => [peerFits, portFits])).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ]);
  });

  test('nothing, where no policy isolates', () => {
    expect(explainSide(connectivity, web, 'ingress', db, undefined)).toMatchObject({ allowed: true, isolatedBy: [], decidedBy: [], near: [] });
  });

  const cluster = (...admin: readonly string[]) => connectivityOf(documents(...shop, ...admin));
  const peer = '[{namespaces: {matchLabels: {kubernetes.io/metadata.name: lab}}}]';
  test.each([
    ['Deny', 'shop/web', true],
    ['Deny', 'lab/job', false],
    ['Allow', 'lab/job', true],
  ])('the first rule of a tier above: %s of lab, asked by %s', (action, from, allowed) => {
    const own = cluster(adminPolicy('a', 10, `  ingress: [{action: ${action}, from: ${peer}}]`));
    const [source] = endpointsNamed(own, from);
    if (!source) throw new Error('no source');
    const found = explainSide(own, endpointOf(own, 'db'), 'ingress', source, parseWanted('5432'));
    expect(found.allowed).toBe(allowed);
    expect(found.decidedBy).toHaveLength(1);
    expect(found.passedBy).toEqual([]);
  });

  test('a rule that passes leaves it to the policies below', () => {
    const own = cluster(
      adminPolicy('a', 10, `  ingress: [{action: Pass, from: ${peer}}]`),
      adminPolicy('b', 20, `  ingress: [{action: Allow, from: ${peer}}]`),
    );
    const found = explainSide(own, endpointOf(own, 'db'), 'ingress', endpointOf(own, 'job'), parseWanted('5432'));
    expect(found.passedBy).toHaveLength(1);
    expect([found.allowed, found.isolatedBy.length]).toEqual([false, 1]);
  });
});

describe('a listing of flows', () => {
  const list = (own = connectivity, options = {}) => [...flowsOf(own, options)].map(({ from, to, ports }) => `${from} ${to} ${formatPorts(ports)}`);

  test('names each pair once, without a workload to itself', () => {
    const lines = list();
    expect(lines).toContain('shop/web[Deployment] shop/db[Deployment] TCP 5432');
    expect(lines).toContain('lab/job[Deployment] shop/web[Deployment] All Connections');
    expect(lines.filter((line) => /^lab\/job\S* shop\/db/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('shop/web[Deployment] shop/web'))).toEqual([]);
    expect(new Set(lines).size).toBe(lines.length);
  });

  test('of addresses outside, IPv6 when asked', () => {
    const isOutside = (line: string) => line.includes('[External]');
    expect(list().filter(isOutside)).toContain('0.0.0.0-255.255.255.255[External] shop/web[Deployment] All Connections');
    expect(list().some((line) => line.includes('::'))).toBe(false);
    expect(list(connectivity, { ipv6: true }).some((line) => line.includes('::'))).toBe(true);
    expect(list().filter((line) => line.startsWith('0.0.0.0') && line.includes('shop/db'))).toEqual([]);
  });

  test('of an ingress controller, to what an Ingress leads to and its policies let in', () => {
    const ingress = (service: string, port: string) =>
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${service}, namespace: shop}\nspec: {defaultBackend: {service: {name: ${service}, port: {${port}}}}}\n`;
    const entered = (...more: readonly string[]) => list(connectivityOf(documents(...shop, ...more))).filter((line) => line.startsWith('{'));
    expect(entered(ingress('front', 'number: 80'))).toEqual(['{ingress-controller} shop/web[Deployment] TCP 8080']);
    expect(entered(ingress('front', 'number: 82'))).toEqual([]);
    expect(entered(ingress('db', 'number: 80'))).toEqual([]);
    expect(entered(ingress('outside', 'number: 80'))).toEqual([]);
  });

  test('pods of one owner are one line: what any of them may do', () => {
    const pod = (name: string, role: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  namespace: shop\n  ownerReferences: [{kind: StatefulSet, name: set}]\n  labels: {set: "yes", role: ${role}}\nspec: {containers: [{name: c}]}\n`;
    const own = connectivityOf(
      documents(
        pod('set-0', 'a'),
        pod('set-1', 'b'),
        deployment('db', 'shop'),
        policyNamed(
          'db',
          'shop',
          'podSelector: {matchLabels: {app: db}}\ningress:\n  - from: [{podSelector: {matchLabels: {role: a}}}]\n    ports: [{port: 1}]\n  - from: [{podSelector: {matchLabels: {role: b}}}]\n    ports: [{port: 2}]',
        ),
      ),
    );
    expect(list(own).filter((line) => line.startsWith('shop/set[StatefulSet] shop/db'))).toEqual([
      'shop/set[StatefulSet] shop/db[Deployment] TCP 1-2',
    ]);
  });
});
