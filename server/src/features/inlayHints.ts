import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import { podsInShort } from '../explain/lens.ts';
import { counted } from '../explain/phrases.ts';
import { readPeer, readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { enclosing, type Place, selectsNamespaces, walk } from '../kinds/walk.ts';
import type { Located } from '../model/cluster.ts';
import type { Policy } from '../model/policy.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { entryOf, isMap, itemsOf } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import type { WorkspaceView } from '../workspace/view.ts';
import { podsMeant, policyAround, wholeAround } from './podsMeant.ts';

/** Which of them are shown. */
export interface InlayHintOptions {
  /** TCP, where a port has no protocol. */
  readonly protocol: boolean;
  readonly policyTypes: boolean;
  readonly namespace: boolean;
  /** How many pods a selector matches. */
  readonly matches: boolean;
}

export const allInlayHints: InlayHintOptions = { protocol: true, policyTypes: true, namespace: true, matches: true };

export interface InlayHint {
  /** Offset in the document's text, behind which it stands. */
  readonly at: number;
  readonly label: string;
  /** Why. */
  readonly tooltip?: string;
}

function matchesAt(place: Place, policy: PolicyInView, connectivity: Connectivity): InlayHint | undefined {
  const { entry } = place;
  if (!entry || connectivity.endpoints.length === 0) return undefined;
  const peer = enclosing(place, 'peer');
  const at = entry.key.end + 1;
  if (!peer) return { at, label: podsInShort(policy.selected.map(({ workload }) => workload)) };
  const value = readPeer(peer.node);
  if (value?.is !== 'pods') return undefined;
  if (selectsNamespaces(place)) {
    const names = value.namespaces ? connectivity.namespacesOf(value.namespaces) : [];
    return { at, label: counted(names.length, 'namespace') };
  }
  return { at, label: podsInShort(podsIn(connectivity.podsOf(value, policy.policy), connectivity).map(({ workload }) => workload)) };
}

/** Beside the selectors of Cilium, Calico and administrators: how many pods, or namespaces, they match. */
function otherMatchesAt(place: Place, located: Located<Policy>, connectivity: Connectivity): InlayHint | undefined {
  const { role } = place.type;
  const key = role === 'cilium-peer' && isMap(place.node) ? place.node.entries[0]?.key : place.entry?.key;
  if (!key || connectivity.endpoints.length === 0) return undefined;
  const at = key.end + 1;
  if (role === 'selector' && selectsNamespaces(place))
    return { at, label: counted(connectivity.namespacesOf(readSelector(place.node)).length, 'namespace') };
  const isSelector =
    role === 'cilium-peer' ||
    (role === 'cilium-subject' && key.text === 'endpointSelector') ||
    (role === 'calico-selector' && key.text === 'selector') ||
    (role === 'selector' && key.text === 'podSelector');
  const pods = isSelector ? podsMeant(wholeAround(place), located, connectivity) : undefined;
  return pods && { at, label: podsInShort(pods.map(({ workload }) => workload)) };
}

function typesAt(place: Place): InlayHint | undefined {
  if (entryOf(place.node, 'policyTypes') || !place.entry) return undefined;
  const egress = itemsOf(entryOf(place.node, 'egress')?.value).length > 0;
  return { at: place.entry.key.end + 1, label: `policyTypes: ${egress ? 'Ingress, Egress' : 'Ingress'}` };
}

function protocolAt(place: Place): InlayHint | undefined {
  const port = entryOf(place.node, 'port');
  return port && !isNull(port.value) && isNull(entryOf(place.node, 'protocol')?.value) ? { at: port.value.end, label: 'TCP' } : undefined;
}

function namespaceAt(place: Place, policy: PolicyInView, view: WorkspaceView): InlayHint | undefined {
  const name = entryOf(place.node, 'name');
  if (policy.resource.namespace !== undefined || !name) return undefined;
  if (!view.setsNamespace) return { at: name.value.end, label: 'namespace: whatever is active' };
  const by = view.deliveredBy();
  return { at: name.value.end, label: `namespace: ${policy.namespace}`, ...(by ? { tooltip: `Delivered by ${by}.` } : {}) };
}

/** What is implicit in the policies of a document: it is shown where it would be written. */
export function inlayHints(document: DocumentText, view: WorkspaceView, options: InlayHintOptions): readonly InlayHint[] {
  const connectivity = connectivityOf(view.cluster);
  const hints: InlayHint[] = [];
  for (const resource of resourcesOf(document)) {
    const policy = policyInView(resource, view, new Observer(connectivity));
    const other = isNetworkPolicy(resource.table) ? undefined : view.readingOf(resource);
    if (other?.policy && options.matches && !document.parsed.templated && document.parsed.problems.length === 0)
      walk(resource, (place) => {
        const located = policyAround(place, other);
        const hint = located && otherMatchesAt(place, located, connectivity);
        if (hint) hints.push(hint);
      });
    if (!policy) continue;
    walk(resource, (place) => {
      const { role } = place.type;
      const hint =
        (options.matches && role === 'selector' && matchesAt(place, policy, connectivity)) ||
        (options.policyTypes && role === 'policy-spec' && typesAt(place)) ||
        (options.protocol && role === 'policy-port' && protocolAt(place)) ||
        (options.namespace && role === 'metadata' && namespaceAt(place, policy, view));
      if (hint) hints.push(hint);
    });
  }
  return hints;
}
