import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { WorkspaceEdit as LspEdit } from 'vscode-languageserver-protocol';
import {
  type Diagram,
  type DiagramCard,
  type DiagramEditParams,
  type DiagramEditResult,
  type DiagramExplainParams,
  type DiagramFocusParams,
  type DiagramParams,
  type DiagramResult,
  type DiagramRevisionsParams,
  type DiagramRevisionsResult,
  diagramEditRequest,
  diagramExplainRequest,
  diagramFocusRequest,
  diagramRequest,
  diagramRevisionsRequest,
  type NamedPlace,
  type ReachParams,
  type ReachResult,
  reachRequest,
} from '../../server/src/protocol.ts';
import { pageHtml } from '../diagram/html.ts';
import { type DiagramChoice, everything, isPageMessage, isPageState, type PageMessage, type PanelMessage } from '../diagram/messages.ts';
import { choosePorts } from './choosePorts.ts';
import { exportPicture } from './diagramExport.ts';
import { diagramStrings } from './diagramStrings.ts';
import { isManifest } from './documents.ts';
import { EditPreview } from './editPreview.ts';
import { pickOrWrite } from './pickOrWrite.ts';
import { goTo, placeInWords } from './places.ts';

const viewType = 'netpol.diagram';

const unreadable = (): Diagram => ({
  title: vscode.l10n.t('Traffic'),
  reason: vscode.l10n.t('This text is not YAML yet, so there is no picture; the Problems view says where.'),
});

/** Twice the pixels of the picture: sharp on most screens, and small enough to be sent. */
const pngScale = 2;

/** The document at an address; undefined where it is gone. */
async function openedAt(uri: string): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  } catch {
    return undefined;
  }
}

/** A choice without the comparison. */
function alone({ compareWith: _, ...rest }: DiagramChoice): DiagramChoice {
  return rest;
}

/** What the page remembers may be from when the workspace was trusted: comparing runs git. */
const permitted = (choice: DiagramChoice): DiagramChoice => (vscode.workspace.isTrusted ? choice : alone(choice));

/** The panel with the traffic around the manifest that is edited. There is at most one; it follows the active editor and every change. */
export class DiagramPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly client: BaseLanguageClient;
  private readonly extension: vscode.Uri;
  private readonly restoring: vscode.Disposable;
  private readonly preview = new EditPreview();
  private panel: vscode.WebviewPanel | undefined;
  private shown: vscode.TextDocument | undefined;
  private choice: DiagramChoice = everything;
  /** How many choices of the page have arrived since it was opened. */
  private knows = 0;
  private readonly listeners: vscode.Disposable[] = [];
  private drawing = false;
  private outdated = false;
  /** What the page shows; it forgets when it is hidden. */
  private last: Diagram | undefined;
  /** Where the reasons of the last answer lead. */
  private reasons: readonly (NamedPlace | undefined)[] = [];
  private png: ((data: string) => void) | undefined;

  constructor(client: BaseLanguageClient, extension: vscode.Uri) {
    this.client = client;
    this.extension = extension;
    this.restoring = vscode.window.registerWebviewPanelSerializer(viewType, this);
  }

  /** Opens the panel beside the text, or shows it again. */
  open(): void {
    if (this.panel) {
      this.panel.reveal(undefined, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      viewType,
      vscode.l10n.t('Traffic Diagram'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      this.options,
    );
    this.take(panel);
    this.follow(vscode.window.activeTextEditor?.document);
  }

  /** After a reload of the window: the panel is there again, and the page still knows what it showed. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    if (this.panel) {
      panel.dispose();
      return;
    }
    panel.webview.options = this.options;
    if (isPageState(state)) {
      this.choice = permitted(state.choice);
      // Before anything is listened to: the active editor would take its place, and the choice with it.
      if (state.uri !== undefined) this.shown = await openedAt(state.uri);
    }
    this.take(panel);
    if (this.shown) void this.draw();
    else this.follow(vscode.window.activeTextEditor?.document);
  }

  dispose(): void {
    this.restoring.dispose();
    this.preview.dispose();
    this.panel?.dispose();
  }

  private get options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extension, 'dist')] };
  }

  private take(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    const { webview } = panel;
    this.listeners.push(
      webview.onDidReceiveMessage((message: unknown) => {
        if (isPageMessage(message)) void this.receive(message);
      }),
      panel.onDidDispose(() => this.closed()),
      panel.onDidChangeViewState(() => {
        if (panel.visible) void this.draw();
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor?.document)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => void this.focus(textEditor)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (panel.visible && isManifest(document)) void this.draw();
      }),
    );
    const script = webview.asWebviewUri(vscode.Uri.joinPath(this.extension, 'dist', 'diagram.js')).toString();
    const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    webview.html = pageHtml({ strings: diagramStrings(), nonce, script, source: webview.cspSource });
  }

  private closed(): void {
    this.panel = undefined;
    this.shown = undefined;
    this.last = undefined;
    this.choice = everything;
    this.png?.('');
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }

  private post(message: PanelMessage): void {
    void this.panel?.webview.postMessage(message);
  }

  private async receive(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.knows = 0;
        if (this.last) this.show(this.last);
        return this.draw();
      case 'choose':
        this.choice = permitted(message.choice);
        this.knows = message.count;
        if (!message.choice.pinned) this.follow(vscode.window.activeTextEditor?.document);
        return this.draw();
      case 'open':
        return this.openTarget(message.id, message.rule);
      case 'explain':
        return this.explain(message.id);
      case 'reach':
        return this.ask(message.from, message.to);
      case 'allow':
      case 'remove':
        return this.edit(message.type, message.from, message.to);
      case 'reason': {
        const place = this.reasons[message.index];
        return place && goTo(place, this.column);
      }
      case 'compare':
        return this.compare();
      case 'export':
        return this.export();
      case 'png':
        this.png?.(message.data);
        return undefined;
    }
  }

  private follow(document: vscode.TextDocument | undefined): void {
    if (!document || document === this.shown || !isManifest(document) || (this.choice.pinned && this.shown)) return;
    this.shown = document;
    this.last = undefined;
    // What was looked at in another cluster means nothing in this one.
    this.choice = { ...everything, ...(this.choice.compareWith === undefined ? {} : { compareWith: this.choice.compareWith }) };
    void this.draw();
  }

  /** Beside the picture, where the text is. */
  private get column(): vscode.ViewColumn {
    return vscode.window.visibleTextEditors.find(({ document }) => document === this.shown)?.viewColumn ?? vscode.ViewColumn.One;
  }

  private card(id: string): DiagramCard | undefined {
    return this.last?.picture?.cards.find((card) => card.id === id);
  }

  /** Leads to where a card or a rule of an arrow comes from; asks where there are several places. */
  private async openTarget(id: string, rule: number | undefined): Promise<void> {
    const card = this.card(id);
    const arrow = this.last?.picture?.arrows.find((one) => one.id === id);
    const places = card?.place ? [card.place] : (arrow?.places ?? []);
    const wanted = rule === undefined ? places : places.slice(rule, rule + 1);
    const items = wanted.map((place) => ({ label: place.name, description: placeInWords(place), place }));
    const title = arrow?.says ?? card?.says ?? '';
    const chosen = items.length > 1 ? await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Where to go') }) : items[0];
    if (chosen) await goTo(chosen.place, this.column);
  }

  private async explain(id: string): Promise<void> {
    if (!this.shown) return;
    const params: DiagramExplainParams = { uri: this.shown.uri.toString(), id };
    this.post({ type: 'explain', id, lines: await this.client.sendRequest<readonly string[]>(diagramExplainRequest, params) });
  }

  /** Marks what the cursor is in. */
  private async focus({ document, selection }: vscode.TextEditor): Promise<void> {
    if (!this.panel?.visible || !isManifest(document)) return;
    const { line, character } = selection.active;
    const params: DiagramFocusParams = { uri: document.uri.toString(), line, character };
    this.post({ type: 'focus', ids: await this.client.sendRequest<readonly string[]>(diagramFocusRequest, params) });
  }

  private async ask(fromId: string, toId: string): Promise<void> {
    const [from, to] = [this.card(fromId)?.end, this.card(toId)?.end];
    if (!this.shown || from === undefined || to === undefined) return;
    const params: ReachParams = { uri: this.shown.uri.toString(), from, to, port: '' };
    const { problem, pairs } = await this.client.sendRequest<ReachResult>(reachRequest, params);
    if (problem !== undefined) {
      void vscode.window.showWarningMessage(problem);
      return;
    }
    this.reasons = pairs.flatMap(({ reasons }) => reasons.map(({ place }) => place));
    const answers = pairs.map(({ question, allowed, reasons }) => ({
      question,
      allowed,
      reasons: reasons.map(({ text, place }) => ({ text, leads: place !== undefined })),
    }));
    this.post({ type: 'reach', answers });
  }

  /** Shows the edits that let a flow through, or take it away, before they are made. */
  private async edit(change: 'allow' | 'remove', from: string, to: string): Promise<void> {
    if (!this.shown) return;
    const ports = change === 'allow' ? await choosePorts(this.card(from)?.name ?? '', this.card(to)) : [];
    if (!ports) return;
    const params: DiagramEditParams = { uri: this.shown.uri.toString(), from, to, change, ports };
    const { edit, says, problem } = await this.client.sendRequest<DiagramEditResult>(diagramEditRequest, params);
    if (problem !== undefined || !edit) {
      void vscode.window.showWarningMessage(problem ?? '');
      return;
    }
    const title = vscode.l10n.t('{0} → {1}: what changes', this.card(from)?.name ?? '', this.card(to)?.name ?? '');
    const changes = await this.client.protocol2CodeConverter.asWorkspaceEdit(edit as LspEdit);
    // In the text's own column, so that it does not cover the picture.
    await this.preview.make(changes, title, says.join(' '), this.column);
  }

  private async compare(): Promise<void> {
    if (this.choice.compareWith !== undefined) {
      this.choice = alone(this.choice);
      return this.draw();
    }
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Comparing runs git, which is done in trusted workspaces only.'));
      return;
    }
    if (!this.shown) return;
    const revisions = await this.client.sendRequest<DiagramRevisionsResult>(diagramRevisionsRequest, {
      uri: this.shown.uri.toString(),
    } satisfies DiagramRevisionsParams);
    const revision = await pickOrWrite({
      title: vscode.l10n.t('Compare with'),
      placeholder: vscode.l10n.t('A revision of git: HEAD, a branch, a tag or a commit.'),
      known: [{ label: 'HEAD', description: vscode.l10n.t('what is not committed yet') }, ...revisions.map((label) => ({ label }))],
      written: () => vscode.l10n.t('a revision'),
    });
    if (revision === undefined) return;
    this.choice = { ...this.choice, compareWith: revision };
    return this.draw();
  }

  /** PNG is drawn by the page, from the SVG. */
  private async rasterized(svg: string): Promise<Uint8Array | undefined> {
    const data = await new Promise<string>((resolve) => {
      this.png = resolve;
      this.post({ type: 'raster', svg, scale: pngScale });
      setTimeout(() => resolve(''), 15_000);
    });
    this.png = undefined;
    const [, base64] = data.split(',');
    return base64 ? Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) : undefined;
  }

  private export(): Promise<void> | undefined {
    return this.shown && exportPicture(this.client, this.params(this.shown), this.shown.uri, (svg) => this.rasterized(svg));
  }

  private params({ uri }: vscode.TextDocument): DiagramParams {
    const { filter, expanded, compareWith } = this.choice;
    return { uri: uri.toString(), filter, expanded, ...(compareWith === undefined ? {} : { compareWith }) };
  }

  private show(diagram: Diagram): void {
    this.last = diagram;
    const uri = this.shown?.uri.toString();
    this.post({ type: 'diagram', diagram, choice: this.choice, knows: this.knows, ...(uri === undefined ? {} : { uri }) });
  }

  private tell(reason: string): void {
    this.post({ type: 'diagram', diagram: { title: vscode.l10n.t('Traffic'), reason }, choice: this.choice, knows: this.knows });
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
          this.tell(vscode.l10n.t('Open a Kubernetes manifest to see the traffic around it.'));
          return;
        }
        const params = this.params(this.shown);
        const diagram = await this.client.sendRequest<DiagramResult>(diagramRequest, params);
        // Another file came to the front meanwhile.
        if (params.uri !== this.shown?.uri.toString()) continue;
        // Without an answer the last picture stays.
        if (diagram || !this.last) this.show(diagram ?? unreadable());
        const editor = vscode.window.activeTextEditor;
        if (editor) void this.focus(editor);
      } while (this.outdated);
    } catch (error) {
      this.tell(vscode.l10n.t('The language server does not answer: {0}', error instanceof Error ? error.message : String(error)));
    } finally {
      this.drawing = false;
    }
  }
}
