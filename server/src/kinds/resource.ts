import { type DocumentText, PerDocument } from '../syntax/manifestText.ts';
import { entryOf, isMap, isScalar, itemsOf, type MapNode, resolve, valueAt } from '../syntax/node.ts';
import { nameOf, stringOf } from '../syntax/scalar.ts';
import { type Carried, carriedIn } from './carried.ts';
import type { KindTable } from './fieldTypes.ts';
import { intendedTable, kindTables, policyTableOf, policyTables, tableOf } from './registry.ts';

/** One Kubernetes object of a document: the document itself, an item of a List, or a policy that stands inside another object. */
export interface Resource {
  readonly document: DocumentText;
  readonly root: MapNode;
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  /** As written; undefined where absent. */
  readonly namespace: string | undefined;
  /**
   * The table that describes it. For a policy kind with a wrong apiVersion, and for an object of a policy's API group
   * without a kind, the table that was most likely meant.
   */
  readonly table: KindTable | undefined;
  /** Of a policy that stands inside another object, which makes it: see `Carried`. Undefined for what is applied as it is written. */
  readonly carrier?: string | undefined;
}

// A Kubernetes version is v1, v1beta1 and the like, after an optional group with dots or one of the old short groups.
const apiVersionPattern = /^([a-z0-9.-]+\/)?v\d+((alpha|beta)\d+)?$/;

function readResource(document: DocumentText, { root, implied, carrier }: Root, index: number): KnownResource {
  const apiVersion = stringOf(valueAt(root, 'apiVersion')) ?? implied?.apiVersion;
  const kind = stringOf(valueAt(root, 'kind')) ?? implied?.kind;
  let table = intendedTable(apiVersion, kind);
  // Half-typed: the group alone decides where only one policy kind can have such a spec.
  if (!table && kind === undefined && apiVersion !== undefined && valueAt(root, 'spec', 'podSelector')) {
    table = policyTables.find((candidate) => candidate.apiVersion === apiVersion);
  }
  const [name = implied?.name, namespace] = ['name', 'namespace'].map((key) => nameOf(valueAt(root, 'metadata', key)));
  return new KnownResource(document, { apiVersion, kind, name, namespace, table, carrier }, index, root);
}

const cache = new PerDocument<readonly KnownResource[]>({ lasts: true });

/**
 * The Kubernetes objects of a document; none for a document that is not a manifest (a workflow, a Compose file).
 * `kind: List`, and any kind that ends in List and has items, gives its items.
 */
export function resourcesOf(document: DocumentText): readonly Resource[] {
  let resources = cache.get(document);
  if (!resources) {
    resources = readResources(document);
    cache.set(document, resources);
  }
  return resources;
}

/** What is known of a resource without its text. `table` is named by API version and kind, true where they are the resource's own. */
export interface ResourceFacts {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly table?: true | readonly [apiVersion: string, kind: string] | undefined;
  readonly carrier?: string | undefined;
}

export const factsOfResource = ({ apiVersion, kind, name, namespace, table, carrier }: Resource): ResourceFacts => ({
  ...{ apiVersion, kind, name, namespace, carrier },
  table: table && ((table.apiVersion === apiVersion && table.kind === kind) || [table.apiVersion, table.kind]),
});

const nothing: MapNode = { kind: 'map', start: 0, end: 0, flow: true, entries: [] };

/** A resource whose document is parsed when its root is asked for and nobody has parsed it. */
class KnownResource implements Resource {
  readonly document: DocumentText;
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly table: KindTable | undefined;
  readonly carrier: string | undefined;
  private readonly index: number;
  private found: MapNode | undefined;

  constructor(
    document: DocumentText,
    { apiVersion, kind, name, namespace, table, carrier }: Omit<Resource, 'document' | 'root'>,
    index: number,
    root?: MapNode,
  ) {
    this.document = document;
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.name = name;
    this.namespace = namespace;
    this.table = table;
    this.carrier = carrier;
    this.index = index;
    this.found = root;
  }

  get root(): MapNode {
    if (!this.found) {
      // All of a list at once: to look for each of thousands among them would take their square.
      const roots = rootsOf(this.document);
      for (const one of cache.get(this.document) ?? []) one.found = roots[one.index]?.root ?? nothing;
    }
    return this.found ?? nothing;
  }

  letGo(): void {
    this.found = undefined;
  }
}

/** The objects of a document of which all but the text is known. */
export function restoreResources(document: DocumentText, facts: readonly ResourceFacts[]): readonly Resource[] {
  const resources = facts.map(({ apiVersion, kind, name, namespace, table: named, carrier }, i) => {
    const table = named && (named === true ? tableOf(apiVersion ?? '', kind ?? '') : tableOf(...named));
    return new KnownResource(document, { apiVersion, kind, name, namespace, table, carrier }, i);
  });
  cache.set(document, resources);
  return resources;
}

/** Lets go of a document's tree, and of its resources' roots, until somebody asks for them. */
export function letGoOf(document: DocumentText): void {
  document.letGo();
  for (const resource of cache.get(document) ?? []) resource.letGo();
}

interface Root {
  readonly root: MapNode;
  /** What an item of a list, or what is carried, need not say. */
  readonly implied?: Carried['implied'];
  readonly carrier?: string;
}

function rootsOf(document: DocumentText): readonly Root[] {
  const root = resolve(document.parsed.root);
  if (!root || isScalar(root)) return [];
  const roots = isMap(root) ? objectsOf(root) : [];
  if (!mentionsPolicy(document.text)) return roots;
  if (roots.length === 0) return carriedIn(root, '');
  return roots.flatMap((one): readonly Root[] => {
    const [apiVersion, kind] = [stringOf(valueAt(one.root, 'apiVersion')), stringOf(valueAt(one.root, 'kind'))];
    return one.implied || intendedTable(apiVersion, kind) ? [one] : [one, ...carriedIn(one.root, kind ?? '')];
  });
}

/** The object that a mapping is, or those that it lists to be applied as they are. */
function objectsOf(root: MapNode): readonly Root[] {
  const apiVersion = stringOf(valueAt(root, 'apiVersion'));
  const kind = stringOf(valueAt(root, 'kind'));
  if (apiVersion !== undefined && !apiVersionPattern.test(apiVersion) && !(kind !== undefined && policyTableOf(kind))) return [];
  if (kind?.endsWith('List') && entryOf(root, 'items')) {
    // Items of a PodList need not say that they are Pods.
    const implied = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -4) };
    return itemsOf(valueAt(root, 'items')).flatMap((item) => (isMap(item) ? [{ root: item, implied }] : []));
  }
  if (kind === 'Template' && /^(template\.openshift\.io\/)?v1$/.test(apiVersion ?? '')) {
    const objects = itemsOf(valueAt(root, 'objects')).flatMap((item) => (isMap(item) ? [{ root: item }] : []));
    // That of new projects makes a namespace each time.
    return objects.some((object) => /^Project(Request)?$/.test(stringOf(valueAt(object.root, 'kind')) ?? '')) ? [{ root }] : objects;
  }
  if (apiVersion === undefined && (kind === undefined || !policyTableOf(kind))) return [];
  return [{ root }];
}

function readResources(document: DocumentText): readonly KnownResource[] {
  return mayHoldKnownKind(document.text) ? rootsOf(document).map((root, i) => readResource(document, root, i)) : [];
}

const kindMention = /\bkind["']?\s*:\s*(?:&\S+\s+)?["']?([A-Za-z]+)/gi;
const knownKinds = new Set(kindTables.map((table) => table.kind.toLowerCase()));
const policyKinds = new Set(policyTables.map((table) => table.kind.toLowerCase()));
/** Begins with a word, which is looked for fast. */
const policyApi = new RegExp(
  `apiVersion["']?\\s*:\\s*["']?(?:${[...new Set(policyTables.map(({ apiVersion }) => apiVersion))].join('|').replaceAll('.', '\\.')})`,
);

/**
 * Whether a text may hold a resource of a kind that netpol reads, judged without parsing: false only where it holds
 * none. A text of a policy's API group counts while its kind is being typed.
 */
export function mayHoldKnownKind(text: string): boolean {
  for (const match of text.matchAll(kindMention)) if (knownKinds.has((match[1] as string).toLowerCase().replace(/(?<=.)list$/, ''))) return true;
  return policyApi.test(text);
}

function mentionsPolicy(text: string): boolean {
  for (const match of text.matchAll(kindMention)) if (policyKinds.has((match[1] as string).toLowerCase())) return true;
  return false;
}
