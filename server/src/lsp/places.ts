import { rangeOf } from '../features/fileRange.ts';
import type { Origin } from '../model/cluster.ts';
import type { NamedPlace } from '../protocol.ts';
import type { OpenDocuments } from './openDocuments.ts';
import type { Positions } from './positions.ts';

/** Turns origins into places for the client; undefined where the file is unknown. For one answer: it keeps the files' positions. */
export function placer(open: OpenDocuments): (name: string, origin: Origin) => NamedPlace | undefined {
  const known = new Map<string, Positions | undefined>();
  return (name, origin) => {
    const { file, at } = rangeOf(origin);
    if (!known.has(file)) known.set(file, open.positionsOf(file));
    const start = known.get(file)?.positionAt(at.start);
    return start && { name, uri: file, ...start };
  };
}
