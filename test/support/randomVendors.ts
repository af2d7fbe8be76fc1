import fc from 'fast-check';
import type { Manifest } from './naiveEvaluator.ts';

const namespaceNames = ['one', 'two'] as const;
const namespace = fc.constantFrom(...namespaceNames);
const app = fc.constantFrom('a', 'b', 'ab');
const protocol = fc.constantFrom('TCP', 'UDP');
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const pods = fc.array(
  fc.record({
    namespace,
    labels: fc.record({ app, tier: fc.constantFrom('x', 'y') }, { requiredKeys: ['app'] }),
    account: fc.constantFrom('default', 'robot'),
    ports: fc.subarray([
      { name: 'http', containerPort: 80 },
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
    ]),
  }),
  { minLength: 2, maxLength: 4 },
);
const teams = fc.record({ team: fc.constantFrom('x', 'y') }, { requiredKeys: [] });

const kubernetes = fc
  .record({
    namespace,
    spec: fc.record(
      {
        podSelector: fc.record({ matchLabels: fc.record({ app }, { requiredKeys: [] }) }),
        policyTypes: fc.subarray(['Ingress', 'Egress']),
        ingress: fc.array(
          fc.record(
            { from: fc.constant([{ podSelector: { matchLabels: { app: 'a' } } }]), ports: fc.constant([{ port: 80 }]) },
            { requiredKeys: [] },
          ),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: ['podSelector'] },
    ),
  })
  .map(({ namespace: own, spec }) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace: own }, spec }));

// Cilium

const endpoint = fc.record({
  matchLabels: fc.record(
    {
      app,
      'k8s:tier': fc.constantFrom('x', 'y'),
      'k8s:io.kubernetes.pod.namespace': namespace,
      'io.cilium.k8s.namespace.labels.team': fc.constantFrom('x', 'y'),
      'io.cilium.k8s.policy.serviceaccount': fc.constantFrom('default', 'robot'),
    },
    { requiredKeys: [] },
  ),
});
const blocks = fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0');
const ciliumPort = fc.record(
  { port: fc.constantFrom('80', '53', '0', 'http', 'dns'), protocol: fc.constantFrom('TCP', 'UDP', 'ANY') },
  { requiredKeys: ['port'] },
);
const range = fc.record({ port: fc.constant('79'), endPort: fc.constantFrom(80, 90), protocol });
const ciliumRule = (word: string) =>
  fc
    .tuple(
      fc.oneof(
        fc.record({ [`${word}Endpoints`]: fc.array(endpoint, { maxLength: 2 }) }),
        fc.record({ [`${word}Entities`]: fc.array(fc.constantFrom('world', 'cluster', 'all', 'none'), { maxLength: 2 }) }),
        fc.record({ [`${word}CIDR`]: fc.array(blocks, { minLength: 1, maxLength: 2 }) }),
        fc.record({ [`${word}CIDRSet`]: fc.constant([{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }]) }),
        fc.constant({}),
      ),
      optional(fc.array(fc.record({ ports: fc.array(fc.oneof(ciliumPort, range), { minLength: 1, maxLength: 2 }) }), { minLength: 1, maxLength: 2 })),
    )
    .map(([peers, toPorts]) => ({ ...peers, ...(toPorts ? { toPorts } : {}) }));
const ciliumSpec = fc.record(
  {
    endpointSelector: fc.record({
      matchLabels: fc.oneof(
        { weight: 5, arbitrary: fc.record({ app, 'any:tier': fc.constantFrom('x', 'y') }, { requiredKeys: [] }) },
        { weight: 1, arbitrary: fc.record({ 'k8s:io.cilium.k8s.namespace.labels.team': fc.constantFrom('x', 'y') }) },
      ),
    }),
    ingress: fc.array(ciliumRule('from'), { maxLength: 2 }),
    ingressDeny: fc.array(ciliumRule('from'), { maxLength: 1 }),
    egress: fc.array(ciliumRule('to'), { maxLength: 2 }),
    egressDeny: fc.array(ciliumRule('to'), { maxLength: 1 }),
    enableDefaultDeny: fc.record({ ingress: fc.boolean(), egress: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['endpointSelector'] },
);

// Calico

const condition = fc.oneof(
  fc
    .tuple(fc.constantFrom('app', 'tier'), fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'), fc.constantFrom('a', 'b', 'x'))
    .map(([key, how, value]) => `${key} ${how} '${value}'`),
  fc.constantFrom("app in {'a', 'ab'}", "app not in {'b'}", 'has(tier)', '!has(tier)', 'all()'),
);
const selector = fc.oneof(
  condition,
  fc.tuple(condition, fc.constantFrom('&&', '||'), condition).map(([a, how, b]) => `${a} ${how} ${b}`),
  fc.tuple(condition, condition, condition).map(([a, b, c]) => `!(${a} || ${b}) && ${c}`),
  fc.tuple(condition, condition, condition).map(([a, b, c]) => `${a} || ${b} && (${c})`),
);
const namespaceSelector = fc.constantFrom("team == 'x'", "team != 'x'", "kubernetes.io/metadata.name == 'two'");
const entity = fc.oneof(
  fc.record({ selector, namespaceSelector }, { requiredKeys: [] }),
  fc.record({ notSelector: condition }),
  fc.record({ nets: fc.array(blocks, { minLength: 1, maxLength: 2 }), notNets: fc.constant(['10.1.0.0/16']) }, { requiredKeys: ['nets'] }),
);
const calicoPorts = fc.array(fc.constantFrom<number | string>(80, 53, '79:81', 'http'), { minLength: 1, maxLength: 2 });
const calicoRule = (direction: 'ingress' | 'egress') =>
  fc
    .record(
      {
        action: fc.constantFrom('Allow', 'Allow', 'Deny', 'Pass', 'Log'),
        protocol,
        far: entity,
        ports: calicoPorts,
        near: fc.record({ selector: condition }),
      },
      { requiredKeys: ['action'] },
    )
    .map(({ action, protocol: own, far, ports, near }) => {
      const [other, self] = direction === 'ingress' ? ['source', 'destination'] : ['destination', 'source'];
      const sides: Record<string, object> = { ...(far ? { [other as string]: far } : {}), ...(near ? { [self as string]: near } : {}) };
      if (own && ports) sides.destination = { ...sides.destination, ports };
      return { action, ...(own ? { protocol: own } : {}), ...sides };
    });
const calicoSpec = (isGlobal: boolean) =>
  fc.record(
    {
      tier: fc.constantFrom('first', 'default', 'last'),
      selector,
      types: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
      ingress: fc.array(calicoRule('ingress'), { maxLength: 3 }),
      egress: fc.array(calicoRule('egress'), { maxLength: 3 }),
      ...(isGlobal ? { namespaceSelector } : {}),
    },
    { requiredKeys: ['selector', 'types'] },
  );

interface World {
  readonly pods: readonly { readonly namespace: string; readonly labels: object; readonly account: string; readonly ports: readonly object[] }[];
  readonly teams: readonly object[];
  readonly kubernetes: readonly { readonly metadata: object }[];
}

const world = { pods, teams: fc.tuple(teams, teams), kubernetes: fc.array(kubernetes, { maxLength: 2 }) };

const base = ({ pods: list, teams: labels, kubernetes: policies }: World): readonly object[] => [
  ...namespaceNames.map((name, i) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: labels[i] } })),
  ...list.map(({ namespace: own, labels: carried, account, ports }, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${i}`, namespace: own, labels: carried },
    spec: { serviceAccountName: account, containers: [{ name: 'c', ports }] },
  })),
  ...policies.map((policy, i) => ({ ...policy, metadata: { ...policy.metadata, name: `plain-${i}` } })),
];

/** Pods, Kubernetes' policies and Cilium's. */
export const randomCilium = fc
  .record({ ...world, own: fc.array(fc.record({ namespace, spec: ciliumSpec }), { maxLength: 3 }), wide: fc.array(ciliumSpec, { maxLength: 1 }) })
  .map(({ own, wide, ...rest }) => [
    ...base(rest),
    ...own.map(({ namespace: where, spec }, i) => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: `own-${i}`, namespace: where },
      spec,
    })),
    ...wide.map((spec, i) => ({ apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name: `wide-${i}` }, spec })),
  ]) as unknown as fc.Arbitrary<readonly Manifest[]>;

/** Pods, Kubernetes' policies and Calico's, in three tiers. Orders differ, since of equal ones names decide. */
export const randomCalico = fc
  .record({
    ...world,
    own: fc.array(fc.record({ namespace, order: fc.integer({ min: 0, max: 2000 }), spec: calicoSpec(false) }), { maxLength: 3 }),
    wide: fc.array(fc.record({ order: fc.integer({ min: 0, max: 2000 }), spec: calicoSpec(true) }), { maxLength: 2 }),
    ends: fc.tuple(fc.constantFrom('Deny', 'Pass'), fc.constantFrom('Deny', 'Pass')),
  })
  .map(({ own, wide, ends, ...rest }) => [
    ...base(rest),
    ...[10, 2_000_000].map((order, i) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'Tier',
      metadata: { name: i === 0 ? 'first' : 'last' },
      spec: { order, defaultAction: ends[i] },
    })),
    ...own.map(({ namespace: where, order, spec }, i) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'NetworkPolicy',
      metadata: { name: `own-${i}`, namespace: where },
      spec: { ...spec, order: order + i / 10 + 0.05 },
    })),
    ...wide.map(({ order, spec }, i) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'GlobalNetworkPolicy',
      metadata: { name: `wide-${i}` },
      spec: { ...spec, order: order + i / 10 + 0.55 },
    })),
  ]) as unknown as fc.Arbitrary<readonly Manifest[]>;

export const vendorPorts: readonly number[] = [53, 79, 80, 81, 90];
export const vendorAddresses: readonly string[] = ['1.1.1.1', '10.0.0.1', '10.1.2.3'];
