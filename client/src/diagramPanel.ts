import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type Diagram, type DiagramParams, type DiagramResult, diagramRequest } from '../../server/src/protocol.ts';
import { isManifest } from './documents.ts';
import { goTo, placeInWords } from './places.ts';

const unreadable = (): Diagram => ({
  title: vscode.l10n.t('Traffic'),
  reason: vscode.l10n.t('This text is not YAML yet, so there is no picture; the Problems view says where.'),
});

const asksToOpen = (message: unknown): message is { readonly open: number } =>
  typeof message === 'object' && message !== null && 'open' in message && Number.isInteger(message.open);

/** The panel with the traffic around the manifest that is edited. There is at most one; it follows the active editor and every change. */
export class DiagramPanel implements vscode.Disposable {
  private readonly client: BaseLanguageClient;
  private readonly extension: vscode.Uri;
  private panel: vscode.WebviewPanel | undefined;
  private shown: vscode.TextDocument | undefined;
  private readonly listeners: vscode.Disposable[] = [];
  private drawing = false;
  private outdated = false;
  /** What the page shows; it forgets when it is hidden. */
  private last: Diagram | undefined;

  constructor(client: BaseLanguageClient, extension: vscode.Uri) {
    this.client = client;
    this.extension = extension;
  }

  /** Opens the panel beside the text, or shows it again. */
  open(): void {
    if (this.panel) {
      this.panel.reveal(undefined, true);
      return;
    }
    const roots = vscode.Uri.joinPath(this.extension, 'dist');
    const panel = vscode.window.createWebviewPanel(
      'netpol.diagram',
      'Traffic Diagram',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [roots] },
    );
    this.panel = panel;
    panel.webview.html = page(panel.webview, panel.webview.asWebviewUri(vscode.Uri.joinPath(roots, 'diagram.js')));
    this.listeners.push(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        if (message === 'ready') {
          if (this.last) this.show(this.last);
          void this.draw();
        }
        if (asksToOpen(message)) void this.openSpot(message.open);
      }),
      panel.onDidDispose(() => this.closed()),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor?.document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (panel.visible && isManifest(document)) void this.draw();
      }),
    );
    this.follow(vscode.window.activeTextEditor?.document);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private closed(): void {
    this.panel = undefined;
    this.shown = undefined;
    this.last = undefined;
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }

  private follow(document: vscode.TextDocument | undefined): void {
    if (!document || document === this.shown || !isManifest(document)) return;
    this.shown = document;
    this.last = undefined;
    void this.draw();
  }

  /** Leads to where a spot comes from; asks where there are several places. */
  private async openSpot(index: number): Promise<void> {
    const spot = this.last?.spots?.[index];
    if (!spot) return;
    const items = spot.places.map((place) => ({ label: place.name, description: placeInWords(place), place }));
    const chosen =
      items.length > 1 ? await vscode.window.showQuickPick(items, { title: spot.says, placeHolder: vscode.l10n.t('Where to go') }) : items[0];
    if (!chosen) return;
    const beside = vscode.window.visibleTextEditors.find(({ document }) => document === this.shown)?.viewColumn;
    await goTo(chosen.place, beside ?? vscode.ViewColumn.One);
  }

  private show(diagram: Diagram): void {
    this.last = diagram;
    void this.panel?.webview.postMessage(diagram);
  }

  /** One question at a time: what changes meanwhile is asked for afterwards, once. */
  private async draw(): Promise<void> {
    if (this.drawing) {
      this.outdated = true;
      return;
    }
    this.drawing = true;
    try {
      do {
        // In a turn of its own, after the language client has told the server of the change.
        await new Promise((resolve) => setTimeout(resolve));
        this.outdated = false;
        if (!this.shown) {
          void this.panel?.webview.postMessage({
            title: vscode.l10n.t('Traffic'),
            reason: vscode.l10n.t('Open a Kubernetes manifest to see the traffic around it.'),
          });
          return;
        }
        const params: DiagramParams = { uri: this.shown.uri.toString() };
        const diagram = await this.client.sendRequest<DiagramResult>(diagramRequest, params);
        // Another file came to the front meanwhile.
        if (params.uri !== this.shown?.uri.toString()) continue;
        // Without an answer the last picture stays.
        if (diagram || !this.last) this.show(diagram ?? unreadable());
      } while (this.outdated);
    } catch (error) {
      const reason = `The language server does not answer: ${error instanceof Error ? error.message : String(error)}`;
      void this.panel?.webview.postMessage({ title: vscode.l10n.t('Traffic'), reason });
    } finally {
      this.drawing = false;
    }
  }
}

function page(webview: vscode.Webview, script: vscode.Uri): string {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}' ${webview.cspSource}">
<title>Traffic Diagram</title>
<style nonce="${nonce}">
body { padding: 0; margin: 0; color: var(--vscode-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
header { position: sticky; top: 0; left: 0; display: flex; gap: 6px; align-items: center; padding: 6px 10px; background: var(--vscode-editor-background); border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); }
#says { flex: 1; margin: 0; font-size: inherit; font-weight: normal; }
button { min-width: 26px; padding: 2px 8px; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); font: inherit; cursor: pointer; }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 1px; }
output { min-width: 4em; text-align: right; color: var(--vscode-descriptionForeground); }
#stage { position: relative; }
#stage[hidden] { display: none; }
img { display: block; width: 100%; height: auto; color-scheme: light; }
.spot { position: absolute; box-sizing: border-box; min-width: 0; padding: 0; border: none; border-radius: 4px; background: none; }
.spot:disabled { cursor: default; }
.spot:enabled:hover { outline: 1px solid var(--vscode-focusBorder); }
body.vscode-dark img, body.vscode-high-contrast:not(.vscode-high-contrast-light) img { color-scheme: dark; }
</style>
</head>
<body>
<header><h1 id="says" role="status">Drawing …</h1><output id="zoom" aria-label="Zoom"></output><button id="out" aria-label="Zoom out">−</button><button id="in" aria-label="Zoom in">+</button><button id="fit">Fit</button></header>
<main id="stage" hidden><img id="picture" alt=""><div id="spots"></div></main>
<script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>`;
}
