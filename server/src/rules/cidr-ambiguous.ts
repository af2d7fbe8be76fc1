import * as l10n from '@vscode/l10n';
import type { Place } from '../kinds/walk.ts';
import { type Cidr, cidrRange, formatCidr, parseCidr, unmapCidr } from '../model/cidr.ts';
import { policyWith } from './examples.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const leadingZero = /^[\d.]*(?<=^|\.)0\d|\/0\d/;

function problemOf(text: string, cidr: Cidr): string | undefined {
  if (leadingZero.test(text)) return 'has leading zeros, which some programs read as octal';
  return unmapCidr(cidr) === cidr ? undefined : 'is an IPv4 range written as IPv6, which some programs take for another family';
}

function check(place: Place, context: RuleContext): void {
  const text = knownString(place);
  const parsed = text === undefined ? undefined : parseCidr(text);
  if (text === undefined || !parsed || !('cidr' in parsed)) return;
  const problem = problemOf(text, parsed.cidr);
  if (!problem) return;
  const plain = unmapCidr(parsed.cidr);
  // Set host bits have a rule of their own; the address is left as it is here.
  if (cidrRange(plain).first !== plain.address) return;
  const at = valueRange(place);
  const quote = /^["']/.exec(context.text.slice(at.start, at.end))?.[0] ?? '';
  context.report({
    at,
    message: `${quoted(text)} ${problem}; Kubernetes reads it as ${formatCidr(plain)}, and refuses it from 1.36 on. Write ${formatCidr(plain)}.`,
    fixes: () => [
      { title: l10n.t('Change to {0}', formatCidr(plain)), certain: true, edits: [{ ...at, newText: `${quote}${formatCidr(plain)}${quote}` }] },
    ],
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
