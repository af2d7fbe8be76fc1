import type { DocumentText } from '../syntax/manifestText.ts';
import { isMap, isScalar, itemsOf, type Range, resolve, valueAt } from '../syntax/node.ts';
import { resolveUri } from '../workspace/clusterView.ts';

export interface DocumentLink {
  /** Offsets in the document's text. */
  readonly at: Range;
  readonly target: string;
}

const lists = ['resources', 'bases', 'components', 'patchesStrategicMerge', 'configurations', 'crds'];

/** What a kustomization brings in, as links. `known` tells whether a URI is a file, and which file stands for a folder. */
export function kustomizationLinks(document: DocumentText, folder: string, known: (uri: string) => string | undefined): readonly DocumentLink[] {
  const root = resolve(document.parsed.root);
  if (!isMap(root)) return [];
  const paths = [
    ...lists.flatMap((key) => itemsOf(valueAt(root, key))),
    ...['patches', 'patchesJson6902'].flatMap((key) => itemsOf(valueAt(root, key)).flatMap((patch) => valueAt(patch, 'path') ?? [])),
  ];
  return paths.flatMap((node): DocumentLink[] => {
    if (!isScalar(node)) return [];
    const uri = resolveUri(folder, node.text);
    const target = uri === undefined ? (/^https?:/.test(node.text) ? node.text : undefined) : known(uri);
    return target === undefined ? [] : [{ at: { start: node.start, end: node.end }, target }];
  });
}
