import type { ClientCapabilities, CodeAction, CodeActionParams, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { fixAllEdits, quickFixes } from '../features/codeActions.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { toEdits } from './convert.ts';
import type { Diagnoser } from './diagnoser.ts';
import type { OpenDocument } from './openDocuments.ts';
import type { Settings } from './settings.ts';

export const fixAllKind = 'source.fixAll.netpol';

interface Context {
  readonly workspace: Workspace;
  readonly settings: Settings;
  readonly capabilities: ClientCapabilities;
  readonly diagnoser: Diagnoser;
}

/** Whether the client asked for a kind: for everything, for it, or for a kind above it (`source` asks for `source.fixAll`). */
const wants = (only: readonly string[] | undefined, kind: string): boolean =>
  !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));

function workspaceEdit(file: OpenDocument, edits: TextEdit[], { capabilities }: Context): WorkspaceEdit {
  if (!capabilities.workspace?.workspaceEdit?.documentChanges) return { changes: { [file.uri]: edits } };
  return { documentChanges: [{ textDocument: { uri: file.uri, version: file.version }, edits }] };
}

/** Quick fixes for the findings under the selection, and the fix of everything that is certain where it is asked for. */
export function codeActions({ range, context }: CodeActionParams, file: OpenDocument, deps: Context): CodeAction[] {
  const view = deps.workspace.viewFor(file.uri);
  const { rules } = deps.settings;
  const [start, end] = [file.positions.offsetAt(range.start), file.positions.offsetAt(range.end)];
  const actions: CodeAction[] = [];
  if (wants(context.only, 'quickfix')) {
    for (const { document, start: shift } of file.documents) {
      if (shift > end || shift + document.text.length < start) continue;
      for (const fix of quickFixes(document, { start: start - shift, end: end - shift }, view, rules)) {
        actions.push({
          title: fix.title,
          kind: 'quickfix',
          diagnostics: [deps.diagnoser.toDiagnostic(fix.finding, file, shift)],
          ...(fix.preferred ? { isPreferred: true } : {}),
          edit: workspaceEdit(file, toEdits(fix.edits, file.positions, shift), deps),
        });
      }
    }
  }
  // Only on demand: it is made for saving, and would stand in every menu otherwise.
  if (context.only && wants(context.only, fixAllKind)) {
    const edits = file.documents.flatMap(({ document, start: shift }) => toEdits(fixAllEdits(document, view, rules), file.positions, shift));
    if (edits.length > 0)
      actions.push({ title: 'Fix all that netpol can mend for certain', kind: fixAllKind, edit: workspaceEdit(file, edits, deps) });
  }
  return actions;
}
