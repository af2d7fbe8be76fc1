import { nameLabel, type Selector } from '../model/selector.ts';

/** Where in a cluster more may be applied than is known: by templates, releases, what is kept elsewhere. */
export interface Unknown {
  /** In every namespace, and outside of them. */
  readonly isAnywhere: boolean;
  /** Namespaces in which there may be more. */
  readonly namespaces: ReadonlySet<string>;
}

/** All that is applied is known. */
export const nothingUnknown: Unknown = { isAnywhere: false, namespaces: new Set() };

/** There may be more everywhere. */
export const anythingUnknown: Unknown = { isAnywhere: true, namespaces: new Set() };

/** A namespace in which there may be more; undefined where it may be any. */
export type Spot = string | undefined;

/** What is unknown where something lands at each of some spots. */
export function unknownAt(spots: Iterable<Spot>): Unknown {
  const namespaces = new Set<string>();
  for (const spot of spots) {
    if (spot === undefined) return anythingUnknown;
    namespaces.add(spot);
  }
  return namespaces.size === 0 ? nothingUnknown : { isAnywhere: false, namespaces };
}

/** Whether there may be more anywhere at all. */
export const isPartial = ({ isAnywhere, namespaces }: Unknown): boolean => isAnywhere || namespaces.size > 0;

/** Whether there may be more in a namespace; undefined where that is not known. */
export const isPartialIn = (unknown: Unknown, namespace: Spot): boolean =>
  unknown.isAnywhere || (namespace === undefined ? isPartial(unknown) : unknown.namespaces.has(namespace));

/** Whether both speak of the same namespaces. */
export const sameUnknown = (a: Unknown, b: Unknown): boolean =>
  a === b || (a.isAnywhere === b.isAnywhere && a.namespaces.size === b.namespaces.size && [...a.namespaces].every((one) => b.namespaces.has(one)));

/** Whether there may be more among the pods of some namespaces than is known; without a selector of them those of one. */
export function mayMeanMore(unknown: Unknown, namespaces: Selector | undefined, own: Spot): boolean {
  if (!namespaces) return isPartialIn(unknown, own);
  // By other labels than its name a namespace may be meant of which nothing is known.
  const named = namespaces.requirements.find(({ key, operator }) => key === nameLabel && operator === 'In');
  return named ? named.values.some((name) => isPartialIn(unknown, name)) : isPartial(unknown);
}
