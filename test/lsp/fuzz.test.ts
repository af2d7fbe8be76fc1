import { afterAll, beforeAll, test } from 'vitest';
import { fuzz } from '../support/fuzz.ts';
import { TestServer } from '../support/server.ts';

// A short walk of what `npm run fuzz` does for hours.
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

test.each([1, 2, 3, 4, 5, 6])('600 edits at random, seed %i', (seed) => fuzz(server, { seed, edits: 600 }));
