import * as vscode from 'vscode';
import { previewScheme } from './documents.ts';

/** Set while something is looked at: the buttons above the comparison show then. */
const context = 'netpol.previewing';

/** A document's text with edits that do not overlap. */
function edited(document: vscode.TextDocument, edits: readonly vscode.TextEdit[]): string {
  let text = document.getText();
  for (const { range, newText } of [...edits].sort((a, b) => b.range.start.compareTo(a.range.start) || b.range.end.compareTo(a.range.end))) {
    text = text.slice(0, document.offsetAt(range.start)) + newText + text.slice(document.offsetAt(range.end));
  }
  return text;
}

/** Shows what edits would do, as a comparison, before they are made. One at a time: a newer one takes the older one's place. */
export class EditPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registrations: readonly vscode.Disposable[];
  private readonly texts = new Map<string, string>();
  private decide: (make: boolean) => void = () => {};
  private count = 0;

  constructor() {
    this.registrations = [
      vscode.workspace.registerTextDocumentContentProvider(previewScheme, this),
      vscode.commands.registerCommand('netpol.applyPreview', () => this.decide(true)),
      vscode.commands.registerCommand('netpol.discardPreview', () => this.decide(false)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.some((tab) => this.shows(tab))) this.decide(false);
      }),
    ];
  }

  dispose(): void {
    this.decide(false);
    for (const registration of this.registrations) registration.dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.texts.get(uri.toString());
  }

  /** Makes the edits once the user has looked at them and wants them. */
  async make(edit: vscode.WorkspaceEdit, title: string, says: string, column: vscode.ViewColumn): Promise<void> {
    this.decide(false);
    const plain = new vscode.WorkspaceEdit();
    const compared: [vscode.Uri, vscode.Uri, vscode.Uri][] = [];
    this.texts.clear();
    this.count++;
    for (const [uri, edits] of edit.entries()) {
      plain.set(uri, edits);
      const after = uri.with({ scheme: previewScheme, query: String(this.count) });
      this.texts.set(after.toString(), edited(await vscode.workspace.openTextDocument(uri), edits));
      compared.push([uri, uri, after]);
    }
    const decided = new Promise<boolean>((resolve) => {
      this.decide = resolve;
    });
    const [only] = compared;
    if (compared.length === 1 && only)
      await vscode.commands.executeCommand('vscode.diff', only[1], only[2], title, { preview: true, viewColumn: column });
    else await vscode.commands.executeCommand('vscode.changes', title, compared);
    await vscode.commands.executeCommand('setContext', context, true);
    const apply = vscode.l10n.t('Apply');
    void vscode.window.showInformationMessage(says, apply, vscode.l10n.t('Discard')).then((choice) => {
      if (choice !== undefined) this.decide(choice === apply);
    });
    const wanted = await decided;
    this.decide = () => {};
    await vscode.commands.executeCommand('setContext', context, false);
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter((tab) => this.shows(tab))));
    if (wanted) await vscode.workspace.applyEdit(plain, { isRefactoring: true });
  }

  private shows({ input }: vscode.Tab): boolean {
    if (input instanceof vscode.TabInputTextDiff) return this.texts.has(input.modified.toString());
    // The input of several comparisons has no class yet; its parts have.
    const parts = (input as { readonly textDiffs?: readonly unknown[] } | undefined)?.textDiffs ?? [];
    return parts.some((part) => part instanceof vscode.TabInputTextDiff && this.texts.has(part.modified.toString()));
  }
}
