import * as l10n from '@vscode/l10n';
import { connectivityOf } from '../connectivity/connectivity.ts';
import { allOf, shortened } from '../explain/phrases.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import { resourcesOf } from '../kinds/resource.ts';
import type { Labels } from '../model/selector.ts';
import { unknownValue } from '../model/workload.ts';
import { isJsonText, lineStart } from '../syntax/edits.ts';
import { DocumentText } from '../syntax/manifestText.ts';
import type { Completion } from './completion.ts';
import { type Around, most } from './completionInCluster.ts';

/** Completion inside of Calico's selectors, which are a language in one string. */

/** A selector that is being written, up to the cursor: the line decides, since what is not finished may not parse. */
interface Written {
  readonly key: string;
  /** The quote around the whole selector, if there is one. */
  readonly quote: string;
  readonly before: string;
}

const selectorLine = /^(.*[-{,\s])?["']?((?:not|namespace|serviceAccount)?[sS]elector)["']?:[ \t](.*)$/;

function writtenAt(text: string, offset: number): Written | undefined {
  const match = selectorLine.exec(text.slice(lineStart(text, offset), offset));
  if (!match) return undefined;
  const [, before = '', key = '', rest = ''] = match;
  const written = rest.trimStart();
  const quote = /^["']/.exec(written)?.[0] ?? '';
  const typed = written.slice(quote.length);
  // The end of a text in quotes, and of one in braces without.
  const isOver = quote !== '' ? typed.includes(quote) : /[{[]/.test(before) && /[,}\]]/.test(typed);
  return isOver ? undefined : { key, quote, before: typed };
}

/** Labels that a selector may ask for, each with those that carry it. */
function candidates(key: string, { view }: Around): readonly { readonly labels: Labels; readonly who: string }[] {
  if (key === 'namespaceSelector') {
    return [...view.cluster.namespaces.values()].map(({ name, labels }) => ({
      labels: { 'projectcalico.org/name': name, ...labels },
      who: `namespace ${name}`,
    }));
  }
  return connectivityOf(view.cluster).endpoints.map(({ workload }) => ({ labels: workload.podLabels, who: `${workload.kind} ${workload.name}` }));
}

const escaped = (text: string): string => text.replace(/[\\$}]/g, '\\$&');

/** A stop in which one of several values is chosen; those that would end it stay out. */
const choice = (values: readonly string[]): string => {
  const plain = values.slice(0, 20).filter((value) => !/[,|\\}$]/.test(value));
  return plain.length > 0 ? `\${1|${plain.join(',')}|}` : '$1';
};

/** What may be written at an offset inside of a selector of Calico; undefined anywhere else. */
export function selectorCompletionsAt(text: string, offset: number, around: Around | undefined): readonly Completion[] | undefined {
  const written = writtenAt(text, offset);
  if (!written || !resourcesOf(new DocumentText(text)).some((resource) => apiOf(resource) === 'calico' && resource.table?.type.role === 'policy'))
    return undefined;
  const { key: field, quote, before } = written;
  const known = around && field !== 'serviceAccountSelector' ? candidates(field, around) : [];
  const own = quote === "'" ? '"' : "'";
  const values = (key: string): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const { labels, who } of known) {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      if (value !== undefined && value !== unknownValue) found.set(value, [...(found.get(value) ?? []), who]);
    }
    return found;
  };
  const cut = (names: readonly string[]): string => shortened([...new Set(names)], allOf);

  // In the quotes of a value, or where one must follow.
  const value = /([\w./-]+)\s*(?:==|!=|contains|starts with|ends with|(?:not )?in\s*\{(?:\s*(?:'[^']*'|"[^"]*")\s*,)*)\s*(?:(['"])([^'"]*))?$/.exec(
    before,
  );
  if (value) {
    const [, key = '', open = '', typed = ''] = value;
    const closed = open !== '' && text[offset] === open;
    return [...values(key)].slice(0, most).map(([one, who]) => ({
      label: one,
      is: 'value',
      detail: cut(who),
      documentation: l10n.t('On {0}.', cut(who)),
      range: { start: offset - typed.length, end: offset },
      snippet: open === '' ? `${own}${escaped(one)}${own}` : `${escaped(one)}${closed ? '' : open}`,
    }));
  }
  const word = /[\w./-]*$/.exec(before)?.[0] ?? '';
  const rest = before.slice(0, before.length - word.length).trimEnd();
  const range = { start: offset - word.length, end: offset };
  // Behind a label stands a comparison, behind a condition a word that joins.
  const isOpen = rest === '' || /(&&|\|\||\(|!)$/.test(rest);
  if (!isOpen) {
    const label = /(?:^|[\s(!])([\w./-]+)$/.exec(rest)?.[1];
    const isCondition = /['"})]$/.test(rest);
    const operators: readonly (readonly [string, string])[] =
      isCondition || label === undefined ? joins : comparisons.map(([operator, meaning]) => [operator, meaning] as const);
    return operators.map(([operator, meaning]) => ({
      label: operator,
      is: 'value',
      documentation: meaning,
      range,
      snippet: operator.includes('in') && operator.endsWith('in') ? `${operator} {${own}$1${own}}` : `${operator} `,
    }));
  }
  const keys = [...new Set(known.flatMap(({ labels }) => Object.keys(labels).filter((key) => labels[key] !== unknownValue)))];
  // JSON needs the quotes that YAML can do without.
  const outer = quote === '' && rest === '' && isJsonText(text) ? '"' : '';
  const offer = (label: string, snippet: string, documentation: string): Completion => ({
    ...{ label, is: 'value', documentation, range },
    snippet: `${outer}${snippet}${outer}`,
  });
  return [
    ...keys.slice(0, most).map((key): Completion => {
      const of = [...values(key).keys()];
      return { ...offer(key, `${escaped(key)} == ${own}${choice(of)}${own}`, l10n.t('A label.')), detail: cut(of) };
    }),
    offer('all()', 'all()', l10n.t('Everything.')),
    offer('has()', 'has(${1:app})', l10n.t('Whether a label is there, whatever its value.')),
    ...(field === 'namespaceSelector' ? [offer('global()', 'global()', l10n.t('What belongs to no namespace.'))] : []),
  ];
}

const joins = [
  ['&&', 'Both must hold.'],
  ['||', 'One of them must hold.'],
] as const;

const comparisons = [
  ['==', 'The label has this value.'],
  ['!=', 'The label has another value, or is missing.'],
  ['in', 'The label has one of these values.'],
  ['not in', 'The label has none of these values, or is missing.'],
  ['contains', 'The value holds this text.'],
  ['starts with', 'The value begins with this text.'],
  ['ends with', 'The value ends with this text.'],
] as const;
