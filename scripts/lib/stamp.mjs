// Remembers from what a result was made, so that it is made again only when that has changed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A hash of files and folders (names and contents), and of further texts. */
export function fingerprint(paths, ...texts) {
  const hash = createHash('sha256');
  const add = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat) return;
    hash.update(file);
    if (stat.isDirectory()) for (const name of fs.readdirSync(file).sort()) add(path.join(file, name));
    else hash.update(fs.readFileSync(file));
  };
  for (const file of paths) add(file);
  for (const text of texts) hash.update(text);
  return hash.digest('hex');
}

/** Runs `make` unless the stamp file already holds `print`. */
export async function unlessCurrent(stampFile, print, make) {
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === print) return { skipped: true };
  fs.rmSync(stampFile, { force: true });
  await make();
  fs.mkdirSync(path.dirname(stampFile), { recursive: true });
  fs.writeFileSync(stampFile, print);
  return undefined;
}
