import type { Resource } from '../kinds/resource.ts';
import type { Origin } from '../model/cluster.ts';
import { MapInParts } from '../model/mapInParts.ts';
import { type DocumentText, PerDocument, type PlacedDocument } from '../syntax/manifestText.ts';
import { holdsVariable } from '../syntax/variables.ts';
import type { File } from './clusterViews.ts';
import type { Reading } from './reading.ts';

/** A resource of a file, what it adds to a cluster, and what it counts as. */
export interface Held {
  readonly uri: string;
  readonly view: string;
  readonly reading: Reading;
  /** Undefined where netpol does not know the kind or the name. */
  readonly identity: string | undefined;
  /** What kustomizations did to it, as text. */
  readonly under: string;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Identity of a resource in one cluster view; undefined where netpol does not know the kind, all of the name, or where it lands. */
function identityOf(view: string, { resource: { table, kind, name, namespace, carrier }, movedTo = namespace }: Reading): string | undefined {
  if (!table || name === undefined || kind === undefined || carrier !== undefined) return undefined;
  // The same variable may stand for another name elsewhere.
  if (holdsVariable(name) || (movedTo !== undefined && holdsVariable(movedTo))) return undefined;
  const group = table.apiVersion.includes('/') ? table.apiVersion.slice(0, table.apiVersion.indexOf('/')) : '';
  return [view, group, kind, movedTo ?? '', name].join('\n');
}

export const heldAs = ({ uri, view }: File, reading: Reading, under: string): Held => ({
  identity: identityOf(view, reading),
  uri,
  view,
  reading,
  under,
});

/** Keeps an earlier reading's workload, Service or namespace where the later says the same: whatever was made of it stays. */
export function adopt(before: Reading, after: Reading): Reading {
  const same = (a: unknown, b: unknown) => a !== undefined && JSON.stringify(a) === JSON.stringify(b);
  const kept: Writable<Partial<Reading>> = {};
  if (same(before.namespace, after.namespace)) Object.assign(kept, { namespace: before.namespace });
  for (const part of ['workload', 'service'] as const) {
    const [old, now] = [before[part], after[part]];
    if (!old || !now || !same(old.value, now.value)) continue;
    Object.assign(old.origin, now.origin);
    Object.assign(kept, { [part]: old });
  }
  return { ...after, ...kept };
}

/** The resources of one identity: the only one, which is almost always all there is, or those of each file by its URI. */
type Holders = Held | Map<string, Set<Resource>>;

const byFile = (holders: Holders): Map<string, Set<Resource>> =>
  holders instanceof Map ? holders : new Map([[holders.uri, new Set([holders.reading.resource])]]);

const nobody: readonly never[] = [];

function* others(holders: ReadonlyMap<string, ReadonlySet<Resource>>, than: Resource): Iterable<readonly [uri: string, other: Resource]> {
  for (const [uri, resources] of holders) for (const other of resources) if (other !== than) yield [uri, other];
}

function shift(part: { readonly origin: Origin } | undefined, start: number): void {
  if (part) (part.origin as Writable<Origin>).shift = start;
}

// A document is of one workspace alone.
const heldIn = new PerDocument<readonly Held[] | undefined>({ lasts: true });

/** What each document holds, and which files hold resources of one identity. */
export class Holdings {
  private readonly holders = new MapInParts<Holders>();
  /** URI → how many resources of kinds that netpol knows are there. */
  private readonly known = new MapInParts<number>();
  private policies = 0;
  private readonly onChange: (view: string, file: string) => void;

  /** `onChange` is called with each view whose resources have come or gone, and the URI of their file. */
  constructor(onChange: (view: string, file: string) => void) {
    this.onChange = onChange;
  }

  /** Undefined for a document that was not read. */
  in(document: DocumentText): readonly Held[] | undefined {
    return heldIn.get(document);
  }

  readingsIn(document: DocumentText): readonly Reading[] {
    return heldIn.get(document)?.map(({ reading }) => reading) ?? [];
  }

  readingOf(resource: Resource): Reading | undefined {
    return this.entryOf(resource)?.reading;
  }

  private entryOf(resource: Resource): Held | undefined {
    return heldIn.get(resource.document)?.find(({ reading }) => reading.resource === resource);
  }

  /** Files with resources that netpol reads, and the policies in them. */
  counts(): { readonly files: number; readonly policies: number } {
    return { files: this.known.size, policies: this.policies };
  }

  /** Counts resources of a file in, or out. */
  private count(held: readonly Held[], by: 1 | -1): void {
    for (const { uri, reading } of held) {
      const { table } = reading.resource;
      if (!table) continue;
      if (table.type.role === 'policy') this.policies += by;
      const known = (this.known.get(uri) ?? 0) + by;
      if (known > 0) this.known.set(uri, known);
      else this.known.delete(uri);
    }
  }

  /** Takes in what a document of a file holds; `touched` gets the URIs of the files that hold the same. */
  put(document: DocumentText, held: readonly Held[], file: File, touched: Set<string>): void {
    for (const one of held) {
      if (one.identity === undefined) continue;
      const before = this.holders.get(one.identity);
      if (!before) {
        this.holders.set(one.identity, one);
        continue;
      }
      const holders = byFile(before);
      for (const uri of holders.keys()) touched.add(uri);
      holders.set(one.uri, (holders.get(one.uri) ?? new Set()).add(one.reading.resource));
      this.holders.set(one.identity, holders);
    }
    heldIn.set(document, held);
    this.count(held, 1);
    if (held.length > 0) this.onChange(file.view, file.uri);
  }

  /** Forgets a document and gives what it held; `touched` gets the URIs of the files that hold the same. */
  take(document: DocumentText, touched: Set<string>): readonly Held[] {
    const gone = heldIn.get(document) ?? [];
    this.count(gone, -1);
    for (const { identity, uri, reading, view } of gone) {
      this.onChange(view, uri);
      const before = identity === undefined ? undefined : this.holders.get(identity);
      if (identity === undefined || !before) continue;
      const holders = byFile(before);
      const own = holders.get(uri);
      own?.delete(reading.resource);
      if (own?.size === 0) holders.delete(uri);
      for (const other of holders.keys()) touched.add(other);
      if (holders.size === 0) this.holders.delete(identity);
    }
    heldIn.set(document, undefined);
    return gone;
  }

  /** A document begins elsewhere in its file. */
  move({ document, start }: PlacedDocument): void {
    const held = heldIn.get(document);
    if (!held) return;
    for (const { reading } of held) {
      if (reading.origin.shift === start) return;
      shift(reading, start);
      shift(reading.workload, start);
      shift(reading.service, start);
    }
  }

  /** The other resources of the same identity, with the URIs of their files. */
  othersLike(resource: Resource): Iterable<readonly [uri: string, other: Resource]> {
    const identity = this.entryOf(resource)?.identity;
    const holders = identity === undefined ? undefined : this.holders.get(identity);
    // The only one is the resource itself: so it is for thousands, with each keystroke.
    return holders instanceof Map ? others(holders, resource) : nobody;
  }
}
