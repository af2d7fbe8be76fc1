import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCarets } from '../support/carets.ts';
import { findingsIn } from '../support/findings.ts';

const folder = 'test/fixtures';
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test('there are fixtures', () => {
  expect(files.length).toBeGreaterThan(3);
});

/** "rule line:column text", so that a difference shows the place. */
const describePlace = (text: string, start: number, end: number, id: string): string => {
  const line = text.slice(0, start).split('\n').length;
  return `${id} ${line}:${start - text.lastIndexOf('\n', start - 1)} ${text.slice(start, end)}`;
};

test.each(files)('%s: what its carets say is found to be wrong, and nothing else', (name) => {
  const text = readFileSync(`${folder}/${name}`, 'utf8');
  const expected = readCarets(text);
  const found = findingsIn(text, {}, name).filter(({ severity }) => severity === 'error' || severity === 'warning');
  const sorted = (places: readonly string[]) => [...places].sort();
  expect(sorted(found.map(({ id, start, end }) => describePlace(text, start, end, id)))).toEqual(
    sorted(expected.map(({ start, end, text: words }) => describePlace(text, start, end, words.split(' ')[0] ?? ''))),
  );
  for (const { start, text: words } of expected) {
    const [id, ...part] = words.split(' ');
    expect(found.find((candidate) => candidate.start === start && candidate.id === id)?.message).toContain(part.join(' '));
  }
});
