export { LayoutMemory, layoutOf } from './layout.ts';
export { svgOf } from './svg.ts';
