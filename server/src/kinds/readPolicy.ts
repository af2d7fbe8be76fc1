import type { Policy } from '../model/policy.ts';
import { readAdminPolicy } from './admin/readAdminPolicy.ts';
import { readNetworkPolicy } from './kubernetes/readNetworkPolicy.ts';
import type { Resource } from './resource.ts';

/** A policy of any kind; undefined for what is none. Of a kind in a wrong API version, what was most likely meant. */
export function readPolicy(resource: Resource): Policy | undefined {
  if (resource.table?.type.role !== 'policy') return undefined;
  return resource.table.kind === 'NetworkPolicy' ? readNetworkPolicy(resource) : readAdminPolicy(resource);
}
