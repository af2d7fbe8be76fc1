import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../../../package.json';
import type { RuleSettings } from '../rules/check.ts';
import { rules } from '../rules/registry.ts';
import type { Severity } from '../rules/rule.ts';
import { check, UsageError } from './check.ts';
import { type Format, formatReport, formats } from './format.ts';

/** Exit codes: nothing that the API server would reject; something; the command could not run. */
const exit = { clean: 0, errors: 1, failed: 2 } as const;

const levels: readonly string[] = ['error', 'warning', 'information', 'hint', 'off'] satisfies (Severity | 'off')[];

/** `id=severity`, as often as given. */
function addRule(argument: string, before: RuleSettings): RuleSettings {
  const [id = '', level = ''] = argument.split('=');
  if (!rules.some((rule) => rule.id === id)) throw new InvalidArgumentError(`There is no rule "${id}".`);
  if (!levels.includes(level)) throw new InvalidArgumentError(`"${level}" is no severity; use one of ${levels.join(', ')}.`);
  return { ...before, [id]: level as Severity | 'off' };
}

/** Writes all of a text before the process ends: a pipe takes it in pieces. */
const print = (stream: NodeJS.WriteStream, text: string): Promise<void> => new Promise((done) => stream.write(text, () => done()));

const program = new Command('netpol')
  .description('Understands Kubernetes network policies: what they allow, and what is wrong with them.')
  .version(version)
  .exitOverride();

program
  .command('check')
  .description('Report what is wrong with the network policies in files and folders: the same findings as in the editor.')
  .argument('<path...>', 'files, folders, or - for standard input')
  .addOption(new Option('-o, --output <format>', 'how to print the findings').choices([...formats]).default('text'))
  .option('--fix', 'apply the fixes that are certain; with -, the mended text goes to standard output and the findings to standard error', false)
  .option('--rule <id=severity>', `set a rule's severity: ${levels.join(', ')}; may be repeated`, addRule, {})
  .addHelpText('after', '\nExit codes: 0 without errors, 1 with errors, 2 when the check could not run.')
  .action(async (paths: string[], options: { output: Format; fix: boolean; rule: RuleSettings }) => {
    const report = await check(paths, options.rule, { fix: options.fix });
    const stream = options.fix && paths.includes('-') ? process.stderr : process.stdout;
    await print(stream, formatReport(report, options.output));
    process.exitCode = report.findings.some((finding) => finding.severity === 'error') ? exit.errors : exit.clean;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.clean : exit.failed;
  else {
    const message =
      error instanceof UsageError
        ? error.message
        : `Something went wrong inside netpol: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    await print(process.stderr, `netpol: ${message}\n`);
    process.exitCode = exit.failed;
  }
}
