import { type Command, Option } from 'commander';
import { plain } from '../explain/phrases.ts';
import { pages } from '../rules/pages.ts';
import { rules } from '../rules/registry.ts';
import { UsageError } from './load.ts';
import { print } from './output.ts';

const help = `
JSON is an array of {id, severity, category, summary}.

Examples:
  netpol rules
  netpol rules peers-or-instead-of-and`;

const withoutCarets = (text: string): string => text.replace(/^#[ <]*\^.*\n?/gm, '').trimEnd();
const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');

function pageOf(id: string): string {
  const rule = rules.find((candidate) => candidate.id === id);
  const page = pages[id];
  if (!rule || !page) throw new UsageError(`There is no rule "${id}"; "netpol rules" lists them all.`);
  const examples = page.examples.flatMap(({ bad, fixed }) => [
    indented(withoutCarets(bad)),
    ...(fixed === undefined ? [] : ['The quick fix makes it:', indented(fixed.trimEnd())]),
  ]);
  return `${[`${id} (${rule.severity})`, `Flags ${plain(rule.summary)}.`, `WHY IT MATTERS\n${plain(page.why)}`, `HOW TO FIX IT\n${plain(page.fix)}`, `WHEN TO IGNORE IT\n${plain(page.ignore)}`, 'EXAMPLES', ...examples, `SOURCE\n${page.source}`].join('\n\n')}\n`;
}

function list(): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules.map(({ id, severity, summary }) => `${id.padEnd(width)}  ${severity.padEnd(11)}  ${plain(summary)}\n`).join('');
}

export function addRulesCommand(program: Command): void {
  program
    .command('rules')
    .description('List the rules, or print the page of one.')
    .argument('[id]', 'a rule')
    .addOption(new Option('-o, --output <format>', 'how to print the list').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action(async (id: string | undefined, { output }: { output: string }) => {
      if (id !== undefined) return print(process.stdout, pageOf(id));
      const records = rules.map(({ id: own, severity, category, summary }) => ({ id: own, severity, category, summary: plain(summary) }));
      return print(process.stdout, output === 'json' ? `${JSON.stringify(records, null, 2)}\n` : list());
    });
}
