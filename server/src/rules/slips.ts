import * as l10n from '@vscode/l10n';
import type { FieldType } from '../kinds/fieldTypes.ts';
import { intendedTable } from '../kinds/registry.ts';
import { isMap, isSeq, itemsOf, type Node, resolve, valueAt } from '../syntax/node.ts';
import { indentationsAt, type Repair, type Repairs, repairsOf, type Slip } from '../syntax/repair.ts';
import { isNull, scalarValue, stringOf } from '../syntax/scalar.ts';
import type { Fix } from './rule.ts';

/** What a field counts that the table does not have. */
const unknown = 2;

/** What in a value is not as the table of its kind has it, in points: fields of other names, values of other types, fields that are missing. */
function misfits(node: Node | undefined, type: FieldType): number {
  const value = resolve(node);
  if (!value || type.is === 'any') return 0;
  if (isMap(value)) {
    if (type.is !== 'object' && type.is !== 'map') return 2;
    const keys = value.entries.map(({ key }) => key.text);
    let sum = keys.length - new Set(keys).size;
    for (const entry of value.entries) {
      if (type.is === 'map') sum += misfits(entry.value, type.of);
      else if (Object.hasOwn(type.fields, entry.key.text)) sum += misfits(entry.value, (type.fields[entry.key.text] as { type: FieldType }).type);
      else if (!type.open) sum += unknown;
    }
    if (type.role === 'peer' && keys.includes('ipBlock') && keys.length > 1) sum++;
    if (type.is === 'object') for (const [key, { required }] of Object.entries(type.fields)) if (required === true && !keys.includes(key)) sum++;
    return sum;
  }
  if (isSeq(value)) return type.is === 'list' ? value.items.reduce((sum, item) => sum + misfits(item.value, type.of), 0) : 2;
  if (isNull(value)) return 1;
  if (type.is === 'object' || type.is === 'map' || type.is === 'list') return 2;
  const { type: is } = scalarValue(value);
  const isNumber = type.is === 'integer' || type.is === 'number';
  if (type.values && !Object.hasOwn(type.values, stringOf(value) ?? '')) return 1;
  return (isNumber && is !== 'integer' && is !== 'float') || (type.is === 'boolean' && is !== 'boolean') || (type.is === 'string' && is !== 'string')
    ? 1
    : 0;
}

/** The same of a document: of an object, or of those of a List. Infinite where none of them is of a kind that netpol reads. */
function misfitsIn(root: Node): number {
  const objects = stringOf(valueAt(root, 'kind')) === 'List' ? itemsOf(valueAt(root, 'items')) : [root];
  const wrong = objects.flatMap((object) => {
    const table = isMap(object) ? intendedTable(stringOf(valueAt(object, 'apiVersion')), stringOf(valueAt(object, 'kind'))) : undefined;
    return table ? [misfits(object, table.type)] : [];
  });
  return wrong.length > 0 ? wrong.reduce((sum, one) => sum + one) : Number.POSITIVE_INFINITY;
}

/** Changes between words are tried before those of whole lines, where both would do. */
const likelihood: readonly Slip[] = [
  'no-space-behind-colon',
  'no-space-behind-dash',
  'no-colon',
  'open-quote',
  'open-bracket',
  'quote-too-many',
  'bracket-too-many',
  'indentation',
  'no-dash',
  'dash-too-many',
];

/** Most misfits that a document may still have with its slip mended: with more, the slip is somewhere else. */
const mostMisfits = 6;

/** Most changes that are offered where several give the same. */
const mostOffered = 3;

interface Judged {
  readonly repair: Repair;
  readonly wrong: number;
}

/** Those that leave the least in disorder, the likeliest first; none that differ by their lines alone. */
function best(judged: readonly Judged[]): readonly Judged[] {
  const least = Math.min(...judged.map(({ wrong }) => wrong));
  // The least move is the likeliest; of two, the one that keeps to an indentation by two.
  const rank = ({ repair: { slip, column, distance } }: Judged) => 1000 * likelihood.indexOf(slip) + 2 * distance + (column % 2);
  const sorted = judged.filter(({ wrong }) => wrong === least).sort((a, b) => rank(a) - rank(b));
  return [...new Map(sorted.toReversed().map((one) => [title(one.repair), one])).values()].reverse();
}

const ofLines: ReadonlySet<Slip> = new Set(['indentation', 'no-dash', 'dash-too-many']);

/**
 * The changes after which no more than some points are wrong. What moves a line must leave no more in disorder than to take one out: or else
 * another line is the one that does not belong there.
 */
function judge({ found, without }: Repairs, most: number): readonly Judged[] {
  const least = without.length > 0 ? Math.min(...without.map(misfitsIn)) : 0;
  return found.flatMap((repair) => {
    const wrong = misfitsIn(repair.root);
    return wrong <= Math.min(most, ofLines.has(repair.slip) ? least : most) ? [{ repair, wrong }] : [];
  });
}

/**
 * The changes that each make an unreadable document readable, where it lacks no more and is an object of a kind that netpol reads; the
 * likeliest first, and none that leaves more in disorder than another.
 */
export const slipsIn = (text: string): readonly Judged[] => best(judge(repairsOf(text), mostMisfits));

/** The fix for a key that stands in a line of its own and too far left or right: where there is one column that brings more into order. */
export function indentationFixes(root: Node, text: string, offset: number): readonly Fix[] {
  const repairs = indentationsAt(text, offset);
  // What is read by lines has no aliases, which could make a walk through all of it endless.
  if (repairs.found.length === 0) return [];
  const found = best(judge(repairs, misfitsIn(root) - unknown));
  return found.length === 1 ? slipFixes(found) : [];
}

/** What is wrong with a line, and how it would be right. */
export function slipMessage({ slip, column, near }: Repair, line: string, mended: string): string {
  const place = near ? `${near.is} "${near.key}"` : 'at the top of the document';
  switch (slip) {
    case 'no-colon':
      return `"${line}" has no colon behind its key; write "${mended}".`;
    case 'no-space-behind-colon':
      return `"${line}" is one word, since no space follows its colon; write "${mended}".`;
    case 'no-space-behind-dash':
      return `"${line}" is no item of a list, since no space follows its dash; write "${mended}".`;
    case 'no-dash':
      return `"${line}" has no dash, and is an item of the list ${place}; write "${mended}".`;
    case 'dash-too-many':
      return `"${line}" has a dash as items of lists have, and belongs ${place}; write "${mended}".`;
    case 'open-quote':
      return `A quote in "${line}" is never closed; write "${mended}".`;
    case 'quote-too-many':
      return `A quote in "${line}" closes nothing; write "${mended}".`;
    case 'open-bracket':
      return `A bracket in "${line}" is never closed; write "${mended}".`;
    case 'bracket-too-many':
      return `A bracket in "${line}" closes nothing; write "${mended}".`;
    case 'indentation':
      return `"${line}" begins in a column where nothing near it does; ${place} it belongs in column ${column + 1}.`;
  }
}

function title({ slip, column, word }: Repair): string {
  switch (slip) {
    case 'no-colon':
      return l10n.t('Write the colon');
    case 'no-space-behind-colon':
      return l10n.t('Write a space behind the colon');
    case 'no-space-behind-dash':
      return l10n.t('Write a space behind the dash');
    case 'no-dash':
      return l10n.t('Write the dash');
    case 'dash-too-many':
      return l10n.t('Take the dash away');
    case 'open-quote':
      return l10n.t('Close the quote');
    case 'quote-too-many':
      return l10n.t('Take the quote away');
    case 'open-bracket':
      return l10n.t('Close the bracket');
    case 'bracket-too-many':
      return l10n.t('Take the bracket away');
    case 'indentation':
      return l10n.t('Indent "{0}" to column {1}', word, column + 1);
  }
}

/** The fixes for what `slipsIn` found: certain where nothing else would do, and nothing is left to do. */
export const slipFixes = (found: readonly Judged[]): readonly Fix[] =>
  found.slice(0, mostOffered).map(({ repair, wrong }) => ({ title: title(repair), certain: found.length === 1 && wrong === 0, edits: repair.edits }));
