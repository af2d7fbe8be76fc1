import * as l10n from '@vscode/l10n';
import type { ScalarType } from '../kinds/fieldTypes.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Place } from '../kinds/walk.ts';
import { parseAddress, parseCidr } from '../model/cidr.ts';
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
  context.report({
    at,
    message: `${quoted(text)} is not a valid CIDR: ${detail}${bareAddress ? `; for this one address, write ${text}/${prefix}` : ''}.`,
    fixes: () => {
      if (!bareAddress) return [];
      const quote = /^["']/.exec(context.text.slice(at.start, at.end))?.[0] ?? '';
      return [{ title: l10n.t('Add /{0}', prefix), certain: true, edits: [{ ...at, newText: `${quote}${text}/${prefix}${quote}` }] }];
    },
  });
}

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
  ],
  good: [
    policyWith(
      'podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n      - ipBlock: {cidr: "2001:db8::/32"}',
    ),
  ],
};
