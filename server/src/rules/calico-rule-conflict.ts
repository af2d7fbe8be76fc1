import * as l10n from '@vscode/l10n';
import { hasGaps, isVerbatim } from '../kinds/templates.ts';
import { childAt, type Place } from '../kinds/walk.ts';
import { removeEntry, setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, itemsOf, type Node, valueAt } from '../syntax/node.ts';
import { booleanOf, integerOf, isNull, scalarValue, stringOf } from '../syntax/scalar.ts';
import { flagged } from './examples.ts';
import { anchorOf, knownScalar, quoted, valueRange } from './places.ts';
import type { Rule, RuleContext, RulePage } from './rule.ts';
import { calicoWith, globalWith } from './vendor.ts';

const protocols = ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'UDPLite'];
const withPorts = new Set(['TCP', 'UDP', 'SCTP', 'TCP'.toLowerCase(), '6', '17', '132']);

const isWritten = (node: Node | undefined, key: string): boolean => {
  const entry = entryOf(node, key);
  return entry !== undefined && !isNull(entry.value) && stringOf(entry.value) !== '';
};

function protocolOf(node: Node | undefined): string | undefined {
  const value = valueAt(node, 'protocol');
  return stringOf(value) ?? (integerOf(value) === undefined ? undefined : String(integerOf(value)));
}

function checkRule(place: Place, context: RuleContext): void {
  const { node } = place;
  if (!isMap(node) || !isVerbatim(place)) return;
  const protocol = protocolOf(node);
  for (const side of ['source', 'destination']) {
    const entity = childAt(place, side);
    for (const key of ['ports', 'notPorts']) {
      const ports = entity && childAt(entity, key);
      if (!ports || itemsOf(ports.node).length === 0 || (protocol !== undefined && withPorts.has(protocol))) continue;
      context.report({
        at: anchorOf(ports),
        message: `${side}.${key} needs a protocol with ports, and the rule ${protocol === undefined ? 'names none' : `is for ${protocol}`}: write protocol: TCP, UDP or SCTP.`,
        fixes: () =>
          protocol === undefined
            ? [{ title: l10n.t('Insert {0}', 'protocol: TCP'), certain: true, edits: [setEntry(context.text, node, 'protocol', 'TCP')] }]
            : [],
      });
    }
  }
  const http = childAt(place, 'http');
  const action = stringOf(valueAt(node, 'action'));
  if (http && action !== undefined && action !== 'Allow') {
    context.report({ at: anchorOf(http), message: `http may stand only in rules that allow, and this one says ${action}.` });
  }
  if (http && protocol !== undefined && protocol !== 'TCP' && protocol !== '6') {
    context.report({ at: anchorOf(http), message: `http needs protocol TCP, and this rule is for ${protocol}.` });
  }
  const icmp = childAt(place, 'icmp') ?? childAt(place, 'notICMP');
  if (icmp && !/^(ICMP(v6)?|1|58)$/.test(protocol ?? '')) {
    context.report({
      at: anchorOf(icmp),
      message: `${icmp.entry?.key.text} needs protocol ICMP or ICMPv6, and the rule ${protocol === undefined ? 'names none' : `is for ${protocol}`}.`,
    });
  }
}

function checkEntity(place: Place, context: RuleContext): void {
  const services = childAt(place, 'services');
  if (!services || hasGaps(place)) return;
  const beside = ['selector', 'notSelector', 'namespaceSelector', 'nets', 'notNets', 'serviceAccounts'].filter((key) => isWritten(place.node, key));
  if (beside.length > 0)
    context.report({
      at: anchorOf(services),
      message: `services stands beside ${beside.join(', ')}, and Calico refuses that: a Service says whom it means by itself.`,
    });
}

function checkSpec(place: Place, context: RuleContext): void {
  const { node } = place;
  if (!isMap(node) || !isVerbatim(place)) return;
  const isOn = (key: string) => booleanOf(valueAt(node, key)) === true;
  for (const key of ['preDNAT', 'doNotTrack']) {
    const child = isOn(key) ? childAt(place, key) : undefined;
    if (child && !isOn('applyOnForward')) {
      context.report({
        at: anchorOf(child),
        message: `${key} needs applyOnForward: true beside it.`,
        fixes: () =>
          entryOf(node, 'applyOnForward')
            ? []
            : [
                {
                  title: l10n.t('Insert {0}', 'applyOnForward: true'),
                  certain: true,
                  edits: [setEntry(context.text, node, 'applyOnForward', 'true')],
                },
              ],
      });
    }
  }
  const both = isOn('preDNAT') && isOn('doNotTrack') ? childAt(place, 'doNotTrack') : undefined;
  if (both)
    context.report({
      at: anchorOf(both),
      message: 'preDNAT and doNotTrack cannot both be true.',
      fixes: () => (both.entry ? [{ title: l10n.t('Remove {0}', 'doNotTrack'), edits: [removeEntry(context.text, node, both.entry)] }] : []),
    });
  const egress = isOn('preDNAT') ? childAt(place, 'egress') : undefined;
  if (egress && itemsOf(egress.node).length > 0)
    context.report({ at: anchorOf(egress), message: 'A policy with preDNAT has no egress: it is asked before the destination is known.' });
}

function checkProtocol(place: Place, context: RuleContext): void {
  const scalar = knownScalar(place);
  const value = scalar && scalarValue(scalar);
  if (!scalar || !value) return;
  if (value.type === 'integer' ? value.value >= 1 && value.value <= 255 : protocols.includes(scalar.text)) return;
  const meant = protocols.find((one) => one.toLowerCase() === scalar.text.toLowerCase());
  context.report({
    at: valueRange(place),
    message: `${quoted(scalar.text)} is no protocol of Calico: use ${protocols.join(', ')}, or a number from 1 to 255.`,
    fixes: () => (meant ? [{ title: l10n.t('Change to {0}', meant), certain: true, edits: [{ ...valueRange(place), newText: meant }] }] : []),
  });
}

function checkPort(place: Place, context: RuleContext): void {
  const scalar = knownScalar(place);
  const range = scalar && /^(\d+)(?::(\d+))?$/.exec(scalar.text);
  if (!range) return;
  const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
  if (last > 65535) context.report({ at: valueRange(place), message: `${quoted(scalar.text)} is no port: a port is at most 65535.` });
  else if (first > last)
    context.report({
      at: valueRange(place),
      message: `${quoted(scalar.text)} is an empty range: ${first} is above ${last}.`,
      fixes: () => [{ title: l10n.t('Change to {0}', `"${last}:${first}"`), edits: [{ ...valueRange(place), newText: `"${last}:${first}"` }] }],
    });
}

export const rule: Rule = {
  id: 'calico-rule-conflict',
  severity: 'error',
  category: 'api-server',
  summary: 'what Calico does not take together, or at all: ports without a protocol, http in a denial, a Service beside selectors',
  apis: ['calico'],
  places: {
    'calico-rule': checkRule,
    'calico-entity': checkEntity,
    'calico-spec': checkSpec,
    'calico-protocol': checkProtocol,
    'calico-port': checkPort,
  },
};

const withRule = (one: string): string => calicoWith(`selector: all()\ntypes: [Ingress]\ningress:\n  - action: Allow\n${one}`);

export const page: RulePage = {
  why: 'Calico’s API server refuses these. Written as objects of `crd.projectcalico.org/v1` past it, they are stored, and what becomes of them is undefined.',
  fix: 'The message says what must stand beside the field, or cannot.',
  ignore: 'Never.',
  source: 'projectcalico/calico api/pkg/apis/projectcalico/v3/policy_common.go, libcalico-go/lib/validator/v3',
  examples: [
    {
      bad: withRule('    destination:\n      ports: [80]\n#     ^^^^^ needs a protocol with ports'),
      fixed: withRule('    destination:\n      ports: [80]\n    protocol: TCP'),
    },
    { bad: withRule('    protocol: tcp\n#             ^^^ no protocol of Calico'), fixed: withRule('    protocol: TCP') },
    { bad: withRule('    source:\n      selector: all()\n      services: {name: web}\n#     ^^^^^^^^ stands beside selector') },
    { bad: withRule('    protocol: UDP\n    http: {methods: [GET]}\n#   ^^^^ needs protocol TCP') },
    {
      bad: flagged(globalWith('preDNAT: true\ntypes: [Ingress]'), 'preDNAT', 'needs applyOnForward'),
      fixed: globalWith('preDNAT: true\ntypes: [Ingress]\napplyOnForward: true'),
    },
    {
      bad: withRule('    protocol: TCP\n    destination:\n      ports: ["90:80"]\n#             ^^^^^^^ empty range'),
      fixed: withRule('    protocol: TCP\n    destination:\n      ports: ["80:90"]'),
    },
  ],
  good: [withRule('    protocol: TCP\n    destination:\n      ports: [80, "8000:9000", http]')],
};
