import { checkDnsLabel } from '../model/names.ts';
import type { Delivery } from './deliveries.ts';
import type { Transform } from './kustomize.ts';
import type { Making } from './makers.ts';
import type { Reading } from './reading.ts';
import type { Spot } from './unknown.ts';

/** Views and files, by their URIs, with all that is done to what they hold. */
export type Brought = ReadonlyMap<string, readonly Transform[]>;

/** Something that may be applied and is not known. */
export interface Unseen {
  /** Where it lands. */
  readonly spot: Spot;
  /** What of it the workspace holds in these views is nothing unseen; `uri` is the file that says so. */
  readonly delivered?: Pick<Making, 'isByFolder'> & { readonly uri: string; readonly delivery: Delivery; readonly views: Brought };
}

/** How many resources there are of which a template, or another object, decides what is applied, by where they land. */
export type OpenCounts = ReadonlyMap<Spot, number>;

/** What is of a kind that netpol does not know counts for nothing. */
const isOpen = ({ resource: { document, carrier, table, kind, apiVersion } }: Reading): boolean =>
  carrier !== undefined || ((table !== undefined || kind === undefined || apiVersion === undefined) && document.templated);

/** A namespace, unless a template or a variable is part of its name. */
const writtenOut = (namespace: Spot): Spot => (namespace !== undefined && checkDnsLabel(namespace) === undefined ? namespace : undefined);

/** Where a resource lands; undefined where that is not written out, or what stands around it may change it. */
const spotOf = ({ resource: { table, namespace, carrier }, movedTo = namespace }: Reading): Spot =>
  table?.namespaced && carrier !== 'Composition' ? writtenOut(movedTo) : undefined;

/** Counts the open ones among some readings in, or out. */
export function countOpen(counts: Map<Spot, number>, readings: readonly Reading[], by: 1 | -1): void {
  for (const reading of readings) {
    if (!isOpen(reading)) continue;
    const spot = spotOf(reading);
    const now = (counts.get(spot) ?? 0) + by;
    if (now > 0) counts.set(spot, now);
    else counts.delete(spot);
  }
}

/** The namespace that changes give to what names one, or none. */
const movedBy = (transforms: readonly Transform[], written: Spot): Spot =>
  writtenOut(transforms.reduce<Spot>((namespace, one) => one.namespace ?? namespace ?? one.defaultNamespace, written));

/** What the workspace tells of what no manifest of it holds. */
export interface Surroundings {
  readonly files: Pick<ReadonlyMap<string, unknown>, 'has'>;
  viewOf(uri: string): string;
  /** What files have made by others: a Helm release, an Application. */
  makings(): Iterable<readonly [uri: string, makings: readonly Making[]]>;
  /** The views that have files in a folder or below it; the same object as long as no folder of a view comes or goes. */
  viewsBelow(): ReadonlyMap<string, ReadonlySet<string>>;
  /** Those of some folders that a file's delivery may mean, each with the namespace in which it lands by that. */
  deliveredAmong(
    folders: ReadonlyMap<string, unknown>,
    uri: string,
    delivery: Delivery,
  ): readonly { readonly folder: string; readonly namespace: Spot }[];
}

/** The same of kustomizations. */
interface Changing {
  /** Whether a view's kustomization brings in what the workspace does not hold. */
  reachesElsewhere(view: string): boolean;
  /** What is done to a file's resources in its own view. */
  changesOf(uri: string, view: string): readonly Transform[];
  isPatch(uri: string): boolean;
}

const noFolders: ReturnType<Surroundings['viewsBelow']> = new Map();

/** Finds what may be applied with views and that no manifest of them holds. */
export class Beyond {
  private readonly surroundings: Surroundings;
  private readonly changing: Changing;
  private readonly known = new WeakMap<readonly Unseen[], { readonly below: ReadonlyMap<string, unknown>; readonly spots: readonly Spot[] }>();

  constructor(surroundings: Surroundings, changing: Changing) {
    this.surroundings = surroundings;
    this.changing = changing;
  }

  /** `views` are the view itself and what it brings in. */
  *of(name: string, views: Brought): Iterable<Unseen> {
    const { files } = this.surroundings;
    for (const [view, transforms] of views) {
      if (files.has(`${view}/Chart.yaml`)) yield { spot: undefined };
      // A namespace that a kustomization gives is for all that it brings in.
      if (this.changing.reachesElsewhere(view)) yield { spot: transforms.findLast(({ namespace }) => namespace)?.namespace };
    }
    for (const [uri, makings] of this.surroundings.makings()) {
      const view = this.surroundings.viewOf(uri);
      const transforms = view === name ? this.changing.changesOf(uri, view) : (views.get(view) ?? views.get(uri));
      // What a patch says of a release is not where that lands.
      if (!transforms || this.changing.isPatch(uri)) continue;
      for (const { namespace, follows, delivery, isByFolder } of makings)
        yield {
          spot: follows ? movedBy(transforms, namespace) : namespace,
          ...(delivery ? { delivered: { uri, delivery, views, ...(isByFolder ? { isByFolder } : {}) } } : {}),
        };
    }
  }

  /** Where what was found lands, as long as the workspace holds what it does now: of what is delivered from it nothing is unseen. */
  spotsOf(found: readonly Unseen[]): readonly Spot[] {
    const below = found.some(({ delivered }) => delivered) ? this.surroundings.viewsBelow() : noFolders;
    const before = this.known.get(found);
    if (before?.below === below) return before.spots;
    const spots = [...new Set(found.flatMap((one) => (one.delivered ? this.spotsElsewhere(one.spot, one.delivered, below) : [one.spot])))];
    this.known.set(found, { below, spots });
    return spots;
  }

  /** Where what is delivered lands, but for folders of which these views hold all. */
  private spotsElsewhere(
    spot: Spot,
    { uri, delivery, views, isByFolder }: NonNullable<Unseen['delivered']>,
    below: ReturnType<Surroundings['viewsBelow']>,
  ): readonly Spot[] {
    const folders = this.surroundings.deliveredAmong(below, uri, delivery);
    if (folders.length === 0) return [spot];
    const isHeld = (folder: string): boolean => [...(below.get(folder) ?? [])].every((view) => views.has(view));
    return folders.flatMap(({ folder, namespace }) => (isHeld(folder) ? [] : [isByFolder ? writtenOut(namespace) : spot]));
  }
}
