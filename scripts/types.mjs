// Checks the types of every part, each against the types of its own host.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const { references } = JSON.parse(fs.readFileSync('tsconfig.json', 'utf8'));
for (const { path } of references) {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', path], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
