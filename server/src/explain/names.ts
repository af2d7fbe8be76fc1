import type { Workload } from '../model/workload.ts';
import { allOf, shortened } from './phrases.ts';

/** Resources by their names, as plain text for messages. */

type Named = Pick<Workload, 'kind' | 'name'>;

/** "Deployment web". */
export const workloadName = ({ kind, name }: Named): string => `${kind} ${name}`;

/** "Deployment web, Deployment db, and 3 more", each once. */
export const workloadNames = (workloads: readonly Named[]): string => shortened([...new Set(workloads.map(workloadName))], allOf);

/** The form of a verb that agrees with the workloads before it. */
export const agreeing = (workloads: readonly Named[], one: string, several: string): string =>
  new Set(workloads.map(workloadName)).size === 1 ? one : several;

/** "namespace shop", "namespace shop (assumed: no manifest declares it)". */
export const namespaceName = (name: string, assumed: boolean): string => `namespace ${name}${assumed ? ' (assumed: no manifest declares it)' : ''}`;
