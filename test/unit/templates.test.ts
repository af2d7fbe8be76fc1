import { describe, expect, test } from 'vitest';
import { hoverAt } from '../../server/src/features/hover.ts';
import { resourcesOf } from '../../server/src/kinds/resource.ts';
import { isMadeByTemplate } from '../../server/src/kinds/templates.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { parseDocument } from '../../server/src/syntax/parseDocument.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import { idsIn } from '../support/findings.ts';

const chart = `{{- if .Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "app.fullname" . }}
  labels: {{- include "app.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "app.selectorLabels" . | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - ports:
        - port: {{ .Values.ports.redis }}
      from:
        - podSelector:
            matchLabels:
              {{ template "app.fullname" . }}-client: "true"
        {{- if .Values.namespaceLabels }}
        - namespaceSelector:
            matchLabels:
              {{- range $key, $value := .Values.namespaceLabels }}
              {{ $key | quote }}: {{ $value | quote }}
              {{- end }}
              {{ else }}
              {}
              {{- end }}
        {{- end }}
    {{- with .Values.more }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  egress:
    - to:
        - ipBlock:
            cidr: {{ .Values.cidr | default "10.0.0.0/8" }}
      ports:
        - port: https
          protocol: {{ .Values.protocol }}
{{- end }}
`;

const depends = 'What it means depends on what the template writes here.';

/** What is said at the `nth` place of a word of the chart. */
function says(word: string, nth = 1, text = chart): string | undefined {
  let at = -1;
  for (let i = 0; i < nth; i++) at = text.indexOf(word, at + 1);
  return hoverAt(new DocumentText(text), at + 1, { fieldHelp: false })?.markdown;
}

describe('what is said in a Helm template', () => {
  test.each([
    ['NetworkPolicy', 1, depends],
    ['podSelector', 1, depends],
    ['policyTypes', 1, depends],
    ['ingress:', 1, depends],
    ['- ports', 1, depends],
    ['ports:', 1, 'TCP port `{{ .Values.ports.redis }}`.'],
    ['podSelector', 2, 'Pods labelled `{{ template "app.fullname" . }}-client=true` of the namespace that it is applied to.'],
    ['namespaceSelector', 1, depends],
    ['egress:', 1, 'Out: only {{ .Values.protocol }} port `https` to addresses in `{{ .Values.cidr | default "10.0.0.0/8" }}`.'],
    ['protocol', 1, '{{ .Values.protocol }} port `https` of the destination pods.'],
  ])('%s (%d): %s', (word, nth, expected) => {
    expect(says(word, nth)).toBe(expected);
  });

  test('comments and variables that are set write nothing', () => {
    const text = chart
      .replace('  egress:', '  {{- $x := 1 }}\n  {{- /* all of it */}}\n  egress:')
      .replace('    - to:', '    {{/* out */}}\n    - to:');
    expect(says('egress:', 1, text)).toContain('Out: only');
  });

  test('what stands in two branches is said of neither', () => {
    const both = chart
      .replace('  egress:\n', '  {{- if .Values.open }}\n  egress:\n    - {}\n  {{- else }}\n  egress:\n')
      .replace(/\{\{- end \}\}\n$/, '  {{- end }}\n{{- end }}\n');
    expect([says('egress:', 1, both), says('egress:', 2, both)]).toEqual([depends, depends]);
    expect(says('- to:\n', 1, both)).toContain('Allows {{ .Values.protocol }} port');
    const peer = chart
      .replace('            cidr: ', '            {{- if .a }}\n            cidr: 10.0.0.0/8\n            {{- else }}\n            cidr: ')
      .replace('      ports:\n        - port: https', '            {{- end }}\n      ports:\n        - port: https');
    expect(says('ipBlock', 1, peer)).toBe(depends);
  });

  test('a line that trims what is before it, or whose indentation is not known, may write anywhere', () => {
    const added = (line: string) => says('- to:\n', 1, chart.replace('{{ .Values.protocol }}', `UDP\n${line}`));
    const rule = 'Allows UDP port `https` to addresses in `{{ .Values.cidr | default "10.0.0.0/8" }}`.';
    expect(added('    {{ include "more" . }}')).toBe(rule);
    expect(added('    {{- include "more" . | nindent 4 }}')).toBe(rule);
    expect(added('{{ include "more" . | indent 4 }}')).toBe(rule);
    for (const line of [
      '      {{ include "more" . }}',
      '    {{- include "more" . }}',
      '{{ include "more" . | nindent $n }}',
      '    {{- toYaml .x | nindent 6 }}',
    ])
      expect([line, added(line)]).toEqual([line, depends]);
  });

  test('what a plugin’s policy means is told where no template is in it', () => {
    const cilium = (value: string) =>
      `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  endpointSelector: {}\n  egress:\n    - toCIDR: [${value}]\n    - toEntities: [world]\n`;
    expect(says('endpointSelector', 1, cilium('"{{ .Values.cidr }}"'))).toContain('every endpoint');
    expect(says('egress:', 1, cilium('"{{ .Values.cidr }}"'))).toBe(depends);
    expect(says('CiliumNetworkPolicy', 1, cilium('"{{ .Values.cidr }}"'))).toBe(depends);
    expect(says('CiliumNetworkPolicy', 1, cilium('10.0.0.0/8'))).toContain('Selects every pod');
  });
});

test('what another branch writes in the place of a mapping is no label', () => {
  expect(idsIn(chart)).toEqual([]);
});

test('actions stand in the texts of scalars as they are written', () => {
  const text = `a: {{ .x }}\nb: "{{ .y }}-z"\n{{ .k }}: c\nd: {e: \${F}}\n`;
  const scalars: string[] = [];
  const { root } = parseDocument(text);
  if (root?.kind === 'map') for (const { key, value } of root.entries) scalars.push(key.text, value.kind === 'scalar' ? value.text : value.kind);
  expect(scalars).toEqual(['a', '{{ .x }}', 'b', '{{ .y }}-z', '{{ .k }}', 'c', 'd', 'map']);
});

test('a policy counts where its template writes words alone', () => {
  const words = chart.replace(/\{\{-.*\n/g, '').replace(/ {4}matchLabels: \n/, '');
  const policies = (text: string): number => {
    const workspace = new Workspace();
    workspace.setFolders(['file:///work']);
    workspace.set('file:///work/a.yaml', text);
    return workspace.viewFor('file:///work/a.yaml').cluster.policies.length;
  };
  const isMade = (text: string) => resourcesOf(new DocumentText(text)).map(isMadeByTemplate);
  const plain = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {{ .Values.name }}\n  labels:\n    {{- include "x" . | nindent 4 }}\nspec:\n  podSelector:\n    matchLabels:\n      app: {{ .Values.app }}\n`;
  expect([policies(chart), policies(plain), policies(`${plain}      {{- include "x" . | nindent 6 }}\n`)]).toEqual([0, 1, 0]);
  // Where it lands is not known, and what it says is.
  const placed = plain.replace('metadata:\n', 'metadata:\n  namespace: {{ .Release.Namespace }}\n');
  expect([policies(placed), isMade(placed), policies(placed.replace('{{ .Release.Namespace }}', '${NS}'))]).toEqual([0, [false], 1]);
  expect([isMade(chart), isMade(plain), isMade(words.replaceAll(/\{\{.*?\}\}/g, 'x'))]).toEqual([[true], [false], [false]]);
});

test('of workloads, Services and namespaces those count whose labels are written out', () => {
  const made = (labels: string, ports: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      labels:\n${labels}    spec:\n      containers:\n        - name: web\n          image: {{ .Values.image }}\n          ports:\n${ports}          {{- toYaml .Values.more | nindent 10 }}\n`;
  const cluster = (text: string) => {
    const workspace = new Workspace();
    workspace.set('file:///work/a.yaml', text);
    return workspace.viewFor('file:///work/a.yaml').cluster;
  };
  const workloads = (text: string) => cluster(text).workloads.map(({ value }) => [value.podLabels.app, value.ports.length, value.morePorts ?? false]);
  const [label, include] = ['        app: web\n', '        {{- include "labels" . | nindent 8 }}\n'];
  const [port, ports] = ['            - containerPort: 80\n', '            {{- toYaml .Values.ports | nindent 12 }}\n'];
  expect(workloads(made(label, port))).toEqual([['web', 1, false]]);
  expect(workloads(made(label, port + ports))).toEqual([['web', 1, true]]);
  expect(workloads(made(label, ''))).toEqual([['web', 0, true]]);
  expect(workloads(made(label + include, port))).toEqual([]);
  expect(workloads(made(include, port))).toEqual([]);
  // Labels of the workload itself, and what its selector says, make no pods.
  const own = made(label, port).replace(
    '  name: web\nspec:\n',
    `  name: web\n  labels:\n    {{- include "labels" . | nindent 4 }}\nspec:\n  selector:\n    matchLabels:\n      {{- include "labels" . | nindent 6 }}\n`,
  );
  expect(workloads(own)).toEqual([['web', 1, false]]);
  const two = made(label, port).replace(
    '        - name: web\n',
    '        - name: side\n          ports:\n            {{- toYaml .Values.side | nindent 12 }}\n        - name: web\n',
  );
  expect(workloads(two)).toEqual([['web', 1, true]]);
  const pod = (labels: string) =>
    workloads(`apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\n${labels}spec:\n  containers:\n    - name: {{ .x }}\n`)
      .length;
  expect([pod(''), pod('    {{- include "labels" . | nindent 4 }}\n')]).toEqual([1, 0]);
  expect(
    workloads('apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    {{- include "pod" . | nindent 4 }}\n'),
  ).toEqual([]);
  const service = (selector: string) =>
    cluster(`apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n${selector}  ports:\n    - port: 80\n`).services.length;
  expect([
    service('    app: web\n'),
    service('    app: web\n    {{- include "labels" . | nindent 4 }}\n'),
    service('    {{ include "labels" . }}\n'),
  ]).toEqual([1, 0, 0]);
  const namespace = (labels: string) =>
    cluster(`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    team: a\n${labels}`).namespaces.get('shop')?.declared ?? false;
  expect([namespace('    # {{ .x }}\n'), namespace('    {{- include "labels" . | nindent 4 }}\n')]).toEqual([true, false]);
});
