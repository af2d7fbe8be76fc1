import * as l10n from '@vscode/l10n';
import { childAt, enclosing, type Place } from '../kinds/walk.ts';
import { scalarLike } from './nearestLabels.ts';
import { knownScalar, valueRange } from './places.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

function check(place: Place, context: RuleContext): void {
  const pattern = childAt(place, 'matchPattern');
  const scalar = pattern && knownScalar(pattern);
  // What may be asked for is another matter: the answers are judged by toFQDNs.
  if (!pattern || !scalar || enclosing(place, 'cilium-l7')) return;
  const { text } = scalar;
  const report = (message: string, ...fixes: readonly Fix[]) => context.report({ at: valueRange(pattern), message, fixes: () => fixes });
  if (/^\*+$/.test(text)) report(`"${text}" is every name: whatever address DNS answers for any name is allowed.`);
  else if (/^\*+\.[^.]+\.?$/.test(text))
    report(`"${text}" is every name right below ${text.replace(/^\*+\./, '')}, and everybody may register one there.`);
  else {
    const glued = /^\*([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)\.?$/.exec(text);
    if (!glued) return;
    const [, domain] = glued as unknown as [string, string];
    report(
      `"${text}" has no dot behind the star: it also means evil${domain}, which belongs to somebody else.`,
      { title: l10n.t('Change to {0}', `*.${domain}`), edits: [scalarLike(scalar, `*.${domain}`)] },
      { title: l10n.t('Change to {0}', domain), edits: [scalarLike(scalar, domain)] },
    );
  }
}

export const rule: Rule = {
  id: 'cilium-wide-pattern',
  severity: 'warning',
  category: 'posture',
  summary: 'a matchPattern that means more names than it seems to',
  apis: ['cilium'],
  places: { 'cilium-fqdn': check },
};

const withPattern = (pattern: string): string =>
  ciliumWith(
    `endpointSelector: {}\negress:\n  - toFQDNs:\n      - matchPattern: ${pattern}\n  - toPorts:\n      - ports: [{port: "53", protocol: ANY}]\n        rules: {dns: [{matchPattern: "*"}]}`,
  );

export const page: RulePage = {
  why: 'The star stands for any letters of one part of a name. `*example.com` was meant for example.com and what is below it; it lets `notexample.com` in as well, and not `a.b.example.com`.',
  fix: 'Write `*.example.com` for what is right below, and a `matchName` for the domain itself.',
  ignore: 'Where every name is meant.',
  source: 'https://docs.cilium.io/en/stable/security/policy/language/#dns-based; cilium/cilium pkg/fqdn/matchpattern',
  examples: [
    {
      bad: withPattern('"*example.com"').replace(
        '"*example.com"\n',
        '"*example.com"\n#                       ^^^^^^^^^^^^^^ no dot behind the star\n',
      ),
      fixed: withPattern('"*.example.com"'),
    },
    { bad: withPattern('"*"').replace('matchPattern: "*"\n', 'matchPattern: "*"\n#                       ^^^ every name\n') },
  ],
  good: [withPattern('"*.example.com"')],
};
