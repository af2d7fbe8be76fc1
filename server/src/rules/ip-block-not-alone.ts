import * as l10n from '@vscode/l10n';
import { breakOf, columnOf, indentLines, outdentedText, removeEntry } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import type { Rule, RulePage } from './rule.ts';

export const rule: Rule = {
  id: 'ip-block-not-alone',
  severity: 'error',
  category: 'api-server',
  summary: 'an ipBlock together with a selector in one peer',
  places: {
    peer: (place, { text, report }) => {
      const { node, item, written } = place;
      if (!isMap(node)) return;
      const block = entryOf(node, 'ipBlock');
      const other = [entryOf(node, 'podSelector'), entryOf(node, 'namespaceSelector')].find((entry) => entry && !isNull(entry.value));
      if (!block || isNull(block.value) || !other) return;
      report({
        at: block.key,
        message: `ipBlock may not stand beside ${other.key.text} in one peer, since an address has no labels; make them two peers, which allows either.`,
        fixes: () => {
          if (!item || written !== node || !node.entries.includes(block)) return [];
          const list = place.parent?.node;
          const [at, title] = [item.start, l10n.t('Split into two peers')];
          const own = node.flow ? `{${text.slice(block.start, block.end)}}` : outdentedText(text, block);
          const column = columnOf(text, at);
          const newText =
            isSeq(list) && list.flow ? `${own}, ` : `- ${indentLines(own, column + 2, breakOf(text))}${breakOf(text)}${' '.repeat(column)}`;
          return [{ title, edits: [{ start: at, end: at, newText }, removeEntry(text, node, block)] }];
        },
      });
    },
  },
};

export const page: RulePage = {
  why: 'The peer reads like “pods of that range”. An ipBlock is meant for addresses outside the cluster, and the API server refuses the combination.',
  fix: 'Make two list items of it. They are alternatives: the range or the pods.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicyPeer)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\ningress:\n  - from:\n      - podSelector: {}\n        ipBlock:\n#       ^^^^^^^ may not stand beside podSelector\n          cidr: 10.0.0.0/8',
      ),
      fixed: policyWith('podSelector: {}\ningress:\n  - from:\n      - ipBlock:\n          cidr: 10.0.0.0/8\n      - podSelector: {}'),
    },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - from:\n      - podSelector: {}\n      - ipBlock:\n          cidr: 10.0.0.0/8')],
};
