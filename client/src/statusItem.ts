import * as vscode from 'vscode';
import type { Status } from '../../server/src/protocol.ts';
import { languages } from './manifests.ts';

const plural = (count: number, one: string, many: string) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The server's state, in the language status beside the file's language. */
export class StatusItem {
  private readonly item = vscode.languages.createLanguageStatusItem(
    'netpol.status',
    languages.map((language) => ({ language })),
  );

  constructor() {
    this.item.name = 'Netpol';
    this.item.command = { command: 'netpol.showOutput', title: 'Show log' };
    this.starting();
  }

  starting(): void {
    this.show('starting…', vscode.LanguageStatusSeverity.Information, true);
  }

  update({ state, files, policies, engine }: Status): void {
    this.item.detail = `Network plugin ${engine}`;
    const text = `${plural(policies, 'network policy', 'network policies')} in ${plural(files, 'manifest', 'manifests')}`;
    this.show(text, vscode.LanguageStatusSeverity.Information, state === 'indexing');
  }

  stopped(): void {
    this.show('language server stopped', vscode.LanguageStatusSeverity.Error, false);
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
