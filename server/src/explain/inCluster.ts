import type { CompiledPolicy } from '../connectivity/compile.ts';
import type { Applicable, Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { isMember } from '../connectivity/podSets.ts';
import type { Cluster, Located, Origin } from '../model/cluster.ts';
import { type Direction, directions, type Policy, type PortRange } from '../model/policy.ts';
import { formatPorts, hasPort, isEmpty, isProtocol, type PortSet } from '../model/portSet.ts';
import { type Selector, selectorOf } from '../model/selector.ts';
import { isAmongPorts, type Service, targetPortAt, type Workload } from '../model/workload.ts';
import { outsideRanges, unknownPartners } from './outside.ts';
import { allOf, capitalised, code, counted, shortened, shortenedOf } from './phrases.ts';

/** What policies, workloads and Services are to each other in a cluster view, in English. Markdown, a sentence or two each. */

/** Where a resource can be opened; undefined where it cannot. */
export type Link = (origin: Origin) => string | undefined;

const linked = (text: string, origin: Origin, link: Link): string => {
  const target = link(origin);
  return target === undefined ? text : `[${text}](${target})`;
};

const linkedWorkload = ({ workload, origin }: Pick<Endpoint, 'workload' | 'origin'>, link: Link): string =>
  linked(`${workload.kind} ${workload.name}`, origin, link);

const linkedPolicy = ({ value, origin }: Located<Policy>, link: Link): string => linked(value.name ?? value.kind, origin, link);

/** "3 pods"; "pods" where nobody can say how many. */
function podCount(workloads: readonly Workload[]): string {
  const replicas = workloads.map((workload) => workload.replicas);
  return replicas.includes(undefined)
    ? 'the pods'
    : counted(
        replicas.reduce<number>((sum, one) => sum + (one ?? 0), 0),
        'pod',
      );
}

/** "Deployment web and Deployment db", by namespace where there are several: "Deployment web of shop, …". */
function names(endpoints: readonly Endpoint[], link: Link): string {
  const several = new Set(endpoints.map(({ namespace }) => namespace.name)).size > 1;
  return shortenedOf(endpoints, (endpoint) => `${linkedWorkload(endpoint, link)}${several ? ` of ${endpoint.namespace.name}` : ''}`, allOf);
}

/** "Now: 3 pods of `shop` (Deployment web)." Undefined where no workload is in sight at all. */
export function nowMeans(endpoints: readonly Endpoint[], { endpoints: all }: Connectivity, link: Link): string | undefined {
  if (all.length === 0) return undefined;
  if (endpoints.length === 0) return 'Now: no pod that the workspace knows.';
  const [first] = endpoints;
  const one = endpoints.every(({ namespace }) => namespace === first?.namespace) ? ` of ${code(first?.namespace.name ?? '')}` : '';
  return `Now: ${podCount(endpoints.map(({ workload }) => workload))}${one} (${names(endpoints, link)}).`;
}

/** Added to what is said of a resource that kustomizations patch: it is not what stands in its file. */
export const asPatched = 'As the patches of a kustomization leave it.';

/** "Not Deployment db." Those that a selector could have meant and does not; undefined where it means all of them. */
export function leavesOut(meant: readonly Endpoint[], candidates: readonly Endpoint[], link: Link): string | undefined {
  const others = candidates.filter((endpoint) => !meant.includes(endpoint));
  return others.length > 0 ? `Not ${names(others, link)}.` : undefined;
}

/** "Nor Deployment web of `edge`: a podSelector alone means pods of the policy's own namespace." */
export function elsewhereAlike(selector: Selector, own: string, connectivity: Connectivity, link: Link): string | undefined {
  const alike = selector.requirements.length === 0 ? [] : connectivity.labelled(selector).filter(({ namespace }) => namespace.name !== own);
  if (alike.length === 0) return undefined;
  const list = shortenedOf(alike, (endpoint) => `${linkedWorkload(endpoint, link)} of ${code(endpoint.namespace.name)}`, allOf);
  return `Nor ${list}, so labelled too: a podSelector alone means pods of the policy’s own namespace.`;
}

/** "Not TCP 9090 of Deployment web." Container ports that a rule leaves closed; undefined where it opens all that are declared. */
export function portsLeftOut(ports: readonly PortRange[], targets: readonly Endpoint[], link: Link): string | undefined {
  const closed = targets.flatMap((endpoint) =>
    endpoint.ports.filter((own) => !ports.some((range) => isAmongPorts(own, range))).map((own) => ({ own, endpoint })),
  );
  const named = ({ own, endpoint }: (typeof closed)[number]) => `${own.protocol} ${own.port} of ${linkedWorkload(endpoint, link)}`;
  return closed.length > 0 ? `This rule does not open ${shortenedOf(closed, named, allOf)}.` : undefined;
}

/** Policies of a direction that select an endpoint, of all tiers. */
const listed = (applicable: Applicable): readonly Located<Policy>[] => applicable.flatMap(([, policies]) => policies.map(({ located }) => located));

/** How another policy comes to its turn: before one, after it, in one with it, or in one with it and able to deny. */
function turnOf(other: CompiledPolicy, own: CompiledPolicy): 'before' | 'with' | 'denying' | 'after' {
  if (other.tier.rank !== own.tier.rank) return other.tier.rank < own.tier.rank ? 'before' : 'after';
  if (own.tier.evaluation === 'first-match' && other.order !== own.order) return other.order < own.order ? 'before' : 'after';
  return directions.some((direction) => other.rules[direction].some(({ rule }) => rule.action === 'deny')) ? 'denying' : 'with';
}

/** "No other policy selects these pods.", "Beside it, deny and allow-dns select these pods too; what any of them allows passes." */
export function beside(policy: Located<Policy>, selected: readonly Endpoint[], connectivity: Connectivity, link: Link): string | undefined {
  const own = connectivity.compiledOf(policy);
  if (selected.length === 0 || !own) return undefined;
  const others = new Map<CompiledPolicy, number>();
  for (const endpoint of selected) {
    const all = new Set(directions.flatMap((direction) => connectivity.policiesOf(endpoint, direction).flatMap(([, policies]) => policies)));
    for (const other of all) if (other !== own) others.set(other, (others.get(other) ?? 0) + 1);
  }
  if (others.size === 0) return 'No other policy selects these pods.';
  const all = [...others].every(([, count]) => count === selected.length);
  const list = (which: readonly CompiledPolicy[]) => shortenedOf(which, ({ located }) => linkedPolicy(located, link), allOf);
  const inTurn = (turn: ReturnType<typeof turnOf>) => [...others.keys()].filter((other) => turnOf(other, own) === turn);
  const [before, denying, after] = [inTurn('before'), inTurn('denying'), inTurn('after')];
  const first = `Beside it, ${list([...others.keys()])} ${others.size === 1 ? 'selects' : 'select'} ${all ? 'these pods' : 'some of these pods'} too`;
  if (before.length + denying.length + after.length === 0) return `${first}; what any of them allows passes.`;
  return [
    `${first}.`,
    ...(before.length > 0 ? [`Before it, ${list(before)} ${before.length === 1 ? 'is' : 'are'} asked.`] : []),
    ...(denying.length > 0 ? [`What ${list(denying)} ${denying.length === 1 ? 'denies' : 'deny'} does not pass.`] : []),
    ...(after.length > 0 ? [`After it, ${list(after)} ${after.length === 1 ? 'is' : 'are'} asked.`] : []),
  ].join(' ');
}

/** "TCP 80, 8080–8090", "every port". */
export const portsInShort = (ports: PortSet): string =>
  formatPorts(ports).replace('All Connections', 'every port').replaceAll('-', '–').replaceAll(',', ', ');

/** Endpoints that may reach one, or that it may reach, with the ports. Pods of the same workload are left out. */
export function partners(
  connectivity: Connectivity,
  endpoint: Endpoint,
  direction: Direction,
): readonly { readonly other: Endpoint; readonly ports: PortSet }[] {
  const candidates = connectivity.candidates(endpoint, direction);
  return connectivity.endpoints.flatMap((other) => {
    if (other === endpoint || (candidates && !isMember(candidates, other.index))) return [];
    const ports = direction === 'ingress' ? connectivity.between(other, endpoint) : connectivity.between(endpoint, other);
    return isEmpty(ports) ? [] : [{ other, ports }];
  });
}

/** "every address outside on TCP 443": what stands outside, with its ports. None where nothing passes. */
export const worldPorts = (connectivity: Connectivity, endpoint: Endpoint, direction: Direction) =>
  outsideRanges(connectivity, endpoint, direction).map(({ first, name, ports }) => ({ first, text: `${name} on ${portsInShort(ports)}` }));

/** "In: isolated; Deployment web on TCP 80, and nobody else." */
function side(connectivity: Connectivity, endpoint: Endpoint, direction: Direction, link: Link): string {
  const word = direction === 'ingress' ? 'In' : 'Out';
  const openness = connectivity.openness(endpoint, direction);
  if (openness === 'open') return `${word}: not isolated; everything passes that the other side lets through.`;
  const known = partners(connectivity, endpoint, direction);
  const far = worldPorts(connectivity, endpoint, direction).map(({ text }) => text);
  const strangers = openness === 'isolated' ? unknownPartners(connectivity, endpoint, direction) : [];
  const parts = [
    ...(known.length > 0 ? [shortenedOf(known, ({ other, ports }) => `${linkedWorkload(other, link)} (${portsInShort(ports)})`, allOf)] : []),
    ...(far.length > 0 ? [shortened(far, allOf)] : []),
    ...(strangers.length > 0 ? [`whom the workspace does not hold, ${shortened(strangers, allOf)}`] : []),
  ];
  const state = openness === 'isolated' ? 'isolated' : 'not isolated, but denied in part';
  return `${word}: ${state}; ${direction === 'ingress' ? 'from' : 'to'} ${parts.length > 0 ? parts.join('; ') : 'nobody'}.`;
}

/** Which policies apply to a workload's pods, and what comes of them. */
export function workloadInCluster(connectivity: Connectivity, endpoint: Endpoint, link: Link): string {
  const policies = new Set([...listed(connectivity.policiesOf(endpoint, 'ingress')), ...listed(connectivity.policiesOf(endpoint, 'egress'))]);
  const first =
    policies.size === 0
      ? 'No policy selects these pods.'
      : `Selected by ${shortenedOf([...policies], (policy) => linkedPolicy(policy, link), allOf)}.`;
  return [first, ...(policies.size === 0 ? [] : [side(connectivity, endpoint, 'ingress', link), side(connectivity, endpoint, 'egress', link)])].join(
    '\n\n',
  );
}

/** The known pods behind a Service. */
export function endpointsOf({ selector, namespace }: Service, connectivity: Connectivity): readonly Endpoint[] {
  if (!selector || namespace === undefined) return [];
  return connectivity.labelled(selectorOf(selector), namespace);
}

/** Who may call a Service, a line a port: "TCP 80 → 8080: Deployment web." */
export function serviceInCluster(service: Service, connectivity: Connectivity, link: Link): string | undefined {
  const targets = endpointsOf(service, connectivity);
  if (connectivity.endpoints.length === 0) return undefined;
  if (targets.length === 0) return 'No pod that the workspace knows is behind it.';
  const lines = service.ports.map((own) => {
    const { port, targetPort, protocol } = own;
    const callers = new Set<Endpoint>();
    const outside = new Set<string>();
    let open = false;
    for (const target of targets) {
      const number = targetPortAt(own, target.ports);
      if (number === undefined || !isProtocol(protocol)) continue;
      open ||= connectivity.openness(target, 'ingress') === 'open';
      for (const { other, ports } of partners(connectivity, target, 'ingress')) if (hasPort(ports, protocol, number)) callers.add(other);
      for (const { name, ports } of outsideRanges(connectivity, target, 'ingress')) if (hasPort(ports, protocol, number)) outside.add(name);
    }
    const found = [...(callers.size > 0 ? [names([...callers], link)] : []), ...(outside.size > 0 ? [shortened([...outside], allOf)] : [])];
    const who = open ? 'everyone whose own policies allow it' : found.length > 0 ? found.join('; ') : 'nobody that the workspace knows';
    return `- ${protocol} ${port} → ${targetPort}: may be called by ${who}`;
  });
  return [`Behind it: ${names(targets, link)}.`, lines.join('\n')].join('\n\n');
}

/** "Container port `http`, TCP 8080 of Deployment web." for a port of a rule. */
export function portInCluster(range: PortRange, targets: readonly Endpoint[], link: Link): string | undefined {
  const found = targets.flatMap((endpoint) => endpoint.ports.filter((own) => isAmongPorts(own, range)).map((own) => ({ own, endpoint })));
  const named = ({ own, endpoint }: (typeof found)[number]) =>
    `${own.name ? `${code(own.name)}, ` : ''}${own.protocol} ${own.port} of ${linkedWorkload(endpoint, link)}`;
  if (targets.length === 0 || (found.length === 0 && targets.some(({ workload }) => workload.morePorts))) return undefined;
  return found.length > 0
    ? `Container port ${shortenedOf(found, named, allOf)}.`
    : capitalised(`no container of ${names(targets, link)} declares it.`);
}

/** For where no pod is known, and something that no file holds is applied. */
export const mayBeMore = 'There may be others: not all that is applied is in the workspace.';

/** "Namespaces: `shop` and `edge`" for a namespaceSelector. */
export function namespacesNow(found: readonly string[], { namespaces }: Cluster): string {
  if (found.length === 0) return 'Now: no namespace that the workspace knows.';
  const list = found.map((name) => `${code(name)}${namespaces.get(name)?.declared ? '' : ' (assumed)'}`);
  return `Now: ${found.length === 1 ? 'namespace' : 'the namespaces'} ${shortened(list, allOf)}.`;
}
