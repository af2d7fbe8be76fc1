// How long all rules take over one file of policies once it is parsed: in a process that has just started, and in one that is warm.
// usage: npm run bench (this part alone: node test/bench/rules.ts)
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { manifests } from './manifests.ts';

const count = 1000;
const file = 'file:///bench/policies.yaml';
const text = manifests(count);

/** ms of all rules over every document, parsed and its cluster compiled before the clock starts. */
function pass(): number {
  const workspace = new Workspace();
  workspace.setFolders(['file:///bench']);
  workspace.set(file, text);
  const view = workspace.viewFor(file);
  const connectivity = connectivityOf(view.cluster);
  connectivity.prepare(count);
  const start = performance.now();
  for (const { document } of workspace.manifest(file)?.documents ?? []) checkDocument(document, view);
  return performance.now() - start;
}

const [cold = Number.NaN, , , , ...warm] = Array.from({ length: 13 }, pass);
const median = [...warm].sort((a, b) => a - b)[warm.length >> 1] ?? Number.NaN;
console.log(`\n| all rules over ${count.toLocaleString('en')} parsed policies | ms |\n| --- | --- |`);
console.log(`| first time in a new process | ${cold.toFixed(0)} |\n| warm, median of ${warm.length} | ${median.toFixed(0)} |`);
