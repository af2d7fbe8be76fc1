import { expect, test } from 'vitest';
import type { Connection } from 'vscode-languageserver';
import { Exclusions } from '../../server/src/lsp/exclusions.ts';
import { Indexer } from '../../server/src/lsp/indexing.ts';
import { OpenDocuments } from '../../server/src/lsp/openDocuments.ts';
import { Configs } from '../../server/src/rules/configs.ts';
import { deployment } from '../../server/src/rules/examples.ts';
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
  const indexer = new Indexer({ files, workspace, open: new OpenDocuments(workspace), configs: new Configs(), memory: () => undefined });
  const read = () => indexer.folder(folder, silent, new Exclusions([]), () => false);
  return { workspace, read };
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
