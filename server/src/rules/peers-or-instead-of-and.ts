import * as l10n from '@vscode/l10n';
import { namespaces, ownNamespace, plain, pods } from '../explain/phrases.ts';
import { readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { standTogether } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import { columnOf } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, type MapNode, resolve, type SeqItem, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { policyWith } from './examples.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** The peer's mapping, where it holds this one selector, with something in it, and nothing else. */
function only(item: SeqItem | undefined, key: 'namespaceSelector' | 'podSelector'): MapNode | undefined {
  const peer = resolve(item?.value);
  if (!isMap(peer) || peer.entries.length !== 1 || peer.entries[0]?.key.text !== key) return undefined;
  return readSelector(valueAt(peer, key)).requirements.length > 0 ? peer : undefined;
}

/** Takes the opening and the closing brace of a mapping away. */
const withoutBraces = ({ start, end, entries }: MapNode) =>
  [
    { start, end: entries[0]?.start ?? start, newText: '' },
    { start: entries.at(-1)?.end ?? end, end, newText: '' },
  ] as const;

/** Makes one peer of two neighbours: the dash before the second goes, or the brackets between the two. */
function merge(first: SeqItem, second: SeqItem, text: string): readonly TextEdit[] {
  const [one, other] = [first.value, second.value];
  if (!isMap(one) || !isMap(other)) return [];
  if (one.flow && other.flow) return [{ start: one.end - 1, end: other.start + 1, newText: ', ' }];
  const braced = [one, other].find(({ flow }) => flow);
  const braces = braced ? withoutBraces(braced) : [];
  const start = braced === other ? (braces[0]?.end ?? other.start) : other.start;
  const column = columnOf(text, one.start);
  // An anchor or a comment may stand behind the dash, and what is in braces on lines of its own.
  const between = text.slice(second.start + 1, start);
  if (!/^\s/.test(between) || !['', '{'].includes(between.trim()) || one.anchor !== undefined || other.anchor !== undefined) return [];
  if (braced ? text.slice(braced.start, braced.end).includes('\n') : columnOf(text, other.start) !== column) return [];
  const joint = { start: second.start, end: start, newText: ' '.repeat(column - columnOf(text, second.start)) };
  return braced === other ? [joint, ...braces.slice(1)] : [...braces, joint];
}

function check(place: Place, { text, document, report }: RuleContext): void {
  const list = place.node;
  if (!isSeq(list) || !isNetworkPolicy(place.resource.table)) return;
  for (const [i, item] of list.items.entries()) {
    const next = list.items[i + 1];
    const [first, second] = [only(item, 'namespaceSelector'), only(next, 'podSelector')];
    // What a template writes under a condition of its own is meant as a peer of its own.
    if (!first || !second || !next || !standTogether(document.parsed, item, next)) continue;
    const whole = plain(namespaces(readSelector(valueAt(first, 'namespaceSelector'))));
    const some = plain(pods(readSelector(valueAt(second, 'podSelector'))));
    const own = plain(ownNamespace(place.resource.namespace));
    report({
      at: entryOf(second, 'podSelector')?.key ?? next,
      message: `Allows every pod of ${whole}, and ${some} of ${own}: these are two peers, either of which is enough. To require both, put podSelector into the same list item.`,
      fixes: () => {
        const edits = merge(item, next, text);
        return edits.length > 0 ? [{ title: l10n.t('Merge the two peers: require both'), edits }] : [];
      },
    });
  }
}

export const rule: Rule = {
  id: 'peers-or-instead-of-and',
  severity: 'warning',
  category: 'meaning',
  summary: 'a namespaceSelector and a podSelector as two peers, one after the other: OR where AND is mostly meant',
  places: { peers: check },
};

export const page: RulePage = {
  why: 'One dash decides. A team lets the ingress controller’s pods in from its namespace and writes the two selectors as two list items: now every pod of that namespace gets in, a debugging shell as well, and the pods of that label in the team’s own namespace besides. Nothing fails, so nobody notices.',
  fix: 'Take the dash before `podSelector` away, so that both selectors stand in one item: then both must hold.',
  ignore:
    'When either is really meant to be enough: any pod of those namespaces, or the labelled pods of the policy’s own namespace. Say so with the comment.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\ningress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            team: edge\n      - podSelector:\n#       ^^^^^^^^^^^ every pod of namespaces labelled team=edge, and pods labelled app=proxy of the namespace that it is applied to\n          matchLabels:\n            app: proxy',
      ),
      fixed: policyWith(
        'podSelector: {}\ningress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            team: edge\n        podSelector:\n          matchLabels:\n            app: proxy',
      ),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to: [{namespaceSelector: {matchLabels: {team: a}}}, {podSelector: {matchLabels: {app: b}}}]\n#                                                        ^^^^^^^^^^^ either of which is enough',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: b}}}]'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\ningress:\n  - from:\n      - namespaceSelector: {matchLabels: {team: a}}\n        podSelector: {matchLabels: {app: b}}',
    ),
    policyWith('podSelector: {}\ningress:\n  - from:\n      - podSelector: {}\n      - namespaceSelector: {matchLabels: {team: a}}'),
  ],
};
