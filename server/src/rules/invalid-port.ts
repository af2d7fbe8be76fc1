import * as l10n from '@vscode/l10n';
import { checkPortName } from '../model/names.ts';
import { isScalar } from '../syntax/node.ts';
import { scalarValue } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { knownScalar, quoted, valueRange } from './places.ts';
import type { Rule, RulePage } from './rule.ts';

export const rule: Rule = {
  id: 'invalid-port',
  severity: 'error',
  category: 'api-server',
  summary: 'a port out of range, a quoted number, or a bad port name',
  places: {
    port: (place, context) => {
      const scalar = knownScalar(place);
      if (!scalar) return;
      const value = scalarValue(scalar);
      const at = valueRange(place);
      if (value.type === 'integer' && (value.value < 1 || value.value > 65535)) {
        context.report({
          at,
          message: `Port ${scalar.text} is out of range: it must be between 1 and 65535, inclusive. To allow every port, leave "ports" out.`,
        });
      }
      if (value.type !== 'string') return;
      const problem = checkPortName(value.value);
      if (!problem) return;
      const isNumber = /^\s*\d+\s*$/.test(value.value) && isScalar(place.written);
      const why = isNumber ? `in quotes it is a port's name, and ${problem}; remove the quotes` : problem;
      context.report({
        at,
        message: `${quoted(value.value)} is not a valid port: ${why}.`,
        fixes: () => (isNumber ? [{ title: l10n.t('Remove the quotes'), certain: true, edits: [{ ...at, newText: value.value.trim() }] }] : []),
      });
    },
  },
};

export const page: RulePage = {
  why: '`port: "80"` comes out of templating tools that quote everything. To Kubernetes it is the name of a port, and no name may consist of digits.',
  fix: 'Write a number from 1 to 65535 without quotes, or the name of a container port: at most 15 of a–z, 0–9 and “-”, with at least one letter.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicyPort)',
  examples: [
    {
      bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: "80"\n#             ^^^^ remove the quotes'),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 80'),
    },
    { bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 70000\n#             ^^^^^ between 1 and 65535') },
    { bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: My_Port\n#             ^^^^^^^ only lower-case letters') },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 65535\n      - port: http-metrics')],
};
