import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mayHoldKnownKind } from '../../server/src/kinds/resource.ts';
import { findingsIn, textAfterFix } from '../support/findings.ts';

/** Manifests that others wrote, in the folder that NETPOL_CORPUS names. */
const corpus = process.env.NETPOL_CORPUS;

/** What a current API server does refuse in them: a field that it dropped with 1.28, names with underscores, and half of a required pair. */
const mistakes = [
  /missing-field spec\.(in|e)gress\[\d+\]\.(from|to)\[\d+\]\.pods\.podSelector is required/,
  /unknown-field A NetworkPolicy has no field "status"/,
  /invalid-name "use_[a-z_]+" is not a valid name of an object/,
];

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : /\.(ya?ml|json)$/.test(entry.name) ? [path] : [];
  });
}

if (!corpus || !existsSync(corpus)) {
  test.skip('the corpus', () => undefined);
  console.log('skipped: the conformance tests read a corpus from the folder that NETPOL_CORPUS names');
} else {
  const article = readdirSync(corpus).find((name) => name.endsWith('.txt'));
  const blocks =
    article === undefined
      ? []
      : [...readFileSync(join(corpus, article), 'utf8').matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].map(([, body]) => body ?? '');
  const recipes = filesBelow(join(corpus, 'recipes')).filter((path) => !path.endsWith('index.json'));
  const others = ['netpol-analyzer/cases', 'real-world'].flatMap((folder) => filesBelow(join(corpus, folder)));
  console.log(`conformance: ${blocks.length} blocks of the article, ${recipes.length} recipes, ${others.length} other files`);

  const errorsIn = (text: string, name?: string) =>
    findingsIn(text, { 'duplicate-resource': 'off' }, name).filter(({ severity }) => severity === 'error');

  test('the corpus is all there', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(6);
    expect(recipes.length).toBeGreaterThanOrEqual(15);
    expect(others.length).toBeGreaterThan(100);
  });

  describe('the article', () => {
    test.each(blocks.map((text, i) => ({ text, block: i + 1 })))('block $block has no error but the misplaced ports', ({ text }) => {
      const misplaced = /^ {2}ports:/m.test(text);
      expect(errorsIn(text).map(({ id }) => id)).toEqual(misplaced ? ['unknown-field'] : []);
    });

    test('the misplaced ports are put into their rule', () => {
      const text = blocks.find((block) => /^ {2}ports:/m.test(block)) ?? '';
      const [found] = errorsIn(text);
      expect(found && text.slice(found.start, found.end)).toBe('ports');
      const fixed = (found && textAfterFix(text, found)) ?? '';
      expect(errorsIn(fixed)).toEqual([]);
      expect(fixed).toMatch(/ {4}- from:\n {8}- ipBlock:\n {12}cidr: 0\.0\.0\.0\/0\n {6}ports:\n {8}- port: 443\n {2}egress:/);
    });
  });

  test.each(recipes)('recipe %s opens without an error', (path) => {
    expect(errorsIn(readFileSync(path, 'utf8')).map(({ message }) => message)).toEqual([]);
  });

  test('everything else opens without an error', () => {
    const read = others.map((path) => ({ path, text: readFileSync(path, 'utf8') })).filter(({ text }) => mayHoldKnownKind(text));
    const errors = read.flatMap(({ path, text }) =>
      errorsIn(text, path.endsWith('.json') ? 'a.json' : 'a.yaml').map(({ id, message }) => `${path} ${id} ${message}`),
    );
    console.log(`conformance: ${read.length} files with manifests, ${errors.length} errors`);
    expect(errors.filter((error) => !mistakes.some((mistake) => mistake.test(error)))).toEqual([]);
  });
}
