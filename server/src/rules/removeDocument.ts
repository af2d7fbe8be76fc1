import { type Resource, resourcesOf } from '../kinds/resource.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Fix } from './rule.ts';

/** Takes a resource away with its whole document; none where the document holds others, or where it is the first of its file and others follow. */
export function removeDocument(document: DocumentText, resource: Resource): readonly Fix[] {
  const { text } = document;
  if (resourcesOf(document).length !== 1 || !/^---/.test(text)) return [];
  return [{ title: `Remove the policy ${resource.name ?? ''}`, edits: [{ start: 0, end: text.length, newText: '' }] }];
}
