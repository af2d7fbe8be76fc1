import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selectorImplies } from '../../server/src/model/implication.ts';
import {
  bothOf,
  everything,
  isNever,
  type Labels,
  type Operator,
  type Selector,
  selectorOf,
  selects,
  selectsAll,
  selectsNone,
} from '../../server/src/model/selector.ts';

const ofAValue = ['In', 'NotIn', 'Contains', 'StartsWith', 'EndsWith', 'NotContains', 'NotStartsWith', 'NotEndsWith'] as const;

const asks = (operator: Operator, key: string, ...values: readonly string[]): Selector => ({ requirements: [{ key, operator, values }] });

describe('conditions on parts of a value', () => {
  test.each<readonly [Operator, string, boolean, boolean]>([
    ['Contains', 'ro', true, false],
    ['Contains', 'frontend', true, false],
    ['Contains', 'x', false, false],
    ['StartsWith', 'fro', true, false],
    ['StartsWith', 'end', false, false],
    ['EndsWith', 'end', true, false],
    ['EndsWith', 'fro', false, false],
    ['NotContains', 'ro', false, true],
    ['NotContains', 'x', true, true],
    ['NotStartsWith', 'fro', false, true],
    ['NotStartsWith', 'end', true, true],
    ['NotEndsWith', 'end', false, true],
    ['NotEndsWith', 'fro', true, true],
  ])('%s %s: of frontend %s, without the label %s', (operator, part, present, absent) => {
    expect(selects(asks(operator, 'app', part), { app: 'frontend' })).toBe(present);
    expect(selects(asks(operator, 'app', part), { tier: 'frontend' })).toBe(absent);
  });

  test('every value begins and ends with nothing, and holds it', () => {
    for (const operator of ['Contains', 'StartsWith', 'EndsWith'] as const) {
      expect(selects(asks(operator, 'app', ''), { app: '' })).toBe(true);
      expect(selects(asks(operator, 'app', ''), {})).toBe(false);
    }
  });
});

describe('all, none, and both', () => {
  const labels: Labels = { app: 'web' };

  test('what selects nothing is told from what asks for a label', () => {
    expect(isNever(selectsNone)).toBe(true);
    expect(isNever(bothOf(selectorOf(labels), selectsNone))).toBe(true);
    expect(isNever(everything)).toBe(false);
    expect(isNever(asks('Exists', 'app'))).toBe(false);
    expect(isNever(asks('DoesNotExist', selectsNone.requirements[0]?.key ?? ''))).toBe(false);
    expect(selects(selectsNone, labels)).toBe(false);
  });

  test('both of two ask for what each asks for, and for no choice where neither has one', () => {
    expect(bothOf(selectorOf(labels), everything)).toEqual(selectorOf(labels));
    const either: Selector = { requirements: [], anyOf: [[asks('In', 'app', 'web'), asks('In', 'app', 'api')]] };
    expect(bothOf(either, asks('Exists', 'tier'))).toEqual({ ...asks('Exists', 'tier'), anyOf: either.anyOf });
    expect(selectsAll(either)).toBe(false);
    expect(selectsAll({ requirements: [], anyOf: [] })).toBe(true);
    expect(selectsAll(undefined)).toBe(true);
  });
});

describe('one selector implies another', () => {
  test.each<readonly [string, Selector, Selector, boolean]>([
    ['the same part', asks('StartsWith', 'app', 'fro'), asks('StartsWith', 'app', 'fro'), true],
    ['another part', asks('StartsWith', 'app', 'fro'), asks('StartsWith', 'app', 'bro'), false],
    ['the same part in another place', asks('StartsWith', 'app', 'fro'), asks('EndsWith', 'app', 'fro'), false],
    ['the same part and its opposite', asks('NotContains', 'app', 'fro'), asks('Contains', 'app', 'fro'), false],
    ['the same part of another label', asks('Contains', 'app', 'fro'), asks('Contains', 'tier', 'fro'), false],
    ['a part, none of whose values is excluded', asks('StartsWith', 'app', 'fro'), asks('NotIn', 'app', 'x'), false],
  ])('%s', (_, narrow, wide, implied) => {
    expect(selectorImplies(narrow, wide)).toBe(implied);
  });

  const web = asks('In', 'app', 'web');
  const either = (...alternatives: readonly Selector[]): Selector => ({ requirements: [], anyOf: [alternatives] });
  test.each<readonly [string, Selector, Selector, boolean]>([
    ['one of the alternatives', web, either(asks('In', 'tier', 'x'), web), true],
    ['none of them', web, either(asks('In', 'tier', 'x'), asks('In', 'app', 'api')), false],
    ['one of each choice', web, { requirements: [], anyOf: [[web, asks('In', 'app', 'api')], [asks('In', 'tier', 'x')]] }, false],
    ['a wider one of each', web, { requirements: [], anyOf: [[asks('In', 'tier', 'x'), web], [asks('Exists', 'app')]] }, true],
  ])('a choice: %s', (_, narrow, wide, implied) => {
    expect(selectorImplies(narrow, wide)).toBe(implied);
  });

  test('property: whatever an implied selector selects the wider one selects, with parts of values and choices', () => {
    const parts = ['a', 'b', 'ab', 'ba'];
    const simple = fc.oneof(
      fc
        .tuple(fc.constantFrom('app', 'tier'), fc.constantFrom(...ofAValue), fc.constantFrom(...parts))
        .map(([key, operator, value]) => asks(operator, key, value)),
      fc
        .tuple(fc.constantFrom('app', 'tier'), fc.constantFrom('Exists' as const, 'DoesNotExist' as const))
        .map(([key, operator]) => asks(operator, key)),
    );
    const selector = fc
      .tuple(fc.array(simple, { maxLength: 2 }), fc.option(fc.array(simple, { minLength: 1, maxLength: 2 }), { nil: undefined }))
      .map(([all, anyOf]) => bothOf(all.reduce(bothOf, everything), { requirements: [], ...(anyOf ? { anyOf: [anyOf] } : {}) }));
    const values = [undefined, 'a', 'b', 'ab', 'ba', 'c'];
    const worlds = values.flatMap((app) => values.map((tier): Labels => ({ ...(app ? { app } : {}), ...(tier ? { tier } : {}) })));
    let implied = 0;
    fc.assert(
      fc.property(selector, selector, (narrow, wide) => {
        const both = bothOf(narrow, wide);
        expect(worlds.filter((labels) => selects(both, labels))).toEqual(worlds.filter((labels) => selects(narrow, labels) && selects(wide, labels)));
        if (!selectorImplies(narrow, wide)) return;
        implied++;
        expect(worlds.filter((labels) => selects(narrow, labels) && !selects(wide, labels))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    expect(implied).toBeGreaterThan(100);
  });
});
