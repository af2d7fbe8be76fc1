import { type CompiledRule, portsAt } from '../connectivity/compile.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import type { Observer } from '../connectivity/observer.ts';
import { servicesOf } from '../connectivity/servicesOf.ts';
import { peer as peerPhrase, plain } from '../explain/phrases.ts';
import { addressesOf } from '../model/addressSet.ts';
import { parseCidr } from '../model/cidr.ts';
import type { Peer, Rule } from '../model/policy.ts';
import { intersectionOf, isEmpty } from '../model/portSet.ts';
import type { PolicyInView } from './inView.ts';

/** Whether a peer means every address of a family, exceptions apart. */
export const isWorld = (peer: Peer): boolean =>
  peer.is === 'addresses'
    ? peer.cidr.endsWith('/0') && 'cidr' in parseCidr(peer.cidr)
    : peer.is === 'entity' && /^(?:all|world(?:-ipv[46])?)$/.test(peer.entity);

/** What stands for the world in a sentence: "0.0.0.0/0", "every address outside the cluster". */
export const worldName = (peer: Peer): string => (peer.is === 'addresses' ? peer.cidr : plain(peerPhrase(peer, undefined)));

/** An address outside of every cluster, of each family. */
const strangers = ['203.0.113.1/32', '2001:db8::1/128'].flatMap((cidr) => addressesOf(cidr).slice(0, 1));

/** Whether what a rule opens of a pod is open to somebody outside, whatever other policies say. */
export const reachesFromWorld = (endpoint: Endpoint, rule: CompiledRule, observer: Observer): boolean =>
  strangers.some((address) => !isEmpty(intersectionOf(observer.side(endpoint, 'ingress', address), portsAt(rule, endpoint.ports))));

/** The same of a rule of a NetworkPolicy and the pods that it selects; of pods that nobody knows it is taken for granted. */
export function opensToWorld(rule: Rule, { located, connectivity, selected, observer }: PolicyInView): boolean {
  const own = connectivity.compiledOf(located)?.rules.ingress.find((candidate) => candidate.rule === rule);
  return !own || selected.length === 0 || selected.some((endpoint) => reachesFromWorld(endpoint, own, observer));
}

/** Whether some of the pods may go to somebody outside, as all policies are; of pods that nobody knows it is taken for granted. */
export const reachWorld = (endpoints: readonly Endpoint[], observer: Observer): boolean =>
  endpoints.length === 0 || endpoints.some((endpoint) => strangers.some((address) => !isEmpty(observer.side(endpoint, 'egress', address))));

/** Whether a peer means all pods of all namespaces. */
export const isEveryPod = (peer: Peer): boolean =>
  peer.is === 'pods' && peer.namespaces?.requirements.length === 0 && (peer.pods?.requirements.length ?? 0) === 0;

/** Names and labels by which ingress controllers and gateways are known. */
const entranceName = /ingress|gateway|traefik|haproxy|contour|envoy|istio|router|load-?balancer|proxy/i;

/** Whether pods are there to be reached from outside: by a Service that is, by an Ingress or route, or by what they are. */
export function isEntrance(endpoint: Endpoint, { connectivity }: Pick<PolicyInView, 'connectivity'>): boolean {
  if (entranceName.test(endpoint.workload.name)) return true;
  const { entrances } = connectivity.cluster;
  return servicesOf(endpoint, connectivity).some(
    ({ value: { external, name, namespace } }) =>
      external === true || entrances.some(({ value: entrance }) => entrance.service === name && entrance.namespace === namespace),
  );
}
