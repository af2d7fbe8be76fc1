import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { changesElsewhere, keepAnchors, standsAlone } from '../../server/src/syntax/anchors.ts';
import { removeEntry, removeItem } from '../../server/src/syntax/edits.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { entryOf, isMap, isSeq } from '../../server/src/syntax/node.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';

/** The text without an item of its list `list`. */
function withoutItem(text: string, index = 0): string {
  const document = new DocumentText(text);
  const list = entryOf(document.parsed.root, 'list')?.value;
  const item = isSeq(list) ? list.items[index] : undefined;
  if (!isSeq(list) || !item) throw new Error('No such item.');
  return applyEdits(text, keepAnchors(document, [removeItem(text, list, item)]));
}

describe('what an alias stands for stays when its anchor goes', () => {
  test.each([
    [
      'a list below a key',
      'list:\n  - from: &who\n      - app: a\n      - app: b # two\n  - from: *who\n    port: 1\n',
      'list:\n  - from: &who\n      - app: a\n      - app: b # two\n    port: 1\n',
    ],
    ['a mapping behind a dash', 'list:\n  - &who\n    app: a\n    tier: x\n  - *who\n', 'list:\n  - &who\n    app: a\n    tier: x\n'],
    [
      'deeper',
      'list:\n- &who\n  app: a\nspec:\n    deep:\n        who: *who\n',
      'list: []\nspec:\n    deep:\n        who: &who\n            app: a\n',
    ],
    ['a word', 'list:\n  - &port 80\n  - 1\nother: *port\n', 'list:\n  - 1\nother: &port 80\n'],
    ['in braces', 'list: [{port: &port {number: 80}}, {port: *port}]\n', 'list: [{port: &port {number: 80}}]\n'],
    ['the anchor of an item in brackets', 'list: [&port 80, *port, 1]\n', 'list: [&port 80, 1]\n'],
    ['a block in braces', 'list:\n  - &who\n    app: a\n    of: [x]\nspec: {who: *who}\n', 'list: []\nspec: {who: &who {app: a, of: [x]}}\n'],
    ['a text over lines', 'list:\n  - &note |-\n    one\n    two\nnote: *note\n', 'list: []\nnote: &note "one\\ntwo"\n'],
    ['two aliases', 'list:\n  - &a x\nb: *a\nc: *a\n', 'list: []\nb: &a x\nc: *a\n'],
    ['one inside another', 'list:\n  - &who\n    app: &app a\nb: *who\nc: *app\n', 'list: []\nb: &who\n  app: &app a\nc: *app\n'],
    ['the inner one first', 'list:\n  - &who\n    app: &app a\nb: *app\nc: *who\n', 'list: []\nb: &app a\nc: &who\n  app: &app a\n'],
    ['a merged mapping', 'list:\n  - &base\n    app: a\nb:\n  <<: *base\n  tier: x\n', 'list: []\nb:\n  <<: &base\n    app: a\n  tier: x\n'],
    ['nobody asks for it', 'list:\n  - &a x\n  - &b y\nc: *b\n', 'list:\n  - &b y\nc: *b\n'],
    ['Windows’ line breaks', 'list:\r\n  - &who\r\n    app: a\r\n    tier: x\r\n  - *who\r\n', 'list:\r\n  - &who\r\n    app: a\r\n    tier: x\r\n'],
  ])('%s', (_, before, after) => {
    expect(withoutItem(before)).toBe(after);
    const [was, is] = [before, after].map((text) => parse(text, { merge: true }) as Readonly<Record<string, unknown>>);
    const { list: _old, ...rest } = was as Readonly<Record<string, unknown>>;
    expect(is).toMatchObject(rest);
  });

  test('an anchor that is written again by the edit is left there', () => {
    const text = 'list:\n  - &a x\nb: *a\n';
    const document = new DocumentText(text);
    const edits = [
      { start: 5, end: 14, newText: ' []' },
      { start: 0, end: 0, newText: 'moved: &a x\n' },
    ];
    expect(keepAnchors(document, edits)).toEqual(edits);
  });

  test('where it would come behind its alias, nothing is changed', () => {
    const text = 'a: &a x\nb: *a\nc: 1\n';
    const document = new DocumentText(text);
    const { root } = document.parsed;
    const first = entryOf(root, 'a');
    if (!isMap(root) || !first) throw new Error('No mapping.');
    const moved = [removeEntry(text, root, first), { start: text.length, end: text.length, newText: 'd: &a x\n' }];
    expect(keepAnchors(document, moved)).toEqual([]);
  });

  test('a document that is added behind has anchors of its own', () => {
    const text = 'list:\n  - &a x\nb: *a\n';
    const document = new DocumentText(text);
    const list = entryOf(document.parsed.root, 'list')?.value;
    const item = isSeq(list) ? list.items[0] : undefined;
    if (!isSeq(list) || !item) throw new Error('No list.');
    const added = { start: text.length, end: text.length, newText: '---\nlist: &a x\n' };
    expect(applyEdits(text, keepAnchors(document, [removeItem(text, list, item), added]))).toBe('list: []\nb: &a x\n---\nlist: &a x\n');
  });
});

test.each([
  ['a: 1', true],
  ['a: &a 1', false],
  ['a: {b: [&x 1]}', false],
  ['a: &a 1\nb: *a', false],
])('%j stands alone: %s', (text, expected) => {
  const { root } = new DocumentText(text).parsed;
  expect(root && standsAlone(root)).toBe(expected);
});

test.each([
  ['a value inside', 'a: &who {app: web}\nb: *who\n', 'web', 'db', true],
  ['the alias itself', 'a: &who {app: web}\nb: *who\n', '*who', '{}', false],
  ['a value before', 'x: web\na: &who {app: api}\nb: *who\n', 'web', 'db', false],
  ['all of it with its anchor', 'a: &who {app: web}\nb: *who\n', '&who {app: web}', '&who {app: web}', false],
  ['an entry behind it', 'a: &who\n  - web\nb: *who\n', 'web', 'web\nc: 1', true],
  ['a line behind it', 'a: &who\n  - web\nb: *who\n', '\nb', '\nc: 1\nb', false],
  ['an item behind it', 'a: &who\n  - web\nb: *who\n', '\nb', '\n  - db\nb', true],
  ['an item more', 'a: &who\n  - web\nb: *who\n', 'web', 'web\n  - db', true],
  ['one that nobody asks for', 'a: &who {app: web}\nc: &port 80\nb: *port\n', 'web', 'db', false],
  ['a comment', '# * and &\na: web\n', 'web', 'db', false],
])('whether an edit changes what an alias stands for: %s', (_, text, part, newText, expected) => {
  const start = text.indexOf(part);
  expect(changesElsewhere(new DocumentText(text), [{ start, end: start + part.length, newText }])).toBe(expected);
});
