// Preloaded into a server that is measured: says at its end how long its event loop was held at most.
const { monitorEventLoopDelay } = require('node:perf_hooks');
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('exit', () => {
  const ms = (nanoseconds) => (nanoseconds / 1e6).toFixed(0);
  process.stderr.write(`event loop held, ms: p99 ${ms(delay.percentile(99))}, most ${ms(delay.max)}\n`);
});
