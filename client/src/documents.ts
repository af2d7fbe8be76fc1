import * as vscode from 'vscode';
import { languages, looksLikeManifest } from './manifests.ts';

/** Texts that show what edits would make of a file. */
export const previewScheme = 'netpol-preview';

/** Whether a text only shows another version of a file: as git has it, or as it would become. It is part of no workspace. */
export const isVersion = ({ uri }: vscode.TextDocument): boolean =>
  [previewScheme, 'git', 'gitlens', 'git-graph', 'review', 'pr'].includes(uri.scheme);

/** Whether an open text may be, and looks like, a Kubernetes manifest. */
export const isManifest = (document: vscode.TextDocument): boolean =>
  !isVersion(document) &&
  (languages as readonly string[]).includes(document.languageId) &&
  looksLikeManifest(document.getText(new vscode.Range(0, 0, 2000, 0)));
