import type {
  CallHierarchyItem,
  CodeAction,
  CodeLens,
  CompletionItem,
  Range,
  SelectionRange,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { TextDocument as Text } from 'vscode-languageserver-textdocument';
import { parseAllDocuments } from 'yaml';
import {
  type DiagramEditResult,
  type DiagramExportResult,
  type DiagramResult,
  diagramEditRequest,
  diagramExplainRequest,
  diagramExportRequest,
  diagramFocusRequest,
  diagramRequest,
  type EndsResult,
  endsRequest,
  type NewPoliciesResult,
  newPoliciesRequest,
  type ReachResult,
  reachRequest,
} from '../../server/src/protocol.ts';

/** A text that is open in a server, and how to ask about it. */
export interface Asked {
  readonly uri: string;
  readonly text: TextDocument;
  /** A random integer from 0 to a limit, exclusive. */
  below(limit: number): number;
  /** Throws where no answer comes in time. */
  ask<T>(method: string, params: object): Promise<T>;
  fail(what: string): never;
}

export function isInside({ start, end }: Range, text: TextDocument): boolean {
  return (
    start.line >= 0 &&
    (start.line < end.line || (start.line === end.line && start.character <= end.character)) &&
    end.line < text.lineCount &&
    text.offsetAt(end) <= text.getText().length &&
    text.positionAt(text.offsetAt(end)).character === end.character
  );
}

const isRange = (value: object): value is Range =>
  'start' in value && 'end' in value && typeof value.start === 'object' && value.start !== null && 'line' in value.start;

/** Fails where some range of an answer, however deep, lies outside the text. */
function expectInside(what: string, answer: unknown, asked: Asked): void {
  if (typeof answer !== 'object' || answer === null) return;
  if (isRange(answer) && !isInside(answer, asked.text)) asked.fail(`${what}: ${JSON.stringify(answer)} lies outside the text`);
  for (const part of Object.values(answer)) expectInside(what, part, asked);
}

function applied(what: string, edits: readonly TextEdit[], asked: Asked): string {
  expectInside(what, edits, asked);
  try {
    return Text.applyEdits(asked.text, [...edits]);
  } catch (error) {
    return asked.fail(`${what} cannot be made: ${String(error)}`);
  }
}

/** The text after an edit of the workspace. Fails where the edit reaches outside of it, or cannot be made. */
function textAfterEdit(what: string, edit: WorkspaceEdit | undefined, asked: Asked): string {
  const edits = (edit?.documentChanges ?? []).flatMap((change) =>
    'edits' in change && change.textDocument.uri === asked.uri ? (change.edits as TextEdit[]) : [],
  );
  return applied(what, edits, asked);
}

/** The text after one of the actions that are offered for a range. */
export async function textAfterActions(range: Range, only: readonly string[] | undefined, asked: Asked): Promise<string | undefined> {
  const actions = await asked.ask<CodeAction[] | null>('textDocument/codeAction', {
    textDocument: { uri: asked.uri },
    range,
    context: { diagnostics: [], ...(only ? { only } : {}) },
  });
  return (actions ?? []).map(({ title, edit }) => textAfterEdit(`"${title}"`, edit, asked)).at(asked.below(actions?.length || 1));
}

const chosen = <T>(list: readonly T[], asked: Asked): T | undefined => list[asked.below(list.length || 1)];
const place = (asked: Asked) => asked.text.positionAt(asked.below(asked.text.getText().length + 1));
const ofFile = (asked: Asked) => ({ textDocument: { uri: asked.uri } });
const atPlace = (asked: Asked) => ({ ...ofFile(asked), position: place(asked) });

const hasPlaces = ['hover', 'definition', 'references', 'documentHighlight', 'linkedEditingRange'] as const;
const hasFile = ['documentSymbol', 'foldingRange', 'documentLink', 'semanticTokens/full'] as const;

/** What an editor asks, each at a random place of the text, with what it asks next of the answer. Fails where an answer is wrong in itself. */
export const questions: readonly ((asked: Asked) => Promise<void>)[] = [
  ...hasPlaces.map((name) => async (asked: Asked) => {
    expectInside(name, await asked.ask(`textDocument/${name}`, { ...atPlace(asked), context: { includeDeclaration: true } }), asked);
  }),
  ...hasFile.map((name) => async (asked: Asked) => {
    expectInside(name, await asked.ask(`textDocument/${name}`, ofFile(asked)), asked);
  }),
  async (asked) => {
    const items = (await asked.ask<CompletionItem[] | null>('textDocument/completion', atPlace(asked))) ?? [];
    for (const { label, textEdit, additionalTextEdits = [] } of items) {
      const own = textEdit && 'range' in textEdit ? [textEdit] : [];
      applied(`completion of ${label}`, [...own, ...additionalTextEdits], asked);
    }
    const item = chosen(items, asked);
    if (item) await asked.ask('completionItem/resolve', item);
  },
  async (asked) => {
    const lenses = (await asked.ask<CodeLens[] | null>('textDocument/codeLens', ofFile(asked))) ?? [];
    expectInside('codeLens', lenses, asked);
    const lens = lenses.find(({ data }) => data !== undefined);
    if (lens) await asked.ask('codeLens/resolve', lens);
  },
  async (asked) => {
    const range = { start: { line: 0, character: 0 }, end: place(asked) };
    expectInside('inlayHint', await asked.ask('textDocument/inlayHint', { ...ofFile(asked), range }), asked);
  },
  async (asked) => {
    const [found] = (await asked.ask<SelectionRange[] | null>('textDocument/selectionRange', { ...ofFile(asked), positions: [place(asked)] })) ?? [];
    expectInside('selectionRange', found, asked);
    for (let one = found; one?.parent; one = one.parent) {
      const [inner, outer] = [one.range, one.parent.range].map(({ start, end }) => [asked.text.offsetAt(start), asked.text.offsetAt(end)] as const);
      if (!inner || !outer || outer[0] > inner[0] || outer[1] < inner[1]) asked.fail(`a selection grows out of itself: ${JSON.stringify(found)}`);
    }
  },
  async (asked) => {
    const items = (await asked.ask<CallHierarchyItem[] | null>('textDocument/prepareCallHierarchy', atPlace(asked))) ?? [];
    expectInside('prepareCallHierarchy', items, asked);
    for (const item of items)
      for (const side of ['incomingCalls', 'outgoingCalls']) expectInside(side, await asked.ask(`callHierarchy/${side}`, { item }), asked);
  },
  async (asked) => {
    const at = atPlace(asked);
    const target = await asked.ask<{ range: Range; placeholder: string } | null>('textDocument/prepareRename', at);
    expectInside('prepareRename', target, asked);
    if (target) textAfterEdit(`renaming ${target.placeholder}`, await asked.ask('textDocument/rename', { ...at, newName: 'renamed' }), asked);
  },
  // Much hangs on the place of the cursor.
  ...Array.from({ length: 4 }, () => async (asked: Asked) => {
    const start = place(asked);
    await textAfterActions({ start, end: start }, undefined, asked);
  }),
  async (asked) => {
    const filters = [{}, { direction: 'ingress' }, { protocol: 'UDP', withoutDns: true }, { onlyFile: true }, { namespaces: ['shop'] }];
    const drawn = await asked.ask<DiagramResult>(diagramRequest, { uri: asked.uri, filter: chosen(filters, asked) });
    if (!drawn) return;
    const { cards = [], arrows = [], frames = [] } = drawn.picture ?? {};
    const numbers = [
      ...[...cards, ...frames, ...arrows.map(({ pill }) => pill)].flatMap(({ x, y, width, height }) => [x, y, width, height]),
      ...arrows.flatMap(({ path }) => path),
    ];
    if (!numbers.every(Number.isFinite)) asked.fail(`a picture that cannot be drawn: ${JSON.stringify(drawn.picture)}`);
    const ids = new Set(cards.map(({ id }) => id));
    if (arrows.some(({ from, to }) => !ids.has(from) || !ids.has(to))) asked.fail('an arrow without one of its cards');
    const { line, character } = place(asked);
    await asked.ask(diagramFocusRequest, { uri: asked.uri, line, character });
    const [from, to] = [chosen(cards, asked), chosen(cards, asked)];
    if (!from || !to) return;
    await asked.ask(diagramExplainRequest, { uri: asked.uri, id: from.id });
    const change = asked.below(2) === 0 ? 'allow' : 'remove';
    const made = await asked.ask<DiagramEditResult>(diagramEditRequest, { uri: asked.uri, from: from.id, to: to.id, change, ports: to.ports ?? [] });
    textAfterEdit(`${change} ${from.name} ${to.name}`, made.edit as WorkspaceEdit | undefined, asked);
    if (made.problem === undefined && !made.edit) asked.fail(`neither edits nor a reason to ${change} a flow from ${from.name} to ${to.name}`);
  },
  async (asked) => {
    const format = chosen(['svg', 'mermaid', 'dot', 'md'], asked);
    const { text, problem } = await asked.ask<DiagramExportResult>(diagramExportRequest, { uri: asked.uri, format });
    if (!text && !problem) asked.fail(`a picture as ${format} is empty`);
  },
  async (asked) => {
    const ends = await asked.ask<EndsResult>(endsRequest, { uri: asked.uri });
    const names = [...ends.map(({ name }) => name), 'internet', '10.1.2.3', '::1', 'shop/nobody'];
    const port = chosen(['', '80', '53/udp', 'http', '0'], asked);
    const { problem, pairs } = await asked.ask<ReachResult>(reachRequest, {
      uri: asked.uri,
      from: chosen(names, asked),
      to: chosen(names, asked),
      port,
    });
    if (problem === undefined && pairs.length === 0) asked.fail('a question without an answer');
  },
  async (asked) => {
    for (const { label, text } of await asked.ask<NewPoliciesResult>(newPoliciesRequest, { uri: asked.uri }))
      for (const { errors } of parseAllDocuments(text) as { errors: Error[] }[]) if (errors.length > 0) asked.fail(`${label}: ${String(errors[0])}`);
  },
];
