import type { DiagramArrow, DiagramCard, DiagramFrame, DiagramGate, DiagramPicture } from '../../server/src/protocol.ts';

/** Draws a picture as SVG elements. Texts of manifests are only ever text nodes and attribute values. */

const namespace = 'http://www.w3.org/2000/svg';

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes = {}, ...children: readonly (Element | string)[]): SVGElement {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

const cut = (text: string, letters: number): string => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

const text = (x: number, y: number, content: string, style: string, letters: number): SVGElement =>
  element('text', { x, y, class: style }, cut(content, letters));

function gate(x: number, height: number, state: DiagramGate): readonly SVGElement[] {
  if (state !== 'restricted') return [element('line', { x1: x, y1: 5, x2: x, y2: height - 5, class: `gate ${state}` })];
  const middle = height / 2;
  return [
    element('line', { x1: x, y1: 5, x2: x, y2: middle - 6, class: 'gate restricted' }),
    element('line', { x1: x, y1: middle + 6, x2: x, y2: height - 5, class: 'gate restricted' }),
    element('circle', { cx: x, cy: middle, r: 4, class: 'hole' }),
  ];
}

/** What is written on a card, in the order of its texts, and then what its gates say: who speaks to the editor says what they see. */
function cardInWords({ is, kind, name, pods, detail, says }: DiagramCard): string {
  const written = (is === 'outside' ? [name, detail] : [kind, name, pods, detail]).filter(Boolean).join(' ');
  const [, ...gates] = says.split(', ingress ');
  return gates.length > 0 ? `${written}, ingress ${gates.at(-1)}` : written;
}

/** A sign of its own for what came and what went: colours are not seen by all. */
function changeSign(x: number, y: number, change: DiagramCard['change']): readonly SVGElement[] {
  const sign = change === 'added' ? '+' : change === 'removed' ? '−' : change === 'changed' ? '±' : '';
  return sign === '' ? [] : [element('circle', { cx: x, cy: y, r: 9, class: `sign ${change}` }), text(x, y + 5, sign, 'name middle', 1)];
}

function cardParts(card: DiagramCard): readonly SVGElement[] {
  const { width, height } = card;
  if (card.is === 'outside') {
    const x = width / 2;
    return [
      element('rect', { width, height, rx: 6, fill: 'transparent' }),
      element('circle', { cx: x, cy: 20, r: 17, class: 'globe box' }),
      element('path', { d: `M${x - 17} 20h34M${x} 3v34`, class: 'globe' }),
      text(x, 53, card.name, 'name middle', 16),
      text(x, 68, card.detail, 'small middle', 24),
      ...changeSign(width, 0, card.change),
    ];
  }
  return [
    element('rect', { width, height, rx: 6, class: 'box' }),
    text(14, 19, card.kind, 'small', 20),
    text(14, 41, card.name, 'name', 19),
    text(width - 12, 19, card.pods, 'small end', 12),
    text(14, 61, card.detail, 'small', 26),
    ...(card.gates ? [...gate(0, height, card.gates.ingress), ...gate(width, height, card.gates.egress)] : []),
    ...(card.is === 'workload' ? [element('circle', { cx: width, cy: height / 2, r: 7, class: 'handle' })] : []),
    ...changeSign(width, 0, card.change),
  ];
}

function pathOf(points: readonly number[]): string {
  const [x = 0, y = 0] = points;
  let path = `M${x} ${y}`;
  for (let i = 2; i + 5 < points.length; i += 6) path += `C${points.slice(i, i + 6).join(' ')}`;
  return path;
}

function arrowParts(arrow: DiagramArrow): readonly SVGElement[] {
  const { path, pill, label, is, refusedAt, change } = arrow;
  const d = pathOf(path);
  const [x, y] = refusedAt === 'from' ? path.slice(0, 2) : path.slice(-2);
  const sign =
    refusedAt === undefined || x === undefined || y === undefined
      ? []
      : [element('circle', { cx: x, cy: y, r: 8, class: 'sign' }), element('line', { x1: x - 5, y1: y - 5, x2: x + 5, y2: y + 5, class: 'sign' })];
  return [
    element('path', { d, class: 'wide' }),
    element('path', { d, class: 'flow', 'marker-end': `url(#head-${change ?? is})` }),
    element('rect', { x: pill.x, y: pill.y, width: pill.width, height: pill.height, rx: 10, class: 'pill' }),
    text(pill.x + pill.width / 2, pill.y + 14, label, 'label middle', 34),
    ...sign,
  ];
}

const frameParts = ({ x, y, width, height }: DiagramFrame): readonly SVGElement[] => [element('rect', { x, y, width, height, rx: 8 })];

/** What is written on a frame. Above the arrows: some lead across it. */
function captionParts({ x, y, width, height, name, note }: DiagramFrame): readonly SVGElement[] {
  const title = element('text', { x: x + 12, y: y + 20, class: 'small' }, 'namespace ');
  title.append(element('tspan', { class: 'strong' }, cut(name, 60)));
  return [title, text(x + width - 10, y + height - 10, note, 'small end', 80)];
}

const markers = ['allowed', 'potential', 'refused', 'added', 'removed'].map((is) =>
  element(
    'marker',
    { id: `head-${is}`, viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 9, markerHeight: 9, markerUnits: 'userSpaceOnUse', orient: 'auto' },
    element('path', { d: 'M0 0L10 5L0 10z', class: `head-${is}` }),
  ),
);

interface Drawn {
  readonly group: SVGElement;
  /** What it was drawn from. */
  made: string;
}

/** The drawing of one picture after another: what is in both stays the same element and moves to its new place. */
export class Canvas {
  readonly svg: SVGElement;
  private readonly frames = element('g');
  private readonly arrows = element('g');
  private readonly cards = element('g');
  private readonly captions = element('g', { class: 'captions', 'aria-hidden': 'true' });
  private readonly drawn = new Map<string, Drawn>();
  private width = 1;

  constructor() {
    this.svg = element('svg', { role: 'group' });
    this.svg.append(element('defs', {}, ...markers), this.frames, this.arrows, this.captions, this.cards);
  }

  show(picture: DiagramPicture, title: string): void {
    this.width = picture.width;
    this.svg.setAttribute('viewBox', `0 0 ${picture.width} ${picture.height}`);
    this.svg.setAttribute('aria-label', title);
    this.svg.classList.toggle('dense', picture.dense);
    const first = this.drawn.size === 0;
    const present = new Set<string>();
    const keep = (key: string, parent: SVGElement, model: object, make: () => readonly SVGElement[], words: string): SVGElement => {
      present.add(key);
      const made = JSON.stringify(model);
      let found = this.drawn.get(key);
      if (!found) {
        found = { group: element('g'), made: '' };
        this.drawn.set(key, found);
        parent.append(found.group);
        if (!first) found.group.classList.add('fresh');
      }
      if (found.made !== made) {
        found.made = made;
        // Blanks between the texts, for those who have them read out.
        found.group.replaceChildren(...make().flatMap((part) => [part, ' ']));
        found.group.setAttribute('aria-label', words);
      }
      return found.group;
    };
    for (const frame of picture.frames) {
      const group = keep(
        `f ${frame.name}`,
        this.frames,
        frame,
        () => frameParts(frame),
        [`namespace ${frame.name}`, frame.note].filter(Boolean).join(', '),
      );
      group.setAttribute('class', 'frame');
      group.setAttribute('role', 'group');
      // Its words are the group's label.
      keep(`t ${frame.name}`, this.captions, frame, () => captionParts(frame), '').removeAttribute('aria-label');
    }
    for (const card of picture.cards) {
      // Where it stands is not part of how it looks.
      const { x, y, place: _, ...look } = card;
      const group = keep(`c ${card.id}`, this.cards, look, () => cardParts(card), cardInWords(card));
      this.asButton(group, `card ${card.is} ${card.change ?? ''}`, 'card', card.id);
      group.style.transform = `translate(${x}px, ${y}px)`;
    }
    for (const arrow of picture.arrows) {
      const { places: _, ...look } = arrow;
      const group = keep(`a ${arrow.id}`, this.arrows, look, () => arrowParts(arrow), arrow.says);
      this.asButton(group, `arrow ${arrow.is} ${arrow.change ?? ''}`, 'arrow', arrow.id);
    }
    for (const [key, { group }] of this.drawn) {
      if (present.has(key)) continue;
      group.remove();
      this.drawn.delete(key);
    }
  }

  private asButton(group: SVGElement, style: string, kind: string, id: string): void {
    const kept = ['fresh', 'cursor', 'hit', 'chosen', 'faded'].filter((name) => group.classList.contains(name));
    group.setAttribute('class', [style.trim(), ...kept].join(' '));
    group.setAttribute('role', 'button');
    if (!group.hasAttribute('tabindex')) group.setAttribute('tabindex', '-1');
    group.dataset.kind = kind;
    group.dataset.id = id;
  }

  /** The elements of cards and arrows, cards first. */
  get targets(): readonly SVGElement[] {
    return [...this.cards.children, ...this.arrows.children] as SVGElement[];
  }

  elementOf(kind: 'card' | 'arrow', id: string): SVGElement | undefined {
    return this.drawn.get(`${kind === 'card' ? 'c' : 'a'} ${id}`)?.group;
  }

  /** A point of the window in the picture's own pixels. */
  pointAt({ clientX, clientY }: PointerEvent): readonly [number, number] {
    const box = this.svg.getBoundingClientRect();
    const scale = box.width / this.width;
    return [(clientX - box.left) / scale, (clientY - box.top) / scale];
  }

  /** A line while a flow is being drawn; undefined ends it. */
  draft(line: { readonly from: readonly [number, number]; readonly to: readonly [number, number] } | undefined): void {
    this.svg.querySelector('.draft')?.remove();
    if (line) this.svg.append(element('path', { d: `M${line.from.join(' ')}L${line.to.join(' ')}`, class: 'draft' }));
  }
}
