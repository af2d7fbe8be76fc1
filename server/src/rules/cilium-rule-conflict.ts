import * as l10n from '@vscode/l10n';
import { allOf } from '../explain/phrases.ts';
import { exclusivePeers } from '../kinds/cilium/peers.ts';
import { hasGaps, isVerbatim } from '../kinds/templates.ts';
import { childAt, enclosing, type Place } from '../kinds/walk.ts';
import { appendItem, breakOf, indentLines, lineEnd, outdentedText, removeEntry, setEntry } from '../syntax/edits.ts';
import { entryOf, isMap, isSeq, itemsOf, valueAt } from '../syntax/node.ts';
import { isNull, stringOf } from '../syntax/scalar.ts';
import { anchorOf } from './places.ts';
import type { Fix, Rule, RuleContext, RulePage } from './rule.ts';
import { ciliumWith } from './vendor.ts';

/** Two rules, each with one of the peers and all the rest. */
function split(place: Place, key: string, { text }: RuleContext): readonly Fix[] {
  const { node, item } = place;
  const list = place.parent?.node;
  if (!isMap(node) || !item || !isSeq(list)) return [];
  const entry = node.entries.find((one) => one.key.text === key);
  const own = new Set<string>([...exclusivePeers.ingress, ...exclusivePeers.egress]);
  const rest = node.entries.filter((one) => !own.has(one.key.text));
  if (!entry) return [];
  const title = l10n.t('Make it a rule of its own: {0}', key);
  if (node.flow) {
    const written = [entry, ...rest].map((one) => text.slice(one.start, one.end)).join(', ');
    return [{ title, edits: [removeEntry(text, node, entry), appendItem(text, list, `{${written}}`)] }];
  }
  const parts = [entry, ...rest].map((one) =>
    outdentedText(text, { start: one.key.start, end: lineEnd(text, Math.max(one.value.end, one.key.end)) }).replace(/\s+$/, ''),
  );
  const column = item.start - (text.lastIndexOf('\n', item.start - 1) + 1);
  const start = text.lastIndexOf('\n', entry.key.start - 1) + 1;
  const last = lineEnd(text, entry.value.end);
  const end = lineEnd(
    text,
    node.entries.reduce((most, one) => Math.max(most, one.value.end), 0),
  );
  const lineBreak = breakOf(text);
  const added = `${lineBreak}${' '.repeat(column)}- ${indentLines(parts.join('\n'), column + 2, lineBreak).trimStart()}`;
  // The first key stands behind the dash, where the next one comes.
  const removal = node.entries[0] === entry ? removeEntry(text, node, entry) : { start: start - lineBreak.length, end: last, newText: '' };
  return [{ title, edits: [removal, { start: end, end, newText: added }] }];
}

function checkRule(place: Place, context: RuleContext): void {
  if (hasGaps(place)) return;
  const direction = enclosing(place, 'cilium-rules')?.entry?.key.text.startsWith('egress') ? 'egress' : 'ingress';
  const written = exclusivePeers[direction].filter((key) => itemsOf(valueAt(place.node, key)).length > 0);
  const [, second] = written;
  if (second) {
    const at = childAt(place, second);
    context.report({
      at: at ? anchorOf(at) : anchorOf(place),
      message: `${allOf(written)} stand in one rule, and Cilium refuses that: a rule asks for peers in one way. Write a rule for each; rules are alternatives.`,
      fixes: () => split(place, second, context),
    });
  }
  const [ports, icmps, services] = ['toPorts', 'icmps', 'toServices'].map((key) => childAt(place, key));
  if (ports && icmps && itemsOf(icmps.node).length > 0 && itemsOf(ports.node).length > 0)
    context.report({ at: anchorOf(icmps), message: 'icmps and toPorts stand in one rule, and Cilium refuses that: write a rule for each.' });
  if (ports && services && itemsOf(services.node).length > 0 && itemsOf(ports.node).length > 0)
    context.report({
      at: anchorOf(ports),
      message: 'toServices and toPorts stand in one rule, and Cilium refuses that: the ports are those of the Services.',
    });
}

/** What endpoints had to be beside what rules allow. Source: cilium/cilium 1.19 pkg/k8s/apis/cilium.io/client/crds/v2. */
function checkRequires(place: Place, context: RuleContext): void {
  if (itemsOf(place.node).length === 0) return;
  const key = place.entry?.key.text;
  context.report({
    at: anchorOf(place),
    message: `Cilium from 1.19 on refuses ${key}: write what it requires into the selectors of the peers, or deny what lacks it in ${key === 'toRequires' ? 'egressDeny' : 'ingressDeny'}.`,
  });
}

function checkListener(place: Place, rules: Place | undefined, context: RuleContext): void {
  const listener = childAt(place, 'listener');
  if (!listener || isNull(listener.node)) return;
  const isEgress = enclosing(place, 'cilium-rules')?.entry?.key.text === 'egress';
  if (!isEgress) context.report({ at: anchorOf(listener), message: 'A listener is for egress alone: Cilium refuses it in ingress.' });
  else if (isMap(rules?.node) && rules.node.entries.length > 0)
    context.report({
      at: anchorOf(listener),
      message: 'listener and rules stand together, and Cilium refuses that: leave the requests to the listener.',
    });
}

function checkPortRule(place: Place, context: RuleContext): void {
  if (!isVerbatim(place)) return;
  const rules = childAt(place, 'rules');
  checkListener(place, rules, context);
  if (!rules || !isMap(rules.node)) return;
  const kinds = ['http', 'dns', 'kafka', 'l7proto'].filter((key) => valueAt(rules.node, key) !== undefined);
  const key = enclosing(place, 'cilium-rules')?.entry?.key.text;
  const dns = childAt(rules, 'dns');
  if (rules.node.entries.length === 0)
    context.report({
      at: anchorOf(rules),
      message: 'rules names no protocol, and the API server refuses that: leave it out to allow everything on these ports.',
    });
  for (const gone of ['kafka', 'l7proto']) {
    const at = childAt(rules, gone);
    if (at)
      context.report({
        at: anchorOf(at),
        message: `Cilium from 1.20 on knows requests of HTTP and DNS alone, and refuses a policy with ${gone}.`,
        severity: 'warning',
        tag: 'deprecated',
      });
  }
  if (kinds.length > 1)
    context.report({
      at: anchorOf(rules),
      message: `${allOf(kinds)} stand together in rules, and Cilium refuses that: one protocol for each entry of toPorts.`,
    });
  if (dns && key === 'ingress')
    context.report({ at: anchorOf(dns), message: 'DNS rules are for egress: who answers is not asked. Cilium refuses them in ingress.' });
  const ports = childAt(place, 'ports');
  const listed = isSeq(ports?.node) ? itemsOf(ports.node) : [];
  if (dns && listed.length === 0) context.report({ at: anchorOf(dns), message: 'DNS rules need their port: write port 53 into ports.' });
  for (const port of listed) {
    const protocol = valueAt(port, 'protocol');
    const number = stringOf(valueAt(port, 'port'));
    const name = (stringOf(protocol) || 'ANY').toUpperCase();
    if (kinds.some((kind) => kind !== 'dns') && name !== 'TCP')
      context.report({
        at: protocol ?? port,
        message: `Rules for ${kinds.filter((kind) => kind !== 'dns')[0] === 'http' ? 'HTTP' : 'requests'} are for TCP only, and this port is of ${name}: Cilium refuses it.`,
        fixes: () =>
          protocol?.kind === 'scalar' && protocol.end > protocol.start
            ? [{ title: l10n.t('Change to {0}', 'TCP'), certain: true, edits: [{ start: protocol.start, end: protocol.end, newText: 'TCP' }] }]
            : [],
      });
    if (number === '0') context.report({ at: port, message: 'Rules for requests need a port: 0 stands for all of them, and Cilium refuses that.' });
  }
}

/** The sections of which a policy has one at least. */
const sections = ['ingress', 'ingressDeny', 'egress', 'egressDeny'] as const;

function checkSpec(place: Place, context: RuleContext): void {
  const { node, resource } = place;
  if (!isMap(node) || hasGaps(place)) return;
  const nodes = entryOf(node, 'nodeSelector');
  if (nodes && resource.table?.namespaced)
    context.report({
      at: nodes.key,
      message: 'A CiliumNetworkPolicy selects no nodes, and Cilium refuses it: a CiliumClusterwideNetworkPolicy may.',
    });
  const holdsRules = (key: string) => {
    const section = valueAt(node, key);
    return section !== undefined && !isNull(section) && (!isSeq(section) || section.items.length > 0);
  };
  if (sections.some(holdsRules)) return;
  const written = sections.map((key) => entryOf(node, key)).find((entry) => entry !== undefined);
  context.report({
    at: written?.key ?? anchorOf(place),
    message: `This policy has no rule in ${allOf(sections)}: Cilium refuses it, and enforces nothing of it.`,
    fixes: () =>
      (['ingress', 'egress'] as const).map((key) => ({
        title: l10n.t('Write {0}: deny everything that no policy allows', `${key}: [{}]`),
        edits: [setEntry(context.text, node, key, '[{}]')],
      })),
  });
}

export const rule: Rule = {
  id: 'cilium-rule-conflict',
  severity: 'error',
  category: 'api-server',
  summary: 'what Cilium does not take: two kinds of peers in one rule, ICMP beside ports, HTTP on UDP, a policy without rules',
  apis: ['cilium'],
  places: { 'cilium-spec': checkSpec, 'cilium-rule': checkRule, 'cilium-port-rule': checkPortRule, 'cilium-requires': checkRequires },
};

export const page: RulePage = {
  why: 'The schema allows each field, so that the API server stores the object; Cilium’s agent refuses it afterwards, and the policy is shown as invalid on every node while nothing of it is enforced.',
  fix: 'Write a rule for each kind of peer: rules of a list are alternatives, as the peers would have been.',
  ignore: 'Never.',
  source: 'cilium/cilium pkg/policy/api/rule_validation.go',
  examples: [
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n    fromCIDR:\n#   ^^^^^^^^ stand in one rule\n      - 192.0.2.0/24\n    toPorts:\n      - ports:\n          - port: "80"',
      ),
      fixed: ciliumWith(
        'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "80"\n  - fromCIDR:\n      - 192.0.2.0/24\n    toPorts:\n      - ports:\n          - port: "80"',
      ),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports:\n          - port: "80"\n            protocol: UDP\n#                     ^^^ for TCP only\n        rules:\n          http:\n            - method: GET',
      ),
      fixed: ciliumWith(
        'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports:\n          - port: "80"\n            protocol: TCP\n        rules:\n          http:\n            - method: GET',
      ),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\negress:\n  - toServices:\n      - k8sService: {serviceName: db, namespace: shop}\n    toPorts:\n#   ^^^^^^^ the ports are those of the Services\n      - ports: [{port: "80"}]',
      ),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports: [{port: "53", protocol: UDP}]\n        rules:\n          dns: [{matchPattern: "*"}]\n#         ^^^ for egress',
      ),
    },
    { bad: ciliumWith('endpointSelector: {}\ningress: []').replace('ingress: []', 'ingress: []\n# ^^^^^^^ has no rule in ingress') },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]\n    fromRequires:\n#   ^^^^^^^^^^^^ from 1.19 on refuses\n      - matchLabels: {team: a}',
      ),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports: [{port: "80"}]\n        listener:\n#       ^^^^^^^^ for egress alone\n          envoyConfig: {name: proxy}\n          name: web',
      ),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports: [{port: "9092", protocol: TCP}]\n        rules:\n          kafka: [{role: produce}]\n#         ^^^^^ from 1.20 on knows requests of HTTP and DNS alone',
      ),
    },
    {
      bad: ciliumWith(
        'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports: [{port: "80"}]\n        rules: {}\n#       ^^^^^ names no protocol',
      ),
    },
    { bad: ciliumWith('nodeSelector: {}\ningress: [{}]').replace('nodeSelector: {}', 'nodeSelector: {}\n# ^^^^^^^^^^^^ selects no nodes') },
  ],
  good: [
    ciliumWith(
      'endpointSelector: {}\ningress:\n  - fromEndpoints: [{}]\n    toPorts:\n      - ports: [{port: "80", protocol: TCP}]\n        rules: {http: [{method: GET}]}',
    ),
  ],
};
