import type { Diagram, DiagramFilter } from '../../server/src/protocol.ts';

/** What the diagram's page and the panel that hosts it say to each other. Both sides check what they get. */

/** What is looked at, beside the file: what the user chose in the page. Kept over a reload. */
export interface DiagramChoice {
  readonly filter: DiagramFilter;
  readonly expanded: readonly string[];
  /** Stays with its file, whichever editor is active. */
  readonly pinned: boolean;
  /** A revision of git. */
  readonly compareWith?: string;
}

export const everything: DiagramChoice = { filter: {}, expanded: [], pinned: false };

/** What the page keeps in the state that the editor gives back after a reload. */
export interface PageState {
  readonly uri?: string;
  readonly choice: DiagramChoice;
  /** 0 fits the picture into the window. */
  readonly zoom: number;
  readonly table: boolean;
}

export type PageMessage =
  | { readonly type: 'ready' | 'compare' | 'export' }
  /** The page's `count`th choice. */
  | { readonly type: 'choose'; readonly choice: DiagramChoice; readonly count: number }
  | { readonly type: 'open'; readonly id: string; readonly rule?: number }
  | { readonly type: 'explain'; readonly id: string }
  | { readonly type: 'reach' | 'allow' | 'remove'; readonly from: string; readonly to: string }
  | { readonly type: 'reason'; readonly index: number }
  /** A picture as a data URL, or an empty text where it could not be made. */
  | { readonly type: 'png'; readonly data: string };

export interface ReachAnswer {
  readonly question: string;
  readonly allowed: boolean;
  readonly reasons: readonly { readonly text: string; readonly leads: boolean }[];
}

export type PanelMessage =
  /** `knows`: how many choices of the page have arrived; where it has made more, what it is told of them is out of date. */
  | { readonly type: 'diagram'; readonly diagram: Diagram; readonly uri?: string; readonly choice: DiagramChoice; readonly knows: number }
  | { readonly type: 'focus'; readonly ids: readonly string[] }
  | { readonly type: 'explain'; readonly id: string; readonly lines: readonly string[] }
  | { readonly type: 'reach'; readonly answers: readonly ReachAnswer[] }
  | { readonly type: 'raster'; readonly svg: string; readonly scale: number };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 100_000;
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.length <= 10_000 && value.every(isText);
const isMissing = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);
const oneOf = (values: readonly unknown[]) => (value: unknown) => values.includes(value);
const isIndex = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

function isFilter(value: unknown): value is DiagramFilter {
  if (!isObject(value)) return false;
  return (
    isMissing(value.namespaces, isTexts) &&
    isMissing(value.protocol, oneOf(['TCP', 'UDP', 'SCTP'])) &&
    isMissing(value.direction, oneOf(['ingress', 'egress'])) &&
    isMissing(value.withoutDns, oneOf([true, false])) &&
    isMissing(value.onlyFile, oneOf([true, false])) &&
    isMissing(value.around, isText)
  );
}

function isChoice(value: unknown): value is DiagramChoice {
  if (!isObject(value)) return false;
  const { filter, expanded, pinned, compareWith } = value;
  return isFilter(filter) && isTexts(expanded) && typeof pinned === 'boolean' && isMissing(compareWith, isText);
}

export function isPageState(value: unknown): value is PageState {
  if (!isObject(value)) return false;
  const { uri, choice, zoom, table } = value;
  return isMissing(uri, isText) && isChoice(choice) && typeof zoom === 'number' && typeof table === 'boolean';
}

/** Whether something that arrived in the panel is a message of its page. */
export function isPageMessage(value: unknown): value is PageMessage {
  if (!isObject(value)) return false;
  const { type } = value;
  switch (type) {
    case 'ready':
    case 'compare':
    case 'export':
      return true;
    case 'choose':
      return isChoice(value.choice) && isIndex(value.count);
    case 'open':
      return isText(value.id) && isMissing(value.rule, isIndex);
    case 'explain':
      return isText(value.id);
    case 'reach':
    case 'allow':
    case 'remove':
      return isText(value.from) && isText(value.to);
    case 'reason':
      return isIndex(value.index);
    case 'png':
      return typeof value.data === 'string' && /^(data:image\/png;base64,[\w+/=]*)?$/.test(value.data);
    default:
      return false;
  }
}

/** Whether something that arrived in the page is a message of the panel; what a picture holds is the server's, and typed. */
export function isPanelMessage(value: unknown): value is PanelMessage {
  if (!isObject(value)) return false;
  switch (value.type) {
    case 'diagram':
      return isObject(value.diagram) && isText(value.diagram.title) && isChoice(value.choice) && isIndex(value.knows);
    case 'focus':
      return isTexts(value.ids);
    case 'explain':
      return isText(value.id) && isTexts(value.lines);
    case 'reach':
      return Array.isArray(value.answers);
    case 'raster':
      return typeof value.svg === 'string' && typeof value.scale === 'number';
    default:
      return false;
  }
}
