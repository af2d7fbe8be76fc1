// Sets everything up and runs every check and test. Ends at the first check that fails; all tests run before the end.
// usage: npm test [-- --only unit|protocol|e2e]
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildAndPackage, installDependencies, installHost } from './lib/setup.mjs';
import { Failure, fail, node, root, run, step } from './lib/step.mjs';

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
// Scripts that find "node" by name must find the project's own.
process.env.PATH = `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`;

const shown = { show: true };
const checks = [
  ['generated files are current', ['scripts/generate.mjs', '--check']],
  ['lint, format and import directions', ['node_modules/@biomejs/biome/bin/biome', 'ci', '.']],
  ['types', ['scripts/types.mjs']],
  ['regular expressions that may be slow', ['scripts/regexes.mjs']],
  ['dead code', ['node_modules/knip/bin/knip.js']],
  // A weakness that became known today is no reason for a contributor's tests to fail.
  ...(process.env.CI ? [['known weaknesses of dependencies', ['scripts/audit.mjs']]] : []),
];

/** Runs one of vitest's projects; returns its counts. */
async function test(project) {
  const report = path.join(root, `.cache/test-${project}.json`);
  rmSync(report, { force: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  // A log is no place for colours; a dot would take twenty characters in it.
  const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };
  const failure = await run(node, args, { ...shown, env }).then(
    () => undefined,
    (error) => error,
  );
  let counts;
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    throw failure ?? new Failure(`The ${project} tests left no report.`);
  }
  // A file that fails to load has no failed test to count.
  const failed = Math.max(counts.numFailedTests, failure ? 1 : 0);
  return { passed: counts.numPassedTests, failed, skipped: counts.numPendingTests + counts.numTodoTests };
}

try {
  await step('install dependencies', installDependencies);
  if (!only) for (const [name, args] of checks) await step(name, () => run(node, args, shown));
  await step('build and package the extension', buildAndPackage);
  await step('install VS Code for the end-to-end tests (once, about 600 MB)', installHost);
  if (!only || only === 'e2e') {
    // Imported late: it needs the dependencies.
    const { findBrowser } = await import('./lib/browser.mjs');
    await step('find or install a browser', findBrowser);
  }
  const results = [];
  for (const project of only ? [only] : ['unit', 'protocol', 'e2e']) results.push(await step(`${project} tests`, () => test(project)));
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  if (sum('failed') > 0) process.exitCode = 1;
} catch (error) {
  fail(error);
}
