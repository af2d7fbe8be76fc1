import { findingsAmong, type Surroundings, textAfterFix } from './findings.ts';

const own = 'apps/own.yaml';

/** A file of a workspace that is looked at, and what is around it. */
export interface Case extends Surroundings {
  /** Text of the file that is looked at. */
  readonly text: string;
  /** Other files, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What a rule finds. */
export const found = (id: string, { text, files = {}, ...surroundings }: Case) =>
  findingsAmong({ ...files, [own]: text }, own, {}, surroundings).filter((one) => one.id === id);

/** Each finding of a rule: what is underlined, what is said, and the titles of what is offered. */
export const said = (id: string, given: Case | string): readonly string[] => {
  const one = typeof given === 'string' ? { text: given } : given;
  return found(id, one).map(({ start, end, severity, message, finding }) => {
    const titles = (finding.fixes?.() ?? []).map(({ title }) => title);
    return `${severity} [${one.text.slice(start, end)}] ${message}${titles.length > 0 ? ` → ${titles.join(' | ')}` : ''}`;
  });
};

/** The text after a rule's first finding was mended in one of the offered ways. */
export const mended = (id: string, given: Case | string, index = 0): string | undefined => {
  const one = typeof given === 'string' ? { text: given } : given;
  const [first] = found(id, one);
  return first && textAfterFix(one.text, first, index);
};
