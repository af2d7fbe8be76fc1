import type { Field, FieldType } from '../kinds/fieldTypes.ts';
import { documentationOf, isNetworkPolicy, kindTables, policyTables } from '../kinds/registry.ts';
import { type Place, selectsNamespaces } from '../kinds/walk.ts';
import { nameLabel } from '../model/selector.ts';
import { configResource, configType } from '../rules/config.ts';
import { breakOf, columnOf, type Style, styleOf } from '../syntax/edits.ts';
import { isMap, isScalar, isSeq, type Range } from '../syntax/node.ts';
import { maxDocumentLength } from '../syntax/parseDocument.ts';
import { stringOf } from '../syntax/scalar.ts';
import { writeYaml } from '../syntax/writeYaml.ts';
import { type Around, itemsAround, keysAround, most, type Offer, valuesAround } from './completionInCluster.ts';
import { selectorCompletionsAt } from './completionInSelectors.ts';
import { type Spot, spotAt, type Word, wordAt } from './completionSpot.ts';
import { fieldDocumentation } from './hover.ts';
import { policiesAround } from './newPolicies.ts';
import { fitSnippet } from './snippetText.ts';

export interface Completion {
  readonly label: string;
  readonly is: 'key' | 'value' | 'skeleton';
  readonly detail?: string;
  /** Markdown. */
  readonly documentation: string;
  /** What is replaced. Offsets in the document's text. */
  readonly range: Range;
  /** An LSP snippet, indentation included. */
  readonly snippet: string;
  /** What the word that is being typed is compared with, where that is not the label: a quote stands before it. */
  readonly filter?: string;
}

interface Target {
  readonly word: Word;
  readonly style: Style;
  readonly lineBreak: string;
  readonly column: number;
}

const escaped = (text: string): string => text.replace(/[\\$}]/g, '\\$&');
const isBlock = (type: FieldType): boolean => type.is === 'object' || type.is === 'map' || type.is === 'list' || type.is === 'any';

/** What follows a key in block style, from the colon on. */
function blockValue({ type, snippet }: Field): string {
  if (snippet) return `:${snippet.startsWith('\n') ? '' : ' '}${snippet}`;
  if ('values' in type && type.values) return `: \${1|${Object.keys(type.values).join(',')}|}`;
  if (type.is === 'list') return ':\n  - $1';
  return isBlock(type) ? ':\n  $1' : ': $1';
}

function flowValue({ type }: Field): string {
  if (type.is === 'list') return ': [$1]';
  if (isBlock(type)) return ': {$1}';
  return 'values' in type && type.values ? `: \${1|${Object.keys(type.values).join(',')}|}` : ': $1';
}

function jsonValue(field: Field): string {
  if (field.type.is !== 'string') return flowValue(field);
  return field.type.values ? `: "${flowValue(field).slice(2)}"` : ': "$1"';
}

function keyCompletion(key: string, field: Field, flow: boolean, target: Target, prefix = ''): Completion {
  const { word, style, lineBreak, column } = target;
  const name = word.json ? JSON.stringify(key) : key;
  const body = word.colonFollows ? '' : word.json ? jsonValue(field) : flow ? flowValue(field) : blockValue(field);
  const snippet = fitSnippet(`${prefix}${escaped(name)}${body}`, column + prefix.length, style, lineBreak);
  return {
    label: key,
    is: 'key',
    ...(field.required === true ? { detail: 'required' } : {}),
    documentation: fieldDocumentation(key, field),
    range: word,
    snippet: word.needsBlank ? ` ${snippet}` : snippet,
  };
}

/** Fields of an object that are not there yet, what is required first. */
function keysOf(type: FieldType, present: ReadonlySet<string>, flow: boolean, target: Target, prefix?: string): Completion[] {
  if (type.is !== 'object') return [];
  const free = Object.entries(type.fields).filter(([key, field]) => !field.serverSide && !present.has(key));
  const ordered = [...free.filter(([, field]) => field.required === true), ...free.filter(([, field]) => field.required !== true)];
  return ordered.map(([key, field]) => keyCompletion(key, field, flow, target, prefix));
}

const namespaceName: Field = {
  type: { is: 'string' },
  doc: 'The label that the API server puts on every namespace; its value is the namespace’s name.',
};

function labelKeys(place: Place, present: ReadonlySet<string>, flow: boolean, target: Target): Completion[] {
  if (!selectsNamespaces(place.parent) || present.has(nameLabel)) return [];
  return [keyCompletion(nameLabel, namespaceName, flow, target)];
}

const onOneLine = (value: unknown, { json, quote }: Word): string =>
  typeof value === 'string' && quote
    ? value
    : json
      ? JSON.stringify(value)
      : writeYaml(value, { collectionStyle: 'flow', flowCollectionPadding: false });

function valueCompletion(value: unknown, documentation: string, { word }: Target, prefix = ''): Completion {
  const label = typeof value === 'string' ? value : onOneLine(value, { ...word, json: false });
  const snippet = `${word.needsBlank ? ' ' : ''}${prefix}${escaped(onOneLine(value, word))}`;
  return { label, is: 'value', documentation, range: word, snippet };
}

/** Values of an enum that the list around does not hold already. */
function enumValues(type: FieldType, present: ReadonlySet<string>, target: Target, prefix?: string): Completion[] {
  if (type.is === 'boolean') return [true, false].map((value) => valueCompletion(value, '', target, prefix));
  if (!('values' in type) || !type.values) return [];
  return Object.entries(type.values)
    .filter(([value]) => !present.has(value))
    .map(([value, meaning]) => valueCompletion(value, meaning, target, prefix));
}

const scalarsOf = (place: Place | undefined): ReadonlySet<string> =>
  new Set(isSeq(place?.node) ? place.node.items.flatMap((item) => (isScalar(item.value) ? item.value.text : [])) : []);

const isFlow = (place: Place | undefined): boolean => {
  for (let current = place; current; current = current.parent) if ('flow' in current.node && current.node.flow) return true;
  return false;
};

function atValue({ place, ownLine }: Extract<Spot, { is: 'value' }>, target: Target): Completion[] {
  const { type, field } = place;
  if (place.item) {
    if (type.is === 'object') return keysOf(type, new Set(), isFlow(place.parent), target);
    return enumValues(type, scalarsOf(place.parent), target);
  }
  if (type.is === 'object') {
    if (ownLine) return keysOf(type, new Set(), false, target);
    return field?.empty ? [valueCompletion({}, `${field.doc}\n\nEmpty: ${field.empty}.`, target)] : [];
  }
  if (type.is === 'list' && !ownLine && 'values' in type.of && type.of.values) {
    const each = Object.keys(type.of.values);
    const lists = [...each.map((value) => [value]), ...(each.length === 2 ? [each] : [])];
    return lists.map((list) => valueCompletion(list, field?.doc ?? '', target));
  }
  return enumValues(type, new Set(), target);
}

function atList(place: Place, target: Target): Completion[] {
  if (place.type.is !== 'list') return [];
  const { of } = place.type;
  return of.is === 'object' ? keysOf(of, new Set(), false, target, '- ') : enumValues(of, new Set(), target, '- ');
}

const rootFields = ['apiVersion', 'kind', 'metadata', 'spec'];

/** Before there is a resource: its kind, its version, or a whole one. */
function atRoot({ entries, entry, flow = false }: Extract<Spot, { is: 'root' }>, target: Target): Completion[] {
  const written = (key: string) => stringOf(entries.find((candidate) => candidate !== entry && candidate.key.text === key)?.value);
  const [apiVersion, kind] = [written('apiVersion'), written('kind')];
  if (entry?.key.text === 'kind') {
    const tables = kindTables.filter((table) => apiVersion === undefined || table.apiVersion === apiVersion);
    return tables.map((table) => valueCompletion(table.kind, `${table.apiVersion}. [Kubernetes documentation](${table.url})`, target));
  }
  if (entry?.key.text === 'apiVersion') {
    const versions = kindTables.filter((table) => kind === undefined || table.kind === kind).map((table) => table.apiVersion);
    return [...new Set(versions)].map((version) => valueCompletion(version, '', target));
  }
  if (entry || entries.some(({ key }) => !rootFields.includes(key.text))) return [];
  if (entries.length > 0 && apiVersion === undefined && kind === undefined) return [];
  const [policy] = policyTables;
  const present = new Set(entries.map(({ key }) => key.text));
  const keys = policy
    ? keysOf(
        {
          ...policy.type,
          fields: Object.fromEntries(rootFields.slice(0, entries.length > 0 ? 4 : 2).map((key) => [key, policy.type.fields[key] as Field])),
        },
        present,
        flow,
        target,
      )
    : [];
  if (entries.length > 0 || target.word.json) return keys;
  const skeletons = policyTables
    .filter((table) => table.skeleton)
    .map((table) => ({
      label: table.kind === 'NetworkPolicy' && !isNetworkPolicy(table) ? 'Calico NetworkPolicy' : table.kind,
      is: 'skeleton' as const,
      detail: table.type.role === 'policy' ? 'a whole policy' : 'a whole object',
      documentation: `A new ${table.kind}${table.type.role === 'policy' ? ': which pods it selects, and who may connect to them' : ''}. [${documentationOf(table)}](${table.url})`,
      range: target.word,
      snippet: fitSnippet(table.skeleton ?? '', 0, target.style, target.lineBreak).replace(/\s+$/, ''),
    }));
  return [...skeletons, ...keys];
}

/**
 * What may be written at an offset of a document's text: keys that are not there yet, allowed values, a whole policy in
 * an empty document; with `around`, what the workspace has for the place, first. In the order to show them. With `fieldHelp: false` no keys: another extension offers them.
 */
export function completionsAt(
  text: string,
  offset: number,
  options: { readonly fieldHelp: boolean } = { fieldHelp: true },
  around?: Around,
): readonly Completion[] {
  if (text.length > maxDocumentLength) return [];
  const inSelector = selectorCompletionsAt(text, offset, around);
  if (inSelector) return inSelector;
  const word = wordAt(text, offset);
  const spot = spotAt(text, word);
  if (!spot) return [];
  const target = targetOf(text, word);
  const found = completionsOf(spot, target);
  const known = around ? offersAt(spot, around).map((offer) => offered(offer, spot, target)) : [];
  const labels = new Set(known.map(({ label }) => label));
  const rest = (options.fieldHelp ? found : found.filter((completion) => completion.is !== 'key')).filter(({ label }) => !labels.has(label));
  return [...known, ...rest].map((completion) => {
    const quote = /["']/.exec(text[completion.range.start] ?? '')?.[0];
    return quote ? { ...completion, filter: `${quote}${completion.label}` } : completion;
  });
}

/** What the workspace has for a spot, the best first. */
function offersAt(spot: Spot, around: Around): readonly Offer[] {
  switch (spot.is) {
    case 'root':
      return spot.entries.length === 0 && !spot.entry ? policiesAround(around.view, most) : [];
    case 'list':
      return itemsAround(spot.place, around);
    case 'value':
      if (spot.place.item && spot.place.type.role === 'rule' && spot.place.parent) return itemsAround(spot.place.parent, around);
      return valuesAround(spot.place, around);
    case 'key':
      // An item that holds nothing yet may become a whole rule.
      if (spot.place.type.role === 'rule' && spot.place.parent && spot.map.entries.length === 1) return itemsAround(spot.place.parent, around);
      return keysAround(spot.place, new Set(spot.map.entries.map((entry) => entry.key.text)), around);
  }
}

/** What an offer writes at a spot, as a snippet of two spaces a level. */
function bodyOf({ label, value, values }: Offer, spot: Spot, word: Word): string {
  if (values) {
    if (word.colonFollows) return escaped(onOneLine(label, word));
    // In JSON the quotes stand around all choices, elsewhere around those that need them.
    const choice = `\${1|${values.map((one) => (word.json ? one : onOneLine(one, word))).join(',')}|}`;
    return `${escaped(onOneLine(label, { ...word, quote: '' }))}: ${word.json ? `"${choice}"` : choice}`;
  }
  if (value === null || typeof value !== 'object') return escaped(onOneLine(value, word));
  const place = spot.is === 'root' ? undefined : spot.is === 'value' ? spot.place.parent : spot.place;
  if (spot.is === 'list' || !isFlow(place)) return escaped(writeYaml(value));
  const written = onOneLine(value, word);
  // Inside of an item's braces.
  return escaped(spot.is === 'key' ? written.slice(1, -1) : written);
}

/** An offer of the workspace where it is written: indented, quoted in JSON, with a dash where the list still needs one. */
function offered(offer: Offer, spot: Spot, target: Target): Completion {
  const { word, style, lineBreak, column } = target;
  const { label, is, detail, documentation } = offer;
  const dash = spot.is === 'list' ? '- ' : '';
  const snippet = fitSnippet(`${dash}${bodyOf(offer, spot, word)}`, column + dash.length, style, lineBreak);
  return { label, is, detail, documentation, range: word, snippet: word.needsBlank ? ` ${snippet}` : snippet };
}

const targetOf = (text: string, word: Word): Target => ({
  word,
  style: styleOf(text),
  lineBreak: breakOf(text),
  column: columnOf(text, word.start) + (word.needsBlank ? 1 : 0),
});

/** What may be written at an offset of a `.netpol.yaml`. */
export function configCompletionsAt(text: string, offset: number): readonly Completion[] {
  const word = wordAt(text, offset);
  const spot = spotAt(text, word, (document) => {
    const resource = configResource(document);
    return resource ? [resource] : [];
  });
  const target = targetOf(text, word);
  if (spot?.is !== 'root') return spot ? completionsOf(spot, target) : [];
  return spot.entry ? [] : keysOf(configType, new Set(spot.entries.map(({ key }) => key.text)), false, target);
}

function completionsOf(spot: Spot, target: Target): Completion[] {
  switch (spot.is) {
    case 'root':
      return atRoot(spot, target);
    case 'list':
      return atList(spot.place, target);
    case 'value':
      return atValue(spot, target);
    case 'key': {
      const { place, map } = spot;
      const present = new Set(map.entries.map((entry) => entry.key.text));
      const flow = map.flow || isFlow(place);
      if (place.type.role === 'labels') return labelKeys(place, present, flow, target);
      return isMap(place.node) ? keysOf(place.type, present, flow, target) : [];
    }
  }
}
