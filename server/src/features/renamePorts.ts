import type { CompiledRule } from '../connectivity/compile.ts';
import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { membersOf } from '../connectivity/podSets.ts';
import { endpointsOf } from '../explain/inCluster.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { type Direction, directions } from '../model/policy.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Node, ScalarNode } from '../syntax/node.ts';
import { policiesOf } from '../workspace/reading.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { isWritten, visitNodes } from './visitNodes.ts';

/** Renaming of a container port's name, which Services, probes and policies of every language refer to. */

export interface PortTarget {
  readonly is: 'port';
  readonly name: string;
  readonly workloads: readonly Endpoint[];
}

const allOfClasses = (some: readonly Endpoint[], { classes }: Connectivity): readonly Endpoint[] => some.flatMap(({ index }) => classes[index] ?? []);

/** The pods on whose ports a rule opens or denies. */
function destinations({ anyPeer, pods, policy }: CompiledRule, direction: Direction, { endpoints, classes }: Connectivity): readonly Endpoint[] {
  if (direction === 'egress' && anyPeer) return endpoints;
  return (direction === 'ingress' ? [policy.subject] : pods).flatMap((set) => membersOf(set).flatMap((index) => classes[index] ?? []));
}

interface Referring {
  readonly rule: CompiledRule;
  readonly targets: readonly Endpoint[];
}

/** The rules of a resource that name a port, and the pods at which they do. */
function rulesNaming(name: string, resource: Resource, view: WorkspaceView, connectivity: Connectivity): readonly Referring[] {
  return policiesOf(view.readingOf(resource) ?? {}).flatMap((located) =>
    directions.flatMap((direction) =>
      (connectivity.compiledOf(located)?.rules[direction] ?? []).flatMap((rule) =>
        rule.rule.ports.some(({ port }) => port === name) ? [{ rule, targets: destinations(rule, direction, connectivity) }] : [],
      ),
    ),
  );
}

const declares = ({ ports }: Endpoint, name: string): boolean => ports.some((port) => port.name === name);

/** Everything that refers to a port name at some of the pods refers to it at all of them: who else is meant comes along. */
function closure(name: string, first: readonly Endpoint[], view: WorkspaceView): readonly Endpoint[] {
  const connectivity = connectivityOf(view.cluster);
  const groups = [...view.readings()].flatMap(({ resource, service }) => [
    ...rulesNaming(name, resource, view, connectivity).map(({ targets }) => targets),
    ...(service?.value.ports.some(({ targetPort }) => targetPort === name) ? [endpointsOf(service.value, connectivity)] : []),
  ]);
  const found = new Set(allOfClasses(first, connectivity));
  for (let grown = true; grown; ) {
    grown = false;
    for (const targets of groups) {
      const meant = targets.filter((endpoint) => declares(endpoint, name));
      if (!meant.some((endpoint) => found.has(endpoint))) continue;
      for (const endpoint of meant) {
        if (found.has(endpoint)) continue;
        found.add(endpoint);
        grown = true;
      }
    }
  }
  return [...found];
}

/** Keys under which policies name ports, of all languages: a list of them, or one. */
const portKeys: ReadonlySet<string> = new Set(['port', 'ports', 'notPorts', 'namedPort', 'destinationNamedPort']);

/** The places at which rules name a port. */
function namesIn(resource: Resource, name: string, rules: readonly Referring[]): readonly ScalarNode[] {
  const found: ScalarNode[] = [];
  visitNodes(resource.root, (node, path) => {
    if (!isWritten(node) || node.text !== name || !portKeys.has(path.at(-1) ?? '')) return;
    if (rules.some(({ rule }) => rule.rule.source.start <= node.start && node.end <= rule.rule.source.end)) found.push(node);
  });
  return found;
}

/** The port that a policy names at a place; undefined where no pod has one of that name. */
export function portOfPolicy(resource: Resource, node: Node, view: WorkspaceView): PortTarget | undefined {
  if (!isWritten(node)) return undefined;
  const name = node.text;
  const rules = rulesNaming(name, resource, view, connectivityOf(view.cluster));
  const targets = rules.flatMap((one) => (namesIn(resource, name, [one]).includes(node) ? one.targets : [])).filter((pod) => declares(pod, name));
  return targets.length > 0 ? { is: 'port', name, workloads: closure(name, targets, view) } : undefined;
}

/** The name of a container port under the cursor. */
export function portOfContainer(
  document: DocumentText,
  offset: number,
  view: WorkspaceView,
): { readonly target: PortTarget; readonly at: ScalarNode } | undefined {
  const connectivity = connectivityOf(view.cluster);
  for (const resource of resourcesOf(document)) {
    const located = view.readingOf(resource)?.workload;
    const endpoint = located && connectivity.endpoints.find(({ workload }) => workload === located.value);
    const name = endpoint && portNames(resource, undefined).find((node) => node.start <= offset && offset <= node.end);
    if (name) return { target: { is: 'port', name: name.text, workloads: closure(name.text, [endpoint], view) }, at: name };
  }
  return undefined;
}

/** The scalars that name container ports in a workload's manifest, all or those of one name. */
function portNames(resource: Resource, name: string | undefined): readonly ScalarNode[] {
  const found: ScalarNode[] = [];
  visitNodes(resource.root, (node, path) => {
    if (node.kind !== 'scalar' || path.at(-1) !== 'name' || path.at(-2) !== 'ports' || node.style === 'folded') return;
    if (name === undefined || node.text === name) found.push(node);
  });
  return found;
}

/** The scalars of a resource of the view that name the port. */
export function portNodes(resource: Resource, { name, workloads }: PortTarget, view: WorkspaceView): readonly ScalarNode[] {
  const connectivity = connectivityOf(view.cluster);
  const reading = view.readingOf(resource);
  const isMeant = (endpoints: readonly Endpoint[]) => endpoints.some(({ index }) => workloads.some((workload) => workload.index === index));
  const named = (key: string) => {
    const found: ScalarNode[] = [];
    visitNodes(resource.root, (node, path) => {
      if (isWritten(node) && path.at(-1) === key && node.text === name) found.push(node);
    });
    return found;
  };
  if (reading?.workload) {
    if (!workloads.some(({ workload }) => workload === reading.workload?.value)) return [];
    // Probes and hooks name the ports of their own containers.
    return [...portNames(resource, name), ...named('port')];
  }
  if (reading?.service) return isMeant(endpointsOf(reading.service.value, connectivity)) ? named('targetPort') : [];
  return namesIn(
    resource,
    name,
    rulesNaming(name, resource, view, connectivity).filter(({ targets }) => isMeant(targets)),
  );
}
