import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import type { Endpoint } from '../connectivity/endpoints.ts';
import { Observer } from '../connectivity/observer.ts';
import { adminPolicyLens, patchedLens, podsKnown, policyLens, workloadLens } from '../explain/lens.ts';
import { apiOf, isStaged } from '../kinds/readPolicy.ts';
import { type Resource, resourcesOf } from '../kinds/resource.ts';
import { hasVerbatimSpec } from '../kinds/templates.ts';
import type { Located } from '../model/cluster.ts';
import { type Action, type Direction, directions, type Policy } from '../model/policy.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import { policiesOf, type Reading } from '../workspace/reading.ts';
import { mayMeanMore } from '../workspace/unknown.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { type FileRange, rangeOf } from './fileRange.ts';

export interface CodeLens {
  /** Offsets in the document's text. */
  readonly at: Range;
  readonly title: string;
  /** What it counts: where a click may lead. */
  readonly targets: readonly FileRange[];
}

/** Above the whole resource. */
const placeOf = (resource: Resource): Range => resource.root.entries[0]?.key ?? resource.root;

/** Where in a document lenses stand: above policies where workloads are known, above workloads where policies are. Cheap: what they say is asked one by one. */
export function codeLensPlaces(document: DocumentText, view: WorkspaceView): readonly Range[] {
  const { workloads, policies } = view.cluster;
  const { problems } = document.parsed;
  return resourcesOf(document).flatMap((resource) => {
    const reading = view.readingOf(resource);
    const isPolicy = (reading?.policy || isStaged(resource)) && hasVerbatimSpec(resource) && problems.length === 0;
    return (isPolicy && workloads.length > 0) || (reading?.workload && policies.length > 0) ? [placeOf(resource)] : [];
  });
}

function ofPolicy(policy: PolicyInView, at: Range, { unknown }: WorkspaceView): CodeLens {
  const peers = (direction: Direction) => [
    ...new Set(
      policy.rules
        .filter((rule) => rule.direction === direction)
        .flatMap((rule) => rule.peers.flatMap(({ pods }) => podsIn(pods, policy.connectivity))),
    ),
  ];
  const pods = podsKnown(policy.selected, mayMeanMore(unknown, undefined, policy.namespace));
  const title = policyLens(policy.policy, pods, { ingress: peers('ingress'), egress: peers('egress') });
  return { at, title, targets: policy.selected.map(({ origin }) => rangeOf(origin)) };
}

/** "2 pods · in from 1 workload · Cilium" */
function ofVendorPolicy(reading: Reading, at: Range, { unknown }: WorkspaceView, connectivity: Connectivity): CodeLens {
  const compiled = policiesOf(reading).flatMap((located) => connectivity.compiledOf(located) ?? []);
  const selected = [...new Set(compiled.flatMap(({ subject }) => podsIn(subject, connectivity)))];
  const peers = (direction: Direction) => [
    ...new Set(
      compiled.flatMap(({ rules }) =>
        rules[direction].flatMap(({ rule, pods }) => (rule.action === 'allow' ? pods.flatMap((set) => podsIn(set, connectivity)) : [])),
      ),
    ),
  ];
  const known = { ingress: peers('ingress'), egress: peers('egress') };
  const own = reading.policy?.value;
  const hasAddresses = (direction: Direction) => compiled.some(({ rules }) => rules[direction].some(({ addresses }) => addresses.length > 0));
  const pods = podsKnown(selected, mayMeanMore(unknown, own?.subject.namespaces, own?.namespace));
  const title = own ? policyLens(own, pods, known, { ingress: hasAddresses('ingress'), egress: hasAddresses('egress') }) : '';
  return {
    at,
    title: `${title} · enforced by ${apiOf(reading.resource) === 'cilium' ? 'Cilium' : 'Calico'} only`,
    targets: selected.map(({ origin }) => rangeOf(origin)),
  };
}

/** "2 pods · denies in from 1 workload · allows out to addresses" */
function ofAdminPolicy(located: Located<Policy>, at: Range, { unknown }: WorkspaceView, connectivity: Connectivity): CodeLens {
  const compiled = connectivity.compiledOf(located);
  const selected = podsIn(compiled?.subject, connectivity);
  const known = (direction: Direction, action: Action) => [
    ...new Set(
      (compiled?.rules[direction] ?? []).flatMap(({ rule, pods }) =>
        rule.action === action ? pods.flatMap((set) => podsIn(set, connectivity)) : [],
      ),
    ),
  ];
  const pods = podsKnown(selected, mayMeanMore(unknown, located.value.subject.namespaces, undefined));
  return { at, title: adminPolicyLens(located.value, pods, known), targets: selected.map(({ origin }) => rangeOf(origin)) };
}

function ofWorkload(workload: Endpoint['workload'], at: Range, connectivity: Connectivity): CodeLens | undefined {
  const endpoint = connectivity.endpointOf(workload);
  if (!endpoint) return undefined;
  const policies = new Set(
    directions.flatMap((direction) => connectivity.policiesOf(endpoint, direction).flatMap(([, list]) => list.map(({ located }) => located))),
  );
  return { at, title: workloadLens(policies.size, endpoint, connectivity), targets: [...policies].map(({ origin }) => rangeOf(origin)) };
}

/** The lens of the resource that begins at an offset of a document; undefined where none does, and while its text is broken. */
export function codeLensAt(document: DocumentText, offset: number, view: WorkspaceView): CodeLens | undefined {
  const resource = resourcesOf(document).find((candidate) => placeOf(candidate).start === offset);
  const lens = resource && lensOf(resource, view);
  return lens && view.readingOf(resource)?.patched ? { ...lens, title: patchedLens(lens.title) } : lens;
}

function lensOf(resource: Resource, view: WorkspaceView): CodeLens | undefined {
  const connectivity = connectivityOf(view.cluster);
  const policy = policyInView(resource, view, new Observer(connectivity));
  if (policy) return ofPolicy(policy, placeOf(resource), view);
  if (isStaged(resource)) return { at: placeOf(resource), title: 'staged: not enforced', targets: [] };
  const reading = view.readingOf(resource);
  if (reading?.policy && apiOf(resource) === 'admin') return ofAdminPolicy(reading.policy, placeOf(resource), view, connectivity);
  if (reading?.policy) return ofVendorPolicy(reading, placeOf(resource), view, connectivity);
  const workload = view.readingOf(resource)?.workload;
  return workload && ofWorkload(workload.value, placeOf(resource), connectivity);
}
