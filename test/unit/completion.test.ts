import { describe, expect, test } from 'vitest';
import { completionsAt } from '../../server/src/features/completion.ts';
import { plainSnippet } from '../../server/src/features/snippetText.ts';
import { applyEdits } from '../../server/src/syntax/textEdit.ts';
import { atCursor, policyOf } from '../support/cursor.ts';
import { idsIn } from '../support/findings.ts';

function labels(marked: string, fieldHelp = true): readonly string[] {
  const { document, offset } = atCursor(marked);
  return completionsAt(document.text, offset, { fieldHelp }).map((completion) => completion.label);
}

/** The text after a completion is accepted, tab stops filled with their defaults. */
function accepted(marked: string, label: string, name?: string): string {
  const { document, offset } = atCursor(marked, name);
  const found = completionsAt(document.text, offset).find((completion) => completion.label === label);
  if (!found) throw new Error(`"${label}" is not offered.`);
  return applyEdits(document.text, [{ ...found.range, newText: plainSnippet(found.snippet) }]);
}

describe('keys', () => {
  test.each([
    ['on an empty line', 'podSelector: {}\n$0', ['policyTypes', 'ingress', 'egress']],
    ['half typed', 'podSelector: {}\npol$0', ['policyTypes', 'ingress', 'egress']],
    ['between two keys', 'podSelector: {}\n$0\ningress: []', ['policyTypes', 'egress']],
    ['above the first key', 'po$0\ningress: []', ['podSelector', 'policyTypes', 'egress']],
    ['in the middle of a key', 'podSel$0ector: {}\nEgress: []', ['podSelector', 'policyTypes', 'ingress', 'egress']],
    ['below a key', 'podSelector:\n  $0', ['matchLabels', 'matchExpressions']],
    ['after a dash', 'podSelector: {}\ningress:\n  - $0', ['from', 'ports']],
    ['after a dash without a blank', 'podSelector: {}\ningress:\n  -$0', ['from', 'ports']],
    ['the second key of an item', 'podSelector: {}\ningress:\n  - from: []\n    $0', ['ports']],
    ['a peer', 'podSelector: {}\ningress:\n  - from:\n      - $0', ['podSelector', 'namespaceSelector', 'ipBlock']],
    ['the second selector of a peer', 'podSelector: {}\ningress:\n  - from:\n      - namespaceSelector: {}\n        $0', ['podSelector', 'ipBlock']],
    ['a list without its dash', 'podSelector: {}\ningress:\n  - from:\n      $0', ['podSelector', 'namespaceSelector', 'ipBlock']],
    ['a port', 'podSelector: {}\ningress:\n  - ports:\n      - port: 80\n        $0', ['protocol', 'endPort']],
    ['in flow style', 'podSelector: {$0}', ['matchLabels', 'matchExpressions']],
    ['in flow style after a comma', 'podSelector: {}\ningress: [{ports: [{port: 80, $0}]}]', ['protocol', 'endPort']],
    ['in an empty flow list item', 'podSelector: {}\ningress: [{$0}]', ['from', 'ports']],
    ['an expression, required keys first', 'podSelector:\n  matchExpressions:\n    - $0', ['key', 'operator', 'values']],
    [
      'the label of every namespace',
      'podSelector: {}\ningress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            $0',
      ['kubernetes.io/metadata.name'],
    ],
    ['no keys of pod labels yet', 'podSelector:\n  matchLabels:\n    $0', []],
    ['inside another value', 'podSelector:\n  matchLabels:\n    app: web\n      $0', []],
  ])('%s', (_, spec, expected) => {
    expect(labels(policyOf(spec))).toEqual(expected);
  });

  test('of the metadata, without what the server sets', () => {
    expect(labels('apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\n  $0\n')).toEqual(
      expect.arrayContaining(['namespace', 'labels', 'annotations']),
    );
    expect(labels('apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\n  $0\n')).not.toContain('uid');
  });

  test('in a template that begins with braces, as in YAML', () => {
    const text =
      '{{- if .Values.enabled }}\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: a\nspec:\n  podSelector: {}\n  pol$0\n{{- end }}\n';
    expect(accepted(text, 'policyTypes')).toContain('\n  policyTypes:');
  });

  test('of the second document alone', () => {
    expect(labels(`${policyOf('podSelector: {}')}\n---\n${policyOf('ingress: []\n$0')}`)).toEqual(['podSelector', 'policyTypes', 'egress']);
  });

  test('none where another extension offers them, values still', () => {
    expect(labels(policyOf('podSelector: {}\n$0'), false)).toEqual([]);
    expect(labels(policyOf('podSelector: {}\npolicyTypes: [$0]'), false)).toEqual(['Ingress', 'Egress']);
  });

  test('in JSON', () => {
    const json = '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a"}, "spec": {"podSelector": {}, "$0"}}';
    expect(labels(json)).toEqual(['policyTypes', 'ingress', 'egress']);
    expect(accepted(json, 'ingress', 'a.json')).toContain('"podSelector": {}, "ingress": []}');
    // An editor compares what is typed with the quote before it.
    const { document, offset } = atCursor(json, 'a.json');
    expect(completionsAt(document.text, offset).map(({ filter }) => filter)).toEqual(['"policyTypes', '"ingress', '"egress']);
  });

  test('in quotes, which do not stay around what follows the key', () => {
    for (const quote of ['"', "'"])
      expect(accepted(policyOf(`podSelector: {}\n${quote}pol$0${quote}`), 'policyTypes')).toBe(
        accepted(policyOf('podSelector: {}\npol$0'), 'policyTypes'),
      );
    expect(accepted(policyOf("podSelector: {}\n'in$0': []"), 'ingress')).toContain('\n  ingress: []');
  });

  test('in front of an empty line that a document begins with', () => {
    expect(labels('$0\nkind: NetworkPolicy\nmetadata:\n  name: a\n')).toContain('apiVersion');
  });

  test('none in the place of a list that is written as a mapping', () => {
    expect(labels(policyOf('podSelector: {}\ningress:\n  from: []\n  $0'))).toEqual([]);
  });
});

describe('values', () => {
  test('in JSON, as what they are', () => {
    const json = (key: string, value: string) =>
      `{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": {"${key}": ${value}, "egress": [{"ports": [{"protocol": ""}]}]}}`;
    expect(accepted(json('policyTypes', '$0'), '[Ingress, Egress]', 'a.json')).toBe(json('policyTypes', '["Ingress","Egress"]'));
    expect(accepted(json('podSelector', '$0'), '{}', 'a.json')).toBe(json('podSelector', '{}'));
    expect(accepted(json('podSelector', '{}').replace('""', '"T$0"'), 'TCP', 'a.json')).toBe(json('podSelector', '{}').replace('""', '"TCP"'));
    expect(accepted(json('podSelector', '{}').replace('"protocol": ""', '$0'), 'protocol', 'a.json')).toBe(
      json('podSelector', '{}').replace('""', '"TCP"'),
    );
  });

  test('in quotes, which stay', () => {
    expect(accepted(policyOf('podSelector: {}\npolicyTypes: ["In$0"]'), 'Ingress')).toContain('policyTypes: ["Ingress"]');
    expect(accepted(policyOf("podSelector: {}\ningress:\n  - ports:\n      - protocol: '$0'"), 'UDP')).toContain("protocol: 'UDP'");
  });

  test.each([
    ['an enum', 'podSelector: {}\ningress:\n  - ports:\n      - protocol: $0', ['TCP', 'UDP', 'SCTP']],
    ['an enum without a blank after the colon', 'podSelector: {}\ningress:\n  - ports:\n      - protocol:$0', ['TCP', 'UDP', 'SCTP']],
    ['half typed', 'podSelector: {}\ningress:\n  - ports:\n      - protocol: U$0', ['TCP', 'UDP', 'SCTP']],
    ['an enum in a list, without what is there', 'podSelector: {}\npolicyTypes:\n  - Ingress\n  - $0', ['Egress']],
    ['an enum in a flow list', 'podSelector: {}\npolicyTypes: [Ingress, $0]', ['Egress']],
    ['a list of enums on the key’s line', 'podSelector: {}\npolicyTypes: $0', ['[Ingress]', '[Egress]', '[Ingress, Egress]']],
    ['a list of enums below the key', 'podSelector: {}\npolicyTypes:\n  $0', ['Ingress', 'Egress']],
    ['an operator', 'podSelector:\n  matchExpressions:\n    - key: app\n      operator: $0', ['In', 'NotIn', 'Exists', 'DoesNotExist']],
    ['an empty selector', 'podSelector: $0', ['{}']],
  ])('%s', (_, spec, expected) => {
    expect(labels(policyOf(spec))).toEqual(expected);
  });

  test('kinds of an API version, and API versions of a kind', () => {
    expect(labels('apiVersion: apps/v1\nkind: $0\n')).toEqual(['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet']);
    expect(labels('apiVersion: $0\nkind: NetworkPolicy\n')).toEqual(['networking.k8s.io/v1', 'projectcalico.org/v3', 'crd.projectcalico.org/v1']);
  });
});

describe('what is inserted', () => {
  test.each([
    [
      'a key with its block',
      'podSelector: {}\ningress:\n  - $0',
      'ports',
      'podSelector: {}\ningress:\n  - ports:\n      - protocol: TCP\n        port: 80',
    ],
    ['a key in front of a colon', 'podSel$0ector: {}', 'ingress', 'ingress: {}'],
    [
      'a whole rule',
      'podSelector: {}\ningr$0',
      'ingress',
      'podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: \n    ports:\n      - protocol: TCP\n        port: 80',
    ],
    [
      'in the style of the document',
      'podSelector: {}\npolicyTypes:\n- Ingress\ningr$0',
      'ingress',
      'podSelector: {}\npolicyTypes:\n- Ingress\ningress:\n- from:\n  - podSelector:\n      matchLabels:\n        app: \n  ports:\n  - protocol: TCP\n    port: 80',
    ],
    ['in flow style', 'podSelector: {}\ningress: [{$0}]', 'ports', 'podSelector: {}\ningress: [{ports: []}]'],
    [
      'the missing dash',
      'podSelector: {}\ningress:\n  - from:\n      $0',
      'ipBlock',
      'podSelector: {}\ningress:\n  - from:\n      - ipBlock:\n          cidr: 10.0.0.0/8',
    ],
    [
      'the missing blank',
      'podSelector: {}\ningress:\n  - ports:\n      - protocol:$0',
      'UDP',
      'podSelector: {}\ningress:\n  - ports:\n      - protocol: UDP',
    ],
  ])('%s', (_, spec, label, expected) => {
    expect(accepted(policyOf(spec), label)).toBe(policyOf(expected));
  });

  test('CRLF stays CRLF', () => {
    const marked = policyOf('podSelector: {}\negr$0').replaceAll('\n', '\r\n');
    expect(accepted(marked, 'egress')).not.toMatch(/[^\r]\n/);
  });

  test('a whole policy, which is free of errors', () => {
    for (const marked of ['$0', '# a comment\n$0', '---\n$0']) {
      expect(labels(marked)).toContain('NetworkPolicy');
      const text = accepted(marked, 'NetworkPolicy');
      expect(text).toContain('podSelector:');
      expect(idsIn(text)).toEqual([]);
    }
  });

  test('every key of a rule, a peer and a port gives a text that parses', () => {
    for (const spec of [
      '$0',
      'podSelector: {}\ningress:\n  - $0',
      'podSelector: {}\negress:\n  - to:\n      - $0',
      'podSelector: {}\ningress:\n  - ports:\n      - port: 80\n        $0',
    ]) {
      for (const label of labels(policyOf(spec))) expect(idsIn(accepted(policyOf(spec), label)), label).not.toContain('yaml-syntax');
    }
  });
});

test.each([
  ['a workflow', 'name: CI\non: push\n$0\n'],
  ['a Compose file', 'services:\n  web:\n    $0\n'],
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  $0\n'],
  ['values of a chart', 'image:\n  tag: $0\n'],
])('nothing is offered in %s', (_, marked) => {
  expect(labels(marked)).toEqual([]);
});
