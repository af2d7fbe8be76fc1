import * as l10n from '@vscode/l10n';
import { isVerbatim } from '../kinds/templates.ts';
import { childAt, type Place } from '../kinds/walk.ts';
import { checkPortName } from '../model/names.ts';
import { isMap, valueAt } from '../syntax/node.ts';
import { integerOf, stringOf } from '../syntax/scalar.ts';
import { anchorOf, knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

/** Protocols of which there are ports. */
const withPorts = new Set(['TCP', 'UDP', 'SCTP', 'ANY']);

function check(place: Place, context: RuleContext): void {
  const port = childAt(place, 'port');
  const text = port && knownString(port);
  if (!port || text === '') checkMissing(place, context);
  if (!port || !text) return;
  const at = valueRange(port);
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (/^0\d/.test(text))
      context.report({
        at,
        message: `Cilium takes the leading zero of ${quoted(text)} for octal: write ${quoted(String(number))}.`,
        fixes: () => [{ title: l10n.t('Change to {0}', quoted(String(number))), edits: [{ ...at, newText: JSON.stringify(String(number)) }] }],
      });
    if (number > 65535) context.report({ at, message: `${quoted(text)} is no port: a port is at most 65535, and "0" stands for all.` });
    const last = childAt(place, 'endPort');
    const end = integerOf(last?.node);
    if (last && end !== undefined && end !== 0 && end < number) {
      context.report({
        at: valueRange(last),
        message: `endPort ${end} is below port ${number}: the range is empty.`,
        fixes: () => [
          {
            title: l10n.t('Swap: port {0}, endPort {1}', end, number),
            edits: [
              { ...at, newText: JSON.stringify(String(end)) },
              { ...valueRange(last), newText: String(number) },
            ],
          },
        ],
      });
    }
    return;
  }
  const problem = checkPortName(text.toLowerCase());
  if (problem) context.report({ at, message: `${quoted(text)} is neither a port number nor the name of a port: ${problem}.` });
}

/** A port is left out, which only protocols without ports may do. */
function checkMissing(place: Place, context: RuleContext): void {
  const protocol = stringOf(valueAt(place.node, 'protocol')) || 'ANY';
  if (!isMap(place.node) || !withPorts.has(protocol.toUpperCase()) || !isVerbatim(place)) return;
  context.report({ at: anchorOf(place), message: 'A port is required here: write "0" for all of them.' });
}

export const rule: Rule = {
  id: 'cilium-port',
  severity: 'error',
  category: 'api-server',
  summary: 'a port of a Cilium policy that is no port, or missing',
  apis: ['cilium'],
  places: { 'cilium-port': check },
};

const withPort = (port: string): string => ciliumWith(`endpointSelector: {}\ningress:\n  - toPorts:\n      - ports:\n          - port: ${port}`);

export const page: RulePage = {
  why: 'A port of Cilium is a text, so that the schema takes any: the agent refuses what is no number up to 65535 and no name of a service, and the whole policy with it.',
  fix: 'Write the number in quotes, or the name of a container port.',
  ignore: 'Never.',
  source: 'cilium/cilium pkg/policy/api/rule_validation.go (PortProtocol.sanitize), pkg/iana',
  examples: [
    { bad: withPort('"70000"\n#                 ^^^^^^^ at most 65535') },
    { bad: withPort('"http_"\n#                 ^^^^^^^ neither a port number nor the name') },
    { bad: withPort('"080"\n#                 ^^^^^ for octal') },
    { bad: ciliumWith('endpointSelector: {}\ningress:\n  - toPorts:\n      - ports:\n          - protocol: TCP\n#         ^ A port is required') },
    { bad: withPort('"90"\n            endPort: 80\n#                    ^^ below port 90'), fixed: withPort('"80"\n            endPort: 90') },
  ],
  good: [withPort('"80"'), withPort('http')],
};
