import type { Flow } from '../connectivity/flows.ts';
import { formatPorts, protocols } from '../model/portSet.ts';

export type FlowFormat = 'text' | 'csv' | 'json' | 'md' | 'dot' | 'mermaid';
export const flowFormats: readonly FlowFormat[] = ['text', 'csv', 'json', 'md', 'dot', 'mermaid'];

/** A cell of a CSV file. Source: RFC 4180. */
const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** "TCP 80", "TCP 80 (HTTP GET /public)". */
export const connection = ({ ports, requests = [] }: Pick<Flow, 'ports' | 'requests'>): string =>
  `${formatPorts(ports)}${requests.length > 0 ? ` (${requests.join(', ')})` : ''}`;

/** A flow for programs: `ports` by protocol, each a list of [first, last], both inclusive. */
function record(flow: Flow) {
  const { from, to, ports } = flow;
  const ranges = protocols.map(
    (protocol) => [protocol, ports[protocol].flatMap((first, i, all) => (i % 2 === 0 ? [[first, all[i + 1]]] : []))] as const,
  );
  return { src: from, dst: to, conn: connection(flow), ports: Object.fromEntries(ranges), ...(flow.requests ? { requests: flow.requests } : {}) };
}

const quoted = (text: string): string => JSON.stringify(text);

/** Nodes of a drawing by name, numbered in the order of their first use. */
function numbered(flows: readonly Flow[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { from, to } of flows) for (const name of [from, to]) if (!ids.has(name)) ids.set(name, `n${ids.size}`);
  return ids;
}

/** Nodes of each namespace; those outside under the empty name. */
function byNamespace(ids: ReadonlyMap<string, string>): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const groups = new Map<string, (readonly [string, string])[]>();
  for (const entry of ids) {
    const [name] = entry;
    const namespace = name.includes('/') && name.endsWith(']') && !name.endsWith('[External]') ? name.slice(0, name.indexOf('/')) : '';
    groups.set(namespace, [...(groups.get(namespace) ?? []), entry]);
  }
  return groups;
}

function dot(flows: readonly Flow[]): string {
  const ids = numbered(flows);
  const groups = [...byNamespace(ids)].map(([namespace, nodes], i) => {
    const lines = nodes.map(([name, id]) => `    ${id} [label=${quoted(namespace ? name.slice(namespace.length + 1) : name)}];`);
    return namespace ? [`  subgraph cluster_${i} {`, `    label=${quoted(namespace)};`, ...lines, '  }'].join('\n') : lines.join('\n');
  });
  const edges = flows.map((flow) => `  ${ids.get(flow.from)} -> ${ids.get(flow.to)} [label=${quoted(connection(flow))}];`);
  return ['digraph netpol {', '  rankdir=LR;', '  node [shape=box];', ...groups, ...edges, '}', ''].join('\n');
}

function mermaid(flows: readonly Flow[]): string {
  const ids = numbered(flows);
  const label = (text: string) => `"${text.replaceAll('"', '#quot;')}"`;
  const groups = [...byNamespace(ids)].flatMap(([namespace, nodes], i) => {
    const lines = nodes.map(([name, id]) => `  ${id}[${label(namespace ? name.slice(namespace.length + 1) : name)}]`);
    return namespace ? [`  subgraph g${i}[${label(namespace)}]`, ...lines.map((line) => `  ${line}`), '  end'] : lines;
  });
  return ['flowchart LR', ...groups, ...flows.map((flow) => `  ${ids.get(flow.from)} -->|${label(connection(flow))}| ${ids.get(flow.to)}`), ''].join(
    '\n',
  );
}

const writers: Readonly<Record<FlowFormat, (flows: readonly Flow[]) => string>> = {
  text: (flows) => flows.map((flow) => `${flow.from} => ${flow.to} : ${connection(flow)}\n`).join(''),
  csv: (flows) => `src,dst,conn\n${flows.map((flow) => `${[flow.from, flow.to, connection(flow)].map(cell).join(',')}\n`).join('')}`,
  json: (flows) => `${JSON.stringify(flows.map(record), null, 2)}\n`,
  md: (flows) =>
    `| src | dst | conn |\n| --- | --- | --- |\n${flows.map((flow) => `| ${flow.from} | ${flow.to} | ${connection(flow)} |\n`).join('')}`,
  dot,
  mermaid,
};

/** Flows in the order of their names. */
export const formatFlows = (flows: Iterable<Flow>, format: FlowFormat): string =>
  writers[format]([...flows].sort((a, b) => (a.from === b.from ? (a.to < b.to ? -1 : 1) : a.from < b.from ? -1 : 1)));
