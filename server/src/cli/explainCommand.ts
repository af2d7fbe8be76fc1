import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { plain } from '../explain/phrases.ts';
import { direction, oneRule, subject } from '../explain/policy.ts';
import { insteadOfStaged } from '../explain/vendors.ts';
import { isStaged, readPolicies } from '../kinds/readPolicy.ts';
import type { Located } from '../model/cluster.ts';
import { directions, type Policy } from '../model/policy.ts';
import { valueAt } from '../syntax/node.ts';
import { writtenOf } from '../syntax/scalar.ts';
import { type LoadedCluster, loadCluster } from './cluster.ts';
import { UsageError } from './load.ts';
import type { MadePolicy } from './madePolicies.ts';
import { print, tellOfLimits } from './output.ts';

const help = `
The first argument is a file or folder, whose policies are all explained, or the name of a policy (name or namespace/name), which
is looked for in the paths that follow, or else in the current folder.

JSON is an array of {kind, name, namespace, file, line, enforced, subject, ingress, egress, rules: [{direction, text, line}]}; a
policy that stands inside another object, which makes it, has that one's kind as its carrier.
Staged policies of Calico are not enforced: what is said of them is what they would do.

Examples:
  netpol explain manifests/frontend.yaml
  netpol explain shop/allow-frontend manifests/

Exit codes: 0, or 2 when nothing could be explained.`;

interface Explained {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly enforced: boolean;
  /** Kind of the object that it stands in, which makes it; empty where that is none. */
  readonly carrier?: string;
  readonly subject: string;
  readonly ingress: string;
  readonly egress: string;
  readonly rules: readonly { readonly direction: string; readonly text: string; readonly line: number }[];
}

const lineOf = (place: string): number => Number(place.slice(place.lastIndexOf(':') + 1));

function explain({ value, origin }: Located<Policy>, enforced: boolean, { place }: LoadedCluster): Explained {
  return {
    kind: value.kind,
    name: value.name ?? '',
    namespace: value.namespace,
    file: origin.file,
    line: lineOf(place(origin, origin.at.start)),
    enforced,
    subject: plain(subject(value)),
    ingress: plain(direction(value, 'ingress')),
    egress: plain(direction(value, 'egress')),
    rules: directions.flatMap((which) =>
      (value[which] ?? []).map((rule) => ({
        direction: which,
        text: plain(oneRule(rule, which, value.namespace)),
        line: lineOf(place(origin, rule.source.start)),
      })),
    ),
  };
}

/** A policy of which a template writes more than words: nothing is said of its rules. */
function explainTemplate({ resource, origin }: MadePolicy, { place }: LoadedCluster): Explained {
  return {
    kind: resource.kind ?? '',
    name: writtenOf(valueAt(resource.root, 'metadata', 'name')) ?? '',
    namespace: writtenOf(valueAt(resource.root, 'metadata', 'namespace')),
    file: origin.file,
    line: lineOf(place(origin, origin.at.start)),
    enforced: true,
    subject: 'What it does depends on what the Helm template writes; explain the output of "helm template" instead.',
    ingress: '',
    egress: '',
    rules: [],
  };
}

function explainMade(made: MadePolicy, loaded: LoadedCluster): readonly Explained[] {
  const { resource, origin, by } = made;
  if (by === 'template') return [explainTemplate(made, loaded)];
  return readPolicies(resource).map((value) => ({
    ...explain({ value: { ...value, name: value.name ?? resource.name }, origin }, !isStaged(resource), loaded),
    carrier: resource.carrier ?? '',
  }));
}

function text(list: readonly Explained[]): string {
  const blocks = list.map(({ kind, name, namespace, file, line, enforced, carrier, subject: whom, ingress, egress, rules }) => {
    const head = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} (${file}:${line})`;
    const lines = (which: string, summary: string) => {
      const own = rules.filter((rule) => rule.direction === which);
      if (summary === '') return [];
      return own.length > 1 ? [`  ${summary.split(':')[0]}:`, ...own.map((rule) => `    ${rule.text} (line ${rule.line})`)] : [`  ${summary}`];
    };
    const note = enforced ? [] : [`  Not enforced: staged. As a ${insteadOfStaged[kind]} it would do this:`];
    const maker = carrier === undefined ? [] : [`  Made by the ${carrier || 'text'} that it stands in.`];
    return [head, ...maker, ...note, `  ${whom}`, ...lines('ingress', ingress), ...lines('egress', egress)].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('Say in English what policies do, one sentence a rule.')
    .argument('<policy-or-file>', 'a file, a folder, - for standard input, or the name of a policy')
    .argument('[path...]', 'where to look for a policy of that name')
    .addOption(new Option('-o, --output <format>', 'how to print the explanation').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action(async (first: string, paths: string[], options: { output: 'text' | 'json' }) => {
      const isPath = first === '-' || (await stat(first).catch(() => undefined)) !== undefined;
      const loaded = await loadCluster(isPath ? [first, ...paths] : paths.length > 0 ? paths : ['.']);
      const isWanted = ({ value }: Located<Policy>) => isPath || value.name === first || `${value.namespace}/${value.name}` === first;
      const made = loaded.made.flatMap((one) => explainMade(one, loaded));
      const isWantedMade = ({ name, namespace }: Explained) => isPath || name === first || `${namespace}/${name}` === first;
      const wanted = [
        ...[loaded.connectivity.cluster.policies, loaded.staged].flatMap((policies, i) =>
          policies.filter(isWanted).map((policy) => explain(policy, i === 0, loaded)),
        ),
        ...made.filter(isWantedMade),
      ];
      if (wanted.length === 0)
        throw new UsageError(
          isPath
            ? `There is no network policy in ${[first, ...paths].join(', ')}.`
            : `${first} is neither a file nor the name of a policy in ${paths.join(', ') || 'the current folder'}.`,
        );
      await print(process.stdout, options.output === 'json' ? `${JSON.stringify(wanted, null, 2)}\n` : text(wanted));
      await tellOfLimits(loaded);
    });
}
