import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { plainSnippet } from '../../server/src/features/snippetText.ts';
import { findingsIn } from '../support/findings.ts';

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

const snippets = Object.entries(JSON.parse(readFileSync('snippets/netpol.json', 'utf8')) as Record<string, Snippet>);

test('there are snippets, and their prefixes are distinct', () => {
  expect(snippets.length).toBeGreaterThanOrEqual(25);
  const prefixes = snippets.map(([, { prefix }]) => prefix);
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

test.each(snippets)('%s: valid, free of findings, with tab stops', (_, { body }) => {
  const text = body.join('\n');
  expect(text).toMatch(/\$\{1:/);
  // Tab stops are numbered without gaps.
  const stops = [...new Set([...text.matchAll(/\$\{(\d+)/g)].map(([, number]) => Number(number)))].sort((a, b) => a - b);
  expect(stops).toEqual(stops.map((_number, i) => i + 1));
  expect(findingsIn(`${plainSnippet(text)}\n`).map(({ id }) => id)).toEqual([]);
});
