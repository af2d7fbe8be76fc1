import type { CompiledPolicy, CompiledRule } from '../connectivity/compile.ts';
import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { isMember } from '../connectivity/podSets.ts';
import { readAdminPorts } from '../kinds/admin/readAdminPolicy.ts';
import { readCalicoPort } from '../kinds/calico/readCalico.ts';
import { ciliumSpecs, readCiliumPort } from '../kinds/cilium/readCilium.ts';
import { type Api, apiOf } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { type Action, type Direction, directions } from '../model/policy.ts';
import { isProtocol } from '../model/portSet.ts';
import { selectsAll } from '../model/selector.ts';
import { distinctItemsOf, entryOf, isMap, isScalar, isSeq, itemsOf, type Node, resolve, type ScalarNode, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import { podsIn } from './inView.ts';
import { scalarLike } from './nearestLabels.ts';
import { isSystemPods } from './peerSelectors.ts';
import { askedOf, type TargetedPort, type WrittenPort, withProtocol } from './ports.ts';
import type { RuleContext } from './rule.ts';
import { compiledIn } from './vendor.ts';

/** The ports of policies of Cilium, Calico and administrators beside the pods that they are for. */

/** A scalar together with where it is written: perhaps an alias that stands for it. */
interface Written {
  readonly at: Node;
  readonly scalar: ScalarNode;
}

function writtenOf(at: Node | undefined): Written | undefined {
  const scalar = resolve(at);
  return at && isScalar(scalar) ? { at, scalar } : undefined;
}

const writtenAt = (map: Node | undefined, key: string): Written | undefined => writtenOf(entryOf(map, key)?.value);

/** A word in the place of another, in its quotes; an alias goes. */
const wordLike = ({ at: { start, end }, scalar }: Written, text: string): TextEdit => ({ start, end, newText: scalarLike(scalar, text).newText });

/** The same, but a number stays without quotes where it has none. */
const numberLike = (written: Written, port: number | string): TextEdit => {
  const { start, end } = written.at;
  return written.scalar.style === 'plain' ? { start, end, newText: String(port) } : wordLike(written, String(port));
};

/** The ports of a rule as they are written, read by each API's own function; those that are written in no way that is read are left out. */
const readers: Readonly<Record<Exclude<Api, 'kubernetes'>, (rule: Node, text: string) => readonly WrittenPort[]>> = {
  cilium: (rule, text) =>
    distinctItemsOf(valueAt(rule, 'toPorts')).flatMap((portRule) =>
      distinctItemsOf(valueAt(portRule, 'ports')).flatMap((item) => {
        const [port, written] = [readCiliumPort(item), writtenAt(item, 'port')];
        if (!port || !written) return [];
        return [
          {
            port,
            at: written.at,
            protocolAt: entryOf(item, 'protocol')?.value,
            as: (other) => [wordLike(written, String(other))],
            over: (protocol) => withProtocol(text, item, protocol),
          },
        ];
      }),
    ),
  calico: (rule, text) => {
    const list = valueAt(rule, 'destination', 'ports');
    const items = isSeq(list) ? [...new Map(list.items.map(({ value }) => [resolve(value), value])).values()] : [];
    return items.flatMap((item) => {
      const written = writtenOf(item);
      const port = written && readCalicoPort(written.scalar, rule);
      if (!port) return [];
      return [
        {
          port,
          at: written.at,
          protocolAt: entryOf(rule, 'protocol')?.value,
          as: (other) => [numberLike(written, other)],
          over: (protocol) => (items.length === 1 ? withProtocol(text, rule, protocol) : []),
        },
      ];
    });
  },
  admin: (rule, text) => ['ports', 'protocols'].flatMap((key) => distinctItemsOf(valueAt(rule, key)).flatMap((item) => adminPort(item, text) ?? [])),
};

function adminPort(item: Node, text: string): WrittenPort | undefined {
  const [port] = readAdminPorts(item);
  if (!port) return undefined;
  const byName = writtenAt(item, 'namedPort') ?? writtenAt(item, 'destinationNamedPort');
  if (byName) {
    return {
      port,
      at: byName.at,
      protocolAt: undefined,
      as: (other) => (typeof other === 'string' ? [wordLike(byName, other)] : []),
      over: () => [],
    };
  }
  const old = valueAt(item, 'portNumber') ?? valueAt(item, 'portRange');
  const protocol = ['tcp', 'udp', 'sctp'].flatMap((key) => entryOf(item, key) ?? [])[0];
  const destination = valueAt(protocol?.value, 'destinationPort');
  const written =
    writtenAt(old, 'port') ?? writtenAt(old, 'start') ?? writtenAt(destination, 'number') ?? writtenAt(valueAt(destination, 'range'), 'start');
  if (!written) return undefined;
  return {
    port,
    at: written.at,
    protocolAt: isMap(old) ? entryOf(old, 'protocol')?.value : protocol?.key,
    as: (other) => (typeof other === 'number' ? [numberLike(written, other)] : []),
    over: (other) => (isMap(old) ? withProtocol(text, old, other) : protocol ? [scalarLike(protocol.key, other.toLowerCase())] : []),
  };
}

/** The pods that a rule's ports belong to; undefined where not all of them are known. */
function targetsOf(
  { anyPeer, addresses, rule, own }: CompiledRule,
  direction: Direction,
  { policy, subject }: CompiledPolicy,
  connectivity: Connectivity,
): readonly Endpoint[] | undefined {
  if (direction === 'ingress') {
    // All pods of a cluster are more than the workspace knows.
    if (!policy.namespaced && selectsAll(policy.subject.namespaces) && selectsAll(policy.subject.pods)) return undefined;
    const selected = podsIn(subject, connectivity);
    return own ? selected.filter(({ index }) => isMember(own, index)) : selected;
  }
  if (anyPeer || addresses.length > 0) return undefined;
  const found = new Set<Endpoint>();
  for (const peer of rule.peers) {
    // Sets of addresses by the labels of Calico's selector: none that is known is so labelled.
    if (peer.is === 'addressSets') continue;
    if (peer.is !== 'pods' || !peer.pods || selectsAll(peer.pods) || isSystemPods(peer.pods)) return undefined;
    if (peer.namespaces && selectsAll(peer.namespaces)) return undefined;
    const known = podsIn(connectivity.podsOf(peer, policy), connectivity);
    if (known.length === 0) return undefined;
    for (const endpoint of known) found.add(endpoint);
  }
  return [...found];
}

const verbs: Readonly<Record<Action, string>> = { allow: 'opens', deny: 'closes', pass: 'passes on' };

/** A rule with ports, as compiled and as written. */
interface RuleWithPorts {
  readonly compiled: CompiledPolicy;
  readonly direction: Direction;
  readonly rule: CompiledRule;
  /** At least one. */
  readonly ports: readonly WrittenPort[];
}

/** The rules with ports of a resource's policies; none for a NetworkPolicy, and for what is no policy. */
export function* rulesWithPorts(resource: Resource, context: Pick<RuleContext, 'view' | 'observer' | 'text'>): Iterable<RuleWithPorts> {
  const api = apiOf(resource);
  if (!api || api === 'kubernetes') return;
  const specs = ciliumSpecs(resource.root);
  for (const [i, compiled] of compiledIn(resource, context).entries()) {
    if (compiled.policy.asksIdentity) continue;
    for (const direction of directions) {
      const lists = [direction, `${direction}Deny`].flatMap((key) => itemsOf(valueAt(specs[i], key)));
      // What is written as one rule may come to several, of the same peers.
      const byStart = new Map(compiled.rules[direction].map((rule) => [rule.rule.source.start, rule]));
      for (const node of new Set(lists)) {
        const rule = byStart.get(node.start);
        const ports = rule ? readers[api](node, context.text).filter(({ port: { protocol } }) => protocol === 'ANY' || isProtocol(protocol)) : [];
        if (rule && ports.length > 0) yield { compiled, direction, rule, ports };
      }
    }
  }
}

/** Every port of the rules of a resource's policies whose pods are all known; none for a NetworkPolicy, and for what is no policy. */
export function* vendorTargetedPorts(resource: Resource, context: Pick<RuleContext, 'view' | 'observer' | 'text'>): Iterable<TargetedPort> {
  const { connectivity } = context.observer;
  // Most rules are for the same pods, perhaps a thousand.
  const ofAll = new Map<CompiledPolicy, ReturnType<typeof askedOf>>();
  for (const { compiled, direction, rule, ports } of rulesWithPorts(resource, context)) {
    const isForAll = direction === 'ingress' && !rule.own;
    const asked = (isForAll ? ofAll.get(compiled) : undefined) ?? askedOf(targetsOf(rule, direction, compiled, connectivity), connectivity);
    if (isForAll) ofAll.set(compiled, asked);
    if (!asked) continue;
    const { action } = rule.rule;
    const amongOthers = direction === 'ingress' && !compiled.policy.namespaced && selectsAll(compiled.policy.subject.namespaces);
    const common = { beside: ports.map(({ port }) => port), action, amongOthers, inVain: `The rule ${verbs[action]} nothing by it.`, ...asked };
    for (const port of ports) yield { ...port, ...common };
  }
}
