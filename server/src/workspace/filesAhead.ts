import { mayHoldKnownKind } from '../kinds/resource.ts';
import type { Steps } from '../model/steps.ts';
import { type ManifestText, PerDocument, type PlacedDocument } from '../syntax/manifestText.ts';
import type { Transform } from './kustomize.ts';
import { type Reading, readDocument } from './reading.ts';

/** What a document says: under these transforms, as text, and at this place in its file. */
interface Ahead {
  readonly under: string;
  readonly start: number;
  readonly readings: readonly Reading[];
}

const ahead = new PerDocument<Ahead | undefined>();

/** Files that are parsed and read in steps before they are taken in, which then takes next to no time. */
export class FilesAhead {
  private readonly manifests = new Map<string, ManifestText>();

  /** Parses and reads a file. `transforms` are those that it is read with, and the same as text. */
  *reading(uri: string, manifest: ManifestText, transforms: () => { readonly list: readonly Transform[]; readonly text: string }): Steps<void> {
    for (const placed of manifest.documents) {
      if (!mayHoldKnownKind(placed.document.text)) continue;
      yield* placed.document.parsing();
      yield;
      const { list, text: under } = transforms();
      ahead.set(placed.document, { under, start: placed.start, readings: readDocument({ file: uri, placed, transforms: list }) });
      yield;
    }
    this.manifests.set(uri, manifest);
  }

  /** The file as it was parsed, once. */
  take(uri: string): ManifestText | undefined {
    const manifest = this.manifests.get(uri);
    this.manifests.delete(uri);
    return manifest;
  }

  /** What a document says, once; undefined where it was not read like this. */
  takeReadings({ document, start }: PlacedDocument, under: string): readonly Reading[] | undefined {
    const found = ahead.get(document);
    ahead.set(document, undefined);
    return found?.under === under && found.start === start ? found.readings : undefined;
  }
}
