import type { Range } from './node.ts';

/** A text with what a template writes replaced, same length, same lines. */
export interface MaskedText {
  readonly text: string;
  /** Where there is something else, which is part of a value or key. */
  readonly holes: readonly Range[];
  /** Where a template decides what is written, or writes more than part of a value; undefined where the text is no template. */
  readonly gaps?: readonly Gap[];
}

/** An action of a template that may add to what stands around it, or leave it out. Source: pkg.go.dev/text/template; Sprig’s indent and nindent. */
export interface Gap extends Range {
  /** It writes something, and does not only decide what is written. */
  readonly writes: boolean;
  /** Column at which what it writes begins, 0 for the first of a line; undefined where that is not known. */
  readonly column: number | undefined;
  /** Where the innermost branch begins in which what is behind it stands; undefined outside of all. */
  readonly branch: number | undefined;
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

const control = /^{{-?\s*(?:if|else|end|range|with|define|block|break|continue)\b/;

const opens = /^{{-?\s*(?:if|range|with|define|block)\b/;
const turns = /^{{-?\s*else\b/;
const closes = /^{{-?\s*end\b/;

/** Takes an action that decides what is written into the branches that stand open, by where they begin, the outermost first. */
function turn(branches: number[], action: string, at: number): void {
  if (closes.test(action) || turns.test(action)) branches.pop();
  if (opens.test(action) || turns.test(action)) branches.push(at);
}

/** Comments, and variables that are set. */
const writesNothing = /^{{-?\s*(?:\/\*|\$\w+\s*:?=)/;

/** The column to which what an action writes is indented; `own` is where it stands itself, where nothing stands before it in its line. */
function columnOf(action: string, own: number | undefined): number | undefined {
  const last = action.slice(action.lastIndexOf('|') + 1);
  const indented = /\bn?indent\b(?:[ \t]+(\d{1,3}))?/.exec(last);
  if (indented) return indented[1] === undefined ? undefined : Number(indented[1]);
  // What trims the lines before it goes on where these end.
  return action.startsWith('{{-') ? undefined : own;
}

/**
 * Makes a Helm template readable as YAML: lines that hold actions alone become blank, actions inside a line become
 * a plain word of the same length. Offsets stay true.
 */
export function maskTemplate(text: string): MaskedText {
  const holes: Range[] = [];
  const gaps: Gap[] = [];
  const branches: number[] = [];
  // Asked of each action, and known for its whole line.
  const line = { start: 0, end: -1, isActionsAlone: false };
  const masked = text.replace(/{{[\s\S]*?(?:}}|$)/g, (action, at: number) => {
    const isFirst = at >= line.end;
    if (isFirst) {
      const end = text.indexOf('\n', at);
      line.start = text.lastIndexOf('\n', at) + 1;
      line.end = end < 0 ? text.length : end;
      line.isActionsAlone = holdsActionsAlone(text.slice(line.start, line.end));
    }
    const range = { start: at, end: at + action.length };
    const isBlank = line.isActionsAlone || action.includes('\n');
    if (control.test(action)) {
      turn(branches, action, at);
      gaps.push({ ...range, writes: false, column: undefined, branch: branches.at(-1) });
    } else if (isBlank && !writesNothing.test(action)) {
      const column = columnOf(action, isFirst && line.isActionsAlone ? at - line.start : undefined);
      gaps.push({ ...range, writes: true, column, branch: branches.at(-1) });
    }
    if (isBlank) return action.replace(/[^\r\n]/g, ' ');
    holes.push(range);
    return filler.repeat(action.length);
  });
  return { text: masked, holes, gaps };
}

/** Where in an ascending list the first stands that begins at an offset or behind it. */
export function firstFrom(all: readonly Range[], offset: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] as Range).start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the innermost branch of a template begins in which an offset stands; undefined outside of all. */
export const branchAt = (gaps: readonly Gap[], offset: number): number | undefined => gaps[firstFrom(gaps, offset) - 1]?.branch;
