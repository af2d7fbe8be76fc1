import { Connectivity } from '../../server/src/connectivity/connectivity.ts';
import type { Endpoint } from '../../server/src/connectivity/endpoints.ts';
import { readManifestText } from '../../server/src/syntax/manifestText.ts';
import { clusterOf } from '../../server/src/workspace/cluster.ts';

/** The connectivity of one file's manifests. */
export function connectivityOf(text: string, name = 'cluster.yaml'): Connectivity {
  const { documents } = readManifestText(text, name);
  return new Connectivity(clusterOf(documents.map((placed) => ({ file: name, placed }))));
}

/** The workload of a name, in any namespace. Throws where there is none. */
export function endpointOf({ endpoints }: Connectivity, name: string): Endpoint {
  const found = endpoints.find(({ workload }) => workload.name === name);
  if (!found) throw new Error(`There is no workload ${name}.`);
  return found;
}
