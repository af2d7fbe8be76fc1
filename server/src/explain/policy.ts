import type { Direction, Policy, Rule } from '../model/policy.ts';
import { capitalised, ownNamespace, pods, rule } from './phrases.ts';

/** "Selects pods labelled `app=web` of namespace `shop`." */
export const subject = ({ subject: selector, namespace }: Pick<Policy, 'subject' | 'namespace'>): string =>
  `Selects ${pods(selector)} of ${ownNamespace(namespace)}.`;

const isOpen = (one: Rule): boolean => one.peers.length === 0 && one.ports.length === 0;

/** What the policy makes of one direction, as a sentence. */
export function direction({ namespace, ...policy }: Policy, which: Direction): string {
  const rules = policy[which];
  const word = which === 'ingress' ? 'In' : 'Out';
  if (!rules) return `${word}: not restricted by this policy.`;
  if (rules.length === 0) return `${word}: nothing.`;
  if (rules.some(isOpen)) return `${word}: everything.`;
  return `${word}: only ${rules.map((one) => rule(one, which, namespace)).join('; ')}.`;
}

/** The whole policy: whom it selects, what may come in and what may go out. Markdown, one paragraph a sentence. */
export const policy = (value: Policy): string => [subject(value), direction(value, 'ingress'), direction(value, 'egress')].join('\n\n');

/** "Allows TCP 80 from …." */
export const oneRule = (value: Rule, which: Direction, namespace: string | undefined): string =>
  capitalised(`allows ${rule(value, which, namespace)}.`);
