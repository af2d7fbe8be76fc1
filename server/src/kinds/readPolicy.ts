import type { AddressSetResource, TierResource } from '../model/cluster.ts';
import type { Policy } from '../model/policy.ts';
import { readAdminPolicy } from './admin/readAdminPolicy.ts';
import { readCalicoPolicy, readNetworkSet, readTier } from './calico/readCalico.ts';
import { readCidrGroup, readCiliumPolicies } from './cilium/readCilium.ts';
import { readNetworkPolicy } from './kubernetes/readNetworkPolicy.ts';
import type { Resource } from './resource.ts';

/** Whose kinds a resource is of. */
export type Api = 'kubernetes' | 'admin' | 'cilium' | 'calico';

/** Whose policy kinds a resource is of; undefined for kinds that are about other things. */
export function apiOf({ table }: Pick<Resource, 'table'>): Api | undefined {
  if (!table?.validated) return undefined;
  if (table.apiVersion.startsWith('cilium.io/')) return 'cilium';
  if (/^(crd\.)?projectcalico\.org\//.test(table.apiVersion)) return 'calico';
  return table.apiVersion.startsWith('policy.networking.k8s.io/') ? 'admin' : 'kubernetes';
}

const isPolicy = ({ table }: Resource): boolean => table?.type.role === 'policy';

/** Whether a resource is a policy that nothing enforces yet: Calico only reports what it would do. */
export const isStaged = (resource: Resource): boolean => apiOf(resource) === 'calico' && resource.kind?.startsWith('Staged') === true;

/** What is enforced of a resource: the policies that it stands for, several where it has several specs; none for what is no policy. */
export const enforcedPolicies = (resource: Resource): readonly Policy[] => (isStaged(resource) ? [] : readPolicies(resource));

/** The policies that a resource says, enforced or not. Of a kind in a wrong API version, what was most likely meant. */
export function readPolicies(resource: Resource): readonly Policy[] {
  if (!isPolicy(resource)) return [];
  switch (apiOf(resource)) {
    case 'cilium':
      return readCiliumPolicies(resource);
    case 'calico':
      return [readCalicoPolicy(resource)];
    case 'admin': {
      const policy = readAdminPolicy(resource);
      return policy ? [policy] : [];
    }
    default:
      return [readNetworkPolicy(resource)];
  }
}

/** The first policy that a resource says; undefined for what is none. */
export const readPolicy = (resource: Resource): Policy | undefined => readPolicies(resource)[0];

/** Ranges that policies mean by name or labels: a CiliumCIDRGroup, a NetworkSet, a GlobalNetworkSet. */
export function readAddressSet(resource: Resource): AddressSetResource | undefined {
  const kind = resource.table?.kind;
  if (apiOf(resource) === 'cilium' && kind === 'CiliumCIDRGroup') return readCidrGroup(resource);
  return apiOf(resource) === 'calico' && (kind === 'NetworkSet' || kind === 'GlobalNetworkSet') ? readNetworkSet(resource) : undefined;
}

export const readTierResource = (resource: Resource): TierResource | undefined =>
  apiOf(resource) === 'calico' && resource.table?.kind === 'Tier' ? readTier(resource) : undefined;
