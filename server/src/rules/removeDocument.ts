import * as l10n from '@vscode/l10n';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { removeItem } from '../syntax/edits.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { isSeq, valueAt } from '../syntax/node.ts';
import type { Fix } from './rule.ts';

/** Offset from which a file's first document is its resource's: what a blank line parts from it, a licence say, is the file's. */
function ownStart(text: string, resource: Resource): number {
  const head = text.slice(0, resource.root.start);
  const blank = /^[\s\S]*\n[ \t]*\r?\n/.exec(head)?.[0] ?? '';
  return blank.trim() === '' ? 0 : blank.length;
}

/** Takes a resource away with its whole document, or as an item of its List or Template; none where it is all that the List holds. */
export function removeDocument(document: DocumentText, resource: Resource): readonly Fix[] {
  const { text, parsed } = document;
  const title = l10n.t('Remove the policy {0}', resource.name ?? '');
  if (resourcesOf(document).length === 1) {
    const start = /^---/.test(text) ? 0 : ownStart(text, resource);
    return [{ title, edits: [{ start, end: text.length, newText: '' }] }];
  }
  const list = valueAt(parsed.root, 'items') ?? valueAt(parsed.root, 'objects');
  const item = isSeq(list) ? list.items.find(({ value }) => value === resource.root) : undefined;
  return isSeq(list) && item ? [{ title, edits: [removeItem(text, list, item)] }] : [];
}
