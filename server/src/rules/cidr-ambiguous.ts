import * as l10n from '@vscode/l10n';
import { type Api, apiOf } from '../kinds/readPolicy.ts';
import type { Place } from '../kinds/walk.ts';
import { type Cidr, cidrRange, formatCidr, parseCidr, unmapCidr } from '../model/cidr.ts';
import { policyWith } from './examples.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const leadingZero = /^[\d.]*(?<=^|\.)0\d|\/0\d/;

/** What is read differently, who refuses it, and whether that is for certain. */
interface Problem {
  readonly says: string;
  readonly isError?: boolean;
}

function problemOf(text: string, cidr: Cidr, plain: string, api: Api | undefined): Problem | undefined {
  const zeros = leadingZero.test(text);
  if (!zeros && unmapCidr(cidr) === cidr) return undefined;
  const what = zeros
    ? 'has leading zeros, which some programs read as octal'
    : 'is an IPv4 range written as IPv6, which some programs take for another family';
  if (api === 'admin') return { says: `${what}; the API server refuses it`, isError: true };
  if (api === 'cilium')
    return zeros ? { says: `${what}; Cilium refuses it`, isError: true } : { says: 'is an IPv4 range written as IPv6, which Cilium takes for IPv6' };
  return { says: `${what}; Kubernetes reads it as ${plain}, and refuses it from 1.36 on` };
}

function check(place: Place, context: RuleContext): void {
  const text = knownString(place);
  const parsed = text === undefined ? undefined : parseCidr(text);
  if (text === undefined || !parsed || !('cidr' in parsed)) return;
  const range = unmapCidr(parsed.cidr);
  const plain = formatCidr(range);
  const problem = problemOf(text, parsed.cidr, plain, apiOf(place.resource));
  // Set host bits have a rule of their own; the address is left as it is here.
  if (!problem || (cidrRange(range).first !== range.address && !problem.isError)) return;
  const at = valueRange(place);
  const quote = /^["']/.exec(context.text.slice(at.start, at.end))?.[0] ?? '';
  context.report({
    at,
    message: `${quoted(text)} ${problem.says}. Write ${plain}.`,
    ...(problem.isError ? { severity: 'error' } : {}),
    fixes: () => [{ title: l10n.t('Change to {0}', plain), certain: true, edits: [{ ...at, newText: `${quote}${plain}${quote}` }] }],
  });
}

export const rule: Rule = {
  id: 'cidr-ambiguous',
  severity: 'warning',
  category: 'meaning',
  summary: 'a CIDR that programs read differently: leading zeros, IPv4 written as IPv6',
  places: { cidr: check, except: check },
};

export const page: RulePage = {
  why: 'Kubernetes reads `010.0.0.0/8` as 10.0.0.0/8; a program that takes the leading zero for octal reads 8.0.0.0/8. The policy and the firewall that was written from it disagree.',
  fix: 'Write the canonical form that the quick fix offers.',
  ignore: 'Never.',
  source: 'kubernetes/utils net/parse.go; kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go',
  examples: [
    {
      bad: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 010.0.0.0/8\n#               ^^^^^^^^^^^ leading zeros'),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.0/8'),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: "::ffff:10.0.0.0/104"\n#               ^^^^^^^^^^^^^^^^^^^^^ written as IPv6',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: "10.0.0.0/8"'),
    },
  ],
  good: [policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock: {cidr: 10.0.0.0/8}\n      - ipBlock: {cidr: 192.0.2.0/24}')],
};
