import * as l10n from '@vscode/l10n';
import type { FieldType, ObjectType } from '../kinds/fieldTypes.ts';
import { type Place, pathOf } from '../kinds/walk.ts';
import { nearest } from '../model/nearest.ts';
import { wrapUnderKey } from '../syntax/edits.ts';
import { type Entry, isMap, isScalar, type MapNode } from '../syntax/node.ts';
import { policyWith } from './examples.ts';
import { entryMeant, fieldMeant, mayBeMisspelt, whyUnsayable } from './meant.ts';
import { isTemplatedDocument } from './places.ts';
import { relocations } from './relocate.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { indentationFixes } from './slips.ts';

/** Paths below `type` at which a field of that name exists, shortest first: `spec.ingress[].ports`. */
function homesOf(name: string, type: FieldType, path = '', seen: readonly FieldType[] = []): readonly string[] {
  if (seen.includes(type)) return [];
  if (type.is === 'list') return homesOf(name, type.of, `${path}[]`, [...seen, type]);
  if (type.is !== 'object') return [];
  const join = (key: string) => (path === '' ? key : `${path}.${key}`);
  const here = Object.hasOwn(type.fields, name) ? [join(name)] : [];
  const below = Object.entries(type.fields).flatMap(([key, field]) => homesOf(name, field.type, join(key), [...seen, type]));
  return [...here, ...below];
}

function message(place: Place, type: ObjectType, map: MapNode, name: string): string {
  const where = pathOf(place);
  const start = `${type.name[0]?.toUpperCase()}${type.name.slice(1)} has no field "${name}"`;
  const meant = fieldMeant(place, map, name);
  const why = whyUnsayable(place, name);
  const homes = place.resource.table
    ? homesOf(name, place.resource.table.type).filter((home) => !/metadata|\.matchLabels/.test(home) || name === 'labels')
    : [];
  const at = where === '' ? '' : ` (at ${where})`;
  if (meant !== undefined) return `${start}${at}; did you mean "${meant}"?`;
  if (why !== undefined) return `${start}${at}: ${why}.`;
  if (homes.length > 0) return `${start}${at}; a field of that name belongs at ${homes.slice(0, 2).join(' or ')}.`;
  const close = mayBeMisspelt(name) ? nearest(name, Object.keys(type.fields)) : undefined;
  if (close) return `${start}${at}; did you mean "${close}"?`;
  const known = Object.entries(type.fields).flatMap(([key, field]) => (field.serverSide ? [] : [key]));
  return `${start}${at}; it takes ${known.join(', ')}.`;
}

/** Selectors in which labels stand under `matchLabels`. */
const takesLabels: ReadonlySet<FieldType['role']> = new Set(['selector', 'cilium-subject', 'cilium-peer'] as const);

function fixesFor(place: Place, type: ObjectType, map: MapNode, entry: Entry, context: RuleContext): readonly Fix[] {
  const name = entry.key.text;
  const moved = relocations(place, map, entry, context.text);
  if (moved.length > 0) return moved;
  const meant = entryMeant(place, map, entry, context.text);
  if (meant.length > 0) return meant;
  const free = Object.entries(type.fields).flatMap(([key, field]) =>
    field.serverSide || map.entries.some((other) => other.key.text === key) ? [] : [key],
  );
  const close = fieldMeant(place, map, name) ?? (mayBeMisspelt(name) ? nearest(name, free) : undefined);
  if (close) {
    // Whom "from" means may be no endpoints.
    const certain = type.role !== 'cilium-rule' || !['from', 'to'].includes(name);
    return [{ title: l10n.t('Rename to "{0}"', close), certain, edits: [{ start: entry.key.start, end: entry.key.end, newText: close }] }];
  }
  // Labels written straight into a selector.
  const strays = map.entries.filter((other) => !Object.hasOwn(type.fields, other.key.text));
  if (takesLabels.has(type.role) && strays.every((other) => isScalar(other.value)) && strays.length === map.entries.length) {
    return [{ title: l10n.t('Put the labels under "matchLabels"'), certain: true, edits: wrapUnderKey(context.text, map, strays, 'matchLabels') }];
  }
  const { root } = context.document.parsed;
  return root ? indentationFixes(root, context.text, entry.key.start) : [];
}

export const rule: Rule = {
  id: 'unknown-field',
  severity: 'error',
  category: 'api-server',
  summary: 'a field that the kind does not have, and where a field of that name belongs',
  concerns: (type) => type.is === 'object' && !type.open,
  everyPlace(place, context) {
    const { type, node } = place;
    if (type.is !== 'object' || type.open || !isMap(node)) return;
    for (const entry of node.entries) {
      const name = entry.key.text;
      if (Object.hasOwn(type.fields, name) || name === '<<' || entry.key.templated) continue;
      // A line that is still being typed has no colon yet.
      if (name === '' && isTemplatedDocument(context.document)) continue;
      context.report({
        at: entry.key.end > entry.key.start ? entry.key : entry,
        message: message(place, type, node, name),
        fixes: () => fixesFor(place, type, node, entry, context),
      });
    }
  },
};

export const page: RulePage = {
  why: 'A team puts `ports` beside `ingress` instead of inside its rule. Their CI uses a client that drops unknown fields, so the policy applies, and every port is open to the whole internet instead of 443 alone. `kubectl apply` would have refused it: the field does not exist there.',
  fix: 'Move the field to where it belongs: `ports`, `from` and `to` belong inside a rule, at the same depth as each other. The quick fix does it.',
  ignore: 'Never: the API server refuses the object, or drops what you wrote.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go',
  examples: [
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: 10.0.0.0/8\n  ports:\n# ^^^^^ belongs at spec.ingress[].ports\n    - port: 443\n',
      fixed:
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: 10.0.0.0/8\n      ports:\n        - port: 443\n',
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podselector: {}\n# ^^^^^^^^^^^ did you mean "podSelector"\n',
      fixed: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n',
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    app: web\n#   ^^^ no field "app"\n',
      fixed:
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector:\n    matchLabels:\n      app: web\n',
    },
    {
      bad: policyWith(
        'podSelector: {}\ningress:\n  - from:\n      - namespace: shop\n#       ^^^^^^^^^ namespaces are selected by their labels\n        podSelector: {}\n    ports:\n      - port: 80',
      ),
      fixed: policyWith(
        'podSelector: {}\ningress:\n  - from:\n      - namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: shop\n        podSelector: {}\n    ports:\n      - port: 80',
      ),
    },
    {
      bad: policyWith('podSelector: {}\ningress:\n  - from:\n      - ip: 192.0.2.7\n#       ^^ no field "ip"\n    ports:\n      - port: 80'),
      fixed: policyWith('podSelector: {}\ningress:\n  - from:\n      - ipBlock:\n          cidr: 192.0.2.7/32\n    ports:\n      - port: 80'),
    },
    {
      bad: policyWith(
        'podSelector: {}\ningress:\n  - podSelector:\n#   ^^^^^^^^^^^ belongs at spec.podSelector or spec.ingress[].from[].podSelector\n      matchLabels:\n        app: shop\n    ports:\n      - port: 80',
      ),
      fixed: policyWith(
        'podSelector: {}\ningress:\n  - from:\n      - podSelector:\n          matchLabels:\n            app: shop\n    ports:\n      - port: 80',
      ),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.0/8\n        except:\n#       ^^^^^^ belongs at\n          - 10.1.0.0/16',
      ),
      fixed: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.0/8\n          except:\n            - 10.1.0.0/16',
      ),
    },
    {
      bad: policyWith('podSelector: {}\negress:\n  - to:\n      - host: api.example.com\n#       ^^^^ knows pods and addresses, no names of hosts'),
    },
  ],
  good: [
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  annotations:\n    anything: goes\nspec:\n  podSelector: {}\n',
  ],
};
