import { calicoTypes, readCalicoPolicy, readCalicoRule, readEntity } from '../kinds/calico/readCalico.ts';
import { meaningOf, parseSelector, type SelectorOf } from '../kinds/calico/selector.ts';
import {
  ciliumSpecs,
  readCiliumPeers,
  readCiliumPolicies,
  readCiliumPort,
  readCiliumRule,
  readConditions,
  readEndpointSelector,
} from '../kinds/cilium/readCilium.ts';
import { apiOf, isStaged, readAddressSet, readPolicies, readTierResource } from '../kinds/readPolicy.ts';
import type { Resource } from '../kinds/resource.ts';
import { enclosing, type Place } from '../kinds/walk.ts';
import type { Direction, Peer, Policy } from '../model/policy.ts';
import { everything } from '../model/selector.ts';
import { itemsOf } from '../syntax/node.ts';
import { stringOf } from '../syntax/scalar.ts';
import { allOf, anyOf, capitalised, cidr, code, namespaces, peer, pods, port, shortened } from './phrases.ts';
import { oneRule, policy, subject } from './policy.ts';

/** What Cilium's and Calico's manifests mean, place by place. Markdown. */

const sentence = (text: string): string => `${capitalised(text)}.`;

/** Who reads a kind at all. Sources: the projects' documentation. */
const readers = {
  cilium: 'Enforced by Cilium alone, and by what is built on it; GKE Dataplane V2 reads FQDN and clusterwide policies in kinds of its own.',
  calico: 'Enforced by Calico alone.',
  admin: 'Enforced by the plugins that implement the network policy API: Antrea, OVN-Kubernetes, Calico, Cilium and others, each as far as it says.',
} as const;

/** Which network plugins enforce a resource; undefined where every one that enforces policies does. */
export function enforcedBy(resource: Resource): string | undefined {
  if (resource.table?.type.role !== 'policy') return undefined;
  if (isStaged(resource)) return undefined;
  const api = apiOf(resource);
  return api === undefined || api === 'kubernetes' ? undefined : readers[api];
}

/** A policy as a paragraph each for whom, in and out; of several specs one after the other. */
function policies(list: readonly Policy[]): string | undefined {
  if (list.length === 0) return undefined;
  return list.length === 1 ? policy(list[0] as Policy) : list.map((one, i) => `**${i + 1}.** ${policy(one)}`).join('\n\n');
}

/** What a staged policy becomes when it is enforced, by its kind. */
export const insteadOfStaged: Readonly<Record<string, string>> = {
  StagedNetworkPolicy: 'NetworkPolicy of Calico',
  StagedGlobalNetworkPolicy: 'GlobalNetworkPolicy',
};

/** What a whole resource is for; undefined where there is nothing to say. */
export function explainVendorResource(resource: Resource): string | undefined {
  const sets = readAddressSet(resource);
  if (sets) {
    const ranges = sets.cidrs.length > 0 ? shortened(sets.cidrs.map(code), allOf) : 'no address';
    const by = sets.kind === 'CiliumCIDRGroup' ? 'its name or its labels' : 'its labels';
    return `Stands for ${ranges}. Policies mean it by ${by}.`;
  }
  const tier = readTierResource(resource);
  if (tier) {
    const place =
      tier.order === undefined ? 'after all tiers that have an order' : `at ${tier.order}, the lower first; \`default\` stands at 1000000`;
    const end = tier.unmatched === 'deny' ? 'is denied' : 'goes on to the next tier';
    return `Its policies are asked ${place}. What they are about and no rule of the tier matches ${end}.`;
  }
  const meaning = policies(readPolicies(resource));
  const instead = insteadOfStaged[resource.kind ?? ''];
  return instead && isStaged(resource) ? `**Not enforced**: staged. As a ${instead} it would do this:\n\n${meaning}` : meaning;
}

/** Most rules of a list that are told in one hover. */
const mostRules = 20;

const withLength = (text: string): string => (text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);

const directionOfKey = (key: string | undefined): Direction => (key?.startsWith('egress') ? 'egress' : 'ingress');

/** What a place of a Cilium manifest means. */
function ciliumPlace(place: Place): string | undefined {
  const { node, type, resource } = place;
  const { namespace } = resource;
  const namespaced = resource.table?.namespaced === true;
  const rule = enclosing(place, 'cilium-rule');
  const key = enclosing(place, 'cilium-rules')?.entry?.key.text ?? 'ingress';
  const which = directionOfKey(key);
  switch (type.role) {
    case 'policy':
      return explainVendorResource(resource);
    case 'cilium-spec': {
      const at = ciliumSpecs(resource.root).indexOf(node);
      const own = readCiliumPolicies(resource)[at];
      return own && policy(own);
    }
    case 'cilium-subject': {
      const { pods: selected, namespaces: where } = readEndpointSelector(node);
      return subject({ subject: { pods: selected, namespaces: where ?? everything }, namespace, namespaced });
    }
    case 'cilium-rule':
    case 'cilium-rules': {
      const rules = type.role === 'cilium-rule' ? [node] : itemsOf(node);
      const read = rules
        .slice(0, mostRules)
        .flatMap((one) => readCiliumRule(one, key, namespaced))
        .slice(0, mostRules);
      if (read.length === 0) return rules.length === 0 ? undefined : 'Allows nothing by itself; with it the direction is isolated.';
      return read.map((one) => oneRule(one, which, namespace)).join(' ');
    }
    case 'cilium-peers': {
      const read = rule && readCiliumPeers(rule.node, which, namespaced);
      return read && itemsOf(node).length > 1 ? 'Any one of these peers is enough (OR).' : undefined;
    }
    case 'cilium-peer': {
      const { pods: selected, namespaces: where } = readEndpointSelector(node);
      const value: Peer = { is: 'pods', pods: selected, ...(where ? { namespaces: where } : namespaced ? {} : { namespaces: everything }) };
      return sentence(peer(value, namespace));
    }
    case 'cilium-labels': {
      return place.parent && place.parent.type.role !== 'cilium-labels' ? ciliumPlace(place.parent) : undefined;
    }
    case 'cilium-port-rule': {
      const conditions = readConditions(node);
      return (
        conditions &&
        sentence(`of what is sent to these ports only ${anyOf(conditions.map(({ text }) => code(text)))}; everything else there is refused`)
      );
    }
    case 'cilium-port': {
      const read = readCiliumPort(node);
      return (
        read &&
        sentence(
          `${port(read)}${read.protocol === 'ANY' ? ' of TCP, UDP and SCTP' : ''} of the ${which === 'egress' ? 'destination' : 'selected'} pods`,
        )
      );
    }
    case 'cilium-port-value':
      return place.parent && ciliumPlace(place.parent);
    case 'net':
    case 'cidr':
    case 'except': {
      const range = cidr(withLength(stringOf(node) ?? ''));
      return range && sentence(type.role === 'except' ? `left out: ${range}` : range);
    }
    default:
      return undefined;
  }
}

/** What the labels of a selector are labels of, by its key. */
function selectorOf(place: Place): SelectorOf {
  const key = place.entry?.key.text;
  if (key === 'namespaceSelector') return 'namespaces';
  return key === 'serviceAccountSelector' || place.parent?.entry?.key.text === 'serviceAccounts' ? 'serviceAccounts' : 'pods';
}

function calicoSelector(place: Place): string | undefined {
  const parsed = parseSelector(stringOf(place.node) ?? '');
  if ('problem' in parsed) return `Cannot be read: ${parsed.problem.message}`;
  const of = selectorOf(place);
  const selector = meaningOf(parsed.expression, of);
  const key = place.entry?.key.text;
  if (of === 'namespaces')
    return parsed.expression.is === 'global'
      ? 'What belongs to no namespace: global network sets and host endpoints.'
      : sentence(namespaces(selector));
  if (of === 'serviceAccounts') return sentence(pods(selector).replace(/^pods labelled/, 'pods whose service account is labelled'));
  const what = pods(selector);
  if (key === 'notSelector') return sentence(`everything but ${what}, traffic from outside the cluster, too`);
  return sentence(enclosing(place, 'calico-entity') ? `${what}, and network sets so labelled` : what);
}

/** What a place of a Calico manifest means. */
function calicoPlace(place: Place): string | undefined {
  const { node, type, resource, entry } = place;
  const { namespace } = resource;
  const namespaced = resource.table?.namespaced === true;
  const key = enclosing(place, 'calico-rules')?.entry?.key.text;
  const which = directionOfKey(key);
  const own = () => readCalicoPolicy(resource);
  switch (type.role) {
    case 'policy':
    case 'calico-spec':
      return explainVendorResource(resource);
    case 'calico-types':
      return sentence(
        `it is about ${allOf(calicoTypes(enclosing(place, 'calico-spec')?.node).map((one) => (one === 'ingress' ? 'what comes in' : 'what goes out')))}`,
      );
    case 'calico-rule': {
      const read = readCalicoRule(node, which, namespaced);
      return read && oneRule(read, which, namespace, own().tier);
    }
    case 'calico-rules': {
      const { tier } = own();
      const read = itemsOf(node)
        .slice(0, mostRules)
        .flatMap((item) => readCalicoRule(item, which, namespaced) ?? []);
      return read.length > 0 ? read.map((one) => oneRule(one, which, namespace, tier)).join(' Then: ') : undefined;
    }
    case 'calico-entity': {
      const peers = readEntity(node, namespaced, entry?.key.text);
      return (
        peers &&
        sentence(
          shortened(
            peers.map((one) => peer(one, namespace)),
            anyOf,
          ),
        )
      );
    }
    case 'calico-selector':
      return calicoSelector(place);
    case 'net': {
      const range = cidr(withLength(stringOf(node) ?? ''));
      return range && sentence(entry || !place.parent?.entry?.key.text.startsWith('not') ? range : `left out: ${range}`);
    }
    default:
      return undefined;
  }
}

/** What the value at a place of a vendor's manifest means where it stands; undefined where there is nothing to say, and for other manifests. */
export function explainVendorPlace(place: Place): string | undefined {
  const api = apiOf(place.resource);
  return api === 'cilium' ? ciliumPlace(place) : api === 'calico' ? calicoPlace(place) : undefined;
}
