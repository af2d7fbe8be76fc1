// The licences of what the bundles carry of others.
import fs from 'node:fs';
import path from 'node:path';

/** Licences under which the bundles may carry code: they ask for a notice, and for nothing of netpol's own code. EPL-2.0: Graphviz, unchanged. */
const allowed = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'EPL-2.0']);

/** Folders of the packages that a bundle's inputs come from. */
function packagesOf(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const at = input.lastIndexOf('node_modules/');
    if (at < 0) continue;
    const [scope, name] = input.slice(at + 'node_modules/'.length).split('/');
    folders.add(input.slice(0, at) + path.join('node_modules', scope.startsWith('@') ? `${scope}/${name}` : scope));
  }
  return [...folders].sort();
}

/** Writes the notices of all packages that the bundles hold; throws where one has a licence that is not allowed. */
export function writeNotices(metafiles, file) {
  const notices = packagesOf(metafiles.flatMap(({ inputs }) => Object.keys(inputs))).map((folder) => {
    const { name, version, license, homepage } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (!allowed.has(license)) {
      throw new Error(
        `${name} ${version} is under ${license ?? 'no licence that it names'}; the bundles take ${[...allowed].join(', ')}. Choose another package.`,
      );
    }
    const text = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const words = text ? fs.readFileSync(path.join(folder, text), 'utf8').trim() : `Under ${license}; the package has no text of it.`;
    return `${name} ${version} (${license})${homepage ? `, ${homepage}` : ''}\n\n${words}\n`;
  });
  fs.writeFileSync(file, `netpol's bundles hold parts of these packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`);
  return notices.length;
}
