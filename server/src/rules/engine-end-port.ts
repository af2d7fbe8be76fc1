import type { Place } from '../kinds/walk.ts';
import { entryOf, resolve } from '../syntax/node.ts';
import { flagged, policyNamed } from './examples.ts';
import { anchorOf } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';

function check(place: Place, context: RuleContext): void {
  const port = resolve(entryOf(place.parent?.node, 'port')?.value);
  context.report({
    at: place.entry ? { start: place.entry.start, end: place.entry.end } : anchorOf(place),
    message: `Weave Net does not know endPort: of this range port ${port?.kind === 'scalar' ? port.text : ''} alone is opened. List the ports one by one.`,
  });
}

export const rule: Rule = {
  id: 'engine-end-port',
  severity: 'warning',
  category: 'engine',
  summary: 'endPort on Weave Net, which does not know it',
  scope: 'workspace',
  engines: ['weave'],
  places: { 'end-port': check },
};

const base = policyNamed(
  'web',
  'shop',
  'podSelector: {}\npolicyTypes: [Ingress]\ningress:\n  - from:\n      - podSelector: {}\n    ports:\n      - port: 8000\n        endPort: 8010',
);

export const page: RulePage = {
  why: 'endPort came with Kubernetes 1.22 and needs the network plugin’s support. Weave Net ignores it: of the range, the first port is opened.',
  fix: 'List the ports one by one; or move to a plugin that is still maintained. [What each network plugin does](../engines.md).',
  ignore: 'Where the policies are for another cluster: set `netpol.engine` for the folder.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports; weaveworks/weave (archived)',
  examples: [{ bad: flagged(base, 'endPort: 8010', 'port 8000 alone'), engine: 'weave' }],
  good: [base],
};
