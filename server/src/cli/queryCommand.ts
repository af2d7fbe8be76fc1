import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Endpoint, Peer } from '../connectivity/connectivity.ts';
import { endpointName } from '../connectivity/flows.ts';
import { explainSide, type SideReason, type Wanted } from '../connectivity/reasons.ts';
import { plain } from '../explain/phrases.ts';
import { reasonLines } from '../explain/reasons.ts';
import { isProtocol } from '../model/portSet.ts';
import { type LoadedCluster, loadCluster } from './cluster.ts';
import { UsageError } from './load.ts';
import { exit, print, tellOfLimits } from './output.ts';
import { type Target, targetOf } from './targets.ts';

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
  const match = /^(\d+)(?:\/(tcp|udp|sctp))?$/i.exec(argument);
  const port = Number(match?.[1]);
  const protocol = (match?.[2] ?? 'tcp').toUpperCase();
  if (!match || port < 1 || port > 65535 || !isProtocol(protocol))
    throw new InvalidArgumentError('Write a number from 1 to 65535, and /udp or /sctp behind it where it is not TCP.');
  return { protocol, port };
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

const peersOf = (target: Target): readonly Peer[] => (target.is === 'address' ? [target.address] : target.endpoints);
const nameOf = (target: Target, peer: Peer): string => (typeof peer === 'bigint' ? target.name : endpointName(peer));
const portName = (wanted: Wanted): string | undefined => wanted && `${wanted.protocol} ${wanted.port}`;

/** The port of the pods that a question means: behind a Service, the target of the Service's port. */
function wantedAt(target: Target, peer: Peer, asked: Wanted): Wanted {
  if (!asked || target.is !== 'endpoints' || !target.service || typeof peer === 'bigint') return asked;
  const found = target.service.ports.find(({ port, protocol }) => port === asked.port && protocol === asked.protocol);
  if (!found) {
    const known = target.service.ports.map(({ port, protocol }) => `${protocol} ${port}`).join(', ');
    throw new UsageError(`${target.name} has no port ${portName(asked)}; it has ${known || 'none'}.`);
  }
  const { targetPort } = found;
  const port = typeof targetPort === 'number' ? targetPort : peer.ports.find(({ name }) => name === targetPort)?.port;
  if (port === undefined)
    throw new UsageError(`${target.name} leads to the port "${targetPort}", and no container of ${endpointName(peer)} has one of that name.`);
  return { protocol: asked.protocol, port };
}

function answer({ connectivity, place }: LoadedCluster, from: Target, to: Target, asked: Wanted): readonly Pair[] {
  return peersOf(from).flatMap((source) =>
    peersOf(to).map((target): Pair => {
      const wanted = wantedAt(to, target, asked);
      const own = (endpoint: Endpoint, direction: 'ingress' | 'egress', peer: Peer) => explainSide(connectivity, endpoint, direction, peer, wanted);
      const names = { from: nameOf(from, source), to: nameOf(to, target), port: portName(wanted) };
      if (source === target) return { ...names, allowed: true, reasons: [{ side: 'egress', text: 'A pod may always reach itself.' }] };
      const sides: SideReason[] = [
        ...(typeof source === 'bigint' ? [] : [own(source, 'egress', target)]),
        ...(typeof target === 'bigint' ? [] : [own(target, 'ingress', source)]),
      ];
      const reasons = sides.flatMap((side) =>
        reasonLines(side, wanted).map(({ text, rule, policy }) => {
          const origin = (rule?.policy ?? policy)?.located.origin;
          const [file, line] = origin ? splitPlace(place(origin, rule?.rule.source.start ?? origin.at.start)) : [];
          return { side: side.direction, text: plain(text), ...(file === undefined ? {} : { file, line: Number(line) }) };
        }),
      );
      return { ...names, allowed: sides.every((side) => side.allowed), reasons };
    }),
  );
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
      if (from.is === 'address' && to.is === 'address')
        throw new UsageError('Two addresses outside the cluster: no policy of it says anything of them.');
      const pairs = answer(loaded, from, to, options.port);
      if (pairs.length === 0)
        throw new UsageError(`${from.is === 'endpoints' && from.endpoints.length === 0 ? from.name : to.name} leads to no pods in these manifests.`);
      const allowed = pairs.every((pair) => pair.allowed);
      const result = { from: options.from, to: options.to, port: portName(options.port), allowed, pairs };
      await print(process.stdout, options.output === 'json' ? `${JSON.stringify(result, null, 2)}\n` : text(pairs));
      process.exitCode = allowed ? exit.fine : exit.no;
      await tellOfLimits(loaded);
    });
}
