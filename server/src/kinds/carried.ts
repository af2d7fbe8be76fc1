import { entryOf, isMap, isScalar, isSeq, type MapNode, type Node, resolve, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { intendedTable } from './registry.ts';

/**
 * A policy that stands inside another object, which makes it: in a Composition of Crossplane, a ResourceSet of Flux, a policy of Kyverno or of
 * Open Cluster Management, a graph of kro, among a chart's values, in a playbook. Where it lands, and with what in it, is the other's to say.
 */
export interface Carried {
  readonly root: MapNode;
  /** What it need not say itself. */
  readonly implied?: { readonly apiVersion: string | undefined; readonly kind: string; readonly name?: string | undefined } | undefined;
  /** Kind of the object around it; empty where that is none, as in a chart's values. */
  readonly carrier: string;
}

/** Keys below which an object is compared with others, or named, and not made. Sources: kyverno/chainsaw, Kubernetes' ObjectMeta. */
const notMade: ReadonlySet<string> = new Set(['assert', 'error', 'expect', 'ownerReferences']);

const hasSpec = (node: MapNode): boolean => entryOf(node, 'spec') !== undefined || entryOf(node, 'specs') !== undefined;

/** What a mapping makes: itself, or of a rule of Kyverno what stands in its `data`. What only names a policy makes none. */
function carriedAs(node: MapNode, carrier: string): Carried | undefined {
  const [apiVersion, kind] = [stringOf(valueAt(node, 'apiVersion')), stringOf(valueAt(node, 'kind'))];
  const table = kind === undefined ? undefined : intendedTable(apiVersion, kind);
  if (kind === undefined || !table?.validated) return undefined;
  if (hasSpec(node)) return apiVersion === undefined ? undefined : { root: node, carrier };
  const data = resolve(valueAt(node, 'data'));
  if (!isMap(data) || !hasSpec(data)) return undefined;
  // Kyverno looks for the API version where none is written.
  return { root: data, implied: { apiVersion: apiVersion ?? table.apiVersion, kind, name: stringOf(valueAt(node, 'name')) }, carrier };
}

/** The policies that an object, or any other text, carries, in the order in which they stand there. */
export function carriedIn(root: Node, carrier: string): readonly Carried[] {
  const found: Carried[] = [];
  // What aliases repeat is looked at once: a few can stand for a million.
  const seen = new Set<Node>();
  const visit = (written: Node): void => {
    const node = resolve(written);
    if (!node || isScalar(node) || seen.has(node)) return;
    seen.add(node);
    if (isSeq(node)) {
      for (const { value } of node.items) visit(value);
      return;
    }
    const carried = node === root ? undefined : carriedAs(node, carrier);
    if (carried) {
      found.push(carried);
      return;
    }
    // Open Cluster Management: what must not be there.
    if (stringOf(valueAt(node, 'complianceType'))?.toLowerCase() === 'mustnothave') return;
    for (const { key, value } of node.entries) if (!notMade.has(key.text)) visit(value);
  };
  visit(root);
  return found.sort((a, b) => a.root.start - b.root.start);
}
