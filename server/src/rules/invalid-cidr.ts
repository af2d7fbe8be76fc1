import * as l10n from '@vscode/l10n';
import type { ScalarType } from '../kinds/fieldTypes.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Place } from '../kinds/walk.ts';
import { parseAddress, parseCidr } from '../model/cidr.ts';
import { cidrOfOtherNotation } from '../model/rangeNotations.ts';
import { policyWith } from './examples.ts';
import { hasHostBits, reportHostBits } from './hostBits.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const text = knownString(place);
  // An empty cidr of Kubernetes' own is a missing one.
  if (text === undefined || (text === '' && place.type.role === 'cidr' && isNetworkPolicy(place.resource.table))) return;
  const result = parseCidr(text);
  if ('cidr' in result) {
    if ((place.type as ScalarType).exact && hasHostBits(result.cidr)) reportHostBits(place, result.cidr, context, 'the API server refuses it');
    return;
  }
  const { detail, bareAddress } = result.error;
  const at = valueRange(place);
  const prefix = bareAddress === 6 ? 128 : 32;
  const meant = bareAddress ? `${text}/${prefix}` : cidrOfOtherNotation(text);
  const other = bareAddress ? 'for this one address' : 'for this range';
  const why = meant === undefined ? (reasons.find(([sign]) => sign.test(text))?.[1] ?? detail) : bareAddress ? detail : notation;
  const instead = meant === undefined ? '' : `; ${other}, write ${meant}`;
  context.report({
    at,
    message: `${quoted(text)} is not a valid CIDR: ${why}${instead}.`,
    fixes: () => {
      if (meant === undefined) return [];
      const quote = /^["']/.exec(context.text.slice(at.start, at.end))?.[0] ?? '';
      const title = bareAddress ? l10n.t('Add /{0}', prefix) : l10n.t('Change to {0}', meant);
      return [{ title, certain: true, edits: [{ ...at, newText: `${quote}${meant}${quote}` }] }];
    },
  });
}

const notation = 'a range is written as an address and the length of its prefix';

/** What is written where a range belongs, by signs of it, and why it is none. */
const reasons: readonly (readonly [sign: RegExp, why: string])[] = [
  [/[,;]|\S\s+\S/, 'each holds one range'],
  [/\*/, notation],
  [/^(?!.*:).*?[g-z_]/i, 'names of hosts cannot stand here'],
];

/** Calico's fields take a single address, too. */
function checkNet(place: Place, context: RuleContext): void {
  const text = knownString(place);
  if (text === undefined || (!text.includes('/') && typeof parseAddress(text) !== 'string')) return;
  check(place, context);
}

export const rule: Rule = {
  id: 'invalid-cidr',
  severity: 'error',
  category: 'api-server',
  summary: 'text that is no CIDR, and what is wrong with it',
  places: { cidr: check, except: check, net: checkNet },
};

export const page: RulePage = {
  why: '`ipBlock` takes ranges only. A single address without `/32`, an octet over 255 or a host name is refused by the API server.',
  fix: 'Write address and prefix length: `192.0.2.7/32` for one IPv4 address, `2001:db8::7/128` for one IPv6 address. Host names cannot be used in a NetworkPolicy.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go (ValidateIPBlock); kubernetes/utils net/parse.go',
  examples: [
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 192.0.2.7\n#               ^^^^^^^^^ the prefix length is missing',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 192.0.2.7/32'),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.300.0/24\n#               ^^^^^^^^^^^^^ 300 is more than 255',
      ),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.4.0.0/255.252.0.0\n#               ^^^^^^^^^^^^^^^^^^^^ write 10.4.0.0/14\n    ports:\n      - port: 80',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.4.0.0/14\n    ports:\n      - port: 80'),
    },
  ],
  good: [
    policyWith(
      'podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n      - ipBlock: {cidr: "2001:db8::/32"}',
    ),
  ],
};
