// How long all rules take over one file of policies once it is parsed: in a process that has just started, and in one that is warm; and
// after a keystroke, over policies of each language among as many workloads.
// usage: npm run bench (this part alone: node test/bench/rules.ts)
import { connectivityOf } from '../../server/src/connectivity/connectivity.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
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

const medianOf = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

const [cold = Number.NaN, , , , ...warm] = Array.from({ length: 13 }, pass);
console.log(`\n| all rules over ${count.toLocaleString('en')} parsed policies | ms |\n| --- | --- |`);
console.log(`| first time in a new process | ${cold.toFixed(0)} |\n| warm, median of ${warm.length} | ${medianOf(warm).toFixed(0)} |`);

const namespaceOf = (i: number): string => `team-${i % 50}`;
const head = (apiVersion: string, kind: string, i: number): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: policy-${i}\n  namespace: ${namespaceOf(i)}\nspec:\n`;
/** The ith policy of each language: from one workload to the next of its namespace. */
const languages: Readonly<Record<string, (i: number, from: string, to: string) => string>> = {
  Kubernetes: (i, from, to) =>
    policyNamed(
      `policy-${i}`,
      namespaceOf(i),
      `podSelector: {matchLabels: {app: ${to}}}\npolicyTypes: [Ingress]\ningress:\n  - from: [{podSelector: {matchLabels: {app: ${from}}}}]\n    ports: [{port: 8080}]`,
    ),
  Cilium: (i, from, to) =>
    `${head('cilium.io/v2', 'CiliumNetworkPolicy', i)}  endpointSelector: {matchLabels: {app: ${to}}}\n  ingress:\n    - fromEndpoints: [{matchLabels: {app: ${from}}}]\n      toPorts: [{ports: [{port: "8080", protocol: TCP}]}]\n`,
  Calico: (i, from, to) =>
    `${head('projectcalico.org/v3', 'NetworkPolicy', i)}  selector: app == '${to}'\n  types: [Ingress]\n  ingress:\n    - {action: Allow, protocol: TCP, source: {selector: app == '${from}'}, destination: {ports: [8080]}}\n`,
};
const workloads = documents(...Array.from({ length: count }, (_, i) => deployment(`app-${i}`, namespaceOf(i), '{containerPort: 8080}')));

console.log(`\n| all rules after a keystroke in ${count.toLocaleString('en')} policies among as many workloads | ms |\n| --- | --- |`);
for (const [language, write] of Object.entries(languages)) {
  const policies = documents(...Array.from({ length: count }, (_, i) => write(i, `app-${(i + 50) % count}`, `app-${i}`)));
  const workspace = new Workspace();
  workspace.setFolders(['file:///bench']);
  workspace.set('file:///bench/workloads.yaml', workloads);
  const times = Array.from({ length: 13 }, (_, i) => {
    workspace.set(file, policies.replace(/app-500(?!\d)/, `app-${500 + i}`));
    const start = performance.now();
    const view = workspace.viewFor(file);
    for (const { document } of workspace.manifest(file)?.documents ?? []) checkDocument(document, view);
    return performance.now() - start;
  });
  console.log(`| ${language} | ${medianOf(times.slice(4)).toFixed(0)} |`);
}
