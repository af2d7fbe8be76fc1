import { readAdminPeers, readAdminPorts, readAdminRule } from '../kinds/admin/readAdminPolicy.ts';
import { readNetworkPolicy, readPeer, readPort, readRule, readSelector } from '../kinds/kubernetes/readNetworkPolicy.ts';
import { readNamespace, readService, readWorkload } from '../kinds/kubernetes/readWorkload.ts';
import { apiOf, readPolicy } from '../kinds/readPolicy.ts';
import { isNetworkPolicy } from '../kinds/registry.ts';
import type { Resource } from '../kinds/resource.ts';
import { directionOf, enclosing, type Place, selectsNamespaces } from '../kinds/walk.ts';
import type { Direction } from '../model/policy.ts';
import { selectorOf } from '../model/selector.ts';
import { isMap, isScalar, isSeq, itemsOf, type Node, valueAt } from '../syntax/node.ts';
import { isNull, writtenOf } from '../syntax/scalar.ts';
import { addresses, capitalised, cidr, namespaces, peer, pods, port, ports } from './phrases.ts';
import { direction, oneRule, subject } from './policy.ts';
import { enforcedBy, explainVendorPlace, explainVendorResource } from './vendors.ts';
import { namespace as describeNamespace, service as describeService, workload as describeWorkload } from './workload.ts';

const sentence = (text: string): string => `${capitalised(text)}.`;

function selectorSentence(place: Place): string | undefined {
  const selector = readSelector(place.node);
  const { namespace } = place.resource;
  if (place.parent?.type.role === 'policy-spec') return subject({ subject: { pods: selector }, namespace, namespaced: true });
  if (place.parent?.type.role !== 'peer') return undefined;
  return peerSentence(place.parent);
}

function peerSentence(place: Place): string | undefined {
  const value = readPeer(place.node);
  return value && sentence(peer(value, place.resource.namespace));
}

function adminPeerSentence(place: Place): string | undefined {
  const read = readAdminPeers(place.node);
  return read.length > 0 ? sentence(read.map((one) => peer(one, undefined)).join(' or ')) : undefined;
}

function ruleSentence(place: Place, which: Direction): string | undefined {
  if (isNetworkPolicy(place.resource.table)) return oneRule(readRule(place.node, which), which, place.resource.namespace);
  const rule = readAdminRule(place.node, which);
  return rule && oneRule(rule, which, undefined);
}

/** One label of a selector, or one label of what selectors match. */
function labelSentence(place: Place): string | undefined {
  const key = place.entry?.key.text;
  const selector = enclosing(place, 'selector');
  if (key === undefined || !isScalar(place.node)) return undefined;
  if (!selector) return undefined;
  const one = selectorOf({ [key]: place.node.text });
  const what = selectsNamespaces(selector) ? namespaces(one) : pods(one);
  const more = readSelector(selector.node).requirements.length > 1 ? ', and what else this selector asks for' : '';
  return sentence(`matches ${what}${more}`);
}

function policyTypesSentence(place: Place): string {
  const read = readNetworkPolicy(place.resource);
  return `${direction(read, 'ingress')} ${direction(read, 'egress')}`;
}

function rulesSentence(place: Place, which: Direction): string | undefined {
  const read = readPolicy(place.resource);
  if (!read || read.tier.evaluation === 'first-match') return read && direction(read, which);
  if (read[which] !== undefined) return direction(read, which);
  const type = which === 'ingress' ? 'Ingress' : 'Egress';
  return `Without effect: \`policyTypes\` does not list \`${type}\`.`;
}

/** What is said of a place instead where a Helm template decides it. */
export const decidedByTemplate = 'What it means depends on what the template writes here.';

/** Says of a policy that stands inside another object who makes it; undefined for any other. */
export function explainCarrier({ carrier }: Pick<Resource, 'carrier'>): string | undefined {
  if (carrier === undefined) return undefined;
  const maker = carrier === '' ? 'what reads the text around it' : `the ${carrier} around it`;
  return `It is made by ${maker}. Where it lands is not known here, so that it is not compared with the workloads and policies around it.`;
}

/** What a whole resource is for, as far as policies are concerned; undefined where there is nothing to say. Markdown. */
export function explainResource(resource: Resource): string | undefined {
  const [pods, service, namespace] = [readWorkload(resource), readService(resource), readNamespace(resource)];
  if (pods) return describeWorkload(pods);
  if (service) return describeService(service);
  if (namespace) return describeNamespace(namespace);
  const vendor = explainVendorResource(resource);
  const readers = enforcedBy(resource);
  return vendor && readers ? `${vendor}\n\n${readers}` : vendor;
}

/**
 * What the value at a place means where it stands, as a sentence; undefined where there is nothing to say beyond what
 * the field is. Markdown.
 */
export function explainPlace(place: Place): string | undefined {
  const { node, type, parent } = place;
  const api = apiOf(place.resource);
  if (api === 'cilium' || api === 'calico') {
    return type.role === 'policy' || type.role === 'calico-spec' ? explainResource(place.resource) : explainVendorPlace(place);
  }
  const which = directionOf(place);
  switch (type.role) {
    case 'policy':
    case 'policy-spec':
      return explainResource(place.resource);
    case 'namespace-name':
      return undefined;
    case 'selector':
      return selectorSentence(place);
    case 'labels':
      return parent?.type.role === 'selector' ? explainPlace(parent) : undefined;
    case 'label-value':
      return labelSentence(place);
    case 'policy-types':
      return policyTypesSentence(place);
    case 'rules':
      return which && rulesSentence(place, which);
    case 'rule':
      return which && ruleSentence(place, which);
    case 'peers':
      if (isOther(node)) return undefined;
      if (itemsOf(node).length === 0)
        return sentence(`${which === 'ingress' ? 'every source' : 'every destination'}, inside and outside the cluster`);
      return itemsOf(node).length > 1 ? 'Any one of these peers is enough (OR).' : undefined;
    case 'peer':
      return peerSentence(place);
    case 'admin-peer':
      return adminPeerSentence(place);
    case 'admin-port':
      return sentence(ports(readAdminPorts(node)));
    case 'ip-block':
      return sentence(
        addresses(
          writtenOf(valueAt(node, 'cidr')) ?? '',
          itemsOf(valueAt(node, 'except')).flatMap((item) => writtenOf(item) ?? []),
        ),
      );
    case 'cidr':
    case 'except': {
      const range = cidr(writtenOf(node) ?? '');
      return range && sentence(type.role === 'except' ? `left out: ${range}` : range);
    }
    case 'ports':
      if (isOther(node)) return undefined;
      return sentence(ports(itemsOf(node).flatMap((item) => (isNetworkPolicy(place.resource.table) ? [readPort(item)] : readAdminPorts(item)))));
    case 'policy-port':
      return portSentence(place);
    case 'port':
    case 'end-port':
    case 'protocol':
      return parent?.type.role === 'policy-port' ? portSentence(parent) : undefined;
    default:
      return undefined;
  }
}

/** What stands in the place of a list and is none: the API server refuses it. */
const isOther = (node: Node): boolean => !isSeq(node) && !isNull(node);

function portSentence(place: Place): string {
  const read = readPort(place.node);
  const byDefault = isNull(valueAt(place.node, 'protocol')) ? ', TCP because `protocol` is absent' : '';
  return sentence(`${port(read)} of the ${directionOf(place) === 'egress' ? 'destination' : 'selected'} pods${byDefault}`);
}

/** What leaving a field out or empty means at this place, as the table has it; undefined where it is written with content. */
export function explainEmptiness({ field, node }: Place): string | undefined {
  if (!field) return undefined;
  if (isNull(node) && field.absent) return `Empty here, which is as if it were left out: ${field.absent}.`;
  const isEmpty = (isMap(node) && node.entries.length === 0) || (isSeq(node) && node.items.length === 0);
  return isEmpty && field.empty ? `Empty here: ${field.empty}.` : undefined;
}
