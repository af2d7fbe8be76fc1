import fc from 'fast-check';

/** A line of a template, and the lines that it becomes. */
export interface TemplateLine {
  readonly written: string;
  readonly rendered: readonly string[];
}

/** Part of a text that a template writes. */
export interface TemplateChange {
  /** Line, of those of the text. */
  readonly at: number;
  /** A word; a branch; two branches that say the same; what stands below a line; more of what is there. */
  readonly is: 'value' | 'if' | 'either' | 'include' | 'more';
  /** Whether the branch is taken, and how lines are indented. */
  readonly holds: boolean;
}

export const changesOf = (lines: number): fc.Arbitrary<readonly TemplateChange[]> =>
  fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: lines - 1 }),
      is: fc.constantFrom('value', 'if', 'either', 'include', 'more'),
      holds: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  );

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Behind the lines of an item or entry that begins in a line: those below it that stand deeper. */
function blockEnd(lines: readonly string[], from: number): number {
  const own = indentOf(lines[from] as string);
  let end = from + 1;
  while (end < lines.length && lines[end] !== '' && indentOf(lines[end] as string) > own) end++;
  return end;
}

/** The value that stands at the end of a line, by itself or behind a key. */
const valueIn = (line: string): string => /^\s*(?:- )*(?:[\w./:-]+: )?([^\s:#{}[\]&*|>]+)$/.exec(line)?.[1] ?? '';

/** What stands for the value of a line. */
const actionOf = (line: number): string => `{{ .v${line} | quote }}`;

const renderedOf = (lines: readonly TemplateLine[], start: number, end: number): readonly string[] =>
  lines.slice(start, end).flatMap(({ rendered }) => rendered);

/** The lines that stand instead of those from `start` to `end`; undefined where nothing of the kind can. */
function replacement(
  { at, is, holds }: TemplateChange,
  end: number,
  text: readonly string[],
  lines: readonly TemplateLine[],
): { readonly start: number; readonly end: number; readonly now: readonly TemplateLine[] } | undefined {
  const line = text[at] as string;
  const indent = ' '.repeat(indentOf(line));
  const key = /^(\s*(?:- )*(?:[\w./:-]+: )?)[^\s:#{}[\]&*|>]+$/.exec(line)?.[1];
  const action = (text: string): TemplateLine => ({ written: `${indent}{{- ${text} }}`, rendered: [] });
  const branch = (isTaken: boolean) => lines.slice(at, end).map(({ written, rendered }) => ({ written, rendered: isTaken ? rendered : [] }));
  switch (is) {
    case 'value':
      return key === undefined ? undefined : { start: at, end: at + 1, now: [{ written: `${key}${actionOf(at)}`, rendered: [line] }] };
    case 'if':
      return { start: at, end, now: [action(`if .c${at}`), ...branch(holds), action('end')] };
    case 'either':
      return { start: at, end, now: [action(`if .c${at}`), ...branch(holds), action('else'), ...branch(!holds), action('end')] };
    case 'include': {
      if (end === at + 1) return undefined;
      const include = `{{- include "x${at}" . | nindent ${indentOf(text[at + 1] as string)} }}`;
      return { start: at + 1, end, now: [{ written: `${holds ? indent : ''}${include}`, rendered: renderedOf(lines, at + 1, end) }] };
    }
    case 'more':
      if (!/^\s*- /.test(line)) return undefined;
      return {
        start: end,
        end,
        now: [{ written: `${holds ? indent : ''}{{- toYaml .more${at} | nindent ${indent.length} }}`, rendered: renderedOf(lines, at, end) }],
      };
  }
}

/** A text in block style, the dashes of lists deeper than their keys, with parts of it written by a template. Changes that meet count once. */
export function templateOf(text: readonly string[], changes: readonly TemplateChange[]): readonly TemplateLine[] {
  let lines: readonly TemplateLine[] = text.map((line) => ({ written: line, rendered: [line] }));
  let above = text.length;
  // From the end, so that what stands before keeps its place.
  for (const change of [...changes].sort((a, b) => b.at - a.at)) {
    const end = blockEnd(text, change.at);
    const line = text[change.at] as string;
    if (end > above || line.trim() === '' || line === '---') continue;
    const found = replacement(change, end, text, lines);
    if (!found) continue;
    lines = [...lines.slice(0, found.start), ...found.now, ...lines.slice(found.end)];
    above = change.at;
  }
  return lines;
}

/** The line of what is rendered that a line of the template becomes. */
export const lineWhenRendered = (lines: readonly TemplateLine[], at: number): number =>
  lines.slice(0, at).reduce((sum, { rendered }) => sum + rendered.length, 0);

/** Whether the condition is met that was put around what begins in a line: of several the first counts. */
const isMet = (changes: readonly TemplateChange[], line: number): boolean =>
  changes.find(({ at, is }) => at === line && (is === 'if' || is === 'either'))?.holds === true;

/** What Helm makes of a template of the text, also after it was edited: the actions that `templateOf` writes, each in a line or in a value. */
export function rendered(template: string, text: readonly string[], changes: readonly TemplateChange[]): string {
  const written: string[] = [];
  const taken: boolean[] = [];
  for (const line of template.split('\n')) {
    const action = /^\s*\{\{- (if \.c|else|end|include "x|toYaml \.more)(\d*)/.exec(line);
    if (!action) {
      if (taken.every(Boolean)) written.push(line.replace(/\{\{ \.v(\d+) \| quote \}\}/g, (_, at: string) => valueIn(text[Number(at)] as string)));
      continue;
    }
    const at = Number(action[2]);
    if (action[1] === 'if .c') taken.push(isMet(changes, at));
    else if (action[1] === 'else') taken.push(!taken.pop());
    else if (action[1] === 'end') taken.pop();
    else if (taken.every(Boolean)) written.push(...text.slice(action[1] === 'toYaml .more' ? at : at + 1, blockEnd(text, at)));
  }
  return written.join('\n');
}
