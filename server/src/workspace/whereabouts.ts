import type { Resource } from '../kinds/resource.ts';
import type { Origin } from '../model/cluster.ts';
import { type DocumentText, documentAt, type ManifestText, type PlacedDocument } from '../syntax/manifestText.ts';
import { resolve, valueAt } from '../syntax/node.ts';
import type { FilesByView } from './filesByView.ts';
import type { Holdings } from './holdings.ts';
import { baseName } from './uris.ts';
import { mostTwins, type Twin } from './view.ts';

const starts = new WeakMap<ManifestText, ReadonlyMap<DocumentText, number>>();

/** Where each document of a file begins. */
function startsOf(manifest: ManifestText): ReadonlyMap<DocumentText, number> {
  let found = starts.get(manifest);
  if (!found) {
    found = new Map(manifest.documents.map(({ document, start }) => [document, start]));
    starts.set(manifest, found);
  }
  return found;
}

/** Line of an offset, counted from 1. */
function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Where the resources of a workspace stand: for links, for people, and beside others of their name. */
export class Whereabouts {
  private readonly files: FilesByView;
  private readonly holdings: Holdings;
  private readonly folders: () => readonly string[];

  /** `folders` are the workspace folders' URIs, without a slash at the end. */
  constructor(files: FilesByView, holdings: Holdings, folders: () => readonly string[]) {
    this.files = files;
    this.holdings = holdings;
    this.folders = folders;
  }

  /** A file's path inside its workspace folder. */
  shortName(uri: string): string {
    const folder = this.folders().find((candidate) => uri.startsWith(`${candidate}/`));
    return decodeURIComponent(folder === undefined ? baseName(uri) : uri.slice(folder.length + 1));
  }

  /** A file in words, seen from another, or from itself. */
  placeOf(uri: string, from: string): string {
    return uri === from ? 'this file' : this.shortName(uri);
  }

  /** The document that a resource stands in, where it now is. */
  documentAt({ file, shift }: Origin): PlacedDocument | undefined {
    const manifest = this.files.get(file)?.manifest;
    return manifest && documentAt(manifest, shift);
  }

  /** The file's URI, and the line behind #L; undefined where the file is unknown. */
  linkTo({ file, shift, at }: Origin): string | undefined {
    const text = this.files.get(file)?.manifest.text;
    return text === undefined ? undefined : `${file}#L${lineOf(text, shift + at.start)}`;
  }

  /** Others of a resource's kind, namespace and name, seen from a file; at most `mostTwins`. */
  twinsOf(resource: Resource, from: string): readonly Twin[] {
    const twins: Twin[] = [];
    for (const [file, other] of this.holdings.othersLike(resource)) {
      const twin = this.twinAt(file, other, from);
      if (twin) twins.push(twin);
      if (twins.length === mostTwins) break;
    }
    return twins;
  }

  private twinAt(uri: string, resource: Resource, from: string): Twin | undefined {
    const name = resolve(valueAt(resource.root, 'metadata', 'name'));
    const file = this.files.get(uri);
    const start = file && startsOf(file.manifest).get(resource.document);
    if (!name || start === undefined) return undefined;
    return { file: uri, at: { start: start + name.start, end: start + name.end }, place: this.placeOf(uri, from) };
  }
}
