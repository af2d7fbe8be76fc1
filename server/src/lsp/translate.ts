import * as l10n from '@vscode/l10n';

/** Takes the strings of the editor's language from the text of a bundle; what is no such text changes nothing. */
export function translate(bundle: string): void {
  try {
    l10n.config({ contents: bundle });
  } catch {
    // English is better than no server.
  }
}
