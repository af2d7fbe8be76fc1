import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  type DiagramExportParams,
  type DiagramExportResult,
  type DiagramFormat,
  type DiagramParams,
  diagramExportRequest,
} from '../../server/src/protocol.ts';

const formats = (): readonly { readonly label: string; readonly format: DiagramFormat; readonly ending: string; readonly png?: true }[] => [
  { label: 'SVG', format: 'svg', ending: 'svg' },
  { label: 'PNG', format: 'svg', ending: 'png', png: true },
  { label: 'Mermaid', format: 'mermaid', ending: 'mmd' },
  { label: 'DOT (Graphviz)', format: 'dot', ending: 'dot' },
  { label: vscode.l10n.t('Markdown table'), format: 'md', ending: 'md' },
];

/**
 * Asks for a format, and copies or saves the picture in it.
 * @param picture what is shown
 * @param near the file whose folder is offered
 * @param rasterized draws an SVG into PNG; undefined where that fails
 */
export async function exportPicture(
  client: BaseLanguageClient,
  picture: DiagramParams,
  near: vscode.Uri,
  rasterized: (svg: string) => Promise<Uint8Array | undefined>,
): Promise<void> {
  const chosen = await vscode.window.showQuickPick(formats(), { title: vscode.l10n.t('Export the picture as') });
  if (!chosen) return;
  const [copy, save] = [{ label: vscode.l10n.t('Copy to the clipboard') }, { label: vscode.l10n.t('Save as a file …') }];
  const how = chosen.png ? save : await vscode.window.showQuickPick([copy, save], { title: chosen.label });
  if (!how) return;
  const params: DiagramExportParams = { ...picture, format: chosen.format };
  const { text, problem } = await client.sendRequest<DiagramExportResult>(diagramExportRequest, params);
  const content = text === undefined ? undefined : chosen.png ? await rasterized(text) : new TextEncoder().encode(text);
  if (text === undefined || !content) {
    void vscode.window.showWarningMessage(problem || vscode.l10n.t('The picture could not be made; a smaller one may.'));
    return;
  }
  if (how === copy) {
    await vscode.env.clipboard.writeText(text);
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(near)?.uri ?? vscode.Uri.joinPath(near, '..');
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(folder, `traffic.${chosen.ending}`) });
  if (target) await vscode.workspace.fs.writeFile(target, content);
}
