import type { ExtensionContext } from 'vscode';
import { activateWith } from './activate.ts';

/** Entry on the desktop and on a remote machine: the server is a process of its own. */
export function activate(context: ExtensionContext): void {
  activateWith(context, () => import('./nodeSession.ts'));
}
