import { childAt, type Place } from '../kinds/walk.ts';
import { itemsOf, type Range } from '../syntax/node.ts';
import { flagged, policyNamed } from './examples.ts';
import { anchorOf, knownString } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

const lacking = 'Azure Network Policy Manager for Windows does not support';

const report = (at: Range, what: string, instead: string, context: RuleContext): void =>
  context.report({ at, message: `${lacking} ${what}${instead === '' ? '' : `; ${instead}`}.` });

export const rule: Rule = {
  id: 'azure-npm-windows',
  severity: 'error',
  category: 'engine',
  summary: 'named ports, SCTP, NotIn and DoesNotExist, and except, on Azure NPM for Windows',
  scope: 'workspace',
  engines: ['azure-npm-windows'],
  places: {
    port(place: Place, context) {
      const name = knownString(place);
      if (name !== undefined && /[a-z]/i.test(name)) report(place.written, 'named ports', 'write the number', context);
    },
    protocol(place, context) {
      if (knownString(place) === 'SCTP') report(place.written, 'SCTP', '', context);
    },
    operator(place, context) {
      const operator = knownString(place);
      if (operator === 'NotIn' || operator === 'DoesNotExist') report(place.written, `the operator ${operator}`, 'select by what pods have', context);
    },
    'ip-block'(place, context) {
      const except = childAt(place, 'except');
      if (except && itemsOf(except.node).length > 0) report(anchorOf(except), 'except', 'list the ranges that are left', context);
    },
  },
};

const base = policyNamed(
  'web',
  'shop',
  'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {}\n    ports:\n      - port: http',
);

export const page: RulePage = {
  why: 'The policies were tested on Linux nodes. The Windows version of the engine lacks named ports, SCTP, negative selectors and exceptions, and says so in its log at best.',
  fix: 'Write port numbers; select by labels that pods have instead of those that they lack; write ranges without exceptions. [What each network plugin does](../engines.md).',
  ignore: 'Where the policy selects pods on Linux nodes alone.',
  source: 'MicrosoftDocs/azure-aks-docs articles/aks/use-network-policies.md',
  examples: [{ bad: flagged(base, 'http', 'named ports; write the number'), engine: 'azure-npm-windows' }],
  good: [base],
};
