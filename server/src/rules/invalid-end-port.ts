import * as l10n from '@vscode/l10n';
import { childAt } from '../kinds/walk.ts';
import { removeEntry } from '../syntax/edits.ts';
import { isMap } from '../syntax/node.ts';
import { integerOf, isNull } from '../syntax/scalar.ts';
import { policyWith } from './examples.ts';
import { knownString, valueRange } from './places.ts';
import type { Rule, RulePage } from './rule.ts';

export const rule: Rule = {
  id: 'invalid-end-port',
  severity: 'error',
  category: 'api-server',
  summary: 'an endPort below its port, without a port, or with a named port',
  places: {
    'policy-port': (place, context) => {
      const endPlace = childAt(place, 'endPort');
      const endPort = integerOf(endPlace?.node);
      const map = place.node;
      if (!endPlace?.entry || endPort === undefined || !isMap(map)) return;
      const { entry } = endPlace;
      const portPlace = childAt(place, 'port');
      const port = integerOf(portPlace?.node);
      const remove = () => (map.entries.includes(entry) ? [{ title: l10n.t('Remove endPort'), edits: [removeEntry(context.text, map, entry)] }] : []);
      if (!portPlace || isNull(portPlace.node)) {
        context.report({
          at: entry.key,
          message: 'endPort may not be specified when "port" is not specified: a range needs its first port.',
          fixes: remove,
        });
      } else if (knownString(portPlace) !== undefined) {
        context.report({
          at: entry.key,
          message: 'endPort may not be specified when "port" is a name: a range needs a number as its first port.',
          fixes: remove,
        });
      } else if (port !== undefined && endPort < port) {
        const [first, last] = [valueRange(portPlace), valueRange(endPlace)];
        context.report({
          at: last,
          message: `endPort ${endPort} must be greater than or equal to "port" ${port}.`,
          fixes: () => [
            {
              title: l10n.t('Swap: port {0}, endPort {1}', endPort, port),
              edits: [
                { ...first, newText: String(endPort) },
                { ...last, newText: String(port) },
              ],
            },
            ...remove(),
          ],
        });
      } else if (endPort > 65535) {
        context.report({ at: valueRange(endPlace), message: `endPort ${endPort} is out of range: it must be between 1 and 65535, inclusive.` });
      }
    },
  },
};

export const page: RulePage = {
  why: 'A range that ends before it begins allows nothing, and a range cannot begin at a name, so the API server refuses both.',
  fix: 'Give `port` as the first number and `endPort` as the last.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateNetworkPolicyPort)',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\ningress:\n  - ports:\n      - port: 9000\n        endPort: 8000\n#                ^^^^ greater than or equal',
      ),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 8000\n        endPort: 9000'),
    },
    {
      bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: http\n        endPort: 8000\n#       ^^^^^^^ "port" is a name'),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: http'),
    },
  ],
  good: [policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 8000\n        endPort: 8000')],
};
