import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkDocument } from '../../server/src/rules/check.ts';
import { rules } from '../../server/src/rules/registry.ts';
import type { Rule, RulePage } from '../../server/src/rules/rule.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { emptyView } from '../../server/src/workspace/view.ts';
import { readCarets, withoutCarets } from '../support/carets.ts';
import { findingsAmong, findingsIn, type Placed, type Surroundings, textAfterFix } from '../support/findings.ts';

const modules = import.meta.glob<{ rule?: Rule; page?: RulePage }>('../../server/src/rules/*.ts', { eager: true });
const pages = Object.values(modules).flatMap(({ rule, page }) => (rule && page ? [{ rule, page }] : []));

/** An edit or a place in a text, as a line of a record has it. */
const placeOf = ({ start, end }: { readonly start: number; readonly end: number }) => `${start}-${end}`;

/** A finding with all that it says and offers. */
function recordOf(text: string, { id, start, end, message, severity, finding }: Placed): string {
  const { tag, related = [], fixes } = finding;
  const lines = [`${severity} ${id} ${placeOf({ start, end })} ${JSON.stringify(text.slice(start, end))}${tag ? ` ${tag}` : ''}`, `  ${message}`];
  for (const one of related) lines.push(`  beside it ${one.file} ${placeOf(one.at)}: ${one.message}`);
  for (const { title, certain, edits, elsewhere = [] } of fixes?.() ?? []) {
    lines.push(`  fix${certain ? ', certain' : ''}: ${title}`);
    for (const edit of edits) lines.push(`    ${placeOf(edit)} ${JSON.stringify(edit.newText)}`);
    for (const { file, edits: others } of elsewhere)
      for (const edit of others) lines.push(`    ${file} ${placeOf(edit)} ${JSON.stringify(edit.newText)}`);
  }
  return lines.join('\n');
}

/** All that all rules say of some files. */
function record(heading: string, files: Readonly<Record<string, string>>, surroundings?: Surroundings): string {
  const said = Object.entries(files).flatMap(([name, text]) =>
    findingsAmong(files, name, {}, surroundings).map((found) => `${Object.keys(files).length > 1 ? `${name} ` : ''}${recordOf(text, found)}`),
  );
  return [`## ${heading}`, ...(said.length > 0 ? said : ['nothing'])].join('\n');
}

/** Each document of a text in a file of its own; none where it holds one alone. */
function apart(text: string): Readonly<Record<string, string>> | undefined {
  const texts = text.split(/^---\n/m);
  return texts.length > 1 ? Object.fromEntries(texts.map((one, i) => [`${i + 1}.yaml`, one])) : undefined;
}

/** The same manifests, of which a template writes the first name. */
const templated = (text: string) => text.replace(/^( *)name: .*$/m, '$1name: {{ .Values.name }}');

/** Manifests as JSON, several as a List; undefined where they are no sound YAML. */
function asJson(text: string): string | undefined {
  const parsed = parseAllDocuments(text, { uniqueKeys: false });
  if (parsed.some(({ errors }) => errors.length > 0)) return undefined;
  try {
    const items = parsed.map((document) => document.toJS());
    return JSON.stringify(items.length === 1 ? items[0] : { apiVersion: 'v1', kind: 'List', items }, undefined, 2);
  } catch {
    // An alias without an anchor.
    return undefined;
  }
}

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

  test('what all rules say of its examples, word by word, is what is on record', async () => {
    const examples = page.examples.flatMap(({ bad, ...surroundings }, i) => {
      const text = withoutCarets(bad);
      const parts = apart(text);
      return [
        record(`example ${i + 1}`, { 'policy.yaml': text }, surroundings),
        record(`example ${i + 1} in a template`, { 'policy.yaml': templated(text) }, surroundings),
        ...(parts ? [record(`example ${i + 1} in files`, parts, surroundings)] : []),
      ];
    });
    const good = page.good.map((text, i) => record(`good ${i + 1}`, apart(text) ?? { 'policy.yaml': text }));
    await expect(`${[...examples, ...good].join('\n\n')}\n`).toMatchFileSnapshot(`../fixtures/findings/${rule.id}.txt`);
  });

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

  test('fixes write the line breaks of the file', () => {
    const asOnWindows = (text: string | undefined) => text?.replaceAll('\n', '\r\n');
    for (const { bad, ...surroundings } of page.examples) {
      const texts = [withoutCarets(bad), asOnWindows(withoutCarets(bad)) ?? ''] as const;
      const [here, there] = texts.map((text) =>
        findingsIn(text, {}, 'policy.yaml', surroundings).flatMap((target) =>
          (target.finding.fixes?.() ?? []).map((_, index) => [target.id, textAfterFix(text, target, index)] as const),
        ),
      );
      expect(there).toEqual(here?.map(([id, text]) => [id, asOnWindows(text)]));
    }
  });

  test('fixes of JSON are JSON', () => {
    for (const { bad, ...surroundings } of page.examples) {
      const text = asJson(withoutCarets(bad));
      for (const target of text === undefined ? [] : findingsIn(text, {}, 'policy.json', surroundings)) {
        for (const [index, { title }] of (target.finding.fixes?.() ?? []).entries()) {
          const after = textAfterFix(text as string, target, index);
          expect(() => JSON.parse(after ?? 'null'), `${target.id}: ${title}: ${after}`).not.toThrow();
        }
      }
    }
  });

  test('no fix of whatever is found in its texts makes something that the API server refuses', () => {
    const refused = (found: readonly Placed[]) => found.flatMap(({ id, finding }) => (finding.rule.category === 'api-server' ? [id] : [])).sort();
    for (const { bad, ...surroundings } of [...page.examples, ...page.good.map((bad) => ({ bad }))]) {
      const text = withoutCarets(bad);
      const before = findingsIn(text, {}, 'policy.yaml', surroundings);
      for (const target of before) {
        for (const [index, { title }] of (target.finding.fixes?.() ?? []).entries()) {
          const after = textAfterFix(text, target, index);
          const now = after === undefined ? [] : refused(findingsIn(after, {}, 'policy.yaml', surroundings));
          expect(
            now.filter((id) => !refused(before).includes(id)),
            title,
          ).toEqual([]);
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
