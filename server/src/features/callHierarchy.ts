import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { matches } from '../connectivity/evaluate.ts';
import { partners, portsInShort, worldPorts } from '../explain/inCluster.ts';
import { resourcesOf } from '../kinds/resource.ts';
import type { Direction } from '../model/policy.ts';
import { podsIn } from '../rules/inView.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { policiesOf } from '../workspace/reading.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { type FileRange, rangeOf } from './fileRange.ts';
import { placeAt } from './placeAt.ts';

/** A workload as a caller or a callee. */
export interface TrafficItem {
  /** "Deployment web". */
  readonly name: string;
  readonly detail: string;
  /** Where it is written. */
  readonly place: FileRange;
  /** To find it again; undefined for what lies outside the cluster. */
  readonly workload: { readonly kind: string; readonly namespace: string; readonly name: string } | undefined;
}

export interface TrafficCall {
  readonly item: TrafficItem;
  /** The rules that let it through, or the other end where nothing isolates. */
  readonly because: readonly FileRange[];
}

function itemOf({ workload, origin }: Endpoint, detail = `namespace ${workload.namespace}`): TrafficItem {
  const { kind, namespace, name } = workload;
  return { name: `${kind} ${name}`, detail, place: rangeOf(origin), workload: { kind, namespace, name } };
}

/** The workloads that stand at an offset: the one that the manifest makes, or those that the policy selects. */
export function trafficItemsAt(document: DocumentText, offset: number, view: WorkspaceView): readonly TrafficItem[] {
  const resource = placeAt(document, offset)?.place.resource ?? resourcesOf(document)[0];
  if (!resource) return [];
  const connectivity = connectivityOf(view.cluster);
  const workload = view.readingOf(resource)?.workload;
  if (workload) {
    const endpoint = connectivity.endpointOf(workload.value);
    return endpoint ? [itemOf(endpoint)] : [];
  }
  const policies = policiesOf(view.readingOf(resource) ?? {});
  const selected = new Set(policies.flatMap((located) => podsIn(connectivity.compiledOf(located)?.subject, connectivity)));
  return [...selected].flatMap(({ index }) => (connectivity.classes[index] ?? []).map((endpoint) => itemOf(endpoint)));
}

const endpointOf = ({ workload }: TrafficItem, connectivity: Connectivity): Endpoint | undefined =>
  workload &&
  connectivity
    .endpointsIn(workload.namespace)
    .find((endpoint) => endpoint.workload.kind === workload.kind && endpoint.workload.name === workload.name);

/** The rules of an endpoint's own policies that let something pass from or to another. */
function rulesFor(connectivity: Connectivity, endpoint: Endpoint, direction: Direction, other: Endpoint | bigint): readonly FileRange[] {
  return connectivity.policiesOf(endpoint, direction).flatMap(([, policies]) =>
    policies.flatMap(({ rules, located }) =>
      rules[direction].flatMap((rule) => {
        if (rule.rule.action !== 'allow' || !matches(rule, other, endpoint)) return [];
        const { file, shift } = located.origin;
        return [{ file, at: { start: shift + rule.rule.source.start, end: shift + rule.rule.source.end } }];
      }),
    ),
  );
}

/** Who may reach an item (`ingress`), or whom it may reach. */
export function trafficCalls(item: TrafficItem, direction: Direction, view: WorkspaceView): readonly TrafficCall[] {
  const connectivity = connectivityOf(view.cluster);
  const endpoint = endpointOf(item, connectivity);
  if (!endpoint) return [];
  const calls = partners(connectivity, endpoint, direction).map(({ other, ports }): TrafficCall => {
    const because = rulesFor(connectivity, endpoint, direction, other);
    return { item: itemOf(other, `${portsInShort(ports)} · namespace ${other.workload.namespace}`), because };
  });
  const world = worldPorts(connectivity, endpoint, direction);
  if (world.length === 0) return calls;
  const [first] = world;
  const because = first ? rulesFor(connectivity, endpoint, direction, first.first) : [];
  const outside = {
    name: 'outside the cluster',
    detail: world.map(({ text }) => text).join(', '),
    place: because[0] ?? rangeOf(endpoint.origin),
    workload: undefined,
  };
  return [...calls, { item: outside, because }];
}
