import {
  type AnnotatedTextEdit,
  type ClientCapabilities,
  type Connection,
  ErrorCodes,
  type Position,
  ResponseError,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { renameEdits, renameTargetAt } from '../features/rename.ts';
import { renameProblem } from '../features/renameProblem.ts';
import { type PlacedDocument, readManifestText } from '../syntax/manifestText.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Files } from './files.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { Slice } from './pause.ts';
import { Positions } from './positions.ts';

interface Deps {
  readonly workspace: Workspace;
  readonly open: OpenDocuments;
  readonly files: Pick<Files, 'read'>;
  /** The files of a folder that the index knows of. */
  find(folder: string): AsyncIterable<readonly string[]>;
  folders(): readonly string[];
  capabilities(): ClientCapabilities;
  view(uri: string): WorkspaceView;
}

const refused = (message: string) => new ResponseError(ErrorCodes.InvalidRequest, message);

/** Edits that have to be looked at before they are made. */
const unsure = 'netpol.unsure';

/** Serves renaming, over every text of the cluster view, also of kinds that netpol does not read. */
export function serveRename(connection: Connection, { workspace, open, files, find, folders, capabilities, view }: Deps): void {
  function targetAt(uri: string, position: Position) {
    const file = open.get(uri);
    const at = file?.at(file.positions.offsetAt(position));
    const found = at && renameTargetAt(at.placed.document, at.local, view(uri));
    return file && at && found ? { ...found, range: file.positions.range(found.at, at.placed.start) } : undefined;
  }

  connection.onPrepareRename(({ textDocument: { uri }, position }) => {
    const found = targetAt(uri, position);
    return found ? { range: found.range, placeholder: found.target.name } : null;
  });

  /** The texts of a cluster view: those that the workspace knows, and the YAML files that hold nothing it reads. */
  async function* textsOf(
    name: string,
  ): AsyncIterable<{ readonly uri: string; readonly text: string; readonly documents: readonly PlacedDocument[] }> {
    const seen = new Set<string>();
    for (const uri of workspace.uris()) {
      const manifest = workspace.manifest(uri);
      if (!manifest || workspace.viewName(uri) !== name) continue;
      seen.add(uri);
      yield { uri, ...manifest };
    }
    for (const folder of folders()) {
      for await (const uris of find(folder)) {
        for (const uri of uris) {
          if (seen.has(uri) || !/\.ya?ml$/.test(uri) || workspace.viewName(uri) !== name) continue;
          const text = await files.read(uri);
          if (text !== undefined) yield { uri, ...readManifestText(text, uri) };
        }
      }
    }
  }

  connection.onRenameRequest(async ({ textDocument: { uri }, position, newName }): Promise<WorkspaceEdit> => {
    const found = targetAt(uri, position);
    if (!found) throw refused('Labels of pods and selectors, namespaces and names of container ports can be renamed; this is none of them.');
    const around = view(uri);
    const problem = renameProblem(found.target, newName, around);
    if (problem) throw refused(problem);
    const annotated = capabilities().workspace?.workspaceEdit?.changeAnnotationSupport !== undefined;
    const changes: TextDocumentEdit[] = [];
    const slice = new Slice();
    for await (const file of textsOf(workspace.viewName(uri))) {
      // Tens of thousands of texts take a second to look through.
      if (slice.isOver) await slice.rest();
      const wanted = file.documents.flatMap(({ document, start }) =>
        renameEdits(document, found.target, newName, around).flatMap((edit) => (edit.sure || annotated ? [{ edit, start }] : [])),
      );
      if (wanted.length === 0) continue;
      const positions = open.get(file.uri)?.positions ?? Positions.of(file.text, open.encoding);
      const edits = wanted.map(({ edit, start }): AnnotatedTextEdit | { range: AnnotatedTextEdit['range']; newText: string } => ({
        range: positions.range(edit, start),
        newText: edit.newText,
        ...(edit.sure ? {} : { annotationId: unsure }),
      }));
      changes.push({ textDocument: { uri: file.uri, version: open.get(file.uri)?.version ?? null }, edits });
    }
    if (!capabilities().workspace?.workspaceEdit?.documentChanges) {
      return { changes: Object.fromEntries(changes.map(({ textDocument, edits }) => [textDocument.uri, edits as AnnotatedTextEdit[]])) };
    }
    const annotation = {
      label: 'May mean something else',
      needsConfirmation: true,
      description: 'Written by a template, or outside labels and selectors.',
    };
    return { documentChanges: changes, ...(annotated ? { changeAnnotations: { [unsure]: annotation } } : {}) };
  });
}
