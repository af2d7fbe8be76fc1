import { type Arrow, type Box, cardSize, type Layout, outsideSize, type Point, pointOn } from './geometry.ts';
import type { Scene, SceneNode } from './scene.ts';

/** A layout in rows and columns, for scenes that are too large to be drawn by their flows: made in time that grows with their size alone. */

const gap = { card: 36, frame: 34, head: 34, side: 150, margin: 20 } as const;

interface Placed {
  readonly cards: (Box & { readonly node: SceneNode })[];
  readonly frames: Layout['frames'][number][];
  width: number;
  height: number;
}

/** Cards of one frame as a block, the origin at its top left. */
function block(nodes: readonly SceneNode[]): { readonly columns: number; readonly width: number; readonly height: number } {
  const columns = Math.max(1, Math.ceil(Math.sqrt(nodes.length * 0.5)));
  const rows = Math.ceil(nodes.length / columns);
  return {
    columns,
    width: columns * (cardSize.width + gap.card * 2) + gap.frame,
    height: rows * (cardSize.height + gap.card) + gap.head + gap.frame - gap.card / 2,
  };
}

/** Frames side by side until a row is as wide as the picture is to be high. */
function frames(scene: Scene, left: number): Placed {
  const groups = [...scene.namespaces, undefined]
    .map((namespace) => ({ namespace, nodes: scene.nodes.filter((node) => node.namespace === namespace?.name && node.is !== 'outside') }))
    .filter(({ nodes }) => nodes.length > 0)
    .map((group) => ({ ...group, ...block(group.nodes) }));
  const area = groups.reduce((sum, { width, height }) => sum + (width + gap.frame) * (height + gap.frame), 0);
  const widest = Math.max(Math.sqrt(area * 1.6), ...groups.map(({ width }) => width));
  const placed: Placed = { cards: [], frames: [], width: left, height: gap.margin };
  let [x, y, rowHeight]: [number, number, number] = [left, gap.margin, 0];
  for (const { namespace, nodes, columns, width, height } of groups) {
    if (x > left && x + width > left + widest) [x, y, rowHeight] = [left, y + rowHeight + gap.frame, 0];
    if (namespace) placed.frames.push({ namespace, x, y, width, height });
    for (const [i, node] of nodes.entries()) {
      placed.cards.push({
        node,
        x: x + gap.frame + (i % columns) * (cardSize.width + gap.card * 2),
        y: y + gap.head + Math.floor(i / columns) * (cardSize.height + gap.card),
        ...cardSize,
      });
    }
    placed.width = Math.max(placed.width, x + width);
    placed.height = Math.max(placed.height, y + height);
    rowHeight = Math.max(rowHeight, height);
    x += width + gap.frame;
  }
  return placed;
}

/** Nodes outside as a column. */
const column = (nodes: readonly SceneNode[], x: number, height: number): readonly (Box & { readonly node: SceneNode })[] =>
  nodes.map((node, i) => ({
    node,
    x,
    y: Math.max(gap.margin, (height - nodes.length * (outsideSize.height + gap.card)) / 2) + i * (outsideSize.height + gap.card),
    ...outsideSize,
  }));

/** Sources stand at the left, destinations at the right, namespaces between them. */
export function gridOf(scene: Scene): Layout {
  const outside = scene.nodes.filter(({ is }) => is === 'outside');
  const sources = outside.filter(({ id }) => scene.edges.some(({ from }) => from === id));
  const destinations = outside.filter((node) => !sources.includes(node));
  const middle = frames(scene, gap.margin + (sources.length > 0 ? outsideSize.width + gap.side : 0));
  const height = Math.max(middle.height, ...[sources, destinations].map(({ length }) => length * (outsideSize.height + gap.card))) + gap.margin;
  const right = middle.width + gap.side;
  const cards = [...column(sources, gap.margin, height), ...middle.cards, ...column(destinations, right, height)];
  const byId = new Map(cards.map((card) => [card.node.id, card]));
  const arrows = scene.edges.flatMap((edge): Arrow[] => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    if (!from || !to) return [];
    const start = { x: from.x + from.width, y: from.y + from.height / 2 };
    const end = { x: to.x, y: to.y + to.height / 2 };
    const bend = Math.max(40, Math.abs(end.x - start.x) / 3);
    const path: [Point, Point, Point, Point] = [start, { x: start.x + bend, y: start.y }, { x: end.x - bend, y: end.y }, end];
    return [{ edge, path, label: pointOn(path, 0.5) }];
  });
  return {
    width: (destinations.length > 0 ? right + outsideSize.width : middle.width) + gap.margin,
    height,
    frames: middle.frames,
    cards,
    arrows,
    dense: true,
  };
}
