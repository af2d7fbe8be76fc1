import * as l10n from '@vscode/l10n';
import { apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { removeEntry } from '../syntax/edits.ts';
import { entryOf, isMap, valueAt } from '../syntax/node.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith, stagedWith } from './vendor.ts';

function check(resource: Resource, context: RuleContext): void {
  const kind = entryOf(resource.root, 'kind')?.value;
  if (apiOf(resource) !== 'calico' || !resource.kind?.startsWith('Staged') || !kind || resource.document.parsed.templated) return;
  const enforced = resource.kind.slice('Staged'.length);
  const fixes = (): readonly Fix[] => {
    const spec = valueAt(resource.root, 'spec');
    const action = entryOf(spec, 'stagedAction');
    const edits = [{ start: kind.start, end: kind.end, newText: enforced }];
    if (action && isMap(spec)) edits.push(removeEntry(context.text, spec, action));
    return [{ title: l10n.t('Enforce it: {0}', enforced), edits }];
  };
  context.report({
    at: kind,
    message: `A ${resource.kind} is not enforced: it shows what a ${enforced} would do, and nothing is denied or allowed by it.`,
    fixes,
  });
}

export const rule: Rule = {
  id: 'staged-policy',
  severity: 'information',
  category: 'posture',
  summary: 'a staged policy of Calico: it is not enforced',
  apis: ['calico'],
  resource: check,
};

const spec = "selector: app == 'web'\ntypes: [Ingress]";

export const page: RulePage = {
  why: 'A staged policy is a rehearsal: flows are reported as it would have judged them. Left staged, it looks like a policy in every listing and protects nothing.',
  fix: 'Once its reports are as expected, change the kind. [What each network plugin does](../engines.md).',
  ignore: 'While the rehearsal lasts.',
  source: 'https://docs.tigera.io/calico/latest/network-policy/staged-network-policies',
  examples: [
    {
      bad: stagedWith(spec).replace('kind: StagedNetworkPolicy\n', 'kind: StagedNetworkPolicy\n#     ^^^^^^^^^^^^^^^^^^^ not enforced\n'),
      fixed: calicoWith(spec),
    },
  ],
  good: [calicoWith(spec)],
};
