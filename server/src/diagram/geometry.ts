import type { SceneEdge, SceneNamespace, SceneNode } from './scene.ts';

/** Where everything stands: pixels, the origin at the top left. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly (Box & { readonly namespace: SceneNamespace })[];
  readonly cards: readonly (Box & { readonly node: SceneNode })[];
  readonly arrows: readonly Arrow[];
  /** Too many arrows for a label each: it is shown for those that are pointed at. */
  readonly dense?: true;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Arrow {
  readonly edge: SceneEdge;
  /** A start, then three points a curve (cubic Béziers); the arrow's head is at the end. */
  readonly path: readonly Point[];
  /** Middle of the label. */
  readonly label: Point;
}

export const cardSize = { width: 176, height: 74 } as const;
export const outsideSize = { width: 104, height: 74 } as const;

/** Most letters of an arrow's label that are drawn. */
export const labelLetters = 34;

export const longest = (text: string, letters: number): string => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

export function edgeLabel({ ports, is, change }: SceneEdge): string {
  // Signs, because colours are not seen by all, nor in every format.
  const sign = change === 'added' ? '+ ' : change === 'removed' ? '− ' : '';
  return `${sign}${ports}${is === 'refused' ? ' refused' : ''}`;
}

/** The frame of an arrow's label. */
export function pillOf({ edge, label }: Arrow): Box {
  const width = Math.max(44, longest(edgeLabel(edge), labelLetters).length * 6.6 + 20);
  return { x: label.x - width / 2, y: label.y - 10, width, height: 20 };
}

export const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** A point of a cubic curve, `t` from 0 to 1. */
export function pointOn([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const [p, q, r, s] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
  return { x: p * a.x + q * b.x + r * c.x + s * d.x, y: p * a.y + q * b.y + r * c.y + s * d.y };
}
