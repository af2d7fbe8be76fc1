import { shortened } from '../explain/phrases.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { isMadeByTemplate, isPlacedByTemplate } from '../kinds/templates.ts';
import type { Origin } from '../model/cluster.ts';
import { type FileDocument, originOf } from '../workspace/reading.ts';

/** A policy that is known in part, since a Helm template writes the rest of it. */
export interface TemplatePolicy {
  readonly resource: Resource;
  readonly origin: Origin;
}

/** The policies of a document that templates write. */
export const templatePoliciesIn = (document: Pick<FileDocument, 'file' | 'placed'>): readonly TemplatePolicy[] =>
  resourcesOf(document.placed.document)
    .filter((resource) => resource.table?.type.role === 'policy' && (isMadeByTemplate(resource) || isPlacedByTemplate(resource)))
    .map((resource) => ({ resource, origin: originOf(resource, document) }));

/** Says of policies that templates write what is not done with them, as a sentence; none where there are no such policies. */
export function notesOfTemplates(templates: readonly TemplatePolicy[], notDone: string): readonly string[] {
  const names = [...new Set(templates.map(({ origin }) => origin.file))];
  if (names.length === 0) return [];
  const [policies, are] = templates.length === 1 ? ['a policy', 'it is'] : [`${templates.length} policies`, 'they are'];
  const which = shortened(names, (all) => all.join(', '));
  return [`${which} ${names.length === 1 ? 'writes' : 'write'} ${policies} by a Helm template, and ${are} ${notDone}.`];
}
