import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
  type ClientCapabilities,
  type CodeAction,
  type CompletionItem,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Hover,
  type InitializeResult,
  type MessageConnection,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

export interface ServerOptions {
  readonly capabilities?: ClientCapabilities;
  readonly folders?: readonly string[];
  readonly initializationOptions?: unknown;
  /** Answers `workspace/configuration` for the section netpol. */
  readonly settings?: unknown;
  /** Another server than the built one: program and arguments. */
  readonly command?: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Number of the user that it runs as, instead of the one of this process. */
  readonly uid?: number | undefined;
}

const baseCapabilities: ClientCapabilities = {
  workspace: { workspaceFolders: true, workspaceEdit: { documentChanges: true } },
  textDocument: { publishDiagnostics: { relatedInformation: true, versionSupport: true }, completion: { completionItem: { snippetSupport: true } } },
};

/** The built server over stdio, and a client to talk to it. */
export class TestServer {
  readonly connection: ProtocolConnection;
  readonly child: ChildProcess;
  /** All published diagnostics, the newest of each URI. */
  readonly published = new Map<string, PublishDiagnosticsParams>();
  readonly notifications: { readonly method: string; readonly params: unknown }[] = [];
  readonly registrations: string[] = [];
  result!: InitializeResult;
  settings: unknown;
  private readonly waiting = new Set<() => void>();

  private constructor(options: ServerOptions) {
    this.settings = options.settings;
    const command = options.command ?? ['dist/server.cjs', '--stdio'];
    const { env, uid } = options;
    this.child = spawn(process.execPath, command, {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    const { stdin, stdout } = this.child;
    if (!stdin || !stdout) throw new Error('The server has no standard streams.');
    this.connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.set(params.uri, params);
      this.wake();
    });
    this.connection.onUnhandledNotification(({ method, params }) => {
      this.notifications.push({ method, params });
      this.wake();
    });
    (this.connection as unknown as MessageConnection).onUnhandledProgress((params) => this.notifications.push({ method: '$/progress', params }));
    this.connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
      items.map(({ section }) =>
        section === 'netpol' || section === undefined ? this.settings : ((this.settings as Record<string, unknown> | undefined)?.[section] ?? null),
      ),
    );
    this.connection.onRequest('client/registerCapability', ({ registrations }: { registrations: { method: string }[] }) => {
      this.registrations.push(...registrations.map(({ method }) => method));
      return null;
    });
    this.connection.onRequest('window/workDoneProgress/create', () => null);
    for (const method of ['workspace/diagnostic/refresh', 'workspace/codeLens/refresh', 'workspace/inlayHint/refresh']) {
      this.connection.onRequest(method, () => {
        this.notifications.push({ method, params: undefined });
        this.wake();
        return null;
      });
    }
    this.connection.listen();
  }

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(options);
    const folders = (options.folders ?? []).map((folder) => ({ uri: pathToFileURL(folder).href, name: folder }));
    server.result = await server.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: folders[0]?.uri ?? null,
      workspaceFolders: folders,
      capabilities: options.capabilities ?? baseCapabilities,
      initializationOptions: options.initializationOptions,
    });
    await server.connection.sendNotification('initialized', {});
    return server;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await ended;
    this.connection.dispose();
  }

  /** Waits until the condition holds; throws after the given time in ms. */
  async until<T>(what: string, condition: () => T | undefined | false, limit = 20_000): Promise<T> {
    const end = Date.now() + limit;
    for (;;) {
      const value = condition();
      if (value) return value;
      if (Date.now() > end) throw new Error(`Waited ${limit} ms in vain for ${what}.`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, 50);
        this.waiting.add(done);
      });
    }
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }

  open(uri: string, text: string, version = 1): Promise<void> {
    return this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version, text } });
  }

  change(uri: string, version: number, contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    return this.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  }

  /** Diagnostics that were published for a version of a file. */
  async diagnostics(uri: string, version = 1): Promise<readonly Diagnostic[]> {
    const params = await this.until(`diagnostics of ${uri} version ${version}`, () => {
      const found = this.published.get(uri);
      return found && (found.version ?? 0) >= version ? found : undefined;
    });
    return params.diagnostics;
  }

  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri }, identifier: 'netpol', previousResultId });
  }

  hover(uri: string, line: number, character: number): Promise<Hover | null> {
    return this.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character } });
  }

  completion(uri: string, line: number, character: number): Promise<CompletionItem[] | null> {
    return this.connection.sendRequest('textDocument/completion', { textDocument: { uri }, position: { line, character } });
  }

  codeActions(uri: string, range: Range, only?: string[]): Promise<CodeAction[] | null> {
    return this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics: [], ...(only ? { only } : {}) },
    });
  }
}

/** The text after a code action's edits of one file. */
export function textAfter(text: string, action: CodeAction | undefined): string {
  const changes = action?.edit?.documentChanges?.flatMap((change) => ('edits' in change ? (change.edits as TextEdit[]) : []));
  const edits = changes ?? Object.values(action?.edit?.changes ?? {}).flat();
  return TextDocument.applyEdits(TextDocument.create('a', 'yaml', 0, text), edits);
}
