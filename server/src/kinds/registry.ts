import { memoized } from '../model/memoized.ts';
import { nearest } from '../model/nearest.ts';
import { adminTables } from './admin/tables.ts';
import { calicoTables } from './calico/tables.ts';
import { ciliumTables } from './cilium/tables.ts';
import type { KindTable } from './fieldTypes.ts';
import { customWorkloadTables } from './kubernetes/customWorkloads.ts';
import { networkPolicy } from './kubernetes/networkPolicy.ts';
import { ingressTable, namespaceTable, routeTables, serviceTable, workloadTables } from './kubernetes/workloads.ts';

/** Every kind that netpol reads. */
export const kindTables: readonly KindTable[] = [
  networkPolicy,
  ...adminTables,
  ...ciliumTables,
  ...calicoTables,
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

/** Of an API version; empty for that of the core. */
export const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(apiVersion.indexOf('/'), 0));

const policyGroups: ReadonlySet<string> = new Set(policyTables.map((table) => groupOf(table.apiVersion)));

/** Most letters of a group that are taken for a slip: others have groups that differ in three. */
const mostInGroup = 2;

/** Most letters of a kind that are taken for a slip: a plural has three more. */
const mostInKind = 3;

/** The group of policies that is written, or that is nearly written; undefined for that of somebody else. */
const meantGroup = memoized((group: string): string | undefined => (policyGroups.has(group) ? group : nearest(group, policyGroups, mostInGroup)));

/**
 * The policy table of a kind whatever its version: what its author most likely meant. Of several with its name the one of the group that is
 * written, or else Kubernetes' own.
 */
export function policyTableOf(kind: string, apiVersion = ''): KindTable | undefined {
  const named = policyTables.filter((table) => table.kind === kind);
  return named.find((table) => groupOf(table.apiVersion) === meantGroup(groupOf(apiVersion))) ?? named[0];
}

/** API groups of Kubernetes itself; a NetworkPolicy of any other group belongs to somebody else. */
const isForeignGroup = (apiVersion: string): boolean => {
  const group = groupOf(apiVersion);
  return group.includes('.') && meantGroup(group) === undefined;
};

/** The kind of an API version's policies that is nearly written, in another case or with other letters. */
function nearKind(apiVersion: string, kind: string): KindTable | undefined {
  const ofVersion = policyTables.filter((table) => table.apiVersion === apiVersion);
  if (ofVersion.length === 0) return undefined;
  const near = nearest(
    kind,
    ofVersion.map((table) => table.kind),
    mostInKind,
  );
  return ofVersion.find((table) => table.kind === near);
}

/** The table of a kind, or of the policy kind that was most likely meant. */
export function intendedTable(apiVersion: string | undefined, kind: string | undefined): KindTable | undefined {
  if (kind !== undefined && apiVersion !== undefined) {
    const exact = tableOf(apiVersion, kind);
    if (exact) return exact;
    if (isForeignGroup(apiVersion)) return undefined;
    return policyTableOf(kind, apiVersion) ?? nearKind(apiVersion, kind);
  }
  return kind === undefined ? undefined : policyTableOf(kind);
}

/** Whose documentation a table's page is of. */
export const documentationOf = ({ apiVersion }: KindTable): string =>
  `${apiVersion.startsWith('cilium.io/') ? 'Cilium' : /(^|\.)projectcalico\.org\//.test(apiVersion) ? 'Calico' : 'Kubernetes'} documentation`;

/** Kubernetes' own NetworkPolicy: others have one of the same name. */
export const isNetworkPolicy = (table: KindTable | undefined): boolean => table === networkPolicy;
