import { type Connectivity, connectivityOf } from '../connectivity/connectivity.ts';
import { Observer } from '../connectivity/observer.ts';
import { podsKnown } from '../explain/lens.ts';
import { counted } from '../explain/phrases.ts';
import { readPeer, readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import { resourcesOf } from '../kinds/resource.ts';
import { hasVerbatimSpec } from '../kinds/templates.ts';
import { enclosing, type Place, selectsNamespaces, walk } from '../kinds/walk.ts';
import type { Located } from '../model/cluster.ts';
import type { Policy } from '../model/policy.ts';
import { nameLabel, type Selector } from '../model/selector.ts';
import { type PolicyInView, podsIn, policyInView } from '../rules/inView.ts';
import { isSystemNamespace } from '../rules/peerSelectors.ts';
import type { DocumentText } from '../syntax/manifestText.ts';
import { entryOf, isMap, itemsOf } from '../syntax/node.ts';
import { isNull } from '../syntax/scalar.ts';
import { isPartial, mayMeanMore, type Unknown } from '../workspace/unknown.ts';
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

/** Whether a selector names only namespaces that every cluster has. */
const namesSystem = ({ requirements }: Selector): boolean =>
  requirements.some(({ key, operator, values }) => key === nameLabel && operator === 'In' && values.every(isSystemNamespace));

/** How many namespaces a selector matches; undefined where it means some that no manifest has to declare. */
function namespacesAt(at: number, selector: Selector, unknown: Unknown, connectivity: Connectivity): InlayHint | undefined {
  const { length } = connectivity.namespacesOf(selector);
  if (length > 0) return { at, label: counted(length, 'namespace') };
  if (namesSystem(selector)) return undefined;
  return { at, label: mayMeanMore(unknown, selector, undefined) ? 'no known namespaces' : '0 namespaces' };
}

function matchesAt(place: Place, policy: PolicyInView, { unknown }: WorkspaceView, connectivity: Connectivity): InlayHint | undefined {
  const { entry } = place;
  if (!entry || connectivity.endpoints.length === 0) return undefined;
  const peer = enclosing(place, 'peer');
  const at = entry.key.end + 1;
  if (!peer) return { at, label: podsKnown(policy.selected, mayMeanMore(unknown, undefined, policy.namespace)) };
  const value = readPeer(peer.node);
  if (value?.is !== 'pods') return undefined;
  const { namespaces } = value;
  if (selectsNamespaces(place)) return namespaces && namespacesAt(at, namespaces, unknown, connectivity);
  const mayBeMore = mayMeanMore(unknown, namespaces, policy.namespace) || (namespaces !== undefined && namesSystem(namespaces));
  return { at, label: podsKnown(podsIn(connectivity.podsOf(value, policy.policy), connectivity), mayBeMore) };
}

/** Beside the selectors of Cilium, Calico and administrators: how many pods, or namespaces, they match. */
function otherMatchesAt(place: Place, located: Located<Policy>, { unknown }: WorkspaceView, connectivity: Connectivity): InlayHint | undefined {
  const { role } = place.type;
  const key = role === 'cilium-peer' && isMap(place.node) ? place.node.entries[0]?.key : place.entry?.key;
  if (!key || connectivity.endpoints.length === 0) return undefined;
  const at = key.end + 1;
  if (role === 'selector' && selectsNamespaces(place)) return namespacesAt(at, readSelector(place.node), unknown, connectivity);
  const isSelector =
    role === 'cilium-peer' ||
    (role === 'cilium-subject' && key.text === 'endpointSelector') ||
    (role === 'calico-selector' && key.text === 'selector') ||
    (role === 'selector' && key.text === 'podSelector');
  const pods = isSelector ? podsMeant(wholeAround(place), located, connectivity) : undefined;
  return pods && { at, label: podsKnown(pods, isPartial(unknown)) };
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
  // Helm puts what names none into the namespace of the release.
  if (policy.resource.namespace !== undefined || !name || policy.resource.document.parsed.gaps) return undefined;
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
    if (other?.policy && options.matches && hasVerbatimSpec(resource) && document.parsed.problems.length === 0)
      walk(resource, (place) => {
        const located = policyAround(place, other);
        const hint = located && otherMatchesAt(place, located, view, connectivity);
        if (hint) hints.push(hint);
      });
    if (!policy) continue;
    walk(resource, (place) => {
      const { role } = place.type;
      const hint =
        (options.matches && role === 'selector' && matchesAt(place, policy, view, connectivity)) ||
        (options.policyTypes && role === 'policy-spec' && typesAt(place)) ||
        (options.protocol && role === 'policy-port' && protocolAt(place)) ||
        (options.namespace && role === 'metadata' && namespaceAt(place, policy, view));
      if (hint) hints.push(hint);
    });
  }
  return hints;
}
