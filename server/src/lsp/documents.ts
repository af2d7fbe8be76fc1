import type { ClientCapabilities, Connection, Position } from 'vscode-languageserver';
import { type Completion, completionsAt, configCompletionsAt } from '../features/completion.ts';
import type { Around } from '../features/completionInCluster.ts';
import { foldingRanges } from '../features/folding.ts';
import { hoverAt } from '../features/hover.ts';
import { selectionRanges } from '../features/selectionRanges.ts';
import { documentSymbols } from '../features/symbols.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { isConfig } from '../rules/config.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { codeActions } from './codeActions.ts';
import { documentationOf, toCompletionItem, toSelectionRange, toSymbol } from './convert.ts';
import type { Diagnoser } from './diagnoser.ts';
import type { OpenDocument, OpenDocuments } from './openDocuments.ts';
import type { Settings } from './settings.ts';

interface Deps {
  readonly workspace: Workspace;
  readonly open: OpenDocuments;
  readonly diagnoser: Diagnoser;
  view(uri: string): WorkspaceView;
  settings(uri: string): Settings;
  capabilities(): ClientCapabilities;
  /** Runs a handler so that a failure is told and ends there. */
  guarded<T>(name: string, fallback: T, handler: () => T): T;
}

/** Serves what is asked of one open file: hover, completion, code actions, outline, folding, selection. */
export function serveDocuments(connection: Connection, { workspace, open, diagnoser, view, settings, capabilities, guarded }: Deps): void {
  /** What was offered last, for details. */
  let offered: readonly Completion[] = [];

  /** The open document under a position, and the position's offset in it. */
  function locate(uri: string, position: Position): ({ readonly file: OpenDocument } & NonNullable<ReturnType<OpenDocument['at']>>) | undefined {
    const file = open.get(uri);
    const at = file?.at(file.positions.offsetAt(position));
    return file && at && { file, ...at };
  }

  connection.onHover(({ textDocument, position }) =>
    guarded('Hover', null, () => {
      const found = locate(textDocument.uri, position);
      const hover = found && hoverAt(found.placed.document, found.local, settings(textDocument.uri), view(textDocument.uri));
      if (!found || !hover) return null;
      return { contents: { kind: 'markdown', value: hover.markdown }, range: found.file.positions.range(hover.range, found.placed.start) };
    }),
  );

  /** The view of a file, and the namespace of the resource around an offset of a document. */
  function aroundOf(uri: string, document: DocumentText, offset: number): Around {
    const around = view(uri);
    const resources = resourcesOf(document);
    const resource = resources.find(({ root }) => root.start <= offset && offset <= root.end) ?? resources[0];
    const namespace = (resource && around.readingOf(resource)?.policy?.value.namespace) ?? resource?.namespace ?? 'default';
    return { view: around, namespace };
  }

  connection.onCompletion(({ textDocument, position }) =>
    guarded('Completion', null, () => {
      const found = locate(textDocument.uri, position);
      if (!found) return null;
      const snippets = capabilities().textDocument?.completion?.completionItem?.snippetSupport === true;
      const { text } = found.placed.document;
      const completions = isConfig(textDocument.uri)
        ? settings(textDocument.uri).fieldHelp
          ? configCompletionsAt(text, found.local)
          : []
        : completionsAt(text, found.local, settings(textDocument.uri), aroundOf(textDocument.uri, found.placed.document, found.local));
      const lazily = capabilities().textDocument?.completion?.completionItem?.resolveSupport?.properties.includes('documentation') === true;
      offered = completions;
      return completions.map((completion, i) => toCompletionItem(completion, i, found.file.positions, found.placed.start, { snippets, lazily }));
    }),
  );

  // Documentation is long and read one item at a time.
  connection.onCompletionResolve((item) => {
    const completion = typeof item.data === 'number' ? offered[item.data] : undefined;
    return completion && completion.label === item.label ? { ...item, documentation: documentationOf(completion) } : item;
  });

  connection.onCodeAction((params) =>
    guarded('Code actions', null, () => {
      const file = open.get(params.textDocument.uri);
      return file
        ? codeActions(params, file, { workspace, open, view: view(file.uri), settings: settings(file.uri), capabilities: capabilities(), diagnoser })
        : null;
    }),
  );

  connection.onDocumentSymbol(({ textDocument }) =>
    guarded('Document symbols', null, () => {
      const file = open.get(textDocument.uri);
      if (!file) return null;
      return file.documents.flatMap(({ document, start }) => documentSymbols(document).map((symbol) => toSymbol(symbol, file.positions, start)));
    }),
  );

  connection.onFoldingRanges(({ textDocument }) =>
    guarded('Folding ranges', null, () => {
      const file = open.get(textDocument.uri);
      if (!file) return null;
      return file.documents.flatMap(({ document, start }) =>
        foldingRanges(document).flatMap((range) => {
          const { start: first, end: last } = file.positions.range(range, start);
          return last.line > first.line ? [{ startLine: first.line, endLine: last.line }] : [];
        }),
      );
    }),
  );

  connection.onSelectionRanges(({ textDocument, positions }) =>
    guarded('Selection ranges', null, () =>
      positions.map((position) => {
        const found = locate(textDocument.uri, position);
        if (!found) return { range: { start: position, end: position } };
        return toSelectionRange(selectionRanges(found.placed.document, found.local), found.file.positions, found.placed.start);
      }),
    ),
  );
}
