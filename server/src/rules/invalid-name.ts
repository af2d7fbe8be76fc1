import * as l10n from '@vscode/l10n';
import type { Place } from '../kinds/walk.ts';
import { checkDnsLabel, checkDnsSubdomain, type NameCheck, suggestDnsName } from '../model/names.ts';
import { policyWith } from './examples.ts';
import { knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

/** A prefix may end in a dash: what the server puts behind it does not. */
const checkPrefix: NameCheck = (prefix) => checkDnsSubdomain(prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix);

function check(place: Place, context: RuleContext, what: string, grammar: NameCheck, maximum: number): void {
  if (!place.resource.table?.validated) return;
  const name = knownString(place);
  // An empty name is a missing one.
  if (name === undefined || name === '') return;
  const problem = grammar(name);
  if (!problem) return;
  const at = valueRange(place);
  context.report({
    at,
    message: `${quoted(name)} is not a valid ${what}: ${problem}.`,
    fixes: () => {
      const suggestion = suggestDnsName(name, grammar, maximum);
      if (!suggestion) return [];
      const newText = grammar === checkPrefix && name.endsWith('-') ? `${suggestion}-` : suggestion;
      return [{ title: l10n.t('Change to {0}', quoted(newText)), edits: [{ ...at, newText }] }];
    },
  });
}

export const rule: Rule = {
  id: 'invalid-name',
  severity: 'error',
  category: 'api-server',
  summary: 'names and namespaces that are no DNS names',
  places: {
    'subdomain-name': (place, context) => check(place, context, 'name of an object', checkDnsSubdomain, 253),
    'name-prefix': (place, context) => check(place, context, 'beginning of a name', checkPrefix, 253),
    'namespace-name': (place, context) => check(place, context, 'namespace', checkDnsLabel, 63),
  },
};

export const page: RulePage = {
  why: 'Names become parts of DNS names and URLs, so the API server refuses capitals, underscores and spaces. People who come from other systems write `Allow_Frontend`.',
  fix: 'Use lower-case letters, digits and “-”. In names also “.”, in namespaces not.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go',
  examples: [
    {
      bad: policyWith('podSelector: {}').replace('name: web', 'name: Allow_Frontend\n#       ^^^^^^^^^^^^^^ not a valid name'),
      fixed: policyWith('podSelector: {}').replace('name: web', 'name: allow-frontend'),
    },
    {
      bad: policyWith('podSelector: {}').replace('name: web', 'name: web\n  namespace: team.a\n#            ^^^^^^ not a valid namespace'),
      fixed: policyWith('podSelector: {}').replace('name: web', 'name: web\n  namespace: team-a'),
    },
  ],
  good: [policyWith('podSelector: {}').replace('name: web', 'name: web.v2-a\n  namespace: team-a')],
};
