/** The page's frame: what stands still. Everything that names something of a manifest is written by the page as text. */

/** What stands in the page, in the editor's language. */
export type Strings = Readonly<
  Record<
    | 'title'
    | 'drawing'
    | 'pin'
    | 'pinTip'
    | 'search'
    | 'filter'
    | 'namespaces'
    | 'protocol'
    | 'direction'
    | 'every'
    | 'ingressRules'
    | 'egressRules'
    | 'dns'
    | 'onlyFile'
    | 'whole'
    | 'compare'
    | 'table'
    | 'export'
    | 'zoom'
    | 'zoomOut'
    | 'zoomIn'
    | 'fit'
    | 'open'
    | 'around'
    | 'expand'
    | 'select'
    | 'unselect'
    | 'remove'
    | 'reach'
    | 'allow'
    | 'swap'
    | 'clear'
    | 'chosen'
    | 'from'
    | 'to'
    | 'ports'
    | 'state'
    | 'rules'
    | 'allowed'
    | 'potential'
    | 'refused'
    | 'denied'
    | 'added'
    | 'removed'
    | 'flows'
    | 'help'
    | 'legendGates'
    | 'legendOpen'
    | 'legendRestricted'
    | 'legendDenied'
    | 'legendFlows'
    | 'legendPotential'
    | 'legendRefused'
    | 'legendCard',
    string
  >
>;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

const style = `
* { box-sizing: border-box; }
html, body { height: 100%; }
body { display: flex; flex-direction: column; margin: 0; padding: 0; overflow: hidden; color: var(--vscode-foreground); background: var(--vscode-editor-background); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size, 13px);
  --line: var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 30%, transparent)); --dim: var(--vscode-descriptionForeground, #888); --card: var(--vscode-editorWidget-background, var(--vscode-editor-background)); --ok: var(--vscode-charts-green, #388a34); --flow: var(--vscode-charts-blue, #1a85ff); --warn: var(--vscode-editorWarning-foreground, #bf8803); --bad: var(--vscode-editorError-foreground, #e51400); --focus: var(--vscode-focusBorder, #005fb8); }
[hidden] { display: none !important; }
header { display: flex; flex-wrap: wrap; gap: 4px 6px; align-items: center; padding: 5px 10px; border-bottom: 1px solid var(--line); }
h1 { flex: 1 1 12em; min-width: 8em; margin: 0; overflow: hidden; font-size: inherit; font-weight: 600; text-overflow: ellipsis; white-space: nowrap; }
button, summary, input[type=search], select { min-height: 24px; padding: 2px 8px; border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 2px; color: var(--vscode-button-secondaryForeground, inherit); background: var(--vscode-button-secondaryBackground, #8882); font: inherit; cursor: pointer; }
input[type=search], select { border-color: var(--vscode-input-border, var(--line)); color: var(--vscode-input-foreground, inherit); background: var(--vscode-input-background, transparent); cursor: auto; }
input[type=search] { width: 9em; }
button[aria-pressed=true] { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
button:focus-visible, summary:focus-visible, input:focus-visible, select:focus-visible, #stage:focus-visible { outline: 1px solid var(--focus); outline-offset: 1px; }
details { position: relative; } summary { list-style: none; } summary::-webkit-details-marker { display: none; }
details > div { position: absolute; z-index: 3; top: 28px; right: 0; display: grid; gap: 6px; width: max-content; max-width: 70vw; max-height: 70vh; overflow: auto; padding: 10px 12px; border: 1px solid var(--line); background: var(--card); box-shadow: 0 2px 8px var(--vscode-widget-shadow, #0004); }
fieldset { display: grid; gap: 2px; margin: 0; padding: 4px 8px; border: 1px solid var(--line); }
label { display: flex; gap: 6px; align-items: center; }
output { min-width: 3.5em; text-align: right; }
#reason { margin: 0; padding: 6px 12px; border-bottom: 1px solid var(--line); }
main { position: relative; flex: 1; min-height: 0; }
#stage { width: 100%; height: 100%; overflow: auto; cursor: grab; }
#stage.panning { cursor: grabbing; user-select: none; }
svg text { fill: var(--vscode-foreground); font-size: 12px; pointer-events: none; }
svg .small { fill: var(--dim); font-size: 11px; } svg .name { font-size: 14px; font-weight: 600; } svg .strong { fill: var(--vscode-foreground); font-weight: 600; } svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
.captions text { stroke: var(--vscode-editor-background); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }
.frame > rect { fill: var(--vscode-sideBar-background, transparent); fill-opacity: .5; stroke: var(--line); }
.card, .arrow, .frame { transition: opacity .15s; } .card { transition: transform .2s ease-out, opacity .15s; cursor: pointer; outline: none; } .arrow { cursor: pointer; outline: none; }
.card .box { fill: var(--card); stroke: var(--line); } .card.potential .box { stroke: var(--dim); stroke-dasharray: 6 4; } .card.namespace .box { stroke-width: 2; }
.card .globe { fill: var(--card); stroke: var(--dim); }
.gate { stroke-width: 4; } .gate.open { stroke: var(--warn); stroke-dasharray: 2 6; } .gate.restricted { stroke: var(--ok); } .gate.denied { stroke: var(--vscode-foreground); }
.hole { fill: var(--vscode-editor-background); stroke: var(--ok); stroke-width: 2; }
.handle { fill: var(--focus); opacity: 0; cursor: crosshair; } .card:hover .handle, .card:focus .handle { opacity: .8; }
.flow { fill: none; stroke: var(--flow); stroke-width: 2; } .potential > .flow { stroke: var(--warn); stroke-dasharray: 7 5; } .refused > .flow { stroke: var(--bad); stroke-dasharray: 2 6; }
.wide { fill: none; stroke: transparent; stroke-width: 14; }
.pill { fill: var(--vscode-editor-background); stroke: var(--flow); } .potential > .pill { stroke: var(--warn); } .refused > .pill { stroke: var(--bad); } svg .label { font-size: 11px; }
.head-allowed { fill: var(--flow); } .head-potential { fill: var(--warn); } .head-refused { fill: var(--bad); } .head-added { fill: var(--ok); } .head-removed { fill: var(--bad); }
.added > .flow { stroke: var(--ok); stroke-width: 3; } .added > .pill { stroke: var(--ok); stroke-width: 2; } .removed > .flow { stroke: var(--bad); stroke-width: 3; stroke-dasharray: 10 6; } .removed > .pill { stroke: var(--bad); stroke-width: 2; }
.card.added .box { stroke: var(--ok); stroke-width: 2; } .card.removed .box { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 10 6; } .card.changed .box { stroke: var(--warn); stroke-width: 2; }
.sign { fill: var(--vscode-editor-background); stroke: var(--bad); stroke-width: 2; } .sign.added { stroke: var(--ok); } .sign.changed { stroke: var(--warn); }
.dense .pill, .dense .label { display: none; } .dense .arrow:hover .pill, .dense .arrow:hover .label, .dense .arrow:focus .pill, .dense .arrow:focus .label { display: inline; } .dense .flow { stroke-opacity: .5; stroke-width: 1.2; }
.arrow:hover .flow, .arrow:focus .flow { stroke-width: 4; stroke-opacity: 1; } .card:focus .box, .card:hover .box { stroke: var(--focus); stroke-width: 2; } .arrow:focus .pill { stroke: var(--focus); stroke-width: 2; }
.card.cursor .box, .card.hit .box { stroke: var(--focus); stroke-width: 3; } .card.chosen .box { stroke: var(--focus); stroke-width: 4; }
.faded { opacity: .35; }
.fresh { animation: appear .25s ease-out; } @keyframes appear { from { opacity: 0; } }
.draft { fill: none; stroke: var(--focus); stroke-width: 2; stroke-dasharray: 4 4; pointer-events: none; }
aside { position: absolute; z-index: 2; bottom: 10px; left: 10px; display: grid; gap: 5px; max-width: min(34em, 90%); max-height: 60%; overflow: auto; padding: 9px 12px; border: 1px solid var(--line); border-radius: 3px; background: var(--card); box-shadow: 0 2px 8px var(--vscode-widget-shadow, #0004); }
#asked { top: 10px; right: 10px; bottom: auto; left: auto; }
aside p { margin: 0; overflow-wrap: anywhere; } aside .title { font-weight: 600; } aside div { display: flex; flex-wrap: wrap; gap: 5px; }
.link { padding: 0; border: none; color: var(--vscode-textLink-foreground, inherit); background: none; text-align: left; text-decoration: underline; overflow-wrap: anywhere; }
#flows { height: 100%; overflow: auto; padding: 8px 12px; } table { border-collapse: collapse; } th, td { padding: 4px 10px; border: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; } caption { padding: 4px; text-align: left; font-weight: 600; }
footer { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center; padding: 4px 10px; border-top: 1px solid var(--line); font-size: 11px; } footer span { display: inline-flex; gap: 5px; align-items: center; } footer svg { flex: none; }
.vscode-high-contrast .faded { opacity: .6; }
@media (prefers-reduced-motion: reduce) { .card, .arrow, .frame { transition: none; } .fresh { animation: none; } }
.vscode-reduce-motion .card, .vscode-reduce-motion .arrow, .vscode-reduce-motion .frame { transition: none; } .vscode-reduce-motion .fresh { animation: none; }`;

const gate = (state: string): string =>
  state === 'restricted'
    ? '<svg width="10" height="16" aria-hidden="true"><path class="gate restricted" d="M5 0V5M5 11V16"/><circle class="hole" cx="5" cy="8" r="3"/></svg>'
    : `<svg width="10" height="16" aria-hidden="true"><path class="gate ${state}" d="M5 0V16"/></svg>`;
const line = (is: string): string => `<svg class="${is}" width="30" height="10" aria-hidden="true"><path class="flow" d="M0 5H30"/></svg>`;

/** `script` and `source` are the address of the page's script and where it comes from, as CSP says it; `nonce` is fresh for each page. */
export function pageHtml({
  strings,
  nonce,
  script,
  source,
}: {
  readonly strings: Strings;
  readonly nonce: string;
  readonly script: string;
  readonly source: string;
}): string {
  const t = Object.fromEntries(Object.entries(strings).map(([key, text]) => [key, escaped(text)])) as unknown as Strings;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}' ${source}">
<title>${t.title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header role="toolbar" aria-label="${t.title}">
<h1 id="title" role="status">${t.drawing}</h1>
<input id="search" type="search" placeholder="${t.search}" aria-label="${t.search}">
<button id="pin" aria-pressed="false" title="${t.pinTip}">${t.pin}</button>
<details id="filters"><summary>${t.filter}</summary><div>
<fieldset><legend>${t.namespaces}</legend><div id="namespaces"></div></fieldset>
<label>${t.protocol} <select id="protocol"><option value="">${t.every}</option><option>TCP</option><option>UDP</option><option>SCTP</option></select></label>
<label>${t.direction} <select id="direction"><option value="">${t.every}</option><option value="ingress">${t.ingressRules}</option><option value="egress">${t.egressRules}</option></select></label>
<label><input id="dns" type="checkbox" checked> ${t.dns}</label>
<label><input id="only-file" type="checkbox"> ${t.onlyFile}</label>
<button id="whole">${t.whole}</button>
</div></details>
<button id="compare" aria-pressed="false">${t.compare}</button>
<button id="table" aria-pressed="false">${t.table}</button>
<button id="export">${t.export}</button>
<output id="zoom" aria-label="${t.zoom}"></output><button id="out" aria-label="${t.zoomOut}">−</button><button id="in" aria-label="${t.zoomIn}">+</button><button id="fit">${t.fit}</button>
</header>
<p id="reason" role="status" hidden></p>
<main>
<div id="stage" tabindex="-1"></div>
<div id="flows" tabindex="0" role="region" aria-label="${t.flows}" hidden></div>
<aside id="details" role="region" aria-live="polite" aria-label="${t.title}" hidden></aside>
<aside id="asked" role="region" aria-live="polite" aria-label="${t.reach}" hidden></aside>
</main>
<footer><span>${t.legendGates}</span><span>${gate('open')} ${t.legendOpen}</span><span>${gate('restricted')} ${t.legendRestricted}</span><span>${gate('denied')} ${t.legendDenied}</span><span>${t.legendFlows}</span><span>${line('allowed')} ${t.allowed}</span><span>${line('potential')} ${t.legendPotential}</span><span>${line('refused')} ${t.legendRefused}</span><span>${t.legendCard}</span><span>${t.help}</span></footer>
<script type="application/json" id="strings">${JSON.stringify(strings).replaceAll('<', '\\u003c')}</script>
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}
