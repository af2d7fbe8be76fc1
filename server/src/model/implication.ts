import { blockAddresses } from './addressSet.ts';
import { difference } from './intervals.ts';
import { memoizedByObject } from './memoized.ts';
import type { Peer, PortRange, Rule } from './policy.ts';
import { allPorts, differenceOf, everyPortOf, isEmpty, isProtocol, noPorts, type PortSet, portRange, protocols, unionOf } from './portSet.ts';
import { everything, nameLabel, type Requirement, type Selector, selectorOf, selectsAll } from './selector.ts';
import { carries } from './workload.ts';

/** Which selectors, peers and rules say no more than others, whatever the cluster holds. False where that cannot be told. */

/** Every set of labels that meets `narrow` meets `wide`. */
function requirementImplies(narrow: Requirement, wide: Requirement): boolean {
  if (narrow.key !== wide.key) return false;
  const values = new Set(wide.values);
  switch (wide.operator) {
    case 'In':
      return narrow.operator === 'In' && narrow.values.every((value) => values.has(value));
    case 'Exists':
      return narrow.operator === 'In' || narrow.operator === 'Exists';
    case 'DoesNotExist':
      return narrow.operator === 'DoesNotExist';
    case 'NotIn':
      if (narrow.operator === 'DoesNotExist') return true;
      if (narrow.operator === 'In') return narrow.values.every((value) => !values.has(value));
      return narrow.operator === 'NotIn' && wide.values.every((value) => narrow.values.includes(value));
    default:
      // Of parts of values only what says the same is known to say no more.
      return narrow.operator === wide.operator && narrow.values[0] === wide.values[0];
  }
}

/** Whatever `narrow` selects, `wide` does too. */
export const selectorImplies = (narrow: Selector, wide: Selector): boolean =>
  wide.requirements.every((asked) => narrow.requirements.some((given) => requirementImplies(given, asked))) &&
  (wide.anyOf ?? []).every((alternatives) => alternatives.some((alternative) => selectorImplies(narrow, alternative)));

/** A peer's namespaces; one that names none means the policy's own. */
const namespacesOf = (peer: Extract<Peer, { is: 'pods' }>, own: string | undefined): Selector | undefined =>
  peer.namespaces ?? (own === undefined ? undefined : selectorOf({ [nameLabel]: own }));

/** Whoever `narrow` means, `wide` does too. Both stand in a policy of the namespace `own`, undefined where nobody knows it. */
export function peerImplies(narrow: Peer, wide: Peer, own: string | undefined): boolean {
  if (narrow.is === 'addresses' && wide.is === 'addresses') {
    const [inner, outer] = [blockAddresses(narrow.cidr, narrow.except), blockAddresses(wide.cidr, wide.except)];
    return inner.length > 0 && difference(inner, outer).length === 0;
  }
  if (narrow.is !== 'pods' || wide.is !== 'pods') return false;
  if (!selectorImplies(narrow.pods ?? everything, wide.pods ?? everything)) return false;
  if (!narrow.namespaces && !wide.namespaces) return true;
  if (wide.namespaces && selectsAll(wide.namespaces)) return true;
  const [inner, outer] = [namespacesOf(narrow, own), namespacesOf(wide, own)];
  return inner !== undefined && outer !== undefined && selectorImplies(inner, outer);
}

/** The ports of one entry as numbers; undefined for one that goes by name. */
function numericPorts({ protocol, port, endPort }: PortRange): PortSet | undefined {
  if (typeof port === 'string') return undefined;
  if (protocol === 'ANY')
    return protocols.reduce(
      (all, one) =>
        unionOf(
          all,
          numericPorts({ protocol: one, ...(port === undefined ? {} : { port }), ...(endPort === undefined ? {} : { endPort }) }) ?? noPorts,
        ),
      noPorts,
    );
  if (!isProtocol(protocol)) return noPorts;
  return port === undefined ? everyPortOf(protocol) : portRange(protocol, port, endPort ?? port);
}

/** What a list of ports says; each list is compared with all others of its policy. */
interface ListedPorts {
  readonly numbers: PortSet;
  /** Those that go by name. */
  readonly names: readonly PortRange[];
  /** Some entry is of a protocol without ports. */
  readonly isOther: boolean;
}

const sumOf = (ports: readonly PortRange[]): PortSet => ports.reduce<PortSet>((all, port) => unionOf(all, numericPorts(port) ?? noPorts), noPorts);

const listedPorts = memoizedByObject((ports: readonly PortRange[]): ListedPorts => {
  const numeric = ports.map(numericPorts);
  return {
    numbers: sumOf(ports),
    names: ports.filter((_, i) => numeric[i] === undefined),
    isOther: numeric.some((one) => one && isEmpty(one)),
  };
});

/** The numeric ports of a list; all where it is empty. */
export const numbersOf = (ports: readonly PortRange[]): PortSet => (ports.length === 0 ? allPorts : listedPorts(ports).numbers);

/** A name stands for a port of its protocol: only all ports of that protocol hold it for certain. */
const nameImplied = ({ protocol, port }: PortRange, others: readonly PortRange[]): boolean =>
  others.some((other) => carries(other.protocol, protocol) && (other.port === undefined || other.port === port));

/** Every entry of a list allows no port that those of another don't; neither list is empty. */
function eachImplied(ports: readonly PortRange[], others: readonly PortRange[]): boolean {
  const { numbers, names, isOther } = listedPorts(ports);
  return !isOther && isEmpty(differenceOf(numbers, listedPorts(others).numbers)) && names.every((name) => nameImplied(name, others));
}

/** One entry allows no port that the others don't. */
export function portImplied(port: PortRange, others: readonly PortRange[]): boolean {
  const own = numericPorts(port);
  if (own === undefined) return nameImplied(port, others);
  return !isEmpty(own) && others.length > 0 && isEmpty(differenceOf(own, sumOf(others)));
}

const portsImply = (narrow: readonly PortRange[], wide: readonly PortRange[]): boolean =>
  wide.length === 0 || (narrow.length > 0 && eachImplied(narrow, wide));

/** Whatever `narrow` allows, `wide` does too. */
export const ruleImplies = (narrow: Rule, wide: Rule, own: string | undefined): boolean =>
  narrow.action === wide.action &&
  !wide.conditions &&
  !wide.own &&
  portsImply(narrow.ports, wide.ports) &&
  (wide.peers.length === 0 || (narrow.peers.length > 0 && narrow.peers.every((peer) => wide.peers.some((other) => peerImplies(peer, other, own)))));
