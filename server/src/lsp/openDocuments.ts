import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { documentAt, type PlacedDocument } from '../syntax/manifestText.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { type PositionEncoding, Positions } from './positions.ts';

/** A file that an editor has open: its text is the editor's, not the disk's. */
export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly positions: Positions;
  readonly documents: readonly PlacedDocument[];
  /** The document around a position, and the position's offset in that document's text. */
  at(offset: number): { readonly placed: PlacedDocument; readonly local: number } | undefined;
}

/** The texts that the editor holds, kept in step with the workspace. */
export class OpenDocuments {
  private readonly texts = new Map<string, TextDocument>();
  private readonly workspace: Workspace;
  encoding: PositionEncoding = 'utf-16';

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  get uris(): Iterable<string> {
    return this.texts.keys();
  }

  has(uri: string): boolean {
    return this.texts.has(uri);
  }

  /** Positions in a file that is open, or that the workspace knows. */
  positionsOf(uri: string): Positions | undefined {
    const text = this.texts.get(uri);
    if (text) return new Positions(text, this.encoding);
    const known = this.workspace.manifest(uri)?.text;
    return known === undefined ? undefined : Positions.of(known, this.encoding);
  }

  get(uri: string): OpenDocument | undefined {
    const text = this.texts.get(uri);
    const manifest = this.workspace.manifest(uri);
    if (!text || !manifest) return undefined;
    return {
      uri,
      version: text.version,
      positions: new Positions(text, this.encoding),
      documents: manifest.documents,
      at(offset) {
        const placed = documentAt(manifest, offset);
        return placed && { placed, local: offset - placed.start };
      },
    };
  }

  /** Gives the URIs of other files whose findings may have changed; so do `change` and `Workspace.set`. */
  open(uri: string, languageId: string, version: number, text: string): ReadonlySet<string> {
    this.texts.set(uri, TextDocument.create(uri, languageId, version, text));
    return this.workspace.set(uri, text);
  }

  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): ReadonlySet<string> {
    let text = this.texts.get(uri);
    if (!text) return new Set();
    for (const change of changes) {
      const converted = 'range' in change ? { range: new Positions(text, this.encoding).utf16Range(change.range), text: change.text } : change;
      text = TextDocument.update(text, [converted], version);
    }
    this.texts.set(uri, text);
    return this.workspace.set(uri, text.getText());
  }

  close(uri: string): void {
    this.texts.delete(uri);
  }
}
