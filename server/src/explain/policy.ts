import type { Action, Direction, Policy, Rule, Tier } from '../model/policy.ts';
import { everything, isNever } from '../model/selector.ts';
import { grouped } from '../syntax/grouped.ts';
import { capitalised, code, namespaces, ownNamespace, pods, rule } from './phrases.ts';

/** "Selects pods labelled `app=web` of namespace `shop`." */
export function subject({ subject: selected, namespace, namespaced }: Pick<Policy, 'subject' | 'namespace' | 'namespaced'>): string {
  if (selected.pods && isNever(selected.pods)) return 'Selects no pod: it is for nodes or host endpoints.';
  const asked = selected.namespaces && `, if that is among ${namespaces(selected.namespaces)}`;
  const where = namespaced ? `${ownNamespace(namespace)}${asked ?? ''}` : namespaces(selected.namespaces ?? everything);
  return `Selects ${pods(selected.pods)} of ${where}.`;
}

const isOpen = (one: Rule): boolean => one.action === 'allow' && one.peers.length === 0 && one.ports.length === 0 && !one.conditions;

const verbs: Readonly<Record<Action, string>> = { allow: 'allows', deny: 'denies', pass: 'passes' };

/** Most rules that are told one by one: nobody reads more. */
const mostTold = 40;

/** The first of many parts, and how many there are beside them. */
const few = (parts: readonly (() => string)[], between: string): string =>
  `${parts
    .slice(0, mostTold)
    .map((part) => part())
    .join(between)}${parts.length > mostTold ? `${between}${grouped(parts.length - mostTold)} more` : ''}`;

/** What the policy makes of one direction, as a sentence. */
export function direction(policy: Omit<Policy, 'subject'>, which: Direction): string {
  const rules = policy[which];
  const word = which === 'ingress' ? 'In' : 'Out';
  if (!rules) return `${word}: not restricted by this policy.`;
  if (policy.tier.evaluation === 'first-match') {
    const rest = policy.tier.unmatched === 'deny' ? `what no rule of tier ${code(policy.tier.name)} matches is denied` : '';
    if (rules.length === 0) return rest ? `${word}: nothing by itself; ${rest}.` : `${word}: not restricted by this policy.`;
    const steps = rules.map((one) => () => `${verbOf(one, policy.tier)} ${rule(one, which, policy.namespace)}`);
    return `${word}: ${few(steps, '; then ')}${steps.length > 1 ? ' (the first that matches decides)' : ''}${rest ? `; ${rest}` : ''}.`;
  }
  const said = (list: readonly Rule[]) => list.map((one) => () => rule(one, which, policy.namespace));
  const denials = rules.filter(({ action }) => action === 'deny');
  const allowing = rules.filter(({ action }) => action === 'allow');
  const denied = denials.length > 0 ? `never ${few(said(denials), '; nor ')}` : '';
  if (!policy.isolates[which]) {
    const allowed = allowing.length > 0 ? ` Allows ${few(said(allowing), '; ')}.` : '';
    return `${word}: ${denied || 'not isolated by this policy'}.${denied ? ' What else passes is not restricted by this policy.' : ''}${allowed}`;
  }
  if (allowing.length === 0) return `${word}: nothing${denied ? `, and whatever others allow, ${denied}` : ''}.`;
  const only = allowing.some(isOpen) ? 'everything' : `only ${few(said(allowing), '; ')}`;
  return `${word}: ${only}${denied ? `; and ${denied}` : ''}.`;
}

/** The whole policy: whom it selects, what may come in and what may go out. Markdown, one paragraph a sentence. */
export const policy = (value: Policy): string => [subject(value), direction(value, 'ingress'), direction(value, 'egress')].join('\n\n');

/** "Allows TCP 80 from …." */
export const oneRule = (value: Rule, which: Direction, namespace: string | undefined, tier?: Tier): string =>
  capitalised(`${verbOf(value, tier)} ${rule(value, which, namespace)}.`);

const verbOf = ({ action }: Rule, tier: Tier | undefined): string =>
  action === 'pass' ? `leaves to ${tier?.calico ? 'the next tier' : 'NetworkPolicies'}` : verbs[action];
