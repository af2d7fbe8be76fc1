import type { Place } from '../kinds/walk.ts';
import { removeItem } from '../syntax/edits.ts';
import { entriesOf, isMap, isScalar, isSeq, type Node, resolve } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { isTemplatedDocument } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** What a node says, without how it is written; undefined where a template writes part of it. */
function meaning(node: Node | undefined): string | undefined {
  const target = resolve(node);
  if (isScalar(target)) return target.templated ? undefined : JSON.stringify([target.text, target.style === 'plain']);
  if (isSeq(target)) {
    const parts = target.items.map((item) => meaning(item.value));
    return parts.includes(undefined) ? undefined : `[${parts.join()}]`;
  }
  if (!isMap(target)) return undefined;
  const parts = entriesOf(target).map(({ key, value }) => [key.text, meaning(value)] as const);
  if (parts.some(([, value]) => value === undefined)) return undefined;
  return `{${parts
    .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
    .sort()
    .join()}}`;
}

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
