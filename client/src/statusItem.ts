import * as vscode from 'vscode';
import type { Status } from '../../server/src/protocol.ts';
import { languages } from './manifests.ts';

/** The server's state, in the language status beside the file's language. */
export class StatusItem {
  private readonly item = vscode.languages.createLanguageStatusItem(
    'netpol.status',
    languages.map((language) => ({ language })),
  );

  constructor() {
    this.item.name = 'Netpol';
    this.item.command = { command: 'netpol.showOutput', title: vscode.l10n.t('Show Log') };
    this.starting();
  }

  starting(): void {
    this.show(vscode.l10n.t('starting…'), vscode.LanguageStatusSeverity.Information, true);
  }

  update({ state, files, policies, engine }: Status): void {
    this.item.detail = vscode.l10n.t('Network plugin {0}', engine);
    const ofPolicies =
      policies === 1 ? vscode.l10n.t('1 network policy') : vscode.l10n.t('{0} network policies', policies.toLocaleString(vscode.env.language));
    const ofFiles = files === 1 ? vscode.l10n.t('1 manifest') : vscode.l10n.t('{0} manifests', files.toLocaleString(vscode.env.language));
    const text = vscode.l10n.t('{0} in {1}', ofPolicies, ofFiles);
    this.show(text, vscode.LanguageStatusSeverity.Information, state === 'indexing');
  }

  stopped(): void {
    this.show(vscode.l10n.t('language server stopped'), vscode.LanguageStatusSeverity.Error, false);
  }

  dispose(): void {
    this.item.dispose();
  }

  private show(text: string, severity: vscode.LanguageStatusSeverity, busy: boolean): void {
    this.item.text = text;
    this.item.severity = severity;
    this.item.busy = busy;
  }
}
