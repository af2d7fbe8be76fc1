import { Command, CommanderError } from 'commander';
import { version } from '../../../package.json';
import { TargetError } from '../connectivity/targets.ts';
import { addCheckCommand } from './checkCommand.ts';
import { addConvertCommand } from './convertCommand.ts';
import { addDiagramCommand } from './diagramCommand.ts';
import { addDiffCommand } from './diffCommand.ts';
import { addExplainCommand } from './explainCommand.ts';
import { addListCommand } from './listCommand.ts';
import { UsageError } from './load.ts';
import { exit, print } from './output.ts';
import { addQueryCommand } from './queryCommand.ts';
import { addRulesCommand } from './rulesCommand.ts';

const program = new Command('netpol')
  .description('Understands Kubernetes network policies: what they allow, and what is wrong with them.')
  .version(version)
  .exitOverride();

for (const add of [
  addCheckCommand,
  addListCommand,
  addQueryCommand,
  addExplainCommand,
  addDiffCommand,
  addDiagramCommand,
  addConvertCommand,
  addRulesCommand,
])
  add(program);

// Whoever reads the output has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exit.fine);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.fine : exit.failed;
  else {
    const message =
      error instanceof UsageError || error instanceof TargetError
        ? error.message
        : `Something went wrong inside netpol: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    await print(process.stderr, `netpol: ${message}\n`);
    process.exitCode = exit.failed;
  }
}
