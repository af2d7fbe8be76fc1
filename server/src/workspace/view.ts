import type { Resource } from '../kinds/resource.ts';
import type { Range } from '../syntax/node.ts';

/** Another resource of the same kind, namespace and name. */
export interface Twin {
  readonly file: string;
  /** Offsets of its name in that file. */
  readonly at: Range;
  /** Where it is, in words: a file's name, or "this file". */
  readonly place: string;
}

/** Most twins that are told of one resource: a file may hold the same thousands of times. */
export const mostTwins = 5;

/** What a rule or feature may ask about the other resources of the cluster view. Read-only. */
export interface WorkspaceView {
  /** Other resources with the identity of this one, at most `mostTwins`; none where its name is unknown. */
  twinsOf(resource: Resource): readonly Twin[];
}

/** The view of a file that stands alone in the world. */
export const emptyView: WorkspaceView = { twinsOf: () => [] };
