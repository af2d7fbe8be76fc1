import * as l10n from '@vscode/l10n';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Place } from '../kinds/walk.ts';
import { checkPortName } from '../model/names.ts';
import { breakOf, columnOf } from '../syntax/edits.ts';
import { entryOf, isMap, isScalar } from '../syntax/node.ts';
import { scalarValue } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { portRangeMeant } from './meant.ts';
import { knownScalar, quoted, valueRange } from './places.ts';
import type { Fix, Rule, RulePage } from './rule.ts';

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
      const range = isNetworkPolicy(place.resource.table) && isScalar(place.written) ? portRangeMeant(value.value) : undefined;
      if (range) {
        context.report({
          at,
          message: `${quoted(value.value)} is not a valid port: the last one of a range is its "endPort".`,
          fixes: () => splitRange(place, range, context.text),
        });
        return;
      }
      const isNumber = /^\s*\d+\s*$/.test(value.value) && isScalar(place.written);
      const why = isNumber
        ? `in quotes it is a port's name, and ${problem}; remove the quotes`
        : (reasons[value.value] ?? severalPorts(value.value) ?? problem);
      context.report({
        at,
        message: `${quoted(value.value)} is not a valid port: ${why}.`,
        fixes: () => (isNumber ? [{ title: l10n.t('Remove the quotes'), certain: true, edits: [{ ...at, newText: value.value.trim() }] }] : []),
      });
    },
  },
};

const reasons: Readonly<Record<string, string>> = { '*': 'for every port of the protocol, leave "port" out' };

const severalPorts = (text: string): string | undefined =>
  /^\s*[\w-]+\s*(?:,\s*[\w-]+\s*)+$/.test(text) ? 'each port is an item of its own' : undefined;

/** In one edit: two would touch each other. */
function splitRange(
  { written, parent }: Place,
  { port, endPort }: { readonly port: number; readonly endPort: number },
  text: string,
): readonly Fix[] {
  const map = parent?.node;
  if (!isMap(map) || entryOf(map, 'endPort')) return [];
  const separator = map.flow ? ', ' : `${breakOf(text)}${' '.repeat(columnOf(text, map.entries[0]?.start ?? map.start))}`;
  const edit = { start: written.start, end: written.end, newText: `${port}${separator}endPort: ${endPort}` };
  return [{ title: l10n.t('Write it as a range'), certain: true, edits: [edit] }];
}

export const page: RulePage = {
  why: '`port: "80"` comes out of templating tools that quote everything. To Kubernetes it is the name of a port, and no name may consist of digits.',
  fix: 'Write a number from 1 to 65535 without quotes, with `endPort` for the last of a range, or the name of a container port: at most 15 of a–z, 0–9 and “-”, with at least one letter.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicyPort)',
  examples: [
    {
      bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: "80"\n#             ^^^^ remove the quotes'),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 80'),
    },
    {
      bad: policyWith(
        'podSelector: {}\ningress:\n  - ports:\n      - port: 8080-8090\n#             ^^^^^^^^^ the last one of a range is its "endPort"',
      ),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 8080\n        endPort: 8090'),
    },
    { bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 70000\n#             ^^^^^ between 1 and 65535') },
    { bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: My_Port\n#             ^^^^^^^ only lower-case letters') },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 65535\n      - port: http-metrics')],
};
