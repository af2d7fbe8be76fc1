import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { decidedByTemplate } from '../../server/src/explain/place.ts';
import { hoverAt } from '../../server/src/features/hover.ts';
import { pages } from '../../server/src/rules/pages.ts';
import { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { findingsIn, textAfterFix } from '../support/findings.ts';
import { changesOf, lineWhenRendered, rendered, type TemplateChange, templateOf } from '../support/templated.ts';

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

/** What a hover says of the first word of a line. */
function meaningOf(lines: readonly string[], at: number): string | undefined {
  const start = lines.slice(0, at).join('\n').length + (at > 0 ? 1 : 0);
  const line = lines[at] as string;
  const word = /[\w{]/.exec(line)?.index ?? 0;
  return hoverAt(new DocumentText(lines.join('\n')), start + word, { fieldHelp: false })?.markdown;
}

test('property: a hover in a template says what holds for what is rendered, or that it depends', () => {
  let [told, open] = [0, 0];
  fc.assert(
    fc.property(changesOf(policy.length), (changes) => {
      const lines = templateOf(policy, changes);
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
        const at = lineWhenRendered(lines, i);
        expect([written.join('\n'), written[i], filled]).toEqual([written.join('\n'), written[i], meaningOf(rendered, at)]);
      }
    }),
    { numRuns: 100 },
  );
  expect(told).toBeGreaterThan(300);
  expect(open).toBeGreaterThan(100);
});

/** The examples of all rules in block style, one document of each. */
const examples = Object.values(pages)
  .flatMap(({ examples: all, good }) => [...all.map(({ bad }) => bad), ...good])
  .filter((text) => !text.includes('{{'))
  .flatMap((text) => {
    try {
      return [
        parseAllDocuments(text)
          .map((document) => stringify(document.toJS()))
          .join('---\n'),
      ];
    } catch {
      // An alias that stands for nothing, say.
      return [];
    }
  })
  .filter((text) => text.includes('kind:'));

const idsIn = (text: string): ReadonlySet<string> => new Set(findingsIn(text).map(({ id }) => id));

/** Told of a policy by itself, unless others are known to allow or deny it, or a Service to be open on purpose. */
const isToldUnlessKnown: ReadonlySet<string> = new Set(['clusterwide-isolates-dns', 'dns-blocked', 'metadata-service-reachable', 'open-to-world']);

/** What is told instead once more is known: a port that no container declares is a Service's, a peer that matches nobody has pods elsewhere. */
const saysMore: Readonly<Record<string, string>> = {
  'port-not-exposed': 'service-port-not-target-port',
  'peer-matches-nothing': 'pod-selector-needs-namespace',
};

/** Which kind it is is taken from the rest where a template writes it, and may be another. */
const isBelowKind = (text: string) => {
  const lines = text.split('\n');
  return ({ at }: TemplateChange): boolean => !/^(apiVersion|kind| {2}namespace):/.test(lines[at] ?? '');
};

const changedExamples = fc
  .constantFrom(...examples)
  .chain((text) => changesOf(text.split('\n').length).map((changes) => ({ text, changes: changes.filter(isBelowKind(text)) })));

test('property: what is found in a template is found in what is rendered', () => {
  let told = 0;
  fc.assert(
    fc.property(changedExamples, ({ text, changes }) => {
      const lines = templateOf(text.split('\n'), changes);
      const written = lines.map((line) => line.written).join('\n');
      // Every branch taken, and some of them: what a template says wrong in one of its branches is wrong.
      const taken = templateOf(
        text.split('\n'),
        changes.map((one) => ({ ...one, holds: one.is === 'if' || one.holds })),
      );
      const rendered = [lines, taken].map((some) => idsIn(some.flatMap((line) => line.rendered).join('\n')));
      // Where only words are written, a variable may stand for each.
      const withVariables = written.replace(/{{ \.v(\d+) \| quote }}/g, '${V$1}');
      for (const text of withVariables.includes('{{') ? [written] : [written, withVariables]) {
        for (const id of idsIn(text)) {
          if (isToldUnlessKnown.has(id)) continue;
          told++;
          expect([text, rendered.some((ids) => ids.has(id) || ids.has(saysMore[id] ?? id)) ? '' : id]).toEqual([text, '']);
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(told).toBeGreaterThan(200);
});

/** What is wrong with a text, whatever is around it. */
const errorsIn = (text: string): ReadonlySet<string> =>
  new Set(findingsIn(text).flatMap(({ id, severity, finding }) => (severity === 'error' && finding.rule.scope === undefined ? [id] : [])));

test('property: a template after a fix renders to what is not worse', () => {
  let applied = 0;
  fc.assert(
    fc.property(changedExamples, fc.boolean(), ({ text: whole, changes }, isTaken) => {
      const text = whole.split('\n');
      const template = templateOf(text, changes)
        .map(({ written }) => written)
        .join('\n');
      const taken = changes.map((change) => ({ ...change, holds: isTaken === change.holds }));
      const before = errorsIn(rendered(template, text, taken));
      for (const found of findingsIn(template)) {
        const count = (found.finding.fixes?.() ?? []).filter(({ edits }) => edits.length > 0).length;
        for (let i = 0; i < count; i++) {
          applied++;
          const mended = textAfterFix(template, found, i) as string;
          // What was wrong in one way may be wrong in another until the next fix.
          const after = errorsIn(rendered(mended, text, taken));
          expect([template, mended, after.size > before.size ? after : undefined]).toEqual([template, mended, undefined]);
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(applied).toBeGreaterThan(100);
});
