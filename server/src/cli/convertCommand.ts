import { type Command, Option } from 'commander';
import { Connectivity } from '../connectivity/connectivity.ts';
import { diffFlows } from '../connectivity/diff.ts';
import { type ConversionTarget, conversionTargets, convert } from '../kinds/convert.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { type PlacedDocument, readManifestText } from '../syntax/manifestText.ts';
import { clusterOf } from '../workspace/cluster.ts';
import { Workspace } from '../workspace/workspace.ts';
import { mostFlows, withinLimit } from './cluster.ts';
import { load, UsageError } from './load.ts';
import { exit, print, tellOfLimits } from './output.ts';

const help = `
Prints every policy in the other language, a document each; other resources, and policies that are of that language already, are left out.
What the language cannot say is refused, with the reason, on the error output; the policy is not printed then. Afterwards the cluster that the
manifests describe is compared with the one in which the printed policies stand in place of theirs: flows that differ are told. Comments
inside of policies are not carried over.

Examples:
  netpol convert --to cilium manifests/ > cilium.yaml
  kustomize build overlays/prod | netpol convert --to calico -

Exit codes: 0, 1 when a policy was refused or some flow differs, 2 when the files could not be read.`;

interface Options {
  readonly to: ConversionTarget;
}

/** A document of a file, and what stands in its place. */
interface Step {
  readonly file: string;
  readonly placed: PlacedDocument;
  readonly instead: string | undefined;
}

export function addConvertCommand(program: Command): void {
  program
    .command('convert')
    .description('Write policies in the language of another network plugin.')
    .argument('<path...>', 'files, folders, or - for standard input')
    .addOption(new Option('--to <language>', 'the language').choices(conversionTargets).makeOptionMandatory())
    .addHelpText('after', help)
    .action(async (paths: string[], { to }: Options) => {
      const workspace = new Workspace();
      const { sources, unread } = await load(paths, workspace);
      const placed = sources.flatMap(({ uri, name }) =>
        workspace.isPatch(uri) ? [] : (workspace.manifest(uri)?.documents ?? []).map((one) => ({ file: name, placed: one })),
      );
      if (placed.length === 0) throw new UsageError(`No Kubernetes manifests were found in ${paths.join(', ')}.`);
      const before = clusterOf(placed);
      const hasSets = (before.addressSets ?? []).length > 0;
      const printed: string[] = [];
      const refusals: string[] = [];
      const steps = placed.map(({ file, placed: one }): Step => {
        const resources = resourcesOf(one.document);
        const found = resources.flatMap((resource) => {
          const conversion = convert(resource, to, hasSets);
          if (conversion && 'problem' in conversion)
            refusals.push(`${file}: ${resource.kind} ${resource.name ?? ''} cannot be written as a ${conversion.kind}: ${conversion.problem}.`);
          return conversion && 'text' in conversion ? [conversion.text] : [];
        });
        printed.push(...found);
        // A List is only replaced as a whole.
        return { file, placed: one, instead: found.length > 0 && found.length === resources.length ? found.join('\n---\n') : undefined };
      });
      const after = clusterOf(
        steps.flatMap(({ file, placed: one, instead }) =>
          instead === undefined
            ? [{ file, placed: one }]
            : readManifestText(`${instead}\n`, 'converted.yaml').documents.map((document) => ({ file, placed: document })),
        ),
      );
      await print(process.stdout, printed.map((text) => `${text}\n`).join('---\n'));
      for (const refusal of refusals) await print(process.stderr, `netpol: ${refusal}\n`);
      const changes = withinLimit(() => diffFlows(new Connectivity(before), new Connectivity(after), mostFlows));
      for (const { from, to: target, change } of changes)
        await print(process.stderr, `netpol: ${from} => ${target} is ${change} by the conversion: the two plugins do not treat it alike.\n`);
      if (refusals.length > 0 || changes.length > 0) process.exitCode = exit.no;
      await tellOfLimits({ broken: [], notes: [], unread });
    });
}
