import { type Command, Option } from 'commander';
import type { Connectivity } from '../connectivity/connectivity.ts';
import { exposuresOf } from '../connectivity/exposure.ts';
import { endpointName, endpointsByName, type Flow, flowsOf } from '../connectivity/flows.ts';
import { explainSide, someOf } from '../connectivity/reasons.ts';
import { endpointsNamed } from '../connectivity/targets.ts';
import { peer as peerPhrase, plain } from '../explain/phrases.ts';
import { reasonLines } from '../explain/reasons.ts';
import { type LoadedCluster, loadCluster, mostFlows, withinLimit } from './cluster.ts';
import { type FlowFormat, flowFormats, formatFlows } from './formatFlows.ts';
import { print, tellOfLimits } from './output.ts';

const help = `
Each line is SRC => DST : CONN. A workload is namespace/name[Kind], a range of addresses first-last[External]; {ingress-controller}
stands for a controller that an Ingress or a route lets in; with --exposure, {entire-cluster} for any pod, and a description in
braces for pods that a rule speaks of and no manifest holds. CSV has the columns src,dst,conn. JSON is an array of
{src, dst, conn, ports: {TCP|UDP|SCTP: [[first, last], …]}}. A workload to itself is left out.

Examples:
  netpol list manifests/ -o csv
  kustomize build overlays/prod | netpol list - --focus shop/backend --explain

Exit codes: 0, or 2 when the listing could not be made or a file could only be read in part.`;

interface Options {
  readonly output: FlowFormat;
  readonly focus?: string;
  readonly ipv6: boolean;
  readonly exposure: boolean;
  readonly explain: boolean;
}

/** Flows from and to pods that no manifest holds. */
function exposureFlows(connectivity: Connectivity): readonly Flow[] {
  return exposuresOf(connectivity).map(({ endpoint, direction, peer, namespace, ports }) => {
    const other = peer ? `{${plain(peerPhrase(peer, namespace))}}` : '{entire-cluster}';
    const own = endpointName(endpoint);
    return direction === 'ingress' ? { from: other, to: own, ports } : { from: own, to: other, ports };
  });
}

/** For each pair of workloads that the listing holds, why. */
function explanations({ connectivity, place }: LoadedCluster, flows: readonly Flow[]): string {
  const byName = endpointsByName(connectivity);
  const podsOf = (name: string) => byName.get(name) ?? [];
  const blocks = flows.flatMap(({ from, to }) => {
    // Of pods that one controller made, two of which one reaches the other.
    const pairs = podsOf(from).flatMap((source) =>
      podsOf(to).map((target) => ({ source, target, port: someOf(connectivity.between(source, target)) })),
    );
    const pair = pairs.find(({ port }) => port);
    if (!pair) return [];
    const { source, target, port } = pair;
    const sides = [explainSide(connectivity, source, 'egress', target, port), explainSide(connectivity, target, 'ingress', source, port)];
    const lines = sides.flatMap((side) =>
      reasonLines(side, undefined).map(({ text, rule, policy }) => {
        const origin = (rule?.policy ?? policy)?.located.origin;
        const at = rule?.rule.source.start ?? origin?.at.start ?? 0;
        return `  ${side.direction}: ${plain(text)}${origin ? ` (${place(origin, at)})` : ''}`;
      }),
    );
    return [`${from} => ${to}\n${lines.join('\n')}\n`];
  });
  return `\n${blocks.join('\n')}`;
}

export function addListCommand(program: Command): void {
  program
    .command('list')
    .description('List who may reach whom, on which ports, in the cluster that the manifests describe.')
    .argument('<path...>', 'files, folders, or - for standard input')
    .addOption(new Option('-o, --output <format>', 'how to print the flows').choices([...flowFormats]).default('text'))
    .option('--focus <namespace/name>', 'only flows from or to this workload')
    .option('--exposure', 'also what pods may do that the manifests do not hold', false)
    .option('--explain', 'below the text, the rules behind each flow between workloads', false)
    .option('--ipv6', 'also ranges of IPv6 addresses', false)
    .addHelpText('after', help)
    .action(async (paths: string[], options: Options) => {
      const loaded = await loadCluster(paths);
      const { connectivity } = loaded;
      const focused = options.focus === undefined ? undefined : new Set(endpointsNamed(connectivity, options.focus).map(endpointName));
      const known = withinLimit(() => [...flowsOf(connectivity, { ipv6: options.ipv6, among: focused, most: mostFlows })]);
      const others = options.exposure ? exposureFlows(connectivity).filter(({ from, to }) => !focused || focused.has(from) || focused.has(to)) : [];
      const flows = [...known, ...others];
      await print(process.stdout, formatFlows(flows, options.output));
      if (options.explain && options.output === 'text') await print(process.stdout, explanations(loaded, flows));
      await tellOfLimits(loaded);
    });
}
