import * as l10n from '@vscode/l10n';
import type { ListType, ScalarType } from '../kinds/fieldTypes.ts';
import { childAt, type Place, pathOf } from '../kinds/walk.ts';
import { isScalar, isSeq } from '../syntax/node.ts';
import { integerOf } from '../syntax/scalar.ts';
import { checkEnum } from './enum.ts';
import { adminPolicyWith } from './examples.ts';
import { anchorOf, isTemplatedDocument, knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function checkBounds(place: Place, { minimum, maximum }: ScalarType, context: RuleContext): void {
  const value = isScalar(place.node) ? integerOf(place.node) : undefined;
  if (value === undefined || minimum === undefined || maximum === undefined || (value >= minimum && value <= maximum)) return;
  context.report({ at: valueRange(place), message: `${pathOf(place)} is ${value}; it must be between ${minimum} and ${maximum}, inclusive.` });
}

function checkCount(place: Place, { minItems, maxItems }: ListType, context: RuleContext): void {
  if (!isSeq(place.node) || isTemplatedDocument(context.document)) return;
  const count = place.node.items.length;
  if (minItems !== undefined && count < minItems) {
    context.report({
      at: anchorOf(place),
      message: `${pathOf(place)} must have at least ${minItems === 1 ? 'one item' : `${minItems} items`}; an empty list is refused.`,
    });
  }
  if (maxItems !== undefined && count > maxItems) {
    context.report({ at: anchorOf(place), message: `${pathOf(place)} has ${count} items, and at most ${maxItems} are allowed.` });
  }
}

function checkRange(place: Place, context: RuleContext): void {
  const [start, end] = ['start', 'end'].map((key) => childAt(place, key));
  const [first, last] = [integerOf(start?.node), integerOf(end?.node)];
  if (!start || !end || first === undefined || last === undefined || first < last) return;
  const swap = {
    title: l10n.t('Swap: start {0}, end {1}', last, first),
    edits: [
      { ...valueRange(start), newText: String(last) },
      { ...valueRange(end), newText: String(first) },
    ],
  };
  context.report({ at: valueRange(end), message: `end ${last} must be greater than start ${first}.`, fixes: () => (first === last ? [] : [swap]) });
}

export const rule: Rule = {
  id: 'invalid-value',
  severity: 'error',
  category: 'api-server',
  summary: 'a value that its field does not allow: an unknown action or tier, a priority out of range, too many rules, a wrong name',
  concerns: (type) =>
    type.is === 'integer' ? type.minimum !== undefined : type.is === 'list' && (type.minItems !== undefined || type.maxItems !== undefined),
  everyPlace(place, context) {
    const { type } = place;
    if (type.is === 'integer') checkBounds(place, type, context);
    else if (type.is === 'list') checkCount(place, type, context);
  },
  places: {
    action: (place, context) => checkEnum(place, context, `an action of ${place.resource.table?.type.name}`),
    choice: (place, context) => checkEnum(place, context, `a value of ${place.entry?.key.text ?? place.parent?.entry?.key.text ?? 'this field'}`),
    setting: (place, context) => checkEnum(place, context, 'a value of this setting'),
    tier: (place, context) => checkEnum(place, context, 'a tier'),
    'port-range': checkRange,
    'subdomain-name': (place, context) => {
      const fixed = place.resource.table?.fixedName;
      const name = knownString(place);
      if (fixed === undefined || !name || name === fixed || place.entry?.key.text !== 'name') return;
      context.report({
        at: valueRange(place),
        message: `${quoted(name)} is not allowed here: the only ${place.resource.table?.kind} of a cluster is named "${fixed}".`,
        fixes: () => [{ title: l10n.t('Change to "{0}"', fixed), certain: true, edits: [{ ...valueRange(place), newText: fixed }] }],
      });
    },
  },
};

export const page: RulePage = {
  why: 'An AdminNetworkPolicy says `Allow`, a ClusterNetworkPolicy `Accept`; a policy moved from one to the other is refused for that one word. A BaselineAdminNetworkPolicy is only ever named `default`.',
  fix: 'Use a value that the field allows; the message names them.',
  ignore: 'Never.',
  source: 'kubernetes-sigs/network-policy-api apis/v1alpha1, apis/v1alpha2, config/crd',
  examples: [
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: allow\n#           ^^^^^ not an action\n    from:\n      - namespaces: {}',
      ),
      fixed: adminPolicyWith('priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Allow\n    from:\n      - namespaces: {}'),
    },
    { bad: adminPolicyWith('priority: 2000\n#         ^^^^ between 0 and 1000\nsubject:\n  namespaces: {}') },
    { bad: adminPolicyWith('priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Deny\n    from: []\n#   ^^^^ at least one item') },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Deny\n    from:\n      - namespaces: {}\n    ports:\n      - portRange:\n          start: 90\n          end: 80\n#              ^^ greater than start',
      ),
      fixed: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Deny\n    from:\n      - namespaces: {}\n    ports:\n      - portRange:\n          start: 80\n          end: 90',
      ),
    },
  ],
  good: [adminPolicyWith('priority: 0\nsubject:\n  namespaces: {}\negress:\n  - action: Pass\n    to:\n      - networks: [10.0.0.0/8]')],
};
