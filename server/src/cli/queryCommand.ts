import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Wanted } from '../connectivity/reasons.ts';
import { type Target, targetOf } from '../connectivity/targets.ts';
import { parseWanted, portName, reach } from '../explain/reach.ts';
import { type LoadedCluster, loadCluster } from './cluster.ts';
import { exit, print, tellOfLimits } from './output.ts';

const help = `
A workload is namespace/name (default/ may be left out), a Service svc/namespace/name; its port is then the Service's own. An
address stands for itself, and "internet" for a public address that no policy names. Without --port the question is whether
anything passes at all. Several pods behind a name are asked one by one; all must be let through.

JSON is {from, to, port, allowed, pairs: [{from, to, port, allowed, reasons: [{side, text, file, line}]}]}.

Examples:
  netpol query --from shop/frontend --to shop/backend --port 8080 manifests/
  netpol query --from internet --to shop/backend --port 53/udp manifests/

Exit codes: 0 allowed, 1 denied, 2 when the question could not be answered.`;

/** `8080` or `53/udp`. */
function parsePort(argument: string): Wanted {
  const wanted = parseWanted(argument);
  if (!wanted) throw new InvalidArgumentError('Write a number from 1 to 65535, and /udp or /sctp behind it where it is not TCP.');
  return wanted;
}

interface Options {
  readonly from: string;
  readonly to: string;
  readonly port?: Wanted;
  readonly output: 'text' | 'json';
}

interface Pair {
  readonly from: string;
  readonly to: string;
  readonly port: string | undefined;
  readonly allowed: boolean;
  readonly reasons: readonly { readonly side: string; readonly text: string; readonly file?: string; readonly line?: number }[];
}

function answer({ connectivity, place }: LoadedCluster, from: Target, to: Target, asked: Wanted): readonly Pair[] {
  return reach(connectivity, from, to, asked).map(({ reasons, ...pair }) => ({
    ...pair,
    reasons: reasons.map(({ side, text: sentence, origin }) => {
      const [file, line] = origin ? splitPlace(place(origin, origin.at.start)) : [];
      return { side, text: sentence, ...(file === undefined ? {} : { file, line: Number(line) }) };
    }),
  }));
}

const splitPlace = (place: string): readonly [string, string] => [place.slice(0, place.lastIndexOf(':')), place.slice(place.lastIndexOf(':') + 1)];

const sides: Readonly<Record<string, string>> = { egress: 'Out of the source', ingress: 'Into the destination' };

function text(pairs: readonly Pair[]): string {
  const blocks = pairs.map(({ from, to, port, allowed, reasons }) => {
    const lines = [`${from} => ${to}${port ? `, ${port}` : ''}: ${allowed ? 'allowed' : 'denied'}`];
    for (const side of ['egress', 'ingress']) {
      const own = reasons.filter((reason) => reason.side === side);
      if (own.length > 0)
        lines.push(
          `  ${sides[side]}:`,
          ...own.map(({ text: sentence, file, line }) => `    ${sentence}${file === undefined ? '' : ` (${file}:${line})`}`),
        );
    }
    return lines.join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

export function addQueryCommand(program: Command): void {
  program
    .command('query')
    .description('Ask whether one may reach the other, and why.')
    .argument('<path...>', 'files, folders, or - for standard input')
    .requiredOption('--from <source>', 'a workload, a Service, an address, or "internet"')
    .requiredOption('--to <destination>', 'a workload, a Service, an address, or "internet"')
    .option('--port <port[/protocol]>', 'a port of the destination, TCP unless said otherwise', parsePort)
    .addOption(new Option('-o, --output <format>', 'how to print the answer').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action(async (paths: string[], options: Options) => {
      const loaded = await loadCluster(paths);
      const [from, to] = [targetOf(loaded.connectivity, options.from), targetOf(loaded.connectivity, options.to)];
      const pairs = answer(loaded, from, to, options.port);
      const allowed = pairs.every((pair) => pair.allowed);
      const result = { from: options.from, to: options.to, port: portName(options.port), allowed, pairs };
      await print(process.stdout, options.output === 'json' ? `${JSON.stringify(result, null, 2)}\n` : text(pairs));
      process.exitCode = allowed ? exit.fine : exit.no;
      await tellOfLimits(loaded);
    });
}
