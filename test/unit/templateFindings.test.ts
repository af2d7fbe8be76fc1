import { describe, expect, test } from 'vitest';
import { codeLensAt, codeLensPlaces } from '../../server/src/features/codeLens.ts';
import { allInlayHints, inlayHints } from '../../server/src/features/inlayHints.ts';
import { checkDocument } from '../../server/src/rules/check.ts';
import { deployment } from '../../server/src/rules/examples.ts';
import type { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { maskTemplate } from '../../server/src/syntax/template.ts';
import { keepsTemplate } from '../../server/src/syntax/templateEdits.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { findingsIn, textAfterFix } from '../support/findings.ts';

/** A chart’s policy with these rules, of which the name, the labels and the pods are Helm’s. */
const chartWith = (rules: string): string => `{{- if .Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "app.fullname" . }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "app.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
${rules}{{- end }}
`;

const idsIn = (text: string): readonly string[] => findingsIn(text).map(({ id }) => id);

const twoPeers = (between = '', inside = '', last = ''): string =>
  chartWith(
    `  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: web\n${inside}${between}        - podSelector:\n            matchLabels:\n              app: web\n${last}`,
  );

const block = (lines: string): string => chartWith(`  ingress:\n    - from:\n        - ipBlock:\n            except: [10.1.0.0/16]\n${lines}`);

const dns = (own: string, other = ''): string => chartWith(`  egress:\n    - ports:\n        - port: 53\n          protocol: UDP\n${own}${other}`);

const expression = (lines: string): string =>
  chartWith(
    `  ingress:\n    - from:\n        - podSelector:\n            matchExpressions:\n              - key: {{ .Values.key }}\n                operator: In\n${lines}`,
  );

describe('what is missing, or there twice, in a part of a template that is written out', () => {
  test.each([
    ['a field', block(''), 'missing-field'],
    [
      'a field, and more of a list in it',
      block('').replace('[10.1.0.0/16]', '\n              {{- toYaml .Values.except | nindent 14 }}'),
      'missing-field',
    ],
    ['a field, and another rule', block('    {{- toYaml .Values.rules | nindent 4 }}\n'), 'missing-field'],
    ['a name', chartWith('').replace(/ {2}name: .*\n/, ''), 'missing-field'],
    ['a key', block('').replace('except:', 'cidr: 10.0.0.0/8\n            cidr: 10.2.0.0/16\n            except:'), 'duplicate-key'],
    ['a peer', twoPeers(), 'duplicate-item'],
    ['a peer, and more of them', twoPeers('', '', '        {{- toYaml .Values.peers | nindent 8 }}\n'), 'duplicate-item'],
    ['DNS over TCP', dns(''), 'dns-udp-only'],
    [
      'DNS over TCP beside a port of the chart',
      dns('', '    - to:\n        - podSelector: {}\n      ports:\n        - port: {{ .Values.port }}\n'),
      'dns-udp-only',
    ],
    ['values', expression(''), 'selector-operator'],
    ['an entry of policyTypes', chartWith('').replace('[Ingress, Egress]', '\n    - Ingress\n    -'), 'invalid-policy-type'],
  ])('%s', (_, text, id) => {
    expect(idsIn(text)).toContain(id);
  });

  test.each([
    ['a field that an action writes', block('            {{- include "range" . | nindent 12 }}\n')],
    ['a field that an action writes, nobody knows where', block('            {{- include "range" . }}\n')],
    ['a field of which the name is an action', block('            {{ .Values.key }}: 10.0.0.0/8\n')],
    ['metadata that an action writes', chartWith('').replace(/ {2}name: [\s\S]*?spec:/, '  {{- include "metadata" . | nindent 2 }}\nspec:')],
    [
      'a key in each of two branches',
      block(
        '            {{- if .a }}\n            cidr: 10.0.0.0/8\n            {{- else }}\n            cidr: 10.0.0.0/9\n            {{- end }}\n',
      ),
    ],
    ['a peer in each of two branches', twoPeers('        {{- else }}\n')],
    ['a peer of which an action writes more', twoPeers('', '              {{- include "labels" . | nindent 14 }}\n')],
    ['a peer of which an action writes more behind the list', twoPeers('', '', '              {{- include "labels" . | nindent 14 }}\n')],
    ['a peer with a word of the chart', twoPeers().replaceAll('app: web', 'app: {{ randAlpha 5 }}')],
    ['DNS over a protocol of the chart', dns('        - port: 53\n          protocol: {{ .Values.protocol }}\n')],
    ['DNS over any port of the chart', dns('', '    - ports:\n        - port: {{ .Values.port }}\n')],
    ['DNS, and more rules', dns('', '    {{- toYaml .Values.egress | nindent 4 }}\n')],
    ['values that an action writes', expression('                values:\n                  {{- toYaml .Values.values | nindent 18 }}\n')],
    [
      'an entry that an action writes',
      chartWith('').replace('[Ingress, Egress]', '\n    - Ingress\n    -\n      {{- include "type" . | nindent 6 }}'),
    ],
    [
      'three entries, of which two are branches',
      chartWith('').replace('[Ingress, Egress]', '\n    - Ingress\n    {{- if .a }}\n    - Egress\n    {{- else }}\n    - Egress\n    {{- end }}'),
    ],
  ])('nothing of %s', (_, text) => {
    expect(idsIn(text).filter((id) => !['implicit-namespace', 'open-to-world'].includes(id))).toEqual([]);
  });
});

describe('a policy whose name alone is a template’s or a variable’s', () => {
  const policy = (name: string, { label = 'web', more = '', labels = '' } = {}): string =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}\n${labels}${more}spec:\n  podSelector:\n    matchLabels:\n      app: ${label}\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: web\n`;
  const inShop = { more: '  namespace: shop\n' };
  const seen = (text: string) => {
    const workspace = new Workspace();
    workspace.setFolders(['file:///work']);
    workspace.set('file:///work/a.yaml', text);
    workspace.set('file:///work/b.yaml', deployment('web', 'shop'));
    const view = workspace.viewFor('file:///work/a.yaml');
    const document = workspace.manifest('file:///work/a.yaml')?.documents[0]?.document as DocumentText;
    return {
      lenses: codeLensPlaces(document, view).map(({ start }) => codeLensAt(document, start, view)?.title),
      hints: inlayHints(document, view, allInlayHints).map(({ label }) => label),
      ids: checkDocument(document, view).map(({ rule }) => rule.id),
    };
  };

  test.each(['{{ .Release.Name }}-web', '${STAGE}-web'])('is judged among the pods that it selects: %s', (name) => {
    const { lenses, hints, ids } = seen(policy(name, inShop));
    expect([lenses, hints, ids]).toEqual([['1 pod · in from 1 workload'], ['1 pod', '1 pod'], ['all-ports-open']]);
    expect(seen(policy(name, { ...inShop, label: 'wep' })).ids).toContain('selector-matches-nothing');
  });

  test('is not where a word of its spec is, or where it lands', () => {
    const nothing = { lenses: [], hints: [], ids: [] };
    expect(seen(policy('web', { ...inShop, label: '${APP}' }))).toEqual(nothing);
    expect(seen(policy('web', { ...inShop, label: '{{ .Values.app }}' }))).toEqual(nothing);
    expect(seen(policy('web', { more: '  namespace: {{ .Release.Namespace }}\n' }))).toEqual(nothing);
    expect(seen(policy('web', { more: '  {{- include "namespace" . | nindent 2 }}\n' }))).toEqual(nothing);
    expect(seen(policy('web', { more: '  {{- if .x }}\n  namespace: shop\n  {{- end }}\n' }))).toEqual(nothing);
    expect(seen(policy('web', inShop).replace('spec:', '{{- if .x }}\nspec:').concat('{{- end }}\n'))).toEqual(nothing);
  });

  test('has labels of a template, too, and lands where Helm puts it', () => {
    const labels = '  labels:\n    {{- include "labels" . | nindent 4 }}\n    {{- if .x }}\n    a: b\n    {{- end }}\n';
    expect(seen(`{{- if .on }}\n${policy('{{ .x }}', { ...inShop, labels })}{{- end }}\n`).lenses).toEqual(['1 pod · in from 1 workload']);
    const unplaced = seen(policy('{{ .x }}'));
    expect([unplaced.hints, unplaced.ids]).toEqual([['no known pods', 'no known pods'], ['all-ports-open']]);
  });
});

describe('a fix in a template', () => {
  const mended = (text: string, wanted: string): string | undefined => {
    const found = findingsIn(text).find(({ id }) => id === wanted);
    return found && textAfterFix(text, found);
  };

  test('is written where no action takes it for its own', () => {
    const nameless = chartWith('').replace(/ {2}name: .*\n/, '');
    expect(mended(nameless, 'missing-field')).toBe(nameless.replace('metadata:\n', 'metadata:\n  name: my-policy\n'));
    const listed = block('').replace('[10.1.0.0/16]', '\n              - 10.1.0.0/16\n              {{- toYaml .Values.except | nindent 14 }}');
    expect(mended(listed, 'missing-field')).toBe(listed.replace('            except:', '            cidr: 10.0.0.0/8\n            except:'));
    const peers = twoPeers('', '', '        {{- toYaml .Values.peers | nindent 8 }}\n');
    expect(mended(peers, 'duplicate-item')).toBe(peers.replace(/( +- podSelector:\n +matchLabels:\n +app: web\n){2}/, '$1'));
  });

  test('is none where an action stands in what it takes away', () => {
    const open = chartWith('  ingress:\n    - from: []\n      {{- include "ports" . | nindent 6 }}\n');
    expect(idsIn(open)).toContain('empty-list-allows-all');
    expect(mended(open, 'empty-list-allows-all')).toBeUndefined();
  });

  test.each([
    ['behind an entry', 'a: 1\n|b|: 2\n', 'c: 3\n', true],
    ['behind a comment', 'a: 1|\n    # of a\n{{ include "x" . }}\n', '\nb: 2', true],
    ['behind what an action adds to', 'a:|\n  {{- include "x" . | nindent 2 }}\n', '\nb: 2', false],
    ['behind what an action writes at its own column', 'a: 1|\n{{ include "x" . }}\n', '\nb: 2', true],
    ['behind what an action adds to in a branch', 'a:|\n  {{- with .x }}\n  {{- toYaml . | nindent 2 }}\n  {{- end }}\n', '\nb: 2', false],
    ['behind what is written in a branch', 'a:|\n  {{- if .x }}\n  c: 1\n  {{- end }}\n', '\nb: 2', false],
    ['before what nobody knows the place of', 'a: 1|\n{{- include "x" . }}\n', '\nb: 2', false],
    ['in a branch that the finding is not in', '{{- if .x }}\na: 1|\n{{- end }}\nz: 1\n', '\nb: 2', false],
    ['in the other branch', '{{- if .x }}\na: 1|\n{{- else }}\nz: 1\n{{- end }}\n', '\nb: 2', false],
    ['behind the branch that the finding is in', '{{- if .x }}\nz: 1\n{{- end }}\n||', '---\na: 1\n', false],
    ['around an action', 'a: 1|\n{{- if .x }}\n|z: 1\n{{- end }}\n', '', false],
    ['an empty list where an action writes items', 'a:|\n  - b|\n  {{- toYaml .x | nindent 2 }}\nz: 1\n', ' []', false],
    ['an empty list where none does', 'a:|\n  - b|\n{{ include "x" . }}\nz: 1\n', ' []', true],
    ['a word', 'a: |b|\n{{- end }}\nz: 1\n', 'c', true],
    ['a value where an action writes below', 'a:|\n  {{ include "x" . }}\nz: 1\n', ' {}', false],
  ])('%s', (_, marked, newText, expected) => {
    const [before = '', removed = '', after] = marked.split('|');
    const text = marked.replaceAll('|', '');
    const [one, other] = after === undefined ? [before.length, before.length] : [before.length, before.length + removed.length];
    expect(
      keepsTemplate(
        text,
        maskTemplate(text).gaps ?? [],
        { start: one, end: other, newText },
        text.lastIndexOf('z: 1') < 0 ? 0 : text.lastIndexOf('z: 1'),
      ),
    ).toBe(expected);
  });
});
