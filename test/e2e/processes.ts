import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Process ids by parent, of every process of this machine. */
function parents(): ReadonlyMap<number, { readonly parent: number; readonly command: string }> {
  const found = new Map<number, { parent: number; command: string }>();
  if (process.platform === 'linux') {
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        found.set(Number(name), { parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') });
      } catch {
        // It ended while the list was read.
      }
    }
    return found;
  }
  for (const line of execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    if (match) found.set(Number(match[1]), { parent: Number(match[2]), command: match[3] ?? '' });
  }
  return found;
}

/** Process ids below one process whose command line holds a text. */
export function descendants(root: number, text: string): readonly number[] {
  const all = parents();
  const isBelow = (pid: number): boolean => {
    for (let current = all.get(pid); current; current = all.get(current.parent)) if (current.parent === root) return true;
    return false;
  };
  return [...all].filter(([pid, { command }]) => command.includes(text) && isBelow(pid)).map(([pid]) => pid);
}
