import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Git refused: the message is its own. */
export class GitError extends Error {}

/** The files that may hold manifests, or say how those are applied. */
const isWanted = (name: string): boolean => /\.(ya?ml|json)$|(^|\/)Kustomization$/.test(name);

async function git(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run('git', ['-C', folder, ...args], { maxBuffer: 1 << 30 })).stdout;
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    throw new GitError(`git ${args.join(' ')} failed: ${(stderr || message).trim()}`);
  }
}

/** The commit that a revision names in the repository of a folder. Throws GitError where there is none. */
export async function commitOf(folder: string, revision: string): Promise<string> {
  try {
    return (await git(folder, 'rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`)).trim();
  } catch (error) {
    throw new GitError(`git knows no revision "${revision}" here: ${(error as Error).message}`);
  }
}

/** Names of branches and tags of a folder's repository, those changed last first, 200 at most. Throws GitError where there is none. */
export async function refsOf(folder: string): Promise<readonly string[]> {
  const kinds = ['refs/heads', 'refs/remotes', 'refs/tags'];
  const listed = await git(folder, 'for-each-ref', '--count=200', '--sort=-creatordate', '--format=%(refname:short)', ...kinds);
  return listed.split('\n').filter((name) => name !== '');
}

/** Texts of objects, in the order asked for, from one process: a process a file would take minutes. */
async function contents(folder: string, objects: readonly string[]): Promise<readonly string[]> {
  const child = spawn('git', ['-C', folder, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(new GitError(`git cat-file failed: ${error.message}`)));
    child.once('close', () => resolve());
  });
  child.stdin.on('error', () => {});
  child.stdin.end(objects.map((object) => `${object}\n`).join(''));
  await ended;
  const all = Buffer.concat(chunks);
  let at = 0;
  return objects.map(() => {
    const line = all.indexOf(10, at);
    const [, , size] = all.toString('latin1', at, line).split(' ');
    const start = line + 1;
    const end = start + Number(size);
    at = end + 1;
    return all.toString('utf8', start, end);
  });
}

/** The manifests of a commit below some paths of a folder; names are relative to the folder. */
export async function filesAt(
  folder: string,
  commit: string,
  paths: readonly string[] = ['.'],
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const listed = await git(folder, 'ls-tree', '-r', '-z', commit, '--', ...paths);
  const entries = listed.split('\0').flatMap((entry) => {
    const [about = '', name = ''] = entry.split('\t');
    const [, type, object] = about.split(' ');
    return type === 'blob' && object && isWanted(name) ? [{ name, object }] : [];
  });
  const texts = await contents(
    folder,
    entries.map(({ object }) => object),
  );
  return entries.map(({ name }, i) => ({ name, text: texts[i] ?? '' }));
}
