import type { Connectivity } from '../connectivity/connectivity.ts';
import { membersOf } from '../connectivity/podSets.ts';
import { peer as peerPhrase, plain } from '../explain/phrases.ts';
import type { Direction, Peer, Policy } from '../model/policy.ts';
import { nameLabel, selectorOf } from '../model/selector.ts';
import { isSystemPods } from '../rules/peerSelectors.ts';
import type { SceneNode } from './scene.ts';

/** Cards for whom rules mean beyond the workloads of the manifests: addresses, names, entities, and pods that no manifest makes. */

/** Addresses outside stand once at each side of the picture: as sources, and as destinations. */
function outsideNode(peer: Extract<Peer, { is: 'addresses' }>, direction: Direction): SceneNode {
  const world = peer.cidr === '0.0.0.0/0' || peer.cidr === '::/0';
  const except = peer.except.length > 0 ? `except ${peer.except.length === 1 ? peer.except[0] : `${peer.except.length} ranges`}` : '';
  return {
    id: `${direction === 'ingress' ? 'in' : 'out'}:${peer.cidr}:${peer.except.join()}`,
    is: 'outside',
    namespace: undefined,
    kind: 'addresses',
    name: world ? 'internet' : peer.cidr,
    detail: world ? [peer.cidr, except].filter(Boolean).join(' ') : except,
    pods: '',
    folded: 0,
    end: world ? 'internet' : (peer.cidr.split('/')[0] ?? ''),
    peer,
  };
}

/** What a peer means that is no pod of a manifest: addresses, names in DNS, what Cilium gives a name to. */
export function outsideNodes(peer: Peer, direction: Direction, policy: Policy): readonly SceneNode[] {
  const side = direction === 'ingress' ? 'in' : 'out';
  const plainNode = (kind: string, name: string, detail: string): SceneNode => ({
    ...{ id: `${side}:${kind}:${name}`, is: 'outside', namespace: undefined, kind, name, detail, pods: '', folded: 0 },
  });
  switch (peer.is) {
    case 'addresses':
      return [outsideNode(peer, direction)];
    case 'domains':
      return peer.names.map((name) => plainNode('name', name, 'by DNS'));
    case 'addressSets':
      return [plainNode('network set', plain(peerPhrase(peer, policy.namespace)), '')];
    case 'nodes':
      return [plainNode('nodes', plain(peerPhrase(peer, policy.namespace)), '')];
    case 'entity':
      if (peer.entity === 'all') return [everyone(direction)];
      if (peer.entity === 'world') return [outsideNode({ is: 'addresses', cidr: '0.0.0.0/0', except: [] }, direction)];
      return peer.entity === 'cluster' || peer.entity === 'none' ? [] : [plainNode('entity', peer.entity, plain(peerPhrase(peer, policy.namespace)))];
    default:
      return [];
  }
}

export const everyone = (direction: Direction): SceneNode => ({
  id: `${direction === 'ingress' ? 'in' : 'out'}:everyone`,
  is: 'outside',
  namespace: undefined,
  kind: 'everyone',
  name: 'everyone',
  detail: 'inside and outside the cluster',
  pods: '',
  folded: 0,
  end: 'internet',
});

export function potentialNode(peer: Extract<Peer, { is: 'pods' }>, own: string, connectivity: Connectivity): SceneNode {
  const names = peer.namespaces?.requirements.flatMap(({ key, operator, values }) => (key === nameLabel && operator === 'In' ? values : [])) ?? [];
  const namespace = peer.namespaces ? (names.length === 1 ? names[0] : undefined) : own;
  const dns = peer.pods !== undefined && isSystemPods(peer.pods) && peer.pods.requirements.some(({ values }) => values.includes('kube-dns'));
  const known = membersOf(connectivity.podsOf(peer, { namespace: own, namespaced: true })).length > 0;
  const labels = peer.pods?.requirements.map(({ key, values }) => `${key}=${values.join('|')}`).join(', ') ?? '';
  return {
    id: `p:${JSON.stringify([peer, peer.namespaces ? '' : own])}`,
    is: 'potential',
    namespace: namespace !== undefined && (connectivity.cluster.namespaces.has(namespace) || names.length === 1) ? namespace : undefined,
    kind: dns ? 'DNS' : 'potential peer',
    name: dns ? 'kube-dns' : labels === '' ? `any ${known ? 'other ' : ''}pod` : labels,
    detail: dns ? labels : plain(peerPhrase(peer, own)),
    pods: '',
    folded: 0,
    // Without a namespaceSelector it means pods of the policy's own namespace; another policy would have to say so.
    peer: peer.namespaces ? peer : { ...peer, namespaces: selectorOf({ [nameLabel]: own }) },
  };
}
