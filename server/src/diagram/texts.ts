import { edgeLabel } from './geometry.ts';
import type { Scene, SceneEdge, SceneNode } from './scene.ts';

/** The scene in languages that others draw: Mermaid, Graphviz, and as a table. */

const caption = ({ name, detail, is, folded }: SceneNode): string =>
  `${name}${folded > 0 ? ` +${folded}` : ''}${is === 'workload' || detail === '' ? '' : `\n${detail}`}`;

const ids = ({ nodes }: Scene): ReadonlyMap<string, string> => new Map(nodes.map(({ id }, i) => [id, `n${i}`]));

/** Each namespace with its nodes; those outside all of them last, under undefined. */
const groups = ({ namespaces, nodes }: Scene) =>
  [...namespaces.map(({ name }) => name), undefined].map((name) => ({ name, own: nodes.filter(({ namespace }) => namespace === name) }));

/** Mermaid, as GitHub renders it. */
export function mermaidOf(scene: Scene): string {
  const id = ids(scene);
  const label = (text: string): string =>
    `"${text.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;').replaceAll('\n', '<br>')}"`;
  const shape = (node: SceneNode): string => {
    const text = label(caption(node));
    return `${id.get(node.id)}${node.is === 'outside' ? `([${text}])` : `[${text}]`}`;
  };
  const arrows: Readonly<Record<SceneEdge['is'], string>> = { allowed: '-->', potential: '-.->', refused: '--x' };
  const lines = groups(scene).flatMap(({ name, own }, i) => {
    if (own.length === 0) return [];
    const inner = own.map((node) => `    ${shape(node)}`);
    return name === undefined ? inner : [`  subgraph g${i}[${label(name)}]`, ...inner, '  end'];
  });
  const edges = scene.edges.map((edge) => `  ${id.get(edge.from)} ${arrows[edge.is]}|${label(edgeLabel(edge))}| ${id.get(edge.to)}`);
  const dashed = scene.nodes.filter(({ is }) => is === 'potential').map(({ id: own }) => id.get(own));
  return [
    'flowchart LR',
    ...lines,
    ...edges,
    ...(dashed.length > 0 ? ['  classDef potential stroke-dasharray: 5 5', `  class ${dashed.join(',')} potential`] : []),
    '',
  ].join('\n');
}

/** Graphviz' language. */
export function dotOf(scene: Scene): string {
  const id = ids(scene);
  const text = (value: string): string => JSON.stringify(value);
  const styles: Readonly<Record<SceneEdge['is'], string>> = { allowed: 'solid', potential: 'dashed', refused: 'dotted' };
  const node = (one: SceneNode): string =>
    `${id.get(one.id)} [label=${text(caption(one))}${one.is === 'potential' ? ', style=dashed' : ''}${one.is === 'outside' ? ', shape=ellipse' : ''}];`;
  const lines = groups(scene).flatMap(({ name, own }, i) => {
    if (own.length === 0) return [];
    const inner = own.map((one) => `    ${node(one)}`);
    return name === undefined ? inner : [`  subgraph cluster_${i} {`, `    label=${text(name)};`, ...inner, '  }'];
  });
  const edges = scene.edges.map(
    (edge) =>
      `  ${id.get(edge.from)} -> ${id.get(edge.to)} [label=${text(edgeLabel(edge))}, style=${styles[edge.is]}${edge.is === 'refused' ? ', arrowhead=tee' : ''}];`,
  );
  return ['digraph netpol {', '  rankdir=LR;', '  node [shape=box];', ...lines, ...edges, '}', ''].join('\n');
}

const words: Readonly<Record<SceneEdge['is'], string>> = { allowed: 'allowed', potential: 'allowed, not in the workspace', refused: 'refused' };

/** A Markdown table of the flows. */
export function tableOf({ nodes, edges }: Scene): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const name = (id: string): string => {
    const node = byId.get(id);
    const text = node
      ? `${node.namespace === undefined ? '' : `${node.namespace}/`}${node.name}${node.is === 'outside' && node.detail ? ` (${node.detail})` : ''}`
      : id;
    return text.replaceAll('|', '\\|');
  };
  const rows = edges.map(({ from, to, ports, is, refusedAt, change }) => {
    const state = is === 'refused' ? `refused by ${refusedAt === 'from' ? name(from) : name(to)}` : words[is];
    return `| ${name(from)} | ${name(to)} | ${ports} | ${state}${change ? `, ${change}` : ''} |`;
  });
  return ['| from | to | ports | |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}
