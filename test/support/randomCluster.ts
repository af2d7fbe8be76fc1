import fc from 'fast-check';
import type { Manifest } from './naiveEvaluator.ts';

const namespaceNames = ['one', 'two', 'default'] as const;
const namespace = fc.constantFrom(...namespaceNames);
const labels = fc.record({ app: fc.constantFrom('a', 'b', 'c'), tier: fc.constantFrom('x', 'y') }, { requiredKeys: [] });
const teams = fc.record({ team: fc.constantFrom('x', 'y') }, { requiredKeys: [] });
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const portNumber = fc.constantFrom(1, 79, 80, 81, 443, 8080, 65535);

const expression = (keys: readonly string[], values: readonly string[]) =>
  fc.oneof(
    fc.record({
      key: fc.constantFrom(...keys),
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ key: fc.constantFrom(...keys), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
const podSelector = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labels }),
  fc.record({ matchExpressions: fc.array(expression(['app', 'tier'], ['a', 'b', 'x']), { maxLength: 2 }) }),
);
const namespaceSelector = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: teams }),
  fc.record({ matchLabels: fc.record({ 'kubernetes.io/metadata.name': namespace }) }),
  fc.record({ matchExpressions: fc.array(expression(['team'], ['x', 'y']), { maxLength: 1 }) }),
);

const blocks = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '192.0.2.7/32', '::/0', '2001:db8::/32', '2001:db8:1::/48'] as const;
const ipBlock = fc.constantFrom(...blocks).chain((cidr) => {
  const narrower = ['10.1.0.0/16', '10.1.2.0/25', '10.1.2.3/32'].filter(() => !cidr.includes(':'));
  const fits = narrower.filter((except) =>
    cidr === '0.0.0.0/0' || cidr === '10.0.0.0/8' ? true : cidr === '10.1.0.0/16' && except !== '10.1.0.0/16',
  );
  return fits.length === 0 ? fc.constant({ cidr }) : fc.record({ cidr: fc.constant(cidr), except: fc.subarray(fits) });
});

const peer = fc.oneof(
  fc.record({ podSelector }),
  fc.record({ namespaceSelector }),
  fc.record({ podSelector, namespaceSelector }),
  fc.record({ ipBlock }),
);
const port = fc.oneof(
  fc.record({ protocol }, { requiredKeys: [] }),
  fc.record({ protocol, port: portNumber }, { requiredKeys: ['port'] }),
  fc.record({ protocol, port: fc.constantFrom('http', 'dns') }, { requiredKeys: ['port'] }),
  fc.record({ protocol, port: fc.constant(79), endPort: fc.constantFrom(79, 81, 9000) }, { requiredKeys: ['port', 'endPort'] }),
);
const rule = (key: string) => fc.record({ [key]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) }, { requiredKeys: [] });

const networkPolicy = fc
  .record({
    namespace,
    spec: fc.record(
      {
        podSelector,
        policyTypes: fc.subarray(['Ingress', 'Egress']),
        ingress: fc.array(rule('from'), { maxLength: 2 }),
        egress: fc.array(rule('to'), { maxLength: 2 }),
      },
      { requiredKeys: ['podSelector'] },
    ),
  })
  .map(({ namespace: own, spec }) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: own }, spec }));

const selection = fc.oneof(fc.record({ namespaces: namespaceSelector }), fc.record({ pods: fc.record({ namespaceSelector, podSelector }) }));
const networks = fc.record({ networks: fc.uniqueArray(fc.constantFrom(...blocks), { minLength: 1, maxLength: 2 }) });
const oldPort = fc.oneof(
  fc.record({ portNumber: fc.record({ protocol, port: portNumber }, { requiredKeys: ['port'] }) }),
  fc.record({ namedPort: fc.constantFrom('http', 'dns') }),
  fc.record({ portRange: fc.record({ protocol, start: fc.constant(79), end: fc.constantFrom(80, 9000) }, { requiredKeys: ['start', 'end'] }) }),
);
const destinationPort = fc.oneof(
  fc.record({ number: portNumber }),
  fc.record({ range: fc.record({ start: fc.constant(79), end: fc.constantFrom(80, 9000) }) }),
);
const match = fc.record({ destinationPort }, { requiredKeys: [] });
const newPort = fc.oneof(
  fc.record({ tcp: match }),
  fc.record({ udp: match }),
  fc.record({ sctp: match }),
  fc.record({ destinationNamedPort: fc.constantFrom('http', 'dns') }),
);

const adminRule = (key: string, portsKey: string, ports: fc.Arbitrary<unknown>, actions: readonly string[]) =>
  fc.record(
    {
      action: fc.constantFrom(...actions),
      [key]: fc.array(key === 'to' ? fc.oneof(selection, networks) : selection, { minLength: 1, maxLength: 2 }),
      [portsKey]: fc.array(ports, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['action', key] },
  );
const adminSpec = (portsKey: string, ports: fc.Arbitrary<unknown>, actions: readonly string[]) => ({
  subject: selection,
  ingress: fc.array(adminRule('from', portsKey, ports, actions), { maxLength: 2 }),
  egress: fc.array(adminRule('to', portsKey, ports, actions), { maxLength: 2 }),
});

const admin = fc.record(adminSpec('ports', oldPort, ['Allow', 'Deny', 'Pass']));
const baseline = fc.record(adminSpec('ports', oldPort, ['Allow', 'Deny']));
const clusterWide = fc.record({ tier: fc.constantFrom('Admin', 'Baseline'), ...adminSpec('protocols', newPort, ['Accept', 'Deny', 'Pass']) });

const containerPorts = fc.subarray([
  { name: 'http', containerPort: 80 },
  { name: 'http', containerPort: 8080 },
  { name: 'dns', containerPort: 443, protocol: 'UDP' },
  { name: 'dns', containerPort: 81 },
]);
const pod = fc.record({ namespace, labels, ports: containerPorts, hostNetwork: fc.boolean().map((value) => value && true) });

/** Manifests of a small cluster: pods, policies of every tier and kind, and namespaces of which some are declared. Priorities differ, since the order of equal ones is undefined. */
export const randomCluster: fc.Arbitrary<readonly Manifest[]> = fc
  .record({
    namespaces: fc.subarray([...namespaceNames]).chain((names) => fc.tuple(...names.map((name) => teams.map((own) => ({ name, labels: own }))))),
    pods: fc.array(pod, { minLength: 1, maxLength: 4 }),
    policies: fc.array(networkPolicy, { maxLength: 3 }),
    admins: fc.array(admin, { maxLength: 2 }),
    baselines: fc.array(baseline, { maxLength: 1 }),
    wide: fc.array(clusterWide, { maxLength: 2 }),
    tiers: fc.boolean(),
  })
  .map(({ namespaces, pods, policies, admins, baselines, wide, tiers }) => [
    ...namespaces.map((metadata) => ({ apiVersion: 'v1', kind: 'Namespace', metadata })),
    ...pods.map(({ namespace: own, labels: carried, ports, hostNetwork }, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${i}`, namespace: own, labels: carried },
      spec: { ...(hostNetwork && i % 3 === 0 ? { hostNetwork } : {}), containers: [{ name: 'c', ports }] },
    })),
    ...policies.map((policy, i) => ({ ...policy, metadata: { ...policy.metadata, name: `policy-${i}` } })),
    ...(tiers
      ? [
          ...admins.map((spec, i) => ({
            apiVersion: 'policy.networking.k8s.io/v1alpha1',
            kind: 'AdminNetworkPolicy',
            metadata: { name: `admin-${i}` },
            spec: { priority: i * 10, ...spec },
          })),
          ...baselines.map((spec) => ({
            apiVersion: 'policy.networking.k8s.io/v1alpha1',
            kind: 'BaselineAdminNetworkPolicy',
            metadata: { name: 'default' },
            spec,
          })),
          ...wide.map((spec, i) => ({
            apiVersion: 'policy.networking.k8s.io/v1alpha2',
            kind: 'ClusterNetworkPolicy',
            metadata: { name: `wide-${i}` },
            spec: { priority: i * 10 + 5, ...spec },
          })),
        ]
      : []),
  ]) as fc.Arbitrary<readonly Manifest[]>;

/** Ports at which something may change, and those beside them. */
export const probePorts: readonly number[] = [1, 2, 79, 80, 81, 443, 8080, 9001];
/** Addresses inside and outside each range that is generated. */
export const probeAddresses: readonly string[] = [
  '1.1.1.1',
  '10.0.0.1',
  '10.1.0.0',
  '10.1.2.3',
  '10.1.2.200',
  '192.0.2.7',
  '2001:db8::1',
  '2001:db8:1::1',
];
