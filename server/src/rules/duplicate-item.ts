import * as l10n from '@vscode/l10n';
import type { ListType } from '../kinds/fieldTypes.ts';
import type { Place } from '../kinds/walk.ts';
import { removeItem } from '../syntax/edits.ts';
import { isMap, isScalar, type Node, resolve, type SeqItem } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { adminPolicyWith, policyWith } from './examples.ts';
import { isComparable, sameMeaning, standAsWritten } from './redundant.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const nouns: Readonly<Record<string, string>> = {
  peers: 'peer',
  ports: 'port',
  rules: 'rule',
  'cilium-peers': 'peer',
  'cilium-port-list': 'port',
  'cilium-rules': 'rule',
};

/** Most nodes of a list that are compared with each other, some 50 ms: of long lists that are much alike the rest is not looked at. */
const mostSteps = 1_000_000;

const isEmpty = (node: Node): boolean => (isMap(node) ? node.entries.length === 0 : isScalar(node) && node.text === '');

/** Strings, with quotes or without. */
const sameText = (one: Node | undefined, other: Node | undefined): boolean => stringOf(one) !== undefined && stringOf(one) === stringOf(other);

function check(place: Place, { text, report }: RuleContext): void {
  const list = place.node;
  const { unique } = place.type as ListType;
  const noun = unique ?? nouns[place.type.role ?? ''];
  if (!isComparable(list) || !noun) return;
  const { items } = list;
  const budget = { steps: mostSteps };
  for (let i = 1; i < items.length; i++) {
    const item = items[i] as SeqItem;
    for (let j = 0; j < i; j++) {
      const value = resolve(item.value);
      // What is empty has rules of its own.
      const same = unique ? sameText(items[j]?.value, value) : sameMeaning(items[j]?.value, value, budget);
      if (!value || isEmpty(value) || !same || !standAsWritten(place, items[j] as SeqItem, item)) continue;
      report({
        at: item,
        message: `The same ${noun} as number ${j + 1} of this list; ${unique ? 'the API server refuses the policy' : 'it adds nothing'}.`,
        // What is refused is not only superfluous.
        ...(unique ? { severity: 'error' } : { tag: 'unnecessary' }),
        fixes: () => [{ title: l10n.t('Remove the second {0}', noun), certain: true, edits: [removeItem(text, list, item)] }],
      });
      break;
    }
  }
}

export const rule: Rule = {
  id: 'duplicate-item',
  severity: 'warning',
  category: 'meaning',
  summary: 'the same peer, port or rule twice in one list; an error where the API server refuses it',
  concerns: (type) => type.is === 'list' && type.unique !== undefined,
  everyPlace: check,
  places: Object.fromEntries(Object.keys(nouns).map((role) => [role, check])),
};

export const page: RulePage = {
  why: 'A peer was copied to be changed, and was not. The policy works, but not for whom the second peer was meant.',
  fix: 'Change the second item to what was meant, or remove it.',
  ignore: 'Never.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/ (items of a list are alternatives)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\ningress:\n  - ports:\n      - port: 80\n      - {"port": 80}\n#     ^^^^^^^^^^^^^^ The same port as number 1',
      ),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 80'),
    },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Deny\n    to:\n      - networks:\n          - 192.0.2.0/24\n          - "192.0.2.0/24"\n#         ^^^^^^^^^^^^^^^^ the API server refuses the policy',
      ),
      fixed: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Deny\n    to:\n      - networks:\n          - 192.0.2.0/24',
      ),
    },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 80\n      - port: 80\n        protocol: UDP\n      - port: "http"\n')],
};
