import { memoizedByObject } from '../../model/memoized.ts';
import { type Direction, nobody, type Peer, type Policy, type PortRange, type Rule, tiers } from '../../model/policy.ts';
import type { Operator, Requirement, Selector } from '../../model/selector.ts';
import { entriesOf, isMap, isScalar, isSeq, itemsOf, type Node, resolve, valueAt } from '../../syntax/node.ts';
import { integerOf, isNull, scalarValue, stringOf, writtenOf } from '../../syntax/scalar.ts';
import type { Resource } from '../resource.ts';

/**
 * Text → model for networking.k8s.io/v1 NetworkPolicy. What cannot be read is left out: rules of the catalogue say what
 * is wrong with it. Source of the defaults: kubernetes/kubernetes pkg/apis/networking/v1/defaults.go.
 */
const operators: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'] satisfies Operator[];

function labelText(node: Node): string {
  const target = resolve(node);
  return isScalar(target) ? target.text : '';
}

/** A label selector; `{}`, nothing and what is no mapping select everything. */
export function readSelector(node: Node | undefined): Selector {
  const requirements: Requirement[] = [];
  const matchLabels = valueAt(node, 'matchLabels');
  if (isMap(matchLabels)) {
    for (const { key, value } of entriesOf(matchLabels)) requirements.push({ key: key.text, operator: 'In', values: [labelText(value)] });
  }
  // One that stands there a thousand times, by aliases, asks for no more than once.
  for (const expression of new Set(itemsOf(valueAt(node, 'matchExpressions')).map(resolve))) {
    const key = stringOf(valueAt(expression, 'key'));
    const operator = stringOf(valueAt(expression, 'operator'));
    if (key === undefined || operator === undefined || !operators.includes(operator)) continue;
    requirements.push({ key, operator: operator as Operator, values: itemsOf(valueAt(expression, 'values')).map(labelText) });
  }
  return { requirements };
}

/** Whether anything stands in a peer: `readPeer` gives one for it. */
export const holdsPeer = (node: Node | undefined): boolean =>
  isMap(valueAt(node, 'ipBlock')) || !isNull(valueAt(node, 'podSelector')) || !isNull(valueAt(node, 'namespaceSelector'));

function peerOf(node: Node): Peer | undefined {
  const block = valueAt(node, 'ipBlock');
  if (isMap(block)) {
    return { is: 'addresses', cidr: writtenOf(valueAt(block, 'cidr')) ?? '', except: itemsOf(valueAt(block, 'except')).map(labelText) };
  }
  const [pods, namespaces] = ['podSelector', 'namespaceSelector'].map((key) => valueAt(node, key));
  if (isNull(pods) && isNull(namespaces)) return undefined;
  return {
    is: 'pods',
    ...(isNull(pods) ? {} : { pods: readSelector(pods) }),
    ...(isNull(namespaces) ? {} : { namespaces: readSelector(namespaces) }),
  };
}

const peers = memoizedByObject((node: Node) => ({ peer: peerOf(node) }));

/** A peer; undefined while nothing stands in it. Rules ask for it again and again. */
export function readPeer(node: Node | undefined): Peer | undefined {
  // Aliases mean the same peer.
  const target = resolve(node);
  return target && peers(target).peer;
}

const isTemplated = (node: Node | undefined): boolean => isScalar(node) && node.templated === true;

/** A port as written; a number or a name alone, which the API server refuses, as itself. Rules ask for it again and again. */
export const readPort = memoizedByObject((node: Node): PortRange => {
  const port = isScalar(node) ? node : valueAt(node, 'port');
  const value = isScalar(port) && !isNull(port) ? scalarValue(port) : undefined;
  const endPort = integerOf(valueAt(node, 'endPort'));
  return {
    protocol: writtenOf(valueAt(node, 'protocol')) || 'TCP',
    ...(value?.type === 'integer' || value?.type === 'string' ? { port: value.value } : {}),
    ...(endPort === undefined ? {} : { endPort }),
  };
});

/** The peers of a rule. Where none of those that are written can be read, nobody: the API server refuses them, and takes them for no one else. */
function peersOf(list: Node | undefined): readonly Peer[] {
  const written = itemsOf(list);
  const read = written.flatMap((peer) => readPeer(peer) ?? []);
  if (read.length > 0 || isTemplated(list) || written.some(isTemplated)) return read;
  return written.length > 0 || !(isSeq(list) || isNull(list)) ? [nobody] : read;
}

/** A rule; `{}` and null allow everything. */
export function readRule(node: Node | undefined, direction: Direction): Rule {
  return {
    action: 'allow',
    peers: peersOf(valueAt(node, direction === 'ingress' ? 'from' : 'to')),
    ports: itemsOf(valueAt(node, 'ports')).map(readPort),
    source: { start: node?.start ?? 0, end: node?.end ?? 0 },
  };
}

const isListOf = (node: Node | undefined, holds: (item: Node) => boolean): boolean => isNull(node) || (isSeq(node) && itemsOf(node).every(holds));

/** Whether all of a rule can be read: the API server refuses what has other fields, or words in the place of peers and ports. */
export function isRead(node: Node | undefined, direction: Direction): boolean {
  const peersKey = direction === 'ingress' ? 'from' : 'to';
  const rule = resolve(node);
  if (!isMap(rule)) return isNull(rule);
  return (
    entriesOf(rule).every(({ key }) => key.text === peersKey || key.text === 'ports') &&
    isListOf(valueAt(rule, peersKey), holdsPeer) &&
    isListOf(valueAt(rule, 'ports'), (port) => isMap(port) || isNull(port))
  );
}

export function readNetworkPolicy(resource: Resource): Policy {
  const spec = valueAt(resource.root, 'spec');
  const rulesOf = (direction: Direction) => itemsOf(valueAt(spec, direction)).map((rule) => readRule(rule, direction));
  const written = valueAt(spec, 'policyTypes');
  const types = isSeq(written) && written.items.length > 0 ? itemsOf(written).map(labelText) : undefined;
  const [ingress, egress] = [rulesOf('ingress'), rulesOf('egress')];
  const isolates = {
    ingress: types === undefined || types.includes('Ingress'),
    egress: types === undefined ? egress.length > 0 : types.includes('Egress'),
  };
  return {
    kind: 'NetworkPolicy',
    name: resource.name,
    namespace: resource.namespace,
    namespaced: true,
    tier: tiers.namespace,
    order: 0,
    subject: { pods: readSelector(valueAt(spec, 'podSelector')) },
    ingress: isolates.ingress ? ingress : undefined,
    egress: isolates.egress ? egress : undefined,
    isolates,
  };
}
