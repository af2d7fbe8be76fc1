import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import { readPeer, readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { hasVerbatimSpec } from '../kinds/templates.ts';
import { enclosing, type Place, selectsNamespaces, walk } from '../kinds/walk.ts';
import { isAmongPorts } from '../model/workload.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import { targetedPorts } from '../rules/ports.ts';
import { vendorTargetedPorts } from '../rules/vendorPorts.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import type { Reading } from '../workspace/reading.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { podsMeant, policyAround, wholeAround } from './podsMeant.ts';

/** What the grammar cannot know: whether the labels of a selector are on some pod, whether a port is declared by one. */
export interface SemanticToken {
  /** Offsets in the document's text, on one line. */
  readonly at: Range;
  readonly is: 'label' | 'port';
  readonly matched: boolean;
}

/** Whether a selector means something that is known; undefined where there is nothing to compare with. */
function meansSomething(place: Place, policy: PolicyInView, connectivity: Connectivity): boolean | undefined {
  if (connectivity.endpoints.length === 0) return undefined;
  const peer = enclosing(place, 'peer');
  if (!peer) return connectivity.endpointsIn(policy.namespace).length === 0 ? undefined : policy.selected.length > 0;
  const value = readPeer(peer.node);
  if (value?.is !== 'pods') return undefined;
  const names = value.namespaces ? connectivity.namespacesOf(value.namespaces) : [policy.namespace];
  if (selectsNamespaces(enclosing(place, 'selector'))) return names.length > 0;
  if (names.every((name) => connectivity.endpointsIn(name).length === 0)) return undefined;
  return podsIn(connectivity.podsOf(value, policy.policy), connectivity).length > 0;
}

/** The same in a policy of Cilium or of an administrator; of Calico's selectors no word stands by itself. */
function otherMeansSomething(place: Place, reading: Reading, connectivity: Connectivity): boolean | undefined {
  const located = connectivity.endpoints.length > 0 ? policyAround(place, reading) : undefined;
  if (!located) return undefined;
  const selector = enclosing(place, 'selector');
  if (selector && selectsNamespaces(selector)) return connectivity.namespacesOf(readSelector(selector.node)).length > 0;
  const pods = podsMeant(wholeAround(place), located, connectivity);
  return pods && pods.length > 0;
}

const isLabel = ({ type, parent, written }: Place): boolean =>
  written.end > written.start && (type.role === 'label-value' || parent?.type.role === 'cilium-labels');

const isInSelector = (place: Place): boolean => enclosing(place, 'selector') !== undefined || enclosing(place, 'cilium-labels') !== undefined;

/** The tokens of a document's policies, in no particular order. */
export function semanticTokens(document: DocumentText, view: WorkspaceView): readonly SemanticToken[] {
  const connectivity = connectivityOf(view.cluster);
  const observer = new Observer(connectivity);
  const tokens: SemanticToken[] = [];
  for (const resource of resourcesOf(document)) {
    const policy = policyInView(resource, view, observer);
    const reading = view.readingOf(resource);
    if (!policy && (!reading?.policy || !hasVerbatimSpec(resource) || document.parsed.problems.length > 0)) continue;
    walk(resource, (place) => {
      if (!isLabel(place) || !isInSelector(place)) return;
      const matched = policy ? meansSomething(place, policy, connectivity) : reading && otherMeansSomething(place, reading, connectivity);
      if (matched !== undefined) tokens.push({ at: place.written, is: 'label', matched });
    });
    for (const { at, port, declared, targets } of policy
      ? targetedPorts(policy)
      : vendorTargetedPorts(resource, { text: document.text, view, observer })) {
      if (port.port === undefined || targets.some(({ ports }) => ports.length === 0)) continue;
      tokens.push({ at, is: 'port', matched: declared.some((own) => isAmongPorts(own, port)) });
    }
  }
  return tokens;
}
