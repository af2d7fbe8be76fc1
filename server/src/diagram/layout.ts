import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { type Arrow, type Box, cardSize, type Layout, outsideSize, overlap, type Point, pillOf, pointOn } from './geometry.ts';
import { gridOf } from './grid.ts';
import type { Scene, SceneEdge, SceneNode } from './scene.ts';

/** Moves labels along their arrows to where they cover no card and no other label; those without such a place stay. */
function withClearLabels(layout: Layout): Layout {
  const taken: Box[] = [
    ...layout.cards,
    // What stands in the corners of frames.
    ...layout.frames.flatMap(({ x, y, width, height }) => [
      { x, y, width: Math.min(width, 150), height: 26 },
      { x: x + width - Math.min(width, 120), y: y + height - 24, width: Math.min(width, 120), height: 24 },
    ]),
  ];
  const arrows = layout.arrows.map((arrow) => {
    const along: Point[] = [];
    for (let i = 0; i + 3 < arrow.path.length; i += 3) {
      const curve = arrow.path.slice(i, i + 4) as [Point, Point, Point, Point];
      for (let step = 1; step < 16; step++) along.push(pointOn(curve, step / 16));
    }
    const distance = ({ x, y }: Point) => Math.hypot(x - arrow.label.x, y - arrow.label.y);
    along.sort((a, b) => distance(a) - distance(b));
    const places = [arrow.label, ...along].map((label) => ({ ...arrow, label }));
    const clear = places.find((place) => !taken.some((box) => overlap(pillOf(place), box))) ?? arrow;
    taken.push(pillOf(clear));
    return clear;
  });
  return { ...layout, arrows };
}

const inch = 72;
const quoted = (text: string): string => JSON.stringify(text);

/** The scene in Graphviz' language, left to right, frames as clusters. Only sizes and places matter: texts are drawn elsewhere. */
function source({ namespaces, nodes, edges }: Scene, ghosts: readonly SceneEdge[]): string {
  const size = ({ is }: SceneNode) => (is === 'outside' ? outsideSize : cardSize);
  const nodeLine = (node: SceneNode) => {
    const { width, height } = size(node);
    return `${quoted(node.id)} [width=${(width / inch).toFixed(3)}, height=${(height / inch).toFixed(3)}];`;
  };
  const clusters = namespaces.map(({ name }, i) => {
    const own = nodes.filter(({ namespace }) => namespace === name).map(nodeLine);
    return `subgraph cluster_${i} { margin=30; label=" "; labeljust=l; fontsize=20; ${own.join(' ')} }`;
  });
  const free = nodes.filter(({ namespace }) => namespace === undefined).map(nodeLine);
  const lines = [...edges, ...ghosts].map(({ from, to, ports }, i) => {
    // Room for the pill, which is wider than its text.
    const label = 'x'.repeat(Math.min(40, ports.length + 4));
    const style = i >= edges.length ? ', style=invis' : '';
    return `${quoted(from)} -> ${quoted(to)} [id="e${i}", label=${quoted(label)}, fontsize=13, tailport=e, headport=w${style}];`;
  });
  return `digraph { rankdir=LR; nodesep=0.45; ranksep=0.9; splines=spline; node [shape=box, fixedsize=true, label=""]; ${clusters.join(' ')} ${free.join(' ')} ${lines.join(' ')} }`;
}

interface GraphvizJson {
  readonly bb: string;
  readonly objects?: readonly {
    readonly name: string;
    readonly pos?: string;
    readonly bb?: string;
    readonly width?: string;
    readonly height?: string;
  }[];
  readonly edges?: readonly { readonly id: string; readonly pos: string; readonly lp?: string }[];
}

const numbers = (text: string): readonly number[] => text.split(/[ ,]/).map(Number);

/** The point of a path that is nearest to another, among twenty of each of its curves. */
function nearestOn(path: readonly Point[], to: Point): Point {
  let best = to;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 3 < path.length; i += 3) {
    for (let step = 0; step <= 20; step++) {
      const point = pointOn(path.slice(i, i + 4) as [Point, Point, Point, Point], step / 20);
      const distance = (point.x - to.x) ** 2 + (point.y - to.y) ** 2;
      if (distance < least) [best, least] = [point, distance];
    }
  }
  return best;
}

let loading: Promise<Graphviz> | undefined;

/** Nodes that serve everybody and stand in no frame with others: below the main line, so that their arrows don't draw it apart. */
const standsAside = (node: SceneNode, { nodes }: Scene): boolean =>
  node.kind === 'DNS' && nodes.every((other) => other === node || other.namespace !== node.namespace || other.kind === 'DNS');

/** More than these take Graphviz longer than a second; they are set in rows and columns. */
const mostNodes = 140;
const mostEdges = 350;

/** What keeps things where they stood in the last version: flows that are gone still hold their ends in place until a node comes or goes. */
export class LayoutMemory {
  private nodes = '';
  private edges = new Map<string, SceneEdge>();

  /** Flows of earlier versions that the scene has no more. The scene becomes the last version. */
  ghostsOf({ nodes, edges }: Scene): readonly SceneEdge[] {
    const key = nodes
      .map(({ id }) => id)
      .sort()
      .join('\n');
    if (key !== this.nodes) this.edges = new Map();
    this.nodes = key;
    const pair = ({ from, to }: SceneEdge) => `${from}\n${to}`;
    const present = new Set(edges.map(pair));
    const ghosts = [...this.edges].flatMap(([ends, edge]) => (present.has(ends) ? [] : [edge]));
    for (const edge of edges) this.edges.set(pair(edge), edge);
    return ghosts;
  }
}

/** Lays a scene out. The first call loads Graphviz, which takes a moment. */
export async function layoutOf(scene: Scene, memory = new LayoutMemory()): Promise<Layout> {
  if (scene.nodes.length > mostNodes || scene.edges.length > mostEdges) return gridOf(scene);
  const aside = scene.nodes.filter((node) => standsAside(node, scene));
  const isAside = new Set(aside.map(({ id }) => id));
  const away = new Set(aside.map(({ namespace }) => namespace));
  const ofMain = (edges: readonly SceneEdge[]) => edges.filter(({ from, to }) => !isAside.has(from) && !isAside.has(to));
  const main = await mainLayout(
    {
      namespaces: scene.namespaces.filter(({ name }) => !away.has(name)),
      nodes: scene.nodes.filter(({ id }) => !isAside.has(id)),
      edges: ofMain(scene.edges),
    },
    ofMain(memory.ghostsOf(scene)),
  );
  return withClearLabels(aside.length === 0 ? main : withAside(main, scene, aside));
}

const gap = { frame: 30, row: 70 } as const;

/** Puts nodes below a layout, each in the frame of its namespace, with arrows that come down from the gates. */
function withAside(main: Layout, scene: Scene, aside: readonly SceneNode[]): Layout {
  const step = cardSize.width + 2 * gap.frame + 40;
  const left = Math.max(20, (main.width - step * aside.length) / 2);
  const top = main.height + gap.row;
  const frames: Layout['frames'][number][] = [];
  const cards = aside.map((node, i) => {
    const card = { node, x: left + i * step + gap.frame, y: top + gap.frame + 14, ...cardSize };
    const namespace = scene.namespaces.find(({ name }) => name === node.namespace);
    if (namespace)
      frames.push({ namespace, x: card.x - gap.frame, y: top, width: cardSize.width + 2 * gap.frame, height: cardSize.height + 2 * gap.frame + 14 });
    return card;
  });
  const all = new Map([...main.cards, ...cards].map((card) => [card.node.id, card]));
  const arrows = scene.edges
    .filter(({ to }) => aside.some(({ id }) => id === to))
    .flatMap((edge, i, { length }): Arrow[] => {
      const [from, to] = [all.get(edge.from), all.get(edge.to)];
      if (!from || !to) return [];
      const start = { x: from.x + from.width, y: from.y + from.height / 2 };
      // Each arrow comes in at a place of its own on the card's upper edge.
      const end = { x: to.x + (to.width * (i + 1)) / (length + 1), y: to.y };
      const path = [start, { x: start.x + 50, y: start.y + 90 }, { x: end.x, y: end.y - 110 }, end];
      return [{ edge, path, label: pointOn(path as [Point, Point, Point, Point], 0.62 - 0.1 * (i % 3)) }];
    });
  return {
    width: Math.max(main.width, left + step * aside.length),
    height: top + cardSize.height + 2 * gap.frame + 34,
    frames: [...main.frames, ...frames],
    cards: [...main.cards, ...cards],
    arrows: [...main.arrows, ...arrows],
  };
}

async function mainLayout(scene: Scene, ghosts: readonly SceneEdge[]): Promise<Layout> {
  loading ??= Graphviz.load();
  const graphviz = await loading;
  const result = JSON.parse(graphviz.layout(source(scene, ghosts), 'json', 'dot')) as GraphvizJson;
  const [, , width = 0, height = 0] = numbers(result.bb);
  const margin = 20;
  const at = (x: number, y: number): Point => ({ x: x + margin, y: height - y + margin });
  const objects = new Map((result.objects ?? []).map((object) => [object.name, object]));
  const frames = scene.namespaces.flatMap((namespace, i) => {
    const box = objects.get(`cluster_${i}`)?.bb;
    if (box === undefined) return [];
    const [left = 0, bottom = 0, right = 0, top = 0] = numbers(box);
    return [{ namespace, ...at(left, top), width: right - left, height: top - bottom }];
  });
  const cards = scene.nodes.flatMap((node) => {
    const object = objects.get(node.id);
    if (!object?.pos) return [];
    const [x = 0, y = 0] = numbers(object.pos);
    const { width: w, height: h } = node.is === 'outside' ? outsideSize : cardSize;
    const middle = at(x, y);
    return [{ node, x: middle.x - w / 2, y: middle.y - h / 2, width: w, height: h }];
  });
  const byId = new Map((result.edges ?? []).map((edge) => [edge.id, edge]));
  const arrows = scene.edges.flatMap((edge, i): Arrow[] => {
    const found = byId.get(`e${i}`);
    if (!found) return [];
    const points = found.pos.split(' ');
    const pair = (text: string): Point => {
      const [x = 0, y = 0] = text
        .replace(/^[se],/, '')
        .split(',')
        .map(Number);
      return at(x, y);
    };
    const end = points.find((text) => text.startsWith('e,'));
    const path = points.filter((text) => !/^[se],/.test(text)).map(pair);
    const [x = 0, y = 0] = numbers(found.lp ?? '0,0');
    const whole = end ? [...path.slice(0, -1), pair(end)] : path;
    return [{ edge, path: whole, label: nearestOn(whole, at(x, y)) }];
  });
  return { width: width + 2 * margin, height: height + 2 * margin, frames, cards, arrows };
}
