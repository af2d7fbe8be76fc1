import { describe, expect, test } from 'vitest';
import type { Rule, RulePage } from '../../server/src/rules/rule.ts';
import { withoutCarets } from '../support/carets.ts';
import { findingsIn, type Surroundings, textAfterFix } from '../support/findings.ts';
import { inStyle, isOneValue, styles, valuesOf } from '../support/yamlStyles.ts';

const modules = import.meta.glob<{ rule?: Rule; page?: RulePage }>('../../server/src/rules/*.ts', { eager: true });
const pages = Object.values(modules).flatMap(({ rule, page }) => (rule && page ? [{ id: rule.id, page }] : []));

/** Policies of their own stand behind a document, where something can. */
const isOfMoreDocuments = (line: string) => /^(?:[\w-]+: Create the policy |no-default-deny: Create )/.test(line);

/** In a text that stands in quotes of the one kind, values are written in those of the other. */
const alike = (line: string) => (line.startsWith('calico-selector: Write ') ? line.replace(/\\"|["']/g, '"') : line);

/** What is found in a text, and what is made of it by what is offered: its values, whatever their style. */
function said(text: string, style: (typeof styles)[number], surroundings: Surroundings): readonly string[] {
  const lines = findingsIn(text, {}, 'policy.yaml', surroundings).flatMap((found) => {
    const fixes = (found.finding.fixes?.() ?? []).filter(({ edits }) => edits.length > 0);
    const mended = fixes.map(({ title }, index) => `${found.id}: ${title}: ${valuesOf(textAfterFix(text, found, index) ?? '')}`);
    return [`${found.severity} ${found.id}: ${found.message}`, ...mended];
  });
  return lines
    .filter((line) => !isOneValue(style) || !isOfMoreDocuments(line))
    .map(alike)
    .sort();
}

describe.each(styles.slice(1))('written %s', (style) => {
  test.each(pages)('$id is told and mended as in block style', ({ page }) => {
    for (const { bad, ...surroundings } of [...page.examples, ...page.good.map((bad) => ({ bad }))]) {
      const [plain, styled] = [inStyle(withoutCarets(bad), 'in block style'), inStyle(withoutCarets(bad), style)];
      if (plain !== undefined && styled !== undefined) expect(said(styled, style, surroundings), styled).toEqual(said(plain, style, surroundings));
    }
  });
});
