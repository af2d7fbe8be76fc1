import * as l10n from '@vscode/l10n';
import { lineEnd, lineStart } from '../syntax/edits.ts';
import { policyWith } from './examples.ts';
import type { IgnoreComment } from './ignore.ts';
import type { Fix, Report, Rule, RulePage } from './rule.ts';

/** Takes one id out of a comment, or the comment with its line where it was the only one. */
function removal({ ids, start, end }: IgnoreComment, id: string, text: string): Fix {
  const title = l10n.t('Remove {0} from the comment', id);
  if (ids.length > 1) {
    const kept = ids.filter((other) => other !== id);
    const at = text.indexOf(ids[0] as string, start);
    return { title, certain: true, edits: [{ start: at, end, newText: kept.join(', ') }] };
  }
  const [from, to] = [lineStart(text, start), lineEnd(text, start)];
  const alone = text.slice(from, start).trim() === '';
  if (alone)
    return {
      title: l10n.t('Remove the comment'),
      certain: true,
      edits: [{ start: from, end: Math.min(text.length, text.indexOf('\n', to) + 1 || text.length), newText: '' }],
    };
  const before = text.slice(0, start).trimEnd().length;
  return { title: l10n.t('Remove the comment'), certain: true, edits: [{ start: before, end: to, newText: '' }] };
}

/** What is said of an id of an ignore comment that silences nothing. */
export const suspicious = (ignore: IgnoreComment, id: string, text: string): Report => {
  const at = text.indexOf(id, ignore.start);
  return {
    at: { start: at, end: at + id.length },
    message: `This silences nothing: ${id} finds nothing here, or is no rule. Remove it, so that it does not hide what comes later.`,
    tag: 'unnecessary',
    fixes: () => [removal(ignore, id, text)],
  };
};

/** What it flags is found where findings are silenced, once all other rules have run. */
export const rule: Rule = {
  id: 'suspicious-ignore',
  severity: 'hint',
  category: 'meaning',
  summary: 'an ignore comment that silences nothing',
};

export const page: RulePage = {
  why: 'The finding was mended long ago and the comment stayed. The next mistake of that kind on the same line is silenced with it.',
  fix: 'Remove the comment, or correct the id.',
  ignore: 'Never. Rules that need other files are left out: they may only have nothing to compare with in this workspace.',
  source: 'https://eslint.org/docs/latest/use/configure/rules#report-unused-eslint-disable-comments (the same idea)',
  examples: [
    {
      bad: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress: []').replace(
        '  ingress',
        '  # netpol-ignore empty-list-allows-all\n#                 ^^^^^^^^^^^^^^^^^^^^^ silences nothing\n  ingress',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress: []'),
    },
    {
      bad: policyWith(
        'podSelector: {}\npolicyTypes: [Ingress]\ningress: [] # netpol-ignore no-such-rule\n#                           ^^^^^^^^^^^^ or is no rule',
      ),
      fixed: policyWith('podSelector: {}\npolicyTypes: [Ingress]\ningress: []'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\npolicyTypes: [Ingress]\ningress: [from: []] # netpol-ignore empty-list-allows-all, open-to-world everybody may come',
    ),
  ],
};
