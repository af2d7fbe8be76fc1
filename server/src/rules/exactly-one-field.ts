import * as l10n from '@vscode/l10n';
import type { ObjectType } from '../kinds/fieldTypes.ts';
import { hasGaps } from '../kinds/templates.ts';
import { type Place, pathOf } from '../kinds/walk.ts';
import { removeEntry } from '../syntax/edits.ts';
import { isMap } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { adminPolicyWith } from './examples.ts';
import { anchorOf } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const choicesOf = (keys: readonly string[]): string => `${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}`;

function check(place: Place, context: RuleContext): void {
  const { exactlyOne } = place.type as ObjectType;
  const { node } = place;
  if (!exactlyOne) return;
  if (place.item && isNull(node) && !hasGaps(place)) {
    context.report({ at: anchorOf(place), message: `${pathOf(place)} must have exactly one of ${choicesOf(exactlyOne)}, and nothing stands there.` });
    return;
  }
  if (!isMap(node)) return;
  const there = node.entries.filter((entry) => exactlyOne.includes(entry.key.text) && !isNull(entry.value));
  if (there.length === 1 || hasGaps(place) || node.entries.some(({ key }) => key.templated)) return;
  // A misspelt field is reported where it is misspelt.
  if (there.length === 0 && node.entries.some((entry) => !Object.hasOwn((place.type as ObjectType).fields, entry.key.text))) return;
  const choices = choicesOf(exactlyOne);
  const second = there[1];
  context.report({
    at: second?.key ?? anchorOf(place),
    message:
      there.length === 0
        ? `${pathOf(place)} must have exactly one of ${choices}, and has none.`
        : `${pathOf(place)} must have exactly one of ${choices}, and has ${there.map((entry) => entry.key.text).join(' and ')}; make an item of its own for each.`,
    fixes: () => (second ? [{ title: l10n.t('Remove "{0}"', second.key.text), edits: [removeEntry(context.text, node, second)] }] : []),
  });
}

export const rule: Rule = {
  id: 'exactly-one-field',
  severity: 'error',
  category: 'api-server',
  summary: 'none or several of fields of which exactly one must stand: a subject, peer or port of a cluster-wide policy',
  concerns: (type) => type.is === 'object' && type.exactlyOne !== undefined,
  everyPlace: check,
};

export const page: RulePage = {
  why: 'A subject with `namespaces` and `pods` looks like both must hold. The API knows one or the other: `pods` has a namespaceSelector of its own.',
  fix: 'Keep one of the fields. For pods of certain namespaces use `pods` with both selectors; for alternatives write several items.',
  ignore: 'Never.',
  source: 'kubernetes-sigs/network-policy-api config/crd (minProperties and maxProperties)',
  examples: [
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\n  pods:\n# ^^^^ has namespaces and pods\n    namespaceSelector: {}\n    podSelector: {}',
      ),
      fixed: adminPolicyWith('priority: 10\nsubject:\n  namespaces: {}'),
    },
    { bad: adminPolicyWith('priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Deny\n    from:\n      - {}\n#     ^ has none') },
  ],
  good: [adminPolicyWith('priority: 10\nsubject:\n  pods:\n    namespaceSelector: {}\n    podSelector: {}')],
};
