import { connecting } from '../connectivity/connectivity.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Slice } from './pause.ts';

/** Policies that are compiled at a time. */
const policiesAtOnce = 5;

/** Puts together in slices the cluster that a file is part of, with its policies compiled: a question about the file would do it in one piece. */
export async function prepareSurroundings(uri: string, workspace: Workspace, slice: Slice): Promise<void> {
  const cluster = await slice.through(workspace.preparing(uri));
  if (!cluster) return;
  const connectivity = await slice.through(connecting(cluster));
  while (connectivity.prepare(policiesAtOnce)) if (slice.isOver) await slice.rest();
}
