import { readLabels } from '../kinds/kubernetes/readWorkload.ts';
import type { Resource } from '../kinds/resource.ts';
import type { Labels } from '../model/selector.ts';
import { withEntries } from '../syntax/graft.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { entriesOf, isMap, itemsOf, type MapNode, type Node, resolve, valueAt } from '../syntax/node.ts';
import { scalarValue, stringOf, stringsOf } from '../syntax/scalar.ts';
import { type Names, namesOf, type Patch, type PatchTarget, patched } from './patches.ts';

/**
 * What a kustomization does to its resources, as far as it touches who selects whom: patches first, then namespace, names and labels.
 * Source: kubernetes-sigs/kustomize api/types/kustomization.go, api/internal/konfig/builtinpluginconsts/commonlabels.go.
 */
export interface Transform {
  /** In order; absent: none. */
  readonly patches?: readonly Patch[];
  /** Those that come after all else: `patchesJson6902`. */
  readonly lastPatches?: readonly Patch[];
  readonly namespace?: string;
  /** The namespace of what names none, and is given none before. */
  readonly defaultNamespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly labels: readonly {
    readonly pairs: Labels;
    /** Also into selectors, and so into the pods' labels. */
    readonly selectors: boolean;
    /** Into the pods' labels. */
    readonly templates: boolean;
  }[];
}

/** Names that a kustomization's file may have. Source: kubernetes-sigs/kustomize api/konfig/general.go. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

export interface Kustomization {
  /** Files and folders, relative to the kustomization's own folder, in the order in which they are read. */
  readonly resources: readonly string[];
  /** Those of them that are components: what these do they do to all that their kustomization brings together, before it does its own. */
  readonly components: readonly string[];
  readonly transform: Transform;
  /** Files of patches, relative to the kustomization's own folder: what they hold are parts of other resources. */
  readonly patchFiles: readonly string[];
  /** Fields that change resources in ways that are not followed. */
  readonly beyond: readonly string[];
}

const notFollowed = ['replacements', 'helmCharts', 'helmChartInflationGenerator', 'transformers', 'generators', 'replicas', 'vars'];
/** Of those, what cannot change who selects whom. */
const harmless = new Set(['replicas', 'vars']);

const isTrue = (node: Node | undefined): boolean => {
  const scalar = resolve(node);
  return scalar?.kind === 'scalar' && JSON.stringify(scalarValue(scalar)).includes('true');
};

const targetKeys = ['group', 'version', 'kind', 'name', 'namespace', 'labelSelector', 'annotationSelector'] as const;

function readTarget(node: Node | undefined): PatchTarget | undefined {
  const target = resolve(node);
  if (!isMap(target)) return undefined;
  return Object.fromEntries(targetKeys.flatMap((key) => [[key, stringOf(valueAt(target, key))] as const].filter(([, value]) => value)));
}

/** A patch as a kustomization lists it: its text, or the file that holds it. */
type PatchSource = Omit<Patch, 'text'> & ({ readonly text: string } | { readonly path: string });

function readPatch(item: Node): readonly PatchSource[] {
  const [path, text] = ['path', 'patch'].map((key) => stringOf(valueAt(item, key)));
  const target = readTarget(valueAt(item, 'target'));
  const mayRename = isTrue(valueAt(item, 'options', 'allowNameChange'));
  const more = { ...(target ? { target } : {}), ...(mayRename ? { mayRename } : {}) } as const;
  if (path) return [{ path, ...more }];
  return text ? [{ text, ...more }] : [];
}

const readPatches = (root: Node, key: string): readonly PatchSource[] => itemsOf(valueAt(root, key)).flatMap(readPatch);

/** The patches of a kustomization, each list in the order in which it is applied. Source: kubernetes-sigs/kustomize api/internal/target/kusttarget_configplugin.go. */
const patchSources = (root: Node): Readonly<Record<'patches' | 'lastPatches', readonly PatchSource[]>> => ({
  patches: [
    ...stringsOf(valueAt(root, 'patchesStrategicMerge')).map((one) => (one.includes('\n') ? { text: one } : { path: one })),
    ...readPatches(root, 'patches'),
  ],
  lastPatches: readPatches(root, 'patchesJson6902'),
});

/** What the fields of a kustomization do, and of what else has the same ones. `textOf` gives the text of a file that they name, undefined where there is none. */
export function readTransform(root: MapNode, textOf: (path: string) => string | undefined = () => undefined): Transform {
  const [namespace, namePrefix, nameSuffix] = ['namespace', 'namePrefix', 'nameSuffix'].map((key) => stringOf(valueAt(root, key)));
  const common = readLabels(valueAt(root, 'commonLabels'));
  const labels = itemsOf(valueAt(root, 'labels')).map((item) => ({
    pairs: readLabels(valueAt(item, 'pairs')),
    selectors: isTrue(valueAt(item, 'includeSelectors')),
    templates: isTrue(valueAt(item, 'includeTemplates')) || isTrue(valueAt(item, 'includeSelectors')),
  }));
  const sources = patchSources(root);
  const withText = (key: keyof typeof sources): Partial<Transform> => {
    const patches = sources[key].flatMap((source): readonly Patch[] => {
      if ('text' in source) return [source];
      const { path, ...more } = source;
      const text = textOf(path);
      return text === undefined ? [] : [{ text, ...more }];
    });
    return patches.length > 0 ? { [key]: patches } : {};
  };
  return {
    ...withText('patches'),
    ...withText('lastPatches'),
    ...(namespace ? { namespace } : {}),
    ...(namePrefix ? { namePrefix } : {}),
    ...(nameSuffix ? { nameSuffix } : {}),
    labels: [...(Object.keys(common).length > 0 ? [{ pairs: common, selectors: true, templates: true }] : []), ...labels],
  };
}

/** Reads a kustomization; undefined for a document that is none. `textOf` is that of `readTransform`. */
export function readKustomization({ parsed }: DocumentText, textOf: (path: string) => string | undefined): Kustomization | undefined {
  const root = resolve(parsed.root);
  if (!isMap(root)) return undefined;
  const keys = new Set(entriesOf(root).map(({ key }) => key.text));
  return {
    resources: ['resources', 'bases', 'components'].flatMap((key) => stringsOf(valueAt(root, key))),
    components: stringsOf(valueAt(root, 'components')),
    patchFiles: Object.values(patchSources(root)).flatMap((list) => list.flatMap((source) => ('path' in source ? [source.path] : []))),
    transform: readTransform(root, textOf),
    beyond: notFollowed.filter((key) => keys.has(key) && !harmless.has(key)),
  };
}

/** Most changes by components that are followed: those that bring in each other twice add up to a power of two. */
const mostChanges = 100;

/** What a kustomization does to its own resources, in order: what its components do, and then what it does itself. */
export const changesOf = ({ components, transform }: Kustomization, byComponent: (path: string) => readonly Transform[]): readonly Transform[] => [
  ...components.flatMap(byComponent).slice(0, mostChanges),
  transform,
];

/** Of what is done to the resources of a kustomization, that which is done to those that it brings in by a path: a component comes after those before it. */
export function changesBehind(
  { components }: Kustomization,
  path: string,
  changes: readonly Transform[],
  byComponent: (path: string) => readonly Transform[],
): readonly Transform[] {
  const before = components.slice(0, components.indexOf(path) + 1).reduce((count, component) => count + byComponent(component).length, 0);
  return changes.slice(Math.min(before, mostChanges));
}

/** Where kustomize puts labels that are to be in selectors, and whether it makes what is missing on the way. Source: as for `Transform`. */
const selectorPaths: Readonly<Record<string, readonly (readonly [path: readonly string[], create: boolean])[]>> = {
  'v1 Service': [[['spec', 'selector'], true]],
  'networking.k8s.io/v1 NetworkPolicy': [
    [['spec', 'podSelector', 'matchLabels'], false],
    [['spec', 'ingress', '*', 'from', '*', 'podSelector', 'matchLabels'], false],
    [['spec', 'egress', '*', 'to', '*', 'podSelector', 'matchLabels'], false],
  ],
};

/** Where the labels of pods are, of the kinds that kustomize knows to make some. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['apps/v1 Deployment', 'apps/v1 ReplicaSet', 'apps/v1 DaemonSet', 'apps/v1 StatefulSet', 'batch/v1 Job', 'v1 ReplicationController'].map(
      (kind) => [kind, ['spec', 'template', 'metadata', 'labels']],
    ),
  ),
  'batch/v1 CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels'],
};

/** A resource's tree with the labels of a transform. */
function labelled(root: MapNode, kind: string, { labels }: Transform): MapNode {
  let now = root;
  const template = templatePaths[kind];
  for (const { pairs, selectors, templates } of labels) {
    now = withEntries(now, ['metadata', 'labels'], pairs, true);
    if (template && (selectors || templates)) now = withEntries(now, template, pairs, true);
    if (selectors) for (const [path, create] of selectorPaths[kind] ?? []) now = withEntries(now, path, pairs, create);
  }
  return now;
}

/** A resource in the making: its tree, and what it is called. */
interface Draft {
  readonly root: MapNode;
  readonly name: string | undefined;
  /** Undefined where nothing says it. */
  readonly namespace: string | undefined;
}

const named = (root: MapNode, key: 'name' | 'namespace', value: string | undefined): MapNode =>
  value === undefined ? root : withEntries(root, ['metadata'], { [key]: value }, true);

/**
 * A resource after a transform without its patches. What it is called is told to `call`, step by step, for patches that follow go by any of it.
 * A Namespace gets the name that everything moves to, and no prefix.
 */
function afterTransform(draft: Draft, { apiVersion, kind }: Resource, transform: Transform, call: (names: Names) => void): Draft {
  const { namespace, defaultNamespace, namePrefix = '', nameSuffix = '' } = transform;
  let { root, name } = draft;
  const isNamespace = kind === 'Namespace';
  if (namespace !== undefined) {
    if (isNamespace) name = namespace;
    call(namesOf(kind, name, namespace));
  }
  // An empty one is none.
  const now = isNamespace ? draft.namespace : (namespace ?? (draft.namespace || (defaultNamespace ?? draft.namespace)));
  if (!isNamespace && name !== undefined) {
    call(namesOf(kind, `${namePrefix}${name}`, now));
    name = `${namePrefix}${name}${nameSuffix}`;
  }
  call(namesOf(kind, name, now));
  root = labelled(named(named(root, 'name', name), 'namespace', now), `${apiVersion} ${kind}`, transform);
  return { root, name, namespace: now };
}

/** A resource as transforms leave it, and whether patches have changed more of it than its name and labels; undefined where one takes it away. */
export function transformed(
  resource: Resource,
  transforms: readonly Transform[],
): { readonly resource: Resource; readonly isPatched: boolean } | undefined {
  if (transforms.length === 0) return { resource, isPatched: false };
  const { document, apiVersion, kind, table } = resource;
  const names: Names[] = [namesOf(kind, resource.name, resource.namespace)];
  let draft: Draft | undefined = resource;
  let isPatched = false;
  const patch = (before: Draft, patches: readonly Patch[] = []): Draft | undefined => {
    const root = patched(resource, before.root, patches, names);
    if (!root || root === before.root) return root && before;
    isPatched = true;
    const [name, namespace] = (['name', 'namespace'] as const).map((key) => stringOf(valueAt(root, 'metadata', key)));
    return { root, name, namespace };
  };
  for (const transform of transforms) {
    draft = patch(draft, transform.patches);
    draft = draft && afterTransform(draft, resource, transform, (called) => names.push(called));
    draft = draft && patch(draft, transform.lastPatches);
    if (!draft) return undefined;
  }
  return { resource: { document, apiVersion, kind, table, ...draft }, isPatched };
}
