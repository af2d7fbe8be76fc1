import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDocument } from '../../server/src/rules/check.ts';
import { rules } from '../../server/src/rules/registry.ts';
import type { Rule, RulePage } from '../../server/src/rules/rule.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { emptyView } from '../../server/src/workspace/view.ts';
import { readCarets, withoutCarets } from '../support/carets.ts';
import { findingsIn, textAfterFix } from '../support/findings.ts';

const modules = import.meta.glob<{ rule?: Rule; page?: RulePage }>('../../server/src/rules/*.ts', { eager: true });
const pages = Object.values(modules).flatMap(({ rule, page }) => (rule && page ? [{ rule, page }] : []));

test('every rule is registered once and has a page', () => {
  expect(pages.map(({ rule }) => rule.id).sort()).toEqual(rules.map((rule) => rule.id).sort());
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  expect(
    readdirSync('docs/rules')
      .map((name) => name.replace(/\.md$/, ''))
      .sort(),
  ).toEqual(rules.map((rule) => rule.id).sort());
});

describe.each(pages)('$rule.id', ({ rule, page }) => {
  test.each(page.examples.map((example, index) => ({ ...example, index: index + 1 })))(
    'example $index is flagged where its carets are',
    ({ bad, ...surroundings }) => {
      const expected = readCarets(bad);
      expect(expected.length).toBeGreaterThan(0);
      const found = findingsIn(bad, {}, 'policy.yaml', surroundings).filter(({ id }) => id === rule.id);
      expect(found.map(({ start, end }) => bad.slice(start, end))).toEqual(expected.map(({ start, end }) => bad.slice(start, end)));
      for (const [i, { start, message }] of found.entries()) {
        expect(start).toBe(expected[i]?.start);
        expect(message).toContain(expected[i]?.text);
      }
    },
  );

  test.each(page.examples.flatMap((example) => (example.fixed === undefined ? [] : [{ ...example, fixed: example.fixed }])))(
    'the fix mends the example',
    ({ bad, fixed, ...surroundings }) => {
      const text = withoutCarets(bad);
      const target = findingsIn(text, {}, 'policy.yaml', surroundings).find(({ id }) => id === rule.id);
      expect(target && textAfterFix(text, target)).toBe(fixed);
    },
  );

  test('every fix of every example removes its finding and adds none', () => {
    for (const { bad, ...surroundings } of page.examples) {
      const text = withoutCarets(bad);
      const before = findingsIn(text, {}, 'policy.yaml', surroundings);
      const ids = before.map(({ id }) => id);
      for (const target of before.filter(({ id }) => id === rule.id)) {
        for (const [index] of (target.finding.fixes?.() ?? []).entries()) {
          const after = findingsIn(textAfterFix(text, target, index) ?? '', {}, 'policy.yaml', surroundings);
          expect(after.map(({ id, message }) => `${id} ${message}`)).not.toContain(`${target.id} ${target.message}`);
          expect(after.filter(({ id }) => id === rule.id).length).toBeLessThan(ids.filter((id) => id === rule.id).length);
          expect([...new Set(after.map(({ id }) => id))].filter((id) => !ids.includes(id))).toEqual([]);
        }
      }
    }
  });

  test.each(page.good.map((text) => ({ text })))('nothing is found in a good example, and nothing is wrong with it', ({ text }) => {
    const found = findingsIn(text).filter(({ id, severity }) => id === rule.id || severity === 'error' || severity === 'warning');
    expect(found.map(({ id, message }) => `${id}: ${message}`)).toEqual([]);
  });
});

test.each(['podselector', 'podSelectr', 'pdSelector', 'selector'])('a podSelector written %s is one mistake and has one finding', (key) => {
  const text = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  ${key}: {}\n`;
  expect(findingsIn(text).flatMap(({ id, severity }) => (severity === 'error' || severity === 'warning' ? [id] : []))).toEqual(['unknown-field']);
});

test('a rule that throws is told by its id, and the others go on', () => {
  const text = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: Web\nspec:\n  podSelector: {}\n  ports: []\n';
  const view = {
    ...emptyView,
    twinsOf: () => {
      throw new Error('out of order');
    },
  };
  const told: string[] = [];
  const found = checkDocument(new DocumentText(text), view, {}, (id, error) => told.push(`${id}: ${(error as Error).message}`));
  expect(told).toEqual(['duplicate-resource: out of order']);
  expect(found.map(({ rule }) => rule.id)).toEqual(expect.arrayContaining(['invalid-name', 'unknown-field']));
  // By itself nothing is swallowed.
  expect(() => checkDocument(new DocumentText(text), view)).toThrow('out of order');
});
