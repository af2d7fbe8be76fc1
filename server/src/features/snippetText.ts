import type { Style } from '../syntax/edits.ts';

/**
 * Re-indents a snippet body, written with two spaces a level and dashes one level below their key, to stand at
 * `column` in a document of the given style. The first line is left where it is.
 */
export function fitSnippet(body: string, column: number, style: Style, lineBreak: string): string {
  const frames = [{ old: 0, now: column }];
  const [first = '', ...rest] = body.split('\n');
  const lines = rest.map((line) => {
    const content = line.trimStart();
    const old = line.length - content.length;
    while (frames.length > 1 && (frames.at(-1)?.old ?? 0) > old) frames.pop();
    const top = frames.at(-1) ?? { old: 0, now: column };
    const isItem = content.startsWith('- ');
    const now = top.old === old ? top.now : top.now + (isItem && !style.indentedLists ? 0 : style.indent);
    if (top.old !== old) frames.push({ old, now });
    if (isItem) frames.push({ old: old + 2, now: now + 2 });
    return ' '.repeat(now) + content;
  });
  return [first, ...lines].join(lineBreak);
}

/** A snippet as plain text, for editors without tab stops: defaults and first choices stay, empty stops go. */
export const plainSnippet = (snippet: string): string =>
  snippet
    .replace(/\$\{\d+\|([^,|]*)(?:,[^|]*)?\|\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/(?<!\\)(\$\{\d+\}|\$\d+)/g, '')
    .replace(/\\([\\$}])/g, '$1');
