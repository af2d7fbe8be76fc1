import type { DiagramCard } from '../../server/src/protocol.ts';
import type { Canvas } from './draw.ts';

/** Pointer: click, pan, draw a flow, zoom. */

interface Gestures {
  card(id: string): DiagramCard | undefined;
  /** A click on a card or an arrow. */
  open(group: SVGElement): void;
  /** A click on a card with a modifier key. */
  choose(id: string): void;
  /** A flow was drawn from one card to another. */
  draw(from: string, to: string): void;
  /** A click on empty ground. */
  dismiss(): void;
  /** `at`: the point of the stage that stays where it is. */
  zoom(factor: number, at: { readonly x: number; readonly y: number }): void;
}

/** The card or arrow that an event is about. */
export const targetOf = (event: Event): SVGElement | undefined => (event.target as Element | null)?.closest<SVGElement>('[data-kind]') ?? undefined;

/** Listens to the pointer over the stage, in which the canvas can be scrolled. */
export function listenToPointer(stage: HTMLElement, canvas: Canvas, gestures: Gestures): void {
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const group = targetOf(event);
    const card = group?.dataset.kind === 'card' ? gestures.card(group.dataset.id ?? '') : undefined;
    const start = { x: event.clientX, y: event.clientY, left: stage.scrollLeft, top: stage.scrollTop };
    const draws = card !== undefined && (event.target as Element).classList.contains('handle');
    let moved = false;
    const move = (now: PointerEvent) => {
      moved ||= Math.hypot(now.clientX - start.x, now.clientY - start.y) > 4;
      if (!moved) return;
      if (draws) canvas.draft({ from: [card.x + card.width, card.y + card.height / 2], to: canvas.pointAt(now) });
      else {
        stage.classList.add('panning');
        stage.scrollTo(start.left - (now.clientX - start.x), start.top - (now.clientY - start.y));
      }
    };
    const end = (now: PointerEvent) => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
      stage.classList.remove('panning');
      canvas.draft(undefined);
      if (now.type === 'pointercancel') return;
      if (moved && draws) {
        const other = document.elementFromPoint(now.clientX, now.clientY)?.closest<SVGElement>('[data-kind=card]')?.dataset.id;
        if (other !== undefined && other !== card.id) gestures.draw(card.id, other);
      } else if (!moved && group) {
        if (card && (event.shiftKey || event.ctrlKey || event.metaKey)) gestures.choose(card.id);
        else gestures.open(group);
      } else if (!moved) gestures.dismiss();
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  });
  stage.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = stage.getBoundingClientRect();
      gestures.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, { x: event.clientX - box.left, y: event.clientY - box.top });
    },
    { passive: false },
  );
}
