import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MapInParts } from '../../server/src/model/mapInParts.ts';

const key = fc.oneof(fc.constantFrom('a', 'b', '', 'file:///w/team-1/1.yaml'), fc.string());
const change = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
);

test('a map in parts holds what a map would hold', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const [expected, actual] = [new Map<string, number>(), new MapInParts<number>()];
      for (const one of changes) {
        if (one.kind === 'set') {
          expected.set(one.key, one.value);
          actual.set(one.key, one.value);
        } else if (one.kind === 'delete') expect(actual.delete(one.key)).toBe(expected.delete(one.key));
        else {
          expected.clear();
          actual.clear();
        }
        expect(actual.size).toBe(expected.size);
      }
      expect(new Map(actual)).toEqual(expected);
      expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
      expect([...actual.values()].sort()).toEqual([...expected.values()].sort());
      for (const { key: asked } of changes.filter((one) => one.kind !== 'clear')) {
        expect(actual.get(asked)).toBe(expected.get(asked));
        expect(actual.has(asked)).toBe(expected.has(asked));
      }
    }),
  );
});

test('the files of a large workspace are spread over all parts', () => {
  const map = new MapInParts<number>();
  for (let i = 0; i < 6400; i++) map.set(`file:///w/team-${Math.floor(i / 100)}/${i}.yaml`, i);
  const sizes = (Reflect.get(map, 'parts') as readonly Map<string, number>[]).map(({ size }) => size);
  expect(Math.min(...sizes)).toBeGreaterThan(50);
  expect(Math.max(...sizes)).toBeLessThan(200);
});
