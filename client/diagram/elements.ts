/** The elements that the page is made of. */

/** An element of the page's own markup; it must be there. */
export const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

export function button(words: string, act: () => void, style = ''): HTMLButtonElement {
  const made = document.createElement('button');
  made.textContent = words;
  if (style !== '') made.className = style;
  made.addEventListener('click', act);
  return made;
}

export function paragraph(words: string, style = ''): HTMLElement {
  const made = document.createElement('p');
  made.textContent = words.length > 600 ? `${words.slice(0, 599)}…` : words;
  if (style !== '') made.className = style;
  return made;
}

export function actions(...buttons: readonly HTMLButtonElement[]): HTMLElement {
  const made = document.createElement('div');
  made.append(...buttons);
  return made;
}
