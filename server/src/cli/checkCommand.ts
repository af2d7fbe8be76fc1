import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RuleSettings } from '../rules/check.ts';
import { rules } from '../rules/registry.ts';
import type { Severity } from '../rules/rule.ts';
import { check } from './check.ts';
import { type Format, formatReport, formats } from './format.ts';
import { exit, print } from './output.ts';

const levels: readonly string[] = ['error', 'warning', 'information', 'hint', 'off'] satisfies (Severity | 'off')[];

/** `id=severity`, as often as given. */
function addRule(argument: string, before: RuleSettings): RuleSettings {
  const [id = '', level = ''] = argument.split('=');
  if (!rules.some((rule) => rule.id === id)) throw new InvalidArgumentError(`There is no rule "${id}".`);
  if (!levels.includes(level)) throw new InvalidArgumentError(`"${level}" is no severity; use one of ${levels.join(', ')}.`);
  return { ...before, [id]: level as Severity | 'off' };
}

const help = `
JSON is an array of {file, line, column, endLine, endColumn, severity, id, message}: lines and columns from 1, the end exclusive.

Example:
  netpol check manifests/ -o github

Exit codes: 0 without errors, 1 with errors, 2 when the check could not run.`;

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('Report what is wrong with the network policies in files and folders: the same findings as in the editor.')
    .argument('<path...>', 'files, folders, or - for standard input')
    .addOption(new Option('-o, --output <format>', 'how to print the findings').choices([...formats]).default('text'))
    .option('--fix', 'apply the fixes that are certain; with -, the mended text goes to standard output and the findings to standard error', false)
    .option('--rule <id=severity>', `set a rule's severity: ${levels.join(', ')}; may be repeated`, addRule, {})
    .addHelpText('after', help)
    .action(async (paths: string[], options: { output: Format; fix: boolean; rule: RuleSettings }) => {
      const report = await check(paths, options.rule, { fix: options.fix });
      const stream = options.fix && paths.includes('-') ? process.stderr : process.stdout;
      await print(stream, formatReport(report, options.output));
      process.exitCode = report.findings.some((finding) => finding.severity === 'error') ? exit.no : exit.fine;
    });
}
