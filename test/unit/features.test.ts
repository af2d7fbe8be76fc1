import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixAllEdits, quickFixes } from '../../server/src/features/codeActions.ts';
import { completionsAt } from '../../server/src/features/completion.ts';
import { foldingRanges } from '../../server/src/features/folding.ts';
import { hoverAt } from '../../server/src/features/hover.ts';
import { selectionRanges } from '../../server/src/features/selectionRanges.ts';
import { type DocumentSymbol, documentSymbols } from '../../server/src/features/symbols.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { applyEdits, areApart } from '../../server/src/syntax/textEdit.ts';
import { emptyView } from '../../server/src/workspace/view.ts';
import { atCursor, policyOf } from '../support/cursor.ts';
import { findingsIn } from '../support/findings.ts';
import { yamlLike } from '../support/yamlLike.ts';

const spec = 'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {}\n    ports:\n      - port: 80\n';

describe('document symbols', () => {
  const outline = (symbols: readonly DocumentSymbol[]): readonly string[] =>
    symbols.flatMap(({ name, detail, children }) => [`${name}${detail ? ` ${detail}` : ''}`, ...outline(children).map((line) => `  ${line}`)]);

  test('a resource and its fields', () => {
    expect(outline(documentSymbols(new DocumentText(policyOf(spec))))).toEqual([
      'web NetworkPolicy, namespace shop',
      '  metadata',
      '    name web',
      '    namespace shop',
      '  spec',
      '    podSelector {}',
      '    policyTypes Ingress',
      '    ingress',
      '      1',
      '        from',
      '          1',
      '            podSelector {}',
      '        ports',
      '          1',
      '            port 80',
    ]);
  });

  test('property: every selection lies in its range, every child in its parent', () => {
    fc.assert(
      fc.property(yamlLike, (text) => {
        const inside = (symbol: DocumentSymbol) => {
          expect(symbol.selection.start >= symbol.range.start && symbol.selection.end <= symbol.range.end).toBe(true);
          for (const child of symbol.children) {
            expect(child.range.start >= symbol.range.start && child.range.end <= symbol.range.end).toBe(true);
            inside(child);
          }
        };
        for (const symbol of documentSymbols(new DocumentText(text))) inside(symbol);
      }),
      { numRuns: 500 },
    );
  });
});

test('folding: what holds a mapping or a list', () => {
  const text = policyOf(spec);
  const first = foldingRanges(new DocumentText(text)).map(({ start }) => text.slice(start).split('\n')[0]);
  expect(first).toEqual([
    'apiVersion: networking.k8s.io/v1',
    'metadata:',
    'spec:',
    'podSelector: {}',
    'policyTypes: [Ingress]',
    'ingress:',
    '- from:',
    'from:',
    '- podSelector: {}',
    'podSelector: {}',
    'ports:',
    '- port: 80',
  ]);
});

test('selection grows from the word to the document', () => {
  const { document, offset } = atCursor(policyOf('podSelector:\n  matchLabels:\n    app: w$0eb\n'));
  const texts = selectionRanges(document, offset).map(({ start, end }) => document.text.slice(start, end).split('\n')[0]);
  expect(texts.slice(0, 5)).toEqual(['web', 'app: web', 'matchLabels:', 'podSelector:', 'spec:']);
});

describe('quick fixes', () => {
  test('only those of findings that touch the selection', () => {
    const document = new DocumentText(policyOf('podSelector: {}\ningress:\n  - ports:\n      - port: "80"\n      - protocol: udp\n'));
    const at = document.text.indexOf('udp');
    expect(quickFixes(document, { start: at, end: at }, emptyView, {}).map((fix) => fix.title)).toEqual(['Change to UDP']);
  });

  test('fix all mends what is certain, in rounds, and leaves the rest as it was', () => {
    const text = policyOf('# a comment\npodSelector:   # kept\n  app: true\nports:\n  - port: "80"\ningress:\n  - from: []\n');
    const document = new DocumentText(text);
    const mended = applyEdits(text, fixAllEdits(document, emptyView, {}));
    expect(mended).toBe(
      policyOf('# a comment\npodSelector:   # kept\n  matchLabels:\n    app: "true"\ningress:\n  - from: []\n    ports:\n      - port: 80\n'),
    );
    expect(findingsIn(mended).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('of two certain fixes that touch each other, one round takes the first and the next the other', () => {
    const text = policyOf('podSelector:\n  app: 1\n');
    const mended = applyEdits(text, fixAllEdits(new DocumentText(text), emptyView, {}));
    expect(mended).toBe(policyOf('podSelector:\n  matchLabels:\n    app: "1"\n'));
  });

  test('nothing certain, nothing changed', () => {
    const document = new DocumentText(policyOf('podSelector: {}\ningress:\n  - ports:\n      - port: 70000\n'));
    expect(fixAllEdits(document, emptyView, {})).toEqual([]);
  });

  test('a fix that would move something into itself is not offered', () => {
    const text =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec:\n  ingress:\n    - from:\n        - podSelector: {matchLabels: {\n    ports: app: api}}\n      ports:\n        - port: 80\n     [     endPort: 90\n';
    const document = new DocumentText(text);
    const fixes = quickFixes(document, { start: 0, end: text.length }, emptyView, {});
    expect(fixes.length).toBeGreaterThan(0);
    for (const { edits } of fixes) expect(areApart(edits)).toBe(true);
  });

  test('fix all takes one of two fixes for the same thing', () => {
    const text = 'apiVersio: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n';
    const mended = applyEdits(text, fixAllEdits(new DocumentText(text), emptyView, {}));
    expect(mended).toBe('apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n');
  });
});

describe('ignore comments', () => {
  const bad = (before: string, behind = '') =>
    policyOf(`podSelector: {}\ningress:\n  - ports:\n${before}      - port: "80"${behind}\n      - port: "90"\n`);
  const lines = (text: string) => findingsIn(text).flatMap(({ id, start }) => (id === 'invalid-port' ? [text.slice(start, start + 4)] : []));
  test.each([
    ['none', bad(''), ['"80"', '"90"']],
    ['behind the value', bad('', ' # netpol-ignore invalid-port'), ['"90"']],
    ['above the line', bad('      # netpol-ignore invalid-port\n'), ['"90"']],
    ['above the line, with other comments between', bad('      # netpol-ignore invalid-port\n      # why\n'), ['"90"']],
    ['with a reason', bad('', ' # netpol-ignore invalid-port -- the proxy rewrites it'), ['"90"']],
    ['several ids', bad('', ' # netpol-ignore invalid-cidr, invalid-port'), ['"90"']],
    ['another id', bad('', ' # netpol-ignore invalid-cidr'), ['"80"', '"90"']],
    ['above the document', `# netpol-ignore invalid-port\n${bad('')}`, []],
    ['behind the document marker’s comment', `---\n# netpol-ignore invalid-port\n${bad('')}`, []],
  ])('%s', (_, text, expected) => {
    expect(lines(text)).toEqual(expected);
  });
});

describe('severities', () => {
  const text = policyOf('podSelector: {}\ningress:\n  - ports:\n      - port: "80"\n');
  test.each([
    [{}, ['error']],
    [{ 'invalid-port': 'hint' } as const, ['hint']],
    [{ 'invalid-port': 'off' } as const, []],
    [{ 'api-server': 'warning' } as const, ['warning']],
    [{ 'api-server': 'off', 'invalid-port': 'hint' } as const, ['hint']],
    [{ 'invalid-cidr': 'off' } as const, ['error']],
  ])('%j', (settings, expected) => {
    const found = findingsIn(text, settings).filter(({ id }) => id === 'invalid-port');
    expect(found.map(({ severity }) => severity)).toEqual(expected);
  });
});

test('property: no feature throws or leaves the document, whatever the text', () => {
  fc.assert(
    fc.property(yamlLike, fc.nat(), (text, at) => {
      const document = new DocumentText(text);
      const offset = text.length === 0 ? 0 : at % (text.length + 1);
      const inside = ({ start, end }: { start: number; end: number }) => expect(start >= 0 && start <= end && end <= text.length).toBe(true);
      for (const finding of checkDocument(document, emptyView)) {
        inside(finding.at);
        for (const fix of finding.fixes?.() ?? []) for (const edit of fix.edits) inside(edit);
      }
      for (const edit of fixAllEdits(document, emptyView, {})) inside(edit);
      for (const range of [...foldingRanges(document), ...selectionRanges(document, offset)]) inside(range);
      const hover = hoverAt(document, offset);
      if (hover) inside(hover.range);
      for (const completion of completionsAt(text, offset)) inside(completion.range);
    }),
    // A byte order mark that is the first character of a key, which no insertion before it can be indented by.
    { numRuns: 3000, examples: [['---\n\uFEFFapiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n', 0]] },
  );
});
