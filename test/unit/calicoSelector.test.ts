import { describe, expect, test } from 'vitest';
import { meaningOf, parseSelector } from '../../server/src/kinds/calico/selector.ts';
import { type Labels, selects } from '../../server/src/model/selector.ts';

function holds(selector: string, labels: Labels): boolean {
  const parsed = parseSelector(selector);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  const meant = selects(meaningOf(parsed.expression, 'pods'), labels);
  // The opposite of a selector selects exactly the others.
  expect(selects(meaningOf(parsed.expression, 'pods', true), labels)).toBe(!meant);
  return meant;
}

describe('what a selector of Calico selects', () => {
  test.each<readonly [selector: string, yes: readonly Labels[], no: readonly Labels[]]>([
    ["app == 'web'", [{ app: 'web' }], [{}, { app: 'db' }, { tier: 'web' }]],
    ["app=='web'", [{ app: 'web' }], [{}]],
    ["app != 'web'", [{}, { app: 'db' }], [{ app: 'web' }]],
    ['app in {"web", \'db\'}', [{ app: 'web' }, { app: 'db' }], [{}, { app: 'x' }]],
    ['app in {}', [], [{}, { app: 'web' }]],
    ["app notin {'web'}", [{}, { app: 'x' }], [{ app: 'web' }]],
    ["app contains 'e'", [{ app: 'web' }], [{}, { app: 'x' }]],
    ["app startswith 'w'", [{ app: 'web' }], [{}, { app: 'aw' }]],
    ["app endswith 'b'", [{ app: 'web' }], [{}, { app: 'be' }]],
    ['!!has(app)', [{ app: '' }], [{}]],
    ["! app == 'web' && has(tier)", [{ tier: 'x' }, { app: 'db', tier: 'x' }], [{ app: 'web', tier: 'x' }, {}]],
    ["a == '1' || b == '1' && c == '1'", [{ a: '1' }, { b: '1', c: '1' }], [{ b: '1' }, { c: '1' }]],
    ["(a == '1' || b == '1') && !(c == '1' || d == '1')", [{ a: '1' }, { b: '1', d: '2' }], [{ a: '1', c: '1' }, { d: '1', b: '1' }, {}]],
    ['all()', [{}, { a: '1' }], []],
    ['  ', [{}], []],
    ["projectcalico.org/orchestrator == 'k8s' && has(a)", [{ a: '' }], [{}]],
    ["projectcalico.org/orchestrator != 'k8s'", [], [{}, { a: '1' }]],
    ['kubernetes.io/x_y-z.w == "it\'s"', [{ 'kubernetes.io/x_y-z.w': "it's" }], [{}]],
  ])('%s', (selector, yes, no) => {
    for (const labels of yes) expect(holds(selector, labels), JSON.stringify(labels)).toBe(true);
    for (const labels of no) expect(holds(selector, labels), JSON.stringify(labels)).toBe(false);
  });
});

describe('what cannot be read is told at its place', () => {
  // Carets under the part that the message speaks of.
  test.each([
    ['app', '^^^', 'has(app)'],
    ['app web', '    ^^^', '=='],
    ['app == ', '    ^^', 'A value in quotes is missing'],
    ['app == web', '       ^^^', 'in quotes'],
    ["'web' == app", '^^^^^', 'must begin with a label'],
    ['app = "web"', '    ^', '"=="'],
    ['a == "b" & c == "d"', '         ^', '&&'],
    ['a == "b" | c == "d"', '         ^', '||'],
    ['a == "b" &&', '         ^^', 'A condition is missing here'],
    ['a == "b" c == "d"', '         ^', 'join conditions'],
    ['(a == "b"', '^', 'not closed'],
    [')', '^', 'must begin with a label'],
    ['a == "b', '     ^^', 'has no end'],
    ['a in "b"', '     ^^^', 'braces'],
    ['a in {"b"', '      ^^^', 'A comma or "}"'],
    ['a in {b}', '      ^', 'in quotes'],
    ['a starts "b"', '         ^^^', '"starts" must be followed by "with"'],
    ['has()', '    ^', 'takes the name of a label'],
    ['has(a', '    ^', '")" is missing'],
    ['a % b', '  ^', 'has no meaning'],
    ['!', '^', 'A condition is missing here'],
  ])('%s', (selector, carets, words) => {
    const parsed = parseSelector(selector);
    if (!('problem' in parsed)) throw new Error('It was read.');
    expect(parsed.problem.message).toContain(words);
    const { start, end } = parsed.problem;
    expect(`${' '.repeat(start)}${'^'.repeat(end - start)}`).toBe(carets);
  });
});
