import { decidedByTemplate, explainCarrier, explainEmptiness, explainPlace, explainResource } from '../explain/place.ts';
import type { Field, FieldType } from '../kinds/fieldTypes.ts';
import { documentationOf } from '../kinds/registry.ts';
import type { Resource } from '../kinds/resource.ts';
import { dependsOnTemplate, isMadeByTemplate } from '../kinds/templates.ts';
import type { Place } from '../kinds/walk.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { isScalar, type Range } from '../syntax/node.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { inCluster } from './hoverInCluster.ts';
import { placeAt } from './placeAt.ts';

export interface Hover {
  /** Offsets in the document's text. */
  readonly range: Range;
  readonly markdown: string;
}

const typeNames: Readonly<Record<FieldType['is'], string>> = {
  object: 'mapping',
  list: 'list',
  map: 'mapping of strings',
  string: 'string',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  intOrString: 'number or name',
  any: 'anything',
};

/** "list of mappings, required". */
function shape({ type, required }: Field): string {
  const of = type.is === 'list' ? ` of ${typeNames[type.of.is].replace(/^(mapping|string)$/, '$1s')}` : '';
  return `${typeNames[type.is]}${of}${required === true ? ', required' : ''}`;
}

/** What a field is: its documentation, its allowed values, and what leaving it out or empty means. Markdown. */
export function fieldDocumentation(key: string, field: Field): string {
  const { type, doc, absent, empty } = field;
  const values = 'values' in type && type.values ? Object.entries(type.values).map(([value, meaning]) => `- \`${value}\`: ${meaning}`) : [];
  return [
    `**${key}** (${shape(field)})`,
    doc,
    ...(values.length > 0 ? [values.join('\n')] : []),
    ...(absent ? [`Left out: ${absent}.`] : []),
    ...(empty ? [`Empty (\`${type.is === 'list' ? '[]' : '{}'}\`): ${empty}.`] : []),
  ].join('\n\n');
}

function documentation(place: Place): string | undefined {
  if (place.field && place.entry) return fieldDocumentation(place.entry.key.text, place.field);
  const { type, node } = place;
  const meaning = 'values' in type && isScalar(node) ? type.values?.[node.text] : undefined;
  return meaning && `\`${(node as { text: string }).text}\`: ${meaning}`;
}

/** What stands for a whole policy where it has neither kind nor name of its own. */
const headRoles: ReadonlySet<Place['type']['role']> = new Set(['policy-spec', 'cilium-spec', 'calico-spec']);

/** Of an empty selector, what it selects says more than that it is empty. */
const meaningOf = (place: Place): string | undefined =>
  place.type.role === 'selector' ? (explainPlace(place) ?? explainEmptiness(place)) : (explainEmptiness(place) ?? explainPlace(place));

/** A place in the namespace in which its resource is applied, where a kustomization or whoever delivers it gives it another. */
function whereApplied(place: Place, view: WorkspaceView | undefined): Place {
  const namespace = view?.readingOf(place.resource)?.movedTo;
  if (namespace === undefined) return place;
  const resource: Resource = Object.create(place.resource, { namespace: { value: namespace } });
  const moved = (one: Place): Place => ({ ...one, resource, parent: one.parent && moved(one.parent) });
  return moved(place);
}

/**
 * What stands at an offset and what it means here. With `fieldHelp: false`, only the meaning: another extension says
 * what the fields are. With a view, also whom it concerns now.
 */
export function hoverAt(
  document: DocumentText,
  offset: number,
  options: { readonly fieldHelp: boolean } = { fieldHelp: true },
  view?: WorkspaceView,
): Hover | undefined {
  const hit = placeAt(document, offset);
  if (!hit) return undefined;
  const { place, range } = hit;
  const table = place.resource.table;
  // Kind and name stand for the whole resource.
  const isWhole = place.type.role === 'kind' || (place.type.role === 'subdomain-name' && place.parent?.type.role === 'metadata');
  const applied = whereApplied(place, view);
  const explained = isWhole ? explainResource(applied.resource) : meaningOf(applied);
  const isWritten = isWhole ? !isMadeByTemplate(place.resource) : !dependsOnTemplate(place);
  const meaning = explained && !isWritten ? decidedByTemplate : explained;
  const carried = isWhole || headRoles.has(place.type.role) ? explainCarrier(place.resource) : undefined;
  const around = carried ?? (view && inCluster(place, view));
  const parts = [
    ...(meaning ? [meaning] : []),
    ...(around ? [around] : []),
    ...(options.fieldHelp ? [documentation(place), table && `[${documentationOf(table)}](${table.url})`].filter((part) => part !== undefined) : []),
  ];
  return parts.length === 0 || (!meaning && !around && parts.length === 1 && !place.field) ? undefined : { range, markdown: parts.join('\n\n') };
}
