import { addressesOf } from '../../server/src/model/addressSet.ts';
import { formatPorts, type PortSet } from '../../server/src/model/portSet.ts';
import { connectivityOf, endpointOf } from './manifestCluster.ts';

/** What may pass in the cluster of some manifests; an end that is no pod's name is an address. */
export function passesIn(manifests: string, from: string, to: string): string {
  const connectivity = connectivityOf(manifests);
  const isAddress = (end: string) => /[.:]/.test(end);
  const address = (end: string) => addressesOf(`${end}/${end.includes(':') ? 128 : 32}`)[0] as bigint;
  let ports: PortSet;
  if (isAddress(from)) ports = connectivity.side(endpointOf(connectivity, to), 'ingress', address(from));
  else if (isAddress(to)) ports = connectivity.side(endpointOf(connectivity, from), 'egress', address(to));
  else ports = connectivity.between(endpointOf(connectivity, from), endpointOf(connectivity, to));
  return formatPorts(ports) || 'nothing';
}
