import { addressesOf } from '../model/addressSet.ts';
import { parseAddress } from '../model/cidr.ts';
import { selectorOf } from '../model/selector.ts';
import type { Service } from '../model/workload.ts';
import type { Connectivity } from './connectivity.ts';
import type { Endpoint } from './endpoints.ts';

/** A question names what is not there, or what leads nowhere; the message says what there is. */
export class TargetError extends Error {}

/** An end of a question. */
export type Target =
  | { readonly is: 'endpoints'; readonly name: string; readonly endpoints: readonly Endpoint[]; readonly service?: Service }
  | { readonly is: 'address'; readonly name: string; readonly address: bigint };

/** Stands for every public address where a single one is needed. Source: IANA, a block for documentation that no policy names by chance. */
const somewhere = '203.0.113.1/32';

function split(wanted: string): readonly [namespace: string, name: string] {
  const parts = wanted.split('/');
  return parts.length > 1 ? [parts[0] ?? '', parts.slice(1).join('/')] : ['default', wanted];
}

function serviceNamed(connectivity: Connectivity, namespace: string, name: string): Target | undefined {
  const service = connectivity.cluster.services.find(({ value }) => value.namespace === namespace && value.name === name)?.value;
  if (!service) return undefined;
  if (!service.selector) throw new TargetError(`The Service ${namespace}/${name} selects no pods, so that no manifest tells where it leads.`);
  const behind = connectivity.labelled(selectorOf(service.selector), namespace);
  return { is: 'endpoints', name: `Service ${namespace}/${name}`, endpoints: behind, service };
}

/** Workloads of a name; pods go by their own and by their owner's. Throws TargetError where there is none. */
export function endpointsNamed({ endpoints }: Connectivity, wanted: string): readonly Endpoint[] {
  const [namespace, name] = split(wanted);
  const found = endpoints.filter(({ workload }) => workload.namespace === namespace && (workload.name === name || workload.owner?.name === name));
  if (found.length === 0) {
    const known = endpoints.slice(0, 5).map(({ workload }) => `${workload.namespace}/${workload.name}`);
    throw new TargetError(
      `There is no workload ${namespace}/${name} in these manifests${known.length > 0 ? `; there are ${known.join(', ')}${endpoints.length > 5 ? ' and more' : ''}` : ''}.`,
    );
  }
  return found;
}

/**
 * Resolves a workload (`namespace/name`), a Service (`svc/namespace/name`, or `namespace/name` where no workload has the
 * name), an address, or `internet`. Throws TargetError for what is none of them.
 */
export function targetOf(connectivity: Connectivity, wanted: string): Target {
  if (wanted === 'internet') return { is: 'address', name: 'the internet', address: addressesOf(somewhere)[0] as bigint };
  const parsed = parseAddress(wanted);
  if (typeof parsed !== 'string') {
    const [address] = addressesOf(`${wanted}/${parsed.family === 4 ? 32 : 128}`);
    return { is: 'address', name: wanted, address: address as bigint };
  }
  if (wanted.startsWith('svc/')) {
    const [namespace, name] = split(wanted.slice('svc/'.length));
    const service = serviceNamed(connectivity, namespace, name);
    if (!service) throw new TargetError(`There is no Service ${namespace}/${name} in these manifests.`);
    return service;
  }
  const [namespace, name] = split(wanted);
  const isWorkload = connectivity.endpoints.some(
    ({ workload }) => workload.namespace === namespace && (workload.name === name || workload.owner?.name === name),
  );
  const service = isWorkload ? undefined : serviceNamed(connectivity, namespace, name);
  return service ?? { is: 'endpoints', name: `${namespace}/${name}`, endpoints: endpointsNamed(connectivity, wanted) };
}
