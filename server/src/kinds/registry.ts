import { adminTables } from './admin/tables.ts';
import type { KindTable } from './fieldTypes.ts';
import { customWorkloadTables } from './kubernetes/customWorkloads.ts';
import { networkPolicy } from './kubernetes/networkPolicy.ts';
import { ingressTable, namespaceTable, routeTables, serviceTable, workloadTables } from './kubernetes/workloads.ts';

/** Every kind that netpol reads. */
export const kindTables: readonly KindTable[] = [
  networkPolicy,
  ...adminTables,
  namespaceTable,
  ...workloadTables,
  ...customWorkloadTables,
  serviceTable,
  ingressTable,
  ...routeTables,
];

const byName = new Map(kindTables.map((table) => [`${table.apiVersion} ${table.kind}`, table]));

/** The table of a kind in exactly this API version. */
export const tableOf = (apiVersion: string, kind: string): KindTable | undefined => byName.get(`${apiVersion} ${kind}`);

/** Tables of kinds that the whole of netpol is about, offered by completion and validated in full. */
export const policyTables: readonly KindTable[] = kindTables.filter((table) => table.validated);

/** The policy table of a kind whatever its apiVersion: what its author most likely meant. */
export const policyTableOf = (kind: string): KindTable | undefined => policyTables.find((table) => table.kind === kind);
