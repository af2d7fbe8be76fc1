// Preloaded into a server that is measured: adds at its end a line to the file LOOP_DELAYS, how long in ms its event loop was held at most,
// and how long it computed in one turn; the difference it waited, for others on the machine too.
const { appendFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let before;
let computed = 0;
// Older versions of Node tell the time of all threads alone.
if (process.threadCpuUsage) {
  setInterval(() => {
    if (before) {
      const { user, system } = process.threadCpuUsage(before);
      computed = Math.max(computed, (user + system) / 1e3);
    }
    before = process.threadCpuUsage();
  }, 1).unref();
}
process.on('exit', () => appendFileSync(process.env.LOOP_DELAYS, `${(delay.max / 1e6).toFixed(0)} ${computed.toFixed(0)}\n`));
