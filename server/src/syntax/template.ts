import type { Range } from './node.ts';

/** A template's text with every `{{ … }}` replaced, same length, same lines. */
export interface MaskedTemplate {
  readonly text: string;
  /** Where the actions stood that were part of a value or key. */
  readonly holes: readonly Range[];
}

/** Stands for one character of an action inside a line; a letter, so that YAML reads a plain scalar. */
const filler = 'x';

/** Whether a text holds Helm or Go template actions. A GitHub expression (`${{ … }}`) is none. */
export const isTemplated = (text: string): boolean => /(^|[^$]){{/.test(text);

/**
 * Makes a Helm template readable as YAML: lines that hold actions alone become blank, actions inside a line become
 * a plain word of the same length. Offsets stay true.
 */
export function maskTemplate(text: string): MaskedTemplate {
  const holes: Range[] = [];
  const masked = text.replace(/{{[\s\S]*?(?:}}|$)/g, (action, at: number) => {
    const lineStart = text.lastIndexOf('\n', at) + 1;
    const lineEnd = text.indexOf('\n', at + action.length);
    const rest = text.slice(at + action.length, lineEnd < 0 ? text.length : lineEnd).replace(/{{.*?}}/g, '');
    const before = text.slice(lineStart, at).replace(/{{.*?}}/g, '');
    if ((before.trim() === '' && rest.trim() === '') || action.includes('\n')) return action.replace(/[^\r\n]/g, ' ');
    holes.push({ start: at, end: at + action.length });
    return filler.repeat(action.length);
  });
  return { text: masked, holes };
}
