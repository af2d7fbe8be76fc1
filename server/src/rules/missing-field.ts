import * as l10n from '@vscode/l10n';
import type { Field, FieldType, ObjectType } from '../kinds/fieldTypes.ts';
import { mayHoldMore } from '../kinds/templates.ts';
import { childAt, type Place, pathOf } from '../kinds/walk.ts';
import { nearest } from '../model/nearest.ts';
import { prependEntry, removeItem } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, type MapNode, type SeqItem } from '../syntax/node.ts';
import { isNull, stringOf } from '../syntax/scalar.ts';
import { keepsTemplate } from '../syntax/templateEdits.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { addEntry } from './counterparts.ts';
import { anchorOf } from './places.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

/** Whether a field counts as written: neither absent, null nor, for a string that must not be empty, empty. */
function isWritten(map: MapNode, key: string): boolean {
  const entry = entryOf(map, key);
  return entry !== undefined && !isNull(entry.value) && stringOf(entry.value) !== '';
}

/** A value that may stand for a field until somebody writes the right one: the least that the API server takes. */
function sample(type: FieldType): unknown {
  switch (type.is) {
    case 'object': {
      const alternatives = type.exactlyOne?.slice(0, 1) ?? [];
      const wanted = Object.entries(type.fields).filter(([key, { required }]) => required === true || alternatives.includes(key));
      return Object.fromEntries(wanted.map(([key, field]) => [key, placeholder(key, field.type)]));
    }
    case 'list':
      return type.minItems ? [sample(type.of)] : [];
    case 'integer':
    case 'number':
      return type.role === 'port' ? 80 : (type.maximum ?? type.minimum ?? 0);
    case 'intOrString':
      return type.role === 'port' ? 80 : 'app';
    case 'boolean':
      return false;
    case 'string':
      return Object.keys(type.values ?? {})[0] ?? 'app';
    default:
      return {};
  }
}

const placeholder = (key: string, type: FieldType): unknown =>
  key === 'cidr' ? '10.0.0.0/8' : key === 'metadata' ? { name: 'my-policy' } : key === 'name' ? 'my-policy' : sample(type);

/** What to write for a field: its only right value where there is one, else a place to type. */
function wanted(place: Place, key: string, { type }: Field): { readonly value: unknown; readonly certain: boolean } {
  const { table } = place.resource;
  if (!place.parent && table && key === 'apiVersion') return { value: table.apiVersion, certain: true };
  if (!place.parent && table && key === 'kind') return { value: table.kind, certain: true };
  if (key === 'operator') return { value: entryOf(place.node, 'values') ? 'In' : 'Exists', certain: false };
  return { value: placeholder(key, type), certain: false };
}

/** How an entry may be written into a mapping: behind its entries, and before all of them where it takes one line. */
function* insertions(text: string, map: MapNode, key: string, value: unknown): Iterable<TextEdit> {
  for (const entry of map.entries.toReversed()) yield addEntry(text, map, key, value, entry);
  if (map.entries.length === 0) yield addEntry(text, map, key, value);
  if (typeof value !== 'object') yield prependEntry(text, map, key, String(value));
}

function insertion(place: Place, map: MapNode, key: string, field: Field, { text, document }: RuleContext): readonly Fix[] {
  const { value, certain } = wanted(place, key, field);
  const existing = map.entries.some((entry) => entry.key.text === key);
  if (map.entries.length === 0 && !map.flow) return [];
  const first = !existing && (key === 'apiVersion' || (key === 'key' && !map.flow));
  const { gaps = [] } = document.parsed;
  const edits = first ? [prependEntry(text, map, key, String(value))] : insertions(text, map, key, value);
  for (const edit of edits) {
    if (!keepsTemplate(text, gaps, edit, anchorOf(place).start)) continue;
    const title = existing && typeof value !== 'object' ? l10n.t('Set {0} to {1}', key, String(value)) : l10n.t('Insert {0}', key);
    return [{ title, certain, edits: [edit] }];
  }
  return [];
}

function missing(field: Field, key: string, map: MapNode, { fields }: ObjectType): boolean {
  if (!field.required || isWritten(map, key)) return false;
  if (field.required !== true && field.required.some((other) => isWritten(map, other))) return false;
  // Misspelt, it is told where it stands.
  return !map.entries.some(({ key: { text } }) => !Object.hasOwn(fields, text) && nearest(text, [key]) !== undefined);
}

const required = new Map<ObjectType, readonly (readonly [string, Field])[]>();

/** The fields of a type that something is required of; asked for at every place, so kept. */
function requiredFields(type: ObjectType): readonly (readonly [string, Field])[] {
  let fields = required.get(type);
  if (!fields) {
    fields = Object.entries(type.fields).filter(([, field]) => field.required !== undefined);
    required.set(type, fields);
  }
  return fields;
}

/** Whether a template or a variable may write a field, or what stands in it. */
function mayBeTemplated(place: Place, key: string): boolean {
  const written = childAt(place, key);
  return mayHoldMore(place) || (written !== undefined && mayHoldMore(written));
}

/** Whether an object around a policy may give what it does not say of itself: its name, and what it is. */
const isFilledIn = ({ resource, parent, type }: Place): boolean => resource.carrier !== undefined && (!parent || type.role === 'metadata');

/** An item of a list in which nothing stands: the API server reads one without any field. */
function nothing(place: Place, item: SeqItem, type: ObjectType, { text, report }: RuleContext): void {
  const keys = requiredFields(type).flatMap(([key, { required }]) => (required === true ? [key] : []));
  const list = place.parent?.node;
  if (keys.length === 0 || !isSeq(list)) return;
  report({
    at: { start: item.start, end: Math.max(item.end, item.start + 1) },
    message: `Nothing stands in this item of ${pathOf(place.parent as Place)}, and ${keys.join(' and ')} ${keys.length === 1 ? 'is' : 'are'} required.`,
    // The last of a selector's conditions is not taken away: without one it selects everything.
    fixes: () => (list.items.length > 1 ? [{ title: l10n.t('Remove the empty item'), edits: [removeItem(text, list, item)] }] : []),
  });
}

export const rule: Rule = {
  id: 'missing-field',
  severity: 'error',
  category: 'api-server',
  summary: 'a required field that is left out: apiVersion, metadata.name, cidr, key, operator',
  concerns: (type) => type.is === 'object' && requiredFields(type).length > 0,
  everyPlace(place, context) {
    const { type, node } = place;
    if (type.is !== 'object' || !place.resource.table?.validated) return;
    if (place.item && isNull(node) && !mayHoldMore(place)) nothing(place, place.item, type, context);
    if (!isMap(node)) return;
    for (const [key, field] of requiredFields(type)) {
      if (!missing(field, key, node, type) || isFilledIn(place) || mayBeTemplated(place, key)) continue;
      const path = pathOf(place);
      const full = path === '' ? key : `${path}.${key}`;
      context.report({
        at: anchorOf(place),
        message: `${full} is required and missing: ${field.doc.split(/\.(?:\s|$)/)[0]?.toLowerCase()}.`,
        fixes: () => insertion(place, node, key, field, context),
      });
    }
  },
};

export const page: RulePage = {
  why: 'An object without a name or a kind cannot be stored, and an `ipBlock` without a `cidr` describes no addresses: the API server refuses each of them.',
  fix: 'Write the field. Where only one value can be right, as for `apiVersion`, the quick fix writes it.',
  ignore: 'Never. Where a template or a variable may write the field, the finding is not made.',
  source: 'kubernetes/kubernetes pkg/apis/networking/validation/validation.go; staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go',
  examples: [
    {
      bad: 'kind: NetworkPolicy\n#     ^^^^^^^^^^^^^ apiVersion is required\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n',
      fixed: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n',
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchExpressions:\n      - key: app\n#     ^ spec.podSelector.matchExpressions[0].operator is required\n',
      fixed:
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchExpressions:\n      - key: app\n        operator: Exists\n',
    },
  ],
  good: ['apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  generateName: web-\nspec: {podSelector: {}}\n'],
};
