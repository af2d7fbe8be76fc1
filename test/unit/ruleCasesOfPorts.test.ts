import { describe, expect, test } from 'vitest';
import { adminPolicyWith, deployment, documents, policyNamed, service } from '../../server/src/rules/examples.ts';
import { calicoWith, ciliumWith, clusterwideWith, globalWith } from '../../server/src/rules/vendor.ts';
import { mended, said } from '../support/said.ts';

/** Ports of policies of Cilium, Calico and administrators beside those of the pods that they are for. */

const web = deployment('web', 'shop', '{name: http, containerPort: 8080}');
const statsd = deployment('statsd', 'shop', '{name: stats, containerPort: 8125, protocol: UDP}');
const around = documents(web, statsd, service('web', 'shop', '{port: 80, targetPort: 8080}'));

const ports = (list: string) => `toPorts: [{ports: [${list}]}]`;
const cilium = (rule: string, list = 'ingress', app = 'web') =>
  documents(ciliumWith(`endpointSelector: {matchLabels: {app: ${app}}}\n${list}: [{${rule}}]`), around);
const calico = (rule: string, direction = 'ingress', app = 'web') =>
  documents(calicoWith(`selector: app == '${app}'\n${direction}: [{${rule}}]`), around);
const everyone = '{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}';
const pods = (app: string) =>
  `{pods: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchLabels: {app: ${app}}}}}`;
const admin = (rule: string, direction = 'ingress', app = 'web') =>
  documents(adminPolicyWith(`priority: 1\nsubject: ${pods(app)}\n${direction}: [{${rule}}]`), around);
const wide = (rule: string, app = 'web') =>
  admin(rule, 'ingress', app).replace('v1alpha1', 'v1alpha2').replace('AdminNetworkPolicy', 'ClusterNetworkPolicy');

describe('service-port-not-target-port', () => {
  const id = 'service-port-not-target-port';
  const text = (at: string, does: string) =>
    `warning [${at}] 80 is the port of Service web; Deployment web listens on 8080, and policies see the port after translation. The rule ${does} nothing by it. → Write the target port 8080`;

  test.each([
    ['Cilium, in', cilium(ports('{port: "80", protocol: TCP}')), '"80"', 'opens'],
    ['Cilium, any protocol', cilium(ports('{port: "80"}')), '"80"', 'opens'],
    ['Cilium, denied', cilium(ports('{port: "80"}'), 'ingressDeny'), '"80"', 'closes'],
    ['Cilium, out', cilium(`toEndpoints: [{matchLabels: {app: web}}], ${ports('{port: "80"}')}`, 'egress', 'statsd'), '"80"', 'opens'],
    ['Calico, in', calico('action: Allow, protocol: TCP, destination: {ports: [80]}'), '80', 'opens'],
    ['Calico, denied', calico('action: Deny, protocol: TCP, destination: {ports: [80]}'), '80', 'closes'],
    ['Calico, out', calico("action: Allow, protocol: TCP, destination: {selector: app == 'web', ports: [80]}", 'egress', 'statsd'), '80', 'opens'],
    ['an administrator, in', admin(`action: Pass, from: [${everyone}], ports: [{portNumber: {protocol: TCP, port: 80}}]`), '80', 'passes on'],
    ['an administrator, out', admin(`action: Deny, to: [${pods('web')}], ports: [{portNumber: {port: 80}}]`, 'egress', 'statsd'), '80', 'closes'],
    ['the newer API', wide(`action: Accept, from: [${everyone}], protocols: [{tcp: {destinationPort: {number: 80}}}]`), '80', 'opens'],
  ])('%s', (_, given, at, does) => {
    expect(said(id, given)).toEqual([text(at, does)]);
    expect(mended(id, given)).toBe(given.replace(at, at.replace('80', '8080')));
    expect(said(id, mended(id, given) ?? '')).toEqual([]);
  });

  test('is silent where the port is none of a Service, where a pod listens on it, and for other protocols', () => {
    expect(said(id, cilium(ports('{port: "81"}')))).toEqual([]);
    expect(said(id, cilium(ports('{port: "80"}')).replace('containerPort: 8080', 'containerPort: 80'))).toEqual([]);
    expect(said(id, cilium(ports('{port: "80", protocol: UDP}')))).toEqual([]);
    expect(
      said(
        id,
        cilium(ports('{port: "80"}')).replace(
          'name: web\n  namespace: shop\nspec:\n  selector: {',
          'name: web\n  namespace: other\nspec:\n  selector: {',
        ),
      ),
    ).toEqual([]);
  });

  test('an alias is told where it stands, and what it stands for is left alone', () => {
    const twice = documents(
      ciliumWith(
        `endpointSelector: {matchLabels: {app: web}}\negress: [{toCIDR: [192.0.2.0/24], toPorts: [{ports: [{port: &p "80"}]}]}]\ningress: [{toPorts: [{ports: [{port: *p}]}]}]`,
      ),
      around,
    );
    expect(said(id, twice)).toEqual([text('*p', 'opens')]);
    expect(mended(id, twice)).toBe(twice.replace('*p', '"8080"'));
    const list = documents(
      calicoWith(
        `selector: app == 'web'\negress: [{action: Allow, protocol: TCP, destination: {nets: [192.0.2.0/24], ports: [&p 80]}}]\ningress: [{action: Allow, protocol: TCP, destination: {ports: [*p]}}]`,
      ),
      around,
    );
    expect(said(id, list)).toEqual([text('*p', 'opens')]);
    expect(mended(id, list)).toBe(list.replace('*p', '8080'));
  });

  test('offers nothing where the target port is written already', () => {
    expect(said(id, calico('action: Allow, protocol: TCP, destination: {ports: [80, 8080]}'))).toEqual([text('80', 'opens').replace(/ →.*/, '')]);
  });

  test('a target port by its name is written where the field takes names', () => {
    const named = (text: string) => text.replace('targetPort: 8080', 'targetPort: http');
    expect(mended(id, named(cilium(ports('{port: "80"}'))))).toContain('{port: "http"}');
    expect(said(id, named(admin(`action: Allow, from: [${everyone}], ports: [{portNumber: {port: 80}}]`)))).toEqual([
      expect.not.stringContaining('→'),
    ]);
  });
});

describe('port-not-exposed', () => {
  const id = 'port-not-exposed';
  const text = (at: string, what: string, there: string, fix = ' → Write port 8080') =>
    `information [${at}] No container of Deployment web declares ${what}; it declares ${there}.${fix}`;

  test.each([
    ['Cilium', cilium(ports('{port: "8081"}')), text('"8081"', 'port 8081', 'port 8080')],
    ['Cilium with its protocol', cilium(ports('{port: "8081", protocol: TCP}')), text('"8081"', 'TCP 8081', 'TCP 8080')],
    ['a range of Cilium', cilium(ports('{port: "9000", endPort: 9100}')), text('"9000"', 'port 9000–9100', 'port 8080', '')],
    ['Calico', calico('action: Allow, protocol: TCP, destination: {ports: [8081]}'), text('8081', 'TCP 8081', 'TCP 8080')],
    [
      'a range of Calico',
      calico('action: Allow, protocol: TCP, destination: {ports: ["9000:9100"]}'),
      text('"9000:9100"', 'TCP 9000–9100', 'TCP 8080', ''),
    ],
    ['an administrator', admin(`action: Allow, from: [${everyone}], ports: [{portNumber: {port: 8081}}]`), text('8081', 'TCP 8081', 'TCP 8080')],
    [
      'a range of the newer API',
      wide(`action: Accept, from: [${everyone}], protocols: [{tcp: {destinationPort: {range: {start: 9000, end: 9100}}}}]`),
      text('9000', 'TCP 9000–9100', 'TCP 8080', ''),
    ],
  ])('%s', (_, given, expected) => expect(said(id, given)).toEqual([expected]));

  test('is silent for ranges with a port, for what is denied or passed on, and where a pod declares nothing', () => {
    expect(said(id, cilium(ports('{port: "8000", endPort: 9000}')))).toEqual([]);
    expect(said(id, calico('action: Allow, protocol: TCP, destination: {ports: ["8000:9000"]}'))).toEqual([]);
    expect(said(id, cilium(ports('{port: "8081"}'), 'ingressDeny'))).toEqual([]);
    expect(said(id, calico('action: Deny, protocol: TCP, destination: {ports: [8081]}'))).toEqual([]);
    expect(said(id, admin(`action: Pass, from: [${everyone}], ports: [{portNumber: {port: 8081}}]`))).toEqual([]);
    expect(said(id, cilium(ports('{port: "8081"}')).replace(/\n +ports:\n +- \{name: http.*/, ''))).toEqual([]);
  });

  test('is silent where not all pods are known: of every namespace, of the system, ranges, Services and entities beside them', () => {
    const out = (peers: string) => cilium(`${peers}, ${ports('{port: "8081"}')}`, 'egress', 'statsd');
    expect(said(id, out('toEndpoints: [{matchLabels: {app: web}}]'))).toHaveLength(1);
    for (const peers of [
      'toEndpoints: [{}]',
      'toEndpoints: [{matchLabels: {app: web}}, {matchLabels: {app: unknown}}]',
      'toEndpoints: [{matchLabels: {k8s-app: kube-dns}}]',
      'toEndpoints: [{matchLabels: {app: web}}], toCIDR: [192.0.2.0/24]',
      'toEndpoints: [{matchLabels: {app: web}}], toEntities: [host]',
      'toEntities: [cluster]',
      'toEntities: [all]',
      'toServices: [{k8sService: {serviceName: web, namespace: shop}}]',
    ])
      expect(said(id, out(peers)), peers).toEqual([]);
    const everywhere = {
      cilium: clusterwideWith(`endpointSelector: {}\ningress: [{${ports('{port: "8081"}')}}]`),
      calico: globalWith('ingress: [{action: Allow, protocol: TCP, destination: {ports: [8081]}}]'),
    };
    for (const text of Object.values(everywhere)) expect(said(id, documents(text, around))).toEqual([]);
    // Pods so labelled may be in namespaces that the workspace does not hold.
    const labelled = everywhere.cilium.replace('endpointSelector: {}', 'endpointSelector: {matchLabels: {app: web}}');
    expect(said(id, documents(labelled, around))).toEqual([]);
    expect(said('named-port-unresolved', documents(labelled.replace('"8081"', 'other'), around))).toEqual([]);
    expect(said('service-port-not-target-port', documents(labelled.replace('8081', '80'), around))).toHaveLength(1);
    expect(said(id, documents(labelled.replace('{app: web}', '{app: web, k8s:io.kubernetes.pod.namespace: shop}'), around))).toHaveLength(1);
  });

  test('of Calico’s rules with a destination at which the policy stands only its pods count', () => {
    const rule = (selector: string) =>
      calico(`action: Allow, protocol: TCP, destination: {selector: app == '${selector}', ports: [8080]}`).replace("selector: app == 'web'\n", '');
    expect(said(id, rule('web'))).toEqual([]);
    expect(said(id, rule('statsd'))).toEqual([expect.stringContaining('No container of Deployment statsd declares TCP 8080')]);
  });

  test('is silent for protocols without ports, excluded ones, and where a service account decides', () => {
    expect(said(id, calico('action: Allow, notProtocol: UDP, destination: {ports: [8081]}'))).toEqual([]);
    expect(said(id, calico('action: Allow, protocol: ICMP, destination: {ports: [8081]}'))).toEqual([]);
    expect(said(id, calico('action: Allow, protocol: TCP, source: {serviceAccounts: {names: [a]}}, destination: {ports: [8081]}'))).toEqual([]);
  });

  test('each of several specs is looked at', () => {
    const spec = (app: string, port: string) => `{endpointSelector: {matchLabels: {app: ${app}}}, ingress: [{${ports(`{port: "${port}"}`)}}]}`;
    const specs = ciliumWith('').replace(/spec:\n\s*$/, `specs: [${spec('statsd', '8125')}, ${spec('web', '8081')}]\n`);
    expect(said(id, documents(specs, around))).toEqual([text('"8081"', 'port 8081', 'port 8080')]);
  });
});

describe('protocol-mismatch', () => {
  const id = 'protocol-mismatch';
  const text = (at: string, does: string, opens: string, rest = '') =>
    `warning [${at}] Deployment statsd listens on UDP 8125; this ${does} TCP 8125${rest}. The rule ${opens} nothing by it. → Write protocol UDP`;

  test.each([
    ['Cilium', cilium(ports('{port: "8125", protocol: TCP}'), 'ingress', 'statsd'), text('TCP', 'allows', 'opens'), ['TCP', 'UDP']],
    [
      'Calico',
      calico('action: Deny, protocol: TCP, destination: {ports: [8125]}', 'ingress', 'statsd'),
      text('TCP', 'denies', 'closes'),
      ['TCP', 'UDP'],
    ],
    [
      'an administrator',
      admin(`action: Allow, from: [${everyone}], ports: [{portNumber: {protocol: TCP, port: 8125}}]`, 'ingress', 'statsd'),
      text('TCP', 'allows', 'opens'),
      ['protocol: TCP, port: 8125', 'protocol: UDP, port: 8125'],
    ],
    [
      'an administrator who names none',
      admin(`action: Pass, from: [${everyone}], ports: [{portNumber: {port: 8125}}]`, 'ingress', 'statsd'),
      text('8125', 'passes on', 'passes on', ', the default where no protocol is written'),
      ['{port: 8125}', '{port: 8125, protocol: UDP}'],
    ],
    [
      'the newer API',
      wide(`action: Accept, from: [${everyone}], protocols: [{tcp: {destinationPort: {number: 8125}}}]`, 'statsd'),
      text('tcp', 'allows', 'opens'),
      ['tcp: {', 'udp: {'],
    ],
  ] as const)('%s', (_, given, expected, [from, to]) => {
    expect(said(id, given)).toEqual([expected]);
    expect(mended(id, given)).toBe(given.replace(from, to));
    expect(said(id, mended(id, given) ?? '')).toEqual([]);
  });

  test('is silent where any protocol is meant, and where another entry says the right one', () => {
    expect(said(id, cilium(ports('{port: "8125"}'), 'ingress', 'statsd'))).toEqual([]);
    expect(said(id, cilium(ports('{port: "8125", protocol: ANY}'), 'ingress', 'statsd'))).toEqual([]);
    expect(said(id, cilium(ports('{port: "8125", protocol: TCP}, {port: "8125", protocol: UDP}'), 'ingress', 'statsd'))).toEqual([]);
  });

  test('the protocol of a rule of Calico is not changed for one of its ports', () => {
    expect(said(id, calico('action: Allow, protocol: TCP, destination: {ports: [8125, 9125]}', 'ingress', 'statsd'))).toEqual([
      text('TCP', 'allows', 'opens').replace(/ →.*/, ''),
    ]);
  });
});

describe('named-port-unresolved', () => {
  const id = 'named-port-unresolved';
  test.each([
    ['Cilium', cilium(ports('{port: htpp, protocol: TCP}')), 'a TCP port named htpp', 'htpp', 'http'],
    ['Cilium, any protocol', cilium(ports('{port: "htpp"}')), 'a port named htpp', '"htpp"', '"http"'],
    ['Calico', calico('action: Allow, protocol: TCP, destination: {ports: [htpp]}'), 'a TCP port named htpp', 'htpp', 'http'],
  ])('%s', (_, given, what, at, fixed) => {
    expect(said(id, given)).toEqual([
      `warning [${at}] No container of Deployment web has ${what}; there is http. The rule opens nothing by it. → Write port http`,
    ]);
    expect(mended(id, given)).toBe(given.replace(at, fixed));
  });

  test('a name of a Service’s port leads to its target', () => {
    const given = (text: string) => text.replace('{port: 80, targetPort: 8080}', '{name: public, port: 80, targetPort: 8080}');
    expect(said(id, given(cilium(ports('{port: public}'))))).toEqual([
      'warning [public] No container of Deployment web has a port named public; it is the name of a port of Service web, which leads to 8080. The rule opens nothing by it. → Write port 8080',
    ]);
    expect(mended(id, given(cilium(ports('{port: public}'))))).toBe(given(cilium(ports('{port: "8080"}'))));
    expect(mended(id, given(calico('action: Allow, protocol: TCP, destination: {ports: [public]}')))).toBe(
      given(calico('action: Allow, protocol: TCP, destination: {ports: [8080]}')),
    );
    // A number is none of the names that this field takes.
    expect(said(id, given(admin(`action: Allow, from: [${everyone}], ports: [{namedPort: public}]`)))).toEqual([expect.not.stringContaining('→')]);
  });

  test('says of NetworkPolicies that nothing gets through', () => {
    const policy = policyNamed('web', 'shop', 'podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: htpp}]}]');
    expect(said(id, documents(policy, around))).toEqual([
      'warning [htpp] No container of Deployment web has a TCP port named htpp; there is http. Nothing gets through. → Write port http',
    ]);
  });
});
