import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Indexer } from '../../server/src/lsp/indexing.ts';
import { IndexMemory } from '../../server/src/lsp/indexMemory.ts';
import { OpenDocuments } from '../../server/src/lsp/openDocuments.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { Configs } from '../../server/src/rules/configs.ts';
import { deployment, documents, policyNamed } from '../../server/src/rules/examples.ts';
import { isPartial } from '../../server/src/workspace/unknown.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { pieces } from '../support/yamlLike.ts';

/** Files whose stamp is the number of the write, and a store, all in memory. */
class Disk {
  readonly files = new Map<string, { readonly text: string; readonly stamp: string }>();
  kept = '';
  writes = 0;
  reads: string[] = [];

  write(uri: string, text: string): void {
    this.files.set(uri, { text, stamp: String(++this.writes) });
  }

  readonly store = {
    load: () => piecesOf(this.kept),
    save: async (lines: AsyncIterable<string>) => {
      let text = '';
      for await (const line of lines) text += `${line}\n`;
      this.kept = text;
    },
    stampOf: (uri: string) => this.files.get(uri)?.stamp,
    readNow: (uri: string) => this.files.get(uri)?.text,
    digest: (text: string) => createHash('sha1').update(text).digest('base64url'),
  };
}

/** As a store gives it: whole lines, some at a time. */
async function* piecesOf(text: string): AsyncIterable<string> {
  yield* text.match(/(?:.*\n){1,2}/g) ?? [];
}

const folder = 'file:///w';

/** What happens to a file when so many files have been looked at; deleted where there is no text. */
interface Event {
  readonly at: number;
  readonly uri: string;
  readonly text?: string | undefined;
}

/** A start of the server's index on a disk, to which events happen meanwhile. */
async function start(disk: Disk, remembers = true, meanwhile: readonly Event[] = []) {
  const workspace = new Workspace();
  workspace.setFolders([folder]);
  let looks = 0;
  const watched: Promise<void>[] = [];
  const look = () => {
    looks++;
    for (const event of meanwhile) if (event.at === looks) watched.push(new Promise((resolve) => setImmediate(() => resolve(happen(event)))));
  };
  const happen = ({ uri, text }: Event) => {
    if (text === undefined) disk.files.delete(uri);
    else disk.write(uri, text);
    return text === undefined ? indexer.gone([uri]) : indexer.file(uri);
  };
  const store = {
    ...disk.store,
    save: (lines: AsyncIterable<string>) => disk.store.save(lines),
    stampOf(uri: string) {
      look();
      return disk.store.stampOf(uri);
    },
  };
  const memory = remembers ? new IndexMemory(store, workspace) : undefined;
  const files = {
    async *find() {
      yield [...disk.files.keys()];
    },
    leavesOut: async () => false,
    async read(uri: string) {
      disk.reads.push(uri);
      const text = disk.files.get(uri)?.text;
      look();
      await null;
      return text;
    },
    ignoresChanged: () => undefined,
    tellTooLarge: () => undefined,
  };
  const open = new OpenDocuments(workspace);
  const indexer = new Indexer({ files, workspace, open, configs: new Configs(), memory: () => memory });
  const lost: string[] = [];
  if (memory) memory.whenLost = (uri) => lost.push(uri);
  await memory?.load();
  disk.reads = [];
  await indexer.files(files.find(), () => false);
  for (let i = 0; i < watched.length; i++) await watched[i];
  return { workspace, memory, indexer, open, lost };
}

const inOrder = (list: readonly unknown[]): readonly unknown[] => list.map((one) => JSON.stringify(one)).sort();

/** What a workspace says of its clusters, and of each file, whatever the order in which files came. */
function told(workspace: Workspace): unknown {
  return [...workspace.uris()].sort().map((uri) => {
    const view = workspace.viewFor(uri);
    const { namespaces, workloads, services, policies, entrances } = view.cluster;
    const findings = workspace.manifest(uri)?.documents.flatMap(({ document }) => checkDocument(document, view).map(({ rule, at }) => [rule.id, at]));
    const lists = { namespaces: inOrder([...namespaces.values()]), workloads: inOrder(workloads), services: inOrder(services) };
    return { uri, unknown: view.unknown, ...lists, policies: inOrder(policies), entrances: inOrder(entrances), findings: inOrder(findings ?? []) };
  });
}

const policy = (name: string, app = 'web') =>
  policyNamed(name, 'shop', `podSelector: {matchLabels: {app: ${app}}}\ningress:\n  - from: [{podSelector: {matchLabels: {app: db}}}]`);
const listed =
  'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Service\n    metadata: {name: a}\n    spec: {selector: {app: web}}\n  - 7\n';

test('reads only what has changed since, and the files that make views', async () => {
  const disk = new Disk();
  disk.write(`${folder}/a.yaml`, documents(policy('a'), 'a: b\n', deployment('web', 'shop')));
  disk.write(`${folder}/b.yaml`, deployment('db', 'shop'));
  disk.write(`${folder}/nothing.yaml`, 'a: b\n');
  disk.write(`${folder}/dev/kustomization.yaml`, 'namespace: dev\nresources: [c.yaml]\n');
  disk.write(`${folder}/dev/c.yaml`, policy('c'));
  disk.write(`${folder}/values.yaml`, 'enableNetworkPolicy: true\n');
  const first = await start(disk);
  expect(disk.reads).toHaveLength(6);
  await first.memory?.save();
  const second = await start(disk);
  // What a kustomization changes is read with it.
  expect(disk.reads.map((uri) => uri.slice(folder.length)).sort()).toEqual(['/dev/c.yaml', '/dev/kustomization.yaml', '/values.yaml']);
  expect(told(second.workspace)).toEqual(told(first.workspace));
  expect(second.workspace.engineSigns()).toEqual(first.workspace.engineSigns());
});

test('knows a text again under another name', async () => {
  const disk = new Disk();
  disk.write(`${folder}/a.yaml`, documents(policy('a'), deployment('web', 'shop')));
  await (await start(disk)).memory?.save();
  const { text } = disk.files.get(`${folder}/a.yaml`) as { text: string };
  disk.files.clear();
  disk.write(`${folder}/moved.yaml`, text);
  const moved = await start(disk);
  // Its facts were restored: it has not been parsed.
  expect(moved.workspace.manifest(`${folder}/moved.yaml`)?.documents.map(({ document }) => Reflect.get(document, 'result'))).toEqual([
    undefined,
    undefined,
  ]);
  expect(told(moved.workspace)).toEqual(told((await start(disk, false)).workspace));
});

test('what a file said of others is forgotten when it becomes a text that is known', async () => {
  const disk = new Disk();
  const uri = `${folder}/values.yaml`;
  disk.write(`${folder}/a.yaml`, policy('a'));
  disk.write(`${folder}/b.yaml`, 'kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\n');
  disk.write(uri, 'enableNetworkPolicy: true\n');
  await (await start(disk)).memory?.save();
  const { workspace, indexer } = await start(disk);
  expect([isPartial(workspace.viewFor(uri).unknown), workspace.engineSigns().length]).toEqual([true, 1]);
  for (const changed of [`${folder}/b.yaml`, uri]) {
    disk.write(changed, policy('a'));
    await indexer.file(changed);
  }
  expect([isPartial(workspace.viewFor(uri).unknown), workspace.engineSigns()]).toEqual([false, []]);
});

test('a file that is no longer what it was is shown as nothing, and heard of', async () => {
  const disk = new Disk();
  const uri = `${folder}/a.yaml`;
  disk.write(uri, documents(policy('a'), policy('b')));
  await (await start(disk)).memory?.save();
  const { workspace, lost, indexer } = await start(disk);
  disk.write(uri, policy('c'));
  const roots = [...workspace.viewFor(uri).readings()].map(({ resource }) => resource.root.entries.length);
  expect(roots).toEqual([0, 0]);
  expect(lost).toEqual([uri]);
  await indexer.file(uri);
  expect([...workspace.viewFor(uri).readings()].map(({ resource }) => resource.name)).toEqual(['c']);
  // Nor are its lines taken for those of an empty file.
  const other = await start(disk);
  disk.write(uri, '');
  await other.indexer.file(uri);
  expect([...other.workspace.viewFor(uri).readings()]).toEqual([]);
});

test('nothing is kept of a file that the editor holds', async () => {
  const disk = new Disk();
  const uri = `${folder}/a.yaml`;
  disk.write(uri, policy('a'));
  const { open, memory, indexer } = await start(disk);
  open.open(uri, 'yaml', 1, policy('typed'));
  await indexer.file(uri);
  await memory?.save();
  expect(disk.kept).toBe('');
});

test('a store that cannot be written is tried again', async () => {
  const disk = new Disk();
  disk.write(`${folder}/a.yaml`, policy('a'));
  const { memory } = await start(disk);
  const { save } = disk.store;
  disk.store.save = () => Promise.reject(new Error('no space left'));
  await expect(memory?.save()).rejects.toThrow('no space left');
  disk.store.save = save;
  await memory?.save();
  expect(disk.kept).toContain('a.yaml');
});

describe('property: a start that remembers tells what one tells that reads all', () => {
  const name = fc.constantFrom(
    'a.yaml',
    'b.yaml',
    'dev/c.yaml',
    'dev/d.json',
    'dev/kustomization.yaml',
    'chart/Chart.yaml',
    'chart/templates/e.yaml',
  );
  const text = fc.oneof(
    fc.constantFrom(
      documents(policy('a'), deployment('web', 'shop')),
      documents(deployment('db', 'shop'), 'a: b\n', policy('b', 'db')),
      `${policy('t')}  {{ .Values.more }}\n`,
      listed,
      'resources: [c.yaml, ../a.yaml]\n',
      'namespace: dev\nresources: [../b.yaml]\n',
      'kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\n',
      '\ufeff---\r\n',
      '',
    ),
    fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ is: fc.constant('write' as const), name, text }) },
    fc.record({ is: fc.constant('delete' as const), name }),
    { weight: 2, arbitrary: fc.record({ is: fc.constant('restart' as const) }) },
  );
  test('after changes while a start goes on', async () => {
    // Each slice is over at once: everything that may come in between does.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
    const event = fc.record({
      at: fc.integer({ min: 1, max: 16 }),
      uri: name.map((one) => `${folder}/${one}`),
      text: fc.option(text, { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, text), { minLength: 2, maxLength: 8 }), fc.array(event, { maxLength: 6 }), async (files, events) => {
        const disk = new Disk();
        for (const [one, content] of files) disk.write(`${folder}/${one}`, content);
        await (await start(disk)).memory?.save();
        const { workspace, memory } = await start(disk, true, events);
        const whole = await start(disk, false);
        expect(told(workspace)).toEqual(told(whole.workspace));
        await memory?.save();
        expect(told((await start(disk)).workspace)).toEqual(told(whole.workspace));
      }),
      { numRuns: 500 },
    );
    vi.restoreAllMocks();
  });

  test('after any writes, deletions and starts', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const disk = new Disk();
        let one = await start(disk);
        for (const next of [...steps, { is: 'restart' as const }]) {
          if (next.is === 'restart') {
            await one.memory?.save();
            one = await start(disk);
          } else {
            const uri = `${folder}/${next.name}`;
            if (next.is === 'write') {
              disk.write(uri, next.text);
              await one.indexer.file(uri);
            } else {
              disk.files.delete(uri);
              await one.indexer.gone([uri]);
            }
          }
          const whole = await start(disk, false);
          expect(told(one.workspace)).toEqual(told(whole.workspace));
        }
        expect(one.lost).toEqual([]);
      }),
      { numRuns: 150 },
    ));
});
