import * as l10n from '@vscode/l10n';
import { type Connection, FileChangeType, type FileEvent, MessageType, ShowMessageNotification } from 'vscode-languageserver';
import { shortened } from '../explain/phrases.ts';
import { isInSkippedFolder } from '../workspace/skipped.ts';
import { nameOf } from '../workspace/uris.ts';
import { Exclusions } from './exclusions.ts';
import { pathIn } from './files.ts';
import { type Indexed, Indexer } from './indexing.ts';
import { IndexMemory, type IndexStore } from './indexMemory.ts';
import { pause } from './pause.ts';

/** Most changes of files that are taken in as if each were made by hand. */
const fewChanges = 20;

/** Whether a file may be a manifest or speak of the network plugin, by its name. */
const isWatched = (uri: string): boolean => /\.(ya?ml|json|tf|bicep)$|\/Kustomization$/.test(uri);

/** Time in ms without a change after which what was learned is left for the next start. */
const quiet = 1500;

/** Time in ms without a keystroke after which many files are read anew. */
const pauseInTyping = 300;

interface Deps extends Omit<Indexed, 'memory'> {
  /** URIs of the workspace folders, without a slash at the end. */
  folders(): readonly string[];
  stopped(): boolean;
  /** Reading has begun or ended. */
  changed(): void;
  /** All is read: what other files hold may be spoken of. */
  settled(): void;
}

/** Keeps the workspace as the disk is: reads folders, follows what is said to have changed, leaves out what is excluded. */
export class Intake {
  private readonly connection: Connection;
  private readonly deps: Deps;
  private readonly indexer: Indexer;
  private exclusions = new Exclusions([]);
  private readings = 0;
  private hasRead = false;
  /** Folders of which the user did not want all to be read. */
  private readonly unread = new Set<string>();
  private readonly tooLarge = new Set<string>();
  private told = 0;
  private memory: IndexMemory | undefined;
  private saving: ReturnType<typeof setTimeout> | undefined;
  private catchingUp: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, deps: Deps) {
    this.connection = connection;
    this.deps = deps;
    this.indexer = new Indexer({ ...deps, memory: () => this.memory });
    deps.files.tellTooLarge = (uri) => this.tooLarge.add(uri);
  }

  get isReading(): boolean {
    return this.readings > 0;
  }

  /** Whether the workspace was read, and nothing is being read now. */
  get isQuiet(): boolean {
    return this.hasRead && !this.isReading;
  }

  /** Goes on from what earlier starts left; to be called before anything is read. */
  async remember(store: IndexStore): Promise<void> {
    const memory = new IndexMemory(store, this.deps.workspace);
    memory.whenLost = (uri) => void this.file(uri).then(() => this.deps.settled());
    await memory.load();
    this.memory = memory;
  }

  /** Leaves what was learned for the next start now, not when it is quiet. */
  async stop(): Promise<void> {
    clearTimeout(this.saving);
    clearTimeout(this.catchingUp);
    if (!this.isReading) await this.save();
  }

  private saveWhenQuiet(): void {
    if (!this.memory || this.deps.stopped()) return;
    clearTimeout(this.saving);
    this.saving = setTimeout(() => void (this.isReading || this.save()), quiet);
  }

  private async save(): Promise<void> {
    try {
      await this.memory?.save();
    } catch (error) {
      this.connection.console.warn(`What was read could not be kept for the next start: ${String(error)}`);
    }
  }

  /** Settings of the kind of `files.exclude`, all of which count. Gives whether something else is left out now. */
  exclude(...settings: readonly unknown[]): boolean {
    const now = Exclusions.of(...settings);
    const differs = !now.same(this.exclusions);
    this.exclusions = now;
    return differs;
  }

  /** Takes in what one file holds now, unless the editor holds it. */
  async file(uri: string): Promise<void> {
    await this.indexer.file(uri);
    this.saveWhenQuiet();
  }

  /** A file was typed in: what it delivers otherwise is read anew once nobody types, if it is much. */
  typed(): void {
    if (!this.deps.workspace.isBehind) return;
    clearTimeout(this.catchingUp);
    this.catchingUp = setTimeout(() => void this.indexer.catchUp().then(() => this.deps.settled()), pauseInTyping);
  }

  /** URIs of a workspace folder's files that may be manifests and are not left out. */
  find(folder: string): AsyncIterable<readonly string[]> {
    return this.deps.files.find(folder, folder, this.exclusions);
  }

  /** Brings workspace folders up to date with the disk. */
  index(wanted: readonly string[]): Promise<void> {
    const { folders, stopped } = this.deps;
    return this.reading(async () => {
      for (const folder of wanted) {
        try {
          const isWhole = await this.indexer.folder(folder, this.connection, this.exclusions, () => stopped() || !folders().includes(folder));
          if (isWhole) this.unread.delete(folder);
          else this.unread.add(folder);
        } catch (error) {
          this.connection.console.error(`Reading the manifests of ${folder} failed: ${String(error)}`);
        }
      }
      this.tellTooLarge();
    });
  }

  /** Takes in what the client saw change on disk; gives whether any of it concerns the workspace. */
  async watched(seen: readonly FileEvent[]): Promise<boolean> {
    const { files, folders, stopped } = this.deps;
    const changes = seen.filter(({ uri }) => {
      const root = this.rootOf(uri);
      return !isInSkippedFolder(root === undefined ? uri : pathIn(root, uri));
    });
    if (changes.length === 0) return false;
    const others = changes.filter(({ uri }) => !uri.endsWith('/.gitignore'));
    const take = async () => {
      await this.indexer.gone(others.flatMap(({ uri, type }) => (type === FileChangeType.Deleted ? [uri] : [])));
      const came = new Set(others.flatMap(({ uri, type }) => (type === FileChangeType.Deleted ? [] : [uri])));
      await this.indexer.files(this.toBeRead(came), stopped);
    };
    // A branch was switched, say: what is gone may come again under another name.
    await (others.length > fewChanges ? this.reading(take) : take());
    this.saveWhenQuiet();
    if (others.length === changes.length) return true;
    files.ignoresChanged();
    await this.index(folders());
    return true;
  }

  /** Until it is done nothing is said to be missing. */
  private async reading(take: () => Promise<void>): Promise<void> {
    const { workspace, folders, changed, settled } = this.deps;
    this.readings++;
    workspace.reading = true;
    changed();
    try {
      await take();
    } finally {
      this.readings--;
      this.hasRead = true;
      workspace.reading = this.isReading || folders().some((folder) => this.unread.has(folder));
    }
    changed();
    // Between what counts all files and what judges those that are open, requests are answered.
    await pause();
    settled();
    this.saveWhenQuiet();
  }

  /** Without what is left out, and of a folder the files in it. */
  private async *toBeRead(uris: Iterable<string>): AsyncIterable<readonly string[]> {
    const { files } = this.deps;
    for (const uri of uris) {
      const root = this.rootOf(uri);
      if (root !== undefined && (await files.leavesOut(uri, root, this.exclusions))) continue;
      if (isWatched(uri)) yield [uri];
      else if (root !== undefined) yield* files.find(uri, root, this.exclusions);
    }
  }

  /** The workspace folder that holds a file, the innermost of several. */
  private rootOf(uri: string): string | undefined {
    return this.deps
      .folders()
      .filter((folder) => uri.startsWith(`${folder}/`))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** Once for all of them, and again only for more. */
  private tellTooLarge(): void {
    if (this.tooLarge.size === this.told) return;
    this.told = this.tooLarge.size;
    const names = shortened([...this.tooLarge].map(nameOf), (all) => all.join(', '));
    const message = l10n.t('Files over 50 MB are left out until they are opened: {0}.', names);
    // A notification: a request that a client does not know would fail.
    void this.connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });
  }
}
