import { shortened } from '../explain/phrases.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { isMadeByTemplate, isPlacedByTemplate } from '../kinds/templates.ts';
import type { Origin } from '../model/cluster.ts';
import { type FileDocument, originOf } from '../workspace/reading.ts';

/** A policy that something else makes: a Helm template, which writes part of it, or the object that it stands in. */
export interface MadePolicy {
  readonly resource: Resource;
  readonly origin: Origin;
  readonly by: 'template' | 'carrier';
}

function makerOf(resource: Resource): MadePolicy['by'] | undefined {
  if (resource.table?.type.role !== 'policy') return undefined;
  if (isMadeByTemplate(resource)) return 'template';
  if (resource.carrier !== undefined) return 'carrier';
  return isPlacedByTemplate(resource) ? 'template' : undefined;
}

/** The policies of a document that something else makes. */
export const madePoliciesIn = (document: Pick<FileDocument, 'file' | 'placed'>): readonly MadePolicy[] =>
  resourcesOf(document.placed.document).flatMap((resource) => {
    const by = makerOf(resource);
    return by ? [{ resource, origin: originOf(resource, document), by }] : [];
  });

/** What is not done with policies that something else makes, of whichever it is, and how it can be done; a phrase each. */
type NotDone = Readonly<Record<MadePolicy['by'], string>>;

/** Says of policies that something else makes what is not done with them, a sentence for each kind of maker; none where there are no such policies. */
export function notesOfMade(policies: readonly MadePolicy[], notDone: NotDone): readonly string[] {
  return (['template', 'carrier'] as const).flatMap((by) => {
    const own = policies.filter((policy) => policy.by === by);
    const files = [...new Set(own.map(({ origin }) => origin.file))];
    if (files.length === 0) return [];
    const one = files.length === 1;
    const [count, are] = own.length === 1 ? ['a policy', 'it is'] : [`${own.length} policies`, 'they are'];
    const how =
      by === 'template' ? `${one ? 'writes' : 'write'} ${count} by a Helm template` : `${one ? 'holds' : 'hold'} ${count} inside other objects`;
    return [`${shortened(files, (all) => all.join(', '))} ${how}, and ${are} ${notDone[by]}.`];
  });
}
