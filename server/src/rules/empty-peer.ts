import * as l10n from '@vscode/l10n';
import { isWrittenOut } from '../kinds/templates.ts';
import { childrenOf, directionOf } from '../kinds/walk.ts';
import { removeItem } from '../syntax/edits.ts';
import { isMap, isSeq } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { anchorOf } from './places.ts';
import type { Rule, RulePage } from './rule.ts';

export const rule: Rule = {
  id: 'empty-peer',
  severity: 'error',
  category: 'api-server',
  summary: 'a peer with nothing in it',
  places: {
    peer: (place, context) => {
      const { node } = place;
      if (!isWrittenOut(place) || (!isMap(node) && !isNull(node))) return;
      if (childrenOf(place).some((child) => !isNull(child.node))) return;
      // A misspelt selector is reported where it is misspelt.
      if (isMap(node) && node.entries.some((entry) => place.type.is === 'object' && !Object.hasOwn(place.type.fields, entry.key.text))) return;
      const direction = directionOf(place) === 'egress' ? 'to' : 'from';
      const list = place.parent?.node;
      context.report({
        at: anchorOf(place),
        message: `This peer of "${direction}" is empty, and the API server refuses it: specify podSelector, namespaceSelector or ipBlock. To allow every peer, leave "${direction}" out.`,
        fixes: () =>
          isSeq(list) && place.item && list.items.length > 1
            ? [{ title: l10n.t('Remove the empty peer'), edits: [removeItem(context.text, list, place.item)] }]
            : [],
      });
    },
  },
};

export const page: RulePage = {
  why: 'A dash that was left behind, or `podSelector:` without `{}`, is an empty peer. It reads like “anyone” and is refused by the API server.',
  fix: 'Write a selector (`podSelector: {}` for every pod of the namespace), or remove the item.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicyPeer)',
  examples: [
    {
      bad: policyWith('podSelector: {}\ningress:\n  - from:\n      - podSelector: {}\n      -\n#     ^ empty'),
      fixed: policyWith('podSelector: {}\ningress:\n  - from:\n      - podSelector: {}'),
    },
    { bad: policyWith('podSelector: {}\negress:\n  - to:\n      - podSelector:\n#     ^ empty') },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - from:\n      - podSelector: {}\n      - namespaceSelector: {}')],
};
