import { factsOfResource, type Resource, type ResourceFacts, restoreResources } from '../kinds/resource.ts';
import type { Origin } from '../model/cluster.ts';
import { DocumentText, type ManifestText, type PlacedDocument, type Unread } from '../syntax/manifestText.ts';
import type { Reading } from './reading.ts';

const located = ['workload', 'service', 'policy', 'addressSet', 'tier'] as const;

/** What a resource adds to a cluster, without places of files. */
interface ReadingFacts {
  readonly at: Origin['at'];
  readonly namespace?: Reading['namespace'];
  readonly workload?: NonNullable<Reading['workload']>['value'];
  readonly service?: NonNullable<Reading['service']>['value'];
  readonly policy?: NonNullable<Reading['policy']>['value'];
  readonly morePolicies?: readonly NonNullable<Reading['policy']>['value'][];
  readonly addressSet?: NonNullable<Reading['addressSet']>['value'];
  readonly tier?: NonNullable<Reading['tier']>['value'];
  readonly entrances?: readonly Reading['entrances'][number]['value'][];
}

interface DocumentFacts {
  /** Offsets in the file, UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly templated?: true;
  readonly resources: readonly (ResourceFacts & { readonly reading: ReadingFacts })[];
}

/** All that a workspace needs to know of a file until somebody looks into its text. Plain data, which JSON carries. */
export interface FileFacts {
  readonly documents: readonly DocumentFacts[];
}

function factsOfReading(reading: Reading): ReadingFacts {
  const { origin, namespace, entrances, morePolicies } = reading;
  return {
    at: origin.at,
    ...(namespace ? { namespace } : {}),
    ...Object.fromEntries(located.flatMap((part) => (reading[part] ? [[part, reading[part].value]] : []))),
    ...(morePolicies ? { morePolicies: morePolicies.map(({ value }) => value) } : {}),
    ...(entrances.length > 0 ? { entrances: entrances.map(({ value }) => value) } : {}),
  };
}

/** What is known of a file, for another start. */
export function factsOfFile({ text, documents }: ManifestText, readingsOf: (document: DocumentText) => readonly Reading[]): FileFacts {
  return {
    documents: documents.map(({ document, start }, i) => {
      const readings = readingsOf(document);
      return {
        start,
        end: documents[i + 1]?.start ?? text.length,
        // To ask a document without resources would be to parse it for nothing.
        ...(readings.length > 0 && document.templated ? { templated: true } : {}),
        resources: readings.map((reading) => ({ ...factsOfResource(reading.resource), reading: factsOfReading(reading) })),
      };
    }),
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

// Thousands at a start: without copies of objects.
function readingAsWas(facts: ReadingFacts, resource: Resource, origin: Origin): Reading {
  const { namespace, workload, service, policy, morePolicies, addressSet, tier, entrances = [] } = facts;
  const reading: Writable<Reading> = { resource, origin, entrances: entrances.map((value) => ({ value, origin })) };
  if (namespace) reading.namespace = namespace;
  if (workload) reading.workload = { value: workload, origin };
  if (service) reading.service = { value: service, origin };
  if (policy) reading.policy = { value: policy, origin };
  if (morePolicies) reading.morePolicies = morePolicies.map((value) => ({ value, origin }));
  if (addressSet) reading.addressSet = { value: addressSet, origin };
  if (tier) reading.tier = { value: tier, origin };
  return reading;
}

/** A file whose text is loaded when somebody looks into it. Thousands at a start, like what follows: classes take half the room of closures. */
class RestoredText implements ManifestText {
  documents: readonly PlacedDocument[] = [];
  private readonly load: () => string | undefined;
  private isLoaded = false;
  private loaded: string | undefined;

  constructor(load: () => string | undefined) {
    this.load = load;
  }

  read(): string | undefined {
    if (!this.isLoaded) this.loaded = this.load();
    this.isLoaded = true;
    return this.loaded;
  }

  get text(): string {
    return this.read() ?? '';
  }
}

class RestoredPart implements Unread {
  private readonly file: RestoredText;
  private readonly start: number;
  private readonly end: number;

  constructor(file: RestoredText, start: number, end: number) {
    this.file = file;
    this.start = start;
    this.end = end;
  }

  read(): string | undefined {
    return this.file.read()?.slice(this.start, this.end);
  }
}

/** A file as an earlier start knew it. `load` gives its text, or undefined where it is no longer what it was. */
export function restoreFile(
  uri: string,
  { documents }: FileFacts,
  load: () => string | undefined,
): { readonly manifest: ManifestText; readonly readings: readonly (readonly [PlacedDocument, readonly Reading[]])[] } {
  const manifest = new RestoredText(load);
  const readings: (readonly [PlacedDocument, readonly Reading[]])[] = [];
  manifest.documents = documents.map(({ start, end, templated, resources }) => {
    const document = new DocumentText(new RestoredPart(manifest, start, end), resources.length > 0 ? templated === true : undefined);
    const one = { document, start };
    const restored = restoreResources(document, resources);
    readings.push([
      one,
      resources.map(({ reading }, i) => readingAsWas(reading, restored[i] as Resource, { file: uri, shift: start, at: reading.at })),
    ]);
    return one;
  });
  return { manifest, readings };
}
