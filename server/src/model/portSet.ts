import { contains, difference, equal, type Intervals, intersection, union } from './intervals.ts';

/** The protocols that Kubernetes policies know, in the order in which they are listed. */
export const protocols = ['SCTP', 'TCP', 'UDP'] as const;
export type Protocol = (typeof protocols)[number];

/** Ports of each protocol, 1–65535. What else an address may be sent (ICMP) is undefined by the API. */
export interface PortSet {
  readonly SCTP: Intervals<number>;
  readonly TCP: Intervals<number>;
  readonly UDP: Intervals<number>;
}

const none: Intervals<number> = [];
const every: Intervals<number> = [1, 65535];

export const noPorts: PortSet = { SCTP: none, TCP: none, UDP: none };
export const allPorts: PortSet = { SCTP: every, TCP: every, UDP: every };

export const isProtocol = (text: string): text is Protocol => text === 'TCP' || text === 'UDP' || text === 'SCTP';

/** A range of one protocol, both ends inclusive. */
export const portRange = (protocol: Protocol, first: number, last: number): PortSet => ({
  ...noPorts,
  [protocol]: first <= last ? [first, last] : none,
});

/** Every port of one protocol. */
export const everyPortOf = (protocol: Protocol): PortSet => ({ ...noPorts, [protocol]: every });

type Operation = (a: Intervals<number>, b: Intervals<number>) => Intervals<number>;
const each = (operation: Operation, a: PortSet, b: PortSet): PortSet => ({
  SCTP: operation(a.SCTP, b.SCTP),
  TCP: operation(a.TCP, b.TCP),
  UDP: operation(a.UDP, b.UDP),
});

export const isEmpty = ({ SCTP, TCP, UDP }: PortSet): boolean => SCTP.length === 0 && TCP.length === 0 && UDP.length === 0;
const isAll = (set: PortSet): boolean => set === allPorts || protocols.every((protocol) => equal(set[protocol], every));

export function unionOf(a: PortSet, b: PortSet): PortSet {
  if (a === allPorts || b === noPorts) return a;
  return b === allPorts || a === noPorts ? b : each(union, a, b);
}

export function intersectionOf(a: PortSet, b: PortSet): PortSet {
  if (a === allPorts || b === noPorts) return b;
  return b === allPorts || a === noPorts ? a : each(intersection, a, b);
}

export function differenceOf(a: PortSet, b: PortSet): PortSet {
  if (b === noPorts || a === noPorts) return a;
  return b === allPorts ? noPorts : each(difference, a, b);
}

export const samePorts = (a: PortSet, b: PortSet): boolean => a === b || protocols.every((protocol) => equal(a[protocol], b[protocol]));

export const hasPort = (set: PortSet, protocol: Protocol, port: number): boolean => contains(set[protocol], port);

/** "80-81,8080", in order. */
const formatRanges = (ranges: Intervals<number>): string => {
  const parts: string[] = [];
  for (let i = 0; i < ranges.length; i += 2) parts.push(ranges[i] === ranges[i + 1] ? String(ranges[i]) : `${ranges[i]}-${ranges[i + 1]}`);
  return parts.join(',');
};

/** "All Connections", or protocols in alphabetical order with their ports: "TCP 80-81,8080,UDP 53". */
export function formatPorts(set: PortSet): string {
  if (isAll(set)) return 'All Connections';
  return protocols.flatMap((protocol) => (set[protocol].length > 0 ? [`${protocol} ${formatRanges(set[protocol])}`] : [])).join(',');
}
