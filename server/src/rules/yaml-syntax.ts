import * as l10n from '@vscode/l10n';
import { lineStart } from '../syntax/edits.ts';
import type { SyntaxProblem } from '../syntax/syntaxProblem.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

/** A cure in words for the parser's codes whose own message names none. */
const cures: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'line it up with its neighbours',
  MULTILINE_IMPLICIT_KEY: 'a colon is probably missing on this line or the one before',
  DUPLICATE_KEY: 'keep one of them',
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
  summary: 'text that a YAML parser refuses',
  document(context) {
    // One mistake often makes the parser stumble several times on the same line; the first tells the most.
    let lastLine = -1;
    for (const problem of context.document.parsed.problems.slice(0, 100)) {
      const line = lineStart(context.text, problem.start);
      if (line === lastLine) continue;
      lastLine = line;
      const cure = cures[problem.code];
      context.report({
        at: { start: problem.start, end: Math.max(problem.end, wordEnd(context.text, problem.start)) },
        message: cure ? `${problem.message}: ${cure}.` : problem.message,
        fixes: () => (problem.code === 'TAB_AS_INDENT' ? tabFix(problem, context) : []),
      });
    }
  },
};

export const page: RulePage = {
  why: 'Text that is not YAML never reaches the cluster: `kubectl apply` stops before it sends anything, and a pipeline that applies many files stops half-way.',
  fix: 'Mend the place that is underlined, or the line before it: the parser notices a mistake where the text stops making sense, which is often one line late.',
  ignore: 'Never. Templates (`{{ … }}`) are recognised and not held to YAML’s rules.',
  source: 'https://yaml.org/spec/1.2.2/',
  examples: [
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop\nspec:\n#<^^^^ Flow map\n  podSelector: {}\n',
    },
    { bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: *missing\n#     ^^^^^^^^ No anchor &missing\n' },
  ],
  good: [
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  podSelector:\n    {{- include "labels" . | nindent 4 }}\n',
  ],
};
