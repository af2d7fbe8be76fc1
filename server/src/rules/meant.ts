import * as l10n from '@vscode/l10n';
import { writtenCalicoSelector } from '../kinds/calico/fromModel.ts';
import type { FieldType, Role } from '../kinds/fieldTypes.ts';
import { readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { writtenLike } from '../kinds/kubernetes/writePolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { directionOf, type Place } from '../kinds/walk.ts';
import { parseAddress, parseCidr } from '../model/cidr.ts';
import { protocols } from '../model/portSet.ts';
import { cidrOfOtherNotation } from '../model/rangeNotations.ts';
import { nameLabel } from '../model/selector.ts';
import { breakOf, columnOf, indentLines, isBlock, removeEntry, replaceValue } from '../syntax/edits.ts';
import { type Entry, entryOf, isMap, isScalar, isSeq, type MapNode, type Node, resolve, type ScalarNode } from '../syntax/node.ts';
import { addEntry, onOneLine } from './counterparts.ts';
import type { Fix } from './rule.ts';

/** What people write in a policy by guess, or with the words of other APIs, and what they mean by it. */
type Words = Readonly<Record<string, string>>;

const sources: Words = { source: 'from', sources: 'from', src: 'from', peers: 'from' };
const destinations: Words = { destination: 'to', destinations: 'to', dst: 'to', peers: 'to' };
const ofRange: Words = { ip: 'cidr', address: 'cidr', range: 'cidr', subnet: 'cidr', exclude: 'except', excludes: 'except', exceptions: 'except' };
const ofSelector: Words = { labels: 'matchLabels', expressions: 'matchExpressions' };

/** By the role of what holds it, a word → the field's name. */
const otherWords: Partial<Record<Role, Words>> = {
  'policy-spec': { selector: 'podSelector', target: 'podSelector', types: 'policyTypes', inbound: 'ingress', outbound: 'egress' },
  selector: ofSelector,
  'ip-block': ofRange,
  'policy-port': { ports: 'port', number: 'port', containerPort: 'port', targetPort: 'port' },
  'cilium-spec': { podSelector: 'endpointSelector', selector: 'endpointSelector' },
  'cilium-rule': { from: 'fromEndpoints', to: 'toEndpoints' },
  'cilium-cidr-rule': ofRange,
  'cilium-subject': ofSelector,
  'cilium-peer': ofSelector,
  'calico-spec': { policyTypes: 'types' },
  'calico-entity': { cidr: 'nets', cidrs: 'nets', notCidrs: 'notNets' },
  'admin-subject': { namespaceSelector: 'namespaces' },
  'admin-peer': { namespaceSelector: 'namespaces' },
};

/** Fields of one API that another has none like: what is spelt nearly so there means something else. */
const ofOneApi: ReadonlySet<string> = new Set([
  'podSelector',
  'namespaceSelector',
  'endpointSelector',
  'nodeSelector',
  'selector',
  'notSelector',
  'port',
  'ports',
]);

/** Whether a name may be a misspelling of another. */
export const mayBeMisspelt = (name: string): boolean => !ofOneApi.has(name);

const ofCilium = 'that is a field of a CiliumNetworkPolicy';
const onlyAllows = 'rules of a NetworkPolicy only allow, and what none of them allows is denied';
const noHosts = 'a NetworkPolicy knows pods and addresses, no names of hosts';
const noServices = 'a NetworkPolicy knows no Services; select the pods behind it by their labels';
const noAccounts = 'a NetworkPolicy knows no service accounts; select pods by their labels';
const noRequests = 'a NetworkPolicy knows ports, and nothing of the requests on them';
const byLabels = `namespaces are selected by their labels, and each has its name as ${nameLabel}`;
const fromRules = 'which directions are isolated follows from the rules that are there, unless enableDefaultDeny says otherwise';
const inEntities = 'whom a rule means stands under its source and its destination';
const asNetworks = 'ranges stand under networks, and in rules of egress alone';
const inMetadata = 'the namespace of a policy stands in its metadata';

const namespaceWord = /^(?:namespaces?|namespaceName|ns)$/;

/** Words for what a policy cannot say, or not there, and why. */
const unsayable: readonly { readonly in: readonly Role[]; readonly word: RegExp; readonly why: string }[] = [
  { in: ['policy-spec', 'rule'], word: /^(?:action|allow|deny|ingressDeny|egressDeny)$/, why: onlyAllows },
  {
    in: ['policy-spec', 'rule', 'peer'],
    word: /^(?:(?:from|to)(?:Endpoints|Entities|CIDR|CIDRSet|Services|FQDNs|Ports|Requires|Nodes|Groups)|endpointSelector)$/,
    why: ofCilium,
  },
  { in: ['rule', 'peer'], word: /^(?:fqdns?|hosts?|hostnames?|dns|dnsNames?|domains?|domainNames?|urls?)$/, why: noHosts },
  { in: ['rule', 'peer'], word: /^(?:services?|serviceNames?|svc)$/, why: noServices },
  { in: ['rule', 'peer'], word: /^(?:serviceAccounts?|serviceAccountNames?|principals)$/, why: noAccounts },
  { in: ['rule', 'peer'], word: /^(?:https?|methods?|paths?|headers|l7)$/, why: noRequests },
  { in: ['peer'], word: namespaceWord, why: byLabels },
  { in: ['policy-spec'], word: /^namespace$/, why: inMetadata },
  { in: ['cilium-spec'], word: /^policyTypes$/, why: fromRules },
  { in: ['calico-rule'], word: /^(?:from|to)$/, why: inEntities },
  { in: ['admin-peer'], word: /^ipBlock$/, why: asNetworks },
];

/** Why a policy has no field of a name there; undefined where nothing more can be said. */
export const whyUnsayable = ({ resource, type: { role } }: Place, name: string): string | undefined =>
  // Administrators' policies have rules, too, with actions.
  role === undefined || (role === 'rule' && !isNetworkPolicy(resource.table))
    ? undefined
    : unsayable.find((one) => one.in.includes(role) && one.word.test(name))?.why;

/** The field that is meant by another word; undefined where none is, or it stands there, too. */
export function fieldMeant({ type, ...place }: Place, map: MapNode, name: string): string | undefined {
  if (type.is !== 'object' || type.role === undefined) return undefined;
  const words = type.role === 'rule' ? (directionOf({ type, ...place }) === 'egress' ? destinations : sources) : otherWords[type.role];
  const meant = words && Object.hasOwn(words, name) ? words[name] : undefined;
  return meant === undefined || !Object.hasOwn(type.fields, meant) || entryOf(map, meant) ? undefined : meant;
}

const isAddress = (text: string): boolean => typeof parseAddress(text) !== 'string';

/** An address or a range as a range; undefined for anything else. */
function rangeMeant(node: Node | undefined): string | undefined {
  if (!isScalar(node) || node.templated) return undefined;
  if (isAddress(node.text)) return `${node.text}/${node.text.includes(':') ? 128 : 32}`;
  return 'cidr' in parseCidr(node.text) ? node.text : cidrOfOtherNotation(node.text);
}

const bySelector = (name: string) => ({ matchLabels: { [nameLabel]: name } });

const isName = (node: Node | undefined): node is ScalarNode =>
  isScalar(node) && !node.templated && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(node.text);

const byName = (): string => l10n.t('Select the namespace by its name');
const asRange = (): string => l10n.t('Write it as an ipBlock');

/** Writes another entry in the place of one. */
const replaceEntry = (text: string, map: MapNode, entry: Entry, key: string, value: unknown) =>
  addEntry(text, { ...map, entries: map.entries.map((one) => (one === entry ? { ...one, key: { ...one.key, text: key } } : one)) }, key, value);

/** Fixes for a field that the rule or the peer does not have: a namespace by its name, an address, the action of all rules. */
export function entryMeant(place: Place, map: MapNode, entry: Entry, text: string): readonly Fix[] {
  const value = resolve(entry.value);
  const { text: name } = entry.key;
  if (place.type.role === 'calico-spec' || place.type.role === 'calico-entity') return inCalico(map, entry, text);
  if (!isNetworkPolicy(place.resource.table)) return [];
  if (place.type.role === 'rule') {
    const allows = name === 'action' && isScalar(value) && /^allow$/i.test(value.text);
    return allows ? [{ title: l10n.t('Remove "{0}": a rule allows', name), certain: true, edits: [removeEntry(text, map, entry)] }] : [];
  }
  if (place.type.role !== 'peer') return [];
  if (namespaceWord.test(name) && isName(value) && !entryOf(map, 'namespaceSelector')) {
    return [{ title: byName(), certain: true, edits: [replaceEntry(text, map, entry, 'namespaceSelector', bySelector(value.text))] }];
  }
  const cidr = /^(?:ips?|ipAddress|address|ipRange|range|subnet|network)$/.test(name) ? rangeMeant(value) : undefined;
  return cidr !== undefined && map.entries.length === 1
    ? [{ title: asRange(), certain: true, edits: [replaceEntry(text, map, entry, 'ipBlock', { cidr })] }]
    : [];
}

/** Labels in the language of Calico's selectors. */
function inCalico(map: MapNode, entry: Entry, text: string): readonly Fix[] {
  const value = resolve(entry.value);
  const { text: name } = entry.key;
  if (name === 'podSelector' && isMap(value) && !entryOf(map, 'selector')) {
    const written = writtenCalicoSelector(readSelector(value));
    return [{ title: l10n.t('Write it as a selector of Calico'), certain: true, edits: [replaceEntry(text, map, entry, 'selector', written)] }];
  }
  return [];
}

const everybody = /^(?:\*|all|any|anyone|anywhere|everyone|true)$/i;
const nobody = /^(?:none|nobody|nothing|deny|false)$/i;

/** Both ends of a range of ports in the place of one; undefined for anything else. */
export function portRangeMeant(text: string): { readonly port: number; readonly endPort: number } | undefined {
  const [, first, last] = /^\s*(\d{1,5})\s*(?:-|:|\.\.)\s*(\d{1,5})\s*$/.exec(text) ?? [];
  const [port, endPort] = [Number(first), Number(last)];
  return port >= 1 && port < endPort && endPort <= 65535 ? { port, endPort } : undefined;
}

/** Ports as people write them on one line: `80`, `http`, `53/UDP`, `80-90`; undefined for anything else. */
function portMeant({ text }: ScalarNode): { readonly port: number | string; readonly endPort?: number; readonly protocol?: string } | undefined {
  const range = portRangeMeant(text);
  if (range) return range;
  const [, number, name, protocol] = /^(?:(\d{1,5})|([a-z][-a-z0-9]{0,14}))(?:\/([A-Za-z]+))?$/.exec(text) ?? [];
  const known = protocols.find((one) => one === protocol?.toUpperCase());
  if ((number === undefined && name === undefined) || (protocol !== undefined && known === undefined)) return undefined;
  return { ...(known ? { protocol: known } : {}), port: number === undefined ? (name as string) : Number(number) };
}

/** Writes an item of a list anew. */
function replaceItem(text: string, { parent, written }: Place, value: unknown) {
  const isFlow = isSeq(parent?.node) && parent.node.flow;
  const newText = isFlow ? onOneLine(text, value) : indentLines(writtenLike(text, value), columnOf(text, written.start), breakOf(text));
  return [{ start: written.start, end: written.end, newText }];
}

/** A word in a list of Cilium's that holds mappings. */
function inCilium(place: Place, node: ScalarNode, text: string): readonly Fix[] | undefined {
  const write = (value: unknown): readonly Fix[] => [
    { title: l10n.t('Write it as a mapping'), certain: true, edits: replaceItem(text, place, value) },
  ];
  switch (place.type.role) {
    case 'cilium-cidr-rule': {
      const cidr = rangeMeant(node);
      return cidr === undefined ? undefined : write({ cidr });
    }
    case 'cilium-fqdn':
      if (!/^[\w.*-]+$/.test(node.text)) return undefined;
      return write(node.text.includes('*') ? { matchPattern: node.text } : { matchName: node.text });
    case 'cilium-port': {
      const meant = portMeant(node);
      return meant && write({ ...meant, port: String(meant.port) });
    }
    default:
      return undefined;
  }
}

/** A colon with what belongs behind it, for a word in the place of a mapping: `app web`, `app=web`, `app:web`. */
function colonMeant(node: ScalarNode, type: FieldType, text: string): readonly Fix[] | undefined {
  const [, key, gap] = (node.style === 'plain' && /^([A-Za-z][\w./-]*)( ?[:=] ?| )(?!=)\S*$/.exec(node.text)) || [];
  const isField = key !== undefined && (type.is === 'map' || (type.is === 'object' && Object.hasOwn(type.fields, key)));
  if (!isField || gap === undefined || !text.startsWith(key + gap, node.start)) return undefined;
  const at = node.start + key.length;
  const title = gap === ':' ? l10n.t('Write a space behind the colon') : l10n.t('Write the colon');
  return [{ title, certain: true, edits: [{ start: at, end: at + gap.length, newText: ': ' }] }];
}

/** A list whose dashes, or a mapping whose colon, lack the space that makes them such. */
function spaceMeant({ node, type }: Place, text: string): readonly Fix[] | undefined {
  if (isScalar(node)) return colonMeant(node, type, text);
  if (type.is !== 'list' || !isMap(node) || node.flow || !node.entries.every(({ key }) => /^-[A-Za-z]/.test(key.text))) return undefined;
  // What stands below a key must still do so.
  const isBelow = node.entries.every(({ key, value }) => !isBlock(value) || columnOf(text, value.start) > columnOf(text, key.start) + 2);
  const edits = node.entries.map(({ key: { start } }) => ({ start: start + 1, end: start + 1, newText: ' ' }));
  return isBelow ? [{ title: l10n.t('Write a space behind the dash'), certain: true, edits }] : [];
}

/** What is meant by a word in the place of a mapping or a list; undefined where the word says nothing of it. */
export function valueMeant(place: Place, text: string): readonly Fix[] | undefined {
  const { node, type, entry, item, parent, resource } = place;
  const map = parent?.node;
  if (place.written !== node) return undefined;
  const spaced = spaceMeant(place, text);
  if (spaced) return spaced;
  if (!isScalar(node) || node.templated) return undefined;
  const range = rangeMeant(node);
  if (item && type.role?.startsWith('cilium')) return inCilium(place, node, text);
  if (!isNetworkPolicy(resource.table)) return undefined;
  if (item) {
    if (type.role === 'peer')
      return range === undefined ? [] : [{ title: asRange(), certain: true, edits: replaceItem(text, place, { ipBlock: { cidr: range } }) }];
    const port = type.role === 'policy-port' ? portMeant(node) : undefined;
    return port && [{ title: l10n.t('Write it as a port'), certain: true, edits: replaceItem(text, place, port) }];
  }
  if (!entry || !isMap(map)) return undefined;
  const write = (title: string, value: unknown, certain = true): readonly Fix[] => [
    { title, certain, edits: [replaceValue(text, entry, onOneLine(text, value))] },
  ];
  switch (type.role) {
    case 'ip-block':
      return range === undefined ? undefined : [{ title: asRange(), certain: true, edits: [addEntry(text, map, 'ipBlock', { cidr: range })] }];
    case 'selector':
      return entry.key.text === 'namespaceSelector' && isName(node)
        ? [{ title: byName(), certain: true, edits: [addEntry(text, map, 'namespaceSelector', bySelector(node.text))] }]
        : undefined;
    case 'policy-types': {
      const types = node.text.split(/[\s,]+/).filter((word) => word !== '');
      return types.length > 1 ? write(l10n.t('Make it a list'), types) : undefined;
    }
    case 'rules':
      if (nobody.test(node.text)) return write(l10n.t('Write []: allow nothing'), []);
      return everybody.test(node.text) ? write(l10n.t('Write [{}]: allow everything'), [{}], false) : [];
    case 'peers':
      if (range !== undefined) return write(asRange(), [{ ipBlock: { cidr: range } }]);
      return everybody.test(node.text) ? leaveOut(text, map, entry) : [];
    case 'ports': {
      if (everybody.test(node.text)) return leaveOut(text, map, entry);
      const port = portMeant(node);
      return port ? write(l10n.t('Write it as a port'), [port]) : [];
    }
    default:
      return undefined;
  }
}

const leaveOut = (text: string, map: MapNode, entry: Entry): readonly Fix[] => [
  { title: l10n.t('Leave "{0}" out: it means all', entry.key.text), edits: [removeEntry(text, map, entry)] },
];
