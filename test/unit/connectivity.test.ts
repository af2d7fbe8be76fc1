import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CompiledPolicy, Tiers } from '../../server/src/connectivity/compile.ts';
import { requestsBetween, requestsOf } from '../../server/src/connectivity/conditions.ts';
import { Connectivity, connectivityOf as made } from '../../server/src/connectivity/connectivity.ts';
import { exposuresOf } from '../../server/src/connectivity/exposure.ts';
import { flowsOf } from '../../server/src/connectivity/flows.ts';
import { Observer } from '../../server/src/connectivity/observer.ts';
import { allIn, isMember, membersOf, type PodSet } from '../../server/src/connectivity/podSets.ts';
import { explainSide } from '../../server/src/connectivity/reasons.ts';
import { servicesOf } from '../../server/src/connectivity/servicesOf.ts';
import { addressesOf, formatLineAddress } from '../../server/src/model/addressSet.ts';
import type { Cluster, Located } from '../../server/src/model/cluster.ts';
import { selectorImplies } from '../../server/src/model/implication.ts';
import { calicoDefaultTier, directions, type Peer, type Policy, tiers } from '../../server/src/model/policy.ts';
import { formatPorts } from '../../server/src/model/portSet.ts';
import type { Selector } from '../../server/src/model/selector.ts';
import { deployment, documents, policyNamed, service } from '../../server/src/rules/examples.ts';
import { connectivityOf, endpointOf } from '../support/manifestCluster.ts';
import { passesIn } from '../support/passes.ts';
import { randomCluster } from '../support/randomCluster.ts';

const ingressTo = (name: string, to: string, rule = '', namespace = 'shop') =>
  policyNamed(name, namespace, `podSelector: ${to}\npolicyTypes: [Ingress]${rule === '' ? '' : `\ningress:\n  - ${rule}`}`);
const app = (name: string) => `{matchLabels: {app: ${name}}}`;
const cilium = (name: string, spec: string, kind = 'CiliumNetworkPolicy', namespace = 'shop') =>
  `apiVersion: cilium.io/v2\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec:\n${spec}\n`;
const calico = (kind: string, name: string, spec: string, namespace?: string) =>
  `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${name}${namespace ? `, namespace: ${namespace}` : ''}}\nspec:\n${spec}\n`;
const admin = (priority: number, rules: string) =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a${priority}}\nspec:\n  priority: ${priority}\n  subject: {namespaces: {}}\n  ingress:\n${rules}\n`;
const pods = [
  deployment('web', 'shop', '{name: http, containerPort: 8080}'),
  deployment('db', 'shop', '{containerPort: 5432}'),
  deployment('job', 'lab'),
];
const at = (cidr: string): bigint => (addressesOf(cidr) as readonly [bigint])[0];
const namesOf = (list: readonly CompiledPolicy[]) => list.map(({ policy }) => policy.name);

describe('sets of pods', () => {
  const setOf = (indices: readonly number[]): PodSet => {
    const [first = 0, last = -1] = [Math.min(...indices), Math.max(...indices)];
    if (indices.length === 0) return { skipped: 0, words: new Uint32Array(0) };
    const words = new Uint32Array((last >>> 5) - (first >>> 5) + 1);
    for (const index of indices) words[(index >>> 5) - (first >>> 5)] = (words[(index >>> 5) - (first >>> 5)] as number) | (1 << (index & 31));
    return { skipped: first >>> 5, words };
  };
  test('property: members, and unions of sets', () => {
    const indices = fc.uniqueArray(fc.nat(200), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(indices, { maxLength: 4 }), (lists) => {
        const all = [...new Set(lists.flat())].sort((a, b) => a - b);
        const together = allIn(lists.map(setOf));
        expect(membersOf(together)).toEqual(all);
        for (let index = 0; index < 260; index++) expect(isMember(together, index)).toBe(all.includes(index));
      }),
    );
  });

  test('of a cluster of more than a word: by a label, by a namespace, by none', () => {
    const many = Array.from({ length: 70 }, (_, i) => deployment(`p${i}`, i < 40 ? 'shop' : 'lab'));
    const connectivity = connectivityOf(
      documents(
        ...many,
        ingressTo('one', app('p3')),
        ingressTo('all', '{}'),
        ingressTo('none', app('p69')),
        ingressTo('other', app('p69'), '', 'lab'),
      ),
    );
    const selected = connectivity.cluster.policies.map((located) => {
      const subject = connectivity.compiledOf(located)?.subject as PodSet;
      return membersOf(subject).map((index) => connectivity.classes[index]?.[0]?.workload.name);
    });
    expect(selected).toEqual([['p3'], Array.from({ length: 40 }, (_, i) => `p${i}`), [], ['p69']]);
  });
});

test('workloads of a label, of whatever namespace, in the order of the manifests', () => {
  const of = (name: string, namespace: string, labels: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}\n`;
  const connectivity = connectivityOf(
    documents(
      of('a', 'shop', '{app: x}'),
      of('b', 'lab', '{app: x}'),
      of('c', 'shop', '{app: x}'),
      of('d', 'shop', '{app: y}'),
      of('e', 'lab', '{}'),
    ),
  );
  const named = (...requirements: Selector['requirements']) => connectivity.labelled({ requirements }).map(({ workload }) => workload.name);
  expect(named({ key: 'app', operator: 'In', values: ['x'] })).toEqual(['a', 'b', 'c']);
  expect(named({ key: 'app', operator: 'Exists', values: [] })).toEqual(['a', 'b', 'c', 'd']);
  expect(named({ key: 'app', operator: 'In', values: ['z'] })).toEqual([]);
  expect(named()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

describe('selectors that are alike as text and not in meaning', () => {
  const expression = (key: string, operator: string, ...values: readonly string[]) =>
    `{key: ${key}, operator: ${operator}${values.length > 0 ? `, values: [${values.join(', ')}]` : ''}}`;
  test.each([
    ['values', [expression('app', 'In', 'we', 'b')], [expression('app', 'In', 'web')]],
    ['values with commas', [expression('app', 'In', '"web,db"')], [expression('app', 'In', 'web', 'db')]],
    ['requirements', [expression('app', 'In', 'web'), expression('tier', 'Exists')], [expression('app', 'In', 'web')]],
    ['operators', [expression('app', 'NotIn', 'web')], [expression('app', 'In', 'web')]],
  ])('%s', (_, one, two) => {
    const connectivity = connectivityOf(
      documents(...pods, ingressTo('one', `{matchExpressions: [${one.join(', ')}]}`), ingressTo('two', `{matchExpressions: [${two.join(', ')}]}`)),
    );
    const [first, second] = connectivity.cluster.policies.map((located) => connectivity.compiledOf(located)?.subject as PodSet);
    const web = endpointOf(connectivity, 'web').index;
    expect([isMember(first as PodSet, web), isMember(second as PodSet, web)]).toEqual([false, true]);
  });

  test('a peer of every pod and one of labels', () => {
    const text = documents(
      ...pods,
      ingressTo('all', app('web'), 'from: [{namespaceSelector: {}}]'),
      ingressTo('one', app('db'), 'from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]'),
    );
    expect([passesIn(text, 'job', 'web'), passesIn(text, 'job', 'db'), passesIn(text, 'web', 'db')]).toEqual([
      'All Connections',
      'nothing',
      'All Connections',
    ]);
  });
});

describe('compiling in steps', () => {
  test('tells whether there are more, and compiles as many as were asked for', () => {
    const { cluster } = connectivityOf(documents(...pods, ...['a', 'b', 'c', 'd', 'e'].map((name) => ingressTo(name, '{}'))));
    const connectivity = new Connectivity(cluster);
    const compiled = () => Reflect.get(connectivity, 'ready').size;
    const steps = [2, 2, 1, 2].map((count) => [connectivity.prepare(count), compiled()]);
    expect(steps).toEqual([
      [true, 2],
      [true, 4],
      [false, 5],
      [false, 5],
    ]);
  });

  test('whoever asks has the rest compiled', () => {
    const { cluster } = connectivityOf(documents(...pods, ingressTo('a', '{}'), ingressTo('b', app('db'))));
    const connectivity = new Connectivity(cluster);
    connectivity.prepare(1);
    expect(namesOf(connectivity.policiesIn('shop'))).toEqual(['a', 'b']);
  });
});

describe('the policies around a selector', () => {
  const exactly = (key: string, ...values: string[]) => ({ requirements: [{ key, operator: 'In' as const, values }] });
  const connectivity = connectivityOf(
    documents(
      ...pods,
      ingressTo('web', app('web')),
      ingressTo('all', '{}'),
      ingressTo('web and tier', '{matchLabels: {app: web, tier: x}}'),
      ingressTo('db', app('db')),
      ingressTo('either', '{matchExpressions: [{key: app, operator: In, values: [web, db]}]}'),
      ingressTo('not', '{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}'),
      ingressTo('elsewhere', app('web'), '', 'lab'),
    ),
  );
  test.each([
    [exactly('app', 'web'), ['web', 'all', 'web and tier', 'either', 'not']],
    [exactly('app', 'db'), ['all', 'db', 'either', 'not']],
    [exactly('app', 'web', 'db'), ['all', 'either', 'not']],
    [{ requirements: [{ key: 'app', operator: 'NotIn' as const, values: ['web'] }] }, ['all', 'either', 'not']],
    [{ requirements: [] }, ['all', 'either', 'not']],
  ])('%j', (selector, expected) => {
    expect(namesOf(connectivity.policiesAround('shop', selector))).toEqual(expected);
    // The second time from what was noted the first.
    expect(namesOf(connectivity.policiesAround('shop', selector))).toEqual(expected);
  });

  test('in another namespace, and where there is none', () => {
    expect(namesOf(connectivity.policiesAround('lab', exactly('app', 'web')))).toEqual(['elsewhere']);
    expect(connectivity.policiesAround('nowhere', exactly('app', 'web'))).toEqual([]);
    expect(connectivity.policiesIn('nowhere')).toEqual([]);
    expect(connectivity.endpointsIn('nowhere')).toEqual([]);
    expect(connectivity.endpointsIn('shop').map(({ workload }) => workload.name)).toEqual(['web', 'db']);
  });

  test('of a later state are those of both namespaces, each once, and of the earlier one what they were', () => {
    const { cluster } = connectivityOf(documents(...pods, ingressTo('here', '{}'), ingressTo('there', '{}', '', 'lab')));
    const before = new Connectivity(cluster);
    const kept = cluster.policies.filter(({ value }) => value.name === 'there');
    const after = new Connectivity({ ...cluster, policies: kept }, before);
    const told = (one: Connectivity) => ['shop', 'lab'].map((namespace) => namesOf(one.policiesIn(namespace)));
    expect(told(after)).toEqual([[], ['there']]);
    expect(told(new Connectivity(cluster, after))).toEqual([['here'], ['there']]);
    expect(told(before)).toEqual([['here'], ['there']]);
  });

  test('property: all that select whatever the selector selects are among them, in order', () => {
    fc.assert(
      fc.property(randomCluster, (manifests) => {
        const random = connectivityOf(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }), 'a.json');
        for (const { value } of random.cluster.policies) {
          if (value.namespace === undefined) continue;
          const all = random.policiesIn(value.namespace);
          const subject = value.subject.pods ?? { requirements: [] };
          const around = random.policiesAround(value.namespace, subject);
          expect(around).toEqual(all.filter((one) => around.includes(one)));
          for (const one of all) if (selectorImplies(subject, one.policy.subject.pods ?? { requirements: [] })) expect(around).toContain(one);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('whom an isolated pod may have to do with', () => {
  const candidates = (...more: readonly string[]) => {
    const connectivity = connectivityOf(documents(...pods, ...more));
    const found = connectivity.candidates(endpointOf(connectivity, 'web'), 'ingress');
    return found && membersOf(found).map((index) => connectivity.classes[index]?.[0]?.workload.name);
  };
  const fromDb = ingressTo('p', app('web'), 'from: [{podSelector: {matchLabels: {app: db}}}]');
  test.each<[string, readonly string[], readonly string[] | undefined]>([
    ['anyone of an open one', [], undefined],
    ['nobody of a shut one', [ingressTo('p', app('web'))], []],
    ['the peers of its rules', [fromDb], ['db']],
    ['anyone where a rule has no peers', [ingressTo('p', app('web'), 'ports: [{port: 80}]')], undefined],
    [
      'the peers of all its policies',
      [fromDb, ingressTo('q', '{}', 'from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: job}}}]')],
      ['db', 'job'],
    ],
    [
      'not those that are denied',
      [
        fromDb,
        cilium(
          'c',
          '  endpointSelector: {}\n  ingressDeny:\n    - fromEndpoints:\n        - matchLabels: {app: job, "k8s:io.kubernetes.pod.namespace": lab}',
        ),
      ],
      ['db'],
    ],
    ['not those that an admin passes on', [fromDb, admin(1, '    - action: Pass\n      from: [{namespaces: {}}]')], ['db']],
    [
      'those that an admin allows',
      [ingressTo('p', app('web')), admin(1, '    - action: Allow\n      from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: lab}}}]')],
      ['job'],
    ],
    [
      'anyone where a tier of Calico passes on',
      [
        calico(
          'NetworkPolicy',
          'first',
          "  selector: app == 'web'\n  types: [Ingress]\n  ingress:\n    - action: Pass\n      source: {selector: app == 'db'}",
          'shop',
        ),
      ],
      undefined,
    ],
  ])('%s', (_, more, expected) => {
    expect(candidates(...more)).toEqual(expected);
  });
});

describe('isolation', () => {
  const isolated = (...more: readonly string[]) => {
    const connectivity = connectivityOf(documents(...pods, ...more));
    return directions.map((direction) => connectivity.isIsolated(endpointOf(connectivity, 'web'), direction));
  };
  const global = (tier: string) => calico('GlobalNetworkPolicy', `${tier}.g`, `  tier: ${tier}\n  selector: app == 'web'\n  types: [Ingress]`);
  test.each<[string, readonly string[], readonly boolean[]]>([
    ['one of two policies is enough', [policyNamed('e', 'shop', 'podSelector: {}\npolicyTypes: [Egress]'), ingressTo('i', '{}')], [true, true]],
    [
      'a policy of Cilium that opts out',
      [cilium('c', '  endpointSelector: {}\n  enableDefaultDeny: {ingress: false}\n  ingress:\n    - fromEndpoints: [{}]'), ingressTo('i', '{}')],
      [true, false],
    ],
    ['a tier of Calico whose end is a denial', [calico('Tier', 'deny', '  order: 5'), global('deny')], [true, false]],
    ['a tier of Calico whose end is a pass', [calico('Tier', 'next', '  order: 5\n  defaultAction: Pass'), global('next')], [false, false]],
  ])('%s', (_, more, expected) => {
    expect(isolated(...more)).toEqual(expected);
  });
});

describe('a state after another', () => {
  const after = (before: string, now: string, keep: readonly (keyof Cluster)[]) => {
    const first = connectivityOf(before).cluster;
    const second = connectivityOf(now).cluster;
    const kept = Object.fromEntries(keep.map((key) => [key, first[key]]));
    const cluster = { ...second, ...kept } as Cluster;
    return [new Connectivity(cluster, new Connectivity(first)), new Connectivity(cluster)] as const;
  };
  const same = ([one, other]: readonly [Connectivity, Connectivity], from: string | bigint, to: string) => {
    const ask = (connectivity: Connectivity) =>
      formatPorts(
        typeof from === 'bigint'
          ? connectivity.side(endpointOf(connectivity, to), 'ingress', from)
          : connectivity.between(endpointOf(connectivity, from), endpointOf(connectivity, to)),
      );
    expect(ask(one)).toBe(ask(other));
    return ask(one);
  };
  const namespaces = (env: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: lab, labels: {env: ${env}}}\n`;
  test('where a namespace is labelled otherwise', () => {
    const policy = ingressTo('p', app('web'), 'from: [{namespaceSelector: {matchLabels: {env: prod}}}]');
    const states = after(documents(...pods, namespaces('dev'), policy), documents(...pods, namespaces('prod'), policy), [
      'workloads',
      'services',
      'policies',
    ]);
    expect(same(states, 'job', 'web')).toBe('All Connections');
  });
  test('where a set of addresses holds others', () => {
    const set = (net: string) =>
      `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata: {name: s, labels: {ip: yes-it-is}}\nspec: {nets: [${net}]}\n`;
    const policy = calico(
      'NetworkPolicy',
      'first',
      "  selector: app == 'web'\n  types: [Ingress]\n  ingress:\n    - action: Allow\n      source: {selector: ip == 'yes-it-is', namespaceSelector: global()}",
      'shop',
    );
    const states = after(documents(...pods, set('192.0.2.0/24'), policy), documents(...pods, set('198.51.100.0/24'), policy), [
      'workloads',
      'namespaces',
      'services',
      'policies',
    ]);
    expect(same(states, at('198.51.100.7/32'), 'web')).toBe('All Connections');
    expect(same(states, at('192.0.2.7/32'), 'web')).toBe('');
  });
  test('where a Service selects others', () => {
    const policy = cilium(
      'c',
      '  endpointSelector: {matchLabels: {app: db}}\n  egress:\n    - toServices: [{k8sService: {serviceName: s, namespace: shop}}]',
    );
    const to = (name: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {selector: {app: ${name}}, ports: [{port: 80}]}\n`;
    const states = after(documents(...pods, to('nobody'), policy), documents(...pods, to('web'), policy), ['workloads', 'namespaces', 'policies']);
    expect(same(states, 'db', 'web')).toBe('All Connections');
    expect(same(states, 'db', 'job')).toBe('');
  });
  test('where a policy begins to ask for service accounts', () => {
    const policy = calico(
      'NetworkPolicy',
      'first',
      "  selector: app == 'web'\n  types: [Ingress]\n  ingress:\n    - action: Allow\n      source: {serviceAccounts: {names: [default]}}",
      'shop',
    );
    const states = after(documents(...pods), documents(...pods, policy), ['workloads', 'namespaces', 'services']);
    expect(same(states, 'db', 'web')).toBe('All Connections');
    expect(same(states, 'job', 'web')).toBe('');
  });

  test('counts when the policies of a class, of a namespace, and of the cluster last changed', () => {
    const first = connectivityOf(documents(...pods, ingressTo('a', app('db'))));
    const cluster = { ...first.cluster };
    const add = (before: Connectivity, more: string) => {
      const added = connectivityOf(documents(...pods, more)).cluster.policies;
      return new Connectivity({ ...cluster, policies: [...before.cluster.policies, ...added] }, before);
    };
    const told = (connectivity: Connectivity) => ({
      classes: ['web', 'db', 'job'].map((name) => connectivity.changeOf(endpointOf(connectivity, name).index)),
      namespaces: ['shop', 'lab'].map((name) => connectivity.namespaceChange(name)),
      wide: connectivity.clusterWideChange,
    });
    const one = new Connectivity(cluster);
    expect(told(one)).toEqual({ classes: [1, 1, 1], namespaces: [1, 1], wide: 1 });
    const two = add(one, ingressTo('b', app('web')));
    expect(told(two)).toEqual({ classes: [2, 1, 1], namespaces: [2, 1], wide: 1 });
    const three = new Connectivity({ ...two.cluster }, two);
    expect(told(three)).toEqual(told(two));
    const four = add(three, admin(1, '    - action: Deny\n      from: [{namespaces: {}}]'));
    expect(told(four)).toEqual({ classes: [4, 4, 4], namespaces: [2, 1], wide: 4 });
    const gone = new Connectivity({ ...cluster, policies: four.cluster.policies.slice(1) }, four);
    expect(told(gone)).toEqual({ classes: [4, 5, 4], namespaces: [5, 1], wide: 4 });
    // Another cluster of the same pods begins anew.
    expect(told(new Connectivity({ ...cluster, workloads: [...cluster.workloads] }, gone))).toEqual({
      classes: [6, 6, 6],
      namespaces: [6, 6],
      wide: 6,
    });
  });

  test('takes over what was gathered of the classes that did not change, unless much has', () => {
    const many = Array.from({ length: 70 }, (_, i) => deployment(`p${i}`, i < 5 ? 'shop' : 'lab'));
    const first = connectivityOf(documents(...many, ingressTo('a', app('p0')), ingressTo('b', app('p9'), '', 'lab')));
    const gathered = first.policiesOf(endpointOf(first, 'p0'), 'ingress');
    const added = (more: string) => [...first.cluster.policies, ...connectivityOf(documents(...many, more)).cluster.policies];
    const little = new Connectivity({ ...first.cluster, policies: added(ingressTo('c', app('p1'))) }, first);
    expect(little.policiesOf(endpointOf(little, 'p0'), 'ingress')).toBe(gathered);
    expect(namesOf(little.policiesOf(endpointOf(little, 'p1'), 'ingress').flatMap(([, list]) => list))).toEqual(['c']);
    expect(little.policiesOf(endpointOf(little, 'p1'), 'egress')).toEqual([]);
    const much = new Connectivity({ ...first.cluster, policies: added(ingressTo('c', '{}', '', 'lab')) }, first);
    expect(much.policiesOf(endpointOf(much, 'p0'), 'ingress')).not.toBe(gathered);
    expect(namesOf(much.policiesOf(endpointOf(much, 'p9'), 'ingress').flatMap(([, list]) => list))).toEqual(['b', 'c']);
  });

  test('is made once for a cluster, and from the state before where the cluster changes', () => {
    const { cluster } = connectivityOf(documents(...pods, ingressTo('a', app('db'))));
    const changing = { ...cluster, lineage: {} };
    const one = made(changing);
    expect(made(changing)).toBe(one);
    const two = made({ ...changing });
    expect(two.endpoints).toBe(one.endpoints);
    expect(two.generation).toBe(2);
    expect(made({ ...cluster }).generation).toBe(1);
    expect(made({ ...cluster }).endpoints).not.toBe(one.endpoints);
  });

  test('an observer notices every other list of the cluster', () => {
    const { cluster } = connectivityOf(documents(...pods, ingressTo('a', app('db'))));
    const lineage = {};
    const before = new Connectivity({ ...cluster, lineage });
    const holds = (change: Partial<Cluster>) => new Observer(before).holdsFor(new Connectivity({ ...cluster, lineage, ...change }, before));
    expect(holds({})).toBe(true);
    const changes: Partial<Cluster>[] = [
      { lineage: {} },
      { workloads: [...cluster.workloads] },
      { namespaces: new Map(cluster.namespaces) },
      { services: [...cluster.services] },
      { entrances: [...cluster.entrances] },
      { addressSets: [] },
      { tiers: [] },
      { policies: [] },
    ];
    for (const change of changes) expect(holds(change), Object.keys(change).join()).toBe(false);
  });
});

describe('classes', () => {
  const pod = (name: string, labels: string, ports = '', more = '') =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {${labels}}}\nspec: {${more}containers: [{ports: [${ports}]}]}\n`;
  const classes = (...manifests: readonly string[]) =>
    connectivityOf(documents(...manifests)).classes.map((members) => members.map(({ workload }) => workload.name).join(' '));
  test.each<[string, readonly string[], readonly string[]]>([
    ['labels in another order', [pod('a', 'x: y, z: w'), pod('b', 'z: w, x: y')], ['a b']],
    ['other labels', [pod('a', 'x: y'), pod('b', 'x: z')], ['a', 'b']],
    ['ports of other names', [pod('a', 'x: y', '{name: http, containerPort: 80}'), pod('b', 'x: y', '{name: web, containerPort: 80}')], ['a', 'b']],
    ['a port without a name', [pod('a', 'x: y', '{containerPort: 80}'), pod('b', 'x: y', '{name: web, containerPort: 80}')], ['a', 'b']],
    ['other ports', [pod('a', 'x: y', '{containerPort: 80}'), pod('b', 'x: y', '{containerPort: 81}')], ['a', 'b']],
    ['other protocols', [pod('a', 'x: y', '{containerPort: 80}'), pod('b', 'x: y', '{containerPort: 80, protocol: UDP}')], ['a', 'b']],
    ['the host’s network', [pod('a', 'x: y'), pod('b', 'x: y', '', 'hostNetwork: true, ')], ['a', 'b']],
    ['a service account that nobody asks for', [pod('a', 'x: y'), pod('b', 'x: y', '', 'serviceAccountName: b, ')], ['a b']],
  ])('%s', (_, manifests, expected) => {
    expect(classes(...manifests)).toEqual(expected);
  });

  test('a service account that one of two policies asks for', () => {
    const asks = calico('NetworkPolicy', 'first', '  serviceAccountSelector: has(x)\n  types: [Ingress]', 'shop');
    const names = calico(
      'NetworkPolicy',
      'm',
      '  types: [Ingress]\n  ingress:\n    - action: Allow\n      source: {serviceAccounts: {names: [b]}}',
      'shop',
    );
    expect(classes(pod('a', 'x: y'), pod('b', 'x: y', '', 'serviceAccountName: b, '), ingressTo('i', '{}'), names, asks)).toEqual(['a', 'b']);
  });

  test('a namespace of which nothing is known has no labels', () => {
    const { cluster } = connectivityOf(documents(...pods));
    const { endpoints } = new Connectivity({ ...cluster, namespaces: new Map() });
    expect(endpoints.map(({ namespace }) => namespace)).toEqual(['shop', 'shop', 'lab'].map((name) => ({ name, labels: {}, declared: false })));
  });
});

test('ranges of addresses that may do the same are one', () => {
  const connectivity = connectivityOf(
    documents(
      ...pods,
      ingressTo('p', app('web'), 'from: [{ipBlock: {cidr: 10.0.0.0/9}}, {ipBlock: {cidr: 10.128.0.0/9}}]\n    ports: [{port: 80}]'),
      ingressTo('q', app('web'), 'from: [{ipBlock: {cidr: 10.0.0.0/8}}]\n    ports: [{port: 80}]'),
    ),
  );
  const ranges = connectivity.addresses(endpointOf(connectivity, 'web'), 'ingress');
  expect(ranges.map(({ first, last, ports }) => [formatLineAddress(first), formatLineAddress(last), formatPorts(ports)])).toEqual([
    ['10.0.0.0', '10.255.255.255', 'TCP 80'],
  ]);
});

describe('tiers', () => {
  const inTier = (name: string): Policy => ({
    kind: 'GlobalNetworkPolicy',
    name: 'p',
    namespace: undefined,
    namespaced: false,
    tier: name === 'default' ? calicoDefaultTier : { ...calicoDefaultTier, name, rank: 3 },
    order: 7,
    subject: {},
    ingress: [],
    egress: undefined,
    isolates: { ingress: true, egress: false },
  });
  const origin = { file: 'a', shift: 0, at: { start: 0, end: 0 } };
  const located = (value: Policy): Located<Policy> => ({ value, origin });
  const kubernetes: Policy = { ...inTier('default'), kind: 'NetworkPolicy', tier: tiers.namespace, order: 0 };
  const resource = (name: string, order: number | undefined, unmatched: 'deny' | 'next' = 'deny') => ({ value: { name, order, unmatched }, origin });

  test.each([
    [0, -1],
    [500, -0.5],
    [1_000, 0],
    [500_500, 0.5],
    [1_000_000, 1],
    [5_500_000, 1.5],
    [10_000_000, 2],
    [20_000_000, 2.5],
    [undefined, 3],
  ])('one of order %s stands at %s, where the admins’ are 0 and 2 and NetworkPolicies 1', (order, rank) => {
    const known = new Tiers({ tiers: [resource('t', order)], policies: [located(inTier('t'))] });
    expect(known.of(inTier('t'))).toEqual({ tier: { ...calicoDefaultTier, name: 't', rank }, order: 7 });
  });
  test('the default tier stays where it is, with the end that its resource has', () => {
    const known = new Tiers({ tiers: [resource('default', 5, 'next')], policies: [located(inTier('default'))] });
    const own = { ...calicoDefaultTier, unmatched: 'next' };
    expect(known.of(inTier('default'))).toEqual({ tier: own, order: 7 });
    expect(known.of(kubernetes)).toEqual({ tier: own, order: 1000 });
  });
  test('without a resource a tier is as its policies say', () => {
    const known = new Tiers({ policies: [located(inTier('t'))] });
    expect(known.of(inTier('t')).tier).toEqual(inTier('t').tier);
    expect(known.of(inTier('default')).tier).toBe(calicoDefaultTier);
    expect(known.of({ ...kubernetes, tier: tiers.admin }).tier).toBe(tiers.admin);
  });
  test('NetworkPolicies are their own tier where Calico has no policy', () => {
    expect(new Tiers({ tiers: [resource('t', 5)], policies: [located(kubernetes)] }).of(kubernetes)).toEqual({ tier: tiers.namespace, order: 0 });
  });
  test('are as others, or not', () => {
    const one = new Tiers({ tiers: [resource('t', 5)], policies: [located(inTier('t'))] });
    expect(one.isAs(new Tiers({ tiers: [resource('t', 5)], policies: [located(kubernetes), located(inTier('t'))] }))).toBe(true);
    expect(one.isAs(new Tiers({ tiers: [resource('t', 6)], policies: [located(inTier('t'))] }))).toBe(false);
    expect(one.isAs(new Tiers({ tiers: [resource('t', 5)], policies: [located(kubernetes)] }))).toBe(false);
  });
  test('of one rank are asked by name', () => {
    const policy = (tier: string, action: string) =>
      calico(
        'GlobalNetworkPolicy',
        `${tier}.p`,
        `  tier: ${tier}\n  selector: app == 'web'\n  types: [Ingress]\n  ingress:\n    - action: ${action}`,
      );
    for (const [first, second] of [
      ['Allow', 'Deny'],
      ['Deny', 'Allow'],
    ] as const) {
      const text = documents(...pods, calico('Tier', 'b', '  order: 5'), calico('Tier', 'a', '  order: 5'), policy('b', second), policy('a', first));
      expect(passesIn(text, 'db', 'web')).toBe(first === 'Allow' ? 'All Connections' : 'nothing');
    }
  });
});

describe('peers', () => {
  const kinds = ['own', 'lab', 'global'];
  const sets = kinds.map((kind, i) => ({
    value: {
      kind: 'NetworkSet',
      name: kind,
      namespace: kind === 'global' ? undefined : kind === 'own' ? 'shop' : 'lab',
      labels: { set: 'x' },
      cidrs: [`192.0.2.${i}/32`],
      domains: [],
    },
    origin: { file: 'a', shift: 0, at: { start: 0, end: 0 } },
  }));
  const place = (kind: string) => at(`192.0.2.${kinds.indexOf(kind)}/32`);
  const means = (peer: Peer, namespace: string | undefined) => {
    const { cluster } = connectivityOf(documents(...pods, ingressTo('p', app('web'), 'from: [{podSelector: {}}]')));
    const [one] = cluster.policies as readonly [Located<Policy>];
    const [rule] = one.value.ingress ?? [];
    const value = {
      ...one.value,
      namespace,
      namespaced: namespace !== undefined,
      subject: { ...one.value.subject, namespaces: { requirements: [] } },
      ingress: rule ? [{ ...rule, peers: [peer] }] : [],
    };
    const connectivity = new Connectivity({ ...cluster, addressSets: sets, policies: [{ ...one, value }] } as Cluster);
    const web = endpointOf(connectivity, 'web');
    const passes = (from: Parameters<Connectivity['side']>[2]) => formatPorts(connectivity.side(web, 'ingress', from)) !== '';
    return [...kinds.filter((kind) => passes(place(kind))), ...['db', 'job'].filter((name) => passes(endpointOf(connectivity, name)))];
  };
  const labelled = { requirements: [{ key: 'set', operator: 'In' as const, values: ['x'] }] };
  const lab = { requirements: [{ key: 'kubernetes.io/metadata.name', operator: 'In' as const, values: ['lab'] }] };
  test.each<[string, Peer, readonly string[], string | undefined]>([
    ['sets of the policy’s own namespace', { is: 'addressSets', sets: labelled }, ['own'], 'shop'],
    ['also those of no namespace', { is: 'addressSets', sets: labelled, global: 'too' }, ['own', 'global'], 'shop'],
    ['those of no namespace alone', { is: 'addressSets', sets: labelled, global: 'only' }, ['global'], 'shop'],
    ['those of namespaces', { is: 'addressSets', sets: labelled, namespaces: lab }, ['lab'], 'shop'],
    ['those of every namespace, for a policy of none', { is: 'addressSets', sets: labelled }, ['own', 'lab'], undefined],
    ['sets with other labels', { is: 'addressSets', sets: { requirements: [{ key: 'set', operator: 'In', values: ['y'] }] } }, [], 'shop'],
    ['the world', { is: 'entity', entity: 'world' }, ['own', 'lab', 'global'], 'shop'],
    ['the cluster', { is: 'entity', entity: 'cluster' }, ['db', 'job'], 'shop'],
    ['all', { is: 'entity', entity: 'all' }, ['own', 'lab', 'global', 'db', 'job'], 'shop'],
    ['what no manifest holds', { is: 'entity', entity: 'host' }, [], 'shop'],
    ['a Service that there is not', { is: 'service', name: 'none' }, [], 'shop'],
    ['names in DNS', { is: 'domains', names: ['example.org'] }, [], 'shop'],
  ])('%s', (_, peer, expected, namespace) => {
    expect(means(peer, namespace)).toEqual(expected);
  });
});

describe('ports', () => {
  test.each([
    ['of no known protocol', '[{protocol: FOO, port: 80}]', 'nothing'],
    ['of a name at the destination', '[{port: http}]', 'TCP 8080'],
    ['of a name of another protocol', '[{port: http, protocol: UDP}]', 'nothing'],
    ['of a name that no container has', '[{port: web}]', 'nothing'],
    ['of numbers and names', '[{port: http}, {port: 80, endPort: 90}]', 'TCP 80-90,8080'],
    ['all of a protocol', '[{protocol: UDP}]', 'UDP'],
    ['that end before they begin', '[{port: 90, endPort: 80}]', 'nothing'],
  ])('%s', (_, ports, expected) => {
    const found = passesIn(documents(...pods, ingressTo('p', app('web'), `ports: ${ports}`)), 'db', 'web');
    expect(expected === 'UDP' ? found.startsWith('UDP') && !found.includes('TCP') : found === expected, found).toBe(true);
  });
  test('any protocol, of Cilium', () => {
    const policy = (port: string) => cilium('c', `  endpointSelector: {}\n  ingress:\n    - toPorts: [{ports: [{port: "${port}", protocol: ANY}]}]`);
    expect(passesIn(documents(...pods, policy('53')), 'db', 'web')).toBe('SCTP 53,TCP 53,UDP 53');
    expect(passesIn(documents(...pods, policy('http')), 'db', 'web')).toBe('TCP 8080');
  });
});

describe('Services before a pod', () => {
  const service = (name: string, namespace: string, selector: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${selector}ports: [{port: 80}]}\n`;
  const before = (name: string, ...services: readonly string[]) => {
    const connectivity = connectivityOf(documents(...pods, ...services));
    return servicesOf(endpointOf(connectivity, name), connectivity).map(({ value }) => value.name);
  };
  test.each<[string, readonly string[], readonly string[]]>([
    ['of its labels', [service('a', 'shop', 'selector: {app: web}, ')], ['a']],
    ['several, as they are written', [service('b', 'shop', 'selector: {app: web}, '), service('a', 'shop', 'selector: {app: web}, ')], ['b', 'a']],
    ['not of another namespace', [service('a', 'other', 'selector: {app: web}, ')], []],
    ['not of other labels', [service('a', 'shop', 'selector: {app: db}, '), service('c', 'shop', 'selector: {app: web, tier: none}, ')], []],
    ['not without a selector', [service('a', 'shop', '')], []],
  ])('%s', (_, services, expected) => {
    expect(before('web', ...services)).toEqual(expected);
  });
});

describe('requests', () => {
  const http = (path: string, more = '') =>
    `    - fromEndpoints: [{matchLabels: {app: db}}]\n      toPorts:\n        - ports: [{port: "8080", protocol: TCP}]\n          rules: {http: [{method: GET, path: ${path}}]}${more}`;
  const asked = (...specs: readonly string[]) => {
    const connectivity = connectivityOf(documents(...pods, ...specs.map((spec, i) => cilium(`c${i}`, spec))));
    return requestsBetween(connectivity, endpointOf(connectivity, 'db'), endpointOf(connectivity, 'web'));
  };
  const web = '  endpointSelector: {matchLabels: {app: web}}\n  ingress:\n';
  const out =
    '  endpointSelector: {matchLabels: {app: db}}\n  egress:\n    - toEndpoints: [{matchLabels: {app: web}}]\n      toPorts:\n        - ports: [{port: "8080", protocol: TCP}]\n          rules: {http: [{method: GET, path: /out}]}';
  test.each<[string, readonly string[], readonly string[]]>([
    ['none are asked for', [`${web}    - fromEndpoints: [{}]`], []],
    ['of one rule', [`${web}${http('/a')}`], ['HTTP GET /a']],
    ['of two', [`${web}${http('/a')}\n${http('/b')}`, `${web}${http('/a')}`], ['HTTP GET /a', 'HTTP GET /b']],
    ['where another rule lets all pass', [`${web}${http('/a')}\n    - fromEndpoints: [{matchLabels: {app: db}}]`], []],
    ['where another rule is for others', [`${web}${http('/a')}\n    - fromEndpoints: [{matchLabels: {app: other}}]`], ['HTTP GET /a']],
    ['where another rule is for ports that the other side refuses', [`${web}${http('/a')}`, out], ['HTTP GET /out', 'HTTP GET /a']],
    ['of a port by its name, going in', [`${web}${http('/a').replace('"8080"', 'http')}`], ['HTTP GET /a']],
    ['of a port by its name, going out', [`${web}${http('/a')}`, out.replace('"8080"', 'http')], ['HTTP GET /out', 'HTTP GET /a']],
    ['where another rule is for a name that the pods have not', [`${web}${http('/a')}\n${http('/b').replace('"8080"', 'other')}`], ['HTTP GET /a']],
    [
      'beside a policy that asks for none',
      ['  endpointSelector: {matchLabels: {app: other}}\n  ingress: [{}]', `${web}${http('/a')}`],
      ['HTTP GET /a'],
    ],
    ['where a denial takes the rule away', [`${web}${http('/a')}\n  ingressDeny:\n    - fromEndpoints: [{matchLabels: {app: db}}]`], []],
  ])('%s', (_, specs, expected) => {
    expect(asked(...specs)).toEqual(expected);
  });
  test('of no rule are none', () => expect(requestsOf([])).toEqual([]));

  test('stand in a listing; all of one pod and some of another is all', () => {
    const twin = (name: string, tier: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: db, tier: ${tier}}, ownerReferences: [{kind: ReplicaSet, name: twins, controller: true, apiVersion: apps/v1, uid: u}]}\nspec: {containers: []}\n`;
    const lines = (...manifests: readonly string[]) =>
      [...flowsOf(connectivityOf(documents(deployment('web', 'shop', '{containerPort: 8080}'), ...manifests)))]
        .filter(({ from, to }) => from.includes('twins') && to.includes('web'))
        .map(({ ports, requests }) => [formatPorts(ports), requests]);
    const one = cilium('c', `${web}${http('/a')}`);
    expect(lines(twin('a', 'x'), twin('b', 'y'), one)).toEqual([['TCP 8080', ['HTTP GET /a']]]);
    const all = cilium('d', `${web}    - fromEndpoints: [{matchLabels: {tier: y}}]\n      toPorts: [{ports: [{port: "9090", protocol: TCP}]}]`);
    for (const order of [
      [twin('a', 'x'), twin('b', 'y')],
      [twin('b', 'y'), twin('a', 'x')],
    ])
      expect(lines(...order, cilium('c', `${web}${http('/a').replace('{app: db}', '{tier: x}')}`), all)).toEqual([['TCP 8080,9090', undefined]]);
    const other = cilium('d', `${web}${http('/b').replace('{app: db}', '{tier: y}')}`);
    expect(lines(twin('a', 'x'), twin('b', 'y'), cilium('c', `${web}${http('/a').replace('{app: db}', '{tier: x}')}`), other)).toEqual([
      ['TCP 8080', ['HTTP GET /a', 'HTTP GET /b']],
    ]);
  });
});

describe('a listing', () => {
  const lines = (...manifests: readonly string[]) =>
    [...flowsOf(connectivityOf(documents(...manifests)))].map(({ from, to, ports }) => `${from} > ${to}: ${formatPorts(ports)}`);
  test('names in DNS that a rule allows, not those of a denial', () => {
    const found = lines(
      deployment('web', 'shop'),
      cilium(
        'c',
        '  endpointSelector: {}\n  ingress: [{}]\n  egress:\n    - toFQDNs: [{matchName: api.example.com}]\n      toPorts: [{ports: [{port: "443", protocol: TCP}]}]\n  egressDeny:\n    - toEndpoints: [{matchLabels: {app: none}}]',
      ),
    );
    expect(found).toEqual(['shop/web[Deployment] > api.example.com[External]: TCP 443']);
  });
  const entrance = (port: string) =>
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: shop}\nspec: {defaultBackend: {service: {name: web, port: {${port}}}}}\n`;
  const entered = (...manifests: readonly string[]) => lines(...pods, ...manifests).filter((line) => line.startsWith('{ingress-controller}'));
  test.each<[string, string, string, readonly string[]]>([
    ['by the number of a Service’s port', 'number: 80', '{port: 80, targetPort: 8080}, {name: x, port: 81, targetPort: 9}', ['TCP 8080']],
    ['by its name', 'name: front', '{name: front, port: 80, targetPort: 8080}, {name: x, port: 81, targetPort: 9}', ['TCP 8080']],
    ['to a port with a name', 'number: 80', '{port: 80, targetPort: http}', ['TCP 8080']],
    ['to a name that no container has', 'number: 80', '{port: 80, targetPort: nowhere}', []],
    ['by a port that the Service has not', 'number: 82', '{port: 80, targetPort: 8080}', []],
  ])('what comes in through an Ingress, %s', (_, port, ports, expected) => {
    const web = `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [${ports}]}\n`;
    expect(entered(web, entrance(port))).toEqual(expected.map((one) => `{ingress-controller} > shop/web[Deployment]: ${one}`));
  });
  test('nothing comes in where policies refuse it, or the Service is another namespace’s', () => {
    const web = service('web', 'shop', '{port: 80, targetPort: 8080}');
    expect(entered(web, entrance('number: 80'), ingressTo('p', app('web'), 'from: [{podSelector: {}}]'))).toEqual([]);
    expect(entered(web, entrance('number: 80'), ingressTo('p', app('web'), 'from: [{namespaceSelector: {}}]'))).toHaveLength(1);
    expect(entered(service('web', 'lab', '{port: 80, targetPort: 8080}'), entrance('number: 80'))).toEqual([]);
  });
});

describe('reasons', () => {
  const why = (text: string, from: string | bigint, to: string, port: number) => {
    const connectivity = connectivityOf(text);
    const peer = typeof from === 'bigint' ? from : endpointOf(connectivity, from);
    const { allowed, isolatedBy, decidedBy, passedBy, near } = explainSide(connectivity, endpointOf(connectivity, to), 'ingress', peer, {
      protocol: 'TCP',
      port,
    });
    const named = (list: typeof decidedBy) => list.map(({ policy, rule }) => `${policy.policy.name} ${rule.action}`);
    return {
      allowed,
      isolatedBy: namesOf(isolatedBy),
      decidedBy: named(decidedBy),
      passedBy: named(passedBy),
      near: near.map(({ rule, peerFits, portFits }) => [formatPorts(rule.ports), peerFits, portFits]),
    };
  };
  const rules = (...list: readonly string[]) =>
    policyNamed('p', 'shop', `podSelector: ${app('web')}\npolicyTypes: [Ingress]\ningress:\n${list.map((rule) => `  - ${rule}`).join('\n')}`);
  const from = (name: string, port: number) => `from: [{podSelector: ${app(name)}}]\n    ports: [{port: ${port}}]`;
  const nothing = { isolatedBy: [], decidedBy: [], passedBy: [], near: [] };

  test('of a refusal: the rules that come closest first, a fitting peer before a fitting port', () => {
    expect(why(documents(...pods, rules(from('x', 1), from('x', 80), from('db', 2), from('x', 3))), 'db', 'web', 80)).toEqual({
      ...nothing,
      allowed: false,
      isolatedBy: ['p'],
      near: [
        ['TCP 2', true, false],
        ['TCP 80', false, true],
        ['TCP 1', false, false],
        ['TCP 3', false, false],
      ],
    });
  });
  test('of what is open', () => expect(why(documents(...pods), 'db', 'web', 80)).toEqual({ ...nothing, allowed: true }));
  test('policies that say nothing of the direction isolate nothing', () => {
    expect(
      why(documents(...pods, policyNamed('e', 'shop', 'podSelector: {}\npolicyTypes: [Egress]'), rules(from('db', 80))), 'db', 'web', 80),
    ).toEqual({
      ...nothing,
      allowed: true,
      isolatedBy: ['p'],
      decidedBy: ['p allow'],
    });
  });
  test('a denial of Cilium comes before what is allowed, and is none of what comes close', () => {
    const deny = cilium(
      'c',
      '  endpointSelector: {}\n  ingressDeny:\n    - fromEndpoints: [{matchLabels: {app: db}}]\n      toPorts: [{ports: [{port: "80", protocol: TCP}]}]',
    );
    expect(why(documents(...pods, deny, rules(from('db', 80))), 'db', 'web', 80)).toMatchObject({ allowed: false, decidedBy: ['c deny'] });
    expect(why(documents(...pods, deny, rules(from('db', 80))), 'db', 'web', 81).near).toEqual([['TCP 80', true, false]]);
  });
  test('an admin’s pass leaves it to those below', () => {
    const text = documents(...pods, admin(1, '    - action: Pass\n      from: [{namespaces: {}}]'), rules(from('db', 80)));
    expect(why(text, 'db', 'web', 80)).toEqual({ ...nothing, allowed: true, isolatedBy: ['p'], decidedBy: ['p allow'], passedBy: ['a1 pass'] });
  });
  test('the first rule of a tier of Calico decides, and its end denies', () => {
    const policy = calico(
      'NetworkPolicy',
      'first',
      "  selector: app == 'web'\n  types: [Ingress]\n  ingress:\n    - action: Deny\n      protocol: TCP\n      source: {selector: app == 'db'}\n      destination: {ports: [80]}\n    - action: Allow\n      protocol: TCP\n      source: {selector: app == 'db'}",
      'shop',
    );
    const text = documents(...pods, policy);
    expect(why(text, 'db', 'web', 80)).toMatchObject({ allowed: false, decidedBy: ['first deny'] });
    expect(why(text, 'db', 'web', 81)).toMatchObject({ allowed: true, decidedBy: ['first allow'], isolatedBy: [] });
    expect(why(text, 'job', 'web', 81)).toMatchObject({
      allowed: false,
      isolatedBy: ['first'],
      decidedBy: [],
      near: [[expect.stringContaining('TCP'), false, true]],
    });
  });
  test('a denial that asks for more than is known does not decide', () => {
    const policy = calico(
      'NetworkPolicy',
      'first',
      "  selector: app == 'web'\n  types: [Ingress]\n  ingress:\n    - action: Deny\n      protocol: TCP\n      http: {methods: [GET]}\n    - action: Allow",
      'shop',
    );
    expect(why(documents(...pods, policy), 'db', 'web', 80)).toMatchObject({ allowed: true, decidedBy: ['first allow'] });
  });
  test('names of ports mean nothing outside the cluster', () => {
    expect(why(documents(...pods, rules('ports: [{port: http}]')), at('192.0.2.1/32'), 'web', 8080)).toMatchObject({ allowed: true });
  });
});

describe('exposures', () => {
  test('what strangers may do: pods that a rule means and no manifest has', () => {
    const connectivity = connectivityOf(
      documents(
        ...pods,
        policyNamed(
          'p',
          'shop',
          `podSelector: ${app('web')}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {matchLabels: {app: ghost}}\n      - podSelector: {matchLabels: {app: db}}\n      - ipBlock: {cidr: 192.0.2.0/24}\n      - namespaceSelector: {matchLabels: {team: x}}\n        podSelector: {matchExpressions: [{key: tier, operator: Exists}]}\n    ports: [{port: 80}]`,
        ),
      ),
    );
    const found = exposuresOf(connectivity).filter(({ endpoint, direction }) => endpoint.workload.name === 'web' && direction === 'ingress');
    expect(
      found.map(({ peer, namespace, ports }) => [peer?.is === 'pods' ? peer.pods?.requirements[0]?.key : peer, namespace, formatPorts(ports)]),
    ).toEqual([
      ['app', 'shop', 'TCP 80'],
      ['tier', 'shop', 'TCP 80'],
    ]);
  });
});
