import type { Range } from './node.ts';

/** A text with what a template writes replaced, same length, same lines. */
export interface MaskedText {
  readonly text: string;
  /** Where there is something else, which is part of a value or key. */
  readonly holes: readonly Range[];
}

/** Stands for one character of an action inside a line; a letter, so that YAML reads a plain scalar. */
const filler = 'x';

/** Whether a text holds Helm or Go template actions. A GitHub expression (`${{ … }}`) is none. */
export const isTemplated = (text: string): boolean => /(^|[^$]){{/.test(text);

/** Whether nothing but blanks stands beside the actions of a line. */
function holdsActionsAlone(line: string): boolean {
  for (let at = 0; ; ) {
    const open = line.indexOf('{{', at);
    if (line.slice(at, open < 0 ? line.length : open).trim() !== '') return false;
    if (open < 0) return true;
    const close = line.indexOf('}}', open + 2);
    if (close < 0) return true;
    at = close + 2;
  }
}

/**
 * Makes a Helm template readable as YAML: lines that hold actions alone become blank, actions inside a line become
 * a plain word of the same length. Offsets stay true.
 */
export function maskTemplate(text: string): MaskedText {
  const holes: Range[] = [];
  // Asked of each action, and known for its whole line.
  const line = { end: -1, isActionsAlone: false };
  const masked = text.replace(/{{[\s\S]*?(?:}}|$)/g, (action, at: number) => {
    if (at >= line.end) {
      const end = text.indexOf('\n', at);
      line.end = end < 0 ? text.length : end;
      line.isActionsAlone = holdsActionsAlone(text.slice(text.lastIndexOf('\n', at) + 1, line.end));
    }
    if (line.isActionsAlone || action.includes('\n')) return action.replace(/[^\r\n]/g, ' ');
    holes.push({ start: at, end: at + action.length });
    return filler.repeat(action.length);
  });
  return { text: masked, holes };
}
