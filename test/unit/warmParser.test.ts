import { expect, test } from 'vitest';
import { parserWarmer } from '../../server/src/lsp/warmParser.ts';

test('the parser is warmed while nothing else is to be done, and no more often than it helps', async () => {
  let [asked, free] = [0, 3];
  const warm = parserWarmer(() => ++asked > free);
  await warm();
  expect(asked).toBe(4);
  free = Number.POSITIVE_INFINITY;
  await warm();
  expect(asked).toBeGreaterThan(15);
  const all = asked;
  await warm();
  expect(asked).toBe(all);
});
