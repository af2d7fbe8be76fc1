import { layoutOf } from './layout.ts';
import type { Scene } from './scene.ts';
import { svgOf } from './svg.ts';

/** Lays a scene out and draws it. Apart from what does not need Graphviz: that is most of a bundle. */
export const draw = async (scene: Scene, title: string): Promise<string> => svgOf(await layoutOf(scene), title);
