import type { DocumentText, ManifestText } from '../syntax/manifestText.ts';
import { isMap, itemsOf, type MapNode, type Node, resolve, valueAt } from '../syntax/node.ts';
import { booleanOf, nameOf, stringOf } from '../syntax/scalar.ts';
import { folderOf } from './clusterView.ts';
import { readTransform, type Transform } from './kustomize.ts';
import type { Spot } from './unknown.ts';
import { inUri } from './uris.ts';

/** What something in the cluster applies of a repository: Argo CD's Application and ApplicationSet, Flux' Kustomization. */
export interface Delivery {
  /** Kind and name of the resource that says so. */
  readonly by: string;
  /** Folder in the repository, without a slash at its ends; of an ApplicationSet a pattern, in which `*` is any part of a name. */
  readonly path: string;
  /** Folders that the pattern finds and that are left out. */
  readonly except: readonly string[];
  /** What lies below the folder is applied, too. */
  readonly isDeep: boolean;
  /** What is done to the resources. A namespace may be made of the folder's path, as `{{path.basename}}`. */
  readonly transform: Transform;
}

/** Who delivers a folder, and what that does to the resources in it. */
export interface Delivered {
  /** Kind and name of the resource that says so. */
  readonly by: string;
  /** URI of the file in which it stands. */
  readonly file: string;
  readonly transform: Transform;
}

const argo = 'argoproj.io/';
const flux = 'kustomize.toolkit.fluxcd.io/';

/** Whether a text may hold a Kustomization of Flux, judged without parsing. */
export const maySpeakOfFlux = (text: string): boolean => text.includes(flux);

const trimmed = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

/** A scalar's text with the template actions that stand in it, of which the parser keeps nothing. */
function written(text: string, node: Node | undefined): string | undefined {
  const scalar = resolve(node);
  return scalar?.kind === 'scalar' && scalar.templated ? text.slice(scalar.start, scalar.end).replace(/^(["'])(.*)\1$/s, '$2') : stringOf(scalar);
}

const hasEffect = ({ labels, ...rest }: Transform): boolean => labels.length > 0 || Object.keys(rest).length > 0;

/** What Argo CD does to what a source of an Application holds. The namespace is for what names none. Source: argo-cd controller/sync.go, reposerver/repository. */
function bySource(source: Node, destination: string | undefined): Transform {
  const kustomize = valueAt(source, 'kustomize');
  const transform = isMap(kustomize) ? readTransform(kustomize) : { labels: [] };
  return { ...transform, ...(destination ? { defaultNamespace: destination } : {}) };
}

/** `generated` are the folders of a set's applications. */
function fromApplication(by: string, text: string, spec: Node | undefined, generated: Generated = { paths: [], except: [] }): readonly Delivery[] {
  const destination = written(text, valueAt(spec, 'destination', 'namespace'));
  return [...itemsOf(valueAt(spec, 'sources')), valueAt(spec, 'source')].flatMap((source) => {
    if (!isMap(source)) return [];
    const path = written(text, valueAt(source, 'path'));
    if (path === undefined) return [];
    const isDeep = booleanOf(valueAt(source, 'directory', 'recurse')) === true;
    const transform = bySource(source, destination);
    const { paths, except } = path.includes('{{') ? generated : { paths: [path], except: [] };
    return paths.map((one) => ({ by, path: trimmed(one), except, isDeep, transform }));
  });
}

interface Generated {
  readonly paths: readonly string[];
  readonly except: readonly string[];
}

/** The folders that generators of an ApplicationSet look for. */
function generatedBy(spec: Node | undefined): Generated {
  const directories = itemsOf(valueAt(spec, 'generators')).flatMap((generator) => itemsOf(valueAt(generator, 'git', 'directories')));
  const pathsOf = (isLeftOut: boolean): readonly string[] =>
    directories
      .filter((directory) => (booleanOf(valueAt(directory, 'exclude')) === true) === isLeftOut)
      .flatMap((directory) => stringOf(valueAt(directory, 'path')) ?? []);
  return { paths: pathsOf(false), except: pathsOf(true).map(trimmed) };
}

/** What Flux does to what a Kustomization's path holds. Source: fluxcd/pkg kustomize/kustomize_generator.go. */
function fromFlux(by: string, text: string, spec: MapNode): readonly Delivery[] {
  const path = stringOf(valueAt(spec, 'path'));
  const target = written(text, valueAt(spec, 'targetNamespace'));
  if (path === undefined) return [];
  return [{ by, path: trimmed(path), except: [], isDeep: true, transform: { ...readTransform(spec), ...(target ? { namespace: target } : {}) } }];
}

/** What an Application says, or each of those that an ApplicationSet makes; undefined where that is not written. */
export function applicationOf(root: Node): MapNode | undefined {
  const spec = resolve(stringOf(valueAt(root, 'kind')) === 'ApplicationSet' ? valueAt(root, 'spec', 'template', 'spec') : valueAt(root, 'spec'));
  return isMap(spec) ? spec : undefined;
}

/** Longest document that is looked into, UTF-16 code units: whoever delivers folders needs a few hundred. */
export const mostText = 1 << 16;

/** What a document delivers, each of its folders by itself. */
export function deliveriesOf(document: DocumentText): readonly Delivery[] {
  const { text } = document;
  if (text.length > mostText || !(text.includes(argo) || maySpeakOfFlux(text))) return [];
  const root = resolve(document.parsed.root);
  const [apiVersion = '', kind] = ['apiVersion', 'kind'].map((key) => stringOf(valueAt(root, key)));
  const spec = valueAt(root, 'spec');
  if (!root || !isMap(spec)) return [];
  const by = [kind, nameOf(valueAt(root, 'metadata', 'name'))].join(' ').trim();
  if (apiVersion.startsWith(flux) && kind === 'Kustomization') return fromFlux(by, text, spec);
  if (!apiVersion.startsWith(argo)) return [];
  if (kind === 'Application') return fromApplication(by, text, spec);
  return kind === 'ApplicationSet' ? fromApplication(by, text, applicationOf(root), generatedBy(spec)) : [];
}

/** How a folder's URI has the sign for any part of a name. */
const wild = inUri('*');

/** Most of those signs in one name: each multiplies the time that a comparison may take. */
const mostWild = 2;

/** Most patterns that are followed: each is compared with each folder. */
const mostPatterns = 100;

/** Which folders a path means; it may be a pattern. */
function patternOf(folder: string): { readonly isLiteral: boolean; readonly outer: string; readonly holds: (folder: string) => boolean } {
  const names = folder.split('/').map((name) => name.split(wild));
  const first = names.findIndex(({ length }) => length > 1);
  if (first < 0) return { isLiteral: true, outer: folder, holds: (other) => other === folder };
  const outer = folder.split('/').slice(0, first).join('/');
  if (names.some(({ length }) => length > mostWild + 1)) return { isLiteral: false, outer, holds: () => false };
  const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = new RegExp(`^${names.map((parts) => parts.map(literally).join('[^/]*')).join('/')}$`);
  return { isLiteral: false, outer, holds: (other) => pattern.test(other) };
}

/** A text in which `{{path.basename}}` and its like stand, of a path; undefined where something else stands in it. */
function filledIn(text: string, path: string): string | undefined {
  const names = path.split('/');
  let isKnown = true;
  const filled = text.replace(/\{\{([^{}]*)\}\}/g, (_, action: string) => {
    const index = /^\s*path\[(\d{1,2})\]\s*$/.exec(action) ?? /^\s*index \.path\.segments (\d{1,2})\s*$/.exec(action);
    const found = index ? names[Number(index[1])] : /^\s*\.?path\.basename\s*$/.test(action) ? names.at(-1) : undefined;
    isKnown &&= found !== undefined;
    return found ?? '';
  });
  return isKnown ? filled : undefined;
}

/** Whether a delivery is of a folder inside of a repository. Its own folder would be all of it, and is as often that of another repository. */
const isWithin = ({ path }: Delivery): boolean => path !== '' && !path.startsWith('..');

/** A delivery, and the folders of the workspace for which it is, as URIs. */
interface Claim {
  readonly delivery: Delivery;
  /** URI of the file that says so. */
  readonly file: string;
  /** Undefined where it is for all that fit a pattern. */
  readonly folder: string | undefined;
  /** What all of them stand in, or the folder itself. */
  readonly outer: string;
  readonly holds: (folder: string) => boolean;
  /** Where its repository begins: a folder's path is relative to it. */
  readonly repository: string;
}

const before = (a: Claim, b: Claim): number => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0);

/** What files claim, kept by file: of a thousand that are taken in each asks again who delivers its folder. */
class Claims {
  private readonly byFile = new Map<string, readonly Claim[]>();
  private readonly byFolder = new Map<string, readonly Claim[]>();
  /** Undefined where some have come or gone. */
  private patterns: readonly Claim[] | undefined;

  set(file: string, claims: readonly Claim[]): void {
    const gone = this.byFile.get(file) ?? [];
    if (claims.length > 0) this.byFile.set(file, claims);
    else this.byFile.delete(file);
    if ([...gone, ...claims].some(({ folder }) => folder === undefined)) this.patterns = undefined;
    for (const folder of new Set([...gone, ...claims].flatMap((claim) => claim.folder ?? []))) {
      const others = (this.byFolder.get(folder) ?? []).filter((claim) => claim.file !== file);
      const all = [...others, ...claims.filter((claim) => claim.folder === folder)].sort(before);
      if (all.length > 0) this.byFolder.set(folder, all);
      else this.byFolder.delete(folder);
    }
  }

  /** The first that is for a folder, by the name of its file; one that names the folder comes before those that fit it. */
  at(folder: string): Claim | undefined {
    this.patterns ??= [...this.byFile.values()]
      .flat()
      .filter((claim) => claim.folder === undefined)
      .sort(before)
      .slice(0, mostPatterns);
    return this.byFolder.get(folder)?.[0] ?? this.patterns.find(({ holds }) => holds(folder));
  }
}

/**
 * Which folders of a workspace are delivered, and what that does to the resources in them. A repository's folder is taken to be the
 * workspace folder, or one above it by whose names a path begins.
 */
export class Deliveries {
  private readonly folders: () => readonly string[];
  private readonly byFile = new Map<string, readonly Delivery[]>();
  private claims = new Claims();
  private readonly known = new Map<string, Delivered | undefined>();

  /** `folders` are the workspace folders' URIs, without a slash at the end. */
  constructor(folders: () => readonly string[]) {
    this.folders = folders;
  }

  /** Looks at what a file holds, which is nothing once it is gone; gives the folders below which something else may be done now. */
  set(uri: string, { documents }: Pick<ManifestText, 'documents'>): readonly string[] {
    const before = this.byFile.get(uri) ?? [];
    const now = documents.flatMap(({ document }) => deliveriesOf(document)).filter((delivery) => isWithin(delivery) && hasEffect(delivery.transform));
    if (before.length === 0 && now.length === 0) return [];
    if (JSON.stringify(before) === JSON.stringify(now)) return [];
    if (now.length > 0) this.byFile.set(uri, now);
    else this.byFile.delete(uri);
    const claims = now.flatMap((one) => this.claimsOf(uri, one));
    this.claims.set(uri, claims);
    this.known.clear();
    return [...new Set([...before.flatMap((one) => this.claimsOf(uri, one)), ...claims].map(({ outer }) => outer))];
  }

  /** Whether a file delivers something. */
  has(uri: string): boolean {
    return this.byFile.has(uri);
  }

  /** What folders a path means may have changed; gives whether there are any. */
  foldersChanged(): boolean {
    this.claims = new Claims();
    for (const [uri, deliveries] of this.byFile)
      this.claims.set(
        uri,
        deliveries.flatMap((one) => this.claimsOf(uri, one)),
      );
    this.known.clear();
    return this.byFile.size > 0;
  }

  /** Who delivers a folder; undefined where nobody does. Of several the one in the first file by name counts. */
  of(folder: string): Delivered | undefined {
    if (this.byFile.size === 0) return undefined;
    if (!this.known.has(folder)) this.known.set(folder, this.find(folder));
    return this.known.get(folder);
  }

  /** Those of some folders that a file's delivery may mean, each with the namespace in which it lands by that; the whole repository is none. */
  among(folders: ReadonlyMap<string, unknown>, uri: string, delivery: Delivery): readonly { readonly folder: string; readonly namespace: Spot }[] {
    const claims = isWithin(delivery) ? this.claimsOf(uri, delivery) : [];
    return claims.flatMap((claim) => {
      const fitting = claim.folder === undefined ? [...folders.keys()].filter(claim.holds) : [claim.folder].filter((folder) => folders.has(folder));
      return fitting.map((folder) => ({ folder, namespace: deliveredAt(claim, folder).transform.defaultNamespace }));
    });
  }

  private find(folder: string): Delivered | undefined {
    for (let current = folder; current.includes('/'); current = folderOf(current)) {
      const claim = this.claims.at(current);
      if (claim && (current === folder || claim.delivery.isDeep)) return deliveredAt(claim, current);
    }
    return undefined;
  }

  /** Where a path of a file may be: in the workspace folder, or, where that is a folder of its repository, behind what both begin with. */
  private claimsOf(uri: string, delivery: Delivery): readonly Claim[] {
    const base = this.folders().find((folder) => uri.startsWith(`${folder}/`));
    if (base === undefined) return [];
    const above = base.split('/');
    const names = delivery.path.split('/').map(inUri);
    const shared = names.map((_, i) => i).filter((count) => count === 0 || above.slice(-count).join('/') === names.slice(0, count).join('/'));
    return shared.map((count) => {
      const repository = above.slice(0, above.length - count).join('/');
      const folder = `${repository}/${names.join('/')}`;
      const pattern = patternOf(folder);
      const except = delivery.except.map((path) => patternOf(`${repository}/${path.split('/').map(inUri).join('/')}`));
      return {
        delivery,
        file: uri,
        folder: pattern.isLiteral ? folder : undefined,
        outer: pattern.outer,
        holds: (other) => pattern.holds(other) && !except.some(({ holds }) => holds(other)),
        repository,
      };
    });
  }
}

function deliveredAt({ delivery: { by, transform }, file, repository }: Claim, folder: string): Delivered {
  const { defaultNamespace, ...rest } = transform;
  if (!defaultNamespace?.includes('{{')) return { by, file, transform };
  const filled = filledIn(defaultNamespace, folder.slice(repository.length + 1));
  return { by, file, transform: filled ? { ...rest, defaultNamespace: filled } : rest };
}
