import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type NewPoliciesParams, type NewPoliciesResult, newPoliciesRequest } from '../../server/src/protocol.ts';

/** Writes a policy that the workspace suggests behind the active YAML, or into a new file. */
export async function newPolicy(client: BaseLanguageClient): Promise<void> {
  const active = vscode.window.activeTextEditor;
  if (!active) {
    void vscode.window.showInformationMessage('Open a manifest first: policies are suggested for the workloads around it.');
    return;
  }
  const offers = await client.sendRequest<NewPoliciesResult>(newPoliciesRequest, { uri: active.document.uri.toString() } satisfies NewPoliciesParams);
  if (offers.length === 0) {
    void vscode.window.showInformationMessage('No workload is in sight: the folder of this file, or what it is applied with, holds none.');
    return;
  }
  const items = offers.map(({ label, detail, documentation, text }) => ({ label, description: detail, detail: documentation, text }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'New policy',
    placeHolder: 'For a workload or a namespace',
    matchOnDescription: true,
  });
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
