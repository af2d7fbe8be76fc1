import { expect, onTestFinished, test, vi } from 'vitest';
import type { Connection } from 'vscode-languageserver';
import { Exclusions } from '../../server/src/lsp/exclusions.ts';
import { Indexer } from '../../server/src/lsp/indexing.ts';
import { IndexMemory, type IndexStore } from '../../server/src/lsp/indexMemory.ts';
import { OpenDocuments } from '../../server/src/lsp/openDocuments.ts';
import { Configs } from '../../server/src/rules/configs.ts';
import { deployment, policyNamed } from '../../server/src/rules/examples.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const folder = 'file:///w';

/** A client that shows no progress. */
const silent = {
  window: {
    createWorkDoneProgress: async () => ({
      token: { isCancellationRequested: false },
      begin: () => undefined,
      report: () => undefined,
      done: () => undefined,
    }),
  },
} as unknown as Connection;

/** An index of files, of which `between` happens after the first folder has been listed. */
function indexOf(texts: Map<string, string>, between: (indexer: Indexer) => Promise<void>) {
  const workspace = new Workspace();
  workspace.setFolders([folder]);
  const files = {
    async *find() {
      yield [...texts.keys()];
      await between(indexer);
      yield [];
    },
    leavesOut: async () => false,
    read: async (uri: string) => texts.get(uri),
    ignoresChanged: () => undefined,
    tellTooLarge: () => undefined,
  };
  const open = new OpenDocuments(workspace);
  const indexer = new Indexer({ files, workspace, open, configs: new Configs(), memory: () => undefined });
  const read = () => indexer.folder(folder, silent, new Exclusions([]), () => false);
  return { workspace, open, indexer, read };
}

test('a file that comes into a folder that has been listed already stays', async () => {
  const texts = new Map([[`${folder}/a.yaml`, deployment('web', 'shop')]]);
  const { workspace, read } = indexOf(texts, async (indexer) => {
    texts.set(`${folder}/b.yaml`, deployment('db', 'shop'));
    await indexer.file(`${folder}/b.yaml`);
  });
  await read();
  expect([...workspace.uris()].sort()).toEqual([`${folder}/a.yaml`, `${folder}/b.yaml`]);
  expect(workspace.counts()).toEqual({ files: 2, policies: 0 });
});

test('no tree of a file is kept that nobody looks into; of one that is open it is', async () => {
  const [closed, open_] = [`${folder}/a.yaml`, `${folder}/b.yaml`];
  const texts = new Map([closed, open_].map((uri) => [uri, deployment('web', 'shop')]));
  const { workspace, open, indexer, read } = indexOf(texts, async () => undefined);
  const holdsTree = (uri: string) => Reflect.get(workspace.manifest(uri)?.documents[0]?.document ?? {}, 'result') !== undefined;
  open.open(open_, 'yaml', 1, texts.get(open_) ?? '');
  await read();
  expect([closed, open_].map(holdsTree)).toEqual([false, true]);
  open.close(open_);
  await indexer.file(open_);
  expect(holdsTree(open_)).toBe(false);
  expect(workspace.counts()).toEqual({ files: 2, policies: 0 });
});

test('a file that goes while the folder is read does not come back, and one that went before is found missing', async () => {
  const texts = new Map([`${folder}/a.yaml`, `${folder}/b.yaml`, `${folder}/c.yaml`].map((uri) => [uri, deployment('web', 'shop')]));
  let goes: string | undefined;
  const { workspace, read } = indexOf(texts, async (indexer) => {
    if (!goes) return;
    texts.delete(goes);
    await indexer.gone([goes]);
  });
  await read();
  expect([...workspace.uris()]).toHaveLength(3);
  texts.delete(`${folder}/a.yaml`);
  goes = `${folder}/b.yaml`;
  await read();
  expect([...workspace.uris()]).toEqual([`${folder}/c.yaml`]);
});

test('what several take in at once is put together before it shows, and all of it shows', async () => {
  const own = `${folder}/own.yaml`;
  const names = Array.from({ length: 3000 }, (_, i) => `app-${i}`);
  const texts = new Map(names.map((name) => [`${folder}/${name}.yaml`, deployment(name, 'shop')]));
  const { workspace, open, indexer, read } = indexOf(texts, async () => undefined);
  open.open(own, 'yaml', 1, policyNamed('p', 'shop', 'podSelector: {}'));
  await read();
  const known = () => workspace.viewFor(own).cluster.workloads.map(({ value }) => value.name);
  expect(known()).toHaveLength(names.length);
  const changed = [...texts.keys()];
  for (const name of names) texts.set(`${folder}/${name}.yaml`, deployment(`${name}-new`, 'shop'));
  async function* groups() {
    for (let from = 0; from < changed.length; from += 100) {
      yield changed.slice(from, from + 100);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  let isOver = false;
  const taken = Promise.all([indexer.files(groups(), () => false), ...changed.slice(0, 20).map((uri) => indexer.file(uri))]).then(() => {
    isOver = true;
  });
  while (!isOver) {
    expect(workspace.isPutTogether(own)).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await taken;
  expect(known().sort()).toEqual(names.map((name) => `${name}-new`).sort());
});

test('what was taken in before a folder could not be listed any further shows', async () => {
  const own = `${folder}/own.yaml`;
  const names = Array.from({ length: 40 }, (_, i) => `app-${i}`);
  const texts = new Map(names.map((name) => [`${folder}/${name}.yaml`, deployment(name, 'shop')]));
  const { workspace, open, indexer } = indexOf(texts, async () => undefined);
  open.open(own, 'yaml', 1, policyNamed('p', 'shop', 'podSelector: {}'));
  expect(workspace.viewFor(own).cluster.workloads).toHaveLength(0);
  async function* groups() {
    yield [...texts.keys()];
    throw new Error('The disk has gone.');
  }
  await expect(indexer.files(groups(), () => false)).rejects.toThrow('The disk has gone.');
  expect(workspace.viewFor(own).cluster.workloads).toHaveLength(names.length);
});

test('a disk that is slow for stamps or texts keeps nobody waiting for many of them', async () => {
  const uris = Array.from({ length: 200 }, (_, i) => `${folder}/${i}.yaml`);
  let now = 0;
  let turnBegan = 0;
  let longest = 0;
  const takes = (ms: number) => {
    now += ms;
    longest = Math.max(longest, now - turnBegan);
  };
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  const workspace = new Workspace();
  const store = { stampOf: () => void takes(2), digest: (text: string) => text, readNow: () => undefined };
  const files = {
    async *find() {},
    leavesOut: async () => false,
    async read() {
      takes(2);
      return '';
    },
    ignoresChanged: () => undefined,
    tellTooLarge: () => undefined,
  };
  const memory = new IndexMemory(store as unknown as IndexStore, workspace);
  const indexer = new Indexer({ files, workspace, open: new OpenDocuments(workspace), configs: new Configs(), memory: () => memory });
  let isOver = false;
  async function* all() {
    yield uris;
  }
  const taken = indexer
    .files(all(), () => false)
    .finally(() => {
      isOver = true;
    });
  while (!isOver) {
    turnBegan = now;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await taken;
  expect(now).toBe(2 * 2 * uris.length);
  expect(longest).toBeLessThanOrEqual(10);
});
