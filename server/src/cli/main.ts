import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../../../package.json';
import type { Connectivity } from '../connectivity/connectivity.ts';
import { endpointName, flowsOf } from '../connectivity/flows.ts';
import type { RuleSettings } from '../rules/check.ts';
import { rules } from '../rules/registry.ts';
import type { Severity } from '../rules/rule.ts';
import { check } from './check.ts';
import { loadCluster } from './cluster.ts';
import { type Format, formatReport, formats } from './format.ts';
import { type FlowFormat, flowFormats, formatFlows } from './formatFlows.ts';
import { UsageError } from './load.ts';

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

const listHelp = `
Each line is SRC => DST : CONN. A workload is namespace/name[Kind], a range of addresses first-last[External]; {ingress-controller}
stands for a controller that an Ingress or a route lets in. CSV has the columns src,dst,conn. JSON is an array of
{src, dst, conn, ports: {TCP|UDP|SCTP: [[first, last], …]}}. A workload to itself is left out.

Example:
  netpol list manifests/ -o csv
  kustomize build overlays/prod | netpol list - --focus shop/backend

Exit codes: 0, or 2 when the listing could not be made or a file could only be read in part.`;

/** Names under which a workload is listed. */
function focusOf({ endpoints }: Connectivity, wanted: string): ReadonlySet<string> {
  const [namespace, name] = wanted.includes('/') ? wanted.split('/', 2) : ['default', wanted];
  const found = endpoints.filter(({ workload }) => workload.namespace === namespace && (workload.name === name || workload.owner?.name === name));
  if (found.length === 0) throw new UsageError(`There is no workload ${namespace}/${name} in these manifests.`);
  return new Set(found.map(endpointName));
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

/** Says which files could only be read in part, and with which exit code the command then ends. */
async function tellOfBroken(broken: readonly string[]): Promise<void> {
  for (const file of broken)
    await print(process.stderr, `netpol: ${file} cannot be parsed in full; "netpol check ${file}" says where. The rest was analysed.\n`);
  if (broken.length > 0) process.exitCode = exit.failed;
}

program
  .command('list')
  .description('List who may reach whom, on which ports, in the cluster that the manifests describe.')
  .argument('<path...>', 'files, folders, or - for standard input')
  .addOption(new Option('-o, --output <format>', 'how to print the flows').choices([...flowFormats]).default('text'))
  .option('--focus <namespace/name>', 'only flows from or to this workload')
  .option('--ipv6', 'also ranges of IPv6 addresses', false)
  .addHelpText('after', listHelp)
  .action(async (paths: string[], options: { output: FlowFormat; focus?: string; ipv6: boolean }) => {
    const { connectivity, broken } = await loadCluster(paths);
    const focused = options.focus === undefined ? undefined : focusOf(connectivity, options.focus);
    const flows = [...flowsOf(connectivity, { ipv6: options.ipv6 })].filter(({ from, to }) => !focused || focused.has(from) || focused.has(to));
    await print(process.stdout, formatFlows(flows, options.output));
    await tellOfBroken(broken);
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
