import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Severity } from '../rules/rule.ts';
import type { RuleSettings } from '../rules/ruleSettings.ts';
import { levels, namesRules } from '../rules/ruleSettings.ts';
import { type Engine, engines } from '../workspace/engine.ts';
import { check } from './check.ts';
import { type Format, formatReport, formats } from './format.ts';
import { exit, print } from './output.ts';

/** `id=severity`, as often as given. */
function addRule(argument: string, before: RuleSettings): RuleSettings {
  const [id = '', level = ''] = argument.split('=');
  if (!namesRules(id)) throw new InvalidArgumentError(`There is no rule "${id}", nor a category of rules.`);
  if (!levels.includes(level)) throw new InvalidArgumentError(`"${level}" is no severity; use one of ${levels.join(', ')}.`);
  return { ...before, [id]: level as Severity | 'off' };
}

const help = `
Severities, the network plugin and the cluster's address ranges may also stand in a .netpol.yaml beside the files or above them.
JSON is an array of {file, line, column, endLine, endColumn, severity, id, message}: lines and columns from 1, the end exclusive.

Example:
  netpol check manifests/ -o github

Exit codes: 0 without errors, 1 with errors, 2 when the check could not run, or not on every file.`;

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('Report what is wrong with the network policies in files and folders: the same findings as in the editor.')
    .argument('<path...>', 'files, folders, or - for standard input')
    .addOption(new Option('-o, --output <format>', 'how to print the findings').choices([...formats]).default('text'))
    .option('--fix', 'apply the fixes that are certain; with -, the mended text goes to standard output and the findings to standard error', false)
    .option('--rule <id=severity>', `set the severity of a rule or a category: ${levels.join(', ')}; may be repeated`, addRule, {})
    .addOption(new Option('--engine <name>', 'the network plugin; deduced from the files otherwise').choices(['auto', ...Object.keys(engines)]))
    .addHelpText('after', help)
    .action(async (paths: string[], options: { output: Format; fix: boolean; rule: RuleSettings; engine?: Engine | 'auto' }) => {
      const report = await check(paths, { fix: options.fix, rules: options.rule, engine: options.engine });
      const stream = options.fix && paths.includes('-') ? process.stderr : process.stdout;
      await print(stream, formatReport(report, options.output));
      for (const one of [...report.notes, ...report.unread]) await print(process.stderr, `netpol: ${one}\n`);
      for (const [id, how] of report.failures)
        await print(process.stderr, `netpol: rule ${id} failed, and the others went on; it is a mistake of netpol. ${how}\n`);
      process.exitCode =
        report.failures.size + report.unread.length > 0
          ? exit.failed
          : report.findings.some((finding) => finding.severity === 'error')
            ? exit.no
            : exit.fine;
    });
}
