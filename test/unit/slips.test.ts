import { describe, expect, test } from 'vitest';
import { slipsIn } from '../../server/src/rules/slips.ts';
import { parseDocument } from '../../server/src/syntax/parseDocument.ts';
import { findingsIn, textAfterFix } from '../support/findings.ts';

const usual = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: web
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              team: a
          podSelector:
            matchLabels:
              app: api
        - ipBlock:
            cidr: 10.0.0.0/8
            except:
              - 10.1.0.0/16
      ports:
        - protocol: TCP
          port: 80
  egress:
    - to:
        - podSelector: {}
      ports:
        - port: 53
          protocol: UDP
`;

/** The same policy as others write it. */
const styles = {
  usual,
  'dashes below their key': `${usual.split('spec:')[0]}spec:
  podSelector:
    matchLabels:
      app: web
  policyTypes:
  - Ingress
  - Egress
  ingress: # from the shop
  - from:
    - namespaceSelector:
        matchLabels:
          team: a
      podSelector:
        matchLabels:
          app: api
    - ipBlock:
        cidr: 10.0.0.0/8
        except:
        - 10.1.0.0/16
    ports:
    - protocol: TCP
      port: 80
  egress:
  - to:
    - podSelector: {}
    ports:
    - port: 53
      protocol: UDP
`,
  'lines that end as on Windows': usual.replaceAll('\n', '\r\n'),
};

/** What a hand does to one line; undefined where it cannot. */
const slips: Readonly<Record<string, (line: string) => string | undefined>> = {
  'a colon left out': (line) => (/^[ -]*\w+:/.test(line) ? line.replace(':', '') : undefined),
  'an equals sign for a colon': (line) => (/^[ -]*\w+: /.test(line) ? line.replace(': ', ' = ') : undefined),
  'no space behind a colon': (line) => (/: /.test(line) ? line.replace(': ', ':') : undefined),
  'no space behind a dash': (line) => (/- /.test(line) ? line.replace('- ', '-') : undefined),
  'a dash left out': (line) => (/^ *- /.test(line) ? line.replace('- ', '') : undefined),
  'a dash too many': (line) => (/^ *\w/.test(line) ? line.replace(/\w/, '- $&') : undefined),
  'a space too few': (line) => (line.startsWith(' ') ? line.slice(1) : undefined),
  'two spaces too few': (line) => (line.startsWith('  ') ? line.slice(2) : undefined),
  'no indentation': (line) => (line.startsWith('  ') ? line.trimStart() : undefined),
  'a space too many': (line) => ` ${line}`,
  'two spaces too many': (line) => `  ${line}`,
  'a tab': (line) => (line.startsWith(' ') ? `\t${line.trimStart()}` : undefined),
  'a quote that nothing opens': (line) => (line.endsWith('}') ? `${line}"` : undefined),
  'a bracket left open': (line) => (line.endsWith('}') ? line.slice(0, -1) : undefined),
};

/** Each text with one slip that is no YAML any more, the line, and all texts after the fixes that are offered. */
function unreadable(text: string, slip: (line: string) => string | undefined) {
  const end = text.includes('\r') ? '\r\n' : '\n';
  const lines = text.split(end).slice(0, -1);
  return lines.flatMap((line, i) => {
    const other = slip(line);
    const broken = other === undefined ? text : `${[...lines.slice(0, i), other, ...lines.slice(i + 1)].join(end)}${end}`;
    if (parseDocument(broken).problems.length === 0) return [];
    const found = findingsIn(broken).filter(({ id }) => id === 'yaml-syntax');
    const [first] = found;
    const fixes = first?.finding.fixes?.() ?? [];
    return [{ line: `${i + 1} ${line.trim()}`, found, fixes, after: fixes.map((_, k) => textAfterFix(broken, first as (typeof found)[number], k)) }];
  });
}

describe.each(Object.entries(styles))('a policy, %s', (_, text) => {
  test('is read without a word about its syntax', () => {
    expect(parseDocument(text).problems).toEqual([]);
    expect(findingsIn(text).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test.each(Object.entries(slips))('%s: one finding, and a fix that gives the text as it was', (_slip, slip) => {
    const cases = unreadable(text, slip);
    expect(cases.filter(({ found }) => found.length !== 1).map(({ line }) => line)).toEqual([]);
    expect(cases.filter(({ after }) => !after.includes(text)).map(({ line }) => line)).toEqual([]);
    // What is certain is made by fix-all, without anybody looking.
    expect(cases.filter(({ fixes, after }) => fixes[0]?.certain && after[0] !== text).map(({ line }) => line)).toEqual([]);
  });

  test('a quote that is left open is closed in its line', () => {
    for (const { after, line } of unreadable(text, (one) => (/: \w/.test(one) ? one.replace(': ', ': "') : undefined))) {
      const value = line.split(': ')[1];
      expect(after[0], line).toBe(text.replace(line.replace(/^\d+ /, ''), line.replace(/^\d+ /, '').replace(`: ${value}`, `: "${value}"`)));
    }
  });
});

describe('nothing is offered', () => {
  test.each([
    ['for two slips', usual.replace('kind:', 'kind').replace('  egress:', ' egress:')],
    ['for an object of another kind', usual.replace('NetworkPolicy', 'Job').replace('kind:', 'kind')],
    ['for a text that is YAML', usual],
    ['for a text that is empty', ''],
    ['for a text of tabs', usual.replaceAll('  ', '\t')],
    ['for a text that is long', usual.replace('spec:\n', `spec:\n${'# a comment\n'.repeat(600)}`).replace('kind:', 'kind')],
    ['for words', 'Lorem ipsum\n  dolor: sit amet\n- x\n'],
  ])('%s', (_, text) => {
    expect(slipsIn(text)).toEqual([]);
  });
});

test('a line that belongs nowhere moves no other, and what is half typed is not finished by fix-all', () => {
  const lines = usual.split('\n');
  for (let i = 1; i < lines.length; i++) {
    // In a list of words any word may be meant as one more.
    if ([lines[i - 1], lines[i]].some((line) => /^ *- [\w./]+$/.test(line ?? ''))) continue;
    const indent = ' '.repeat((lines[i] || (lines[i - 1] as string)).search(/\S/));
    for (const typed of ['- ipBlock: {}', 'egres', 'ports', 'policyTypes: [Ingress', '- '])
      for (const { repair, wrong } of slipsIn([...lines.slice(0, i), indent + typed, ...lines.slice(i)].join('\n'))) {
        expect(['no-colon', 'open-bracket'], `${i}: ${indent}${typed}`).toContain(repair.slip);
        expect(wrong, `${i}: ${indent}${typed}`).toBeGreaterThan(0);
      }
  }
});

test('what is only garbled is not called missing, or unknown', () => {
  const ids = findingsIn(usual.replace('kind:', 'kind')).map(({ id }) => id);
  expect(ids).toContain('yaml-syntax');
  expect(ids).not.toContain('missing-field');
  expect(ids).not.toContain('unknown-field');
  const outdented = usual.replace('      ports:\n        - protocol', '    ports:\n        - protocol');
  expect(findingsIn(outdented).flatMap(({ id, severity }) => (severity === 'error' ? [id] : []))).toEqual(['yaml-syntax']);
});

describe('a text that is YAML, with a line too far left or right', () => {
  test.each([
    ['      app: web', 'app'],
    ['    matchLabels:', 'matchLabels'],
    ['            matchLabels:', 'matchLabels'],
    ['          port: 80', 'port'],
    ['          protocol: UDP', 'protocol'],
  ])('%j', (line, word) => {
    const at = usual.indexOf(line);
    const found = [1, 2, 4, 6, 8, 10, 12].flatMap((less) => {
      const broken = `${usual.slice(0, at)}${line.slice(Math.min(less, line.search(/\S/)))}${usual.slice(at + line.length)}`;
      const unknown = findingsIn(broken).find(({ id, finding }) => id === 'unknown-field' && broken.slice(finding.at.start).startsWith(word));
      return parseDocument(broken).problems.length === 0 && unknown ? [textAfterFix(broken, unknown)] : [];
    });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set([usual]));
  });
});

describe('a word in the place of a mapping gets its colon', () => {
  const text = usual.replace('cidr: 10.0.0.0/8\n            except:\n              - 10.1.0.0/16', 'cidr: fd00::/8');
  test.each([
    ['app: web', 'app web'],
    ['app: web', 'app:web'],
    ['app: web', 'app=web'],
    ['app: web', 'app = web'],
    ['cidr: fd00::/8', 'cidr:fd00::/8'],
    ['cidr: fd00::/8', 'cidr fd00::/8'],
  ])('%s, written %s', (right, wrong) => {
    const broken = text.replace(right, wrong);
    const found = findingsIn(broken).find(({ id }) => id === 'wrong-type');
    expect(found && textAfterFix(broken, found)).toBe(text);
  });
  test.each(['app == web', 'web, api and proxy', '"app web"', 'web'])('not so %s', (words) => {
    const broken = text.replace('app: web', words);
    expect(findingsIn(broken).flatMap(({ id, finding }) => (id === 'wrong-type' ? (finding.fixes?.() ?? []) : []))).toEqual([]);
  });
});

test('the objects of a List, and those of which netpol reads but a part', () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n${usual.replace(/^/gm, '    ').replace('    api', '  - api').trimEnd()}\n`;
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          image: nginx:1.27\n          ports:\n            - containerPort: 80\n';
  for (const [text, right, wrong] of [
    [list, 'kind: Net', 'kind Net'],
    [list, '        podSelector', '       podSelector'],
    [list, '      ports:', '       ports:'],
    [deployment, 'labels:', 'labels'],
    [deployment, '          ports', '         ports'],
    [deployment, '          ports', '           ports'],
    [deployment, '  app: web', '   app: web\n        tier: a'],
  ] as const) {
    const broken = text.replace(right, wrong);
    const found = findingsIn(broken).find(({ id }) => id === 'yaml-syntax');
    if (wrong.includes('tier')) expect(found && textAfterFix(broken, found)).toContain('        app: web\n        tier: a\n');
    else expect(found && textAfterFix(broken, found), wrong).toBe(text);
  }
});

test('aliases that stand for a billion values do not hold up a fix', { timeout: 10_000 }, () => {
  const many = (name: string) => `[${Array(1000).fill(`*${name}`).join(', ')}]`;
  const text = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchExpressions:\n      - &e {key: a, operator: Exists}\n  ingress:\n    - &r\n      from:\n        - &p\n          podSelector:\n            matchExpressions: ${many('e')}\n  egress:\n    - to: ${many('p')}\n    - &s {to: ${many('p')}}\nstray: a\n`;
  const found = findingsIn(text).find(({ id, finding }) => id === 'unknown-field' && text.startsWith('stray', finding.at.start));
  expect(found?.finding.fixes?.()).toEqual([]);
});
