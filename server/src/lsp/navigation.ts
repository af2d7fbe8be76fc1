import * as l10n from '@vscode/l10n';
import {
  type CallHierarchyItem,
  type CodeLens,
  type Connection,
  DocumentHighlightKind,
  InlayHintKind,
  type Location,
  type Position,
  SemanticTokensBuilder,
  type SemanticTokensLegend,
  SymbolKind,
} from 'vscode-languageserver';
import { type TrafficItem, trafficCalls, trafficItemsAt } from '../features/callHierarchy.ts';
import { codeLensAt, codeLensPlaces } from '../features/codeLens.ts';
import { kustomizationLinks } from '../features/documentLinks.ts';
import type { FileRange } from '../features/fileRange.ts';
import { inlayHints } from '../features/inlayHints.ts';
import { definitionsAt, highlightsAt, linkedRangesAt, referencesAt } from '../features/navigation.ts';
import { type SemanticToken, semanticTokens } from '../features/semanticTokens.ts';
import { workspaceSymbols } from '../features/workspaceSymbols.ts';
import type { Direction } from '../model/policy.ts';
import type { InitializationOptions } from '../protocol.ts';
import { folderOf } from '../workspace/clusterView.ts';
import { kustomizationNames } from '../workspace/kustomize.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { OpenDocuments } from './openDocuments.ts';
import type { Positions } from './positions.ts';
import type { Settings } from './settings.ts';

/** What the handlers need of the server. */
interface Deps {
  readonly workspace: Workspace;
  readonly open: OpenDocuments;
  view(uri: string): WorkspaceView;
  settings(uri: string): Settings;
  /** Runs a handler so that a failure is told and ends there. */
  guarded<T>(name: string, fallback: T, handler: () => T): T;
  /** The client's commands that lenses run, where it has them. */
  commands(): Pick<InitializationOptions, 'showLocationsCommand' | 'showDiagramCommand'>;
}

const symbolKinds: Readonly<Record<string, SymbolKind>> = { Namespace: SymbolKind.Namespace, Service: SymbolKind.Interface };

const tokenTypes: string[] = ['label', 'port'] satisfies SemanticToken['is'][];

/** Types and modifiers of the semantic tokens, as the client must know them. */
export const tokenLegend: SemanticTokensLegend = { tokenTypes, tokenModifiers: ['matched', 'unmatched'] };

/** Most documents of a file whose lenses say at once what they count. */
const mostSaid = 100;

/** Which file a lens without words stands in. */
interface LensData {
  readonly uri: string;
}

/** Everything that leads from one place of the workspace to another, and what stands above and beside policies. */
export function serveNavigation(connection: Connection, deps: Deps): void {
  const { workspace, open, guarded } = deps;

  function locations(ranges: readonly FileRange[]): Location[] {
    const known = new Map<string, Positions | undefined>();
    return ranges.flatMap(({ file, at }) => {
      if (!known.has(file)) known.set(file, open.positionsOf(file));
      const positions = known.get(file);
      return positions ? [{ uri: file, range: positions.range(at) }] : [];
    });
  }

  function locate(uri: string, position: Position) {
    const file = open.get(uri);
    const at = file?.at(file.positions.offsetAt(position));
    return file && at && { file, ...at };
  }

  connection.onDefinition(({ textDocument: { uri }, position }) =>
    guarded('Definition', null, () => {
      const found = locate(uri, position);
      return found ? locations(definitionsAt(found.placed.document, found.local, deps.view(uri))) : null;
    }),
  );

  connection.onReferences(({ textDocument: { uri }, position }) =>
    guarded('References', null, () => {
      const found = locate(uri, position);
      return found ? locations(referencesAt(found.placed.document, found.local, deps.view(uri))) : null;
    }),
  );

  connection.onDocumentHighlight(({ textDocument: { uri }, position }) =>
    guarded('Document highlights', null, () => {
      const found = locate(uri, position);
      if (!found) return null;
      const ranges = highlightsAt(found.placed.document, found.local);
      return ranges.map((range) => ({ range: found.file.positions.range(range, found.placed.start), kind: DocumentHighlightKind.Read }));
    }),
  );

  connection.languages.onLinkedEditingRange(({ textDocument: { uri }, position }) =>
    guarded('Linked editing', null, () => {
      const found = locate(uri, position);
      const ranges = found
        ? linkedRangesAt(found.placed.document, found.local).map((range) => found.file.positions.range(range, found.placed.start))
        : [];
      return ranges.length > 0 ? { ranges } : null;
    }),
  );

  connection.onWorkspaceSymbol(({ query }) =>
    guarded('Workspace symbols', null, () =>
      workspaceSymbols(
        query,
        [...workspace.uris()].flatMap((uri) => {
          const manifest = workspace.manifest(uri);
          return manifest ? [[uri, manifest] as const] : [];
        }),
      ).flatMap((symbol) =>
        locations([symbol]).map((location) => ({
          name: symbol.name,
          kind: symbolKinds[symbol.kind] ?? SymbolKind.Object,
          containerName: `${symbol.kind}${symbol.namespace === undefined ? '' : ` of ${symbol.namespace}`}`,
          location,
        })),
      ),
    ),
  );

  connection.onDocumentLinks(({ textDocument: { uri } }) =>
    guarded('Document links', null, () => {
      const file = open.get(uri);
      if (!file || !kustomizationNames.some((name) => uri.endsWith(`/${name}`))) return null;
      const known = (target: string) =>
        workspace.manifest(target)
          ? target
          : kustomizationNames.map((name) => `${target}/${name}`).find((candidate) => workspace.manifest(candidate));
      return file.documents.flatMap(({ document, start }) =>
        kustomizationLinks(document, folderOf(uri), known).map(({ at, target }) => ({ range: file.positions.range(at, start), target })),
      );
    }),
  );

  connection.onCodeLens(({ textDocument: { uri } }) =>
    guarded('Code lenses', null, () => {
      const file = open.get(uri);
      if (!file || !deps.settings(uri).codeLens) return null;
      const view = deps.view(uri);
      const { showDiagramCommand: draw } = deps.commands();
      // In a large file, what a lens says is computed when it comes into sight; elsewhere it is there at once.
      const lazy = file.documents.length > mostSaid;
      return file.documents.flatMap(({ document, start }) =>
        codeLensPlaces(document, view).flatMap((at): CodeLens[] => {
          const range = file.positions.range(at, start);
          const unsaid = { range, data: { uri } satisfies LensData };
          const counts = lazy ? unsaid : said(unsaid, codeLensAt(document, at.start, view));
          return draw ? [counts, { range, command: { title: l10n.t('show diagram'), command: draw } }] : [counts];
        }),
      );
    }),
  );

  /** A lens with its words; without any, where the text has changed since: the client will ask for the lenses anew. */
  function said(lens: CodeLens, words: ReturnType<typeof codeLensAt>): CodeLens {
    const { showLocationsCommand: show } = deps.commands();
    const leads = words && show ? { arguments: [(lens.data as LensData).uri, lens.range.start, locations(words.targets)] } : {};
    return { ...lens, command: { title: words?.title ?? '', command: (words && show) ?? '', ...leads } };
  }

  connection.onCodeLensResolve((lens) =>
    guarded('Code lens', lens, () => {
      const { uri } = lens.data as LensData;
      const found = locate(uri, lens.range.start);
      return said(lens, found && codeLensAt(found.placed.document, found.local, deps.view(uri)));
    }),
  );

  connection.languages.inlayHint.on(({ textDocument: { uri }, range }) =>
    guarded('Inlay hints', null, () => {
      const file = open.get(uri);
      const options = deps.settings(uri).inlayHints;
      if (!file || !Object.values(options).includes(true)) return null;
      const [from, to] = [file.positions.offsetAt(range.start), file.positions.offsetAt(range.end)];
      const view = deps.view(uri);
      return file.documents
        .filter(({ document, start }) => start <= to && start + document.text.length >= from)
        .flatMap(({ document, start }) =>
          inlayHints(document, view, options).map(({ at, label, tooltip }) => ({
            position: file.positions.range({ start: at, end: at }, start).start,
            label,
            ...(tooltip ? { tooltip } : {}),
            kind: InlayHintKind.Type,
            paddingLeft: true,
          })),
        );
    }),
  );

  connection.languages.semanticTokens.on(({ textDocument: { uri } }) =>
    guarded('Semantic tokens', { data: [] }, () => {
      const file = open.get(uri);
      if (!file) return { data: [] };
      const view = deps.view(uri);
      const builder = new SemanticTokensBuilder();
      const tokens = file.documents.flatMap(({ document, start }) =>
        semanticTokens(document, view).map(({ at, is, matched }) => ({ range: file.positions.range(at, start), is, matched })),
      );
      // The protocol wants them in the order of the text.
      tokens.sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character);
      for (const { range, is, matched } of tokens) {
        const { start, end } = range;
        if (start.line !== end.line) continue;
        builder.push(start.line, start.character, end.character - start.character, tokenTypes.indexOf(is), matched ? 1 : 2);
      }
      return builder.build();
    }),
  );

  function hierarchyItem(item: TrafficItem, uri: string): CallHierarchyItem[] {
    return locations([item.place]).map((location) => ({
      name: item.name,
      detail: item.detail,
      kind: item.workload ? SymbolKind.Object : SymbolKind.Event,
      uri: location.uri,
      range: location.range,
      selectionRange: location.range,
      // The view from which it was asked.
      data: { item, uri },
    }));
  }

  connection.languages.callHierarchy.onPrepare(({ textDocument: { uri }, position }) =>
    guarded('Call hierarchy', null, () => {
      const found = locate(uri, position);
      return found ? trafficItemsAt(found.placed.document, found.local, deps.view(uri)).flatMap((item) => hierarchyItem(item, uri)) : null;
    }),
  );

  function calls({ data }: CallHierarchyItem, direction: Direction) {
    const { item, uri } = data as { readonly item: TrafficItem; readonly uri: string };
    return trafficCalls(item, direction, deps.view(uri)).flatMap(({ item: other, because }) => {
      // The place of a call is the rule that allows it: that is where the caller's entry leads.
      const [rule] = locations(because);
      return hierarchyItem(other, uri).map((entry) => ({
        entry: rule ? { ...entry, uri: rule.uri, range: rule.range, selectionRange: { start: rule.range.start, end: rule.range.start } } : entry,
        ranges: rule ? locations(because).flatMap((one) => (one.uri === rule.uri ? [one.range] : [])) : [entry.selectionRange],
      }));
    });
  }

  connection.languages.callHierarchy.onIncomingCalls(({ item }) =>
    guarded('Incoming calls', null, () => calls(item, 'ingress').map(({ entry, ranges }) => ({ from: entry, fromRanges: ranges }))),
  );

  connection.languages.callHierarchy.onOutgoingCalls(({ item }) =>
    guarded('Outgoing calls', null, () => calls(item, 'egress').map(({ entry, ranges }) => ({ to: entry, fromRanges: ranges }))),
  );
}
