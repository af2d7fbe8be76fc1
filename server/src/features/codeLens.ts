import { connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import { policyLens, workloadLens } from '../explain/lens.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import type { Direction } from '../model/policy.ts';
import { podsIn, policyInView } from '../rules/inView.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { type FileRange, rangeOf } from './fileRange.ts';

export interface CodeLens {
  /** Offsets in the document's text. */
  readonly at: Range;
  readonly title: string;
  /** What it counts: where a click may lead. */
  readonly targets: readonly FileRange[];
}

function lensOf(resource: Resource, view: WorkspaceView): CodeLens | undefined {
  const connectivity = connectivityOf(view.cluster);
  // Above the whole resource.
  const at = resource.root.entries[0]?.key ?? resource.root;
  const policy = policyInView(resource, view, new Observer(connectivity));
  if (policy) {
    if (connectivity.endpoints.length === 0) return undefined;
    const peers = (direction: Direction) => [
      ...new Set(
        policy.rules.filter((rule) => rule.direction === direction).flatMap((rule) => rule.peers.flatMap(({ pods }) => podsIn(pods, connectivity))),
      ),
    ];
    const title = policyLens(policy.policy, policy.selected, { ingress: peers('ingress'), egress: peers('egress') });
    return { at, title, targets: policy.selected.map(({ origin }) => rangeOf(origin)) };
  }
  const workload = view.readingOf(resource)?.workload;
  if (!workload || view.cluster.policies.length === 0) return undefined;
  const endpoint = connectivity.endpointsIn(workload.value.namespace).find((candidate) => candidate.workload === workload.value);
  if (!endpoint) return undefined;
  const policies = new Set(
    (['ingress', 'egress'] as const).flatMap((direction) =>
      connectivity.policiesOf(endpoint, direction).flatMap(([, list]) => list.map(({ located }) => located)),
    ),
  );
  return { at, title: workloadLens(policies.size, endpoint, connectivity), targets: [...policies].map(({ origin }) => rangeOf(origin)) };
}

/** What stands above the policies and workloads of a document. */
export const codeLenses = (document: DocumentText, view: WorkspaceView): readonly CodeLens[] =>
  resourcesOf(document).flatMap((resource) => lensOf(resource, view) ?? []);
