import { readdirSync, readFileSync } from 'node:fs';
import { documentAt, type PlacedDocument } from '../../server/src/syntax/manifestText.ts';
import type { WorkspaceView } from '../../server/src/workspace/view.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

/** A spot in a file of a workspace. */
export interface Spot {
  readonly uri: string;
  readonly placed: PlacedDocument;
  /** Offset in the document. */
  readonly offset: number;
  readonly view: WorkspaceView;
}

export const root = 'file:///work';

/** A workspace of files by name. */
export function workspaceWith(files: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace();
  workspace.setFolders([root]);
  for (const [name, text] of Object.entries(files)) workspace.set(`${root}/${name}`, text);
  return workspace;
}

/** The files of a folder by name. */
export const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]));

/** The spot behind the first character of the nth occurrence of a text. Throws where it does not occur that often. */
export function spotAt(workspace: Workspace, name: string, text: string, nth = 1): Spot {
  const uri = `${root}/${name}`;
  const manifest = workspace.manifest(uri);
  let at = -1;
  for (let i = 0; i < nth; i++) at = manifest?.text.indexOf(text, at + 1) ?? -1;
  const placed = manifest && documentAt(manifest, at);
  if (at < 0 || !placed) throw new Error(`"${text}" does not stand ${nth} times in ${name}.`);
  return { uri, placed, offset: at - placed.start + 1, view: workspace.viewFor(uri) };
}
