import * as l10n from '@vscode/l10n';
import { icmpTypes } from '../kinds/cilium/icmpTypes.ts';
import type { ListType, ScalarType } from '../kinds/fieldTypes.ts';
import { apiOf } from '../kinds/readPolicy.ts';
import { hasGaps, mayHoldMore } from '../kinds/templates.ts';
import { childAt, childrenOf, enclosing, type Place, pathOf } from '../kinds/walk.ts';
import { nearest } from '../model/nearest.ts';
import { isScalar, isSeq } from '../syntax/node.ts';
import { integerOf, scalarValue } from '../syntax/scalar.ts';
import { checkEnum } from './enum.ts';
import { adminPolicyWith } from './examples.ts';
import { anchorOf, knownScalar, knownString, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

function checkBounds(place: Place, { minimum, maximum }: ScalarType, context: RuleContext): void {
  const value = isScalar(place.node) ? integerOf(place.node) : undefined;
  if (value === undefined || minimum === undefined || maximum === undefined || (value >= minimum && value <= maximum)) return;
  context.report({ at: valueRange(place), message: `${pathOf(place)} is ${value}; it must be between ${minimum} and ${maximum}, inclusive.` });
}

function checkCount(place: Place, { minItems, maxItems }: ListType, context: RuleContext): void {
  if (!isSeq(place.node) || hasGaps(place)) return;
  const count = place.node.items.length;
  if (minItems !== undefined && count < minItems) {
    context.report({
      at: anchorOf(place),
      message: `${pathOf(place)} must have at least ${minItems === 1 ? 'one item' : `${minItems} items`}; an empty list is refused.`,
    });
  }
  if (maxItems !== undefined && count > maxItems) {
    context.report({ at: anchorOf(place), message: `${pathOf(place)} has ${count} items, and at most ${maxItems} are allowed.` });
  }
}

function checkLength(place: Place, { maxLength }: ScalarType, context: RuleContext): void {
  const text = knownString(place);
  const length = text === undefined ? 0 : [...text].length;
  if (maxLength === undefined || length <= maxLength) return;
  context.report({ at: valueRange(place), message: `${pathOf(place)} has ${length} characters, and at most ${maxLength} are allowed.` });
}

/** Source: cilium/cilium pkg/policy/api/icmp.go. */
function checkIcmpType(place: Place, context: RuleContext): void {
  const scalar = knownScalar(place);
  const value = scalar && scalarValue(scalar);
  const written = place.parent && childAt(place.parent, 'family');
  // A template may write it.
  const family = written ? knownString(written) : !place.parent || mayHoldMore(place.parent) ? undefined : 'IPv4';
  if (!value || !(family === 'IPv4' || family === 'IPv6')) return;
  const at = valueRange(place);
  const names: readonly string[] = icmpTypes[family];
  if (value.type === 'string' && !names.includes(value.value) && !/^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(value.value)) {
    const close = nearest(value.value, names);
    context.report({
      at,
      message: `${quoted(value.value)} is no type of ICMP for ${family}: write a number from 0 to 255, or a name such as ${close ?? 'EchoRequest'}.`,
      fixes: () =>
        close
          ? [
              {
                title: l10n.t('Change to {0}', close),
                certain: close.toLowerCase() === value.value.toLowerCase(),
                edits: [{ ...at, newText: close }],
              },
            ]
          : [],
    });
  } else if (value.type === 'integer' && (value.value < 0 || value.value > 255))
    context.report({ at, message: `${value.value} is no type of ICMP: they go from 0 to 255.`, severity: 'warning' });
}

/** Source: cilium/cilium pkg/policy/api/l4.go (ServerName). */
const serverName = /^(?:[-a-zA-Z0-9_*]+(?:\.|$))+$/;

function checkServerName(place: Place, context: RuleContext): void {
  const text = knownString(place);
  if (text === undefined || serverName.test(text)) return;
  context.report({
    at: valueRange(place),
    message: `${quoted(text)} is no name that TLS connections ask for: letters, digits, -, _ and * in parts with one dot between them.`,
  });
}

/** Source: kubernetes-sigs/network-policy-api apis/v1beta1/clusternetworkpolicy_types.go (DomainName). */
const domainName = /^(?:\*\.)?(?:[a-zA-Z0-9]+(?:[-_]+[a-zA-Z0-9]+)*\.)+[a-zA-Z0-9]+(?:[-_]+[a-zA-Z0-9]+)*\.?$/;

function checkDomainName(place: Place, context: RuleContext): void {
  const text = knownString(place);
  if (text === undefined || domainName.test(text)) return;
  context.report({
    at: valueRange(place),
    message: `${quoted(text)} is not allowed here: write a name of at least two parts, such as example.com, or "*.example.com" for all names below it; letters, digits, - and _ within its parts.`,
  });
}

/** Source: kubernetes-sigs/network-policy-api apis/v1beta1/clusternetworkpolicy_types.go (DomainNames). */
function checkDomainNames(place: Place, context: RuleContext): void {
  const rule = enclosing(place, 'rule');
  const action = rule && childAt(rule, 'action');
  const written = action && knownString(action);
  if (!action || (written !== 'Deny' && written !== 'Pass')) return;
  const [allow] = Object.keys((action.type as ScalarType).values ?? {});
  context.report({
    at: anchorOf(place),
    message: `domainNames are supported in rules with the action ${allow} alone, and what becomes of a rule with ${written} is undefined: allow names here, and deny everything else in a rule below.`,
    severity: 'warning',
  });
}

/** Peers that have no names of ports. */
const withoutPortNames = ['networks', 'nodes', 'domainNames'];

/** Source: kubernetes-sigs/network-policy-api config/crd/experimental (x-kubernetes-validations of egress rules). */
function checkPortNames(rule: Place, context: RuleContext): void {
  if (apiOf(rule.resource) !== 'admin') return;
  const kinds = childrenIn(rule, 'to').flatMap((peer) => withoutPortNames.filter((key) => childAt(peer, key)));
  if (kinds.length === 0) return;
  for (const port of ['ports', 'protocols'].flatMap((key) => childrenIn(rule, key))) {
    const name = childAt(port, 'namedPort') ?? childAt(port, 'destinationNamedPort');
    if (!name || knownString(name) === undefined) continue;
    context.report({
      at: valueRange(name),
      message: `A port’s name cannot stand in a rule with ${kinds[0]}, which have no names of ports: write its number, or a rule of its own for the pods.`,
    });
  }
}

const childrenIn = (place: Place, key: string): readonly Place[] => {
  const child = childAt(place, key);
  return child ? childrenOf(child) : [];
};

function checkRange(place: Place, context: RuleContext): void {
  const [start, end] = ['start', 'end'].map((key) => childAt(place, key));
  const [first, last] = [integerOf(start?.node), integerOf(end?.node)];
  if (!start || !end || first === undefined || last === undefined || first < last) return;
  const swap = {
    title: l10n.t('Swap: start {0}, end {1}', last, first),
    edits: [
      { ...valueRange(start), newText: String(last) },
      { ...valueRange(end), newText: String(first) },
    ],
  };
  context.report({ at: valueRange(end), message: `end ${last} must be greater than start ${first}.`, fixes: () => (first === last ? [] : [swap]) });
}

export const rule: Rule = {
  id: 'invalid-value',
  severity: 'error',
  category: 'api-server',
  summary:
    'a value that its field does not allow: an unknown action or tier, a priority out of range, too many rules, a wrong name, a port’s name for addresses',
  concerns: (type) =>
    (type.is === 'integer' && type.minimum !== undefined) ||
    (type.is === 'list' && (type.minItems !== undefined || type.maxItems !== undefined)) ||
    (type.is === 'string' && type.maxLength !== undefined),
  everyPlace(place, context) {
    const { type } = place;
    if (type.is === 'integer') checkBounds(place, type, context);
    else if (type.is === 'list') checkCount(place, type, context);
    else if (type.is === 'string') checkLength(place, type, context);
  },
  places: {
    action: (place, context) => checkEnum(place, context, `an action of ${place.resource.table?.type.name}`),
    choice: (place, context) => checkEnum(place, context, `a value of ${place.entry?.key.text ?? place.parent?.entry?.key.text ?? 'this field'}`),
    setting: (place, context) => checkEnum(place, context, 'a value of this setting'),
    tier: (place, context) => checkEnum(place, context, 'a tier'),
    'port-range': checkRange,
    'icmp-type': checkIcmpType,
    'server-name': checkServerName,
    'domain-name': checkDomainName,
    'domain-names': checkDomainNames,
    rule: checkPortNames,
    'subdomain-name': (place, context) => {
      const fixed = place.resource.table?.fixedName;
      const name = knownString(place);
      if (fixed === undefined || !name || name === fixed || place.entry?.key.text !== 'name') return;
      context.report({
        at: valueRange(place),
        message: `${quoted(name)} is not allowed here: the only ${place.resource.table?.kind} of a cluster is named "${fixed}".`,
        fixes: () => [{ title: l10n.t('Change to "{0}"', fixed), certain: true, edits: [{ ...valueRange(place), newText: fixed }] }],
      });
    },
  },
};

export const page: RulePage = {
  why: 'An AdminNetworkPolicy says `Allow`, a ClusterNetworkPolicy `Accept`; a policy moved from one to the other is refused for that one word. A BaselineAdminNetworkPolicy is only ever named `default`. A port’s name is looked up in pods: a rule that also names networks, nodes or domain names is refused.',
  fix: 'Use a value that the field allows; the message names them.',
  ignore: 'Never.',
  source: 'kubernetes-sigs/network-policy-api apis/v1alpha1, apis/v1beta1, config/crd; cilium/cilium pkg/policy/api/icmp.go',
  examples: [
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: allow\n#           ^^^^^ not an action\n    from:\n      - namespaces: {}',
      ),
      fixed: adminPolicyWith('priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Allow\n    from:\n      - namespaces: {}'),
    },
    { bad: adminPolicyWith('priority: 2000\n#         ^^^^ between 0 and 1000\nsubject:\n  namespaces: {}') },
    { bad: adminPolicyWith('priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Deny\n    from: []\n#   ^^^^ at least one item') },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Deny\n    from:\n      - namespaces: {}\n    ports:\n      - portRange:\n          start: 90\n          end: 80\n#              ^^ greater than start',
      ),
      fixed: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\ningress:\n  - action: Deny\n    from:\n      - namespaces: {}\n    ports:\n      - portRange:\n          start: 80\n          end: 90',
      ),
    },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Allow\n    to:\n      - networks: [192.0.2.0/24]\n    ports:\n      - namedPort: https\n#                  ^^^^^ cannot stand in a rule with networks',
      ),
    },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Allow\n    to:\n      - domainNames: ["*"]\n#                     ^^^ a name of at least two parts',
      ),
    },
    {
      bad: adminPolicyWith(
        'priority: 10\nsubject:\n  namespaces: {}\negress:\n  - action: Deny\n    to:\n      - domainNames: [example.com]\n#       ^^^^^^^^^^^ in rules with the action Allow alone',
      ),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - icmps:\n      - fields:\n          - type: EchoRequst\n#                 ^^^^^^^^^^ no type of ICMP for IPv4\n            family: IPv4',
      ),
      fixed: ciliumWith('endpointSelector: {}\ningress:\n  - icmps:\n      - fields:\n          - type: EchoRequest\n            family: IPv4'),
    },
  ],
  good: [
    ciliumWith(
      'endpointSelector: {}\ningress:\n  - icmps:\n      - fields: [{type: 8}, {type: "128", family: IPv6}, {type: NeighborSolicitation, family: IPv6}]',
    ),

    adminPolicyWith(
      'priority: 0\nsubject:\n  namespaces: {}\negress:\n  - action: Allow\n    to:\n      - domainNames: [example.com, "*.example.com"]\n    ports:\n      - portNumber:\n          port: 443',
    ),
    adminPolicyWith('priority: 0\nsubject:\n  namespaces: {}\negress:\n  - action: Pass\n    to:\n      - networks: [10.0.0.0/8]'),
  ],
};
