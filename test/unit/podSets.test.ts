import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allIn, isMember, membersOf, type Pod, type PodSet, PodSets } from '../../server/src/connectivity/podSets.ts';
import type { Cluster, ClusterNamespace } from '../../server/src/model/cluster.ts';
import { type Requirement, type Selector, selects } from '../../server/src/model/selector.ts';
import { finished } from '../../server/src/model/steps.ts';
import type { Service } from '../../server/src/model/workload.ts';

const namespaces: readonly ClusterNamespace[] = ['a', 'b', 'c'].map((name) => ({ name, labels: { name }, declared: true }));

const clusterOf = (services: readonly (Service & { readonly namespace: string })[] = []): Cluster => ({
  namespaces: new Map(namespaces.map((namespace) => [namespace.name, namespace])),
  workloads: [],
  services: services.map((value) => ({ value, origin: { file: '', shift: 0, at: { start: 0, end: 0 } } })),
  policies: [],
  entrances: [],
});

const podsOf = (given: readonly Omit<Pod, 'index'>[]): readonly Pod[] => given.map((pod, index) => ({ ...pod, index }));

const isLabel = (key: string, value: string): Requirement => ({ key, operator: 'In', values: [value] });

/** Of a set no word at either end is without members. */
const isTight = ({ words }: PodSet): boolean => words.length === 0 || (words[0] !== 0 && words.at(-1) !== 0);

const labels = fc.record({ app: fc.constantFrom('x', 'y', 'z'), tier: fc.constantFrom('front', 'back') }, { requiredKeys: [] });
const pod = fc.record({ namespace: fc.constantFrom(...namespaces), labels, hostNetwork: fc.boolean() });
const values = fc.uniqueArray(fc.constantFrom('x', 'y', 'front'), { minLength: 1, maxLength: 2 });
const requirement: fc.Arbitrary<Requirement> = fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('In', 'NotIn'), values });
const plain: fc.Arbitrary<Selector> = fc.record({ requirements: fc.array(requirement, { maxLength: 2 }) });
const selector: fc.Arbitrary<Selector> = fc.record(
  { requirements: fc.array(requirement, { maxLength: 2 }), anyOf: fc.array(fc.array(plain, { minLength: 1, maxLength: 2 }), { maxLength: 2 }) },
  { requiredKeys: ['requirements'] },
);
const question = fc.record({
  where: fc.oneof(
    fc.constantFrom('a', 'b', 'none such'),
    fc.constantFrom<Selector>(
      { requirements: [] },
      { requirements: [isLabel('name', 'b')] },
      { requirements: [{ key: 'name', operator: 'NotIn', values: ['b'] }] },
    ),
  ),
  labels: fc.option(selector, { nil: undefined }),
  hostNetwork: fc.constantFrom('with host network' as const, 'without host network' as const),
});

test('property: a selector finds the pods that it selects, whatever was asked before', () => {
  fc.assert(
    fc.property(
      fc.array(pod, { maxLength: 150, size: 'max' }),
      fc.array(question, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (given, questions, isIndexed) => {
        const pods = podsOf(given);
        const sets = new PodSets(pods, clusterOf());
        if (isIndexed) finished(sets.indexing());
        for (const { where, labels: asked, hostNetwork } of questions) {
          const wanted = pods.filter(
            ({ namespace, labels: own, hostNetwork: onNode }) =>
              (typeof where === 'string' ? namespace.name === where : selects(where, namespace.labels)) &&
              (!asked || selects(asked, own)) &&
              !(onNode && hostNetwork === 'without host network'),
          );
          const found = sets.select(where, asked, hostNetwork);
          expect(membersOf(found)).toEqual(wanted.map(({ index }) => index));
          expect(isTight(found)).toBe(true);
          // Beyond both ends, too.
          for (let index = 0; index < pods.length + 70; index++) expect(isMember(found, index)).toBe(wanted.some((one) => one.index === index));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('pods stand in another order than their namespaces', () => {
  const many = (namespace: ClusterNamespace | undefined) =>
    Array.from({ length: 40 }, () => ({ namespace: namespace as ClusterNamespace, labels: {}, hostNetwork: false }));
  const sets = new PodSets(podsOf([...many(namespaces[2]), ...many(namespaces[0])]), clusterOf());
  expect(membersOf(sets.select({ requirements: [] }, undefined, 'with host network'))).toEqual(Array.from({ length: 80 }, (_, i) => i));
});

test('property: what is in any of some sets', () => {
  const pods = podsOf(
    Array.from({ length: 400 }, (_, i) => ({ namespace: namespaces[0] as ClusterNamespace, labels: { n: String(i) }, hostNetwork: false })),
  );
  const sets = new PodSets(pods, clusterOf());
  const setOf = (members: readonly number[]) =>
    sets.select('a', { requirements: [{ key: 'n', operator: 'In', values: members.map(String) }] }, 'with host network');
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 399 }), { maxLength: 3 }), { maxLength: 4 }), (lists) => {
      const all = allIn(lists.map(setOf));
      expect(membersOf(all)).toEqual([...new Set(lists.flat())].sort((x, y) => x - y));
      expect(isTight(all)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('alternatives of which one asks for nothing are not those without it', () => {
  const pods = podsOf([{ namespace: namespaces[0] as ClusterNamespace, labels: { app: 'y' }, hostNetwork: false }]);
  const sets = new PodSets(pods, clusterOf());
  const x: Selector = { requirements: [isLabel('app', 'x')] };
  const found = (alternatives: readonly Selector[]) => membersOf(sets.select('a', { requirements: [], anyOf: [alternatives] }, 'with host network'));
  expect(found([x])).toEqual([]);
  expect(found([{ requirements: [] }, x])).toEqual([0]);
});

test('what is asked again is not looked at again', () => {
  const sets = new PodSets(podsOf([{ namespace: namespaces[0] as ClusterNamespace, labels: { name: 'web' }, hostNetwork: false }]), clusterOf());
  const all = (): Selector => ({ requirements: [{ key: 'name', operator: 'Exists', values: [] }] });
  expect(sets.select(all(), all(), 'with host network')).toBe(sets.select(all(), all(), 'with host network'));
  expect(sets.namesOf(all())).toBe(sets.namesOf(all()));
  expect(sets.namesOf(all())).toEqual(['a', 'b', 'c']);
});

describe('the labels of many pods', () => {
  /** Pods of namespaces of certain sizes, each with a label of its own, that count how often their labels are looked at. */
  function counted(...sizes: readonly number[]) {
    const looks = { count: 0 };
    const pods = sizes.flatMap((size, n) =>
      Array.from({ length: size }, (_, i) => ({
        namespace: { name: `n${n}`, labels: {}, declared: true },
        get labels() {
          looks.count++;
          return { app: `app${i}` };
        },
        hostNetwork: false,
      })),
    );
    const indexed = pods.map((pod, index) => Object.defineProperty(pod, 'index', { value: index }) as unknown as Pod);
    const looksOf = (act: () => void): number => {
      looks.count = 0;
      act();
      return looks.count;
    };
    return { sets: new PodSets(indexed, clusterOf()), looksOf };
  }

  const find = (sets: PodSets, app: string) => () => sets.select('n0', { requirements: [isLabel('app', app)] }, 'with host network');

  test('are looked at once, beforehand or when one is asked for', () => {
    const { sets, looksOf } = counted(100);
    expect(looksOf(() => finished(sets.indexing()))).toBe(100);
    expect(looksOf(() => finished(sets.indexing()))).toBe(0);
    expect(looksOf(find(sets, 'app7'))).toBe(1);
    expect(looksOf(find(sets, 'none'))).toBe(0);
    const { sets: others, looksOf: looksOfOthers } = counted(100);
    expect(looksOfOthers(find(others, 'app7'))).toBe(101);
    expect(looksOfOthers(find(others, 'app8'))).toBe(1);
  });

  test('of few pods are compared one by one', () => {
    const { sets, looksOf } = counted(4);
    expect(looksOf(() => finished(sets.indexing()))).toBe(0);
    expect(looksOf(find(sets, 'app1'))).toBe(4);
    const { sets: five, looksOf: looksOfFive } = counted(5);
    expect(looksOfFive(() => finished(five.indexing()))).toBe(5);
    expect(looksOfFive(find(five, 'app1'))).toBe(1);
  });

  test('are looked at in steps of some hundreds', () => {
    const steps = (...sizes: readonly number[]) => [...counted(...sizes).sets.indexing()].length;
    expect(steps(499)).toBe(0);
    expect(steps(500)).toBe(1);
    expect(steps(300, 300, 300, 300)).toBe(2);
    expect(steps(1, 1, 1)).toBe(0);
  });
});

describe('Services', () => {
  const service = (namespace: string, name: string, selector: Readonly<Record<string, string>> | undefined, own?: Readonly<Record<string, string>>) =>
    ({ namespace, name, selector, labels: own, ports: [] }) as unknown as Service & { readonly namespace: string };
  const pods = podsOf(
    ['a', 'b'].flatMap((name) =>
      ['x', 'y'].map((app) => ({
        namespace: namespaces.find((one) => one.name === name) as ClusterNamespace,
        labels: { app },
        hostNetwork: app === 'y',
      })),
    ),
  );
  const sets = new PodSets(
    pods,
    clusterOf([
      service('a', 'x', { app: 'x' }, { of: 'x' }),
      service('b', 'x', { app: 'x' }),
      service('a', 'y', { app: 'y' }),
      service('a', 'none', undefined),
    ]),
  );

  test('by namespace and name', () => {
    expect(membersOf(sets.behind('a', 'x', 'with host network'))).toEqual([0]);
    expect(membersOf(sets.behind('a', 'y', 'with host network'))).toEqual([1]);
    expect(membersOf(sets.behind('a', 'y', 'without host network'))).toEqual([]);
    expect(membersOf(sets.behind('a', 'none', 'with host network'))).toEqual([]);
    expect(sets.behind('c', 'x', 'with host network')).toBe(sets.none);
  });

  test('by name or labels, in one namespace or in all', () => {
    expect(membersOf(sets.behindAny('x', undefined, 'with host network'))).toEqual([0, 2]);
    expect(membersOf(sets.behindAny('x', 'b', 'with host network'))).toEqual([2]);
    expect(membersOf(sets.behindAny({ requirements: [isLabel('of', 'x')] }, undefined, 'with host network'))).toEqual([0]);
    expect(membersOf(sets.behindAny('none', undefined, 'with host network'))).toEqual([]);
  });
});
