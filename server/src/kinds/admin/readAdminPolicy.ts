import { type Action, type Direction, type Peer, type Policy, type PortRange, type Rule, tiers } from '../../model/policy.ts';
import { entryOf, isMap, isSeq, itemsOf, type Node, valueAt } from '../../syntax/node.ts';
import { integerOf, isNull, stringOf, stringsOf } from '../../syntax/scalar.ts';
import { readSelector } from '../kubernetes/readNetworkPolicy.ts';
import type { Resource } from '../resource.ts';

/** Text → model for the cluster-wide policies. What cannot be read is left out: rules of the catalogue say what is wrong with it. */

const actions: Readonly<Record<string, Action>> = { Allow: 'allow', Accept: 'allow', Deny: 'deny', Pass: 'pass' };

/** Pods by namespace labels alone, or by both. */
function readPods(
  node: Node | undefined,
): { readonly pods?: ReturnType<typeof readSelector>; readonly namespaces: ReturnType<typeof readSelector> } | undefined {
  if (entryOf(node, 'namespaces') && !isNull(valueAt(node, 'namespaces'))) return { namespaces: readSelector(valueAt(node, 'namespaces')) };
  const pods = valueAt(node, 'pods');
  if (!isMap(pods)) return undefined;
  return { namespaces: readSelector(valueAt(pods, 'namespaceSelector')), pods: readSelector(valueAt(pods, 'podSelector')) };
}

/**
 * The peers of one list item: `networks` gives one for each range, and means pods, too. Source: kubernetes-sigs/network-policy-api
 * apis/v1beta1/clusternetworkpolicy_types.go (Networks).
 */
export function readAdminPeers(node: Node | undefined): readonly Peer[] {
  const pods = readPods(node);
  if (pods) return [{ is: 'pods', ...pods }];
  if (isSeq(valueAt(node, 'networks')))
    return stringsOf(valueAt(node, 'networks')).map((cidr) => ({ is: 'addresses', cidr, except: [], pods: 'too' }));
  if (isSeq(valueAt(node, 'domainNames'))) return [{ is: 'domains', names: stringsOf(valueAt(node, 'domainNames')) }];
  return isMap(valueAt(node, 'nodes')) ? [{ is: 'nodes', nodes: readSelector(valueAt(node, 'nodes')) }] : [];
}

function range(protocol: string, first: Node | undefined, last?: Node): PortRange[] {
  const [port, endPort] = [integerOf(first), integerOf(last)];
  if (port === undefined) return [];
  return [{ protocol, port, ...(endPort === undefined ? {} : { endPort }) }];
}

/** The ports of one list item, of either version. */
export function readAdminPorts(node: Node | undefined): readonly PortRange[] {
  const name = stringOf(valueAt(node, 'namedPort')) ?? stringOf(valueAt(node, 'destinationNamedPort'));
  if (name !== undefined) return [{ protocol: 'ANY', port: name }];
  for (const key of ['portNumber', 'portRange']) {
    const value = valueAt(node, key);
    const protocol = stringOf(valueAt(value, 'protocol')) || 'TCP';
    if (isMap(value))
      return key === 'portNumber' ? range(protocol, valueAt(value, 'port')) : range(protocol, valueAt(value, 'start'), valueAt(value, 'end'));
  }
  for (const protocol of ['tcp', 'udp', 'sctp']) {
    if (!entryOf(node, protocol)) continue;
    const port = valueAt(node, protocol, 'destinationPort');
    if (!isMap(port)) return [{ protocol: protocol.toUpperCase() }];
    const bounds = valueAt(port, 'range');
    return isMap(bounds)
      ? range(protocol.toUpperCase(), valueAt(bounds, 'start'), valueAt(bounds, 'end'))
      : range(protocol.toUpperCase(), valueAt(port, 'number'));
  }
  return [];
}

/** A rule; undefined while its action is none, and for one whose peers or ports are written but name nothing that can be read. */
export function readAdminRule(node: Node | undefined, direction: Direction): Rule | undefined {
  const action = actions[stringOf(valueAt(node, 'action')) ?? ''];
  const peers = itemsOf(valueAt(node, direction === 'ingress' ? 'from' : 'to')).flatMap(readAdminPeers);
  const written = ['ports', 'protocols'].flatMap((key) => itemsOf(valueAt(node, key)));
  const ports = written.flatMap(readAdminPorts);
  if (!action || !node || peers.length === 0 || (written.length > 0 && ports.length === 0)) return undefined;
  const name = stringOf(valueAt(node, 'name'));
  return { action, peers, ports, ...(name ? { name } : {}), source: { start: node.start, end: node.end } };
}

/** AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy; undefined without a subject that can be read. */
export function readAdminPolicy(resource: Resource): Policy | undefined {
  const spec = valueAt(resource.root, 'spec');
  const subject = readPods(valueAt(spec, 'subject'));
  if (!subject) return undefined;
  const baseline = resource.kind === 'BaselineAdminNetworkPolicy' || stringOf(valueAt(spec, 'tier')) === 'Baseline';
  const rulesOf = (direction: Direction): readonly Rule[] | undefined =>
    entryOf(spec, direction) ? itemsOf(valueAt(spec, direction)).flatMap((rule) => readAdminRule(rule, direction) ?? []) : undefined;
  return {
    kind: resource.kind ?? '',
    name: resource.name,
    namespace: undefined,
    namespaced: false,
    tier: baseline ? tiers.baseline : tiers.admin,
    order: integerOf(valueAt(spec, 'priority')) ?? 0,
    subject,
    ingress: rulesOf('ingress'),
    egress: rulesOf('egress'),
    isolates: { ingress: false, egress: false },
  };
}
