import * as l10n from '@vscode/l10n';
import type { ScalarType } from '../kinds/fieldTypes.ts';
import { hasGaps } from '../kinds/templates.ts';
import { childAt, type Place } from '../kinds/walk.ts';
import { nearest } from '../model/nearest.ts';
import { removeEntry, setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { anchorOf, knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function checkOperator(place: Place, context: RuleContext): void {
  const operator = knownString(place);
  const known = Object.keys((place.type as ScalarType).values ?? {});
  if (operator === undefined || operator === '' || known.includes(operator)) return;
  const at = valueRange(place);
  context.report({
    at,
    message: `${quoted(operator)} is not an operator of label selectors; use ${known.join(', ')}.`,
    fixes: () => {
      const close = nearest(operator, known);
      const choices = close ? [close] : known;
      return choices.map((choice) => ({ title: l10n.t('Change to {0}', choice), certain: close !== undefined, edits: [{ ...at, newText: choice }] }));
    },
  });
}

function checkValues(expression: Place, context: RuleContext): void {
  const map = expression.node;
  const operatorPlace = childAt(expression, 'operator');
  const operator = operatorPlace && knownString(operatorPlace);
  if (!isMap(map) || !operator || hasGaps(expression)) return;
  const valuesEntry = entryOf(map, 'values');
  const values = childAt(expression, 'values');
  const count = values && isSeq(values.node) ? values.node.items.length : 0;
  if ((operator === 'In' || operator === 'NotIn') && count === 0 && (!values || isSeq(values.node) || isNull(values.node))) {
    context.report({
      at: valuesEntry?.key ?? anchorOf(operatorPlace),
      message: `"values" must be specified when the operator is ${operator}: without a value the API server refuses the selector.`,
      fixes: () => [
        { title: l10n.t('Insert values'), edits: [setEntry(context.text, map, 'values', '[value]')] },
        {
          title: l10n.t('Change the operator to {0}', operator === 'In' ? 'Exists' : 'DoesNotExist'),
          edits: [
            { ...valueRange(operatorPlace), newText: operator === 'In' ? 'Exists' : 'DoesNotExist' },
            ...(valuesEntry ? [removeEntry(context.text, map, valuesEntry)] : []),
          ],
        },
      ],
    });
  } else if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0 && valuesEntry) {
    const other = operator === 'Exists' ? 'In' : 'NotIn';
    context.report({
      at: valuesEntry.key,
      message: `"values" may not be specified when the operator is ${operator}: it asks for the key alone; to compare values, use ${other}.`,
      fixes: () => [
        { title: l10n.t('Change the operator to {0}', other), edits: [{ ...valueRange(operatorPlace), newText: other }] },
        { title: l10n.t('Remove the values'), edits: [removeEntry(context.text, map, valuesEntry)] },
      ],
    });
  }
}

export const rule: Rule = {
  id: 'selector-operator',
  severity: 'error',
  category: 'api-server',
  summary: 'an unknown selector operator, or values that are missing or not allowed',
  places: { operator: checkOperator, expression: checkValues },
};

export const page: RulePage = {
  why: '`operator: Equals` is what people guess; `In` with one value is what Kubernetes has. And `Exists` with values looks like a comparison, but the API server refuses it.',
  fix: '`In` and `NotIn` need at least one value, `Exists` and `DoesNotExist` take none. Case matters.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go',
  examples: [
    {
      bad: policyWith(
        'podSelector:\n  matchExpressions:\n    - key: app\n      operator: in\n#               ^^ not an operator\n      values: [web]',
      ),
      fixed: policyWith('podSelector:\n  matchExpressions:\n    - key: app\n      operator: In\n      values: [web]'),
    },
    {
      bad: policyWith(
        'podSelector:\n  matchExpressions:\n    - key: app\n      operator: Exists\n      values: [web]\n#     ^^^^^^ may not be specified',
      ),
      fixed: policyWith('podSelector:\n  matchExpressions:\n    - key: app\n      operator: In\n      values: [web]'),
    },
    {
      bad: policyWith('podSelector:\n  matchExpressions:\n    - key: app\n      operator: NotIn\n#     ^^^^^^^^ must be specified'),
      fixed: policyWith('podSelector:\n  matchExpressions:\n    - key: app\n      operator: NotIn\n      values: [value]'),
    },
  ],
  good: [policyWith('podSelector:\n  matchExpressions:\n    - {key: app, operator: In, values: [a, b]}\n    - {key: tier, operator: DoesNotExist}')],
};
