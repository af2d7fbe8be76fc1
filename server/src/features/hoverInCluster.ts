import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { Observer } from '../connectivity/observer.ts';
import {
  asPatched,
  beside,
  elsewhereAlike,
  type Link,
  leavesOut,
  mayBeMore,
  namespacesNow,
  nowMeans,
  portInCluster,
  portsLeftOut,
  serviceInCluster,
  workloadInCluster,
} from '../explain/inCluster.ts';
import { readPeer, readPort } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import { directionOf, enclosing, type Place } from '../kinds/walk.ts';
import type { Selector } from '../model/selector.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import { policiesOf, type Reading } from '../workspace/reading.ts';
import { mayMeanMore } from '../workspace/unknown.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { podsMeant, policyAround, portMeant, wholeAround } from './podsMeant.ts';

/** What hovers say of the cluster around a place. */
interface Surroundings {
  readonly view: WorkspaceView;
  readonly connectivity: Connectivity;
  readonly link: Link;
}

const join = (...parts: readonly (string | undefined)[]): string | undefined => {
  const written = parts.filter((part) => part !== undefined);
  return written.length > 0 ? written.join(' ') : undefined;
};

function wholePolicy({ located, selected, connectivity }: PolicyInView, link: Link): string | undefined {
  return join(nowMeans(selected, connectivity, link), beside(located, selected, connectivity, link));
}

function selectorNow(place: Place, policy: PolicyInView, { view, connectivity, link }: Surroundings): string | undefined {
  const peer = enclosing(place, 'peer');
  const orMore = (found: readonly Endpoint[], namespaces?: Selector): string | undefined =>
    found.length === 0 && connectivity.endpoints.length > 0 && mayMeanMore(view.unknown, namespaces, policy.namespace) ? mayBeMore : undefined;
  if (!peer)
    return join(
      nowMeans(policy.selected, connectivity, link),
      leavesOut(policy.selected, connectivity.endpointsIn(policy.namespace), link),
      orMore(policy.selected),
    );
  const value = readPeer(peer.node);
  if (value?.is !== 'pods') return undefined;
  const key = enclosing(place, 'selector')?.entry?.key.text;
  const found = value.namespaces ? namespacesNow(connectivity.namespacesOf(value.namespaces), connectivity.cluster) : undefined;
  const pods = podsIn(connectivity.podsOf(value, policy.policy), connectivity);
  const now = nowMeans(pods, connectivity, link);
  const where = value.namespaces ? connectivity.namespacesOf(value.namespaces) : [policy.namespace];
  const not = leavesOut(
    pods,
    where.flatMap((name) => connectivity.endpointsIn(name)),
    link,
  );
  if (key === 'namespaceSelector') return join(found, now?.replace('Now: ', 'There: '), not, orMore(pods, value.namespaces));
  return join(
    now,
    not,
    value.pods && !value.namespaces ? elsewhereAlike(value.pods, policy.namespace, connectivity, link) : undefined,
    orMore(pods, value.namespaces),
  );
}

/** The pods on whose ports a place's rule opens. */
function destinations(place: Place, policy: PolicyInView) {
  if (directionOf(place) === 'ingress') return policy.selected;
  const rule = enclosing(place, 'rule');
  return policy.rules.find(({ node }) => node === rule?.node)?.peers.flatMap(({ pods }) => podsIn(pods, policy.connectivity)) ?? [];
}

function inPolicy(place: Place, policy: PolicyInView, surroundings: Surroundings): string | undefined {
  const { connectivity, link } = surroundings;
  switch (place.type.role) {
    case 'policy':
    case 'policy-spec':
      return wholePolicy(policy, link);
    case 'selector':
    case 'labels':
    case 'label-value':
    case 'label-key':
    case 'expression':
      return enclosing(place, 'selector') ? selectorNow(place, policy, surroundings) : undefined;
    case 'peer':
      return selectorNow(place, policy, surroundings);
    case 'peers':
    case 'rule': {
      const rule = enclosing(place, 'rule');
      const found = policy.rules.find(({ node }) => node === rule?.node);
      const pods = [...new Set(found?.peers.flatMap((peer) => podsIn(peer.pods, connectivity)) ?? [])];
      return found?.peers.some(({ peer }) => peer.is === 'pods') ? nowMeans(pods, connectivity, link) : undefined;
    }
    case 'policy-port':
    case 'port':
    case 'protocol': {
      const written = enclosing(place, 'policy-port');
      if (!written) return undefined;
      const range = readPort(written.node);
      const targets = destinations(place, policy);
      const rule = policy.rules.find(({ node }) => node === enclosing(place, 'rule')?.node)?.rule;
      const not = rule && portsLeftOut(rule.ports, targets, link);
      return range.port === undefined ? not : join(portInCluster(range, targets, link), not);
    }
    default:
      return undefined;
  }
}

/** Whether a place stands for its whole resource: its kind, its name, or the labels that selectors look at. */
const standsForAll = (place: Place): boolean =>
  place.type.role === 'kind' || (place.type.role === 'subdomain-name' && place.parent?.type.role === 'metadata') || place.type.role === 'policy';

/** What the cluster view knows of a place, beyond what it means by itself. Markdown; undefined where it adds nothing. */
export function inCluster(place: Place, view: WorkspaceView): string | undefined {
  const reading = view.readingOf(place.resource);
  const said = reading && now(place, reading, view);
  return said && reading.patched ? join(said, asPatched) : said;
}

function now(place: Place, reading: Reading, view: WorkspaceView): string | undefined {
  const { resource } = place;
  const connectivity = connectivityOf(view.cluster);
  const surroundings = { view, connectivity, link: (origin: Parameters<Link>[0]) => view.linkTo(origin) };
  const { workload, service } = reading;
  if (workload) {
    const labels = enclosing(place, 'labels');
    const isTemplate = labels !== undefined && labels.parent?.parent?.type !== resource.table?.type;
    if (!standsForAll(place) && !isTemplate) return undefined;
    const endpoint = connectivity.endpointOf(workload.value);
    return endpoint && connectivity.cluster.policies.length > 0 ? workloadInCluster(connectivity, endpoint, surroundings.link) : undefined;
  }
  if (service) return standsForAll(place) || isServicePort(place) ? serviceInCluster(service.value, connectivity, surroundings.link) : undefined;
  const api = apiOf(resource);
  if (reading.policy && api !== 'kubernetes') return otherNow(place, reading, surroundings);
  const policy = policyInView(resource, view, new Observer(connectivity));
  if (!policy) return undefined;
  if (standsForAll(place)) return wholePolicy(policy, surroundings.link);
  return inPolicy(place, policy, surroundings);
}

/** Whom a policy of Cilium, Calico or an administrator, or a peer in it, means now. */
function otherNow(place: Place, reading: Reading, { connectivity, link }: Surroundings): string | undefined {
  if (standsForAll(place)) {
    const selected = policiesOf(reading).flatMap((located) => podsIn(connectivity.compiledOf(located)?.subject, connectivity));
    return nowMeans([...new Set(selected)], connectivity, link);
  }
  const located = policyAround(place, reading);
  const port = located && portMeant(place, located, connectivity);
  if (port) return port.range.port === undefined ? undefined : portInCluster(port.range, port.targets, link);
  const pods = located && podsMeant(wholeAround(place), located, connectivity);
  return pods && nowMeans(pods, connectivity, link);
}

const isServicePort = (place: Place): boolean => {
  for (let current: Place | undefined = place; current; current = current.parent)
    if (current.entry?.key.text === 'ports' || current.entry?.key.text === 'selector') return true;
  return false;
};
