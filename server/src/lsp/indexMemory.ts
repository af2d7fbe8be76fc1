import { MapInParts } from '../model/mapInParts.ts';
import { isJson } from '../syntax/manifestText.ts';
import { isViewRoot } from '../workspace/clusterView.ts';
import type { FileFacts } from '../workspace/remembered.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { Slice } from './pause.ts';

/** Where a start leaves for the next one what it learned of files, and what tells whether a file is still the same. */
export interface IndexStore {
  /** Lines that were left, many at a time, less those that were damaged since; none where another version of netpol left them. */
  load(): AsyncIterable<string>;
  /** Replaces what was left, at once for whoever reads it. Fails where it cannot be written. */
  save(lines: AsyncIterable<string>): Promise<void>;
  /** Changes whenever the file does; undefined where the file is gone, or so new that it may change without a sign. */
  stampOf(uri: string): string | undefined;
  /** A file's text at once. */
  readNow(uri: string): string | undefined;
  /** Without tabs and line ends; the same for the same text alone. */
  digest(text: string): string;
}

/** A file as an earlier start knew it: without facts where nothing in it matters. `load` gives the text, unless it is another now. */
export interface Recalled {
  readonly facts: FileFacts | undefined;
  load(): string | undefined;
}

/** A file of the disk. */
interface Known {
  /** As it was seen by this start; undefined where it was not yet, and empty where it had none. */
  stamp: string | undefined;
  /** Made when it is needed, or by an earlier start. */
  line: string | undefined;
}

/** Of a line of the store: URI, stamp, the text's digest, and the facts as JSON, with tabs between them alone. */
const digestIn = (line: string): string => line.slice(line.indexOf('\t', line.indexOf('\t') + 1) + 1, line.lastIndexOf('\t'));

function factsIn(line: string): FileFacts | undefined {
  const facts = line.slice(line.lastIndexOf('\t') + 1);
  return facts === '' ? undefined : (JSON.parse(facts) as FileFacts);
}

/** Longest time in ms that making lines keeps the event loop. */
const longestSlice = 5;

/** Undefined where it would be longer than a string may be: aliases can make much of little. */
function jsonOf(facts: FileFacts): string | undefined {
  try {
    return JSON.stringify(facts);
  } catch {
    return undefined;
  }
}

/** Remembers from start to start what files say, so that only those that changed are read. */
export class IndexMemory {
  private readonly store: IndexStore;
  private readonly workspace: Workspace;
  private readonly known = new MapInParts<Known>();
  /** How many of them this start has not seen. */
  private unseen = 0;
  /** Digest → line of a file with such a text. */
  private readonly byText = new MapInParts<string>();
  /** Something is known now that the store does not hold, or the other way round. */
  private isDirty = false;
  private isSaving = false;
  /** Hears of a file that is no longer what an earlier start knew. */
  whenLost: (uri: string) => void = () => undefined;

  constructor(store: IndexStore, workspace: Workspace) {
    this.store = store;
    this.workspace = workspace;
  }

  /** Takes up what an earlier start left. */
  async load(): Promise<void> {
    const slice = new Slice(longestSlice);
    for await (const lines of this.store.load()) {
      for (let start = 0, end = lines.indexOf('\n'); end >= 0; start = end + 1, end = lines.indexOf('\n', start))
        this.takeUp(lines.slice(start, end));
      if (slice.isOver) await slice.rest();
    }
  }

  private takeUp(line: string): void {
    const uriEnd = line.indexOf('\t');
    const stampEnd = line.indexOf('\t', uriEnd + 1);
    const digestEnd = line.indexOf('\t', stampEnd + 1);
    if (uriEnd < 0 || stampEnd < 0 || digestEnd < 0) return;
    this.known.set(line.slice(0, uriEnd), { stamp: undefined, line });
    this.unseen = this.known.size;
    if (digestEnd > stampEnd + 1) this.byText.set(line.slice(stampEnd + 1, digestEnd), line);
  }

  stampOf(uri: string): string | undefined {
    return this.store.stampOf(uri);
  }

  /** What is known of a file that has this stamp. */
  recall(uri: string, stamp: string | undefined): Recalled | undefined {
    const known = this.known.get(uri);
    if (known?.line === undefined || known.stamp !== undefined || stamp === undefined) return undefined;
    const { line } = known;
    if (!line.startsWith(stamp, uri.length + 1) || line[uri.length + 1 + stamp.length] !== '\t') return undefined;
    known.stamp = stamp;
    this.unseen--;
    return { facts: factsIn(line), load: () => this.loadAsWas(uri, line) };
  }

  /** What is known of a file's text, whichever file of its language held it. */
  recallText(uri: string, text: string): FileFacts | undefined {
    if (this.byText.size === 0) return undefined;
    const line = this.byText.get(this.store.digest(text));
    return line !== undefined && isJson(line.slice(0, line.indexOf('\t'))) === isJson(uri) ? factsIn(line) : undefined;
  }

  private loadAsWas(uri: string, line: string): string | undefined {
    // It was read since, or has gone.
    if (this.known.get(uri)?.line !== line) return undefined;
    const text = this.store.readNow(uri);
    if (text !== undefined && this.store.digest(text) === digestIn(line)) return text;
    this.forget(uri);
    this.whenLost(uri);
    return undefined;
  }

  /** A file was read from disk. `stamp` is from before it was. */
  noted(uri: string, stamp: string | undefined): void {
    this.isDirty = true;
    const before = this.known.get(uri);
    if (before && before.stamp === undefined) this.unseen--;
    if (isViewRoot(uri)) this.known.delete(uri);
    // Without a stamp it is known again by its text alone.
    else this.known.set(uri, { stamp: stamp ?? '', line: undefined });
  }

  /** A file is gone, or the editor holds it. */
  forget(uri: string): void {
    // What this start has not seen goes when it is saved.
    if (this.known.get(uri)?.stamp === undefined) return;
    this.known.delete(uri);
    this.isDirty = true;
  }

  /** Leaves what is known for the next start. Fails where the store does. */
  async save(): Promise<void> {
    if (this.unseen > 0) this.isDirty = true;
    if (!this.isDirty || this.isSaving) return;
    this.isDirty = false;
    this.isSaving = true;
    try {
      await this.store.save(this.lines());
      if (this.unseen > 0) for (const [uri, { stamp }] of this.known) if (stamp === undefined) this.known.delete(uri);
      this.unseen = 0;
      this.byText.clear();
    } catch (error) {
      this.isDirty = true;
      throw error;
    } finally {
      this.isSaving = false;
    }
  }

  private async *lines(): AsyncIterable<string> {
    const slice = new Slice(longestSlice);
    for (const [uri, known] of this.known) {
      if (known.stamp === undefined) continue;
      known.line ??= this.lineOf(uri, known.stamp);
      if (known.line !== undefined) yield known.line;
      if (slice.isOver) await slice.rest();
    }
  }

  private lineOf(uri: string, stamp: string): string | undefined {
    const { workspace, store } = this;
    const text = workspace.manifest(uri)?.text;
    let known = '\t';
    if (text === undefined) {
      if (workspace.speaksOfOthers(uri)) return undefined;
    } else {
      const facts = workspace.factsOf(uri);
      if (!facts) return undefined;
      const json = jsonOf(facts);
      if (json === undefined) return undefined;
      known = `${store.digest(text)}\t${json}`;
    }
    return `${uri}\t${stamp}\t${known}`;
  }
}
