import { memoizedByObject } from '../model/memoized.ts';
import type { Peer } from '../model/policy.ts';
import type { Selector } from '../model/selector.ts';
import { isMap, type MapNode, type Node, type Range, valueAt } from '../syntax/node.ts';
import type { TextEdit } from '../syntax/textEdit.ts';
import type { PeerInView, PolicyInView } from './inView.ts';

/** A peer of pods with the nodes of its selectors. */
export interface PodPeer {
  readonly peer: Extract<Peer, { is: 'pods' }>;
  readonly node: MapNode;
  readonly pods: { readonly selector: Selector; readonly node: Node } | undefined;
  readonly namespaces: { readonly selector: Selector; readonly node: Node } | undefined;
  readonly inView: PeerInView;
  /** The peer before it in its list. */
  readonly previous: PeerInView | undefined;
}

/** Every peer of a policy that means pods. Several rules ask. */
export const podPeers = memoizedByObject(({ rules }: PolicyInView): readonly PodPeer[] => {
  const found: PodPeer[] = [];
  for (const { peers } of rules) {
    let previous: PeerInView | undefined;
    for (const inView of peers) {
      const peer = podPeerOf(inView, previous);
      if (peer) found.push(peer);
      previous = inView;
    }
  }
  return found;
});

function podPeerOf(inView: PeerInView, previous: PeerInView | undefined): PodPeer | undefined {
  const { peer, node } = inView;
  if (peer.is !== 'pods' || !isMap(node)) return undefined;
  const [pods, namespaces] = [valueAt(node, 'podSelector'), valueAt(node, 'namespaceSelector')];
  return {
    peer,
    node,
    pods: peer.pods && pods ? { selector: peer.pods, node: pods } : undefined,
    namespaces: peer.namespaces && namespaces ? { selector: peer.namespaces, node: namespaces } : undefined,
    inView,
    previous,
  };
}

/** Whether a selector means the cluster's own pods, DNS and the like, whose manifests are hardly ever in a workspace. */
export const isSystemPods = ({ requirements }: Selector): boolean =>
  requirements.some(
    ({ key, values }) =>
      key === 'dns.operator.openshift.io/daemonset-dns' ||
      ((key === 'k8s-app' || key === 'app.kubernetes.io/name') &&
        values.some((value) => ['kube-dns', 'coredns', 'node-local-dns', 'metrics-server'].includes(value))),
  );

/** Namespaces that every cluster has, or that platforms make. */
export const isSystemNamespace = (name: string): boolean =>
  ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'gatekeeper-system', 'gke-managed-system'].includes(name) ||
  name.startsWith('openshift-');

/** Writes every pod of the policy's namespace in the place of a peer. */
export const ownPodsInstead = ({ start, end }: Range, text: string): TextEdit => ({
  start,
  end,
  newText: text[start] === '{' ? '{podSelector: {}}' : 'podSelector: {}',
});
