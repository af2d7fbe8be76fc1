import { type Command, Option } from 'commander';
import { diffFlows, type FlowChange } from '../connectivity/diff.ts';
import { commitOf, filesAt, GitError } from '../host/git.ts';
import { formatPorts } from '../model/portSet.ts';
import { clusterFromTexts, type LoadedCluster, loadCluster, mostFlows, withinLimit } from './cluster.ts';
import { connection } from './formatFlows.ts';
import { UsageError } from './load.ts';
import { exit, print, tellOfLimits } from './output.ts';

const help = `
OLD and NEW are paths. Or give two git revisions as one argument with .. between them, and behind -- the paths to compare; an empty
second revision is the working tree.

JSON is an array of {src, dst, change: "added"|"removed"|"changed", before, after, because: [policy]}.

Examples:
  netpol diff overlays/staging overlays/prod
  netpol diff main..HEAD -o md -- manifests/
  netpol diff HEAD.. --exit-code -- manifests/

Exit codes: 0, with --exit-code 1 where something differs, 2 when the comparison could not be made.`;

/** The manifests of a revision below some paths. */
async function atRevision(revision: string, paths: readonly string[]): Promise<LoadedCluster> {
  try {
    return await clusterFromTexts(await filesAt('.', await commitOf('.', revision), paths), `${revision} (${paths.join(', ')})`);
  } catch (error) {
    throw error instanceof GitError ? new UsageError(error.message) : error;
  }
}

async function statesOf(operands: readonly string[]): Promise<readonly [LoadedCluster, LoadedCluster]> {
  const [first = '', ...rest] = operands;
  const revisions = /^(.+?)\.\.(?!\.)(.*)$/.exec(first);
  if (revisions && !first.includes('/..') && !first.startsWith('..')) {
    const paths = rest.length > 0 ? rest : ['.'];
    const [, old = '', now = ''] = revisions;
    return [await atRevision(old, paths), now === '' ? await loadCluster(paths) : await atRevision(now, paths)];
  }
  if (operands.length !== 2)
    throw new UsageError(
      `Give two paths, or two revisions as OLD..NEW and the paths behind --; ${operands.length === 1 ? 'there is one argument' : `there are ${operands.length}`}.`,
    );
  return [await loadCluster([operands[0] ?? '']), await loadCluster([operands[1] ?? ''])];
}

const signs: Readonly<Record<FlowChange['change'], string>> = { added: '+', removed: '-', changed: '~' };

function conn({ change, before, after, requests }: FlowChange): string {
  const [old, now] = [connection({ ports: before, requests: requests.before }), connection({ ports: after, requests: requests.after })];
  return change === 'changed' ? `${old} → ${now}` : change === 'added' ? now : old;
}

const writers: Readonly<Record<string, (changes: readonly FlowChange[]) => string>> = {
  text: (changes) =>
    changes.length === 0
      ? 'No flow differs.\n'
      : changes
          .map(
            (change) =>
              `${signs[change.change]} ${change.from} => ${change.to} : ${conn(change)}${change.because.length > 0 ? `  [${change.because.join(', ')}]` : ''}\n`,
          )
          .join(''),
  md: (changes) =>
    changes.length === 0
      ? 'No flow differs.\n'
      : `| | from | to | ports | because of |\n| --- | --- | --- | --- | --- |\n${changes.map((change) => `| ${change.change} | ${change.from} | ${change.to} | ${conn(change)} | ${change.because.join(', ')} |\n`).join('')}`,
  json: (changes) =>
    `${JSON.stringify(
      changes.map(({ from, to, change, before, after, requests, because }) => ({
        src: from,
        dst: to,
        change,
        before: formatPorts(before),
        after: formatPorts(after),
        ...(requests.before.length + requests.after.length > 0 ? { requests } : {}),
        because,
      })),
      null,
      2,
    )}\n`,
};

export function addDiffCommand(program: Command): void {
  program
    .command('diff')
    .description('Compare what two states of manifests let through: flows that are added, removed or changed, and the policies responsible.')
    .argument('<old-new...>', 'two paths, or OLD..NEW and paths')
    .addOption(new Option('-o, --output <format>', 'how to print the differences').choices(Object.keys(writers)).default('text'))
    .option('--exit-code', 'exit with 1 where something differs', false)
    .addHelpText('after', help)
    .action(async (operands: string[], options: { output: string; exitCode: boolean }) => {
      const [old, now] = await statesOf(operands);
      const changes = [...withinLimit(() => diffFlows(old.connectivity, now.connectivity, mostFlows))].sort((a, b) =>
        a.from + a.to < b.from + b.to ? -1 : 1,
      );
      await print(process.stdout, writers[options.output]?.(changes) ?? '');
      if (options.exitCode && changes.length > 0) process.exitCode = exit.no;
      const both = (key: 'broken' | 'notes' | 'unread') => [...new Set([...old[key], ...now[key]])];
      await tellOfLimits({ broken: both('broken'), notes: both('notes'), unread: both('unread') });
    });
}
