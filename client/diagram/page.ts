import type { Diagram, DiagramSpot } from '../../server/src/protocol.ts';

/**
 * The page of the diagram: shows the pictures that the panel sends. A picture is an image, so whatever names manifests
 * hold, nothing in it can run or become markup.
 */

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };
const vscode = acquireVsCodeApi();

const picture = document.getElementById('picture') as HTMLImageElement;
const stage = document.getElementById('stage') as HTMLElement;
const spotsLayer = document.getElementById('spots') as HTMLElement;
const says = document.getElementById('says') as HTMLElement;
const zoomLevel = document.getElementById('zoom') as HTMLOutputElement;

/** 1 is the size that the layout gave; 0 fits the picture to the window's width. */
let zoom = 0;

function applyZoom(): void {
  stage.style.width = zoom === 0 ? `min(100%, ${picture.naturalWidth}px)` : `${picture.naturalWidth * zoom}px`;
  const shown = picture.naturalWidth > 0 ? picture.clientWidth / picture.naturalWidth : 1;
  zoomLevel.value = `${Math.round(shown * 100)} %`;
}

function zoomBy(factor: number): void {
  const now = zoom || picture.clientWidth / picture.naturalWidth || 1;
  zoom = Math.min(4, Math.max(0.1, now * factor));
  applyZoom();
}

function fit(): void {
  zoom = 0;
  applyZoom();
}

/** A button over what can be pointed at, for mouse, keyboard and screen reader. */
function spotButton({ x, y, width, height, says: words, places }: DiagramSpot, index: number): HTMLElement {
  const button = document.createElement('button');
  button.className = 'spot';
  button.setAttribute('aria-label', words);
  button.title = [words, ...places.map(({ name }) => name)].join('\n');
  button.disabled = places.length === 0;
  const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
  button.style.left = percent(x, picture.naturalWidth);
  button.style.top = percent(y, picture.naturalHeight);
  button.style.width = percent(width, picture.naturalWidth);
  button.style.height = percent(height, picture.naturalHeight);
  button.addEventListener('click', () => vscode.postMessage({ open: index }));
  return button;
}

let spots: readonly DiagramSpot[] = [];

function show({ title, svg, reason, spots: shown }: Diagram): void {
  says.textContent = reason ?? title;
  stage.hidden = svg === undefined;
  spots = shown ?? [];
  if (svg === undefined) return;
  picture.alt = title;
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

picture.addEventListener('load', () => {
  applyZoom();
  const focused = [...spotsLayer.children].indexOf(document.activeElement as Element);
  spotsLayer.replaceChildren(...spots.map(spotButton));
  if (focused >= 0) (spotsLayer.children[focused] as HTMLElement | undefined)?.focus();
});
window.addEventListener('resize', applyZoom);
document.getElementById('in')?.addEventListener('click', () => zoomBy(1.25));
document.getElementById('out')?.addEventListener('click', () => zoomBy(0.8));
document.getElementById('fit')?.addEventListener('click', fit);
window.addEventListener(
  'wheel',
  (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  },
  { passive: false },
);
window.addEventListener('keydown', ({ key }) => {
  if (key === '+' || key === '=') zoomBy(1.25);
  if (key === '-') zoomBy(0.8);
  if (key === '0') fit();
});
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (typeof data === 'object' && data !== null && 'title' in data) show(data as Diagram);
});
vscode.postMessage('ready');
