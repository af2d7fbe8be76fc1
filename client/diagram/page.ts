import type { Diagram, DiagramArrow, DiagramCard } from '../../server/src/protocol.ts';
import { Canvas } from './draw.ts';
import { actions, button, byId, paragraph } from './elements.ts';
import { readFilter, showFilter } from './filters.ts';
import { listenToPointer, targetOf } from './gestures.ts';
import type { Strings } from './html.ts';
import { type DiagramChoice, everything, isPageState, isPanelMessage, type PageMessage, type PageState, type ReachAnswer } from './messages.ts';
import { raster } from './raster.ts';
import { tableOf } from './table.ts';

/** The page of the diagram: draws the pictures that the panel sends, and tells it what the user does. */

declare function acquireVsCodeApi(): { postMessage(message: PageMessage): void; getState(): unknown; setState(state: PageState): void };
const vscode = acquireVsCodeApi();

const strings = JSON.parse(byId('strings').textContent ?? '{}') as Strings;
const [stage, flows, details, asked, title, reason] = ['stage', 'flows', 'details', 'asked', 'title', 'reason'].map((id) => byId(id)) as [
  HTMLElement,
  HTMLElement,
  HTMLElement,
  HTMLElement,
  HTMLElement,
  HTMLElement,
];
const [search, zoomLevel] = [byId<HTMLInputElement>('search'), byId<HTMLOutputElement>('zoom')];
const canvas = new Canvas();
stage.append(canvas.svg);

const kept = vscode.getState();
let state: PageState = isPageState(kept) ? kept : { choice: everything, zoom: 0, table: false };
let diagram: Diagram = { title: '' };
let cards = new Map<string, DiagramCard>();
let arrows = new Map<string, DiagramArrow>();
/** Ids of at most two cards. */
let chosen: readonly string[] = [];
let underCursor: ReadonlySet<string> = new Set();
/** How many choices have been sent. */
let choices = 0;
/** What the server last said of a workload. */
let explained: { readonly id: string; readonly lines: readonly string[] } = { id: '', lines: [] };

function keep(change: Partial<PageState>): void {
  state = { ...state, ...change };
  vscode.setState(state);
}

function choose(change: Partial<DiagramChoice>): void {
  keep({ choice: { ...state.choice, ...change } });
  vscode.postMessage({ type: 'choose', choice: state.choice, count: ++choices });
}

// Size

const natural = () => ({ width: diagram.picture?.width ?? 1, height: diagram.picture?.height ?? 1 });

const fitting = (): number => Math.min(1.5, (stage.clientWidth - 4) / natural().width, (stage.clientHeight - 4) / natural().height);

function applyZoom(): void {
  const scale = state.zoom || Math.max(0.02, fitting());
  canvas.svg.setAttribute('width', String(natural().width * scale));
  canvas.svg.setAttribute('height', String(natural().height * scale));
  zoomLevel.value = `${Math.round(scale * 100)} %`;
}

/** Zooms so that what is under a point of the stage, its middle where none is given, stays there. */
function zoomBy(factor: number, at = { x: stage.clientWidth / 2, y: stage.clientHeight / 2 }): void {
  const before = state.zoom || fitting();
  const zoom = Math.min(4, Math.max(0.05, before * factor));
  const [left, top] = [(stage.scrollLeft + at.x) / before, (stage.scrollTop + at.y) / before];
  keep({ zoom });
  applyZoom();
  stage.scrollTo(left * zoom - at.x, top * zoom - at.y);
}

function fit(): void {
  keep({ zoom: 0 });
  applyZoom();
}

// Marks

const touches = (id: string): ReadonlySet<string> =>
  new Set([id, ...[...arrows.values()].flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []))]);

/** Marks what is looked for, what the cursor of the editor is in, and what is chosen; fades the rest where something is meant. */
function mark(): void {
  const words = search.value.trim().toLowerCase();
  const hits = new Set(
    words === ''
      ? []
      : [...cards.values()]
          .filter(({ name, detail, kind, id }) => [name, detail, kind, id].some((text) => text.toLowerCase().includes(words)))
          .map(({ id }) => id),
  );
  const meant = hits.size > 0 || words !== '' ? hits : underCursor;
  const around = new Set([...meant].flatMap((id) => [...touches(id)]));
  for (const card of cards.values()) {
    const group = canvas.elementOf('card', card.id);
    group?.classList.toggle('hit', hits.has(card.id));
    group?.classList.toggle('cursor', underCursor.has(card.id));
    group?.classList.toggle('chosen', chosen.includes(card.id));
    group?.classList.toggle('faded', meant.size > 0 && !around.has(card.id));
    if (chosen.includes(card.id)) group?.setAttribute('aria-pressed', 'true');
    else group?.removeAttribute('aria-pressed');
  }
  for (const { id, from, to } of arrows.values())
    canvas.elementOf('arrow', id)?.classList.toggle('faded', meant.size > 0 && !meant.has(from) && !meant.has(to));
}

// What is said of what is pointed at

function describeCard(card: DiagramCard, lines: readonly string[] = []): void {
  const { id, is, end, place } = card;
  details.dataset.id = id;
  const buttons = [
    ...(place ? [button(strings.open, () => vscode.postMessage({ type: 'open', id }))] : []),
    ...(is === 'namespace' ? [button(strings.expand, () => expand(card))] : []),
    ...(is === 'namespace' ? [] : [button(strings.around, () => choose({ filter: { ...state.choice.filter, around: id } }))]),
    ...(end === undefined && is !== 'potential' ? [] : [button(chosen.includes(id) ? strings.unselect : strings.select, () => toggleChosen(id))]),
  ];
  details.replaceChildren(paragraph(card.says, 'title'), ...lines.map((line) => paragraph(line)), actions(...buttons));
  details.hidden = false;
}

function describeArrow(arrow: DiagramArrow): void {
  const { id, from, to, places } = arrow;
  details.dataset.id = id;
  const rules = places.map(({ name }, rule) => button(name, () => vscode.postMessage({ type: 'open', id, rule }), 'link'));
  const remove =
    arrow.is === 'refused' || arrow.change === 'removed' ? [] : [button(strings.remove, () => vscode.postMessage({ type: 'remove', from, to }))];
  const allow = arrow.is === 'refused' ? [button(strings.allow, () => vscode.postMessage({ type: 'allow', from, to }))] : [];
  details.replaceChildren(paragraph(arrow.says, 'title'), ...rules, actions(...remove, ...allow));
  details.hidden = false;
}

/** Says what a card or an arrow is; nothing where it is gone. */
function describe(id: string): void {
  const [card, arrow] = [cards.get(id), arrows.get(id)];
  if (arrow) describeArrow(arrow);
  else if (card) {
    // What was known of it stays until the answer comes.
    describeCard(card, explained.id === id ? explained.lines : []);
    if (card.is === 'workload') vscode.postMessage({ type: 'explain', id });
  } else details.hidden = true;
}

function pointAt(target: Element): void {
  const id = target.closest<SVGElement>('[data-kind]')?.dataset.id;
  if (id !== undefined && (details.hidden || details.dataset.id !== id)) describe(id);
}

function showAsked(...children: readonly HTMLElement[]): void {
  asked.replaceChildren(...children);
  asked.hidden = children.length === 0;
}

function toggleChosen(id: string): void {
  chosen = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id].slice(-2);
  mark();
  const card = cards.get(details.dataset.id ?? '');
  if (card) describeCard(card);
  const [from, to] = chosen.map((one) => cards.get(one));
  const clear = button(strings.clear, () => {
    chosen = [];
    mark();
    showAsked();
  });
  if (!from) showAsked();
  else if (!to) showAsked(paragraph(from.name, 'title'), paragraph(strings.chosen), actions(clear));
  else {
    showAsked(
      paragraph(`${from.name} → ${to.name}`, 'title'),
      actions(
        ...(from.end === undefined || to.end === undefined
          ? []
          : [button(strings.reach, () => vscode.postMessage({ type: 'reach', from: from.id, to: to.id }))]),
        button(strings.allow, () => vscode.postMessage({ type: 'allow', from: from.id, to: to.id })),
        button(strings.swap, () => {
          const [first = '', second = ''] = chosen;
          chosen = [first];
          toggleChosen(first);
          chosen = [second];
          toggleChosen(first);
        }),
        clear,
      ),
    );
  }
}

function showAnswers(answers: readonly ReachAnswer[]): void {
  let index = 0;
  const parts = answers.flatMap(({ question, allowed, reasons }) => [
    paragraph(`${question}: ${allowed ? strings.allowed : strings.denied}`, 'title'),
    ...reasons.map(({ text, leads }) => {
      const own = index++;
      return leads ? button(text, () => vscode.postMessage({ type: 'reason', index: own }), 'link') : paragraph(text);
    }),
  ]);
  showAsked(...parts, actions(button(strings.clear, () => showAsked())));
}

function expand({ name }: DiagramCard): void {
  choose({ expanded: [...state.choice.expanded, name] });
}

function openTarget(group: SVGElement): void {
  const id = group.dataset.id ?? '';
  const card = cards.get(id);
  if (group.dataset.kind === 'card' && card?.is === 'namespace') expand(card);
  else vscode.postMessage({ type: 'open', id });
}

function removeTarget(group: SVGElement): void {
  const arrow = arrows.get(group.dataset.id ?? '');
  if (group.dataset.kind === 'arrow' && arrow) vscode.postMessage({ type: 'remove', from: arrow.from, to: arrow.to });
}

stage.addEventListener('pointerover', (event) => pointAt(event.target as Element));
stage.addEventListener('focusin', (event) => pointAt(event.target as Element));
listenToPointer(stage, canvas, {
  card: (id) => cards.get(id),
  open: openTarget,
  choose: toggleChosen,
  draw: (from, to) => vscode.postMessage({ type: 'allow', from, to }),
  dismiss() {
    details.hidden = true;
  },
  zoom: zoomBy,
});

// Keyboard: one stop for all of the picture, arrow keys within it

function focusOn(group: SVGElement | undefined): void {
  if (!group) return;
  for (const other of canvas.targets) other.setAttribute('tabindex', other === group ? '0' : '-1');
  group.focus();
}

stage.addEventListener('keydown', (event) => {
  const { targets } = canvas;
  const group = targetOf(event);
  const at = group ? targets.indexOf(group) : -1;
  const to: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowDown: at + 1,
    ArrowLeft: at - 1,
    ArrowUp: at - 1,
    Home: 0,
    End: targets.length - 1,
  };
  const next = to[event.key];
  if (next !== undefined) focusOn(targets[(next + targets.length) % targets.length]);
  else if (group && event.key === 'Enter') openTarget(group);
  else if (group && event.key === ' ' && group.dataset.kind === 'card') toggleChosen(group.dataset.id ?? '');
  else if (group && (event.key === 'Delete' || event.key === 'Backspace')) removeTarget(group);
  else return;
  event.preventDefault();
});
window.addEventListener('keydown', (event) => {
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '+' || event.key === '=') zoomBy(1.25);
  else if (event.key === '-') zoomBy(0.8);
  else if (event.key === '0') fit();
  else if (event.key === 'Escape') for (const panel of [details, asked]) panel.hidden = true;
  else return;
  event.preventDefault();
});

// Toolbar

function showTable(shown: boolean): void {
  keep({ table: shown });
  byId('table').setAttribute('aria-pressed', String(shown));
  flows.hidden = !shown || !diagram.picture;
  stage.hidden = shown || !diagram.picture;
  if (shown && diagram.picture) {
    flows.replaceChildren(
      tableOf(diagram.picture, strings, (id, rule) => vscode.postMessage(rule === undefined ? { type: 'open', id } : { type: 'open', id, rule })),
    );
  } else applyZoom();
}

function showChoice(): void {
  const { filter, pinned, compareWith } = state.choice;
  byId('pin').setAttribute('aria-pressed', String(pinned));
  byId('compare').setAttribute('aria-pressed', String(compareWith !== undefined));
  showFilter(filter, diagram.picture?.namespaces);
}

byId('filters').addEventListener('change', () => choose({ filter: readFilter(state.choice.filter.around) }));
byId('whole').addEventListener('click', () => choose({ filter: {}, expanded: [] }));
byId('pin').addEventListener('click', () => choose({ pinned: !state.choice.pinned }));
byId('compare').addEventListener('click', () => vscode.postMessage({ type: 'compare' }));
byId('export').addEventListener('click', () => vscode.postMessage({ type: 'export' }));
byId('table').addEventListener('click', () => showTable(!state.table));
byId('in').addEventListener('click', () => zoomBy(1.25));
byId('out').addEventListener('click', () => zoomBy(0.8));
byId('fit').addEventListener('click', fit);
search.addEventListener('input', mark);
search.addEventListener('keydown', ({ key }) => {
  if (key === 'Enter') focusOn(canvas.targets.find((target) => target.classList.contains('hit')));
});
window.addEventListener('resize', applyZoom);

// Messages

function show(next: Diagram, choice: DiagramChoice, uri: string | undefined): void {
  diagram = next;
  const isOther = uri !== state.uri;
  if (isOther) {
    // What was looked at in another picture, this one may have by the same name.
    chosen = [];
    details.hidden = true;
    showAsked();
  }
  keep({ choice, ...(uri === undefined ? {} : { uri }) });
  title.textContent = next.title;
  reason.textContent = next.reason ?? '';
  reason.hidden = next.reason === undefined;
  const { picture } = next;
  // Of a picture without a card of the one before nobody has chosen what to look at.
  if (isOther && !picture?.cards.some(({ id }) => cards.has(id))) keep({ zoom: 0 });
  cards = new Map(picture?.cards.map((card) => [card.id, card]));
  arrows = new Map(picture?.arrows.map((arrow) => [arrow.id, arrow]));
  chosen = chosen.filter((id) => cards.has(id));
  if (picture) {
    canvas.show(picture, next.title);
    if (!canvas.targets.some((target) => target.getAttribute('tabindex') === '0')) canvas.targets[0]?.setAttribute('tabindex', '0');
  }
  if (!details.hidden) describe(details.dataset.id ?? '');
  showTable(state.table);
  showChoice();
  mark();
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isPanelMessage(data)) return;
  switch (data.type) {
    case 'diagram':
      // What was sent before the last choice arrived must not undo it: the answer to that follows.
      show(data.diagram, data.knows < choices ? state.choice : data.choice, data.uri);
      break;
    case 'focus':
      underCursor = new Set(data.ids.filter((id) => cards.has(id)));
      mark();
      break;
    case 'explain': {
      const card = cards.get(data.id);
      explained = data;
      if (card && details.dataset.id === data.id) describeCard(card, data.lines);
      break;
    }
    case 'reach':
      showAnswers(data.answers);
      break;
    case 'raster':
      raster(data.svg, data.scale).then(
        (png) => vscode.postMessage({ type: 'png', data: png }),
        () => vscode.postMessage({ type: 'png', data: '' }),
      );
      break;
  }
});
vscode.postMessage({ type: 'ready' });
