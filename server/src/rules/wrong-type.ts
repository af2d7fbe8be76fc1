import * as l10n from '@vscode/l10n';
import type { FieldType, ScalarType } from '../kinds/fieldTypes.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { mayHoldMore } from '../kinds/templates.ts';
import { type Place, pathOf } from '../kinds/walk.ts';
import { removeItem, unwrapList, wrapInList } from '../syntax/edits.ts';
import { isMap, isScalar, isSeq } from '../syntax/node.ts';
import { isNull, scalarValue } from '../syntax/scalar.ts';
import { adminPolicyWith, policyWith } from './examples.ts';
import { valueMeant } from './meant.ts';
import { valueRange } from './places.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';

const expected: Readonly<Record<FieldType['is'], string>> = {
  object: 'a mapping',
  map: 'a mapping',
  list: 'a list',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  intOrString: 'a whole number or a name',
  any: 'anything',
};

const articles: Readonly<Record<string, string>> = {
  boolean: 'a boolean',
  integer: 'a number',
  float: 'a number with a fraction',
  string: 'a string',
};

/** What a value is, in words; undefined where nothing is known of it (templates) or nothing is there (null). */
function actual(place: Place): string | undefined {
  const { node } = place;
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (node.templated) return undefined;
  const { type } = scalarValue(node);
  return type === 'null' ? undefined : articles[type];
}

function fits(type: FieldType, place: Place): boolean {
  const { node } = place;
  if (isMap(node)) return type.is === 'object' || type.is === 'map';
  if (isSeq(node)) return type.is === 'list';
  const value = scalarValue(node);
  switch (type.is) {
    case 'string':
    case 'integer':
    case 'boolean':
      return value.type === type.is && (type.is !== 'integer' || Math.abs((value as { value: number }).value) < 2 ** 63);
    case 'number':
      return value.type === 'integer' || value.type === 'float';
    case 'intOrString':
      return value.type === 'string' || value.type === 'integer';
    default:
      return false;
  }
}

function fixesFor(place: Place, { text }: RuleContext): readonly Fix[] {
  const { node, type, written } = place;
  if (written !== node) return [];
  const meant = valueMeant(place, text);
  if (meant !== undefined) return meant;
  if (type.is === 'list' && (isMap(node) || isScalar(node))) {
    return [
      { title: l10n.t('Make it a list'), certain: isScalar(node) ? fits(type.of, place) : type.of.is === 'object', edits: wrapInList(text, node) },
    ];
  }
  if (isSeq(node)) {
    const edits = unwrapList(text, node);
    const only = node.items[0]?.value;
    const certain = isMap(only) ? type.is === 'object' || type.is === 'map' : isScalar(only) && type.is !== 'object' && type.is !== 'map';
    return edits.length > 0 && certain ? [{ title: l10n.t('Take it out of the list'), certain, edits }] : [];
  }
  if (!isScalar(node)) return [];
  const replace = (title: string, newText: string): Fix => ({ title, certain: true, edits: [{ start: node.start, end: node.end, newText }] });
  if (type.is === 'string' && node.style === 'plain') return [replace(l10n.t('Put it in quotes'), JSON.stringify(node.text))];
  const numeric = (type as ScalarType).is === 'integer' && /^\s*\d+\s*$/.test(node.text);
  return numeric ? [replace(l10n.t('Remove the quotes'), node.text.trim())] : [];
}

export const rule: Rule = {
  id: 'wrong-type',
  severity: 'error',
  category: 'api-server',
  summary: 'a list where a mapping belongs, a number where a string belongs, and the like',
  concerns: (type) => type.is !== 'any',
  everyPlace(place, context) {
    const { type } = place;
    if (fits(type, place)) return;
    if (isEmptyItem(place)) {
      nothingIn(place, context);
      return;
    }
    const { role } = type;
    // Label values have a rule of their own, with the same fix.
    if (role === 'setting' && isScalar(place.node)) return;
    if ((role === 'label-value' || place.parent?.type.role === 'annotations') && isScalar(place.node)) return;
    const found = actual(place);
    if (found === undefined) return;
    const open = openTable(place);
    if (open) return;
    // Whole, and yet refused.
    const overflow = type.is === 'integer' && found === articles.integer ? ' that fits 64 bits' : '';
    context.report({
      at: isScalar(place.node) ? valueRange(place) : (place.entry?.key ?? firstLine(place, context)),
      message: `${pathOf(place)} must be ${expected[type.is]}${overflow}, and this is ${found}${isSeq(place.node) && role === 'label-value' ? '; several values stand in matchExpressions, behind In' : ''}.`,
      fixes: () => fixesFor(place, context),
    });
  },
};

/**
 * An item of a list of strings in which nothing stands. A list of Kubernetes' own kinds takes it for an empty string, with which it is
 * judged by other rules; a custom resource is refused.
 */
const isEmptyItem = ({ type, item, node, resource }: Place): boolean =>
  type.is === 'string' && item !== undefined && isNull(node) && resource.table?.validated === true && !isNetworkPolicy(resource.table);

function nothingIn(place: Place, { text, report }: RuleContext): void {
  const { item, parent } = place;
  const list = parent?.node;
  if (!item || !isSeq(list) || mayHoldMore(place)) return;
  report({
    at: { start: item.start, end: Math.max(item.end, item.start + 1) },
    message: `${pathOf(place)} must be a string, and nothing stands there.`,
    fixes: () => (list.items.length > 1 ? [{ title: l10n.t('Remove the empty item'), edits: [removeItem(text, list, item)] }] : []),
  });
}

/** Tables that only say what netpol reads judge nothing. */
const openTable = (place: Place): boolean => place.resource.table?.validated !== true;

function firstLine(place: Place, { text }: RuleContext) {
  const { start, end } = valueRange(place);
  const lineBreak = text.indexOf('\n', start);
  return { start, end: lineBreak < 0 ? end : Math.min(end, lineBreak) };
}

export const page: RulePage = {
  why: '`from:` followed by a mapping instead of a list is the commonest of them: one dash is missing, and the whole policy is refused.',
  fix: 'Write the dash (or take it away), add or remove the quotes: the quick fix knows which.',
  ignore: 'Never.',
  source: 'kubernetes/kubernetes staging/src/k8s.io/api/networking/v1/types.go',
  examples: [
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress:\n# ^^^^^^^ spec.ingress must be a list, and this is a mapping\n    from:\n      - podSelector: {}\n    ports:\n      - port: 80\n',
      fixed:
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        - podSelector: {}\n      ports:\n        - port: 80\n',
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  policyTypes: Ingress\n#              ^^^^^^^ must be a list\n',
      fixed: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n',
    },
    {
      bad: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: 2024\n#       ^^^^ must be a string, and this is a number\nspec:\n  podSelector: {}\n',
      fixed: 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: "2024"\nspec:\n  podSelector: {}\n',
    },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Deny\n    to:\n      - networks:\n          - 192.0.2.0/24\n          -\n#         ^ must be a string, and nothing stands there',
      ),
      fixed: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Deny\n    to:\n      - networks:\n          - 192.0.2.0/24',
      ),
    },
    {
      bad: policyWith('podSelector: {}\ningress:\n  - ports:\n      - 80\n#       ^^ must be a mapping, and this is a number'),
      fixed: policyWith('podSelector: {}\ningress:\n  - ports:\n      - port: 80'),
    },
    {
      bad: policyWith(
        'podSelector: {}\negress:\n  - to:\n      - ipBlock: 10.0.0.0/8\n#                ^^^^^^^^^^ must be a mapping, and this is a string\n    ports:\n      - port: 80',
      ),
      fixed: policyWith('podSelector: {}\negress:\n  - to:\n      - ipBlock:\n          cidr: 10.0.0.0/8\n    ports:\n      - port: 80'),
    },
    {
      bad: policyWith('podSelector: {}\ningress: none\n#        ^^^^ must be a list, and this is a string'),
      fixed: policyWith('podSelector: {}\ningress: []'),
    },
  ],
  good: ['apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress:\n'],
};
