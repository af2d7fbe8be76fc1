import type { Place } from '../kinds/walk.ts';
import { checkLabelKey, checkLabelValue } from '../model/names.ts';
import { entriesOf, isMap, type Range } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

function checkKey(key: string, at: Range, context: RuleContext, what = 'label key'): void {
  const problem = checkLabelKey(key);
  if (problem) context.report({ at, message: `${quoted(key)} is not a valid ${what}: ${problem}.` });
}

function checkKeysOf(place: Place, context: RuleContext, what?: string): void {
  if (!isMap(place.node)) return;
  for (const { key } of entriesOf(place.node)) {
    if (!key.templated) checkKey(what ? key.text.toLowerCase() : key.text, key.end > key.start ? key : place.node, context, what);
  }
}

function checkValue(value: string, at: Range, context: RuleContext): void {
  const problem = checkLabelValue(value);
  const patterns = /[*|,]/.test(value) ? '; values are compared as they are, and several stand in matchExpressions, behind In' : '';
  if (problem) context.report({ at, message: `${quoted(value)} is not a valid label value: ${problem}${patterns}.` });
}

/** A label's key in Cilium's selectors without the source that may stand before it: `k8s:app`. Kubernetes' grammar holds for the rest. */
const withoutSource = (key: string): string => key.replace(/^[\w-]*:/, '');

function checkCiliumLabels({ node }: Place, context: RuleContext): void {
  if (!isMap(node)) return;
  for (const { key, value } of entriesOf(node)) {
    if (!key.templated) checkKey(withoutSource(key.text), key.end > key.start ? key : node, context);
    const text = stringOf(value);
    if (text !== undefined) checkValue(text, value, context);
  }
}

export const rule: Rule = {
  id: 'invalid-label',
  severity: 'error',
  category: 'api-server',
  summary: 'label keys and values outside the grammar',
  places: {
    labels: (place, context) => checkKeysOf(place, context),
    annotations: (place, context) => checkKeysOf(place, context, 'annotation key'),
    'label-key': (place, context) => {
      const key = knownString(place);
      if (key) checkKey(key, valueRange(place), context);
    },
    'label-value': (place, context) => {
      const value = knownString(place);
      if (value !== undefined) checkValue(value, valueRange(place), context);
    },
    'cilium-labels': checkCiliumLabels,
    'cilium-label-key': (place, context) => {
      const key = knownString(place);
      if (key) checkKey(withoutSource(key), valueRange(place), context);
    },
  },
};

export const page: RulePage = {
  why: 'A label value with a slash or a space, such as a branch name or a title, is refused by the API server, and no pod can carry it.',
  fix: 'Keep keys and values to letters, digits, “-”, “_” and “.”, with a letter or digit at both ends, at most 63 characters; a key may have a DNS prefix before one “/”.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go',
  examples: [
    { bad: policyWith('podSelector:\n  matchLabels:\n    branch: feature/login\n#           ^^^^^^^^^^^^^ not a valid label value') },
    { bad: policyWith('podSelector:\n  matchLabels:\n    a/b/c: x\n#   ^^^^^ only one "/"') },
    {
      bad: ciliumWith(
        'endpointSelector:\n  matchLabels:\n    k8s:branch: feature/login\n#               ^^^^^^^^^^^^^ not a valid label value\ningress: [{}]',
      ),
    },
  ],
  good: [policyWith('podSelector:\n  matchLabels:\n    app.kubernetes.io/name: web_1.2\n    empty: ""')],
};
