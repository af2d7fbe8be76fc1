import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finished } from '../../server/src/model/steps.ts';
import { readingLines } from '../../server/src/syntax/blockLines.ts';
import { parsingInFull } from '../../server/src/syntax/parseDocument.ts';
import { pieces } from '../support/yamlLike.ts';

const lines = `---
# Traffic of the shop
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy # in force
metadata:
  name: "web"
  labels: {tier: front, 'app.kubernetes.io/name': web, weight: 10, empty: {}, }
  annotations:
    "a/b": 'it is so'
    note: from here, to there; #1 of a:b - all {of} [it] "here" -
spec:
  podSelector:
  policyTypes: [Ingress, "Egress"]

  ingress:
  - from:
    # the proxy
    - namespaceSelector: { }
      podSelector:
        matchExpressions:
          - key: app
            operator: In
            values: [ web, api-2, [x], {y: 1} ]
    -
      ipBlock:
          cidr: 10.0.0.0/8
          except:
          - 10.1.0.0/16
    ports:
    - port: 80
      endPort: 90
    -   protocol: TCP
        port: -1
  - - - nested
      - {}
    -
  egress:
    - # all of it
      - a
    - {}
empty:
# the end`.split('\n');

const written = fc.oneof(
  fc.constantFrom(...pieces),
  // biome-ignore format: a list of words.
  fc.constantFrom(' ', '\n', ' #', '# c', ': ', ':', ' :', '-', '- ', '- - ', '-  ', '\r\n', '\r', ':\r', '"', "'", '\\', '{a: b}', '[a, b]', ', ', '---', '\n---', '--- # c', '...', '\n... ', '? ', '<<: ', '*', '&', '|', '>', '%', '@', '`', '\u0085', '\u00a0', '\u2029', '"a": b', '"a":b', "'a'", "''", 'a:b', '-a', '-1', '--', '\n\n', '  \n', '{"a":1}', '\u0001'),
);
const edit = fc.record({ at: fc.nat(), away: fc.nat(3), text: fc.option(written, { nil: '' }) });
const taken = fc.record({
  from: fc.nat(lines.length - 1),
  count: fc.integer({ min: 1, max: lines.length }),
  isLeft: fc.boolean(),
  isEnded: fc.boolean(),
});

/** Some lines of a manifest, perhaps moved to the left, with some edits in them. */
const texts = fc.tuple(taken, fc.array(edit, { maxLength: 3 })).map(([{ from, count, isLeft, isEnded }, edits]) => {
  let text = lines.slice(from, from + count).join('\n') + (isEnded ? '\n' : '');
  const indent = /^ */.exec(text)?.[0].length ?? 0;
  if (isLeft) text = text.replace(new RegExp(`^ {0,${indent}}`, 'gm'), '');
  for (const { at, away, text: more } of edits) {
    const offset = at % (text.length + 1);
    text = text.slice(0, offset) + more + text.slice(offset + away);
  }
  return text;
});

test('what is read line by line is what the parser of the whole language reads, and without problems', () => {
  let [asked, read] = [0, 0];
  fc.assert(
    fc.property(texts, (text) => {
      // Templates are not read line by line.
      fc.pre(!text.includes('{{'));
      asked++;
      const root = finished(readingLines(text, Number.POSITIVE_INFINITY));
      if (root === undefined) return;
      read++;
      const inFull = finished(parsingInFull(text, false));
      expect(inFull.problems).toEqual([]);
      expect(root).toStrictEqual(inFull.root);
    }),
    { numRuns: 20_000 },
  );
  expect(read / asked).toBeGreaterThan(0.2);
});
