import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderOf } from '../../server/src/workspace/clusterView.ts';
import { FilesByView } from '../../server/src/workspace/filesByView.ts';

const manifest = { text: '', documents: [] };

test('property: a view lists its files by folder and name, whatever came and went between two questions', () => {
  const step = fc.record({
    does: fc.constantFrom('put', 'delete', 'ask'),
    uri: fc.constantFrom('b.yaml', 'a.yaml', 'a/2.yaml', 'a/1.yaml', 'a/b/1.yaml', 'a-b/1.yaml').map((name) => `file:///${name}`),
    view: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      const emptied: string[] = [];
      const files = new FilesByView((view) => emptied.push(view));
      const views = new Map<string, string>();
      const byFolder = (a: string, b: string) => (folderOf(a) === folderOf(b) ? (a < b ? -1 : 1) : folderOf(a) < folderOf(b) ? -1 : 1);
      const expected = (view: string) => [...views].flatMap(([uri, own]) => (own === view ? [uri] : [])).sort(byFolder);
      for (const { does, uri, view } of steps) {
        const left = views.get(uri);
        emptied.length = 0;
        if (does === 'ask') {
          expect([...files.inOrder(view)].map((file) => file.uri)).toEqual(expected(view));
          for (const folder of ['file://', 'file:///a', 'file:///a/b', 'file:///a-b', 'file:///none', uri])
            expect([...files.urisBelow(folder)].sort()).toEqual([...views.keys()].filter((one) => one.startsWith(`${folder}/`)).sort());
        } else if (does === 'put') {
          files.put({ uri, view, manifest });
          views.set(uri, view);
        } else {
          files.delete(uri);
          views.delete(uri);
        }
        const isEmptied = left !== undefined && does !== 'ask' && expected(left).length === 0;
        expect(emptied).toEqual(isEmptied ? [left] : []);
      }
      for (const view of ['a', 'b']) expect([...files.inOrder(view)].map((file) => file.uri)).toEqual(expected(view));
      expect([...files.uris()].sort()).toEqual([...views.keys()].sort());
    }),
    { numRuns: 500 },
  );
});
