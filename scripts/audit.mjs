// Asks the registry for known weaknesses of the dependencies; those of high severity fail. Where no registry answers, it says so.
// usage: node scripts/audit.mjs
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--json', '--audit-level=high'], { encoding: 'utf8', shell: process.platform === 'win32' });
let report;
try {
  report = JSON.parse(stdout);
} catch {
  report = { message: 'npm gave no report' };
}
if (!report.metadata) console.log(`skipped: the registry does not audit (${report.message ?? report.error?.summary ?? 'it gave no reason'})`);
else {
  const { high = 0, critical = 0 } = report.metadata.vulnerabilities;
  for (const { name, severity, range } of Object.values(report.vulnerabilities)) console.log(`${severity}: ${name} ${range}`);
  if (high + critical > 0) process.exitCode = 1;
}
