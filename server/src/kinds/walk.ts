import { type AliasNode, type Entry, entriesOf, isMap, isSeq, type Node, resolve, type SeqItem } from '../syntax/node.ts';
import type { Field, FieldType, ObjectType } from './fieldTypes.ts';
import type { Resource } from './resource.ts';

/** A value of a resource together with what the field table says of it. */
export interface Place {
  readonly resource: Resource;
  readonly type: FieldType;
  /** Aliases resolved. */
  readonly node: Exclude<Node, AliasNode>;
  /** As written: perhaps an alias. */
  readonly written: Node;
  readonly parent: Place | undefined;
  /** The entry that holds it; absent for list items and the root. */
  readonly entry?: Entry | undefined;
  readonly field?: Field | undefined;
  readonly item?: SeqItem | undefined;
  /** Position in its list. */
  readonly index?: number | undefined;
}

// All places are built with the same keys in the same order, which makes reading them several times faster.
function eachChild(place: Place, visit: (child: Place) => void): void {
  const { type, node, resource } = place;
  if (isMap(node) && (type.is === 'object' || type.is === 'map')) {
    for (const entry of entriesOf(node)) {
      const value = resolve(entry.value);
      if (!value) continue;
      if (type.is === 'map') {
        visit({
          resource,
          type: type.of,
          node: value,
          written: entry.value,
          parent: place,
          entry,
          field: undefined,
          item: undefined,
          index: undefined,
        });
        continue;
      }
      const field = Object.hasOwn(type.fields, entry.key.text) ? type.fields[entry.key.text] : undefined;
      if (field)
        visit({ resource, type: field.type, node: value, written: entry.value, parent: place, entry, field, item: undefined, index: undefined });
    }
  } else if (type.is === 'list' && isSeq(node)) {
    for (let index = 0; index < node.items.length; index++) {
      const item = node.items[index] as SeqItem;
      const value = resolve(item.value);
      if (value) visit({ resource, type: type.of, node: value, written: item.value, parent: place, entry: undefined, field: undefined, item, index });
    }
  }
}

/** The places directly below one: those that the table knows. */
export function childrenOf(place: Place): readonly Place[] {
  const children: Place[] = [];
  eachChild(place, (child) => children.push(child));
  return children;
}

export function rootPlace(resource: Resource, type: ObjectType): Place {
  const { root } = resource;
  return { resource, type, node: root, written: root, parent: undefined, entry: undefined, field: undefined, item: undefined, index: undefined };
}

/**
 * Visits every place of a resource, parents first. A value reached through several aliases is visited once a type, so
 * that an alias bomb costs no more than its text.
 */
export function walk(resource: Resource, visit: (place: Place) => void): void {
  if (!resource.table) return;
  const aliased = new Map<Node, Set<FieldType>>();
  const step = (place: Place) => {
    if (place.written.kind === 'alias' || place.node.anchor !== undefined) {
      const types = aliased.get(place.node) ?? new Set();
      if (types.has(place.type)) return;
      types.add(place.type);
      aliased.set(place.node, types);
    }
    visit(place);
    eachChild(place, step);
  };
  step(rootPlace(resource, resource.table.type));
}

/** The place of the given role that holds this one, itself included. */
export function enclosing(place: Place | undefined, role: FieldType['role']): Place | undefined {
  let current = place;
  while (current && current.type.role !== role) current = current.parent;
  return current;
}

/** `spec.ingress[0].from` and the like; empty for the root. */
export function pathOf(place: Place): string {
  const before = place.parent ? pathOf(place.parent) : '';
  if (place.index !== undefined) return `${before}[${place.index}]`;
  const key = place.entry?.key.text;
  if (key === undefined) return before;
  return before === '' ? key : `${before}.${key}`;
}

/** `spec.ingress` → 'ingress' for anything below it; undefined outside the two. */
export function directionOf(place: Place | undefined): 'ingress' | 'egress' | undefined {
  const key = enclosing(place, 'rules')?.entry?.key.text;
  return key === 'ingress' || key === 'egress' ? key : undefined;
}

/** Whether a key holds a selector of namespaces: `namespaceSelector`, and `namespaces` in an administrator's policy. */
export const selectsNamespaces = (selector: Place | undefined): boolean => /^namespace(?:s|Selector)$/.test(selector?.entry?.key.text ?? '');

/** The child of an object place under `key`. */
export const childAt = (place: Place, key: string): Place | undefined => childrenOf(place).findLast((child) => child.entry?.key.text === key);
