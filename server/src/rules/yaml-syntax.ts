import * as l10n from '@vscode/l10n';
import { lineEnd, lineStart } from '../syntax/edits.ts';
import { isStructural, type SyntaxProblem } from '../syntax/syntaxProblem.ts';
import { applyEdits } from '../syntax/textEdit.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { slipFixes, slipMessage, slipsIn } from './slips.ts';

/** A cure in words for the parser's codes whose own message names none. */
const cures: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'line it up with its neighbours',
  BLOCK_AS_IMPLICIT_KEY: 'this line or one near it stands too far left or right, or lacks a dash or a colon',
  MULTILINE_IMPLICIT_KEY: 'a colon is probably missing on this line or the one before',
  DUPLICATE_KEY: 'keep one of them',
  STRAY_TAB: 'write spaces',
  TAB_BEHIND_DASH: 'write a space',
  ESCAPED_SLASH: 'write the slash alone',
  FLOW_WORD: 'put it in quotes',
  COLON_WITHOUT_SPACE: 'write a space behind the colon',
  COMPLEX_KEY: 'write a word, in quotes where it begins with a bracket or a brace',
  NULL_KEY: 'write one, in quotes where it is "null" or "~"',
  BAD_MERGE: 'mostly an alias, such as *defaults',
  LINE_SEPARATOR: 'delete it',
};

/** What the parser says in words that only it knows. */
const ownWords: Readonly<Record<string, string>> = {
  'Implicit map keys need to be followed by map values': 'This has no colon behind it, and stands where a key belongs.',
  'Unexpected scalar at node end': 'This belongs to nothing: what stands before it is complete, or a dash, a colon or some spaces are missing.',
};

const mend = (title: string, start: number, end: number, newText: string): readonly Fix[] => [
  { title, certain: true, edits: [{ start, end, newText }] },
];

/** The cures that can be made, by the parser's codes. */
const fixes: Readonly<Record<string, (problem: SyntaxProblem, context: RuleContext) => readonly Fix[]>> = {
  TAB_AS_INDENT: tabFix,
  STRAY_TAB: tabFix,
  TAB_BEHIND_DASH: ({ start, end }) => mend(l10n.t('Replace the tab by a space'), start, end, ' '),
  ESCAPED_SLASH: ({ start, end }) => mend(l10n.t('Write the slash alone'), start, end, '/'),
  FLOW_WORD: ({ start, end }, { text }) => mend(l10n.t('Put it in quotes'), start, end, `'${text.slice(start, end).replaceAll("'", "''")}'`),
  COLON_WITHOUT_SPACE: ({ end }) => mend(l10n.t('Write a space behind the colon'), end, end, ' '),
  LINE_SEPARATOR: ({ start, end }) => mend(l10n.t('Replace it by a space'), start, end, ' '),
};

function tabFix(problem: SyntaxProblem, context: RuleContext): readonly Fix[] {
  const { text } = context;
  const start = lineStart(text, problem.start);
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  if (!indent.includes('\t')) return [];
  return [
    {
      title: l10n.t('Replace tabs by two spaces each'),
      certain: true,
      edits: [{ start, end: start + indent.length, newText: indent.replaceAll('\t', '  ') }],
    },
  ];
}

/** The parser often points at one character; a whole word is easier to see. */
const wordEnd = (text: string, at: number): number => at + (/^[\w./-]*/.exec(text.slice(at, at + 100))?.[0].length ?? 0);

export const rule: Rule = {
  id: 'yaml-syntax',
  severity: 'error',
  category: 'api-server',
  summary: 'text that a YAML parser refuses, or Kubernetes’ own',
  document(context) {
    const { text, document } = context;
    const { problems } = document.parsed;
    const tab = problems.find(({ code }) => code === 'TAB_AS_INDENT');
    const slips = problems.length > 0 && problems.every(isStructural) ? slipsIn(text) : [];
    const slip = slips[0]?.repair;
    if (slip && !tab) {
      const { at, edits } = slip;
      const mended = applyEdits(text, edits);
      const line = mended.slice(lineStart(mended, at.start), lineEnd(mended, at.start)).trim();
      context.report({ at, message: slipMessage(slip, text.slice(at.start, at.end), line), fixes: () => slipFixes(slips) });
      return;
    }
    // One mistake often makes the parser stumble several times on the same line; the first tells the most.
    let lastLine = -1;
    let isEcho = tab !== undefined;
    for (const problem of problems.slice(0, 100)) {
      const mayBeEcho = isStructural(problem) && problem.code !== 'TAB_AS_INDENT';
      if (mayBeEcho && isEcho) continue;
      isEcho ||= mayBeEcho;
      const line = lineStart(context.text, problem.start);
      if (line === lastLine) continue;
      lastLine = line;
      const cure = cures[problem.code];
      context.report({
        at: { start: problem.start, end: Math.max(problem.end, wordEnd(context.text, problem.start)) },
        message: cure ? `${problem.message}: ${cure}.` : (ownWords[problem.message] ?? problem.message),
        fixes: () => (slip && problem === tab ? slipFixes(slips) : (fixes[problem.code]?.(problem, context) ?? [])),
      });
    }
  },
};

export const page: RulePage = {
  why: 'Text that is not YAML never reaches the cluster: `kubectl apply` stops before it sends anything, and a pipeline that applies many files stops half-way. Kubernetes reads YAML 1.1, and is stricter than other parsers about tabs, colons between brackets, escapes, keys and invisible ends of lines: what it refuses is told, too.',
  fix: 'Mend the place that is underlined, or the line before it: the parser notices a mistake where the text stops making sense, which is often one line late. Where one small change makes a policy of it again, a lost space, colon, dash or quote, a line that stands too far left or right, that place is told instead, and the fix makes the change.',
  ignore: 'Never. Templates (`{{ … }}`) are recognised and not held to YAML’s rules.',
  source: 'https://yaml.org/spec/1.2.2/; kubernetes-sigs/yaml goyaml.v2/scannerc.go',
  examples: [
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop\n#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ is never closed\nspec:\n  podSelector: {}\n',
      fixed: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {}\n',
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind NetworkPolicy\n#<^^^^^^^^^^^^^^^^^^ has no colon behind its key\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {}\n',
      fixed: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {}\n',
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n      - podSelector: {}\n     ports:\n#    ^^^^^^ begins in a column where nothing near it does\n      - port: 80\n',
      fixed:
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n      - podSelector: {}\n      ports:\n      - port: 80\n',
    },
    { bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: *missing\n#     ^^^^^^^^ No anchor &missing\n' },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {matchLabels: {app: web}}\n  ingress:\n    - from: [{ipBlock: {cidr: ::1/128}}]\n#                             ^^^^^^^ takes no word with a colon at its beginning\n      ports: [{port: 80}]\n',
      fixed:
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {matchLabels: {app: web}}\n  ingress:\n    - from: [{ipBlock: {cidr: '::1/128'}}]\n      ports: [{port: 80}]\n",
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {matchLabels:{app: web}}\n#               ^^^^^^^^^^^^ is one word\n',
      fixed:
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec:\n  podSelector: {matchLabels: {app: web}}\n',
    },
  ],
  good: [
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  podSelector:\n    {{- include "labels" . | nindent 4 }}\n',
  ],
};
