import * as l10n from '@vscode/l10n';
import type { ClientCapabilities, CodeAction, CodeActionParams, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { fixAllEdits, quickFixes } from '../features/codeActions.ts';
import { refactoringsAt } from '../features/refactorings.ts';
import { checkConfig } from '../rules/check.ts';
import { isConfig } from '../rules/config.ts';
import type { FileEdits } from '../rules/rule.ts';
import type { Range } from '../syntax/node.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { toEdits } from './convert.ts';
import type { Diagnoser } from './diagnoser.ts';
import type { OpenDocument, OpenDocuments } from './openDocuments.ts';
import { Positions } from './positions.ts';
import type { Settings } from './settings.ts';

export const fixAllKind = 'source.fixAll.netpol';

interface Context {
  readonly workspace: Workspace;
  readonly view: WorkspaceView;
  readonly open: OpenDocuments;
  readonly settings: Settings;
  readonly capabilities: ClientCapabilities;
  readonly diagnoser: Diagnoser;
}

/** Whether the client asked for a kind: for everything, for it, or for a kind above it (`source` asks for `source.fixAll`). */
const wants = (only: readonly string[] | undefined, kind: string): boolean =>
  !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));

/** Edits of the file, and of others where a fix belongs there. */
function workspaceEdit(file: OpenDocument, edits: TextEdit[], deps: Context, elsewhere: readonly FileEdits[] = []): WorkspaceEdit {
  const { capabilities, open, workspace } = deps;
  const all = [
    ...(edits.length > 0 ? [{ uri: file.uri, version: file.version as number | null, edits }] : []),
    ...elsewhere.flatMap(({ file: uri, edits: others }) => {
      const other = open.get(uri);
      const text = workspace.manifest(uri)?.text;
      const positions = other?.positions ?? (text === undefined ? undefined : Positions.of(text, open.encoding));
      return positions ? [{ uri, version: other?.version ?? null, edits: toEdits(others, positions, 0) }] : [];
    }),
  ];
  if (!capabilities.workspace?.workspaceEdit?.documentChanges) return { changes: Object.fromEntries(all.map((one) => [one.uri, one.edits])) };
  return { documentChanges: all.map(({ uri, version, edits: own }) => ({ textDocument: { uri, version }, edits: own })) };
}

/** Quick fixes for what is wrong in a `.netpol.yaml`. */
function configActions(file: OpenDocument, range: Range, deps: Context): CodeAction[] {
  return file.documents.flatMap(({ document, start: shift }) =>
    checkConfig(document).flatMap((finding) =>
      finding.at.start + shift > range.end || finding.at.end + shift < range.start
        ? []
        : (finding.fixes?.() ?? []).map((fix) => ({
            title: fix.title,
            kind: 'quickfix',
            diagnostics: [deps.diagnoser.toDiagnostic(finding, file, shift)],
            edit: workspaceEdit(file, toEdits(fix.edits, file.positions, shift), deps),
          })),
    ),
  );
}

/** Quick fixes for the findings under the selection, and the fix of everything that is certain where it is asked for. */
export function codeActions({ range, context }: CodeActionParams, file: OpenDocument, deps: Context): CodeAction[] {
  const { view } = deps;
  const { rules } = deps.settings;
  const [start, end] = [file.positions.offsetAt(range.start), file.positions.offsetAt(range.end)];
  const actions: CodeAction[] = [];
  if (isConfig(file.uri)) return configActions(file, { start, end }, deps);
  if (wants(context.only, 'quickfix')) {
    for (const { document, start: shift } of file.documents) {
      if (shift > end || shift + document.text.length < start) continue;
      for (const fix of quickFixes(document, { start: start - shift, end: end - shift }, view, rules, deps.diagnoser.failed)) {
        actions.push({
          title: fix.title,
          kind: 'quickfix',
          diagnostics: [deps.diagnoser.toDiagnostic(fix.finding, file, shift)],
          ...(fix.preferred ? { isPreferred: true } : {}),
          edit: workspaceEdit(file, toEdits(fix.edits, file.positions, shift), deps, fix.elsewhere),
        });
      }
    }
  }
  if (wants(context.only, 'refactor') || wants(context.only, 'refactor.rewrite') || wants(context.only, 'refactor.extract')) {
    for (const placed of file.documents) {
      const { document, start: shift } = placed;
      if (shift > start || shift + document.text.length < start) continue;
      for (const refactoring of refactoringsAt(placed, start - shift, file, view)) {
        if (!wants(context.only, refactoring.kind)) continue;
        if (refactoring.disabled !== undefined) {
          if (deps.capabilities.textDocument?.codeAction?.disabledSupport)
            actions.push({ title: refactoring.title, kind: refactoring.kind, disabled: { reason: refactoring.disabled } });
          continue;
        }
        const edits = refactoring.file ? toEdits(refactoring.file.edits, file.positions, 0) : toEdits(refactoring.edits, file.positions, shift);
        actions.push({ title: refactoring.title, kind: refactoring.kind, edit: workspaceEdit(file, edits, deps) });
      }
    }
  }
  // Only on demand: it is made for saving, and would stand in every menu otherwise.
  if (context.only && wants(context.only, fixAllKind)) {
    const edits = file.documents.flatMap(({ document, start: shift }) =>
      toEdits(fixAllEdits(document, view, rules, deps.diagnoser.failed), file.positions, shift),
    );
    if (edits.length > 0)
      actions.push({ title: l10n.t('Fix all that netpol can mend for certain'), kind: fixAllKind, edit: workspaceEdit(file, edits, deps) });
  }
  return actions;
}
