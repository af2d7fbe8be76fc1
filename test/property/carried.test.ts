import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { resourcesOf } from '../../server/src/kinds/resource.ts';
import { pages } from '../../server/src/rules/pages.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { withoutCarets } from '../support/carets.ts';
import { findingsIn, type Placed, textAfterFix } from '../support/findings.ts';

/** The policies of the examples of all rules, one by one. */
const examples = [
  ...new Set(
    Object.values(pages)
      .flatMap(({ examples: all, good }) => [...all.map(({ bad }) => bad), ...good])
      .filter((text) => !text.includes('{{'))
      .flatMap((text) => withoutCarets(text).split(/^---.*\n/m))
      .filter((text) => {
        const document = new DocumentText(text);
        const [only, ...more] = resourcesOf(document);
        const isWhole = only?.table?.validated === true && more.length === 0 && only.apiVersion !== undefined && !text.startsWith('{');
        // A misspelt kind is looked for in what is an object of its own alone.
        const isSpelt = only?.kind?.toLowerCase() === only?.table?.kind.toLowerCase();
        return isWhole && isSpelt && /^specs?:/m.test(text) && document.parsed.problems.length === 0;
      }),
  ),
];

const indented = (text: string, by: string): string => text.trimEnd().replace(/^(?=.)/gm, by);

/** What people write policies into. Each takes the lines of one. */
const carriers: readonly ((policy: string) => string)[] = [
  (policy) => `apiVersion: example.org/v1\nkind: Tenant\nspec:\n  manifest:\n${indented(policy, '    ')}\n  paused: false\n`,
  (policy) => `apiVersion: example.org/v1\nkind: Tenant\nspec:\n  manifests:\n    -${indented(policy, '      ').slice(5)}\n    - kind: Other\n`,
  (policy) => `replicas: 1\nextraObjects:\n-${indented(policy, '  ').slice(1)}\n`,
];

/** Of others, of the file, or of what whoever makes the policy fills in. */
const isOfSurroundings = ({ id, finding: { rule } }: Placed): boolean => rule.scope === 'workspace' || id === 'implicit-namespace';

/** What is said in a text, with what it is said of, apart from the policy's surroundings. */
const saidIn = (text: string): readonly (readonly [id: string, message: string, of: string])[] =>
  findingsIn(text)
    .filter((found) => !isOfSurroundings(found))
    .map(({ id, message, start, end }) => [id, message, text.slice(start, end).replace(/\s+/g, ' ')] as const)
    .sort((a, b) => (a.join() < b.join() ? -1 : 1));

/** What the first object that a text carries says, as data. */
function carriedIn(text: string): unknown {
  const found = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Array.isArray(value) && 'spec' in value && 'kind' in value && value.kind !== 'Tenant') return value;
    if (!Array.isArray(value) && 'specs' in value) return value;
    return Object.values(value)
      .map(found)
      .find((one) => one !== undefined);
  };
  return found(parse(text, { strict: false, uniqueKeys: false }));
}

test('property: of a policy inside another object the same is said as of itself', () => {
  let told = 0;
  for (const example of examples) {
    const alone = saidIn(example);
    for (const carry of carriers) {
      const inside = saidIn(carry(example));
      const filledIn = alone.filter(([id, message]) => id === 'missing-field' && /^(metadata|metadata\.name|apiVersion|kind) /.test(message));
      expect([example, inside]).toEqual([example, alone.filter((one) => !filledIn.includes(one))]);
      told += inside.length;
    }
  }
  expect(told).toBeGreaterThan(300);
});

test('property: a policy inside another object is mended as by itself', () => {
  let mended = 0;
  for (const example of examples) {
    const own = findingsIn(example).filter((found) => !isOfSurroundings(found));
    for (const carry of carriers) {
      const text = carry(example);
      for (const found of findingsIn(text).filter((one) => !isOfSurroundings(one))) {
        const same = own.find(({ id, message }) => id === found.id && message === found.message);
        const [inside, alone] = [textAfterFix(text, found), same && textAfterFix(example, same)];
        if (inside === undefined || alone === undefined) continue;
        mended++;
        expect(parseAllDocuments(inside)).toHaveLength(1);
        expect([found.id, text, carriedIn(inside)]).toEqual([found.id, text, parse(alone, { strict: false, uniqueKeys: false })]);
      }
    }
  }
  expect(mended).toBeGreaterThan(150);
});
