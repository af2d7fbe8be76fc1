import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Git asks no remote for what a partial clone left out: nothing here opens a connection. */
const env = { ...process.env, GIT_ALLOW_PROTOCOL: 'none', GIT_OPTIONAL_LOCKS: '0' };

/** Git refused: the message is its own. */
export class GitError extends Error {}

/** The files that may hold manifests, or say how those are applied. */
const isWanted = (name: string): boolean => /\.(ya?ml|json)$|(^|\/)Kustomization$/.test(name);

async function git(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run('git', ['-C', folder, ...args], { maxBuffer: 1 << 30, env })).stdout;
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

/** Texts of objects, in the order asked for, from one process: a process a file would take minutes. Throws where one is not there. */
async function contents(folder: string, objects: readonly string[]): Promise<readonly string[]> {
  const child = spawn('git', ['-C', folder, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'ignore'], env });
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
  return objects.map((object) => {
    const line = all.indexOf(10, at);
    const [, , size] = all.toString('latin1', at, Math.max(at, line)).split(' ');
    const start = line + 1;
    const end = start + Number(size);
    // Behind the name of an object that is not there stands "missing" alone, or git ended.
    if (!(end < all.length)) throw new GitError(`git cat-file found no ${object}.`);
    at = end + 1;
    return all.toString('utf8', start, end);
  });
}

/** What a commit needs that git could not read: of a partial clone it says how to get it. */
async function notHere(folder: string, commit: string, error: unknown): Promise<never> {
  const isPartial = await git(folder, 'config', '--get-regexp', '^remote\\..*\\.promisor$').catch(() => '');
  if (isPartial === '') throw error;
  const short = commit.slice(0, 12);
  throw new GitError(
    `This clone was made without all files of ${short} (git clone --filter), and netpol fetches nothing. Run "git diff --stat ${short}" once: git fetches them then.`,
  );
}

/** The manifests of a commit below some paths of a folder; names are relative to the folder. Throws GitError where git cannot read them. */
export async function filesAt(
  folder: string,
  commit: string,
  paths: readonly string[] = ['.'],
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const refused = (error: unknown) => notHere(folder, commit, error);
  const listed = await git(folder, 'ls-tree', '-r', '-z', commit, '--', ...paths).catch(refused);
  const entries = listed.split('\0').flatMap((entry) => {
    const [about = '', name = ''] = entry.split('\t');
    const [, type, object] = about.split(' ');
    return type === 'blob' && object && isWanted(name) ? [{ name, object }] : [];
  });
  const texts = await contents(
    folder,
    entries.map(({ object }) => object),
  ).catch(refused);
  return entries.map(({ name }, i) => ({ name, text: texts[i] ?? '' }));
}
