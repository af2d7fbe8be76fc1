import { layoutOf } from './layout.ts';
import type { Scene } from './scene.ts';
import { type Spot, spotsOf, svgOf } from './svg.ts';

export interface Picture {
  readonly svg: string;
  readonly spots: readonly Spot[];
}

/** Lays a scene out and draws it. Apart from what does not need Graphviz: that is most of a bundle. */
export async function draw(scene: Scene, title: string): Promise<Picture> {
  const layout = await layoutOf(scene);
  return { svg: svgOf(layout, title), spots: spotsOf(layout) };
}
