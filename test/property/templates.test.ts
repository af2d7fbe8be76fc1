import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decidedByTemplate } from '../../server/src/explain/place.ts';
import { hoverAt } from '../../server/src/features/hover.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
    matchLabels:
      app: web
      tier: front
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: client
          namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: edge
        - ipBlock:
            cidr: 10.0.0.0/8
            except:
              - 10.1.0.0/16
              - 10.2.0.0/16
      ports:
        - port: http
          protocol: UDP
        - port: metrics
    - from:
        - namespaceSelector:
            matchExpressions:
              - key: team
                operator: In
                values:
                  - a
                  - b
  egress:
    - to:
        - podSelector: {}
      ports:
        - port: dns
    - ports:
        - port: https
`.split('\n');

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Lines of an item or entry that begins in a line: those below it that stand deeper. */
function block(from: number): number {
  const own = policy[from] as string;
  // The dashes of a list stand deeper than its key here.
  let end = from + 1;
  while (end < policy.length && policy[end] !== '' && indentOf(policy[end] as string) > indentOf(own)) end++;
  return end;
}

/** A line of a template, and the lines that it becomes. */
interface Line {
  readonly written: string;
  readonly rendered: readonly string[];
}

const same = (line: string): Line => ({ written: line, rendered: [line] });

interface Change {
  readonly at: number;
  readonly is: 'value' | 'if' | 'include' | 'more';
  readonly holds: boolean;
}

const changed = (lines: readonly Line[], start: number, end: number, now: readonly Line[]): readonly Line[] => [
  ...lines.slice(0, start),
  ...now,
  ...lines.slice(end),
];

/** The policy with parts of it written by a template, as a template and as it is rendered. One change, or several that do not meet. */
function templateOf(changes: readonly Change[]): readonly Line[] {
  let lines: readonly Line[] = policy.map(same);
  let above = policy.length;
  // From the end, so that what stands before keeps its place.
  for (const { at, is, holds } of [...changes].sort((a, b) => b.at - a.at)) {
    const [line, end] = [policy[at] as string, block(at)];
    if (end > above || line === '' || indentOf(line) < 2) continue;
    const indent = ' '.repeat(indentOf(line));
    const parts = /^(\s*(?:- )?(?:[\w./]+: )?)([\w./]+)$/.exec(line);
    if (is === 'value' && parts) {
      lines = changed(lines, at, at + 1, [{ written: `${parts[1]}{{ .v${at} | quote }}`, rendered: [line] }]);
    } else if (is === 'if') {
      const inner = lines.slice(at, end).map(({ written, rendered }) => ({ written, rendered: holds ? rendered : [] }));
      lines = changed(lines, at, end, [
        { written: `${indent}{{- if .c }}`, rendered: [] },
        ...inner,
        { written: `${indent}{{- end }}`, rendered: [] },
      ]);
    } else if (is === 'include' && end > at + 1) {
      lines = changed(lines, at + 1, end, [
        {
          written: `${holds ? indent : ''}{{- include "x" . | nindent ${indentOf(policy[at + 1] as string)} }}`,
          rendered: lines.slice(at + 1, end).flatMap(({ rendered }) => rendered),
        },
      ]);
    } else if (is === 'more' && /^\s*- /.test(line)) {
      lines = changed(lines, end, end, [
        {
          written: `${holds ? indent : ''}{{- toYaml .more | nindent ${indent.length} }}`,
          rendered: lines.slice(at, end).flatMap(({ rendered }) => rendered),
        },
      ]);
    } else continue;
    above = at;
  }
  return lines;
}

/** What a hover says of the first word of a line. */
function meaningOf(lines: readonly string[], at: number): string | undefined {
  const start = lines.slice(0, at).join('\n').length + (at > 0 ? 1 : 0);
  const line = lines[at] as string;
  const word = /[\w{]/.exec(line)?.index ?? 0;
  return hoverAt(new DocumentText(lines.join('\n')), start + word, { fieldHelp: false })?.markdown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.integer({ min: 5, max: policy.length - 2 }),
  is: fc.constantFrom('value', 'if', 'include', 'more'),
  holds: fc.boolean(),
});

test('property: a hover in a template says what holds for what is rendered, or that it depends', () => {
  let [told, open] = [0, 0];
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const lines = templateOf(changes);
      const written = lines.map((line) => line.written);
      const rendered = lines.flatMap((line) => line.rendered);
      for (const [i, { rendered: own }] of lines.entries()) {
        if (own.length !== 1 || (own[0] as string) === '') continue;
        const says = meaningOf(written, i);
        if (says === undefined) continue;
        if (says === decidedByTemplate) {
          open++;
          continue;
        }
        told++;
        const filled = says.replace(/\{\{ \.v(\d+) \| quote \}\}/g, (_, at: string) => / ?([\w./]+)$/.exec(policy[Number(at)] as string)?.[1] ?? '');
        const at = lines.slice(0, i).reduce((sum, line) => sum + line.rendered.length, 0);
        expect([written.join('\n'), written[i], filled]).toEqual([written.join('\n'), written[i], meaningOf(rendered, at)]);
      }
    }),
    { numRuns: 100 },
  );
  expect(told).toBeGreaterThan(300);
  expect(open).toBeGreaterThan(100);
});
