import * as vscode from 'vscode';
import { previewScheme } from './documents.ts';

/** Set while something is looked at: the buttons above the comparison show then. */
const context = 'netpol.previewing';

/** A document's text with edits that do not overlap. */
function edited(document: vscode.TextDocument, edits: readonly vscode.TextEdit[]): string {
  let text = document.getText();
  // From the end, so that what is before stays where it was; of several at one place the last first.
  const backwards = [...edits].reverse().sort((a, b) => b.range.start.compareTo(a.range.start) || b.range.end.compareTo(a.range.end));
  for (const { range, newText } of backwards) {
    text = text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end));
  }
  return text;
}

/** Edits that are being looked at. */
interface Looked {
  /** The texts that they would make, by address. */
  readonly texts: ReadonlyMap<string, string>;
  readonly decide: (make: boolean) => void;
}

/** Whether a tab compares with one of the texts. */
function compares({ input }: vscode.Tab, { texts }: Looked): boolean {
  // The input of several comparisons has no class of its own yet; its parts have.
  const parts =
    input instanceof vscode.TabInputTextDiff ? [input] : ((input as { readonly textDiffs?: readonly unknown[] } | undefined)?.textDiffs ?? []);
  return parts.some((part) => part instanceof vscode.TabInputTextDiff && texts.has(part.modified.toString()));
}

/** Shows what edits would do, as a comparison, before they are made. One at a time: a newer one takes the older one's place. */
export class EditPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registrations: readonly vscode.Disposable[];
  private looked: Looked | undefined;
  private count = 0;

  constructor() {
    this.registrations = [
      vscode.workspace.registerTextDocumentContentProvider(previewScheme, this),
      vscode.commands.registerCommand('netpol.applyPreview', () => this.looked?.decide(true)),
      vscode.commands.registerCommand('netpol.discardPreview', () => this.looked?.decide(false)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        const { looked } = this;
        if (looked && closed.some((tab) => compares(tab, looked))) looked.decide(false);
      }),
    ];
  }

  dispose(): void {
    this.looked?.decide(false);
    for (const registration of this.registrations) registration.dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.looked?.texts.get(uri.toString());
  }

  /** Makes the edits once the user has looked at them and wants them. */
  async make(edit: vscode.WorkspaceEdit, title: string, says: string, column: vscode.ViewColumn): Promise<void> {
    this.looked?.decide(false);
    const plain = new vscode.WorkspaceEdit();
    const texts = new Map<string, string>();
    const compared: [vscode.Uri, vscode.Uri, vscode.Uri][] = [];
    const query = String(++this.count);
    for (const [uri, edits] of edit.entries()) {
      plain.set(uri, edits);
      const after = uri.with({ scheme: previewScheme, query });
      texts.set(after.toString(), edited(await vscode.workspace.openTextDocument(uri), edits));
      compared.push([uri, uri, after]);
    }
    let decide: Looked['decide'] = () => {};
    const decided = new Promise<boolean>((resolve) => {
      decide = resolve;
    });
    const looked: Looked = { texts, decide };
    this.looked = looked;
    const [only] = compared;
    if (compared.length === 1 && only)
      await vscode.commands.executeCommand('vscode.diff', only[1], only[2], title, { preview: true, viewColumn: column });
    else await vscode.commands.executeCommand('vscode.changes', title, compared);
    await vscode.commands.executeCommand('setContext', context, true);
    const apply = vscode.l10n.t('Apply');
    // It may be answered late, when something else is looked at: it speaks of these edits alone.
    void vscode.window.showInformationMessage(says, apply, vscode.l10n.t('Discard')).then((choice) => {
      if (choice !== undefined) decide(choice === apply);
    });
    const wanted = await decided;
    if (this.looked === looked) {
      this.looked = undefined;
      await vscode.commands.executeCommand('setContext', context, false);
      await vscode.commands.executeCommand('notifications.hideToasts');
    }
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter((tab) => compares(tab, looked))));
    if (wanted) await vscode.workspace.applyEdit(plain, { isRefactoring: true });
  }
}
