import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as yaml from 'yaml';
import { finished } from '../../server/src/model/steps.ts';
import {
  isFlowText,
  isJsonText,
  removeEntry,
  removeItem,
  removeItems,
  replaceValue,
  setEntry,
  unwrapList,
  wrapInList,
} from '../../server/src/syntax/edits.ts';
import { jsonEdits } from '../../server/src/syntax/jsonEdits.ts';
import { readManifestText } from '../../server/src/syntax/manifestText.ts';
import { isMap, isScalar, isSeq, type Node, valueAt } from '../../server/src/syntax/node.ts';
import { parseDocument, parsingDocument } from '../../server/src/syntax/parseDocument.ts';
import { scalarValue } from '../../server/src/syntax/scalar.ts';
import { writtenPart } from '../../server/src/syntax/scalarPart.ts';
import { splitDocuments } from '../../server/src/syntax/split.ts';
import { maskTemplate } from '../../server/src/syntax/template.ts';
import { applyEdits, areApart, type TextEdit } from '../../server/src/syntax/textEdit.ts';
import { writeYaml } from '../../server/src/syntax/writeYaml.ts';
import { policyOf } from '../support/cursor.ts';
import { yamlLike } from '../support/yamlLike.ts';
import { valuesOf } from '../support/yamlStyles.ts';

describe('splitting at document markers', () => {
  const parts = (text: string) => splitDocuments(text).map(({ start, end }) => text.slice(start, end));
  test.each([
    ['one document', 'a: 1\n', ['a: 1\n']],
    ['two', 'a: 1\n---\nb: 2\n', ['a: 1\n', '---\nb: 2\n']],
    ['a marker at the beginning', '---\na: 1\n', ['---\na: 1\n']],
    ['CRLF', 'a: 1\r\n---\r\nb: 2\r\n', ['a: 1\r\n', '---\r\nb: 2\r\n']],
    ['a byte order mark before the marker', '\uFEFF---\na: 1\n', ['\uFEFF', '---\na: 1\n']],
    ['dashes inside a line', 'a: x---y\nb: "---"\n', ['a: x---y\nb: "---"\n']],
    ['four dashes', '----\na: 1\n', ['----\na: 1\n']],
    ['a marker with a comment', 'a: 1\n--- # second\nb: 2\n', ['a: 1\n', '--- # second\nb: 2\n']],
    ['an end marker', 'a: 1\n...\nb: 2\n', ['a: 1\n...\n', 'b: 2\n']],
    ['a directive belongs to what follows', '%YAML 1.2\n---\na: 1\n', ['%YAML 1.2\n---\na: 1\n']],
    ['nothing', '', ['']],
  ])('%s', (_, text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  test('a marker inside a block scalar ends it, as YAML says', () => {
    expect(parts('a: |\n  x\n---\nb: 2\n')).toHaveLength(2);
    expect(parts('a: |\n  x\n  ---\nb: 2\n')).toHaveLength(1);
  });

  test('property: the documents touch each other and cover the text', () => {
    fc.assert(
      fc.property(yamlLike, (text) => {
        expect(parts(text).join('')).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('re-reading', () => {
  test('only the edited document is new', () => {
    const text = `${policyOf('podSelector: {}')}\n---\n${policyOf('ingress: []')}\n---\n${policyOf('egress: []')}\n`;
    const before = readManifestText(text, 'a.yaml');
    const after = readManifestText(text.replace('ingress: []', 'ingress: [{}]'), 'a.yaml', before);
    expect(after.documents[0]?.document).toBe(before.documents[0]?.document);
    expect(after.documents[1]?.document).not.toBe(before.documents[1]?.document);
    expect(after.documents[2]?.document).toBe(before.documents[2]?.document);
    expect(after.documents[2]?.start).toBe((before.documents[2]?.start ?? 0) + 2);
  });

  test.each([
    ['a dash before a marker', 'a: 1\n---\nb: 2\n---\nc: 3\n', 5, 0, '-'],
    ['a blank taken from a marker', 'a: 1\n--- x\nb: 2\n---\nc: 3\n', 8, 1, ''],
    ['a word before the byte order mark', '\uFEFF---\na: 1\n---\nb: 2\n', 0, 0, 'x'],
    ['a directive before a marker', 'a: 1\n---\nb: 2\n---\nc: 3\n', 0, 5, '%A\n'],
    ['an end before a marker', 'a: 1\n---\nb: 2\n---\nc: 3\n', 14, 0, '...\n'],
    ['the line break before a marker', 'a: 1\n---\nb: 2\n---\nc: 3\n', 4, 1, ''],
    ['all', 'a: 1\n---\nb: 2\n', 0, 14, ''],
    ['nothing', 'a: 1\n---\nb: 2\n', 3, 0, ''],
  ])('%s', (_, text, at, length, insert) => {
    const after = text.slice(0, at) + insert + text.slice(at + length);
    const places = (one: ReturnType<typeof readManifestText>) => one.documents.map(({ document, start }) => [document.text, start]);
    expect(places(readManifestText(after, 'a.yaml', readManifestText(text, 'a.yaml')))).toEqual(places(readManifestText(after, 'a.yaml')));
  });

  const edits = ['', '-', '---', '---\n', '\n---\n', '...\n', '%A\n', '\uFEFF', '\r\n', 'x', ': ', '- '];
  test('property: the result of an edit equals that from scratch', () => {
    fc.assert(
      fc.property(yamlLike, fc.nat(), fc.nat(60), fc.constantFrom(...edits), (text, at, length, insert) => {
        const start = text.length === 0 ? 0 : at % text.length;
        const after = text.slice(0, start) + insert + text.slice(start + length);
        const incremental = readManifestText(after, 'a.yaml', readManifestText(text, 'a.yaml'));
        const fresh = readManifestText(after, 'a.yaml');
        expect(incremental.documents.map(({ document, start: from }) => [document.text, from])).toEqual(
          fresh.documents.map(({ document, start: from }) => [document.text, from]),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

function everyNode(node: Node | undefined, visit: (node: Node) => void): void {
  if (!node) return;
  visit(node);
  if (isMap(node)) for (const entry of node.entries) for (const part of [entry.key, entry.value]) everyNode(part, visit);
  if (isSeq(node)) for (const item of node.items) everyNode(item.value, visit);
}

/** What Kubernetes' parser alone refuses. */
const refused = [
  'STRAY_TAB',
  'TAB_BEHIND_DASH',
  'ESCAPED_SLASH',
  'FLOW_WORD',
  'COLON_WITHOUT_SPACE',
  'COMPLEX_KEY',
  'NULL_KEY',
  'BAD_MERGE',
  'LINE_SEPARATOR',
];

describe('parsing', () => {
  test('property: any text gives a tree whose ranges lie inside it, children inside parents', () => {
    fc.assert(
      fc.property(yamlLike, (text) => {
        const { root, problems } = parseDocument(text);
        for (const { start, end } of problems) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
        everyNode(root, (node) => {
          expect(node.start >= 0 && node.start <= node.end && node.end <= text.length).toBe(true);
          const parts = isMap(node) ? node.entries : isSeq(node) ? node.items : [];
          for (const part of parts) expect(part.start >= node.start && part.end <= node.end, JSON.stringify(text)).toBe(true);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('property: the words and the mistakes are those that the library finds in one piece', () => {
    fc.assert(
      fc.property(yamlLike, (text) => {
        const { root, problems, templated } = parseDocument(text);
        const whole = yaml.parseDocument(text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
        fc.pre(!templated);
        const own = ['UNKNOWN_ALIAS', 'TOO_DEEP', ...refused];
        expect(problems.flatMap(({ code, start }) => (own.includes(code) ? [] : [[code, start]]))).toEqual(
          whole.errors.map(({ code, pos }) => [code, Math.min(pos[0], text.length)]),
        );
        const words: string[] = [];
        everyNode(root, (node) => {
          if (isScalar(node) && node.text !== '') words.push(node.text);
        });
        const expected: string[] = [];
        let isOdd = false;
        yaml.visit(whole, {
          Pair(_, { key }) {
            // Of a collection that is a key the tree keeps the text.
            if (key !== null && !yaml.isScalar(key)) isOdd = true;
          },
          Scalar(_, { value }) {
            if (value !== '' && value !== null) expected.push(String(value));
          },
        });
        fc.pre(!isOdd);
        expect(words).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('a long document is parsed in many steps, to the same tree', () => {
    const text = policyOf(`egress:\n${Array.from({ length: 5000 }, (_, i) => `  - to: [{ipBlock: {cidr: 10.0.${i % 256}.0/24}}]\n`).join('')}`);
    const inFull = text.replace('  - to', '  - &rule to').slice(0, text.length / 10);
    for (const [one, least] of [
      [text, 2],
      [inFull, 10],
    ] as const) {
      expect([...parsingDocument(one)].length).toBeGreaterThanOrEqual(least);
      const step = parsingDocument(one);
      step.next();
      expect(finished(step)).toEqual(parseDocument(one));
    }
  });

  test.each([
    ['in block style', '  - to:\n    - ipBlock:\n        cidr: 10.0.0.0/24\n'],
    ['on one line', '  - {to: [{ipBlock: {cidr: 10.0.0.0/24}}]}\n'],
    ['with empty lines', '\n\n\n\n\n\n\n\n\n\n  - {}\n'],
  ])('a document of more tokens than are read is refused however it is written: %s', (_, rule) => {
    const text = policyOf(`egress:\n${rule.repeat(12_000)}`);
    expect(parseDocument(text).problems.map(({ code }) => code)).toEqual(['TOO_LARGE']);
    expect(parseDocument(policyOf(`egress:\n${rule.repeat(4000)}`)).problems).toEqual([]);
  });

  test('aliases, anchors and merge keys are followed', () => {
    const text = 'base: &base {app: web}\nlabels:\n  <<: *base\n  tier: a\ncopy: *base\n';
    const { root, problems } = parseDocument(text);
    expect(problems).toEqual([]);
    const copy = isMap(root) ? root.entries[2]?.value : undefined;
    expect(copy?.kind === 'alias' && copy.target?.kind).toBe('map');
  });

  test('block scalars end at their last character', () => {
    const text = 'a: |\n  x\n  y\n\nb: 1\n';
    const { root } = parseDocument(text);
    const value = isMap(root) ? root.entries[0]?.value : undefined;
    expect(text.slice(value?.start, value?.end)).toBe('|\n  x\n  y');
  });
});

describe('scalars as Kubernetes reads them', () => {
  const typeOf = (text: string) => scalarValue({ kind: 'scalar', text, style: 'plain', start: 0, end: text.length }).type;
  test.each([
    ['yes', 'boolean'],
    ['off', 'boolean'],
    ['n', 'boolean'],
    ['true', 'boolean'],
    ['tRue', 'string'],
    ['~', 'null'],
    ['Null', 'null'],
    ['', 'null'],
    ['0x1F', 'integer'],
    ['0o17', 'integer'],
    ['1_000', 'integer'],
    ['-3', 'integer'],
    ['1.0', 'integer'],
    ['1.5', 'float'],
    ['1e3', 'integer'],
    ['.inf', 'float'],
    ['1.2.3', 'string'],
    ['2024-01-01', 'string'],
    ['12:30', 'string'],
    ['10.0.0.0/8', 'string'],
  ])('%j is %s', (text, type) => {
    expect(typeOf(text)).toBe(type);
  });
});

describe('YAML that is written', () => {
  test.each(['on', 'No', 'y', '~', 'null', '010', '0x1F', '1_000', '1.5', '.inf', '', ' a', 'a: b', '# a', '&a', '2024-01-01', '12:30'])(
    '%j stays a text',
    (text) => {
      const { root } = parseDocument(writeYaml({ [text]: text }));
      const [entry] = isMap(root) ? root.entries : [];
      for (const node of [entry?.key, entry?.value]) expect(isScalar(node) && scalarValue(node)).toEqual({ type: 'string', value: text });
    },
  );

  test('property: so does any other', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aeflnorstuyEN01279_.:+-/~# "\'') }), (text) => {
        const { root } = parseDocument(writeYaml([text]));
        const value = isSeq(root) ? root.items[0]?.value : undefined;
        expect(isScalar(value) && scalarValue(value)).toEqual({ type: 'string', value: text });
      }),
      { numRuns: 3000 },
    );
  });

  test('what needs no quotes gets none', () => {
    for (const text of ['web', 'a.b/c-d', '10.0.0.0/8', 'v1', '1.2.3']) expect(writeYaml(text)).toBe(text);
  });
});

describe('templates', () => {
  test('property: masking keeps length and line breaks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('{{', '}}', '\n', ' ', 'a: ', '- ', '{{- if .x }}', '{{ .y }}', 'b')), (parts) => {
        const text = parts.join('');
        const masked = maskTemplate(text).text;
        expect(masked.length).toBe(text.length);
        expect([...masked.matchAll(/\n/g)].map((match) => match.index)).toEqual([...text.matchAll(/\n/g)].map((match) => match.index));
      }),
    );
  });
});

test('property: items that are removed together are gone, and the others are what they were', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
      fc.constantFrom('flow', 'block', 'mappings'),
      fc.boolean(),
      (removed, style, comma) => {
        const items = removed.map((_, i) => (style === 'mappings' ? `{a: ${i}}` : `x${i}`));
        const text =
          style === 'flow' ? `l: [${items.join(', ')}${comma ? ', ' : ''}]\nm: 1\n` : `l:\n${items.map((item) => `  - ${item}\n`).join('')}m: 1\n`;
        const list = valueAt(parseDocument(text).root, 'l');
        if (!isSeq(list)) throw new Error('no list');
        const edits = removeItems(
          text,
          list,
          list.items.filter((_, i) => removed[i]),
        );
        expect(areApart(edits), text).toBe(true);
        expect(yaml.parse(applyEdits(text, edits)), text).toEqual({ l: yaml.parse(`[${items.filter((_, i) => !removed[i]).join(',')}]`), m: 1 });
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ['{"a": 1}', true, true],
  ['\uFEFF [ {"a": 1}]', true, true],
  ['{}', true, true],
  ['{a: 1}', true, false],
  ['[a]', true, false],
  ['{{- if .Values.on }}\na: 1\n{{- end }}\n', false, false],
  ['[{{ .a }}]', true, false],
  ['a: {"b": 1}', false, false],
])('%j is in braces: %s, JSON: %s', (text, flow, json) => {
  expect([isFlowText(text), isJsonText(text)]).toEqual([flow, json]);
});

test.each([
  [
    'words get quotes',
    '{"a": {"b": "c"}}',
    [{ start: 15, end: 15, newText: ', d: [e, "f", 1, true, null, 010, 1_0, .5]' }],
    '{"a": {"b": "c", "d": ["e", "f", 1, true, null, "010", "1_0", ".5"]}}',
  ],
  [
    'keys and values by themselves',
    '{"a": "b"}',
    [
      { start: 1, end: 4, newText: 'x' },
      { start: 6, end: 9, newText: "'y'" },
    ],
    '{"x": "y"}',
  ],
  ['what stands in quotes stays', '{"a": "b"}', [{ start: 7, end: 8, newText: 'cd' }], '{"a": "cd"}'],
  ['what would be no JSON is not done', '{"a": ["b"]}', [{ start: 10, end: 10, newText: ', c:\n  - d' }], '{"a": ["b"]}'],
])('edits of JSON: %s', (_, text, edits, expected) => {
  expect(isJsonText(text)).toBe(true);
  expect(applyEdits(text, jsonEdits(text, edits))).toBe(expected);
});

test('edits apply from left to right, and one that overlaps an earlier one is dropped', () => {
  expect(
    applyEdits('abcdef', [
      { start: 4, end: 5, newText: 'X' },
      { start: 0, end: 2, newText: '' },
      { start: 1, end: 3, newText: 'no' },
    ]),
  ).toBe('cdXf');
});

describe('edits of a mapping and a list', () => {
  const rootOf = (text: string) => {
    const { root } = parseDocument(text);
    if (!isMap(root) || !root.entries[0]) throw new Error('no mapping');
    return { root, entry: root.entries[0], value: root.entries[0].value };
  };
  const after = (text: string, edits: TextEdit | readonly TextEdit[]) => applyEdits(text, [edits].flat());

  test.each([
    ['a:\n  - x\nb: 1\n', 'a: []\nb: 1\n'],
    ['a:\n- x\nb: 1\n', 'a: []\nb: 1\n'],
    ['a:\r\n- x # why\r\nb: 1\r\n', 'a: [] # why\r\nb: 1\r\n'],
    ['a:\n# why\n- x\nb: 1\n', 'a:\n# why\n  []\nb: 1\n'],
    ['a: # why\n- x\n', 'a: # why\n  []\n'],
    ['a: &list\n- x\n', 'a: &list\n  []\n'],
    ['a: [x]\n', 'a: []\n'],
  ])('the last item of %j leaves an empty list', (text, expected) => {
    const { value } = rootOf(text);
    const [item] = isSeq(value) ? value.items : [];
    expect(isSeq(value) && item && after(text, removeItem(text, value, item))).toBe(expected);
    expect(isSeq(value) && after(text, removeItems(text, value, value.items))).toBe(expected);
    expect(valuesOf(expected)).toBe(valuesOf(text.replace(/- x|\[x\]/, '[]').replace(/^\[\]/m, ' []')));
  });

  test('the last entry of a mapping leaves an empty one', () => {
    const inner = (text: string) => {
      const { value } = rootOf(text);
      const [entry] = isMap(value) ? value.entries : [];
      return isMap(value) && entry && after(text, removeEntry(text, value, entry));
    };
    expect(inner('a:\n  x: 1\nb: 1\n')).toBe('a: {}\nb: 1\n');
    expect(inner('a: {x: 1}\n')).toBe('a: {}\n');
    expect(inner('a:\n  # why\n  x: 1\n')).toBe('a:\n  # why\n    {}\n');
  });

  test.each([
    ['a:\n- x: 1\n  y: 2\nb: 1\n', 'a:\n  x: 1\n  y: 2\nb: 1\n'],
    ['a:\n  - x: 1\n    y: 2\nb: 1\n', 'a:\n  x: 1\n  y: 2\nb: 1\n'],
    ['a:\n- {x: 1}\nb: 1\n', 'a: {x: 1}\nb: 1\n'],
    ['a:\n  - x\nb: 1\n', 'a: x\nb: 1\n'],
    ['a: [x]\n', 'a: x\n'],
    ['a:\n- |-\n  x\n  y\nb: 1\n', 'a:\n  |-\n  x\n  y\nb: 1\n'],
  ])('the only item of %j is taken out of its list', (text, expected) => {
    const { value } = rootOf(text);
    expect(isSeq(value) && after(text, unwrapList(text, value))).toBe(expected);
    const [first] = (JSON.parse(valuesOf(text)) as { a: readonly unknown[] }[]).map(({ a }) => a[0]);
    expect((JSON.parse(valuesOf(expected)) as { a: unknown }[])[0]?.a).toEqual(first);
  });

  test('a text over several lines is put into a list by what it says', () => {
    const text = 'a: |-\n  x\nb: 1\n';
    expect(after(text, wrapInList(text, rootOf(text).value))).toBe('a: ["x"]\nb: 1\n');
  });

  test.each([
    ['a:\n- x\nb: 1\n', 'a: [y]\nb: 1\n'],
    ['a:\n  x: 1\nb: 1\n', 'a: [y]\nb: 1\n'],
    ['a: {x: 1}\n', 'a: [y]\n'],
    ['a:\nb: 1\n', 'a: [y]\nb: 1\n'],
    ['a: |\n  x\n', 'a: [y]\n'],
  ])('the value of %j is replaced', (text, expected) => {
    const { entry } = rootOf(text);
    expect(after(text, replaceValue(text, entry, '[y]')).trimEnd()).toBe(expected.trimEnd());
  });

  test.each([
    ['a: 1\nk:\nz: 2\n', 'a: 1\nk: v\nz: 2\n'],
    ['a: 1\nk: []\nz: 2\n', 'a: 1\nk: v\nz: 2\n'],
    ['a: 1\nz: 2\n', 'a: 1\nz: 2\nk: v\n'],
    ['{a: 1, k: null}\n', '{a: 1, k: v}\n'],
    ['{a: 1}\n', '{a: 1, k: v}\n'],
    ['{}\n', '{"k": v}\n'],
  ])('a key is written into %j once', (text, expected) => {
    const { root } = parseDocument(text);
    expect(isMap(root) && after(text, setEntry(text, root, 'k', 'v'))).toBe(expected);
  });

  test('a key is written behind another', () => {
    const text = 'a: 1\nz: 2\n';
    const { root, entry } = rootOf(text);
    expect(after(text, setEntry(text, root, 'k', '\n  - v', entry))).toBe('a: 1\nk:\n  - v\nz: 2\n');
  });
});

describe('a part of a scalar', () => {
  test.each([
    ['plain', "k: app == 'web'\n"],
    ['single', "k: 'app ==  web'\n"],
    ['double', 'k: "app == \'web\'"\n'],
    ['single with quotes', "k: 'app == ''web'''\n"],
    ['single with quotes over lines', "k: 'app\n  == ''web'''\n"],
    ['double with quotes', 'k: "app == \\"web\\" && \\\\"\n'],
    ['literal', "k: |-\n  app == 'web' &&\n    web\n"],
    ['folded', "k: >-\n  app ==\n  'web'\n"],
    ['folded and kept', "k: >2+ # why\n    app ==\n\n  'web'\n\n"],
    ['plain over lines', "k: app ==\n  'web'\n"],
    ['double over lines', 'k: "app\n  == \'web\'"\r\n'],
    ['with Windows’ line breaks', "k: |\r\n  app ==\r\n  'web'\r\n"],
  ])('%s: each word is found where it is written', (_, text) => {
    const { root } = parseDocument(text);
    const node = valueAt(root, 'k');
    if (!isScalar(node)) throw new Error('no scalar');
    for (const word of ['app', '==', 'web']) {
      const at = node.text.indexOf(word);
      const part = writtenPart(node, text, at, at + word.length);
      expect(part && text.slice(part.start, part.end)).toBe(word);
    }
  });

  test('a quote that is written as two is both of them', () => {
    const text = "k: 'app == ''web'''\n";
    const node = valueAt(parseDocument(text).root, 'k');
    if (!isScalar(node)) throw new Error('no scalar');
    const part = writtenPart(node, text, node.text.indexOf("'"), node.text.length);
    expect(part && text.slice(part.start, part.end)).toBe("''web''");
  });

  test.each(['k: "a\\tweb"\n', 'k: "\\u0061 web"\n'])('none of %j, which is written in another way than it reads', (text) => {
    const node = valueAt(parseDocument(text).root, 'k');
    expect(isScalar(node) && writtenPart(node, text, 0, 1)).toBeUndefined();
  });
});
