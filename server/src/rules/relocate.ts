import * as l10n from '@vscode/l10n';
import { directionOf, enclosing, type Place } from '../kinds/walk.ts';
import { breakOf, columnOf, indentLines, isBlock, lineEnd, lineStart, outdentedText, removeEntry, styleOf, wrapUnderKey } from '../syntax/edits.ts';
import { type Entry, entryOf, isMap, isSeq, type MapNode, resolve } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import type { Fix } from './rule.ts';

/** Moves of a known field from where it stands to where it belongs. The first is the likeliest. */
export function relocations(place: Place, map: MapNode, entry: Entry, text: string): readonly Fix[] {
  return moves(place, map, entry, text).filter(({ edits }) => edits.length > 0);
}

function moves(place: Place, map: MapNode, entry: Entry, text: string): readonly Fix[] {
  const name = entry.key.text;
  switch (place.type.role) {
    case 'policy-spec':
      if (name === 'namespace') return intoMetadata(place, map, entry, text);
      return ['ports', 'from', 'to'].includes(name) ? fromSpec(map, entry, text) : [];
    case 'policy':
      if (place.type.is !== 'object') return [];
      if (metadataParts.includes(name)) return intoPart(map, entry, 'metadata', metadataParts, text);
      return specParts.includes(name) ? intoPart(map, entry, 'spec', specParts, text) : [];
    case 'peer':
      return fromPeer(place, map, entry, text);
    case 'rule':
      return fromRule(place, map, entry, text);
    case 'cilium-rule':
      return name === 'ports' && !entryOf(map, 'toPorts')
        ? [{ title: under('toPorts'), certain: true, edits: underList(text, map, [entry], 'toPorts') }]
        : [];
    case 'cilium-port-rule':
      return portParts.includes(name) && !entryOf(map, 'ports')
        ? [{ title: under('ports'), certain: true, edits: underList(text, map, neighbours(map, portParts), 'ports') }]
        : [];
    case 'admin-port': {
      const parts = neighbours(map, ['port', 'protocol']);
      const isOne = parts.length === map.entries.length && place.type.is === 'object' && Object.hasOwn(place.type.fields, 'portNumber');
      return isOne ? [{ title: under('portNumber'), certain: true, edits: wrapUnderKey(text, map, parts, 'portNumber') }] : [];
    }
    case 'admin-subject':
    case 'admin-peer': {
      const parts = neighbours(map, ['podSelector', 'namespaceSelector']);
      const isPods = parts.some(({ key }) => key.text === 'podSelector') && !entryOf(map, 'pods');
      return isPods ? [{ title: under('pods'), certain: parts.length === 2, edits: wrapUnderKey(text, map, parts, 'pods') }] : [];
    }
    default:
      return [];
  }
}

/** `ports`, `from` or `to` beside `ingress` and `egress`: into the rule of the section that it follows. */
function fromSpec(spec: MapNode, entry: Entry, text: string): readonly Fix[] {
  const name = entry.key.text;
  const sections = spec.entries.filter((other) => {
    const direction = other.key.text;
    return direction === (name === 'from' ? 'ingress' : name === 'to' ? 'egress' : direction) && ['ingress', 'egress'].includes(direction);
  });
  const before = sections.filter((section) => section.start < entry.start).at(-1);
  const section = before ?? (sections.length === 1 ? sections[0] : undefined);
  const rules = section && resolve(section.value);
  if (!section || !isSeq(rules)) {
    if (name === 'ports' || section) return [];
    const direction = name === 'from' ? 'ingress' : 'egress';
    return [{ title: l10n.t('Make it a rule under "{0}"', direction), certain: !sections.length, edits: underList(text, spec, [entry], direction) }];
  }
  return rules.items.flatMap((item, index) => {
    const rule = resolve(item.value);
    if (!isMap(rule) || entryOf(rule, name)) return [];
    const which = rules.items.length === 1 ? `the ${section.key.text} rule` : `${section.key.text} rule ${index + 1}`;
    return [{ title: l10n.t('Move "{0}" into {1}', name, which), certain: rules.items.length === 1, edits: moveInto(spec, entry, rule, text) }];
  });
}

/** Neighbouring entries become the only item of a list under a key: `from:` in the spec that rule under `ingress:`. */
function underList(text: string, { flow }: MapNode, entries: readonly Entry[], key: string): readonly TextEdit[] {
  const [first] = entries;
  const last = entries.at(-1);
  if (!first || !last) return [];
  const range = { start: first.start, end: last.end };
  if (flow) return [{ ...range, newText: `${key}: [{${text.slice(range.start, range.end)}}]` }];
  const column = columnOf(text, range.start);
  const { indent, indentedLists } = styleOf(text);
  const dash = column + (indentedLists ? indent : 0);
  const body = indentLines(outdentedText(text, range), dash + 2, breakOf(text));
  return [{ ...range, newText: `${key}:${breakOf(text)}${' '.repeat(dash)}- ${body}` }];
}

/** Entries of a mapping by their names, where they stand side by side; none where something else stands between them. */
function neighbours({ entries }: MapNode, names: readonly string[]): readonly Entry[] {
  const wanted = entries.filter((entry) => names.includes(entry.key.text));
  const first = entries.indexOf(wanted[0] as Entry);
  return wanted.every((entry, i) => entries[first + i] === entry) ? wanted : [];
}

/** The namespace of the policy, which its metadata says. */
function intoMetadata(place: Place, spec: MapNode, entry: Entry, text: string): readonly Fix[] {
  const metadata = resolve(entryOf(enclosing(place, 'policy')?.node, 'metadata')?.value);
  if (!isMap(metadata) || entryOf(metadata, 'namespace')) return [];
  return [{ title: l10n.t('Move "{0}" into "{1}"', 'namespace', 'metadata'), certain: true, edits: moveInto(spec, entry, metadata, text) }];
}

/** Of what stands at the top and belongs one level down. */
const specParts: readonly string[] = ['podSelector', 'policyTypes', 'ingress', 'egress'];
const metadataParts: readonly string[] = ['name', 'namespace', 'labels', 'annotations'];

function intoPart(root: MapNode, entry: Entry, key: 'metadata' | 'spec', parts: readonly string[], text: string): readonly Fix[] {
  const part = resolve(entryOf(root, key)?.value);
  if (isMap(part) && !entryOf(part, entry.key.text)) {
    return [{ title: l10n.t('Move "{0}" into "{1}"', entry.key.text, key), certain: true, edits: moveInto(root, entry, part, text) }];
  }
  if (part !== undefined) return [];
  const together = neighbours(root, parts);
  return [{ title: under(key), edits: wrapUnderKey(text, root, together.length > 0 ? together : [entry], key) }];
}

/** Fields that belong to the rule (`ports`), to an ipBlock (`cidr`, `except`) or to a selector (`matchLabels`). */
function fromPeer(place: Place, peer: MapNode, entry: Entry, text: string): readonly Fix[] {
  const name = entry.key.text;
  if (name === 'ports') {
    const rule = enclosing(place, 'rule')?.node;
    if (!isMap(rule) || entryOf(rule, 'ports')) return [];
    return [{ title: l10n.t('Move "ports" into the rule'), certain: true, edits: moveInto(peer, entry, rule, text) }];
  }
  const wrap = (key: string, names: readonly string[], certain: boolean): Fix => ({
    title: under(key),
    certain,
    edits: entryOf(peer, key) ? [] : wrapUnderKey(text, peer, neighbours(peer, names), key),
  });
  const block = resolve(entryOf(peer, 'ipBlock')?.value);
  if (isMap(block) && (name === 'cidr' || name === 'except')) {
    if (entryOf(block, name)) return [];
    return [{ title: l10n.t('Move "{0}" into "{1}"', name, 'ipBlock'), certain: true, edits: moveInto(peer, entry, block, text) }];
  }
  if (name === 'cidr' || name === 'except') return [wrap('ipBlock', ['cidr', 'except'], true)];
  if (name !== 'matchLabels' && name !== 'matchExpressions') return [];
  return ['podSelector', 'namespaceSelector'].map((key) => wrap(key, ['matchLabels', 'matchExpressions'], false));
}

/** `to` in an ingress rule, `from` in an egress rule; what belongs to a peer or to a port. */
function fromRule(place: Place, rule: MapNode, entry: Entry, text: string): readonly Fix[] {
  const { text: name } = entry.key;
  const right = directionOf(place) === 'ingress' ? 'from' : 'to';
  const wrong = right === 'from' ? 'to' : 'from';
  if (name === wrong && !entryOf(rule, right)) {
    return [{ title: l10n.t('Rename to "{0}"', right), edits: [{ start: entry.key.start, end: entry.key.end, newText: right }] }];
  }
  const parts = peerParts.includes(name) ? peerParts : portParts.includes(name) ? portParts : [];
  const key = parts === peerParts ? right : 'ports';
  return parts.length === 0 || entryOf(rule, key)
    ? []
    : [{ title: under(key), certain: true, edits: underList(text, rule, neighbours(rule, parts), key) }];
}

/** Of what holds a peer, and a port. */
const peerParts: readonly string[] = ['podSelector', 'namespaceSelector', 'ipBlock'];
const portParts: readonly string[] = ['port', 'endPort', 'protocol'];

const under = (key: string): string => l10n.t('Put it under "{0}"', key);

/** Takes an entry out of one mapping and puts it, re-indented, at the end of another; no edits from block style into braces. */
function moveInto(from: MapNode, entry: Entry, to: MapNode, text: string): readonly TextEdit[] {
  if (to.flow) {
    const last = to.entries.at(-1);
    const end = last?.end ?? to.start + 1;
    const insertion = { start: end, end, newText: `${last ? ', ' : ''}${text.slice(entry.start, entry.end)}` };
    return from.flow || !isBlock(entry.value) ? [removeEntry(text, from, entry), insertion] : [];
  }
  const column = columnOf(text, to.entries[0]?.start ?? to.start);
  const at = lineEnd(text, to.entries.at(-1)?.end ?? to.end);
  const body = `${' '.repeat(column)}${indentLines(outdentedText(text, entry), column, breakOf(text))}`;
  const removal = removeEntry(text, from, entry);
  // Whole lines go, and are wanted right there: two edits would overlap, and one of them be lost.
  if (removal.start <= at && at <= removal.end && lineStart(text, removal.start) === removal.start) {
    const rest = text.slice(removal.start, removal.end).endsWith('\n') ? breakOf(text) : '';
    return [{ ...removal, newText: `${body}${rest}` }];
  }
  return [removal, { start: at, end: at, newText: `${breakOf(text)}${body}` }];
}
