import type { DocumentText } from '../../server/src/syntax/manifestText.ts';
import { documentAt, readManifestText } from '../../server/src/syntax/manifestText.ts';

/** A text whose `$0` marks the cursor, opened there. */
export interface AtCursor {
  /** The whole file, without the mark. */
  readonly text: string;
  readonly document: DocumentText;
  /** Offset of the document in the file. */
  readonly shift: number;
  /** Offset of the cursor in the document. */
  readonly offset: number;
}

/** Throws where the text has no `$0`. */
export function atCursor(marked: string, name = 'policy.yaml'): AtCursor {
  const at = marked.indexOf('$0');
  if (at < 0) throw new Error('The text has no cursor: write $0.');
  const text = marked.slice(0, at) + marked.slice(at + 2);
  const placed = documentAt(readManifestText(text, name), at);
  if (!placed) throw new Error('The text is empty.');
  return { text, document: placed.document, shift: placed.start, offset: at - placed.start };
}

/** A policy named web of namespace shop with the given spec, written from column 0. */
export const policyOf = (spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n${spec
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n')}`;
