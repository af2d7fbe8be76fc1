import type { CompiledPolicy } from '../connectivity/compile.ts';
import type { Resource } from '../kinds/resource.ts';
import { memoizedByObject } from '../model/memoized.ts';
import { directions } from '../model/policy.ts';
import { entryOf, valueAt } from '../syntax/node.ts';
import { matchesAll } from './calico-unreachable-rule.ts';
import { documents } from './examples.ts';
import { nameRange } from './inView.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { allCompiled, calicoWith, compiledIn, covers } from './vendor.ts';

/** The policies that decide about all traffic of a direction. */
const deciding = memoizedByObject((policies: readonly CompiledPolicy[]) =>
  policies.filter(({ tier, rules }) => tier.calico && directions.some((direction) => rules[direction].some(({ rule: one }) => matchesAll(one)))),
);

function check(resource: Resource, context: RuleContext): void {
  if (resource.table?.type.fields.spec?.type.role !== 'calico-spec') return;
  const [own] = compiledIn(resource, context);
  if (!own) return;
  const about = directions.filter((direction) => own.policy.isolates[direction]);
  const before = deciding(allCompiled(context)).find(
    (other) =>
      other !== own &&
      other.tier.name === own.tier.name &&
      other.order < own.order &&
      covers(other, own) &&
      about.every((direction) => other.rules[direction].some(({ rule: one }) => matchesAll(one))),
  );
  if (!before) return;
  const order = entryOf(valueAt(resource.root, 'spec'), 'order')?.value;
  const where = before.policy.order === Number.MAX_VALUE ? '' : ` at order ${before.policy.order}`;
  context.report({
    at: order ?? nameRange(resource),
    message: `This policy is never asked: ${before.policy.kind} ${before.policy.name ?? ''}${where} selects the same pods before it and decides about everything.`,
    related: [{ origin: before.located.origin, message: `${before.policy.kind} ${before.policy.name ?? ''}` }],
  });
}

export const rule: Rule = {
  id: 'calico-policy-never-asked',
  severity: 'warning',
  category: 'meaning',
  summary: 'a Calico policy whose order lets it never come to effect',
  apis: ['calico'],
  scope: 'workspace',
  resource: check,
};

const first = calicoWith('order: 10\nselector: all()\ntypes: [Ingress]\ningress:\n  - action: Deny').replace('name: web', 'name: deny');
const second = calicoWith("order: 20\nselector: app == 'web'\ntypes: [Ingress]\ningress:\n  - action: Allow");

export const page: RulePage = {
  why: 'In a tier policies are asked by their order, and the first rule that matches decides. A default deny with a lower number than the policies that allow leaves all of these without effect.',
  fix: 'Give the policy that decides about everything the highest order, or none.',
  ignore: 'Where the policy is kept for a time when the other goes.',
  source: 'https://docs.tigera.io/calico/latest/reference/resources/networkpolicy (order)',
  examples: [{ bad: documents(first, second.replace('order: 20\n', 'order: 20\n#        ^^ never asked: Calico NetworkPolicy deny at order 10\n')) }],
  good: [documents(first.replace('order: 10', 'order: 30'), second)],
};
