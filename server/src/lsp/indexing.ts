import * as l10n from '@vscode/l10n';
import type { Connection } from 'vscode-languageserver';
import { mayHoldKnownKind } from '../kinds/resource.ts';
import { configName, isConfig } from '../rules/config.ts';
import type { Configs } from '../rules/configs.ts';
import { folderOf, isViewRoot } from '../workspace/clusterView.ts';
import { maySayEngine } from '../workspace/engine.ts';
import { mayBeOperations } from '../workspace/patches.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Exclusions } from './exclusions.ts';
import type { Files } from './files.ts';
import type { IndexMemory, Recalled } from './indexMemory.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { Slice } from './pause.ts';
import { prepareSurroundings } from './surroundings.ts';

/** Longest time in ms that putting together what was taken in keeps the event loop: its last step takes as long again. */
const settlingSlice = 4;

/** Time in ms after which what was taken in so far shows. */
const longestUnsettled = 1000;

/** How many times longer than it takes to show what was taken in the next time is put off: the larger the clusters, the rarer. */
const unsettledShare = 10;

/** Files that are read at a time. */
const readAhead = 32;

/** Files whose stamps are asked for at a time: one after the other they take half as long as with other work between them. */
const stampsAtOnce = 50;

/** What takes files in, and where they come from. */
export interface Indexed {
  readonly files: Files;
  readonly workspace: Workspace;
  readonly open: OpenDocuments;
  readonly configs: Configs;
  /** What earlier starts learned; undefined where the host keeps nothing. */
  memory(): IndexMemory | undefined;
}

/** A file that was read. */
interface Read {
  readonly uri: string;
  readonly turn: number;
  /** From before it was read. */
  readonly stamp: string | undefined;
  readonly text: string | undefined;
}

/** Files that are read for what they say of the engine, or of netpol itself. */
const isNoManifest = (uri: string): boolean => isConfig(uri) || maySayEngine(uri);

/** Takes the files of the disk into the workspace: many in slices, between which requests are answered. */
export class Indexer {
  private readonly deps: Indexed;
  /** The last turn in which each file began to be read, until it was: what was read before it is old. */
  private readonly turns = new Map<string, number>();
  private turn = 0;
  /** How many files and folders have gone so far. */
  private losses = 0;
  private settling: Promise<void> = Promise.resolve();

  constructor(deps: Indexed) {
    this.deps = deps;
  }

  /** Takes in what a file holds now, unless the editor holds it. */
  async file(uri: string): Promise<void> {
    const stamp = this.stampOf(uri);
    if (!this.recall(uri, stamp)) this.take(await this.read(uri, stamp));
    await this.settle();
  }

  /** Forgets files, and folders with all that is in them. */
  async gone(uris: readonly string[]): Promise<void> {
    const slice = new Slice();
    for (const uri of uris) {
      this.forget(uri);
      if (slice.isOver) await slice.rest();
    }
    await this.settle();
  }

  /** Reads anew what is delivered otherwise since something was typed. */
  catchUp(): Promise<void> {
    return this.settle();
  }

  private forget(uri: string): void {
    const { workspace, open, configs, memory } = this.deps;
    this.losses++;
    for (const one of workspace.manifest(uri) ? [uri] : [uri, ...workspace.below(uri)]) {
      this.turns.delete(one);
      memory()?.forget(one);
      if (open.has(one)) continue;
      workspace.later(() => workspace.delete(one));
      if (isConfig(one)) configs.set(one, undefined);
    }
  }

  /** Takes many files in. `counted` hears how many there are so far. */
  async files(groups: AsyncIterable<readonly string[]>, stopped: () => boolean, counted: (count: number) => void = () => {}): Promise<void> {
    const ahead: Promise<Read>[] = [];
    const slice = new Slice();
    let settledAt = performance.now();
    let unsettled = longestUnsettled;
    let count = 0;
    const rest = async () => {
      count++;
      if (!slice.isOver) return;
      counted(count);
      if (performance.now() - settledAt > unsettled) {
        const begin = performance.now();
        await this.settle();
        settledAt = performance.now();
        unsettled = Math.max(longestUnsettled, (settledAt - begin) * unsettledShare);
      }
      await slice.rest();
    };
    const takeNext = async () => {
      this.take((await ahead.shift()) as Read);
      await rest();
    };
    const takeOne = async (uri: string, stamp: string | undefined) => {
      ahead.push(this.read(uri, stamp));
      if (ahead.length >= readAhead) await takeNext();
      else if (slice.isOver) await slice.rest();
    };
    /** Takes in files from a place on, as many as there are stamps for in time, and gives the place of the next. */
    const takeSome = async (uris: readonly string[], from: number): Promise<number> => {
      const stamps: (string | undefined)[] = [];
      // A disk may take as long for some as for thousands.
      for (let i = from; i < uris.length && stamps.length < stampsAtOnce && !(stamps.length > 0 && slice.isOver); i++)
        stamps.push(this.stampOf(uris[i] as string));
      const { losses } = this;
      const end = from + stamps.length;
      for (let i = from; i < end; i++) {
        const uri = uris[i] as string;
        // What has gone since would come back by the stamp that it had.
        const stamp = losses === this.losses ? stamps[i - from] : this.stampOf(uri);
        if (!this.recall(uri, stamp)) await takeOne(uri, stamp);
        // To wait for nothing, thousands of times, would take longer than all else.
        else if (slice.isOver) await rest();
        else count++;
      }
      return end;
    };
    const takeAll = async () => {
      try {
        for await (const uris of groups) {
          for (let from = 0; from < uris.length && !stopped(); ) from = await takeSome(uris, from);
          if (stopped()) break;
        }
      } finally {
        // Also where a folder cannot be listed any further.
        while (ahead.length > 0) await takeNext();
      }
    };
    await takeAll().finally(() => this.settle());
  }

  /**
   * Brings a folder up to date, with progress where the client shows it; cancelled by the user or by `stopped`. Gives whether all of it
   * was read.
   */
  async folder(folder: string, connection: Connection, exclusions: Exclusions, stopped: () => boolean): Promise<boolean> {
    const { files, configs, workspace } = this.deps;
    // Configurations above the folder count too, as they do on the command line.
    for (let above = folderOf(folder); above.includes('/'); above = folderOf(above)) {
      const uri = `${above}/${configName}`;
      const text = above.endsWith(':/') ? undefined : await files.read(uri);
      if (text !== undefined) configs.set(uri, text);
    }
    const progress = await connection.window.createWorkDoneProgress();
    progress.begin('netpol', undefined, l10n.t('reading manifests'), true);
    const gone = new Set(workspace.below(folder));
    const isOver = () => stopped() || progress.token.isCancellationRequested;
    async function* noted(): AsyncIterable<readonly string[]> {
      for await (const uris of files.find(folder, folder, exclusions)) {
        if (gone.size > 0) for (const uri of uris) gone.delete(uri);
        yield uris;
      }
    }
    try {
      await this.files(noted(), isOver, (count) => progress.report(l10n.t('{0} files', count)));
      // What was there before and is no more, or is left out now.
      if (isOver()) return false;
      await this.gone([...gone]);
      return true;
    } finally {
      progress.done();
    }
  }

  /** One after the other: what one puts together another would put together, too. */
  private settle(): Promise<void> {
    const now = this.settling.then(() => this.settleNow());
    this.settling = now.catch(() => undefined);
    return now;
  }

  /** Shows what was taken in; what open files have to do with is put together beforehand in slices, for a question would make it in one. */
  private async settleNow(): Promise<void> {
    const { workspace, open } = this.deps;
    const slice = new Slice(settlingSlice);
    await slice.through(workspace.redelivering());
    const uris = [...open.uris];
    for (const uri of uris) {
      await slice.rest();
      await prepareSurroundings(uri, workspace, slice);
    }
    workspace.settle(uris);
  }

  private stampOf(uri: string): string | undefined {
    return this.deps.memory()?.stampOf(uri);
  }

  /** Takes a file in as an earlier start knew it, where it has the stamp that it had then; gives whether it was so. */
  private recall(uri: string, stamp: string | undefined): boolean {
    const { memory, workspace, open } = this.deps;
    if (workspace.manifest(uri) || open.has(uri)) return false;
    const recalled = memory()?.recall(uri, stamp);
    if (recalled) this.restore(uri, recalled);
    return recalled !== undefined;
  }

  /** `stamp` is from just before. */
  private async read(uri: string, stamp: string | undefined): Promise<Read> {
    const turn = ++this.turn;
    this.turns.set(uri, turn);
    return { uri, turn, stamp, text: await this.deps.files.read(uri) };
  }

  private take({ uri, turn, text, stamp }: Read): void {
    const { open, memory } = this.deps;
    if (this.turns.get(uri) !== turn) return;
    this.turns.delete(uri);
    if (open.has(uri)) memory()?.forget(uri);
    else {
      if (text === undefined) memory()?.forget(uri);
      else memory()?.noted(uri, stamp);
      this.takeText(uri, text);
    }
  }

  private restore(uri: string, { facts, load }: Recalled): void {
    const { workspace } = this.deps;
    workspace.later(() => (facts ? workspace.restore(uri, facts, load) : workspace.delete(uri)));
  }

  private takeText(uri: string, text: string | undefined): void {
    const { workspace, configs, memory } = this.deps;
    if (isConfig(uri)) configs.set(uri, text);
    if (text === undefined) workspace.later(() => workspace.delete(uri));
    else if (isViewRoot(uri)) workspace.later(() => workspace.set(uri, text));
    else if (!isNoManifest(uri) && (mayHoldKnownKind(text) || mayBeOperations(text))) {
      const facts = workspace.manifest(uri) ? undefined : memory()?.recallText(uri, text);
      if (facts) this.restore(uri, { facts, load: () => text });
      else {
        workspace.later(() => workspace.set(uri, text));
        workspace.letGo(uri);
      }
    } else
      workspace.later(() => {
        workspace.delete(uri);
        workspace.noteOther(uri, text);
      });
  }
}
