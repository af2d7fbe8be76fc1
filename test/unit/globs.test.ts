import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { matching } from '../../server/src/lsp/globs.ts';

test.each([
  ['**/node_modules', ['node_modules', 'a/node_modules', 'a/b/node_modules'], ['node_modules/a', 'xnode_modules']],
  ['a/**', ['a', 'a/b', 'a/b/c.yaml'], ['b/a', 'ab']],
  ['**/a/**', ['a', 'x/a', 'x/a/b/c'], ['xa', 'x/ab']],
  ['**', ['a', 'a/b'], []],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'x/a/b']],
  ['**/a/**/b/**/c', ['a/b/c', 'x/a/b/b/y/c'], ['a/c', 'b/a/c']],
  ['*.yaml', ['a.yaml', '.yaml'], ['d/a.yaml', 'a.yml', 'a.yaml/b']],
  ['**/*.{yaml,yml}', ['a.yml', 'd/a.yaml'], ['a.json', 'a.{yaml,yml}']],
  ['{a,**/b{1,2}}', ['a', 'b1', 'x/b2'], ['x/a', 'b']],
  ['a?c', ['abc'], ['ac', 'a/c']],
  ['*a*b', ['ab', 'xaxbb', 'aab'], ['ba', 'abx']],
  ['[a-c]x[!_]', ['bxy'], ['dxy', 'bx_', 'bx/']],
  ['**/[!.]*.yaml', ['x/a.yaml'], ['x/.yaml']],
  ['my (app)+[x]@1/a|b', ['my (app)+x@1/a|b'], ['my app/a']],
  ['!a/**', ['!a/x'], ['a/x', 'b/x']],
  ['@(a|b)', ['@(a|b)'], ['a']],
  ['a{b', ['a{b'], ['ab']],
  ['a[b', ['a[b'], ['ab']],
  ['[z-a]', [], ['b']],
  ['{1..3}', ['1..3'], ['2']],
  ['é?', ['é😀'], []],
])('%s', (glob, held, others) => {
  const matches = matching([glob]);
  expect(held.filter((path) => !matches(path))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

test('none matches nothing, several what any of them does', () => {
  expect(matching([])('a')).toBe(false);
  expect(['a', 'b', 'c'].filter(matching(['a', '[z-a]', 'b']))).toEqual(['a', 'b']);
});

test('property: where no character means more to it, the library picomatch says the same', () => {
  const name = fc.stringMatching(/^(\*|\?|\[ab\]|[abc]){1,5}$/).filter((text) => !text.includes('**'));
  const glob = fc.tuple(fc.array(fc.oneof(name, fc.constant('**')), { maxLength: 5 }), name).map(([names, last]) => [...names, last].join('/'));
  const path = fc.array(
    fc.stringMatching(/^[abc.]{1,4}$/).filter((text) => !/^\.+$/.test(text)),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(glob, fc.array(path, { minLength: 5, maxLength: 5 }), (written, paths) => {
      const [own, theirs] = [matching([written]), picomatch(written, { dot: true })];
      for (const names of paths) expect([names.join('/'), own(names.join('/'))]).toEqual([names.join('/'), theirs(names.join('/'))]);
    }),
    { numRuns: 3_000 },
  );
});

describe('globs made to take long', () => {
  const longName = 'a'.repeat(250);
  const deep = 'a/'.repeat(2_000);
  test.each([
    ['stars', `${'*a'.repeat(40)}*b`, longName],
    ['stars and questions', `${'*?'.repeat(40)}*b`, longName],
    ['stars at the end', `${'*a'.repeat(40)}*`, `${longName}/x`],
    ['folders', `${'**/a/'.repeat(40)}b`, `${deep}x`],
    ['folders with stars', `${'**/*a*/'.repeat(40)}b`, `${deep}x`],
    ['braces', `${'{a,b}'.repeat(40)}`, longName],
    ['braces in braces', `${'{a,'.repeat(500)}b${'}'.repeat(500)}`, longName],
  ])('%s', (_, glob, path) => {
    expect(matching([glob])(path)).toBe(false);
  });
});
