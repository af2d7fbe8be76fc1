import * as vscode from 'vscode';
import {
  type BaseLanguageClient,
  CloseAction,
  ErrorAction,
  type LanguageClientOptions,
  type Location as LspLocation,
  State,
} from 'vscode-languageclient';
import {
  findFilesRequest,
  type InitializationOptions,
  type NewPolicyPurpose,
  readFileRequest,
  type Status,
  statusNotification,
} from '../../server/src/protocol.ts';
import { askReach } from './askReach.ts';
import { DiagramPanel } from './diagramPanel.ts';
import { isVersion } from './documents.ts';
import { type FieldHelp, resolveFieldHelp } from './fieldHelp.ts';
import { languages } from './manifests.ts';
import { newPolicy } from './newPolicy.ts';
import { StatusItem } from './statusItem.ts';
import { findFiles, readFile, textOf } from './workspaceFiles.ts';

/** Makes the client of this host: of a process on the desktop, of a worker in the browser. */
type MakeClient = (options: LanguageClientOptions) => BaseLanguageClient;

/** Starts the server of this host and connects to it; fails where the server does not answer. */
export type StartSession = (context: vscode.ExtensionContext, log: vscode.LogOutputChannel) => Promise<Session>;

/** A server that stops this often within this time (ms) is left stopped. */
const mostRestarts = 4;
const restartWindow = 180_000;

/** The `netpol` section with `fieldHelp` decided for a file. */
function resolvedSection(section: unknown, uri: string | undefined): unknown {
  if (typeof section !== 'object' || section === null) return section;
  const document = vscode.workspace.textDocuments.find((candidate) => candidate.uri.toString() === uri);
  const neighbours = {
    yamlExtension: vscode.extensions.getExtension('redhat.vscode-yaml') !== undefined,
    kubernetesExtension: vscode.extensions.getExtension('ms-kubernetes-tools.vscode-kubernetes-tools') !== undefined,
    schemas: vscode.workspace.getConfiguration('yaml', document?.uri).get<Record<string, unknown>>('schemas') ?? {},
  };
  const file = { path: document?.uri.path ?? '', beginning: document?.getText(new vscode.Range(0, 0, 20, 0)) ?? '' };
  return { ...section, fieldHelp: resolveFieldHelp((section as { fieldHelp?: FieldHelp }).fieldHelp, neighbours, file) };
}

/** Shows what a code lens counts. Not in the palette: the server's lenses give its arguments. */
const showLocationsCommand = 'netpol.showLocations';

const asPosition = ({ line, character }: { readonly line: number; readonly character: number }): vscode.Position =>
  new vscode.Position(line, character);

const asLocation = ({ uri, range }: LspLocation): vscode.Location =>
  new vscode.Location(vscode.Uri.parse(uri), new vscode.Range(asPosition(range.start), asPosition(range.end)));

/** One language server and the connection to it, started again when it dies. */
export class Session {
  private readonly client: BaseLanguageClient;
  private readonly status: StatusItem;
  private readonly diagram: DiagramPanel;

  private constructor(client: BaseLanguageClient, status: StatusItem, diagram: DiagramPanel) {
    this.client = client;
    this.status = status;
    this.diagram = diagram;
  }

  static async start(make: MakeClient, context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Session> {
    const status = new StatusItem();
    context.subscriptions.push(status);
    const deaths: number[] = [];
    // The server gets the texts themselves: in a browser it can read no files.
    const translations = vscode.l10n.uri && (await textOf(vscode.l10n.uri).catch(() => undefined));
    const client = make({
      documentSelector: languages.map((language) => ({ language })),
      outputChannel: log,
      progressOnInitialization: false,
      initializationOptions: {
        showLocationsCommand,
        showDiagramCommand: 'netpol.showDiagram',
        ...(translations ? { translations } : {}),
        ...(context.storageUri?.scheme === 'file' ? { storage: context.storageUri.fsPath } : {}),
      } satisfies InitializationOptions,
      diagnosticPullOptions: { onChange: true, onTabs: true },
      middleware: {
        didOpen: async (document, next) => {
          if (!isVersion(document)) await next(document);
        },
        workspace: {
          async configuration(params, token, next) {
            const sections = await next(params, token);
            if (!Array.isArray(sections)) return sections;
            return params.items.map((item, i) => (item.section === 'netpol' ? resolvedSection(sections[i], item.scopeUri) : sections[i]));
          },
        },
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed() {
          const now = Date.now();
          deaths.push(now);
          const often = deaths.filter((death) => now - death < restartWindow).length > mostRestarts;
          if (often) status.stopped();
          else status.starting();
          void tellOfDeath(often, log);
          return { action: often ? CloseAction.DoNotRestart : CloseAction.Restart, handled: true };
        },
      },
    });
    context.subscriptions.push(
      vscode.commands.registerCommand(
        showLocationsCommand,
        (uri: string, position: Parameters<typeof asPosition>[0], found: Parameters<typeof asLocation>[0][]) =>
          vscode.commands.executeCommand(
            'editor.action.goToLocations',
            vscode.Uri.parse(uri),
            asPosition(position),
            found.map(asLocation),
            'peek',
            vscode.l10n.t('The workspace holds none of them.'),
          ),
      ),
    );
    client.onNotification(statusNotification, (news: Status) => status.update(news));
    client.onRequest(findFilesRequest, findFiles);
    client.onRequest(readFileRequest, readFile);
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) status.starting();
      if (newState === State.Stopped) status.stopped();
    });
    try {
      await client.start();
    } catch (error) {
      status.stopped();
      throw error;
    }
    const diagram = new DiagramPanel(client, context.extensionUri);
    context.subscriptions.push(diagram);
    return new Session(client, status, diagram);
  }

  askReach(): Promise<void> {
    return askReach(this.client);
  }

  newPolicy(purpose: NewPolicyPurpose): Promise<void> {
    return newPolicy(this.client, purpose);
  }

  showDiagram(): void {
    this.diagram.open();
  }

  async restart(): Promise<void> {
    this.status.starting();
    await this.client.stop();
    await this.client.start();
  }

  async stop(): Promise<void> {
    await this.client.dispose();
  }
}

async function tellOfDeath(often: boolean, log: vscode.LogOutputChannel): Promise<void> {
  const [showLog, restart] = [vscode.l10n.t('Show Log'), vscode.l10n.t('Restart')];
  const chosen = often
    ? await vscode.window.showErrorMessage(
        vscode.l10n.t('The netpol language server stopped {0} times within three minutes and stays stopped.', mostRestarts + 1),
        showLog,
        restart,
      )
    : await vscode.window.showWarningMessage(vscode.l10n.t('The netpol language server stopped unexpectedly and was restarted.'), showLog);
  if (chosen === showLog) log.show();
  if (chosen === restart) await vscode.commands.executeCommand('netpol.restartServer');
}
