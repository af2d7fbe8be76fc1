import * as vscode from 'vscode';
import { languages, looksLikeManifest } from './manifests.ts';

/** Whether an open text may be, and looks like, a Kubernetes manifest. */
export const isManifest = (document: vscode.TextDocument): boolean =>
  (languages as readonly string[]).includes(document.languageId) && looksLikeManifest(document.getText(new vscode.Range(0, 0, 2000, 0)));
