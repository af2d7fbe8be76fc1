import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../server/src/syntax/parseDocument.ts';
import { findingsIn, textAfterFix } from '../support/findings.ts';

/**
 * What kubernetes-sigs/yaml 1.6 (goyaml.v2) says of texts that YAML 1.2 allows, found with that library: the code of the problem and the
 * text that it is told at, none for what is taken.
 */
const cases: Readonly<Record<string, readonly (readonly [text: string, ...told: readonly [] | readonly [code: string, at: string]])[]>> = {
  'words between brackets and braces': [
    ['a: {b: ::1}', 'FLOW_WORD', '::1'],
    ['a: [x, :b]', 'FLOW_WORD', ':b'],
    ['a: {b: ?c}', 'FLOW_WORD', '?c'],
    ['a: {b: /c?d}', 'FLOW_WORD', '/c?d'],
    ['a: /c?d'],
    ['a: ::1'],
    ['a: [":b", b:c, "::1"]'],
    ['a: {b:{c: d}}', 'COLON_WITHOUT_SPACE', 'b:'],
    ['a: {b: {c:[d]}}', 'COLON_WITHOUT_SPACE', 'c:'],
    ['a: {b:, c: d}', 'COLON_WITHOUT_SPACE', 'b:'],
    ['a: {"b":{c: d}}'],
    ["a: {'b':[c]}"],
    ['a: {b :c}'],
  ],
  keys: [
    ['null: a', 'NULL_KEY', 'null'],
    ['~: a', 'NULL_KEY', '~'],
    [': a', 'NULL_KEY', ':'],
    ['a: {null: b}', 'NULL_KEY', 'null'],
    ["'null': a"],
    ["'': a"],
    ['true: a'],
    ['[a, b]: c', 'COMPLEX_KEY', '[a, b]'],
    ['? a\n: b'],
    ['*a : b', 'UNKNOWN_ALIAS', '*a'],
  ],
  'merge keys': [
    ['<<: x', 'BAD_MERGE', '<<'],
    ['<<:\na: b', 'BAD_MERGE', '<<'],
    ['<<: [{a: b}, c]', 'BAD_MERGE', '<<'],
    ['<<: {a: b}'],
    ['<<: [{a: b}]'],
    ['a: &a {b: c}\nd:\n  <<: *a'],
  ],
  escapes: [['a: "x\\/y"', 'ESCAPED_SLASH', '\\/'], ['a: "x\\\\\\/y"', 'ESCAPED_SLASH', '\\/'], ['a: "x\\\\/y"'], ["a: 'x\\/y'"], ['{"a": "x\\/y"}']],
  tabs: [
    ['a:\n  b: c\n\t\n  d: e', 'STRAY_TAB', '\t'],
    ['a:\n  b: c\n  \t \n  d: e', 'STRAY_TAB', '\t '],
    ['a:\n  b: c\n\t# d', 'STRAY_TAB', '\t'],
    ['a:\n- b\n\t\n- c', 'STRAY_TAB', '\t'],
    ['\t\na: b', 'STRAY_TAB', '\t'],
    ['a: b\n   \t\nc: d'],
    ['a: b\n  c\n  \t\nd: e'],
    ['a: |\n  x\n  \t\nb: c'],
    ['a: [b,\n\t\n c]'],
    ['a:\tb\t# c'],
    ['-\ta', 'TAB_BEHIND_DASH', '\t'],
    ['- \ta', 'TAB_BEHIND_DASH', '\t'],
    ['- - \ta', 'TAB_BEHIND_DASH', '\t'],
    ['- a\t'],
  ],
  'other ends of lines': [
    ['a: b\u2028c', 'LINE_SEPARATOR', '\u2028'],
    ['a: b # c\u2029d', 'LINE_SEPARATOR', '\u2029'],
    ['a: |\n  b\u0085c\n', 'LINE_SEPARATOR', '\u0085'],
    ['a: "b\u2028c"'],
  ],
};

describe.each(Object.entries(cases))('%s', (_, list) => {
  test.each(list)('%j', (text, ...told) => {
    const [problem, ...others] = parseDocument(text).problems;
    expect(others).toEqual([]);
    expect(problem ? [problem.code, text.slice(problem.start, problem.end)] : []).toEqual(told);
  });
});

test('templates are not held to it', () => {
  expect(parseDocument('a: {b:{{ .Values.c }}}\nd: [::1]').problems).toEqual([]);
});

const policy = (spec: string) => `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: b}\nspec:\n${spec}\n`;

test.each([
  ['  podSelector: {matchLabels:{app: web}}', '  podSelector: {matchLabels: {app: web}}'],
  ['  egress: [{to: [{ipBlock: {cidr: ::1/128}}]}]', "  egress: [{to: [{ipBlock: {cidr: '::1/128'}}]}]"],
  ['  podSelector: {}\n\t\n  policyTypes: [Ingress]', '  podSelector: {}\n  \n  policyTypes: [Ingress]'],
  ['  podSelector: {}\n  policyTypes:\n    -\tIngress', '  podSelector: {}\n  policyTypes:\n    - Ingress'],
  ['  podSelector: {matchLabels: {app: "a\\/b"}}', '  podSelector: {matchLabels: {app: "a/b"}}'],
  ['  podSelector: {} # all\u2028pods', '  podSelector: {} # all pods'],
])('%j is mended', (broken, mended) => {
  const text = policy(broken);
  const [found] = findingsIn(text).filter(({ id }) => id === 'yaml-syntax');
  expect(found && textAfterFix(text, found)).toBe(policy(mended));
  expect(findingsIn(policy(mended)).filter(({ id }) => id === 'yaml-syntax')).toEqual([]);
});
