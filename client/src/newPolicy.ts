import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type NewPoliciesParams, type NewPoliciesResult, type NewPolicyPurpose, newPoliciesRequest } from '../../server/src/protocol.ts';

/** What there is to choose from, and what to say where that is nothing. */
const texts = (purpose: NewPolicyPurpose) =>
  ({
    workload: {
      title: vscode.l10n.t('New policy'),
      placeHolder: vscode.l10n.t('For which workload?'),
      none: vscode.l10n.t('No workload is in sight: the folder of this file, or what it is applied with, holds none.'),
    },
    'default-deny': {
      title: vscode.l10n.t('Default deny'),
      placeHolder: vscode.l10n.t('For which namespace?'),
      none: vscode.l10n.t('Every namespace in sight that has workloads has a default deny for both directions.'),
    },
    'allow-dns': {
      title: vscode.l10n.t('Allow DNS'),
      placeHolder: vscode.l10n.t('For which namespace?'),
      none: vscode.l10n.t('Every namespace in sight that has workloads has a policy that lets DNS out.'),
    },
  })[purpose];

/** Writes a policy that the workspace suggests behind the active YAML, or into a new file. */
export async function newPolicy(client: BaseLanguageClient, purpose: NewPolicyPurpose): Promise<void> {
  const active = vscode.window.activeTextEditor;
  if (!active) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a manifest first: policies are suggested for the workloads around it.'));
    return;
  }
  const offers = await client.sendRequest<NewPoliciesResult>(newPoliciesRequest, { uri: active.document.uri.toString() } satisfies NewPoliciesParams);
  const items = offers
    .filter((offer) => offer.purpose === purpose)
    .map(({ label, detail, documentation, text }) => ({ label, description: detail, detail: documentation, text }));
  const { title, placeHolder, none } = texts(purpose);
  if (items.length === 0) {
    void vscode.window.showInformationMessage(none);
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  if (!chosen) return;
  if (active.document.languageId !== 'yaml') {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content: `${chosen.text}\n` }));
    return;
  }
  const { document } = active;
  const end = document.lineAt(document.lineCount - 1).range.end;
  const present = document.getText().trimEnd();
  const lineBreak = end.character === 0 ? '' : '\n';
  const separator = present === '' || present.endsWith('\n---') || present === '---' ? '' : '---\n';
  const before = `${lineBreak}${separator}`;
  const editor = await vscode.window.showTextDocument(document, active.viewColumn);
  if (!(await editor.edit((edit) => edit.insert(end, `${before}${chosen.text}\n`)))) return;
  const start = document.offsetAt(end) + before.length;
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + chosen.text.length));
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
