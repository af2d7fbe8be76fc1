// How long the extension holds its host while it is activated: loading its entry and calling it, each time in a new process, with an
// editor that answers nothing. What an editor shows as activation also counts its own waiting.
// usage: npm run bench (this part alone: node test/bench/activation.ts, after npm run build)
import { execFileSync } from 'node:child_process';
import Module, { createRequire } from 'node:module';
import { resolve } from 'node:path';

const runs = 9;

/** Stands for every function and object of the editor's API. */
const anything: unknown = new Proxy(() => anything, {
  get: (_target, name) => (name === Symbol.iterator ? () => [][Symbol.iterator]() : name === 'then' ? undefined : anything),
});

const vscode = { window: anything, workspace: anything, commands: anything, l10n: anything };

/** ms of loading and activating. */
function activate(): number {
  const host = Module as unknown as { _load: (request: string, ...more: unknown[]) => unknown };
  const load = host._load;
  host._load = (request, ...more) => (request === 'vscode' ? vscode : load.call(Module, request, ...more));
  const start = performance.now();
  createRequire(import.meta.url)(resolve('dist/client.cjs')).activate({ subscriptions: [] });
  return performance.now() - start;
}

if (process.argv.includes('--once')) {
  console.log(activate());
} else {
  const times = Array.from({ length: runs }, () => Number(execFileSync(process.execPath, [import.meta.filename, '--once'], { encoding: 'utf8' })));
  const median = [...times].sort((a, b) => a - b)[runs >> 1] ?? Number.NaN;
  console.log(`\n| activation of the extension, ms, median of ${runs} | ${median.toFixed(1)} |\n| --- | --- |`);
}
