import type { DiagramArrow, DiagramPicture } from '../../server/src/protocol.ts';
import type { Strings } from './html.ts';

/** The flows of a picture as a table: for those who read better than they see, and for searching. */

function stateOf({ is, refusedAt, from, to, change }: DiagramArrow, strings: Strings, name: (id: string) => string): string {
  const state =
    is === 'refused' ? `${strings.refused}: ${name(refusedAt === 'from' ? from : to)}` : is === 'potential' ? strings.potential : strings.allowed;
  return change === 'added' ? `${state}, ${strings.added}` : change === 'removed' ? `${state}, ${strings.removed}` : state;
}

/** `open` leads to a card's manifest, or to one of an arrow's rules. */
export function tableOf({ cards, arrows }: DiagramPicture, strings: Strings, open: (id: string, rule?: number) => void): HTMLElement {
  const byId = new Map(cards.map((card) => [card.id, card]));
  const name = (id: string) => byId.get(id)?.name ?? id;
  const link = (words: string, act: () => void): HTMLElement => {
    const button = document.createElement('button');
    button.className = 'link';
    button.textContent = words;
    button.addEventListener('click', act);
    return button;
  };
  const end = (id: string): HTMLElement | string => (byId.get(id)?.place ? link(name(id), () => open(id)) : name(id));
  const table = document.createElement('table');
  table.createCaption().textContent = strings.flows;
  const head = table.createTHead().insertRow();
  for (const words of [strings.from, strings.to, strings.ports, strings.state, strings.rules]) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = words;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const arrow of arrows) {
    const row = body.insertRow();
    const rules = document.createElement('span');
    for (const [rule, place] of arrow.places.entries())
      rules.append(
        ...(rule > 0 ? [document.createElement('br')] : []),
        link(place.name, () => open(arrow.id, rule)),
      );
    for (const content of [end(arrow.from), end(arrow.to), arrow.label, stateOf(arrow, strings, name), rules]) row.insertCell().append(content);
  }
  return table;
}
