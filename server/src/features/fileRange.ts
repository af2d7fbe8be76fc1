import type { Origin } from '../model/cluster.ts';
import type { Range } from '../syntax/node.ts';

/** A place in some file. */
export interface FileRange {
  readonly file: string;
  /** Offsets in the file. */
  readonly at: Range;
}

export const rangeOf = ({ file, shift, at }: Origin): FileRange => ({ file, at: { start: shift + at.start, end: shift + at.end } });
