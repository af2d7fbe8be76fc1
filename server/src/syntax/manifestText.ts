import { sameEnds } from '../model/sameEnds.ts';
import type { Steps } from '../model/steps.ts';
import { type ParsedDocument, parseDocument, parsingDocument } from './parseDocument.ts';
import { type Span, splitDocuments } from './split.ts';

/** A text that is fetched when first asked for; undefined where it cannot be had any more. */
export interface Unread {
  read(): string | undefined;
}

/** How many things are kept with each document; see `PerDocument`. */
let places = 0;

/** Those of them that stay with a document that nobody looks into. */
const lasting = new Set<number>();

/**
 * One document's text. Its identity stands for its content: as long as the text is the same, so is the object, and
 * whatever is computed from it can be kept with it.
 */
export class DocumentText {
  /** See `PerDocument`. */
  kept: unknown[] = new Array(places);
  private given: string | Unread;
  private result: ParsedDocument | undefined;
  private known: boolean | undefined;
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

  /** Lets go of the tree and of what was worked out by it, until somebody looks into it again: a tree takes fifteen times the room of its text. */
  letGo(): void {
    if (!this.result) return;
    this.known ??= this.result.templated;
    this.result = undefined;
    this.kept = this.kept.map((value, place) => (lasting.has(place) ? value : undefined));
  }
}

/**
 * Something that is worked out of documents, kept with each: reached like a field, in a fraction of the time of a table, and thousands of
 * documents are asked with each keystroke. Made once, never for one document or workspace: each takes a place in all documents.
 */
export class PerDocument<T> {
  private readonly place = places++;

  /** `lasts`: it is kept when the document's tree is let go, of which it holds nothing. */
  constructor({ lasts = false } = {}) {
    if (lasts) lasting.add(this.place);
  }

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

/** How many characters two texts have in common where they begin. Compared as wholes, half by half: letter by letter takes ten times as long. */
function commonFront(one: string, other: string): number {
  let [low, high] = [0, Math.min(one.length, other.length)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (one.slice(low, middle) === other.slice(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The same where they end, `most` at most. */
function commonBack(one: string, other: string, most: number): number {
  let [low, high] = [0, most];
  const part = (text: string, from: number, to: number) => text.slice(text.length - to, text.length - from);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (part(one, low, middle) === part(other, low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether a text may hold what decides from afar where documents end: directives, markers of an end, a byte order mark. */
const looksAfar = (text: string): boolean => ['%', '...', '\uFEFF'].some((sign) => text.includes(sign));

const endOf = ({ start, document }: PlacedDocument): number => start + document.text.length;

/** How many documents at the front and back of a text are as before, for sure: a change was made to all between them. */
function untouched(text: string, { text: before, documents }: ManifestText): { readonly front: number; readonly back: number } {
  const last = documents.at(-1);
  if (!last || endOf(last) !== before.length || looksAfar(text) || looksAfar(before) || documents.some(({ document }) => document.lost))
    return { front: 0, back: 0 };
  const same = commonFront(text, before);
  const sameBack = commonBack(text, before, Math.min(text.length, before.length) - same);
  // With the marker behind it: a dash more or less would end it elsewhere.
  const marker = '---\n'.length;
  let front = 0;
  while (front < documents.length && endOf(documents[front] as PlacedDocument) + marker <= same) front++;
  let back = 0;
  // With the line break before it.
  while (back < documents.length - front && (documents[documents.length - 1 - back] as PlacedDocument).start > before.length - sameBack) back++;
  return { front, back };
}

/**
 * Splits a file's text into documents. `name` decides between YAML and JSON by its ending. Documents whose text stands
 * unchanged at the front or back of `previous` are taken over with all that is known of them.
 */
export function readManifestText(text: string, name: string, previous?: ManifestText): ManifestText {
  const { front, back } = previous && !isJson(name) ? untouched(text, previous) : { front: 0, back: 0 };
  const old = previous?.documents ?? [];
  const [head, tail] = [old.slice(0, front), old.slice(old.length - back)];
  const from = front > 0 ? endOf(head[front - 1] as PlacedDocument) : 0;
  const shift = text.length - (previous?.text.length ?? 0);
  const to = back > 0 ? (tail[0] as PlacedDocument).start + shift : text.length;
  const between = from < to || front + back === 0 ? documentsBetween(text, name, { start: from, end: to }, old.slice(front, old.length - back)) : [];
  const moved = shift === 0 ? tail : tail.map(({ document, start }) => ({ document, start: start + shift }));
  return { text, documents: [...head, ...between, ...moved] };
}

/** The documents of a part of a text, of which `old` stood in its place. */
function documentsBetween(text: string, name: string, part: Span, old: readonly PlacedDocument[]): readonly PlacedDocument[] {
  const spans = isJson(name)
    ? [part]
    : splitDocuments(text.slice(part.start, part.end)).map(({ start, end }) => ({ start: start + part.start, end: end + part.start }));
  const { front, back } = sameEnds(
    old,
    spans,
    ({ document }, { start, end }) =>
      document.text.length === end - start &&
      // Compared as wholes: `startsWith` goes letter by letter, and takes three times as long.
      document.text === text.slice(start, end) &&
      !document.lost,
  );
  return spans.map((span, i) => {
    const kept = i < front ? old[i] : i >= spans.length - back ? old[old.length - spans.length + i] : undefined;
    return { document: kept?.document ?? new DocumentText(text.slice(span.start, span.end)), start: span.start };
  });
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
