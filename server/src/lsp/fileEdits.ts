import type { WorkspaceEdit } from 'vscode-languageserver';
import type { FileEdits } from '../rules/rule.ts';
import { applyEdits } from '../syntax/textEdit.ts';
import type { NamedView } from '../workspace/clusterView.ts';
import { Workspace } from '../workspace/workspace.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { Positions } from './positions.ts';

/** What a workspace would be after edits. */
export function editedCopy(workspace: Workspace, edits: readonly FileEdits[], folders: readonly string[], views: readonly NamedView[]): Workspace {
  const copy = new Workspace();
  copy.setFolders(folders);
  copy.setViews(views);
  for (const uri of workspace.uris()) {
    const text = workspace.manifest(uri)?.text ?? '';
    const own = edits.find(({ file }) => file === uri)?.edits;
    copy.set(uri, own ? applyEdits(text, own) : text);
  }
  return copy;
}

const annotationId = 'netpol.confirm';

/** Edits that the client shows before it makes them. */
export function confirmedEdit(edits: readonly FileEdits[], label: string, workspace: Workspace, open: OpenDocuments): WorkspaceEdit {
  return {
    changeAnnotations: { [annotationId]: { label, needsConfirmation: true } },
    documentChanges: edits.map(({ file, edits: own }) => {
      const positions = open.positionsOf(file) ?? Positions.of(workspace.manifest(file)?.text ?? '', open.encoding);
      return {
        textDocument: { uri: file, version: open.get(file)?.version ?? null },
        edits: own.map((edit) => ({ range: positions.range(edit, 0), newText: edit.newText, annotationId })),
      };
    }),
  };
}
