import {
  type ClientCapabilities,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  WatchKind,
} from 'vscode-languageserver';
import { connectivityOf } from '../connectivity/connectivity.ts';
import { type InitializationOptions, type Status, statusNotification } from '../protocol.ts';
import { isConfig } from '../rules/config.ts';
import { Configs } from '../rules/configs.ts';
import { chooseEngine } from '../workspace/engineChoice.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { Workspace } from '../workspace/workspace.ts';
import { fixAllKind } from './codeActions.ts';
import { Diagnoser } from './diagnoser.ts';
import { type Drawing, serveDiagram } from './diagram.ts';
import { serveDocuments } from './documents.ts';
import { confirmedEdit, editedCopy } from './fileEdits.ts';
import type { Files } from './files.ts';
import type { IndexStore } from './indexMemory.ts';
import { Intake } from './intake.ts';
import { serveNavigation, tokenLegend } from './navigation.ts';
import { OpenDocuments } from './openDocuments.ts';
import type { Opening } from './opening.ts';
import { pause, Slice } from './pause.ts';
import type { PositionEncoding } from './positions.ts';
import { serveQuestions } from './questions.ts';
import { serveRename } from './rename.ts';
import { PastWorkspaces, type Revisions } from './revisions.ts';
import { defaultSettings, readSettings, type Settings } from './settings.ts';
import { translate } from './translate.ts';
import { parserWarmer } from './warmParser.ts';

const encodings: readonly PositionEncoding[] = ['utf-16', 'utf-8', 'utf-32'];
const folderUri = (uri: string): string => uri.replace(/\/+$/, '');

/** What the server needs of the host that it runs in. */
export interface Host {
  readonly files: Files;
  readonly version: string;
  readonly loadDrawing: () => Promise<Drawing>;
  readonly revisions?: Revisions;
  /** Where the connection asks it how messages are handled. */
  readonly opening: Opening;
  /** Keeps in a folder what is learned of workspace folders; undefined where the host has no place for it. */
  readonly indexStore?: (folder: string, workspaceFolders: readonly string[]) => IndexStore;
}

/** Serves one client over a connection. Never throws: a request that fails is logged and answered with nothing. */
export function serve(connection: Connection, { files, version, loadDrawing, revisions, opening, indexStore }: Host): void {
  const workspace = new Workspace();
  workspace.settlesMuch = true;
  const open = new OpenDocuments(workspace);
  opening.prepare = async (uri, text) => {
    try {
      await new Slice().through(workspace.parsing(uri, text));
    } catch (error) {
      connection.console.error(`Parsing ${uri} failed, and the server goes on: ${String(error)}`);
    }
  };
  const settings = new Map<string, Settings>();
  let shared: Settings = defaultSettings;
  let capabilities: ClientCapabilities = {};
  let options: InitializationOptions = {};
  let folders: string[] = [];
  let stopped = false;
  const complaints = new Set<string>();

  const complain = (message: string) => {
    if (complaints.has(message)) return;
    complaints.add(message);
    connection.console.warn(message);
  };
  const configs = new Configs();
  const settingsOf = (uri: string): Settings => {
    const own = settings.get(uri) ?? shared;
    return { ...own, ...configs.effective(uri, own) };
  };
  const viewOf = (uri: string): WorkspaceView => {
    const { engine, clusterCidrs } = settingsOf(uri);
    return workspace.viewFor(uri, { engine: chooseEngine(engine, workspace).engine, clusterCidrs });
  };
  const diagnoser = new Diagnoser(connection, workspace, open, { settings: settingsOf, view: viewOf });
  // What stands above and beside policies counts what other files hold.
  diagnoser.whenQuiet = () => {
    if (capabilities.workspace?.codeLens?.refreshSupport) void connection.sendRequest(CodeLensRefreshRequest.type);
    if (capabilities.workspace?.semanticTokens?.refreshSupport) connection.languages.semanticTokens.refresh();
    if (capabilities.workspace?.inlayHint?.refreshSupport) void connection.languages.inlayHint.refresh();
  };
  const intake = new Intake(connection, {
    ...{ files, workspace, open, configs },
    folders: () => folders,
    stopped: () => stopped,
    changed: () => sendStatus(),
    settled() {
      diagnoser.refreshAll();
      diagnoser.whenQuiet();
      void warmParser();
    },
  });
  const warmParser = parserWarmer(() => stopped || !intake.isQuiet || [...open.uris].length === 0);

  /** Runs a handler so that a failure is told and ends there. */
  function guarded<T>(name: string, fallback: T, handler: () => T): T {
    try {
      return handler();
    } catch (error) {
      connection.console.error(`${name} failed, and the server goes on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return fallback;
    }
  }

  async function fetchSettings(uri: string): Promise<void> {
    if (!capabilities.workspace?.configuration) return;
    try {
      settings.set(uri, readSettings(await connection.workspace.getConfiguration({ scopeUri: uri, section: 'netpol' }), complain));
    } catch (error) {
      connection.console.warn(`The client gave no settings for ${uri}: ${String(error)}`);
    }
  }

  /** Settings of the whole workspace, and of clients that keep none for single files. */
  function useShared(section: unknown): void {
    shared = readSettings(section, complain);
    workspace.setViews(shared.views);
  }

  /** Whether the index leaves out something else now. */
  async function fetchShared(): Promise<boolean> {
    if (!capabilities.workspace?.configuration) return intake.exclude(shared.excluded);
    try {
      const [own, files, search] = await connection.workspace.getConfiguration([
        { section: 'netpol' },
        { section: 'files.exclude' },
        { section: 'search.exclude' },
      ]);
      useShared(own);
      return intake.exclude(files, search, shared.excluded);
    } catch (error) {
      connection.console.warn(`The client gave no settings: ${String(error)}`);
      return false;
    }
  }

  function sendStatus(): void {
    const { engine, why } = chooseEngine(configs.effective(`${folders[0] ?? ''}/`, shared).engine, workspace);
    const status: Status = {
      state: intake.isReading ? 'indexing' : 'ready',
      ...workspace.counts(),
      engine: `${engine ?? 'unknown'}: ${why}`,
    };
    void connection.sendNotification(statusNotification, status);
  }

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    capabilities = params.capabilities;
    options = (params.initializationOptions ?? {}) as InitializationOptions;
    if (options.translations !== undefined) translate(options.translations);
    const offered = capabilities.general?.positionEncodings;
    open.encoding = (offered && encodings.find((encoding) => offered.includes(encoding))) ?? 'utf-16';
    const roots = params.workspaceFolders?.map((folder) => folder.uri) ?? (params.rootUri ? [params.rootUri] : []);
    folders = roots.map(folderUri);
    workspace.setFolders(folders);
    if (options.settings) useShared(options.settings);
    const pulls = capabilities.textDocument?.diagnostic !== undefined && options.diagnostics !== 'push';
    diagnoser.mode = pulls ? 'pull' : 'push';
    diagnoser.canRefresh = capabilities.workspace?.diagnostics?.refreshSupport === true;
    return {
      serverInfo: { name: 'netpol-language-server', version },
      capabilities: {
        positionEncoding: open.encoding,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        hoverProvider: true,
        completionProvider: { triggerCharacters: [' ', ':', '"', "'"], resolveProvider: true },
        documentSymbolProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        workspaceSymbolProvider: true,
        documentLinkProvider: {},
        codeLensProvider: { resolveProvider: true },
        inlayHintProvider: true,
        callHierarchyProvider: true,
        linkedEditingRangeProvider: true,
        renameProvider: { prepareProvider: true },
        semanticTokensProvider: { legend: tokenLegend, full: true },
        foldingRangeProvider: true,
        selectionRangeProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix', 'refactor.rewrite', 'refactor.extract', fixAllKind] },
        ...(pulls ? { diagnosticProvider: { identifier: 'netpol', interFileDependencies: true, workspaceDiagnostics: false } } : {}),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    if (capabilities.workspace?.didChangeConfiguration?.dynamicRegistration) {
      void connection.client.register(DidChangeConfigurationNotification.type, { section: ['netpol', 'files.exclude', 'search.exclude'] });
    }
    if (capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [
          { globPattern: '**/{*.yaml,*.yml,*.json,Kustomization,*.tf,*.bicep,.gitignore}', kind: WatchKind.Change },
          // Folders too: of one that is moved or deleted, editors do not name each file.
          { globPattern: '**/*', kind: WatchKind.Create | WatchKind.Delete },
        ],
      });
    }
    if (capabilities.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const [came, went] = [added, removed].map((list) => list.map((folder) => folderUri(folder.uri))) as [string[], string[]];
        folders = [...folders.filter((folder) => !went.includes(folder)), ...came];
        workspace.setFolders(folders);
        for (const uri of went.flatMap((folder) => workspace.below(folder))) if (!open.has(uri)) workspace.delete(uri);
        void intake.index(came);
      });
    }
    const { storage } = options;
    const remembered = indexStore && typeof storage === 'string' ? intake.remember(indexStore(storage, folders)) : undefined;
    void Promise.all([fetchShared(), remembered]).then(() => intake.index(folders));
  });

  connection.onShutdown(async () => {
    stopped = true;
    diagnoser.stop();
    await intake.stop();
  });

  connection.onDidChangeConfiguration(async ({ settings: pushed }) => {
    let excludesOthers: boolean;
    if (capabilities.workspace?.configuration) {
      [excludesOthers] = await Promise.all([fetchShared(), ...[...open.uris].map(fetchSettings)]);
    } else {
      useShared((pushed as { netpol?: unknown } | null)?.netpol);
      excludesOthers = intake.exclude(shared.excluded);
    }
    diagnoser.refreshAll();
    sendStatus();
    if (excludesOthers) await intake.index(folders);
  });

  connection.onDidOpenTextDocument(async ({ textDocument: { uri, languageId, version: textVersion, text } }) => {
    guarded('Opening a file', undefined, () => open.open(uri, languageId, textVersion, text));
    takeConfig(uri);
    if (!settings.has(uri)) await fetchSettings(uri);
    // What waits meanwhile is answered before the rules run over all of a large file.
    await pause();
    if (diagnoser.mode === 'push') await prepared(uri);
    guarded('Diagnosis', undefined, () => diagnoser.changed(uri));
    intake.typed();
    void warmParser();
  });

  connection.onDidChangeTextDocument(({ textDocument: { uri, version: textVersion }, contentChanges }) => {
    guarded('Taking in a change', undefined, () => {
      open.change(uri, textVersion, contentChanges);
      takeConfig(uri);
      diagnoser.changed(uri);
      intake.typed();
    });
  });

  connection.onDidCloseTextDocument(async ({ textDocument: { uri } }) => {
    open.close(uri);
    settings.delete(uri);
    diagnoser.closed(uri);
    const inFolder = folders.some((folder) => uri.startsWith(`${folder}/`));
    if (inFolder) await intake.file(uri);
    else workspace.delete(uri);
    diagnoser.changed(uri);
  });

  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    if (!(await intake.watched(changes))) return;
    diagnoser.changed('');
    sendStatus();
  });

  /** Runs the rules over what of a file is new, little by little. */
  const prepared = (uri: string): Promise<void> =>
    diagnoser.prepare(uri).catch((error) => connection.console.error(`Diagnosis failed, and the server goes on: ${String(error)}`));

  /** A configuration that is being edited counts as it is. */
  function takeConfig(uri: string): void {
    if (isConfig(uri)) configs.set(uri, workspace.manifest(uri)?.text);
  }

  serveDocuments(connection, {
    ...{ workspace, open, diagnoser, guarded },
    view: viewOf,
    settings: settingsOf,
    capabilities: () => capabilities,
  });

  serveNavigation(connection, {
    workspace,
    open,
    view: viewOf,
    settings: settingsOf,
    guarded,
    commands: () => options,
  });

  serveRename(connection, {
    workspace,
    open,
    files,
    find: (folder) => intake.find(folder),
    folders: () => folders,
    capabilities: () => capabilities,
    view: viewOf,
  });

  serveQuestions(connection, { open, view: viewOf, guarded });
  const past = new PastWorkspaces(revisions);
  serveDiagram(connection, {
    ...{ open, view: viewOf, loadDrawing, guarded },
    viewAt: (uri, revision) => past.viewAt(uri, revision, folders, shared.views),
    revisionsFor: (uri) => past.names(uri, folders),
    simulate: (uri, edits) => connectivityOf(editedCopy(workspace, edits, folders, shared.views).viewFor(uri).cluster),
    confirmed: (edits, label) => confirmedEdit(edits, label, workspace, open),
  });

  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }) => {
    await prepared(textDocument.uri);
    return guarded('Diagnostics', { kind: 'full', items: [] }, () => diagnoser.pull(textDocument.uri, previousResultId));
  });

  connection.listen();
}
