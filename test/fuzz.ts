// Edits texts at random against the built server until something breaks: no crash, no hang, nothing outside the text, nothing else than a
// fresh server says, every fix applies, and memory comes back.
// usage: npm run fuzz [-- --edits N] [-- --seed N]; a seed stands for 10,000 edits, and the same seed makes the same
import { fuzz } from './support/fuzz.ts';
import { TestServer } from './support/server.ts';

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const edits = option('edits', 100_000);
const first = option('seed', 1);
const each = 10_000;

const server = await TestServer.start({ command: ['--expose-gc', '--require', './test/support/heap.cjs', 'dist/server.cjs', '--stdio'] });
/** MB in use after a garbage collection. */
const heap = (): Promise<number> =>
  new Promise((resolve) => {
    server.child.once('message', (bytes) => resolve(Number(bytes) / 1e6));
    server.child.send('heap');
  });
// A server that hangs would outlive its driver.
process.on('exit', () => server.child.kill('SIGKILL'));
const start = performance.now();
let level: number | undefined;
for (let seed = first; (seed - first) * each < edits; seed++) {
  await fuzz(server, { seed, edits: Math.min(each, edits - (seed - first) * each) });
  const now = await heap();
  level ??= now;
  console.log(
    `seed ${seed}: ${(((seed - first + 1) * each) / 1000).toFixed(0)} thousand edits, ${((performance.now() - start) / 1000).toFixed(0)} s, ${now.toFixed(1)} MB`,
  );
  // The first seed loads what is loaded late; after it, memory may not grow by more than caches do.
  if (now > level + 20)
    throw new Error(`Seed ${seed}: ${now.toFixed(1)} MB are in use with every file closed, ${level.toFixed(1)} after the first seed.`);
}
await server.stop();
