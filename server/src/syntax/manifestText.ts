import type { Steps } from '../model/steps.ts';
import { type ParsedDocument, parseDocument, parsingDocument } from './parseDocument.ts';
import { splitDocuments } from './split.ts';

/** A text that is fetched when first asked for; undefined where it cannot be had any more. */
export interface Unread {
  read(): string | undefined;
}

/** How many things are kept with each document; see `PerDocument`. */
let places = 0;

/**
 * One document's text. Its identity stands for its content: as long as the text is the same, so is the object, and
 * whatever is computed from it can be kept with it.
 */
export class DocumentText {
  /** See `PerDocument`. */
  readonly kept: unknown[] = new Array(places);
  private given: string | Unread;
  private result: ParsedDocument | undefined;
  private readonly known: boolean | undefined;
  private isLost = false;

  /** `text` may come later if `templated` is known without it. */
  constructor(text: string | Unread, templated?: boolean) {
    this.given = text;
    this.known = templated;
  }

  /** Empty where it is lost. */
  get text(): string {
    if (typeof this.given !== 'string') {
      const found = this.given.read();
      this.isLost = found === undefined;
      this.given = found ?? '';
    }
    return this.given;
  }

  /** The text could not be fetched any more: what is known of it is old. */
  get lost(): boolean {
    return this.text === '' && this.isLost;
  }

  /** Parsed when first asked for. */
  get parsed(): ParsedDocument {
    this.result ??= parseDocument(this.text);
    return this.result;
  }

  /** Parses it in steps, ahead of who will ask for it. */
  *parsing(): Steps<void> {
    if (this.result) return;
    const result = yield* parsingDocument(this.text);
    // Whoever could not wait has it parsed already.
    this.result ??= result;
  }

  /** Whether templates stand in it. */
  get templated(): boolean {
    return this.known ?? this.parsed.templated;
  }
}

/**
 * Something that is worked out of documents, kept with each: reached like a field, in a fraction of the time of a table, and thousands of
 * documents are asked with each keystroke. Made once, never for one document or workspace: each takes a place in all documents.
 */
export class PerDocument<T> {
  private readonly place = places++;

  get({ kept }: DocumentText): T | undefined {
    return kept[this.place] as T | undefined;
  }

  set({ kept }: DocumentText, value: T): void {
    kept[this.place] = value;
  }
}

/** A document at its place in the file. */
export interface PlacedDocument {
  readonly document: DocumentText;
  /** Offset of the document's text in the file, UTF-16 code units. */
  readonly start: number;
}

export interface ManifestText {
  readonly text: string;
  /** In file order; together they cover the text. */
  readonly documents: readonly PlacedDocument[];
}

/** Whether a file is read as JSON, by its name. */
export const isJson = (name: string): boolean => /\.jsonc?$/i.test(name);

/**
 * Splits a file's text into documents. `name` decides between YAML and JSON by its ending. Documents whose text stands
 * unchanged at the front or back of `previous` are taken over with all that is known of them.
 */
export function readManifestText(text: string, name: string, previous?: ManifestText): ManifestText {
  const spans = isJson(name) ? [{ start: 0, end: text.length }] : splitDocuments(text);
  const old = previous?.documents ?? [];
  const documents: PlacedDocument[] = [];
  const same = (candidate: PlacedDocument | undefined, start: number, end: number): candidate is PlacedDocument =>
    candidate !== undefined &&
    candidate.document.text.length === end - start &&
    // Compared as wholes: `startsWith` goes letter by letter, and takes three times as long.
    candidate.document.text === text.slice(start, end) &&
    !candidate.document.lost;

  let front = 0;
  for (const span of spans) {
    const candidate = old[front];
    if (!same(candidate, span.start, span.end)) break;
    documents.push({ document: candidate.document, start: span.start });
    front++;
  }
  const tail: PlacedDocument[] = [];
  let back = 0;
  while (back < spans.length - front && back < old.length - front) {
    const span = spans[spans.length - 1 - back];
    const candidate = old[old.length - 1 - back];
    if (!span || !same(candidate, span.start, span.end)) break;
    tail.push({ document: candidate.document, start: span.start });
    back++;
  }
  for (const span of spans.slice(front, spans.length - back)) {
    documents.push({ document: new DocumentText(text.slice(span.start, span.end)), start: span.start });
  }
  documents.push(...tail.reverse());
  return { text, documents };
}

/** The document at an offset; at a border the later one, unless the offset is the end of the file. */
export function documentAt(file: ManifestText, offset: number): PlacedDocument | undefined {
  let low = 0;
  let high = file.documents.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((file.documents[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return file.documents[low];
}
