import type { Action, Direction, Policy, Rule } from '../model/policy.ts';
import { capitalised, namespaces, ownNamespace, pods, rule } from './phrases.ts';

/** "Selects pods labelled `app=web` of namespace `shop`." */
export function subject({ subject: selected, namespace, namespaced }: Pick<Policy, 'subject' | 'namespace' | 'namespaced'>): string {
  const where = namespaced ? ownNamespace(namespace) : namespaces(selected.namespaces ?? { requirements: [] });
  return `Selects ${pods(selected.pods)} of ${where}.`;
}

const isOpen = (one: Rule): boolean => one.action === 'allow' && one.peers.length === 0 && one.ports.length === 0;

const verbs: Readonly<Record<Action, string>> = { allow: 'allows', deny: 'denies', pass: 'leaves to NetworkPolicies' };

/** What the policy makes of one direction, as a sentence. */
export function direction(policy: Omit<Policy, 'subject'>, which: Direction): string {
  const rules = policy[which];
  const word = which === 'ingress' ? 'In' : 'Out';
  if (!rules) return `${word}: not restricted by this policy.`;
  if (policy.tier.evaluation === 'first-match') {
    if (rules.length === 0) return `${word}: not restricted by this policy.`;
    const steps = rules.map((one) => `${verbs[one.action]} ${rule(one, which, policy.namespace)}`);
    return `${word}: ${steps.join('; then ')}${steps.length > 1 ? ' (the first that matches decides)' : ''}.`;
  }
  if (rules.length === 0) return `${word}: nothing.`;
  if (rules.some(isOpen)) return `${word}: everything.`;
  return `${word}: only ${rules.map((one) => rule(one, which, policy.namespace)).join('; ')}.`;
}

/** The whole policy: whom it selects, what may come in and what may go out. Markdown, one paragraph a sentence. */
export const policy = (value: Policy): string => [subject(value), direction(value, 'ingress'), direction(value, 'egress')].join('\n\n');

/** "Allows TCP 80 from …." */
export const oneRule = (value: Rule, which: Direction, namespace: string | undefined): string =>
  capitalised(`${verbs[value.action]} ${rule(value, which, namespace)}.`);
