import * as vscode from 'vscode';
import type { NamedPlace } from '../../server/src/protocol.ts';

/** "shop/policies.yaml:12" */
export const placeInWords = ({ uri, line }: NamedPlace): string => `${vscode.workspace.asRelativePath(vscode.Uri.parse(uri))}:${line + 1}`;

/** Opens a file at a place. */
export async function goTo({ uri, line, character }: NamedPlace, viewColumn: vscode.ViewColumn = vscode.ViewColumn.Active): Promise<void> {
  const at = new vscode.Position(line, character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { viewColumn, selection: new vscode.Range(at, at) });
}
