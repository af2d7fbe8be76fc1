import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import { readPeer } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { enclosing, type Place, selectsNamespaces, walk } from '../kinds/walk.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import { targetedPorts } from '../rules/ports.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import type { Range } from '../syntax/node.ts';
import type { WorkspaceView } from '../workspace/view.ts';

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

/** The tokens of a document's policies, in no particular order. */
export function semanticTokens(document: DocumentText, view: WorkspaceView): readonly SemanticToken[] {
  const connectivity = connectivityOf(view.cluster);
  const tokens: SemanticToken[] = [];
  for (const resource of resourcesOf(document)) {
    const policy = policyInView(resource, view, new Observer(connectivity));
    if (!policy) continue;
    walk(resource, (place) => {
      if (place.type.role !== 'label-value' || !enclosing(place, 'selector') || place.written.end === place.written.start) return;
      const matched = meansSomething(place, policy, connectivity);
      if (matched !== undefined) tokens.push({ at: place.written, is: 'label', matched });
    });
    for (const { inView, declared, targets } of targetedPorts(policy)) {
      const { port, endPort, protocol } = inView.port;
      if (port === undefined || targets.some(({ ports }) => ports.length === 0)) continue;
      const matched = declared.some(
        (own) => own.protocol === protocol && (own.name === port || (typeof port === 'number' && own.port >= port && own.port <= (endPort ?? port))),
      );
      tokens.push({ at: inView.at, is: 'port', matched });
    }
  }
  return tokens;
}
