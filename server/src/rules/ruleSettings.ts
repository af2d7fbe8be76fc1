import { rules } from './registry.ts';
import type { Category, Severity } from './rule.ts';

/** Severities by rule id or category, as the setting `netpol.rules` has them; a rule that is named by neither keeps its own. */
export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

export const levels: readonly string[] = ['error', 'warning', 'information', 'hint', 'off'] satisfies (Severity | 'off')[];

const categories: readonly string[] = ['api-server', 'meaning', 'posture', 'engine'] satisfies Category[];

/** Whether a word names a rule or a category of rules. */
export const namesRules = (word: string): boolean => categories.includes(word) || rules.some(({ id }) => id === word);
