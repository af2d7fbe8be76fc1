import * as l10n from '@vscode/l10n';
import type { Place } from '../kinds/walk.ts';
import { isScalar } from '../syntax/node.ts';
import { scalarValue } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { knownScalar, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const words: Readonly<Record<string, string>> = { boolean: 'a boolean', integer: 'a number', float: 'a number' };

function check(place: Place, context: RuleContext): void {
  const scalar = knownScalar(place);
  if (!scalar) return;
  const { type } = scalarValue(scalar);
  const word = words[type];
  if (!word) return;
  context.report({
    at: valueRange(place),
    message: `${quoted(scalar.text)} without quotes is ${word} in YAML, and a label${place.parent?.type.role === 'annotations' ? ' or annotation' : ''} must be a string; write ${JSON.stringify(scalar.text)}.`,
    fixes: () =>
      isScalar(place.written)
        ? [
            {
              title: l10n.t('Put it in quotes'),
              certain: true,
              edits: [{ start: scalar.start, end: scalar.end, newText: JSON.stringify(scalar.text) }],
            },
          ]
        : [],
  });
}

export const rule: Rule = {
  id: 'label-not-string',
  severity: 'error',
  category: 'api-server',
  summary: 'an unquoted true, yes, 1 or 1.0 as a label value',
  places: {
    'label-value': check,
    annotations: (place, context) => {
      if (place.node.kind !== 'map' || place.type.is !== 'map') return;
      for (const entry of place.node.entries) {
        if (isScalar(entry.value)) check({ ...place, type: place.type.of, node: entry.value, written: entry.value, parent: place, entry }, context);
      }
    },
  },
};

export const page: RulePage = {
  why: 'Labels are strings. `debug: true` is a boolean to YAML, and the API server answers “cannot unmarshal bool into Go struct field of type string”. YAML 1.1 as Kubernetes reads it also takes `yes`, `no`, `on`, `off`, `y` and `n` for booleans.',
  fix: 'Put the value in quotes.',
  ignore: 'Never.',
  source: 'kubernetes-sigs/yaml goyaml.v2/resolve.go',
  examples: [
    {
      bad: policyWith('podSelector:\n  matchLabels:\n    debug: true\n#          ^^^^ without quotes is a boolean'),
      fixed: policyWith('podSelector:\n  matchLabels:\n    debug: "true"'),
    },
    {
      bad: policyWith('podSelector:\n  matchLabels:\n    version: 1.10\n#            ^^^^ is a number'),
      fixed: policyWith('podSelector:\n  matchLabels:\n    version: "1.10"'),
    },
  ],
  good: [policyWith("podSelector:\n  matchLabels:\n    a: 'true'\n    b: v1\n    c: 2024-01-01\n    d:")],
};
