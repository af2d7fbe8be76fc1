import type { Place } from '../kinds/walk.ts';
import { removeItem } from '../syntax/edits.ts';
import { isSeq } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { isTemplatedDocument } from './places.ts';
import { meaning } from './redundant.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const nouns: Readonly<Record<string, string>> = { peers: 'peer', ports: 'port', rules: 'rule' };

function check(place: Place, { text, report, document }: RuleContext): void {
  const list = place.node;
  const noun = nouns[place.type.role ?? ''];
  if (!isSeq(list) || list.items.length < 2 || !noun || isTemplatedDocument(document)) return;
  const seen = new Map<string, number>();
  for (const [i, item] of list.items.entries()) {
    const says = meaning(item.value);
    // What is empty has rules of its own.
    if (says === undefined || says === '{}' || says === '["",true]') continue;
    const first = seen.get(says);
    if (first === undefined) seen.set(says, i);
    else {
      report({
        at: item,
        message: `The same ${noun} as number ${first + 1} of this list; it adds nothing.`,
        tag: 'unnecessary',
        fixes: () => [{ title: `Remove the second ${noun}`, certain: true, edits: [removeItem(text, list, item)] }],
      });
    }
  }
}

export const rule: Rule = {
  id: 'duplicate-item',
  severity: 'warning',
  category: 'meaning',
  summary: 'the same peer, port or rule twice in one list',
  places: { peers: check, ports: check, rules: check },
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
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 80\n      - port: 80\n        protocol: UDP\n      - port: "http"\n')],
};
