import { mayHoldKnownKind, resourcesOf } from '../kinds/resource.ts';
import type { ManifestText } from '../syntax/manifestText.ts';
import { resolve, valueAt } from '../syntax/node.ts';
import type { FileRange } from './fileRange.ts';

/** A resource of the workspace. */
export interface WorkspaceSymbol extends FileRange {
  readonly name: string;
  readonly kind: string;
  readonly namespace: string | undefined;
}

/** Most symbols that are given at once. */
const most = 500;

/** Whether the letters of a query stand in a text in their order. */
function fits(query: string, text: string): boolean {
  let at = 0;
  for (const letter of query.toLowerCase()) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** The resources whose name, kind or namespace a query fits, by file. */
export function workspaceSymbols(query: string, files: Iterable<readonly [uri: string, manifest: ManifestText]>): readonly WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const [file, { documents }] of files) {
    for (const { document, start } of documents) {
      if (!mayHoldKnownKind(document.text)) continue;
      for (const { table, name, kind, namespace, root } of resourcesOf(document)) {
        if (!table || name === undefined || kind === undefined || !fits(query, `${name} ${kind} ${namespace ?? ''}`.toLowerCase())) continue;
        const at = resolve(valueAt(root, 'metadata', 'name')) ?? root;
        found.push({ name, kind, namespace, file, at: { start: start + at.start, end: start + at.end } });
        if (found.length === most) return found;
      }
    }
  }
  return found;
}
