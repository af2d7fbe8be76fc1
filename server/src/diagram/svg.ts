import type { Direction } from '../model/policy.ts';
import { type Arrow, type Box, edgeLabel, type Layout, labelLetters, longest, type Point, pillOf } from './geometry.ts';
import type { Gate, SceneEdge, SceneNamespace, SceneNode } from './scene.ts';

/** The picture as SVG that stands alone: colours and fonts with it, light or dark as the reader has it. */

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

const round = (value: number): string => String(Math.round(value * 10) / 10);

function textAt(x: number, y: number, text: string, style: string, letters = 100): string {
  const cut = longest(text, letters);
  return `<text x="${round(x)}" y="${round(y)}" class="${style}">${escaped(cut)}${cut === text ? '' : `<title>${escaped(text)}</title>`}</text>`;
}

/** What stands in a frame's corner. */
export function noteOf({ assumed, open }: SceneNamespace): string {
  const deny = open.length === 2 ? 'no default deny' : open.length === 1 ? `no default deny for ${open[0]}` : '';
  return [assumed ? 'assumed' : '', deny].filter(Boolean).join(' · ');
}

function frame({ namespace, x, y, width, height }: Box & { readonly namespace: SceneNamespace }): string {
  const corner = noteOf(namespace);
  return [
    `<g role="group" aria-label="${escaped(`Namespace ${namespace.name}${corner ? `, ${corner}` : ''}`)}">`,
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="8" class="frame"/>`,
    '</g>',
  ].join('');
}

/** What is written on a frame. Above the arrows: some lead across it. */
function captions({ namespace, x, y, width, height }: Box & { readonly namespace: SceneNamespace }): string {
  const corner = noteOf(namespace);
  return [
    '<g aria-hidden="true" class="caption">',
    `<text x="${round(x + 12)}" y="${round(y + 20)}" class="small">namespace <tspan class="strong">${escaped(longest(namespace.name, 60))}</tspan></text>`,
    corner ? `<text x="${round(x + width - 10)}" y="${round(y + height - 10)}" class="small end">${escaped(corner)}</text>` : '',
    '</g>',
  ].join('');
}

/** A card's edge as the gate of a direction: dotted where it stands open, two bars with a hole where rules allow something, one bar where nothing passes. */
function gate(x: number, y: number, height: number, state: Gate): string {
  if (state === 'open') return `<line x1="${round(x)}" y1="${round(y + 5)}" x2="${round(x)}" y2="${round(y + height - 5)}" class="gate open"/>`;
  if (state === 'denied') return `<line x1="${round(x)}" y1="${round(y + 5)}" x2="${round(x)}" y2="${round(y + height - 5)}" class="gate denied"/>`;
  const middle = y + height / 2;
  return [
    `<line x1="${round(x)}" y1="${round(y + 5)}" x2="${round(x)}" y2="${round(middle - 6)}" class="gate restricted"/>`,
    `<line x1="${round(x)}" y1="${round(middle + 6)}" x2="${round(x)}" y2="${round(y + height - 5)}" class="gate restricted"/>`,
    `<circle cx="${round(x)}" cy="${round(middle)}" r="4" class="hole"/>`,
  ].join('');
}

const states: Readonly<Record<Direction, Readonly<Record<Gate, string>>>> = {
  ingress: { open: 'ingress open to all', restricted: 'ingress by rules', denied: 'ingress denied' },
  egress: { open: 'egress open to all', restricted: 'egress by rules', denied: 'egress denied' },
};

/** A node in words: "Deployment web, ingress by rules, egress open to all". */
export const nodeInWords = ({ kind, name, gates, change }: SceneNode): string =>
  [`${kind} ${name}`, ...(change ? [change] : []), ...(gates ? [states.ingress[gates.ingress], states.egress[gates.egress]] : [])].join(', ');

function card({ node, x, y, width, height }: Box & { readonly node: SceneNode }): string {
  const more = node.folded > 0 ? ` +${node.folded}` : '';
  const body =
    node.is === 'outside'
      ? [
          `<circle cx="${round(x + width / 2)}" cy="${round(y + 20)}" r="17" class="globe"/>`,
          `<path d="M${round(x + width / 2 - 17)} ${round(y + 20)}h34M${round(x + width / 2)} ${round(y + 3)}v34" class="globe"/>`,
          textAt(x + width / 2, y + 53, node.name, 'name middle', 16),
          textAt(x + width / 2, y + 68, node.detail, 'small middle', 24),
        ]
      : [
          `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6" class="card ${node.is} ${node.change ?? ''}"/>`,
          textAt(x + 14, y + 19, node.kind, 'small', 20),
          `<text x="${round(x + width - 12)}" y="${round(y + 19)}" class="small end">${escaped(node.pods)}</text>`,
          textAt(x + 14, y + 41, `${node.name}${more}`, 'name', 19),
          textAt(x + 14, y + 61, node.detail, 'small', 26),
          ...(node.gates ? [gate(x, y, height, node.gates.ingress), gate(x + width, y, height, node.gates.egress)] : []),
        ];
  return `<g role="img" aria-label="${escaped(nodeInWords(node))}">${body.join('')}</g>`;
}

const point = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;

/** A flow in words: "web to db, TCP 5432". */
export function edgeInWords({ change, ...edge }: SceneEdge, name: (id: string) => string): string {
  const known = edge.is === 'potential' ? ', not in the workspace' : '';
  return `${name(edge.from)} to ${name(edge.to)}, ${edgeLabel(edge)}${known}${change ? `, ${change}` : ''}`;
}

export function namesOf(cards: Layout['cards']): (id: string) => string {
  const names = new Map(cards.map(({ node }) => [node.id, node.name]));
  return (id) => names.get(id) ?? id;
}

function arrow({ edge, path, label }: Arrow, name: (id: string) => string, dense: boolean): string {
  const [start, ...rest] = path;
  const end = path.at(-1);
  if (!start || !end) return '';
  const curves: string[] = [];
  for (let i = 0; i + 2 < rest.length; i += 3)
    curves.push(`C${point(rest[i] as Point)} ${point(rest[i + 1] as Point)} ${point(rest[i + 2] as Point)}`);
  const text = edgeLabel(edge);
  const pill = pillOf({ edge, path, label });
  const sign = edge.is === 'refused' ? (edge.refusedAt === 'from' ? start : end) : undefined;
  return [
    `<g role="img" aria-label="${escaped(edgeInWords(edge, name))}">`,
    `<path d="M${point(start)}${curves.join('')}" class="flow ${edge.is} ${edge.change ?? ''}" marker-end="url(#head-${edge.change ?? edge.is})"/>`,
    dense
      ? ''
      : `<rect x="${round(pill.x)}" y="${round(pill.y)}" width="${round(pill.width)}" height="${round(pill.height)}" rx="10" class="pill ${edge.is} ${edge.change ?? ''}"/>${textAt(label.x, label.y + 4, text, 'label middle', labelLetters)}`,
    sign
      ? `<g class="no-entry"><circle cx="${round(sign.x)}" cy="${round(sign.y)}" r="8"/><line x1="${round(sign.x - 5)}" y1="${round(sign.y - 5)}" x2="${round(sign.x + 5)}" y2="${round(sign.y + 5)}"/></g>`
      : '',
    '</g>',
  ].join('');
}

const style = `
.netpol{--bg:#fff;--fg:#333;--dim:#6b6b6b;--frame:#f8f8f8;--line:#c8c8c8;--ok:#2e7d32;--flow:#005fb8;--warn:#9a6700;--bad:#c72e0f;font-family:system-ui,-apple-system,"Segoe UI",sans-serif;background:var(--bg)}
@media (prefers-color-scheme:dark){.netpol{--bg:#1f1f1f;--fg:#ddd;--dim:#a0a0a0;--frame:#252526;--line:#4a4a4a;--ok:#73c991;--flow:#4daafc;--warn:#e2c08d;--bad:#f48771}}
.netpol text{fill:var(--fg);font-size:12px}.netpol .small{fill:var(--dim);font-size:11px}.netpol .name{font-size:14px;font-weight:600}.netpol .strong{fill:var(--fg);font-weight:600}
.netpol .caption text{stroke:var(--frame);stroke-width:4px;stroke-linejoin:round;paint-order:stroke}
.netpol .end{text-anchor:end}.netpol .middle{text-anchor:middle}.netpol .frame{fill:var(--frame);stroke:var(--line)}.netpol .card{fill:var(--bg);stroke:var(--line)}.netpol .card.potential{stroke-dasharray:6 4}
.netpol .globe{fill:none;stroke:var(--dim)}.netpol .gate{stroke-width:4}.netpol .gate.open{stroke:var(--warn);stroke-dasharray:2 6}.netpol .gate.restricted{stroke:var(--ok)}.netpol .gate.denied{stroke:var(--fg)}
.netpol .hole{fill:var(--bg);stroke:var(--ok);stroke-width:2}.netpol .flow{fill:none;stroke:var(--flow);stroke-width:2}.netpol .flow.potential{stroke:var(--warn);stroke-dasharray:7 5}.netpol .flow.refused{stroke:var(--bad);stroke-dasharray:2 6}
.netpol .pill{fill:var(--bg);stroke:var(--flow)}.netpol .pill.potential{stroke:var(--warn)}.netpol .pill.refused{stroke:var(--bad)}.netpol .label{font-size:11px}
.netpol .no-entry{fill:var(--bg);stroke:var(--bad);stroke-width:2}.netpol .head-allowed{fill:var(--flow)}.netpol .head-potential{fill:var(--warn)}.netpol .head-refused{fill:var(--bad)}
.netpol .added{stroke:var(--ok);stroke-width:3}.netpol .removed{stroke:var(--bad);stroke-width:3;stroke-dasharray:10 6}.netpol .pill.removed{stroke-dasharray:none}.netpol .changed{stroke:var(--warn);stroke-width:2}.netpol .head-added{fill:var(--ok)}.netpol .head-removed{fill:var(--bad)}`;

const head = (is: string): string =>
  `<marker id="head-${is}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" class="head-${is}"/></marker>`;

const legendHeight = 34;

function legend(y: number): string {
  const parts =
    'gates, left in, right out: dotted open to all · two bars what rules allow · one bar denied.   arrows: solid allowed · dashed potential · dotted one side refuses.   dashed card: not in the workspace.';
  return textAt(20, y + 20, parts, 'small', 300);
}

/** The picture of a layout. `title` names it for readers who cannot see it. */
export function svgOf(layout: Layout, title: string): string {
  const name = namesOf(layout.cards);
  const width = Math.max(layout.width, 640);
  const height = layout.height + legendHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="netpol" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title><style>${style}</style><defs>${['allowed', 'potential', 'refused', 'added', 'removed'].map(head).join('')}</defs>`,
    `<rect width="100%" height="100%" style="fill:var(--bg)"/>`,
    ...layout.frames.map(frame),
    ...layout.cards.map(card),
    ...layout.arrows.map((one) => arrow(one, name, layout.dense === true)),
    ...layout.frames.map(captions),
    legend(layout.height),
    '</svg>\n',
  ].join('\n');
}
