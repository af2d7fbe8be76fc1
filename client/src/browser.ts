import type { ExtensionContext } from 'vscode';
import { activateWith } from './activate.ts';

/** Entry in a browser: the server is a web worker. */
export function activate(context: ExtensionContext): void {
  activateWith(context, () => import('./browserSession.ts'));
}
