import { readLabels } from '../kinds/kubernetes/readWorkload.ts';
import type { Resource } from '../kinds/resource.ts';
import { afterOperations, type MergeKeys, merged, type Operation } from '../syntax/graft.ts';
import { readManifestText } from '../syntax/manifestText.ts';
import { isMap, isSeq, itemsOf, type MapNode, type Node, resolve, valueAt } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';

/** For which resources a patch is: regular expressions, each for the whole of what it is compared with, and selectors of labels and annotations. Absent: any. */
export interface PatchTarget {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

/** A change of single resources that a kustomization lists. Plain data, which JSON carries. */
export interface Patch {
  /** YAML or JSON: parts of resources (a strategic merge), or a list of operations (RFC 6902). */
  readonly text: string;
  /** Absent: each part is for the resource that it names. */
  readonly target?: PatchTarget;
  readonly mayRename?: true;
}

/** What a resource is called at some point of what kustomizations do to it. */
export interface Names {
  readonly name: string;
  readonly namespace: string;
}

type Part =
  | {
      readonly is: 'merge';
      readonly apiVersion: string;
      readonly kind: string;
      readonly names: Names;
      /** Without what says for which resource it is. */
      readonly root: MapNode;
      readonly withName: MapNode;
    }
  | { readonly is: 'operations'; readonly list: readonly Operation[] };

const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;

/** The keys of a JSON pointer; undefined for what is none. Source: RFC 6901. */
const pointer = (node: Node | undefined): readonly string[] | undefined => {
  const text = stringOf(node);
  if (text === '') return [];
  if (!text?.startsWith('/')) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
};

function readOperation(node: Node): readonly Operation[] {
  const op = operations.find((one) => one === stringOf(valueAt(node, 'op')));
  const [path, from, value] = [pointer(valueAt(node, 'path')), pointer(valueAt(node, 'from')), valueAt(node, 'value')];
  return op && path ? [{ op, path, ...(from ? { from } : {}), ...(value ? { value } : {}) }] : [];
}

/** What kustomize calls a resource: what is in no namespace has one that none is called, and what names none is in `default`. Source: kyaml/resid/resid.go. */
export const namesOf = (kind: string | undefined, name: string | undefined, namespace: string | undefined): Names => ({
  name: name ?? '',
  namespace: kind === 'Namespace' ? '_non_namespaceable_' : namespace || 'default',
});

/** A resource without some fields at its top, and without others in its metadata. */
const without = (root: MapNode, top: readonly string[], metadata: readonly string[]): MapNode => ({
  ...root,
  entries: root.entries.flatMap((entry) => {
    if (top.includes(entry.key.text)) return [];
    const { value } = entry;
    if (entry.key.text !== 'metadata' || !isMap(value)) return [entry];
    return [{ ...entry, value: { ...value, entries: value.entries.filter(({ key }) => !metadata.includes(key.text)) } }];
  }),
});

function readPart(root: Node | undefined): readonly Part[] {
  if (isSeq(root)) {
    const list = itemsOf(root).flatMap(readOperation);
    // One that cannot be read makes the whole refused.
    return list.length === root.items.length ? [{ is: 'operations', list }] : [];
  }
  if (!isMap(root)) return [];
  const [apiVersion = '', kind = ''] = ['apiVersion', 'kind'].map((key) => stringOf(valueAt(root, key)));
  const [name, namespace] = ['name', 'namespace'].map((key) => stringOf(valueAt(root, 'metadata', key)));
  const unnamed = (metadata: readonly string[]) => without(root, ['apiVersion', 'kind'], metadata);
  return [
    {
      is: 'merge',
      apiVersion,
      kind,
      names: namesOf(kind, name, namespace),
      root: unnamed(['name', 'namespace']),
      withName: unnamed(['namespace']),
    },
  ];
}

const parts = new WeakMap<Patch, readonly Part[]>();

function partsOf(patch: Patch): readonly Part[] {
  let known = parts.get(patch);
  if (!known) {
    known = readManifestText(patch.text, 'patch.yaml').documents.flatMap(({ document }) => readPart(resolve(document.parsed.root)));
    parts.set(patch, known);
  }
  return known;
}

/** Longest text that is kept for a patch that it may be, UTF-16 code units. */
const longestOperations = 1_000_000;

/** Whether a text may be a list of operations: they begin with a dash or a bracket, and no manifest does. */
export const mayBeOperations = (text: string): boolean =>
  text.length <= longestOperations && /^(?:[ \t]*(?:#.*|---[ \t]*)?\r?\n)*[ \t]*(?:-[ \t\r\n]|\[)/.test(text) && /\bop["']?[ \t]*:/.test(text);

const count = (text: string, signs: RegExp): number => text.match(signs)?.length ?? 0;

/**
 * Whether a pattern takes little however the text looks: short, and with few ways to match. No group is repeated, referred to or looks ahead;
 * where there are groups, one repetition and four bars are the most, for `(a|a)(a|a)…` doubles the ways with each; else two repetitions.
 */
function isQuick(pattern: string): boolean {
  if (pattern.length > 200 || /\)[*+?{]|\\\d|\(\?/.test(pattern)) return false;
  const hasGroups = pattern.includes('(');
  return count(pattern, /[*+?{]/g) <= (hasGroups ? 1 : 2) && (!hasGroups || count(pattern, /\|/g) <= 4);
}

/**
 * Whether a pattern matches a whole text. Patterns stand in files that anybody may have written: those that may take long match nothing.
 * Source: kubernetes-sigs/kustomize api/types/selector.go.
 */
function matches(pattern: string | undefined, text: string): boolean {
  if (!pattern || pattern === text) return true;
  if (!isQuick(pattern) || text.length > 253) return false;
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

/** Whether labels match a selector as it is written in one line: `a=b,c!=d,e,!f`. Lists (`in (…)`) are not read and match nothing. */
function matchesLabels(selector: string | undefined, node: Node | undefined): boolean {
  if (!selector) return true;
  const labels = readLabels(node);
  return selector.split(',').every((term) => {
    const [, not, key = '', operator, value] = /^(!?)([^=!()]+)(?:(!=|==?)([^=!()]*))?$/.exec(term.replaceAll(' ', '')) ?? [];
    if (key === '') return false;
    if (operator === undefined) return Object.hasOwn(labels, key) !== (not === '!');
    return (labels[key] === value) === (operator !== '!=');
  });
}

const splitVersion = (apiVersion: string): readonly [group: string, version: string] => {
  const slash = apiVersion.indexOf('/');
  return [apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1)];
};

/** Whether a patch's target is a resource, as it is now. `names` are what it was called first and is called now. */
function isTarget(target: PatchTarget, { apiVersion = '', kind = '' }: Resource, root: MapNode, names: readonly Names[]): boolean {
  const [group, version] = splitVersion(apiVersion);
  const ends = [names[0], names.at(-1)];
  return (
    matches(target.kind, kind) &&
    matches(target.group, group) &&
    matches(target.version, version) &&
    ends.some((one) => one && matches(target.name, one.name)) &&
    ends.some((one) => one && matches(target.namespace, one.namespace)) &&
    matchesLabels(target.labelSelector, valueAt(root, 'metadata', 'labels')) &&
    matchesLabels(target.annotationSelector, valueAt(root, 'metadata', 'annotations'))
  );
}

/**
 * Lists of Kubernetes' own kinds that are merged item by item, of those that say something of traffic. Source: the patch-merge-key and
 * list-map-keys in kubernetes/kubernetes api/openapi-spec/swagger.json.
 */
const mergeKeys: MergeKeys = (path) => {
  const [last, before] = [path.at(-1), path.at(-2)];
  if (last === 'containers' || last === 'initContainers') return ['name'];
  if (last !== 'ports') return undefined;
  if (before === 'containers' || before === 'initContainers') return ['containerPort', 'protocol'];
  return path.length === 2 ? ['port', 'protocol'] : undefined;
};
const noMergeKeys: MergeKeys = () => undefined;

const builtIn = /^(?:v1|(?:apps|batch)\/v1)$/;

/** The resource after one patch that is for it; undefined where it is taken away. */
function afterPart(root: MapNode, part: Part, { apiVersion = '' }: Resource, mayRename: boolean): MapNode | undefined {
  // An operation that cannot be done makes the whole refused.
  if (part.is === 'operations') return afterOperations(root, part.list) ?? root;
  return merged(root, mayRename ? part.withName : part.root, builtIn.test(apiVersion) ? mergeKeys : noMergeKeys);
}

/**
 * The tree of a resource as patches leave it; itself where none of them is for it, undefined where one takes it away. `names` are what it has
 * been called, the first and the last of them at their ends.
 */
export function patched(resource: Resource, root: MapNode, patches: readonly Patch[], names: readonly Names[]): MapNode | undefined {
  let now: MapNode | undefined = root;
  for (const patch of patches) {
    for (const part of partsOf(patch)) {
      if (!isFor(patch, part, resource, now, names)) continue;
      now = afterPart(now, part, resource, patch.mayRename === true);
      if (!now) return undefined;
    }
  }
  return now;
}

function isFor({ target }: Patch, part: Part, resource: Resource, root: MapNode, names: readonly Names[]): boolean {
  if (target) return isTarget(target, resource, root, names);
  if (part.is !== 'merge' || part.apiVersion !== resource.apiVersion || part.kind !== resource.kind) return false;
  return names.some(({ name, namespace }) => name === part.names.name && namespace === part.names.namespace);
}
